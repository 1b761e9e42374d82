"""The table of connections of a convolution is a grid of dots, changed by mouse and by keys."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.project.history import ZIP_TABLE
from nnstudio.ui.inspector.connections import EDGE, STEP, ConnectionsGrid
from nnstudio.ui.window import MainWindow

Open = Callable[..., MainWindow]


def grid_of(window: MainWindow, qtbot: QtBot, id: str) -> ConnectionsGrid:
    window.documents.open_example("zip_codes_1989")
    qtbot.waitUntil(lambda: window.project.facts is not None, timeout=20_000)
    window.canvas.network.select([id])
    window.tabs.setCurrentWidget(window.inspector)
    grid = window.findChild(ConnectionsGrid, "connections")
    assert grid is not None
    return grid


def test_dots_are_clicked_and_walked_over_by_keys(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    grid = grid_of(window, qtbot, "conv_2")
    assert grid.isVisible() and grid.channels == 12 and "96 of 144" in grid.accessibleDescription()
    step = grid._step()
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=QPoint(int(EDGE + 0.5 * step), int(EDGE + 8.5 * STEP)))
    table = str(window.project.network.layer("conv_2").parameters["connections"])
    assert table.split("/", maxsplit=1)[0] == "0 1 2 3 4 5 6 7 8"
    assert window.store.inference.parameters["conv_2"] == 2_592 + 25
    grid.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Space):
        QTest.keyClick(grid, key)
    table = str(window.project.network.layer("conv_2").parameters["connections"])
    assert table.split("/")[1] == "0 1 2 3 4 5 6"
    for _edit in range(2):
        window.actions_by_name["actionUndo"].trigger()
    assert window.project.network.layer("conv_2").parameters["connections"] == ZIP_TABLE


def test_one_channel_needs_no_grid(open_window: Open, qtbot: QtBot) -> None:
    grid = grid_of(open_window(), qtbot, "conv_1")
    assert grid.isHidden()
