"""Files in the window: a run goes on out of its file, saving while training, long work with a bar and Cancel, data that
was moved."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from nnstudio.data.dataset import load
from nnstudio.project import edits, recovery
from nnstudio.project.archive import open_project, save
from nnstudio.project.model import DataFile, Project, Run
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.session import Trained
from nnstudio.training.session import train as train_events
from nnstudio.ui.files import progress_dialog
from nnstudio.ui.window import MainWindow
from tests.patience import PATIENCE
from tests.ui.driving import IRIS, Open, train

Answer = Callable[[QMessageBox.StandardButton], list[str]]


def whole_run(project: Project) -> Run:
    """The run of a project that nothing interrupts."""
    for event in train_events(project, load(project.data, project.files), Control(), Curves(), spare_cores=1):
        if isinstance(event, Trained):
            return event.run
    raise AssertionError("no run")


def carry_on(window: MainWindow, qtbot: QtBot) -> Run:
    window.actions_by_name["actionCarryOn"].trigger()
    assert window.trainer.is_active, window.messages.label.text()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=60_000)
    return window.project.runs[-1]


def same(left: Run, right: Run) -> bool:
    return (left.history, left.weights, left.events) == (right.history, right.weights, right.events)


def test_out_of_its_file_a_run_can_be_looked_back_at_and_goes_on_to_the_same_bits(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    window, path = open_window(IRIS), tmp_path / "a.nnstudio"
    window.store.edit("plan", edits.set_training(window.project, epochs=40, patience=0))
    for _epoch in range(5):
        window.actions_by_name["actionStepEpoch"].trigger()
        qtbot.waitUntil(lambda: window.trainer.state.value == "paused", timeout=20_000)
    for _batch in range(2):
        window.actions_by_name["actionStepBatch"].trigger()
        qtbot.waitUntil(lambda: window.trainer.state.value == "paused", timeout=20_000)
    window.actions_by_name["actionStop"].trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=20_000)
    first = window.project.runs[-1]
    assert window.documents._write(path)

    other = open_window(path)
    assert other.trainer.last_run == first
    timeline, earlier = other.trainer.timeline, window.trainer.timeline
    assert timeline is not None and earlier is not None and timeline.epochs() == earlier.epochs() == list(range(6))
    other.trainer.look_at(2)
    assert other.trainer.shown_run is not None and other.trainer.shown_run.weights_epoch == 2
    other.trainer.look_at(None)
    assert other.actions_by_name["actionCarryOn"].isEnabled()
    run = carry_on(other, qtbot)
    assert len(other.project.runs) == 1 and run.epochs_run == 40
    assert same(run, whole_run(edits.set_training(open_project(IRIS), epochs=40, patience=0)))
    assert other.trainer.timeline is not None and other.trainer.timeline.epochs() == list(range(41))


def test_a_run_of_another_network_is_not_carried_on(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(IRIS)
    window.store.edit("plan", edits.set_training(window.project, epochs=2, patience=0))
    train(window, qtbot)
    window.store.edit("units", edits.set_parameter(window.project, "dense_1", "units", 9))
    window.actions_by_name["actionCarryOn"].trigger()
    assert not window.trainer.is_active
    assert "has changed since run 1 (Dense 1: units 8 → 9)" in window.messages.label.text()


def test_saving_while_training_stores_one_consistent_step(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    window, path = open_window(IRIS), tmp_path / "a.nnstudio"
    plan = edits.set_training(window.project, epochs=100_000, patience=0)
    window.store.edit("plan", plan)
    window.actions_by_name["actionTrain"].trigger()
    saved = []
    for after in (3, 30):
        qtbot.waitUntil(
            lambda after=after: window.trainer.curves.epochs > after and bool(window.trainer.under_way()),
            timeout=30_000,
        )
        assert window.documents._write(path)
        assert "with the training under way" in window.messages.label.text()
        saved.append(open_project(path).runs[-1])
    window.actions_by_name["actionStop"].trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=20_000)
    assert window.store.is_modified and window.project.runs[-1].id == saved[-1].id
    for run in saved:
        assert run.stop_reason == "interrupted" and run.epochs_run == len(run.history.epoch) > 3
        assert run.history.train_loss == window.project.runs[-1].history.train_loss[: run.epochs_run]
    # And it goes on from there as if nothing had been.
    plan = edits.set_training(plan, epochs=saved[-1].epochs_run + 7)
    save(edits.add_run(plan, replace(saved[-1], training=plan.training)), path)
    other = open_window(path)
    assert same(carry_on(other, qtbot), whole_run(plan))


CHILD = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from nnstudio import paths
paths.recovery_folder = lambda: Path(sys.argv[1])
paths.settings_file = lambda: Path(sys.argv[1]) / "settings.ini"
from nnstudio.project import edits
from nnstudio.ui.files import autosave
autosave.AFTER = autosave.LONGEST = autosave.LOOK = 50
from nnstudio.ui.app import create_window
application = QApplication([])
window = create_window(sys.argv[2])
window.store.edit("plan", edits.set_training(window.project, epochs=100_000, patience=0))
window.trainer.train()
application.exec()
"""


@pytest.mark.skipif(os.name != "posix", reason="the process is killed as POSIX has it")
def test_the_training_of_a_killed_program_is_found_and_goes_on(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(folder), str(IRIS)])
    try:
        deadline = time.monotonic() + PATIENCE
        runs: tuple[Run, ...] = ()
        while not runs and time.monotonic() < deadline:
            time.sleep(0.2)
            for file in folder.glob("*.nnstudio"):
                runs = recovery.open_kept(file).runs
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    (left,) = recovery.left_behind(folder)
    project = recovery.open_kept(left.file)
    (run,) = project.runs
    assert run.stop_reason == "interrupted" and run.epochs_run > 0
    plan = edits.set_training(project, epochs=run.epochs_run + 5)
    path = tmp_path / "a.nnstudio"
    save(edits.add_run(plan, replace(run, training=plan.training)), path)
    window = open_window(IRIS)
    window.open_file(path)  # and not at the start of the program
    qtbot.waitUntil(lambda: "was interrupted; it is kept up to epoch" in window.messages.label.text(), timeout=5_000)
    (offer,) = window.messages.buttons
    offer.click()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=60_000)
    assert same(window.project.runs[-1], whole_run(plan))


# --- long work ------------------------------------------------------------------------------------------------------


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every piece of a file takes its time."""
    write = os.write

    def slowly(handle: int, content: bytes) -> int:
        time.sleep(0.3)
        return write(handle, content[: 2**20])

    monkeypatch.setattr(os, "write", slowly)
    monkeypatch.setattr(progress_dialog, "SHOWN_AFTER", 100)


def with_large_data(project: Project) -> Project:
    """The project with some megabytes."""
    content = np.random.default_rng(0).bytes(8 * 2**20)
    return replace(project, files=(DataFile(project.data.source, "", len(content), content),))


def test_a_long_saving_shows_how_far_it_is_leaves_the_window_alive_and_can_be_cancelled(
    open_window: Open, qtbot: QtBot, tmp_path: Path, slow_disk: None
) -> None:
    window, path = open_window(IRIS), tmp_path / "a.nnstudio"
    path.write_bytes(IRIS.read_bytes())
    window.store.edit("plan", edits.set_training(window.project, epochs=77))
    window.store.amend(with_large_data)
    shares = list[int]()

    def tick() -> None:
        dialog = window.documents.busy.dialog
        if dialog is not None and dialog.isVisible():
            shares.append(dialog.bar.value())
            if dialog.bar.value() > 40 and dialog.cancelling.isEnabled():
                dialog.cancelling.click()

    timer = QTimer(window, interval=10)
    timer.timeout.connect(tick)
    timer.start()
    assert not window.documents._write(path)
    timer.stop()
    box = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible())
    assert "cancelled; everything is as it was" in box.text()
    box.close()
    assert path.read_bytes() == IRIS.read_bytes() and window.store.is_modified
    assert [one.name for one in tmp_path.iterdir()] == ["a.nnstudio"]
    assert sorted(shares) == shares and len(set(shares)) > 2


def test_while_one_file_is_written_no_other_is_and_the_window_stays_open(
    open_window: Open, qtbot: QtBot, tmp_path: Path, slow_disk: None
) -> None:
    window = open_window(IRIS)
    window.store.amend(with_large_data)
    seen: list[tuple[bool, bool]] = []

    def again() -> None:
        closed = window.close()
        written = window.documents._write(tmp_path / "other.nnstudio")
        seen.append((closed, written))

    QTimer.singleShot(200, window, again)
    QTimer.singleShot(250, window, window.new)  # and nothing else takes its place
    window.store.edit("plan", edits.set_training(window.project, epochs=77))
    window.store.mark_saved(window.project, tmp_path / "a.nnstudio")
    assert window.documents._write(tmp_path / "a.nnstudio")
    assert seen == [(False, False)] and window.isVisible() and window.project.training.epochs == 77
    assert [one.name for one in tmp_path.iterdir()] == ["a.nnstudio"]
    for box in QApplication.topLevelWidgets():
        if isinstance(box, QMessageBox) and box.isVisible():
            assert "Another file is being read or written" in box.text()
            box.close()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "Not saved: the disk is full"), (errno.EDQUOT, "Not saved: the disk is full"),
        (errno.EACCES, "Not saved: no permission to write"), (errno.EROFS, "Not saved: no permission to write"),
        (errno.EIO, "Not saved: the disk reported an error"), (errno.EFBIG, "Not saved: the disk reported an error"),
    ],
)  # fmt: skip
def test_what_a_disk_refuses_is_told_and_the_project_stays_unsaved(
    number: int, words: str, open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, path = open_window(IRIS), tmp_path / "a.nnstudio"
    assert window.documents._write(path)
    before = path.read_bytes()
    window.store.edit("plan", edits.set_training(window.project, epochs=77))

    def fail(*_given: object) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fail)
        assert not window.documents._write(path)
    (box,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible()]
    assert box.text().startswith(words)
    box.close()
    assert window.store.is_modified and window.isWindowModified() and path.read_bytes() == before
    assert window.documents._write(path) and not window.store.is_modified


# --- data that was moved --------------------------------------------------------------------------------------------


def table(rows: int) -> str:
    return "x,y,side\n" + "".join(f"{n % 7},{n % 5},{'left' if n % 7 > n % 5 else 'right'}\n" for n in range(rows))


def test_data_that_was_moved_is_asked_for_and_keeps_what_belongs_to_it(
    open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, data = open_window(IRIS), tmp_path / "points.csv"
    data.write_text(table(60))
    window.data_panel.choose_source(str(data))
    window.store.edit("target", edits.set_data(window.project, target="x", task="class"))
    window.store.edit("units", edits.set_parameter(window.project, "dense_2", "units", 7))
    window.store.edit("plan", edits.set_training(window.project, epochs=2))
    qtbot.waitUntil(lambda: window.project.facts is not None and not window.store.problems, timeout=20_000)
    train(window, qtbot)
    path = tmp_path / "a.nnstudio"
    save(replace(window.project, files=()), path)  # as with data too large to come along
    moved = tmp_path / "elsewhere" / "renamed.csv"
    moved.parent.mkdir()
    data.rename(moved)

    other = open_window(path)
    qtbot.waitUntil(lambda: bool(other.store.data_problem), timeout=20_000)
    assert "points.csv” does not exist here" in other.data_panel.notes.text()
    assert other.data_panel.file_button.text() == "Find …"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(moved), ""))
    other.data_panel.file_button.click()
    qtbot.waitUntil(lambda: other.project.facts is not None, timeout=20_000)
    assert other.project.data == replace(window.project.data, source=str(moved))
    assert other.project.runs[0].data == other.project.data and other.data_panel.file_button.text() == "File …"
    assert "changed" not in other.messages.label.text()
    other.store.undo()
    assert other.project.data.source == str(data)

    qtbot.waitUntil(lambda: bool(other.store.data_problem), timeout=20_000)
    moved.write_text(table(75))
    other.store.redo()
    qtbot.waitUntil(lambda: "has changed since run 1 (60 → 75 rows)" in other.messages.label.text(), timeout=20_000)
