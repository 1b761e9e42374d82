"""Studies by real mouse and keys: defined in the form, run, stopped in the middle, gone on with, deleted and brought
back; each trial opens like any other run."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.cli.main import main
from nnstudio.project.archive import open_project
from nnstudio.project.model import Run
from nnstudio.project.studies import find_study, trials_of
from nnstudio.studies.journal import Journal
from nnstudio.studies.kept import opened_with_trials
from nnstudio.ui.studies.room import StudyRoom
from nnstudio.ui.studies.study_form import StudyForm
from nnstudio.ui.studies.variable_row import VariableRow
from nnstudio.ui.window import MainWindow
from tests.ui.driving import Open

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
ALT = Qt.KeyboardModifier.AltModifier
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LAYERS = "dense:4,tanh,dense:out"
LONG = 100_000
"""Epochs that no test waits for."""


@pytest.fixture
def circle(tmp_path: Path) -> Path:
    path = tmp_path / "circle.nnstudio"
    source = "toy:circle?samples=80"
    made = ["new", str(path), "--data", source, "--layers", LAYERS, "--set", "training.epochs=6"]
    assert main([*made, "--set", "training.patience=0"]) == 0
    return path


@pytest.fixture
def studied(circle: Path, open_window: Open) -> MainWindow:
    """A window on the circle, its form for a new study open."""
    window = open_window(circle)
    QTest.keyClick(window, Qt.Key.Key_N, CONTROL | ALT)
    assert window.studies.panel.currentWidget() is window.studies.panel.form
    return window


def form_of(window: MainWindow) -> StudyForm:
    return window.studies.panel.form


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, LEFT)


def button(window: QWidget, name: str) -> QPushButton:
    return next(one for one in window.findChildren(QPushButton, name) if one.isVisible())


def vary(window: MainWindow, words: str, values: str = "") -> VariableRow:
    """Search what is to vary, take the first that is found, and write its values."""
    form = form_of(window)
    if not form.search.isVisible():
        click(form.adder)
    QTest.keyClicks(form.search.field, words)
    QTest.keyClick(form.search.field, Qt.Key.Key_Return)
    row = form.rows[-1]
    if values:
        retype(row.values, values)
    return row


def retype(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def defined(window: MainWindow, rates: str = "0.01, 0.1", seeds: int = 2) -> None:
    """Learning rate and batch size over two values each, from two seeds."""
    vary(window, "learning", rates)
    vary(window, "batch size", "8, 16")
    form_of(window).seeds.setValue(seeds)


def done(window: MainWindow) -> int:
    return sum(run.trial is not None for run in window.project.runs)


def await_end(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.studies.runner.is_active, timeout=60_000)


def places(window: MainWindow) -> list[tuple[int, int]]:
    return [(run.trial.setting, run.trial.seed) for run in window.project.runs if run.trial]


def curves(runs: tuple[Run, ...]) -> dict[tuple[int, int], tuple[float, ...]]:
    return {(run.trial.setting, run.trial.seed): run.history.validation_loss for run in runs if run.trial}


def test_a_study_is_defined_and_run_and_every_trial_is_a_run(studied: MainWindow, qtbot: QtBot) -> None:
    defined(studied)
    assert "4 settings × 2 seeds = 8 trainings" in form_of(studied).cost.text()
    click(form_of(studied).starting)
    await_end(studied, qtbot)
    assert sorted(places(studied)) == [(setting, seed) for setting in range(4) for seed in range(2)]
    assert all(run.weights and run.epochs_run == 6 for run in studied.project.runs)
    (study,) = studied.project.studies
    assert study.seeds == 2 and [one.key for one in study.variables] == [
        "training.learning_rate",
        "training.batch_size",
    ]
    card = studied.studies.panel.card
    assert "8 of 8" in card.state.text() and "(2 seeds " in card.best.text()
    assert not card.button.isEnabled()


def test_it_stops_in_the_middle_and_goes_on_from_there(circle: Path, open_window: Open, qtbot: QtBot) -> None:
    main(["study", "new", str(circle), "--vary", "training.epochs=3,4,5", "--seeds", "2"])
    whole = circle.with_name("whole.nnstudio")
    whole.write_bytes(circle.read_bytes())
    assert main(["study", "run", str(whole)]) == 0
    window = open_window(circle)
    QTest.keyClick(window, Qt.Key.Key_F5, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: done(window) >= 2)
    QTest.keyClick(window, Qt.Key.Key_F7, CONTROL | SHIFT)
    await_end(window, qtbot)
    kept = window.project.runs
    QTest.keyClick(window, Qt.Key.Key_F5, CONTROL | SHIFT)
    await_end(window, qtbot)
    assert window.project.runs[: len(kept)] == kept
    assert len(set(places(window))) == len(window.project.runs) == 6
    assert curves(window.project.runs) == curves(open_project(whole).runs)


def test_stop_ends_a_training_that_would_never_end(studied: MainWindow, qtbot: QtBot) -> None:
    vary(studied, "training.epochs", str(LONG))
    click(form_of(studied).starting)
    runner = studied.studies.runner
    qtbot.waitUntil(lambda: runner.progress is not None and runner.progress.epochs > 0)
    assert "Setting 1" in runner.under_way_text()
    click(button(studied, "studyRun"))
    await_end(studied, qtbot)
    assert done(studied) == 0 and studied.studies.panel.card.button.text() == "Run"


def test_a_definition_is_undone_and_redone_until_it_is_run(studied: MainWindow, qtbot: QtBot) -> None:
    defined(studied)
    click(form_of(studied).defining)
    assert len(studied.project.studies) == 1
    QTest.keyClick(studied, Qt.Key.Key_Z, CONTROL)
    assert not studied.project.studies and studied.studies.panel.hint.isVisible()
    QTest.keyClick(studied, Qt.Key.Key_Y, CONTROL)
    assert len(studied.project.studies) == 1
    click(button(studied, "studyRun"))
    await_end(studied, qtbot)
    QTest.keyClick(studied, Qt.Key.Key_Z, CONTROL)
    assert len(studied.project.studies) == 1 and done(studied) == 8, "what was trained is a fact"


def test_deleting_takes_the_trials_too_and_undo_brings_them_back(studied: MainWindow, qtbot: QtBot) -> None:
    defined(studied)
    click(form_of(studied).starting)
    await_end(studied, qtbot)
    panel = studied.studies.panel
    place = panel.list.visualItemRect(panel.list.item(0, 0)).center()
    panel.list.customContextMenuRequested.emit(place)
    choose(qtbot, "Delete")
    assert not studied.project.studies and done(studied) == 0
    assert "8 trials" in studied.store.undo_label
    QTest.keyClick(studied, Qt.Key.Key_Z, CONTROL)
    assert len(studied.project.studies) == 1 and done(studied) == 8
    assert trials_of(studied.project, studied.project.studies[0])[3].keys() == {0, 1}


def choose(qtbot: QtBot, words: str) -> None:
    """Click an entry of the menu that is open."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    action = next(one for one in menu.actions() if words in one.text().replace("&", ""))
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def test_by_keys_alone(circle: Path, open_window: Open, qtbot: QtBot) -> None:
    window = open_window(circle)
    press = Press(window)
    press.keys(Qt.Key.Key_N, CONTROL | ALT)
    press.words("learning")
    press.keys(Qt.Key.Key_Return)
    press.keys(Qt.Key.Key_A, CONTROL)
    press.words("0.01,0.02")
    press.keys(Qt.Key.Key_Tab)
    assert form_of(window).adder.hasFocus(), "Tab goes from top to bottom"
    press.tab_to(form_of(window).seeds)
    press.keys(Qt.Key.Key_A, CONTROL)
    press.words("2")
    press.tab_to(form_of(window).starting)
    press.keys(Qt.Key.Key_Space)
    await_end(window, qtbot)
    assert done(window) == 4
    press.keys(Qt.Key.Key_Y, CONTROL | ALT)
    assert window.studies.room is not None and window.studies.room.isVisible()


class Press:
    """Keys to whatever has the focus."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    @property
    def focus(self) -> QWidget:
        return self.window.focusWidget() or self.window

    def keys(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.focus, key, modifier)

    def words(self, text: str) -> None:
        QTest.keyClicks(self.focus, text)

    def tab_to(self, widget: QWidget) -> None:
        for _step in range(60):
            if widget.hasFocus() or widget.isAncestorOf(self.focus):
                return
            self.keys(Qt.Key.Key_Tab)
        raise AssertionError(f"{widget.accessibleName()} cannot be reached by Tab")


def test_what_is_wrong_is_said_at_the_field(studied: MainWindow) -> None:
    form = form_of(studied)
    row = vary(studied, "learning", "fast")
    refusal = row.findChild(QLabel, "studyRefusal")
    assert refusal is not None and refusal.isVisible() and "fast" in refusal.text()
    assert not form.starting.isEnabled()
    retype(row.values, "0,01; 0,1")
    assert not refusal.isVisible() and form.found is not None
    assert form.found.variables[0].values == (0.01, 0.1), "decimal commas between semicolons"


def test_a_range_asks_for_points_in_a_grid_alone(studied: MainWindow) -> None:
    form = form_of(studied)
    row = vary(studied, "learning")
    row.kind.setFocus()
    QTest.keyClick(row.kind, Qt.Key.Key_End)
    row.kind.activated.emit(row.kind.currentIndex())
    retype(row.range.low, "0.001")
    retype(row.range.high, "0.1")
    row.range.points.setValue(3)
    assert form.found is not None and form.found.settings == 3
    assert form.found.variables[0].is_logarithmic and row.range.points.isVisible()
    form.method.setCurrentIndex(form.method.findData("random"))
    assert not row.range.points.isVisible()
    form.settings.setValue(7)
    assert form.found is not None and form.found.settings == 7 and form.found.variables[0].points == 0


def test_halving_says_its_rungs(studied: MainWindow) -> None:
    form = form_of(studied)
    vary(studied, "batch size", "4, 8, 16, 32")
    click(form.halves)
    form.first.setValue(2)
    form.factor.setValue(2)
    assert form.rungs.text() == "4 settings to epoch 2, 2 settings to epoch 4, 1 to the end"
    form.method.setCurrentIndex(form.method.findData("tpe"))
    assert not form.starting.isEnabled() and "TPE" in form.refusal.text()


def test_the_form_says_what_keeps_the_network_from_training(circle: Path, open_window: Open) -> None:
    window = open_window(circle)
    window.canvas.network.select([window.project.network.layers[1].id])
    window.actions_by_name["actionDelete"].trigger()
    QTest.keyClick(window, Qt.Key.Key_N, CONTROL | ALT)
    vary(window, "learning", "0.1")
    form = form_of(window)
    assert not form.starting.isEnabled() and "cannot be trained yet" in form.refusal.text()
    window.store.undo()
    assert form.starting.isEnabled()


def test_without_a_validation_part_there_is_nothing_to_choose_by(circle: Path, open_window: Open, qtbot: QtBot) -> None:
    assert main(["train", str(circle), "--epochs", "1", "--set", "data.validation=0"]) == 0
    window = open_window(circle)
    QTest.keyClick(window, Qt.Key.Key_N, CONTROL | ALT)
    vary(window, "learning", "0.1")
    assert not form_of(window).starting.isEnabled()
    assert "test set is not for choosing" in form_of(window).refusal.text()


def test_no_two_trainings_at_once(studied: MainWindow, qtbot: QtBot) -> None:
    vary(studied, "training.epochs", str(LONG))
    click(form_of(studied).starting)
    studied.findChild(QAction, "actionTrain").trigger()
    assert not studied.trainer.is_active and "A study is being run" in studied.messages.label.text()
    studied.studies.runner.stop()
    await_end(studied, qtbot)
    studied.findChild(QAction, "actionTrain").trigger()
    assert studied.trainer.is_active
    click(button(studied, "studyRun"))
    assert not studied.studies.runner.is_active
    studied.findChild(QAction, "actionStop").trigger()
    qtbot.waitUntil(lambda: not studied.trainer.is_active)


def test_leaving_asks_and_keeps_the_trials(
    studied: MainWindow, qtbot: QtBot, answer_question: Callable[[QMessageBox.StandardButton], list[str]]
) -> None:
    vary(studied, "training.epochs", f"2, {LONG}")
    click(form_of(studied).starting)
    qtbot.waitUntil(lambda: done(studied) == 5)
    asked = answer_question(QMessageBox.StandardButton.Cancel)
    assert not studied.may_turn() and "trials it has are kept" in asked[0]
    assert studied.studies.runner.is_active
    answer_question(QMessageBox.StandardButton.Yes)
    assert studied.may_turn() and not studied.studies.runner.is_active
    assert done(studied) == 5


def test_a_setting_that_cannot_be_trained_is_told(tmp_path: Path, open_window: Open, qtbot: QtBot) -> None:
    """A batch of one row is refused by batch normalisation: found when it is trained, and not before."""
    path = tmp_path / "normalised.nnstudio"
    layers = "dense:4,batch_norm,tanh,dense:out"
    main(["new", str(path), "--data", "toy:circle?samples=80", "--layers", layers, "--set", "training.epochs=2"])
    studied = open_window(path)
    QTest.keyClick(studied, Qt.Key.Key_N, CONTROL | ALT)
    vary(studied, "batch size", "1, 16")
    form_of(studied).seeds.setValue(2)
    click(form_of(studied).starting)
    await_end(studied, qtbot)
    card = studied.studies.panel.card
    assert "2 failed" in card.state.text() and "Batch size 1" in card.failure.text()


def test_a_trial_opens_and_its_settings_are_taken(studied: MainWindow, qtbot: QtBot) -> None:
    vary(studied, "dense blocks", "1, 3")
    form_of(studied).seeds.setValue(1)
    click(form_of(studied).starting)
    await_end(studied, qtbot)
    click(button(studied, "studyRoomButton"))
    room = studied.studies.room
    assert isinstance(room, StudyRoom)
    deep = next(run for run in studied.project.runs if len(run.network.layers) > 5)
    room.show_trial(deep)
    assert studied.trainer.last_run == deep
    click(button(room, "studyRestore"))
    assert studied.project.network == deep.network
    items = list(studied.canvas.network.layers.values())
    assert not any(
        one.sceneBoundingRect().intersects(other.sceneBoundingRect())
        for place, one in enumerate(items)
        for other in items[:place]
    )


def test_what_is_brushed_filters_the_runs_and_a_view_goes_into_the_report_and_back(
    studied: MainWindow, qtbot: QtBot
) -> None:
    defined(studied, seeds=1)
    click(form_of(studied).starting)
    await_end(studied, qtbot)
    studied.tabs.bring(studied.runs_panel)
    assert len(studied.runs_panel.model.runs()) == 4
    QTest.keyClick(studied, Qt.Key.Key_Y, CONTROL | ALT)
    room = studied.studies.room
    assert isinstance(room, StudyRoom)
    room.views.parallel.set_brush("training.learning_rate", (0.05, 0.2))
    assert len(studied.runs_panel.model.runs()) == 2
    qtbot.waitUntil(room.isActiveWindow)
    room.views.settings.setFocus()
    assert QApplication.focusWidget() is room.views.settings
    QTest.keyClick(room.views.settings, Qt.Key.Key_S, CONTROL | ALT)
    item = studied.project.sheet.items[-1]
    assert item.view == "study:plotStudySettings" and not item.run and item.picture and item.alt
    room.close()
    qtbot.waitUntil(lambda: studied.studies.room is None)
    assert len(studied.runs_panel.model.runs()) == 4
    assert studied.sheet.views.show(item.view) == "" and studied.studies.room is not None


def test_a_setting_is_varied_from_its_own_field(circle: Path, open_window: Open, qtbot: QtBot) -> None:
    window = open_window(circle)
    window.tabs.bring(window.training_panel)
    field = window.training_panel.form.fields["learning_rate"]
    field.customContextMenuRequested.emit(QPoint(5, 5))
    choose(qtbot, "Vary in a study")
    assert [row.key for row in form_of(window).rows] == ["training.learning_rate"]
    window.canvas.network.select([next(one.id for one in window.project.network.layers if one.type == "dense")])
    assert window.inspector.card is not None
    window.inspector.card.form.fields["units"].customContextMenuRequested.emit(QPoint(5, 5))
    choose(qtbot, "Vary in a study")
    assert [row.key for row in form_of(window).rows] == ["training.learning_rate", "dense_1.units"]


def test_what_lies_beside_the_file_is_taken_over(circle: Path, open_window: Open, qtbot: QtBot) -> None:
    """As a `study run` leaves it that was killed."""
    main(["study", "new", str(circle), "--vary", "training.epochs=1,2", "--seeds", "2"])
    project = open_project(circle)
    study = find_study(project)
    whole = circle.with_name("whole.nnstudio")
    whole.write_bytes(circle.read_bytes())
    assert main(["study", "run", str(whole)]) == 0
    journal = Journal(circle, study)
    journal.append([run for run in open_project(whole).runs if run.trial and run.trial.setting == 0])
    window = open_window(circle)
    qtbot.waitUntil(lambda: done(window) == 2)
    assert "2 trials" in window.messages.label.text()
    window.actions_by_name["actionSave"].trigger()
    qtbot.waitUntil(lambda: not journal.path.exists())
    assert len(opened_with_trials(circle)[0].runs) == 2


def test_a_name_is_changed_where_it_stands_and_a_copy_begins_with_the_same(studied: MainWindow, qtbot: QtBot) -> None:
    defined(studied)
    click(form_of(studied).defining)
    panel = studied.studies.panel
    panel.list.customContextMenuRequested.emit(QPoint(5, 5))
    choose(qtbot, "Rename")
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit) and panel.list.isAncestorOf(editor)
    retype(editor, "Rates")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: studied.project.studies[0].name == "Rates")
    panel.list.customContextMenuRequested.emit(QPoint(5, 5))
    choose(qtbot, "Duplicate")
    click(form_of(studied).defining)
    first, second = studied.project.studies
    assert second.variables == first.variables and second.seeds == first.seeds and second.id != first.id


def test_a_form_half_filled_survives_another_language(studied: MainWindow) -> None:
    vary(studied, "learning", "0.5, oops")
    studied.use_language("es")
    form = form_of(studied)
    assert studied.studies.panel.currentWidget() is form
    assert form.rows[0].values.text() == "0.5, oops" and not form.starting.isEnabled()


def test_two_processes_give_the_same_numbers(studied: MainWindow, qtbot: QtBot) -> None:
    vary(studied, "batch size", "8, 16")
    form_of(studied).seeds.setValue(2)
    click(form_of(studied).starting)
    await_end(studied, qtbot)
    alone = curves(studied.project.runs)
    panel = studied.studies.panel
    panel.duplicate_asked.emit(studied.project.studies[0])
    studied.studies.runner.workers = 2
    click(form_of(studied).starting)
    await_end(studied, qtbot)
    second = studied.project.studies[1]
    assert curves(tuple(run for run in studied.project.runs if run.trial and run.trial.study == second.id)) == alone
