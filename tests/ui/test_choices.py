"""Lists of choices take what is clicked in them, by real events, and show what there is room for."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.ui.look.fields import Choice
from tests.ui.driving import IRIS, Open, bring_to_front


def pick(box: Choice, row: int) -> None:
    """Choose a row of the list that opens, with the mouse."""
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    QTest.qWait(QApplication.doubleClickInterval() + 50)  # until then a click in the list is that which opened it
    entries = box.view()
    entries.scrollTo(box.model().index(row, 0))
    place = entries.visualRect(box.model().index(row, 0)).center()
    QTest.mouseMove(entries.viewport(), place)
    QTest.mouseClick(entries.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_what_is_clicked_in_a_list_is_taken(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    fields = window.training_panel.form.fields
    for name in ("loss", "optimizer", "monitor", "schedule", "initialization", "shuffle"):
        box = fields[name]
        assert isinstance(box, Choice)
        bring_to_front(box)
        for row in (box.count() - 1, 0):
            wanted = box.itemData(row)
            pick(box, row)
            assert box.currentIndex() == row and getattr(window.project.training, name) == wanted
    source = window.data_panel.source
    bring_to_front(source)
    pick(source, source.findData("builtin:wine"))
    assert window.project.data.source == "builtin:wine"
    qtbot.waitUntil(lambda: window.project.facts is not None)


def test_an_entry_that_is_too_long_is_shortened_and_told_whole(open_window: Open) -> None:
    box = Choice()
    box.addItem("½ mean squared error of everything")
    box.resize(90, box.sizeHint().height())
    assert box.shown_text().endswith("…") and len(box.shown_text()) < 20
    box.resize(600, box.sizeHint().height())
    assert box.shown_text() == box.currentText()
