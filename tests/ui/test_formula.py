"""The formula under the canvas follows the drawing, and the two light each other."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.project import edits
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import move
from tests.ui.driving import IRIS, Open


def place_of(window: MainWindow, latex: str) -> QPointF:
    return next(place.center() for place, part in window.formula_bar.lines.places if part.latex == latex)


def is_written(window: MainWindow, latex: str) -> bool:
    return any(part.latex == latex for _place, part in window.formula_bar.lines.places)


def test_the_formula_follows_the_network_and_tells_sizes(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    qtbot.waitUntil(lambda: is_written(window, "W^{(2)}"), timeout=20_000)
    lines = window.formula_bar.lines
    point = place_of(window, "W^{(2)}").toPoint()
    move(lines, point)
    assert "Dense 2: weights, 3 × 8 values" in lines.toolTip()
    window.store.edit("Delete", edits.remove(window.project, ["tanh_1"]))
    qtbot.waitUntil(lambda: is_written(window, "?"), timeout=20_000)
    window.actions_by_name["actionUndo"].trigger()
    qtbot.waitUntil(lambda: is_written(window, r"\tanh"), timeout=20_000)


def test_a_click_selects_the_layer_and_a_selected_layer_is_lit(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    qtbot.waitUntil(lambda: is_written(window, "w_0^{(1)}"), timeout=20_000)
    lines = window.formula_bar.lines
    before = lines.grab().toImage()
    QTest.mouseClick(lines, Qt.MouseButton.LeftButton, pos=place_of(window, "w_0^{(1)}").toPoint())
    assert window.canvas.network.selected_layers() == ["dense_1"]
    assert lines.grab().toImage() != before
    QTest.mouseClick(window.formula_bar.button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().startswith(r"\hat{y} = g^{(2)} ( W^{(2)}")


def test_the_switch_takes_it_away_and_long_ones_scroll(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    bar = window.formula_bar
    window.actions_by_name["actionFormula"].trigger()
    assert not bar.isVisible()
    window.actions_by_name["actionFormula"].trigger()
    assert bar.isVisible()
    for _time in range(12):
        window.canvas.adding.append("dense")
    qtbot.waitUntil(lambda: is_written(window, "W^{(14)}"), timeout=20_000)
    assert bar.lines.height() > bar.height() and bar.height() < 100
