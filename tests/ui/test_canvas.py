"""Drawing on the canvas with real mouse and keyboard events: the search box, links, copies."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnstudio.project import edits
from nnstudio.project.model import Link
from nnstudio.ui.canvas.gestures import DrawLink
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import Hand, move, types
from tests.ui.driving import CONTROL, IRIS, LAYERS, Hands, Open, box_of, free_point, palette_point, shown_types

# --- the search box -------------------------------------------------------------------------------------------------


def test_a_letter_opens_the_box_and_enter_appends_behind_the_selection(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    mouse.click(mouse.middle("dense_1"))
    QTest.keyClick(window.canvas, Qt.Key.Key_R)
    box = box_of(window)
    assert box is not None and box.field.text() == "r"
    QTest.keyClicks(box.field, "el")
    assert shown_types(box)[0] == "relu"
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert box_of(window) is None
    assert {Link("dense_1", "relu_1"), Link("relu_1", "tanh_1")} <= set(window.project.network.links)
    assert window.canvas.network.selected_layers() == ["relu_1"]
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert "relu" not in types(window.project)


def test_letters_over_an_empty_place_add_before_the_output_though_the_pointer_rests_there(
    open_window: Open, hand: Hands
) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    mouse.click(free_point(window))
    QCursor.setPos(window.canvas.viewport().mapToGlobal(free_point(window)))
    QTest.keyClick(window.canvas, Qt.Key.Key_R)
    box = box_of(window)
    assert box is not None
    QTest.keyClicks(box.field, "elu")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert Link("relu_1", "output_1") in window.project.network.links


def test_a_double_click_opens_the_box_there_and_arrows_choose(open_window: Open) -> None:
    window = open_window(IRIS)
    point = free_point(window)
    QTest.mouseDClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=point)
    box = box_of(window)
    assert box is not None
    second = shown_types(box)[1]
    QTest.keyClick(box.field, Qt.Key.Key_Down)
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    added = window.project.network.layers[-1]
    assert added.type == second and not any(
        added.id in (link.source, link.target) for link in window.project.network.links
    )
    middle = hand_middle(window, added.id)
    assert (middle - point).manhattanLength() < 6


def hand_middle(window: MainWindow, id: str) -> QPoint:
    return Hand(window).middle(id)


def test_what_usually_follows_comes_first(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    for id, first in (("dense_1", "sigmoid"), ("tanh_1", "dense")):
        mouse.click(mouse.middle(id))
        QTest.keyClick(window.canvas, Qt.Key.Key_E)
        box = box_of(window)
        assert box is not None
        box.field.setText("")
        assert shown_types(box)[0] == first
        QTest.keyClick(box.field, Qt.Key.Key_Escape)
        assert box_of(window) is None and len(window.project.network.layers) == LAYERS


def test_the_box_says_when_nothing_is_called_so_and_goes_when_something_else_is_clicked(open_window: Open) -> None:
    window = open_window(IRIS)
    QTest.keyClick(window.canvas, Qt.Key.Key_J)
    box = box_of(window)
    assert box is not None and "No layer" in box.list.item(0).text()
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert box.isVisible() and len(window.project.network.layers) == LAYERS
    window.palette_panel.search.setFocus()
    QApplication.processEvents()
    assert box_of(window) is None


# --- on a link ------------------------------------------------------------------------------------------------------


def test_a_layer_dropped_on_a_link_is_set_into_it(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    between = (mouse.port("dense_1", "output") + mouse.port("tanh_1", "input")) / 2
    shown = window.palette_panel.list.viewport()
    start = palette_point(window, "dropout")
    mouse.drag(start, shown.mapFromGlobal(mouse.viewport.mapToGlobal(between)), shown)
    links = set(window.project.network.links)
    assert {Link("dense_1", "dropout_1"), Link("dropout_1", "tanh_1")} <= links and Link(
        "dense_1", "tanh_1"
    ) not in links


def test_while_a_layer_is_dragged_the_link_that_would_take_it_is_marked(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse, shown = hand(window), window.palette_panel.list.viewport()
    marked = window.canvas.network.links[Link("dense_1", "tanh_1")]
    between = (mouse.port("dense_1", "output") + mouse.port("tanh_1", "input")) / 2
    there = shown.mapFromGlobal(mouse.viewport.mapToGlobal(between))
    for type, fits in (("dropout", True), ("output", False), ("note", False)):
        QTest.mousePress(shown, Qt.MouseButton.LeftButton, pos=palette_point(window, type))
        move(shown, there - QPoint(40, 90))
        assert not marked.highlighted
        move(shown, there)
        assert marked.highlighted == fits
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Escape)
        assert not marked.highlighted
        QTest.mouseRelease(shown, Qt.MouseButton.LeftButton, pos=there)
    assert len(window.project.network.layers) == LAYERS and not window.project.network.notes


def test_a_loose_layer_dragged_on_a_link_is_set_into_it_in_one_step(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    window.canvas.adding.drop("dropout", free_point(window))
    before = window.project
    window.canvas.zoom_fit()
    mouse.drag(mouse.middle("dropout_1"), (mouse.port("dense_1", "output") + mouse.port("tanh_1", "input")) / 2)
    assert {Link("dense_1", "dropout_1"), Link("dropout_1", "tanh_1")} <= set(window.project.network.links)
    assert not any(item.highlighted for item in window.canvas.network.links.values())
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert window.project.network == before.network


def test_from_afar_a_layer_need_not_hit_the_link_that_it_is_dropped_on(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    window.canvas.zoom_by(0.5 / window.canvas.zoom)
    between = (mouse.port("dense_1", "output") + mouse.port("tanh_1", "input")) / 2
    shown = window.palette_panel.list.viewport()
    there = shown.mapFromGlobal(mouse.viewport.mapToGlobal(between + QPoint(0, 9)))
    mouse.drag(palette_point(window, "dropout"), there, shown)
    assert {Link("dense_1", "dropout_1"), Link("dropout_1", "tanh_1")} <= set(window.project.network.links)
    window.store.undo()
    far = mouse.viewport.mapToGlobal(between + QPoint(0, 90))
    mouse.drag(palette_point(window, "dropout"), shown.mapFromGlobal(far), shown)
    assert not [link for link in window.project.network.links if "dropout_1" in (link.source, link.target)]


# --- linking --------------------------------------------------------------------------------------------------------


def test_every_layer_says_whether_the_link_fits_while_it_is_drawn(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    start = mouse.port("tanh_1", "output")
    QTest.mousePress(mouse.viewport, Qt.MouseButton.LeftButton, pos=start)
    move(mouse.viewport, start + QPoint(30, 40))
    shown = {id: item.highlight for id, item in window.canvas.network.layers.items()}
    fitting = {id for id, highlight in shown.items() if highlight == "fits"}
    assert fitting == {"softmax_1"} and shown["tanh_1"] == "" and shown["dense_2"] == "unfit"
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert not any(item.highlight for item in window.canvas.network.layers.values())


def test_a_click_on_a_port_and_one_on_another_link_them(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    window.store.edit("", window.project)
    mouse.click(mouse.port("tanh_1", "output"))
    assert isinstance(window.canvas.gesture, DrawLink)
    mouse.click(mouse.port("output_1", "input"))
    assert window.canvas.gesture is None and Link("tanh_1", "output_1") in window.project.network.links


def test_a_link_dropped_on_empty_canvas_asks_for_what_fits_and_links_it(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    before = window.project
    mouse.drag(mouse.port("tanh_1", "output"), free_point(window))
    box = box_of(window)
    assert box is not None and "input" not in shown_types(box) and shown_types(box)[0] == "dense"
    QTest.keyClicks(box.field, "gelu")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert Link("tanh_1", "gelu_1") in window.project.network.links
    assert (mouse.port("gelu_1", "input") - free_point(window)).manhattanLength() < 8
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert window.project.network == before.network


def test_an_unfit_link_offers_its_repair_in_one_click(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    before = window.project
    mouse.drag(mouse.port("dense_1", "output"), mouse.port("output_1", "input"))
    assert "would give 8 values, and the data needs 3" in window.messages.label.text()
    offered = {button.text(): button for button in window.messages.buttons}
    assert set(offered) == {"Set 3 units"}  # joined by a concat the output would fit less than before
    window.store.edit("Epochs", edits.set_training(window.project, epochs=7))
    QTest.mouseClick(offered["Set 3 units"], Qt.MouseButton.LeftButton)
    assert window.project.network.layer("dense_1").parameters["units"] == 3 and not window.messages.isVisible()
    assert window.project.training.epochs == 7
    for _step in ("repair", "epochs", "link"):
        QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert window.project.network == before.network


# --- copies ---------------------------------------------------------------------------------------------------------


def test_duplicating_by_key_and_by_dragging_with_control(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    mouse.click(mouse.middle("tanh_1"))
    QTest.keyClick(window, Qt.Key.Key_D, CONTROL)
    assert types(window.project).count("tanh") == 2 and window.canvas.network.selected_layers() == ["tanh_2"]
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    start = mouse.middle("dense_1")
    QTest.mousePress(mouse.viewport, Qt.MouseButton.LeftButton, CONTROL, start)
    for step in range(1, 6):
        move(mouse.viewport, start + QPoint(0, 12) * step)
    QTest.mouseRelease(mouse.viewport, Qt.MouseButton.LeftButton, CONTROL, start + QPoint(0, 60))
    assert types(window.project).count("dense") == 3 and types(window.project).count("tanh") == 1
    copied = window.project.network.layer("dense_3")
    assert copied.parameters == window.project.network.layer("dense_1").parameters
    assert abs((mouse.middle("dense_3") - start - QPoint(0, 60)).manhattanLength()) < 6


def test_a_click_with_control_adds_to_the_selection_and_takes_away(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    for id in ("dense_1", "tanh_1", "dense_1"):
        QTest.mouseClick(mouse.viewport, Qt.MouseButton.LeftButton, CONTROL, mouse.middle(id))
    assert window.canvas.network.selected_layers() == ["tanh_1"] and len(window.project.network.layers) == LAYERS
