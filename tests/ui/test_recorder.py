"""Lessons made in the window by real mouse and keys: done, typed, saved, checked, and played back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.lessons.check import played
from nnstudio.lessons.lesson_file import read_lesson
from nnstudio.lessons.model import Choice, Order, RunFinished, SettingAtLeast, SettingIs, ViewOpen
from nnstudio.lessons.progress import Phase
from nnstudio.project import edits
from nnstudio.ui.lessons import player
from nnstudio.ui.lessons.recorder import Recorder, Stage
from nnstudio.ui.look.fields import Choice as ChoiceField
from nnstudio.ui.window import MainWindow
from tests.ui.driving import Hands, Open, hover, retype

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
CIRCLE = paths.examples() / "circle.nnstudio"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody watches the runs here."""
    monkeypatch.setattr(player, "SECONDS_TO_WATCH", 0.1)


@pytest.fixture
def window(open_window: Open) -> Iterator[MainWindow]:
    """The circle, which is trained for some epochs only."""
    window = open_window(CIRCLE)
    window.store.replace(edits.set_training(window.project, epochs=4, patience=0), None)
    yield window


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that is named where one is asked for."""
    path = tmp_path / "made.lesson.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_given: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(path), ""))
    return path


def recorder(window: MainWindow) -> Recorder:
    return window.lessons.recorder


def found(window: MainWindow, kind: type[Any], name: str) -> Any:
    QApplication.processEvents()  # what was laid out just now is shown
    widgets = [one for one in window.lessons.panel.findChildren(kind, name) if one.isVisible()]
    assert widgets, name
    return widgets[-1]


def press(window: MainWindow, name: str) -> None:
    button = found(window, QAbstractButton, name)
    window.lessons.panel.page.area.ensureWidgetVisible(button)
    QTest.mouseClick(button, LEFT)


def type_in(window: MainWindow, name: str, text: str) -> None:
    box = found(window, QPlainTextEdit, name)
    box.setFocus()
    QTest.keyClicks(box, text)


def texts(window: MainWindow) -> str:
    QApplication.processEvents()
    page = window.lessons.panel.page
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def set_field(window: MainWindow, name: str, text: str) -> None:
    field = window.training_panel.form.fields[name]
    retype(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def record(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F3, SHIFT)
    assert recorder(window).is_recording


def end(window: MainWindow) -> None:
    press(window, "endStep")
    assert recorder(window).stage is Stage.STEP


def type_step(window: MainWindow, title: str) -> None:
    type_in(window, "title_en", title)
    type_in(window, "text_en", f"Now: {title}.")


def train(window: MainWindow, qtbot: QtBot) -> None:
    known = len(window.project.runs)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: len(window.project.runs) > known and not window.trainer.is_active, timeout=60_000)


def changed_rate(window: MainWindow) -> None:
    """A lesson with one step: another learning rate."""
    record(window)
    set_field(window, "learning_rate", "0.3")
    end(window)
    type_step(window, "Faster")


def test_a_lesson_of_three_steps_is_done_typed_saved_and_played(window: MainWindow, qtbot: QtBot, saved: Path) -> None:
    changed_rate(window)
    choice = found(window, ChoiceField, "askKind")
    choice.setCurrentIndex(choice.findData("choice"))
    choice.activated.emit(choice.currentIndex())
    answers = [found(window, QLineEdit, f"option_{one}_en") for one in "ab"]
    QTest.keyClicks(answers[0], "It falls faster")
    QTest.keyClick(answers[0], Qt.Key.Key_Return)
    assert QApplication.focusWidget() is answers[1]
    QTest.keyClicks(answers[1], "It jumps")
    press(window, "turnsOut_a")

    record(window)
    assert "Recording step 2" in texts(window)
    assert window.findChild(QLabel, "recordingSign").isVisible()
    train(window, qtbot)
    qtbot.waitUntil(lambda: "Train to the end" in texts(window))
    QTest.keyClick(window, Qt.Key.Key_F3, SHIFT)
    type_step(window, "Train")
    type_in(window, "reveal_en", "It ended at ")
    menu = found(window, QAbstractButton, "insertNumber").menu()
    menu.aboutToShow.emit()
    run = window.project.runs[-1]
    words = f"Training loss at the end  ({run.history.train_loss[-1]:.4g})"
    next(action for action in menu.actions() if action.text() == words).trigger()
    assert f"Reads: It ended at {run.history.train_loss[-1]:.4g}" in texts(window)

    press(window, "recordNext")
    window.actions_by_name["actionThresholdLab"].trigger()
    qtbot.waitUntil(lambda: "Open: " in texts(window))
    window.labs.close()
    end(window)
    type_step(window, "Look inside")
    press(window, "allSteps")
    type_in(window, "lessonTitle_en", "Fast")
    press(window, "saveLesson")

    lesson = read_lesson(saved)
    first, second, third = lesson.steps
    assert first.goal == (SettingIs("training.learning_rate", "0.3"),) and isinstance(first.ask, Choice)
    assert [one.text["en"] for one in first.ask.options] == ["It falls faster", "It jumps"] and first.ask.answer == "a"
    assert second.goal == (RunFinished(1),) and second.reveal == {"en": "It ended at {last_train_loss}"}
    assert third.goal == (ViewOpen("thresholdLab"),)
    assert first.start is not None and second.start is None and third.start is None
    assert played(lesson, ["en"]) == []
    assert not recorder(window).is_modified

    press(window, "recorderBack")
    window.store.mark_saved(window.project, Path("elsewhere.nnstudio"))
    window.lessons.open(saved)
    playing = window.lessons.player
    assert window.project.training.learning_rate == 0.03 and playing.asks
    QTest.mouseClick(window.lessons.panel.onward, LEFT)
    set_field(window, "learning_rate", "0.3")
    qtbot.waitUntil(lambda: window.lessons.panel.onward.text() == "Next")
    QTest.mouseClick(window.lessons.panel.onward, LEFT)
    train(window, qtbot)
    qtbot.waitUntil(lambda: playing.phase is Phase.REVEAL)
    assert playing.text(playing.step.reveal["en"]) == f"It ended at {run.history.train_loss[-1]:.4g}"
    QTest.mouseClick(window.lessons.panel.onward, LEFT)
    window.actions_by_name["actionThresholdLab"].trigger()
    qtbot.waitUntil(lambda: playing.is_met)
    assert window.lessons.panel.onward.text() == "End"


def test_a_goal_is_unticked_or_said_otherwise(window: MainWindow) -> None:
    record(window)
    set_field(window, "learning_rate", "0.3")
    set_field(window, "batch_size", "20")
    end(window)
    step = recorder(window).draft.step
    assert SettingIs("training.batch_size", "20") in step.goal
    press(window, "goal_1")
    assert SettingIs("training.batch_size", "20") not in recorder(window).draft.step.goal
    menu = found(window, QAbstractButton, "goalOtherwise_0").menu()
    next(action for action in menu.actions() if "≥" in action.text()).trigger()
    assert recorder(window).draft.step.goal[0] == SettingAtLeast("training.learning_rate", 0.3)


def test_what_is_missing_is_said_at_its_field(window: MainWindow, saved: Path) -> None:
    record(window)
    set_field(window, "learning_rate", "0.3")
    end(window)
    type_in(window, "title_en", "x" * 201)
    assert "200" in texts(window)
    press(window, "allSteps")
    type_in(window, "lessonTitle_en", "Fast")
    press(window, "saveLesson")
    assert not saved.exists() and recorder(window).stage is Stage.STEP
    field = found(window, QWidget, "words_text")
    assert field.problem.isVisible() and field.problem.text() == "there is no text."
    assert "Step 1: " in window.lessons.panel.page.problem.text()


def test_a_preview_plays_and_loses_nothing(window: MainWindow, qtbot: QtBot) -> None:
    changed_rate(window)
    type_in(window, "reveal_en", "So it is.")
    window.store.edit("width", edits.set_training(window.project, batch_size=20))
    before, label, place = window.project, window.store.undo_label, window.store.place
    recording = recorder(window).recording
    press(window, "previewStep")
    assert window.lessons.player.is_playing and window.project.training.learning_rate == 0.03
    assert not window.actions_by_name["actionSave"].isEnabled()
    set_field(window, "learning_rate", "0.3")
    qtbot.waitUntil(lambda: window.lessons.player.phase is Phase.REVEAL)
    train(window, qtbot)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.lessons.player.is_playing and window.actions_by_name["actionSave"].isEnabled()
    assert window.project == before and (window.store.undo_label, window.store.place) == (label, place)
    assert recorder(window).recording == recording and recorder(window).stage is Stage.STEP
    assert found(window, QPlainTextEdit, "title_en").toPlainText() == "Faster"
    window.store.undo()
    assert window.project.training.batch_size == 10


def test_work_is_safe_while_a_preview_is_left_by_opening_another_project(
    window: MainWindow, answer_question: Any
) -> None:
    changed_rate(window)
    press(window, "previewStep")
    asked = answer_question(QMessageBox.StandardButton.Cancel)
    window.new()
    assert len(asked) == 1 and window.project.training.learning_rate == 0.3
    assert not window.lessons.player.is_playing


def test_a_step_is_moved_and_deleted_and_comes_back(window: MainWindow) -> None:
    changed_rate(window)
    record(window)
    set_field(window, "batch_size", "20")
    end(window)
    type_step(window, "Smaller")
    press(window, "allSteps")
    press(window, "stepUp")
    names = [draft.step.title["en"] for draft in recorder(window).recording.drafts]
    assert names == ["Smaller", "Faster"] and "1   Smaller" in found(window, QWidget, "lessonSteps").item(0).text()
    press(window, "deleteStep")
    assert len(recorder(window).recording.drafts) == 1
    press(window, "recorderUndo")
    assert [draft.step.title["en"] for draft in recorder(window).recording.drafts] == names


def test_what_is_pointed_at_is_chosen_by_a_click(window: MainWindow, qtbot: QtBot, hand: Hands) -> None:
    changed_rate(window)
    pointing = window.lessons.making.pointing
    field = window.training_panel.form.fields["learning_rate"]
    press(window, "pointAt")
    assert pointing.is_on
    hover(field, QPointF(field.rect().center()))
    ring = window.findChild(QWidget, "lessonRing")
    assert pointing.under == "field_learning_rate" and ring.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not pointing.is_on and not recorder(window).draft.step.point and recorder(window).is_open
    press(window, "pointAt")
    QTest.mouseClick(field, LEFT)
    assert recorder(window).draft.step.point == "field_learning_rate" and "Learning rate" in texts(window)
    layer = window.project.network.layers[1].id
    press(window, "pointAt")
    hand(window).click(hand(window).middle(layer))
    assert recorder(window).draft.step.point == f"layer:{layer}"
    assert window.canvas.network.selected_layers() == []


def test_tab_goes_through_a_question_and_what_is_too_little_is_said_late(window: MainWindow, saved: Path) -> None:
    changed_rate(window)
    kind = found(window, ChoiceField, "askKind")
    kind.setFocus()
    for _time in range(3):
        QTest.keyClick(kind, Qt.Key.Key_Down)
    assert found(window, ChoiceField, "askSetting").currentText() == "Learning rate"
    QTest.keyClick(kind, Qt.Key.Key_Tab)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    values = found(window, QLineEdit, "askValues")
    assert QApplication.focusWidget() is values and "at least two" not in texts(window)
    QTest.keyClicks(values, "0,003 0.3")
    ask = recorder(window).draft.step.ask
    assert isinstance(ask, Order) and [one.settings["training.learning_rate"] for one in ask.curves] == ["0.003", "0.3"]
    values.clear()
    QTest.keyClicks(values, "5")
    press(window, "allSteps")
    type_in(window, "lessonTitle_en", "Fast")
    press(window, "saveLesson")
    assert not saved.exists() and "Type at least two values" in texts(window)


def test_both_languages_are_typed_beside_each_other(window: MainWindow, saved: Path) -> None:
    changed_rate(window)
    press(window, "bothLanguages")
    type_in(window, "title_es", "Mayor")
    type_in(window, "text_es", "Ahora.")
    press(window, "allSteps")
    type_in(window, "lessonTitle_en", "Fast")
    type_in(window, "lessonTitle_es", "Mayor")
    press(window, "saveLesson")
    lesson = read_lesson(saved)
    assert lesson.title == {"en": "Fast", "es": "Mayor"} and lesson.steps[0].title["es"] == "Mayor"
    assert played(lesson) == []


def test_a_check_says_what_is_dead(window: MainWindow, qtbot: QtBot) -> None:
    changed_rate(window)
    press(window, "allSteps")
    type_in(window, "lessonTitle_en", "Fast")
    press(window, "checkLesson")
    check = recorder(window).check
    assert check.is_running
    qtbot.waitUntil(lambda: check.problems is not None, timeout=60_000)
    qtbot.waitUntil(lambda: "All alive" in texts(window))
    assert "Its texts are in English alone." in texts(window)
    press(window, "editStep")
    press(window, "goal_0")
    assert check.problems is None
    step = recorder(window).draft.step
    recorder(window).edit_step("goal", goal=(SettingIs("dropout_9.rate", "0.5"), *step.goal))
    press(window, "allSteps")
    press(window, "checkLesson")
    qtbot.waitUntil(lambda: check.problems is not None, timeout=60_000)
    assert check.problems
    qtbot.waitUntil(lambda: "Step 1: " in texts(window))


def test_an_unsaved_lesson_is_asked_about(window: MainWindow, answer_question: Any) -> None:
    changed_rate(window)
    window.store.mark_saved(window.project, Path("elsewhere.nnstudio"))
    asked = answer_question(QMessageBox.StandardButton.Cancel)
    window.close()
    assert asked and window.isVisible() and recorder(window).is_open
    press(window, "allSteps")
    asked = answer_question(QMessageBox.StandardButton.Discard)
    press(window, "recorderBack")
    assert asked and not recorder(window).is_open


def test_a_lesson_is_gone_on_with_and_the_window_changes_its_language(window: MainWindow, saved: Path) -> None:
    changed_rate(window)
    press(window, "allSteps")
    type_in(window, "lessonTitle_en", "Fast")
    press(window, "saveLesson")
    press(window, "recorderBack")
    press(window, "editLesson")
    assert recorder(window).stage is Stage.STEPS and "Faster" in found(window, QWidget, "lessonSteps").item(0).text()
    window.store.undo()
    assert window.project.training.learning_rate == 0.03
    press(window, "goToEnd")
    assert window.project.training.learning_rate == 0.3
    steps = found(window, QWidget, "lessonSteps")
    QTest.mouseClick(steps.viewport(), LEFT, pos=steps.visualItemRect(steps.item(0)).center())
    QTest.keyClick(steps, Qt.Key.Key_Return)
    window.use_language("es")
    assert recorder(window).stage is Stage.STEP
    type_in(window, "title_es", "Mayor")
    assert recorder(window).draft.step.title == {"en": "Faster", "es": "Mayor"}


def test_data_of_a_file_is_refused_in_words(window: MainWindow, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("a,b\n1,x\n2,y\n")
    window.store.edit("data", edits.set_data(window.project, source=str(table)))
    QTest.keyClick(window, Qt.Key.Key_F3, SHIFT)
    assert not recorder(window).is_recording and "is a file" in window.messages.label.text()


def test_another_project_is_where_the_step_begins(window: MainWindow) -> None:
    record(window)
    other = edits.set_training(window.project, batch_size=7)
    window.store.replace(other, None)
    set_field(window, "learning_rate", "0.3")
    end(window)
    draft = recorder(window).draft
    assert draft.before is not None and draft.before.training.batch_size == 7
    assert draft.step.goal == (SettingIs("training.learning_rate", "0.3"),)
