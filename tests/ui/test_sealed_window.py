"""The sealed test set in the window: no widget tells a number of it before it is opened; opening asks what is expected,
is counted whatever comes after, and tells its number with its interval."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QGraphicsSimpleTextItem,
    QGraphicsTextItem,
    QGraphicsView,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nnstudio.cli.main import main
from nnstudio.project import edits, openings
from nnstudio.project.archive import open_project, save
from nnstudio.project.model import Project, Run
from nnstudio.project.progress import FileProgress
from nnstudio.text import UserError
from nnstudio.ui.background import test_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.files.progress_dialog import ProgressDialog
from nnstudio.ui.labs.opened import LABS
from nnstudio.ui.labs.predict_lab import PredictLab
from nnstudio.ui.test_set.dialog import TestSetDialog
from nnstudio.ui.test_set.opening_form import OpeningForm
from nnstudio.ui.window import MainWindow
from tests.sealed import TEST_ROWS, Sealed, sealed_project
from tests.ui.driving import Open, train

CONTROL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
MOST_CELLS = 4000
Answer = Callable[[QMessageBox.StandardButton], list[str]]


@pytest.fixture
def sealed(tmp_path: Path) -> Sealed:
    return sealed_project(tmp_path)


@pytest.fixture
def window(open_window: Open, sealed: Sealed) -> MainWindow:
    return open_window(sealed.path)


# --- everything that can be read ------------------------------------------------------------------------------------


def texts() -> str:
    """Every text of every window there is, seen or not: of widgets, lists, tables, drawings, tips and accessible
    names."""
    return "\n".join(text for widget in QApplication.allWidgets() for text in texts_of(widget) if text)


def texts_of(widget: QWidget) -> Iterator[str]:
    yield from (widget.windowTitle(), widget.toolTip(), widget.statusTip(), widget.whatsThis())
    yield from (widget.accessibleName(), widget.accessibleDescription())
    for action in widget.actions():
        yield from (action.text(), action.toolTip(), action.statusTip())
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        yield widget.text()
    if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
        yield widget.placeholderText()
    if isinstance(widget, QPlainTextEdit | QTextEdit):
        yield widget.toPlainText()
    if isinstance(widget, QGroupBox):
        yield widget.title()
    if isinstance(widget, QTabWidget):
        yield from (widget.tabText(place) for place in range(widget.count()))
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(place) for place in range(widget.count()))
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from cells_of(widget.model())
    if isinstance(widget, QGraphicsView) and widget.scene() is not None:
        for item in widget.scene().items():
            yield item.toolTip()
            if isinstance(item, QGraphicsTextItem | QGraphicsSimpleTextItem):
                yield item.toPlainText() if isinstance(item, QGraphicsTextItem) else item.text()
            elif hasattr(item, "toPlainText"):  # a text of pyqtgraph's
                yield item.toPlainText()


def cells_of(model: QAbstractItemModel) -> Iterator[str]:
    parent = QModelIndex()
    columns = 1 if isinstance(model, QAbstractListModel) else min(30, model.columnCount(parent))
    for row in range(min(model.rowCount(parent), MOST_CELLS // max(1, columns))):
        for column in range(columns):
            index = model.index(row, column, parent)
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
                yield str(model.data(index, role) or "")


def test_no_text_of_the_window_tells_a_number_of_the_test_set(window: MainWindow, sealed: Sealed, qtbot: QtBot) -> None:
    for action in window.actions_by_name.values():
        if action.isCheckable() and not action.isChecked():
            action.trigger()
    for place in range(window.tabs.count()):
        window.tabs.setCurrentIndex(place)
        QApplication.processEvents()
    window.data_panel.open_room()
    for name in LABS:
        lab = window.labs.show(name)
        qtbot.waitUntil(lambda lab=lab: lab.content.isVisible() or bool(lab.message.text()))
    dialog = opened_dialog(window, qtbot)
    form = ask(dialog, qtbot)
    qtbot.waitUntil(lambda: not any(task.is_running for task in window.findChildren(Task)))
    told = texts()
    assert "Run 1: 12 epochs" in told and "Never opened." in told and "Try it" in told  # it is looked at indeed
    assert not sealed.found_in(told)
    form.reject()
    window.data_panel.close_room()
    open_with(dialog, "95 %", qtbot)
    assert sealed.found_in(texts())


def test_the_predict_lab_says_whose_rows_these_are(
    window: MainWindow, sealed: Sealed, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = window.labs.show("actionPredictLab")
    assert isinstance(lab, PredictLab)
    qtbot.waitUntil(lab.content.isVisible)
    unseen = str(sealed.path.with_name("unseen.csv"))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (unseen, ""))
    QTest.mouseClick(lab.file_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "to compare their answers with what is true is to open the test set" in lab.said.text())
    assert not sealed.found_in(texts())


# --- opening --------------------------------------------------------------------------------------------------------


def opened_dialog(window: MainWindow, qtbot: QtBot) -> TestSetDialog:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_T, CONTROL_ALT)
    dialog = window.findChild(TestSetDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def press(parent: QWidget, words: str) -> None:
    (button,) = (one for one in parent.findChildren(QPushButton) if one.accessibleName() == words)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def ask(dialog: TestSetDialog, qtbot: QtBot) -> OpeningForm:
    press(dialog, dialog.opens.accessibleName())
    (form,) = (one for one in dialog.findChildren(OpeningForm) if one.isVisible())
    qtbot.waitUntil(form.isActiveWindow)
    return form


def open_with(dialog: TestSetDialog, expected: str, qtbot: QtBot) -> None:
    """Open the test set for the run that is shown, expecting this."""
    form = ask(dialog, qtbot)
    assert form.expected.hasFocus()
    QTest.keyClicks(form.expected, expected)
    press(form, "Open the test set")
    qtbot.waitUntil(dialog.result_box.isVisible)


def test_the_test_set_is_opened_with_what_is_expected(window: MainWindow, sealed: Sealed, qtbot: QtBot) -> None:
    dialog = opened_dialog(window, qtbot)
    assert dialog.state.text() == "The test set is sealed. Never opened."
    assert "every opening is counted" in dialog.why.text() and not dialog.result_box.isVisible()
    open_with(dialog, "about 95 %", qtbot)
    assert dialog.state.text() == "The test set is sealed. Opened 1 time, for run 1."
    share = f"{100 * sealed.accuracy:.1f}\u202f%"
    assert dialog.score.text() == f"Run 1 on the test part: accuracy {share}"
    assert "95 % interval" in dialog.details.text() and f"{TEST_ROWS} samples" in dialog.details.text()
    assert "always the most frequent class" in dialog.details.text()
    assert "Expected: about 95 %" in dialog.details.text()
    row = [dialog.table.item(0, column).text() for column in range(5)]
    assert row[1:4] == ["opening", "1", "about 95 %"] and row[4].startswith(share)
    (one,) = window.project.openings
    assert one.expected == "about 95 %" and window.project.runs[0].openings == (one,)
    assert "Opened 1 time, for run 1." in window.data_panel.test_set.words.text()
    # It is in the file already: whoever closes the window without saving has been counted.
    assert open_project(sealed.path).openings == (one,)
    assert not window.store.is_modified


def test_nothing_is_expected_only_on_purpose(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened_dialog(window, qtbot)
    form = ask(dialog, qtbot)
    assert not form.opens.isEnabled()
    QTest.keyClicks(form.expected, "  ")
    assert not form.opens.isEnabled()
    QTest.keyClick(form.expected, Qt.Key.Key_Return)
    assert form.isVisible()
    form.nothing.setFocus()
    QTest.keyClick(form.nothing, Qt.Key.Key_Space)
    assert form.opens.isEnabled()
    press(form, "Cancel")
    assert window.project.openings == () and not dialog.result_box.isVisible()
    form = ask(dialog, qtbot)
    QTest.mouseClick(form.nothing, Qt.MouseButton.LeftButton, pos=QPoint(8, form.nothing.height() // 2))
    press(form, "Open the test set")
    qtbot.waitUntil(dialog.result_box.isVisible)
    assert "Expected: nothing written down" in dialog.details.text()


def test_what_is_unsaved_stays_so_and_is_saved_without_a_question(
    window: MainWindow, sealed: Sealed, qtbot: QtBot
) -> None:
    window.store.edit("Fewer", edits.set_training(window.project, epochs=4))
    open_with(opened_dialog(window, qtbot), "9", qtbot)
    assert window.store.is_modified and open_project(sealed.path).training.epochs == 12
    assert window.documents.save()  # nobody is asked whether the file may be replaced: it was this window that wrote it
    found = open_project(sealed.path)
    assert found.training.epochs == 4 and found.openings == window.project.openings and not window.store.is_modified


def test_an_opening_beside_the_window_survives_its_saving(
    window: MainWindow, sealed: Sealed, answer_question: Answer
) -> None:
    assert main(["evaluate", str(sealed.path), "--split", "test"]) == 0
    window.store.edit("Fewer", edits.set_training(window.project, epochs=4))
    asked = answer_question(QMessageBox.StandardButton.Yes)
    assert window.documents.save() and "has been changed on the disk" in asked[0]
    assert len(open_project(sealed.path).openings) == 1 == len(window.project.runs[0].openings)


def test_everything_that_takes_the_focus_has_a_name(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened_dialog(window, qtbot)
    form = ask(dialog, qtbot)
    for parent in (dialog, form):
        for widget in parent.findChildren(QWidget):
            if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
                around = widget.parentWidget()
                named = widget.accessibleName() or (around is not None and around.accessibleName())
                assert named or isinstance(widget, QLabel), widget
    press(form, "Cancel")


def test_undo_leaves_the_count(window: MainWindow, qtbot: QtBot) -> None:
    window.store.edit("Fewer", edits.set_training(window.project, epochs=4))
    dialog = opened_dialog(window, qtbot)
    open_with(dialog, "9", qtbot)
    window.store.edit("Delete 1 run", edits.remove_run(window.project, "run-1"))
    dialog.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for _step in range(3):
        window.findChild(QAction, "actionUndo").trigger()
    assert window.project.training.epochs == 12
    assert openings.openings_text(window.project) == "Opened 1 time, for run 1."
    assert window.project.runs[0].openings
    for _step in range(3):
        window.findChild(QAction, "actionRedo").trigger()
    assert window.project.runs == () and len(window.project.openings) == 1


def test_an_edit_from_what_was_before_the_opening_does_not_take_it_back(window: MainWindow, qtbot: QtBot) -> None:
    before = window.project
    open_with(opened_dialog(window, qtbot), "9", qtbot)
    window.store.edit("This step from its start", edits.set_training(before, epochs=2))
    assert len(window.project.openings) == 1 == len(window.project.runs[0].openings)


def test_without_a_file_it_is_kept_safe_at_once(window: MainWindow, sealed: Sealed, qtbot: QtBot) -> None:
    window.store.replace(window.project, None, is_saved=False)
    open_with(opened_dialog(window, qtbot), "9", qtbot)
    safe = window.autosave.safe
    qtbot.waitUntil(lambda: any(safe.folder.rglob("*")) and window.autosave._task is None)
    assert open_project(sealed.path).openings == () and len(window.project.openings) == 1
    window.documents._known = None
    path = sealed.path.with_name("saved.nnstudio")
    save(window.project, path)
    assert len(open_project(path).openings) == 1


def test_another_project_does_not_carry_it(window: MainWindow, sealed: Sealed, qtbot: QtBot) -> None:
    kept = window.project
    open_with(opened_dialog(window, qtbot), "9", qtbot)
    window.store.replace(replace(kept, openings=()), None)
    dialog = window.findChild(TestSetDialog)
    assert dialog is not None and not dialog.result_box.isVisible()
    assert window.project.openings == () and dialog.state.text() == "The test set is sealed. Never opened."


def test_where_it_cannot_be_written_down_no_number_is_shown(
    window: MainWindow, sealed: Sealed, qtbot: QtBot, answer_question: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise UserError("There is no room on the disk.")

    monkeypatch.setattr(test_jobs, "write_opening", full)
    dialog = opened_dialog(window, qtbot)
    asked = answer_question(QMessageBox.StandardButton.Ok)
    form = ask(dialog, qtbot)
    QTest.keyClicks(form.expected, "9")
    press(form, "Open the test set")
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == ["There is no room on the disk."]
    assert window.project.openings == () and not dialog.result_box.isVisible() and not sealed.found_in(texts())


def test_cancelled_before_its_number_is_known_it_is_no_opening(sealed: Sealed) -> None:
    project, progress = open_project(sealed.path), FileProgress()
    before = sealed.path.read_bytes()
    progress.cancel()
    with pytest.raises(UserError, match="cancelled"):
        list(test_jobs.looked(project, project.runs[0], "", sealed.path, frozenset(), progress))
    assert sealed.path.read_bytes() == before


def test_cancel_in_the_window_leaves_the_seal(
    window: MainWindow, sealed: Sealed, qtbot: QtBot, answer_question: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = test_jobs.measured

    def slow(project: Project, run: Run, refused: frozenset[str], progress: FileProgress) -> Iterator[object]:
        while not progress.is_cancelled:
            threading.Event().wait(0.01)
        yield from measured(project, run, refused, FileProgress())  # the number is known by then, and not shown

    def cancel() -> None:
        shown = window.findChild(ProgressDialog)
        if shown is None or not shown.isVisible():
            QTimer.singleShot(20, cancel)
        else:
            QTest.mouseClick(shown.cancelling, Qt.MouseButton.LeftButton)

    monkeypatch.setattr(test_jobs, "measured", slow)
    dialog = opened_dialog(window, qtbot)
    form = ask(dialog, qtbot)
    QTest.keyClicks(form.expected, "9")
    asked = answer_question(QMessageBox.StandardButton.Ok)
    QTimer.singleShot(20, cancel)
    press(form, "Open the test set")
    qtbot.waitUntil(lambda: bool(asked))
    assert "cancelled" in asked[0] and window.project.openings == () and not dialog.result_box.isVisible()
    assert open_project(sealed.path).openings == () and not sealed.found_in(texts())


# --- after it, and the seal lifted ----------------------------------------------------------------------------------


def test_what_is_trained_after_it_is_marked(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened_dialog(window, qtbot)
    open_with(dialog, "9", qtbot)
    assert not dialog.changed.isVisible()
    window.store.edit("", edits.set_training(window.project, learning_rate=0.01, epochs=2))
    assert "learning rate 0.05 → 0.01" in dialog.changed.text() and dialog.changed.isVisible()
    train(window, qtbot)
    assert dialog.changed.text().endswith("Made after it was opened: run 2.")
    assert [run.id for run in openings.runs_after_opening(window.project)] == ["run-2"]
    form = ask(dialog, qtbot)
    assert form.chosen.id == "run-2" and "was opened 1 time so far" in form.said.text()
    press(form, "Cancel")


def answer_lifting(words: str) -> None:
    """Click one of the answers to the question that is open."""

    def click() -> None:
        for box in QApplication.topLevelWidgets():
            if isinstance(box, QMessageBox) and box.isVisible():
                (button,) = (one for one in box.buttons() if one.text().replace("&", "") == words)
                QTest.mouseClick(button, Qt.MouseButton.LeftButton)
                return

    QTimer.singleShot(50, click)


def test_the_seal_is_lifted_visibly_and_undo_does_not_hide_it(window: MainWindow, sealed: Sealed, qtbot: QtBot) -> None:
    dialog = opened_dialog(window, qtbot)
    press(dialog, "Lift the seal …")
    answer_lifting("Keep it sealed")
    qtbot.waitUntil(dialog.isActiveWindow)
    assert window.project.openings == ()
    press(dialog, "Lift the seal …")
    answer_lifting("Lift the seal")
    qtbot.waitUntil(lambda: len(window.project.openings) == 1)
    assert "The seal is lifted since" in dialog.state.text()
    assert "The seal is lifted since" in window.data_panel.test_set.words.text()
    assert [one.what for one in open_project(sealed.path).openings] == ["lifted"]
    window.store.undo()
    assert not openings.is_sealed(window.project)
    form = ask(dialog, qtbot)
    assert not form.expected.isVisible() and "This look is not counted." in form.said.text()
    press(form, "Measure")
    qtbot.waitUntil(dialog.result_box.isVisible)
    assert "this look was not counted" in dialog.details.text() and sealed.found_in(dialog.score.text())
    assert openings.opened(window.project) == ()
    press(dialog, "Seal it again")
    qtbot.waitUntil(lambda: openings.is_sealed(window.project))
    assert [one.what for one in open_project(sealed.path).openings] == ["lifted", "sealed"]


def test_a_project_without_runs_says_what_to_do(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    window.findChild(QAction, "actionOpenTestSet").trigger()
    dialog = window.findChild(TestSetDialog)
    assert dialog is not None and dialog.message.text() == "There is no run to measure yet: train the network first."


def test_the_line_in_the_data_panel_opens_it(window: MainWindow, qtbot: QtBot) -> None:
    window.tabs.setCurrentWidget(window.data_panel)
    QTest.mouseClick(window.data_panel.test_set.more, Qt.MouseButton.LeftButton)
    dialog = window.findChild(TestSetDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isActiveWindow)
    window.use_language("es")
    dialog = window.findChild(TestSetDialog, TestSetDialog.NAME)
    assert dialog is not None and "precintado" in dialog.state.text()
