"""The report as a person makes it: one key puts into it what is looked at, a click brings it back, every change is
undone, and it is written as a page and as PDF."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.handing_in.attached import open_attached
from nnstudio.project.sheet import SECTIONS
from nnstudio.ui.look.collected import Looked
from nnstudio.ui.sheet.dialog import SheetDialog
from nnstudio.ui.window import MainWindow
from tests.ui.driving import IRIS, Open, train
from tests.unit.project.test_sheet import picture

CONTROL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


@pytest.fixture
def trained(open_window: Open, qtbot: QtBot) -> MainWindow:
    window = open_window(IRIS)
    window.training_panel.findChild(QLineEdit, "field_epochs").setText("4")
    window.training_panel.findChild(QLineEdit, "field_epochs").editingFinished.emit()
    train(window, qtbot)
    return window


def put(window: QWidget, over: QWidget | None = None) -> None:
    """The key, with the pointer over something; else where it is in nobody's way."""
    place = QPoint(-10, -10)
    for _look in range(50 if over is not None else 0):  # a window that has just opened is still being laid out
        assert over is not None
        QApplication.processEvents()
        place = over.mapToGlobal(over.rect().center())
        there = QApplication.widgetAt(place)
        if there is over or (there is not None and over.isAncestorOf(there)):
            break
    QCursor.setPos(place)
    QTest.keyClick(window, Qt.Key.Key_S, CONTROL_ALT)


def open_sheet(window: MainWindow, qtbot: QtBot) -> SheetDialog:
    QTest.keyClick(window, Qt.Key.Key_H, CONTROL_ALT)
    dialog = window.findChild(SheetDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def child(dialog: QWidget, kind: type, name: str) -> QWidget:
    found = dialog.findChild(kind, name)
    assert found is not None
    return found


def press(dialog: SheetDialog, words: str) -> None:
    (button,) = (one for one in dialog.findChildren(QPushButton) if one.accessibleName() == words)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def rows(dialog: SheetDialog) -> list[str]:
    """What stands in the list, from top to bottom."""
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def drag(dialog: SheetDialog, title: str, before: str) -> None:
    """What Qt does at the end of a drag."""
    shown, top = dialog.list, dialog.list.rootIndex()
    shown.model().moveRow(top, rows(dialog).index(title), top, rows(dialog).index(before))


def click_row(dialog: SheetDialog, title: str) -> None:
    item = next(dialog.list.item(row) for row in range(dialog.list.count()) if dialog.list.item(row).text() == title)
    dialog.list.scrollToItem(item)
    place = dialog.list.visualItemRect(item)
    QTest.mouseClick(
        dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.right() - 5, place.center().y())
    )


def test_one_key_puts_the_plot_the_canvas_or_the_lab_that_is_looked_at_on_the_sheet(
    trained: MainWindow, qtbot: QtBot
) -> None:
    put(trained, trained.canvas.viewport())
    put(trained, trained.plots.plot("loss"))
    lab = trained.labs.show("actionTryLab")
    qtbot.waitUntil(lab.isActiveWindow)
    put(lab)
    items = trained.project.sheet.items
    assert [item.view for item in items] == ["canvas", "plotLoss", "actionTryLab"]
    (run,) = trained.project.runs
    assert all((item.run, item.run_created, item.epoch) == (run.id, run.created, None) for item in items)
    assert all(item.picture.startswith(b"\x89PNG") and len(item.picture) > 1000 for item in items)
    assert [item.title for item in items] == ["Network", "Loss", lab.windowTitle()]
    assert trained.store.undo_label == f"Put “{lab.windowTitle()}” into the report"
    for left in (2, 1, 0):
        trained.findChild(QAction, "actionUndo").trigger()
        assert len(trained.project.sheet.items) == left


def test_the_key_and_the_commands_are_listed(window: MainWindow) -> None:
    for name in ("actionPutOnSheet", "actionSheet"):
        action = window.findChild(QAction, name)
        assert not action.shortcut().isEmpty() and action.statusTip()


def test_a_click_on_an_item_brings_its_run_its_epoch_and_its_view_back(trained: MainWindow, qtbot: QtBot) -> None:
    trained.trainer.look_at(2)
    lab = trained.labs.show("actionTryLab")
    qtbot.waitUntil(lab.isActiveWindow)
    put(lab)
    lab.close()
    trained.activateWindow()
    trained.trainer.look_at(None)
    train(trained, qtbot)
    assert trained.trainer.last_run is trained.project.runs[1]
    dialog = open_sheet(trained, qtbot)
    QTest.mouseClick(child(dialog, QToolButton, "itemPicture"), Qt.MouseButton.LeftButton)
    assert trained.trainer.last_run is trained.project.runs[0]
    assert trained.trainer.shown_epoch == 2
    assert "actionTryLab" in trained.labs.open


def test_an_item_of_a_run_that_is_gone_says_so(trained: MainWindow, qtbot: QtBot) -> None:
    put(trained, trained.plots.plot("loss"))
    trained.runs_panel.table.selectRow(0)
    QTest.mouseClick(trained.runs_panel.delete, Qt.MouseButton.LeftButton)
    told: list[str] = []
    trained.store.told.connect(told.append)
    dialog = open_sheet(trained, qtbot)
    press(dialog, "Show it again")
    assert told == ["Run 1 is not in the project any more."]


def test_before_training_the_canvas_can_be_put_on_and_comes_back(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    put(window, window.canvas.viewport())
    (item,) = window.project.sheet.items
    assert (item.run, item.view) == ("", "canvas")
    train(window, qtbot)
    dialog = open_sheet(window, qtbot)
    press(dialog, "Show it again")
    assert window.trainer.is_blank


def test_names_words_and_comments_are_typed_moved_deleted_and_undone(trained: MainWindow, qtbot: QtBot) -> None:
    put(trained, trained.canvas.viewport())
    put(trained, trained.plots.plot("loss"))
    dialog = open_sheet(trained, qtbot)
    QTest.keyClicks(child(dialog, QLineEdit, "sheetNames"), "Ana, <b>Luis</b>")
    QTest.keyClicks(child(dialog, QPlainTextEdit, "sheetWords"), "It falls.")
    shown = child(dialog, QListWidget, "sheetItems")
    assert isinstance(shown, QListWidget)
    assert shown.currentItem().text() == "Loss", "the newest is chosen"
    comment = child(dialog, QPlainTextEdit, "itemComment")
    assert isinstance(comment, QPlainTextEdit)
    QTest.keyClicks(comment, "early stopping")
    title = child(dialog, QLineEdit, "itemTitle")
    assert isinstance(title, QLineEdit)
    title.selectAll()
    QTest.keyClicks(title, "Curves")
    sheet = trained.project.sheet
    assert (sheet.names, sheet.words) == ("Ana, <b>Luis</b>", "It falls.")
    assert (sheet.items[1].title, sheet.items[1].comment) == ("Curves", "early stopping")
    press(dialog, "Up")
    assert [item.title for item in trained.project.sheet.items] == ["Curves", "Network"]
    assert shown.currentItem().text() == "Curves" and comment.toPlainText() == "early stopping", "it stays chosen"
    press(dialog, "Delete")
    assert [item.title for item in trained.project.sheet.items] == ["Network"]
    for _time in range(2):
        trained.findChild(QAction, "actionUndo").trigger()
    assert trained.project.sheet == sheet
    trained.findChild(QAction, "actionUndo").trigger()
    assert trained.project.sheet.items[1].title == "Loss", "what was typed in one go is one step"
    assert title.text() == "Loss"


def test_sections_are_commented_moved_and_left_out(
    trained: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = open_sheet(trained, qtbot)
    assert dialog.list.currentItem().text() == "What I looked at" and "Ctrl+Alt+S" in dialog.about.text()
    click_row(dialog, "Runs")
    QTest.keyClicks(child(dialog, QPlainTextEdit, "itemComment"), "It <b>fell</b>.")
    assert trained.project.sheet.comments == {"runs": "It <b>fell</b>."}
    QTest.keyClick(dialog, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    press(dialog, "Up")
    assert rows(dialog)[:3] == ["Predictions", "Runs", "What I looked at"]
    assert dialog.list.currentItem().text() == "Runs" and not dialog.title.isVisible() and not dialog.delete.isVisible()
    click_row(dialog, "Formula")
    QTest.keyClick(dialog.list, Qt.Key.Key_Space)
    QTest.mouseClick(dialog.with_project, Qt.MouseButton.LeftButton)
    assert trained.project.sheet.left_out == ("formula", "project")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_given: (str(tmp_path / "a.html"), ""))
    press(dialog, "Write the report …")
    qtbot.waitUntil(lambda: (tmp_path / "a.html").exists() and not trained.sheet.is_writing)
    page = (tmp_path / "a.html").read_text()
    assert "It &lt;b&gt;fell&lt;/b&gt;." in page and "nnstudio-project" not in page
    heads = [part.partition("</h2>")[0] for part in page.split("<h2>")[1:]]
    assert heads == ["Runs", "Curves", "Test set", "Network", "Data, and what was done to it", "Settings"]
    for _time in range(2):
        trained.findChild(QAction, "actionUndo").trigger()
    assert trained.project.sheet.left_out == () and dialog.with_project.isChecked()
    assert dialog.list.findItems("Formula", Qt.MatchFlag.MatchExactly)[0].checkState() is Qt.CheckState.Checked


def test_a_section_with_nothing_to_tell_says_so(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    dialog = open_sheet(window, qtbot)
    click_row(dialog, "Runs")
    assert "nothing to tell here yet" in dialog.about.text()
    train(window, qtbot)
    assert "nothing to tell here yet" not in dialog.about.text()


class View(QDialog):
    """A view of another kind, as a study's are."""

    def for_report(self) -> Looked:
        return Looked("study:study-1", "Heat map", picture(), "The best is 0.1.")


def test_any_widget_that_gives_its_picture_is_put_in_and_shown_again(trained: MainWindow, qtbot: QtBot) -> None:
    view = View(trained)
    button = QPushButton("inside", view)
    view.show()
    button.setFocus()
    qtbot.waitUntil(view.isActiveWindow)
    shown: list[str] = []
    trained.sheet.views.ways_back["study"] = lambda name: shown.append(name) or "There it is."  # type: ignore[func-returns-value]
    put(view)
    (item,) = trained.project.sheet.items
    assert (item.view, item.title, item.alt) == ("study:study-1", "Heat map", "The best is 0.1.")
    assert (item.run, item.epoch) == ("", None), "it is of no single run"
    last, told = trained.trainer.last_run, list[str]()
    trained.store.told.connect(told.append)
    view.close()
    trained.activateWindow()
    qtbot.waitUntil(trained.isActiveWindow)
    press(open_sheet(trained, qtbot), "Show it again")
    assert shown == ["study:study-1"] and told == ["There it is."] and trained.trainer.last_run is last


def test_a_plot_and_a_lab_say_what_is_to_be_seen(trained: MainWindow, qtbot: QtBot) -> None:
    put(trained, trained.plots.plot("loss"))
    put(trained, trained.canvas.viewport())
    lab = trained.labs.show("actionTryLab")
    qtbot.waitUntil(lab.isActiveWindow)
    put(lab)
    loss, network, tried = trained.project.sheet.items
    assert loss.alt and "Dense" in network.alt and lab.introduction.text() in tried.alt


def test_an_item_is_dragged_to_another_place(trained: MainWindow, qtbot: QtBot) -> None:
    for over in (trained.canvas.viewport(), trained.plots.plot("loss")):
        put(trained, over)
    dialog = open_sheet(trained, qtbot)
    drag(dialog, "Loss", "Network")
    assert [item.view for item in trained.project.sheet.items] == ["plotLoss", "canvas"]
    assert rows(dialog)[1:4] == ["What I looked at", "Loss", "Network"]
    drag(dialog, "Loss", "Predictions")
    assert rows(dialog)[1:4] == ["What I looked at", "Loss", "Network"], "a picture stays in its section"
    drag(dialog, "Runs", "Predictions")
    assert rows(dialog)[:4] == ["Runs", "Predictions", "What I looked at", "Loss"]
    assert trained.project.sheet.sections[:2] == ("runs", "predictions")


def test_the_sheet_is_written_as_a_page_with_the_project_in_it_and_as_pdf(
    trained: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(trained, trained.plots.plot("loss"))
    dialog = open_sheet(trained, qtbot)
    for name in ("hoja.html", "hoja.pdf"):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_given, name=name: (str(tmp_path / name), ""))
        press(dialog, "Write the report …")
        qtbot.waitUntil(lambda name=name: (tmp_path / name).exists() and not trained.sheet.is_writing)
        assert name in dialog.message.text()
    page = (tmp_path / "hoja.html").read_bytes()
    opened = open_attached(page, tmp_path / "hoja.html")
    assert (opened.sheet, opened.runs, opened.network) == (
        trained.project.sheet,
        trained.project.runs,
        trained.project.network,
    )
    assert page.count(b'src="data:image/svg+xml;base64,') == 3, "the curves of the run, the network and its formula"
    pdf = (tmp_path / "hoja.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-") and b"/EmbeddedFile" in pdf and pdf.count(b"/Type /Page\n") >= 2


def test_a_sheet_that_cannot_be_written_says_so(
    trained: MainWindow, tmp_path: Path, qtbot: QtBot, answer_question: Callable[..., list[str]]
) -> None:
    from PySide6.QtWidgets import QMessageBox

    asked = answer_question(QMessageBox.StandardButton.Ok)
    assert trained.sheet.write(tmp_path / "none" / "a.html") is not None
    qtbot.waitUntil(lambda: bool(asked))
    assert "does not exist" in asked[0] and not trained.sheet.is_writing


def test_the_open_sheet_follows_the_language_and_another_project(trained: MainWindow, qtbot: QtBot) -> None:
    put(trained, trained.canvas.viewport())
    open_sheet(trained, qtbot)
    trained.use_language("es")
    dialog = trained.findChild(SheetDialog, SheetDialog.NAME)
    assert dialog.windowTitle() == "Informe" and rows(dialog)[1:3] == ["Lo que miré", "Network"]
    trained.use_language("en")
    trained.store.mark_saved(trained.project, Path("unused.nnstudio"))
    trained.findChild(QAction, "actionNew").trigger()
    dialog = trained.findChild(SheetDialog, SheetDialog.NAME)
    assert dialog.list.count() == len(SECTIONS) and "Ctrl+Alt+S" in dialog.about.text()


def test_a_picture_of_a_narrow_plot_leaves_it_as_wide_as_it_was(open_window: Open, qtbot: QtBot) -> None:
    """What its colours mean is written above it in the picture, and is wider than the plane."""
    window = open_window(paths.examples() / "circle.nnstudio", (1000, 640))
    plane = window.plots.plane
    qtbot.waitUntil(lambda: plane.plane is not None and plane.isVisible())
    put(window, plane)
    QTest.qWait(50)  # layouts are brought up to date by events
    assert plane.plotItem.geometry().width() == plane.viewport().width()
    (item,) = window.project.sheet.items
    assert item.title == "Decision boundary"
