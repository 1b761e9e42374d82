"""Short ways to fields, palette rows and a finished training, for tests of the window."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QStackedWidget, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.ui.canvas.search import LayerSearch
from nnstudio.ui.inspector.form import ParameterForm
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.training.runs_view import point_of
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import Hand

Open = Callable[..., MainWindow]
Kind = TypeVar("Kind", bound=Lab)
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


def bring_to_front(widget: QWidget) -> None:
    """Choose the tab that a widget is in, and unfold its section, as a person would who looks for it."""
    inside: QWidget | None = widget
    while inside is not None:
        around = inside.parentWidget()
        if isinstance(inside, ParameterForm):
            inside.unfold(widget.objectName().removeprefix("field_"))
        if isinstance(around, QStackedWidget) and isinstance(around.parentWidget(), QTabWidget):
            tabs = around.parentWidget()
            assert isinstance(tabs, QTabWidget)
            tabs.setCurrentWidget(inside)
        inside = around


def retype(widget: QLineEdit, text: str) -> None:
    bring_to_front(widget)
    widget.setFocus()
    widget.selectAll()
    QTest.keyClicks(widget, text)


def opened_lab(window: MainWindow, name: str, kind: type[Kind], qtbot: QtBot) -> Kind:
    """The lab of this name, which is open and has the keys."""
    lab = window.labs.open[name]
    assert isinstance(lab, kind)
    lab.activateWindow()
    qtbot.waitUntil(lab.isActiveWindow)
    return lab


def hover(widget: QWidget, place: QPointF) -> None:
    """The pointer over a place, no button held; without a screen QTest.mouseMove reaches the window behind."""
    at, none = QPointF(widget.mapToGlobal(place)), Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, place, at, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def train(window: MainWindow, qtbot: QtBot) -> None:
    window.findChild(QAction, "actionTrain").trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=60_000)


# --- the canvas ---

Hands = Callable[[MainWindow], Hand]
LAYERS = 6
"""In the example, from input to output."""

CONTROL = Qt.KeyboardModifier.ControlModifier


def box_of(window: MainWindow) -> LayerSearch | None:
    return next((one for one in window.canvas.findChildren(LayerSearch) if one.isVisible()), None)


def in_place(window: MainWindow) -> QLineEdit | None:
    fields = window.canvas.findChildren(QLineEdit, "inPlaceField")
    return next((one for one in fields if one.isVisible()), None)


def free_point(window: MainWindow) -> QPoint:
    """A point of the viewport with nothing there."""
    rect = window.canvas.viewport().rect()
    return QPoint(rect.width() // 2, rect.height() - 12)


def shown_types(box: LayerSearch) -> list[str]:
    return [box.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(box.list.count())]


# --- the table of runs ---


def run_cells(window: MainWindow, key: str) -> list[str]:
    """What stands in a column of the table of runs, by its key, from above; headings left out."""
    model = window.runs_panel.model
    return [model.cell(row, key) for row in range(model.rowCount()) if model.run_at(row) is not None]


def run_point(window: MainWindow, row: int, key: str) -> QPoint:
    """The middle of a cell of the table of runs, scrolled into view."""
    table = window.runs_panel.table
    bring_to_front(window.runs_panel)
    table.scrollTo(table.runs_model.index(row, table.runs_model.place_of(key)))
    return point_of(table, row, key)


def click_run(
    window: MainWindow, row: int, key: str = "loss", modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Click a cell of the table of runs."""
    place = run_point(window, row, key)
    QTest.mouseClick(window.runs_panel.table.viewport(), Qt.MouseButton.LeftButton, modifier, place)
