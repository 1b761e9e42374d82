"""The map of a large network, and the grid that what is moved snaps to."""

from itertools import product
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.project.archive import open_project, save
from nnstudio.project.sizes import LAYER_SIZE
from nnstudio.ui.canvas.minimap import EDGE, MiniMap
from nnstudio.ui.canvas.surface import GRID
from tests.ui.conftest import move
from tests.ui.driving import CONTROL, IRIS, Hands, Open, free_point


def test_the_map_shows_up_when_not_all_is_seen_and_takes_the_view_along(open_window: Open) -> None:
    window = open_window(IRIS)
    canvas, minimap = window.canvas, window.canvas.minimap
    assert not minimap.isVisible()
    canvas.zoom_by(4)
    assert minimap.isVisible() and canvas.rect().contains(minimap.geometry())
    output = canvas.network.layers["output_1"]
    middle = output.pos() + output.box.center()
    assert not minimap.seen().contains(middle)
    QTest.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=minimap.to_map().map(middle).toPoint())
    assert minimap.seen().contains(middle)
    window.actions_by_name["actionMiniMap"].trigger()
    assert not minimap.isVisible()
    window.actions_by_name["actionMiniMap"].trigger()
    assert minimap.isVisible()
    canvas.zoom_fit()
    assert not minimap.isVisible()


def test_the_map_lies_in_a_corner_where_no_layer_does(open_window: Open) -> None:
    window = open_window(paths.examples() / "circle.nnstudio", (1280, 720))
    canvas, minimap = window.canvas, window.canvas.minimap
    canvas.zoom_by(2)
    network = canvas.network.network_rect()
    places = [network.topLeft(), network.topRight(), network.bottomLeft(), network.bottomRight(), network.center()]
    corners = set()
    for place in places:
        canvas.centerOn(place)
        minimap.follow()
        assert minimap.isVisible()
        free = [one for one in all_corners(minimap) if minimap.covered(one) == 0]
        assert minimap.covered(minimap.geometry()) == 0 or not free, place
        corners.add(minimap.pos().toTuple())
    assert len(corners) > 1


def all_corners(minimap: MiniMap) -> list[QRect]:
    """Where it could lie."""
    area, made = minimap.canvas.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE), []
    for x, y in product((area.left(), area.right() + 1), (area.top(), area.bottom() + 1)):
        left = x if x == area.left() else x - minimap.width()
        top = y if y == area.top() else y - minimap.height()
        made.append(QRect(QPoint(left, top), minimap.size()))
    return made


def test_the_map_follows_what_is_drawn(open_window: Open) -> None:
    window = open_window(IRIS)
    window.canvas.zoom_by(4)
    before = window.canvas.minimap.grab().toImage()
    window.canvas.network.select(["dense_1"])
    window.actions_by_name["actionDelete"].trigger()
    assert window.canvas.minimap.grab().toImage() != before


def test_layers_snap_to_the_grid_when_they_shall(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    window.actions_by_name["actionGrid"].trigger()
    window.canvas.adding.drop("relu", free_point(window))
    x, y = window.project.network.layers[-1].position
    assert x % GRID == 0 and y % GRID == 0
    mouse.drag(mouse.middle("softmax_1"), mouse.middle("softmax_1") + QPoint(93, -57))
    moved = window.project.network.layer("softmax_1").position
    assert moved[0] % GRID == 0 or moved[0] in {one.position[0] for one in window.project.network.layers[:-1]}
    QTest.keyClick(window.canvas, Qt.Key.Key_Right, CONTROL)
    assert window.project.network.layer("softmax_1").position[0] == moved[0] + GRID
    window.actions_by_name["actionGrid"].trigger()
    window.actions_by_name["actionUndo"].trigger()
    window.actions_by_name["actionUndo"].trigger()
    window.actions_by_name["actionUndo"].trigger()  # nothing lies at the free point any more
    point = free_point(window) + QPoint(7, 3)
    place = window.canvas.mapToScene(point)  # before the scene grows with what is dropped
    window.canvas.adding.drop("relu", point)
    x, y = window.project.network.layers[-1].position
    assert (x + LAYER_SIZE[0] / 2, y + LAYER_SIZE[1] / 2) == (place.x(), place.y())


def test_a_layer_put_down_again_with_shift_is_not_dragged(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    before = window.project
    mouse.click(mouse.middle("tanh_1"))
    QTest.mousePress(
        mouse.viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, mouse.middle("tanh_1")
    )
    move(mouse.viewport, mouse.middle("tanh_1") + QPoint(60, 40))
    QTest.mouseRelease(mouse.viewport, Qt.MouseButton.LeftButton, pos=mouse.middle("tanh_1"))
    assert window.project == before and not window.canvas.network.selected_parts()


def test_a_network_far_from_the_origin_is_shown(open_window: Open, tmp_path: Path, qtbot: QtBot) -> None:
    project = open_project(IRIS)
    places = {layer.id: (layer.position[0] + 9000, layer.position[1] - 5000) for layer in project.network.layers}
    save(edits.move(project, places), tmp_path / "far.nnstudio")
    window = open_window(tmp_path / "far.nnstudio")
    assert window.canvas.minimap.sees_all()
    window.use_language("es")
    qtbot.waitUntil(window.canvas.minimap.sees_all, timeout=5_000)
