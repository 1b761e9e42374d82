"""Changing what is drawn on the canvas, with real events: in place, on the picture, by keyboard; and pictures of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QGraphicsLineItem, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.project import edits
from nnstudio.project.model import Link
from nnstudio.ui.canvas import surface
from nnstudio.ui.look import theme
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import move
from tests.ui.driving import (
    CONTROL,
    IRIS,
    LAYERS,
    Hands,
    Open,
    box_of,
    free_point,
    in_place,
    palette_point,
    shown_types,
)

# --- in place -------------------------------------------------------------------------------------------------------


def test_f2_renames_in_place_and_escape_does_not(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    mouse.click(mouse.middle("dense_1"))
    for key, expected in ((Qt.Key.Key_Escape, ""), (Qt.Key.Key_Return, "hidden")):
        QTest.keyClick(window, Qt.Key.Key_F2)
        field = in_place(window)
        assert field is not None and field.selectedText() == field.text()
        QTest.keyClicks(field, "hidden")
        QTest.keyClick(field, key)
        assert in_place(window) is None and window.project.network.layer("dense_1").name == expected


def test_a_double_click_changes_the_first_setting_and_tells_what_cannot_be(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    QTest.mouseDClick(mouse.viewport, Qt.MouseButton.LeftButton, pos=mouse.middle("dense_1"))
    field = in_place(window)
    assert field is not None and field.text() == "8"
    QTest.keyClicks(field, "0")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert in_place(window) is field and "Units must be" in window.messages.label.text()
    field.selectAll()
    QTest.keyClicks(field, "12")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.project.network.layer("dense_1").parameters["units"] == 12
    QTest.mouseDClick(mouse.viewport, Qt.MouseButton.LeftButton, pos=mouse.middle("tanh_1"))
    field = in_place(window)
    assert field is not None and field.accessibleName() == "Name of the layer"


# --- on the picture itself ------------------------------------------------------------------------------------------


def units(window: MainWindow) -> int:
    return int(window.project.network.layer("dense_1").parameters["units"])


def test_plus_and_minus_change_the_units_and_are_one_step_to_undo(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    window.actions_by_name["actionNeurons"].trigger()
    mouse = hand(window)
    canvas = window.canvas
    mouse.click(mouse.middle("dense_1"))
    item = canvas.network.layers["dense_1"]
    plus, minus = (
        canvas.mapFromScene(item.mapToScene(place.center())) for place in (item.plus_place, item.minus_place)
    )
    for _time in range(3):
        mouse.click(plus)
    assert units(window) == 11
    QTest.mouseDClick(mouse.viewport, Qt.MouseButton.LeftButton, pos=minus)
    assert units(window) == 10 and canvas.gesture is None and in_place(window) is None
    QTest.mouseClick(mouse.viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, plus)
    assert units(window) == 20
    for _time in range(3):
        QTest.mouseClick(mouse.viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, minus)
    assert units(window) == 1
    assert window.totals.text().startswith(str(4 + 1 + 1 * 3 + 3))


def test_the_wheel_steps_the_number_of_the_selected_layer_and_zooms_elsewhere(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    canvas = window.canvas
    number = canvas.mapFromScene(
        canvas.network.layers["dense_1"].mapToScene(canvas.network.layers["dense_1"].value_place.center())
    )
    zoom = canvas.zoom
    turn(canvas, number, 1)
    assert units(window) == 8 and canvas.zoom > zoom
    canvas.zoom_fit()
    mouse.click(mouse.middle("dense_1"))
    turn(canvas, number, 1)
    turn(canvas, number, 1)
    assert units(window) == 10
    turn(canvas, number, -1)
    assert units(window) == 9


def turn(canvas: QWidget, point: QPoint, notches: int) -> None:
    """Turn the wheel over a point of the viewport."""
    event = QWheelEvent(
        QPointF(point),
        QPointF(canvas.viewport().mapToGlobal(point)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)


def test_a_dragged_layer_comes_into_line_with_others(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    start = mouse.middle("tanh_1")
    QTest.mousePress(mouse.viewport, Qt.MouseButton.LeftButton, pos=start)
    move(mouse.viewport, start + QPoint(40, 70))
    assert not window.canvas.gesture.guides
    move(mouse.viewport, start + QPoint(3, 4))
    assert window.canvas.gesture.guides
    QTest.mouseRelease(mouse.viewport, Qt.MouseButton.LeftButton, pos=start + QPoint(3, 4))
    assert window.project.network.layer("tanh_1").position[1] == window.project.network.layer("dense_1").position[1]
    assert not any(isinstance(item, QGraphicsLineItem) for item in window.canvas.network.items())


# --- pictures -------------------------------------------------------------------------------------------------------


def test_the_picture_is_light_sharp_and_whole_whatever_the_window_shows(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(IRIS)
    window.use_scheme("dark")
    QApplication.processEvents()
    canvas = window.canvas
    canvas.network.select(["dense_1"])
    monkeypatch.setattr(surface, "MANY", 0)
    canvas.zoom_by(0.01)  # so far that the overview stands in for the items
    for ending in ("svg", "pdf", "png"):
        file = tmp_path / f"network.{ending}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_arguments, file=file: (str(file), ""))
        window.actions_by_name["actionSavePicture"].trigger()
        assert file.stat().st_size > 2000 and str(file) in window.messages.label.text()
    drawing = (tmp_path / "network.svg").read_text()
    assert "Dense 1" in drawing and "Output 1" in drawing and theme.LIGHT.surface in drawing
    assert theme.DARK.surface not in drawing and theme.LIGHT.selection not in drawing
    assert (tmp_path / "network.pdf").read_bytes().startswith(b"%PDF")
    picture = QImage(str(tmp_path / "network.png"))
    area = canvas.network.network_rect()
    assert picture.width() > 2.5 * area.width() and picture.pixelColor(2, 2) == QColor("white")
    assert canvas.network.selected_layers() == ["dense_1"] and canvas.network.root.opacity() == 0.0
    window.use_scheme("light")


def test_a_picture_that_cannot_be_written_is_told(
    open_window: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer_question: Callable[..., list[str]],
    qtbot: QtBot,
) -> None:
    window = open_window(IRIS)
    file = tmp_path / "gone" / "network.svg"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_arguments: (str(file), ""))
    asked = answer_question(QMessageBox.StandardButton.Ok)
    window.actions_by_name["actionSavePicture"].trigger()
    qtbot.waitUntil(lambda: bool(asked))
    assert "does not exist" in asked[0] and not file.exists()


# --- by keyboard alone ----------------------------------------------------------------------------------------------


def test_arrows_go_from_layer_to_layer_enter_edits_and_control_nudges(open_window: Open) -> None:
    window = open_window(IRIS)
    canvas = window.canvas
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.network.selected_layers() == ["input_1"]
    for expected in ("dense_1", "tanh_1", "dense_2", "softmax_1"):  # which begins the next row
        QTest.keyClick(canvas, Qt.Key.Key_Right)
        assert canvas.network.selected_layers() == [expected]
    for _time in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.network.selected_layers() == ["dense_1"]
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    assert canvas.network.selected_layers() == ["output_1"]
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    assert canvas.network.selected_layers() == ["dense_1"]
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    field = in_place(window)
    assert field is not None
    QTest.keyClicks(field, "21")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert units(window) == 21
    before = window.project.network.layer("dense_1").position
    QTest.keyClick(canvas, Qt.Key.Key_Down, CONTROL)
    QTest.keyClick(canvas, Qt.Key.Key_Down, CONTROL)
    assert window.project.network.layer("dense_1").position == (before[0], before[1] + 20)
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert window.project.network.layer("dense_1").position == before


def test_a_ready_made_part_is_appended_or_dropped_as_a_whole(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    before = window.project
    mouse.click(mouse.middle("tanh_1"))
    point = palette_point(window, "dense_block")
    shown = window.palette_panel.list.viewport()
    QTest.mouseClick(shown, Qt.MouseButton.LeftButton, pos=point)
    QTest.mouseDClick(shown, Qt.MouseButton.LeftButton, pos=point)
    links = set(window.project.network.links)
    new = [
        Link("tanh_1", "dense_3"),
        Link("dense_3", "relu_1"),
        Link("relu_1", "dropout_1"),
        Link("dropout_1", "dense_2"),
    ]
    assert set(new) <= links and window.store.problems == ()
    assert window.project.network.layer("dense_3").parameters["units"] == 64
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert window.project.network == before.network
    point = palette_point(window, "classifier_head")
    target = shown.mapFromGlobal(mouse.viewport.mapToGlobal(free_point(window)))
    mouse.drag(point, target, shown)
    assert window.canvas.network.selected_layers() == ["dense_3", "softmax_2"]
    assert window.project.network.layer("dense_3").parameters["units"] == 3


def test_a_click_in_the_box_chooses(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    mouse.click(mouse.middle("dense_1"))
    QTest.keyClick(window.canvas, Qt.Key.Key_S)
    box = box_of(window)
    assert box is not None
    place = box.list.visualItemRect(box.list.item(1)).center()
    second = shown_types(box)[1]
    QTest.mousePress(box.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.qWait(50)
    assert box_of(window) is box and box.field.hasFocus()
    QTest.mouseRelease(box.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert box_of(window) is None and Link("dense_1", f"{second}_1") in {
        Link(link.source, link.target.rpartition("_")[0] + "_1") for link in window.project.network.links
    }


def test_a_layer_is_found_by_its_name(open_window: Open) -> None:
    window = open_window(IRIS)
    window.canvas.zoom_by(4)
    window.actions_by_name["actionFind"].trigger()
    box = box_of(window)
    assert box is not None and box.list.count() == LAYERS
    QTest.keyClicks(box.field, "softm")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert window.canvas.network.selected_layers() == ["softmax_1"]
    seen = window.canvas.mapToScene(window.canvas.viewport().rect()).boundingRect()
    item = window.canvas.network.layers["softmax_1"]
    assert seen.contains(item.box.translated(item.pos()))


def test_a_click_that_trembles_moves_and_copies_nothing(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    before = window.project
    for modifier in (Qt.KeyboardModifier.NoModifier, CONTROL):
        start = mouse.middle("dense_1")
        QTest.mousePress(mouse.viewport, Qt.MouseButton.LeftButton, modifier, start)
        move(mouse.viewport, start + QPoint(1, 1))
        QTest.mouseRelease(mouse.viewport, Qt.MouseButton.LeftButton, modifier, start + QPoint(1, 1))
    assert window.project is before and window.store.undo_label == ""


def test_an_undo_in_the_midst_of_a_drag_shows_what_the_project_holds(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    window.canvas.network.select(["dense_1"])
    window.canvas.selection.nudge((0, 5))
    start = mouse.middle("dense_1")
    QTest.mousePress(mouse.viewport, Qt.MouseButton.LeftButton, pos=start)
    move(mouse.viewport, start + QPoint(60, 60))
    window.store.undo()
    place = window.canvas.network.layers["dense_1"].pos()
    assert (place.x(), place.y()) == window.project.network.layer("dense_1").position


def test_focus_goes_where_the_hand_goes(open_window: Open) -> None:
    window = open_window(IRIS)
    QTest.keyClick(window.canvas, Qt.Key.Key_S)
    window.palette_panel.search.setFocus()
    QApplication.processEvents()
    assert box_of(window) is None and window.palette_panel.search.hasFocus()


def test_an_output_put_behind_a_layer_takes_nothing_away_from_it(open_window: Open) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.remove(window.project, ["output_1"]))
    window.canvas.network.select(["dense_1"])
    window.canvas.adding.append("output")
    links = set(window.project.network.links)
    assert {Link("dense_1", "tanh_1"), Link("dense_1", "output_1")} <= links
    assert not any(link.source == "output_1" for link in links)


@pytest.mark.parametrize("corner", [(0.1, 0.2), (0.9, 0.8)])
def test_the_wheel_zooms_around_the_pointer_wherever_it_has_been(
    open_window: Open, corner: tuple[float, float]
) -> None:
    canvas = open_window(IRIS).canvas
    size = canvas.viewport().size()
    point = QPoint(int(size.width() * corner[0]), int(size.height() * corner[1]))
    for notches in (1, 1, 1, -1, 2):
        before = canvas.mapToScene(point)
        turn(canvas, point, notches)
        moved = canvas.mapFromScene(before) - point
        assert moved.manhattanLength() <= 2, (notches, moved)


def test_the_keys_zoom_around_the_middle_when_the_pointer_is_elsewhere(open_window: Open) -> None:
    canvas = open_window(IRIS).canvas
    turn(canvas, QPoint(20, 20), 1)
    around = canvas.pointer()
    before = canvas.mapToScene(around)
    canvas.zoom_in()
    assert (canvas.mapFromScene(before) - around).manhattanLength() <= 2
