"""Short ways to fields, palette rows and a finished training, for tests of the window."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.ui.window import MainWindow

Open = Callable[..., MainWindow]
IRIS = paths.examples() / "iris.nnstudio"


def palette_point(window: MainWindow, type: str) -> QPoint:
    """The middle of a layer's row in the palette."""
    shown = window.palette_panel.list
    item = next(
        shown.item(row) for row in range(shown.count()) if shown.item(row).data(Qt.ItemDataRole.UserRole) == type
    )
    shown.scrollToItem(item)
    return shown.visualItemRect(item).center()


def field(window: MainWindow, name: str) -> QLineEdit:
    found = window.inspector.findChild(QLineEdit, f"field_{name}")
    assert found is not None
    return found


def retype(widget: QLineEdit, text: str) -> None:
    widget.setFocus()
    widget.selectAll()
    QTest.keyClicks(widget, text)


def train(window: MainWindow, qtbot: QtBot) -> None:
    window.findChild(QAction, "actionTrain").trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=60_000)
