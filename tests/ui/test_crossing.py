"""What belongs to one project, file or training never reaches another."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.data.dataset import load
from nnstudio.project import edits, recovery
from nnstudio.project.archive import open_project, save
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import Project
from nnstudio.text import UserError
from nnstudio.ui.background.training_jobs import LEARNING_RATE, Change, Mode
from nnstudio.ui.files import autosave as rescues
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import await_training
from tests.ui.driving import IRIS, Open, train
from tests.ui.test_autosave import autosave_of, left_by_a_killed_program
from tests.ui.test_files import carry_on, table


def measured(folder: Path, name: str, rows: int) -> Path:
    """The project of somebody, with a table of so many rows that only it holds."""
    data, path = folder / "measured.csv", folder / f"{name}.nnstudio"
    data.write_text(table(rows))
    project = edits.set_data(Project(), source=str(data))
    dataset = load(project.data)
    project = edits.set_facts(project, project.data, dataset.facts, dataset.files)
    project = edits.set_training(with_stack(project, "dense:4,tanh,dense:out", dataset.facts), epochs=2)
    save(project, path)
    data.unlink()
    return path


def test_two_projects_whose_data_has_one_name_each_have_their_own(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    anna, ben = measured(tmp_path, "anna", 60), measured(tmp_path, "ben", 90)
    window = open_window(anna)
    qtbot.waitUntil(lambda: window.loader.dataset is not None, timeout=20_000)
    for path, rows in ((ben, 90), (anna, 60), (ben, 90)):
        window.documents.open(path)
        train(window, qtbot)
        assert window.project.facts is not None
        assert window.project.runs[-1].rows == window.project.facts.rows == rows
        window.store.mark_saved(window.project, path)


def test_work_put_aside_is_not_opened_into_a_training(open_window: Open, qtbot: QtBot) -> None:
    window, folder = open_window(IRIS), paths.recovery_folder()
    left_by_a_killed_program(folder, 5)
    (left,) = recovery.left_behind(folder)
    recovery.decline(left, folder)
    window.store.edit("plan", edits.set_training(window.project, epochs=100_000, patience=0))
    window.actions_by_name["actionTrain"].trigger()
    window.actions_by_name["actionPutAside"].trigger()
    autosave = autosave_of(window)
    qtbot.waitUntil(lambda: autosave.dialog is not None and autosave.dialog.isVisible(), timeout=10_000)
    assert autosave.dialog is not None
    autosave.dialog.opened.click()
    assert "A network is being trained" in window.messages.label.text()
    assert window.project.training.epochs == 100_000 and window.trainer.is_active
    autosave.dialog.declined.click()


def test_a_run_goes_on_with_data_that_was_found_again(
    open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = measured(tmp_path, "anna", 60)
    window = open_window(path)
    train(window, qtbot)
    moved = tmp_path / "moved.csv"
    moved.write_text(table(60))
    qtbot.waitUntil(lambda: bool(window.loader.missing), timeout=10_000)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(moved), ""))
    window.data_panel.file_button.click()
    qtbot.waitUntil(lambda: window.project.facts is not None, timeout=20_000)
    run = carry_on(window, qtbot)
    assert run.epochs_run == 4 and run.events == () and run.data.source == str(moved)


def test_data_that_is_still_being_read_goes_into_the_file_too(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    window, data = open_window(IRIS), tmp_path / "a.csv"
    data.write_text(table(60))
    window.data_panel.choose_source(str(data))
    assert window.loader.is_loading
    assert window.documents._write(tmp_path / "a.nnstudio")
    assert [file.content for file in open_project(tmp_path / "a.nnstudio").files] == [data.read_bytes()]


def test_a_training_that_outlasts_the_first_is_kept_too(
    open_window: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AFTER", "LONGEST", "LOOK"):
        monkeypatch.setattr(rescues, name, 50)
    window = open_window(IRIS)
    window.store.edit("plan", edits.set_training(window.project, epochs=100_000, patience=0))
    longer = window.project
    window.store.edit("plan", edits.set_training(window.project, epochs=5))
    trainer, autosave = window.trainer, autosave_of(window)
    trainer._start([trainer._new(window.project), trainer._new(longer)], ["", "longer"], Mode.RUN)
    qtbot.waitUntil(lambda: len(window.project.runs) == 1, timeout=20_000)
    seen = trainer.networks[1].curves.epochs

    def is_kept() -> bool:
        if not autosave.safe.file.exists():
            return False
        try:
            runs = recovery.open_kept(autosave.safe.file).runs
        except UserError:
            return False  # it is being written, and what it refers to is newer than it
        return len(runs) == 2 and runs[1].stop_reason == "interrupted" and runs[1].epochs_run > seen

    qtbot.waitUntil(is_kept, timeout=20_000)
    assert {run.id for run in recovery.open_kept(autosave.safe.file).runs} == {"run-1", "run-2"}


def test_a_rate_that_the_diverged_epoch_had_is_not_taken_for_the_one_in_use(window: MainWindow, qtbot: QtBot) -> None:
    trainer = window.trainer
    window.store.edit("data", edits.set_data(window.project, source="builtin:iris"))
    window.documents.open(IRIS)
    plan = edits.set_training(window.project, epochs=100_000, patience=0, optimizer="sgd", learning_rate=0.01)
    window.store.edit("plan", plan)
    trainer.train()
    qtbot.waitUntil(lambda: trainer.curves.epochs > 3 and trainer.main.watched is not None, timeout=20_000)
    trainer.pause()
    qtbot.waitUntil(lambda: trainer._control.waiting, timeout=10_000)
    run = trainer.networks[0]
    assert run.watched is not None
    trainer._control.changes.append(Change(LEARNING_RATE, 0.01, 10.0))
    trainer.train()
    trainer.stop()
    await_training(window)
    trainer.carry_on()
    qtbot.waitUntil(lambda: trainer.state.value == "running", timeout=20_000)
    checkpoint = trainer.networks[0].watched.recorder.training_state.checkpoint  # type: ignore[union-attr]
    assert trainer.rates._in_use is not None and checkpoint is not None
    assert trainer.rates._in_use.training.learning_rate == pytest.approx(checkpoint.learning_rate)


def test_another_file_than_the_one_that_was_moved_breaks_nothing(
    open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, other = tmp_path / "six.csv", tmp_path / "two.csv"
    data.write_text(
        "a,b,c,d,e,f,side\n" + "".join(f"{n % 7},{n % 5},{n},1,2,{n % 3},{'xy'[n % 2]}\n" for n in range(80))
    )
    other.write_text("a,b,side\n" + "".join(f"{n % 7},{n % 5},{'xy'[n % 2]}\n" for n in range(90)))
    project = edits.set_data(Project(), source=str(data), target="side")
    dataset = load(project.data)
    project = with_stack(edits.set_facts(project, project.data, dataset.facts), "dense:4,tanh,dense:out", dataset.facts)
    save(edits.set_training(project, epochs=2), tmp_path / "a.nnstudio")
    window = open_window(tmp_path / "a.nnstudio")
    train(window, qtbot)
    window.store.amend(lambda project: replace(project, files=()))
    data.unlink()
    window.loader.forget()
    qtbot.waitUntil(lambda: bool(window.store.data_problem), timeout=10_000)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(other), ""))
    with qtbot.captureExceptions() as raised:
        window.data_panel.file_button.click()
        qtbot.waitUntil(lambda: window.project.facts is not None, timeout=20_000)
        qtbot.wait(1000)  # every view follows
    assert not raised and window.project.facts is not None and window.project.facts.sample_shape == (2,)


def test_a_run_that_was_deleted_and_is_back_is_shown_and_goes_on(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.store.edit("plan", edits.set_training(window.project, epochs=3, patience=0))
    train(window, qtbot)
    (run,) = window.project.runs
    window.store.edit("delete", edits.remove_run(window.project, run.id))
    assert window.trainer.last_run is None
    window.store.undo()
    assert window.trainer.last_run == run and window.actions_by_name["actionCarryOn"].isEnabled()
    assert carry_on(window, qtbot).epochs_run == 6


def test_data_changed_while_a_network_trains_is_said_and_lights_up_no_other_points(
    open_window: Open, qtbot: QtBot
) -> None:
    window = open_window(paths.examples() / "circle.nnstudio")
    window.store.edit("", edits.set_training(window.project, epochs=100_000, patience=0))
    window.trainer.set_pace(50)
    window.actions_by_name["actionTrain"].trigger()
    plane = window.plots.plane
    qtbot.waitUntil(lambda: len(plane.lit.data) > 0)
    window.store.edit("", edits.set_data(window.project, source="toy:spiral?samples=300"))
    qtbot.waitUntil(lambda: "goes on with the network, data and settings it began with" in window.messages.label.text())
    qtbot.waitUntil(lambda: window.loader.choice == window.project.data)
    before = window.trainer.progress.batch if window.trainer.progress else 0
    qtbot.waitUntil(lambda: window.trainer.progress is not None and window.trainer.progress.batch != before)
    assert len(plane.lit.data) == 0 and not plane.image.isVisible()
