"""The menu of the canvas, and what the keyboard alone can do there; two fingers on a trackpad."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QInputDevice,
    QNativeGestureEvent,
    QPointingDevice,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from nnstudio.project.model import Link
from nnstudio.ui.window import MainWindow
from tests.ui.driving import CONTROL, IRIS, Hands, Open, box_of, free_point

SHIFT = Qt.KeyboardModifier.ShiftModifier


def menu_of(window: MainWindow) -> QMenu:
    return next(menu for menu in window.canvas.findChildren(QMenu, "canvasMenu") if menu.isVisible())


def ask_menu(window: MainWindow, point: QPoint, reason: QContextMenuEvent.Reason) -> QMenu:
    viewport = window.canvas.viewport()
    event = QContextMenuEvent(reason, point, viewport.mapToGlobal(point), Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(viewport, event)
    return menu_of(window)


def entries(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator() and action.isEnabled()]


def test_the_right_button_asks_about_what_is_under_it(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    window.canvas.network.select(["output_1"])
    menu = ask_menu(window, hand(window).middle("tanh_1"), QContextMenuEvent.Reason.Mouse)
    assert window.canvas.network.selected_layers() == ["tanh_1"]
    assert "Remove the link from “Dense 1” to “Tanh 1”" in entries(menu)
    menu.close()
    menu = ask_menu(window, free_point(window), QContextMenuEvent.Reason.Mouse)
    assert not window.canvas.network.selected_parts() and "Re&name" not in entries(menu)
    menu.close()


def test_the_menu_key_asks_about_what_is_selected_and_removes_a_link(open_window: Open) -> None:
    window = open_window(IRIS)
    window.canvas.network.select(["dense_2"])
    menu = ask_menu(window, QPoint(3, 3), QContextMenuEvent.Reason.Keyboard)
    assert menu.pos() != window.canvas.viewport().mapToGlobal(QPoint(3, 3))
    words = "Remove the link from “Tanh 1” to “Dense 2”"
    while menu.activeAction() is None or menu.activeAction().text() != words:
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert Link("tanh_1", "dense_2") not in window.project.network.links
    assert window.store.undo_label == "Delete"


def test_a_link_is_drawn_by_keyboard(open_window: Open) -> None:
    window = open_window(IRIS)
    window.canvas.network.select(["tanh_1"])
    window.actions_by_name["actionLink"].trigger()
    box = box_of(window)
    assert box is not None
    names = [box.list.item(row).text() for row in range(box.list.count())]
    assert names == ["Softmax 1", "Output 1"]  # no loop, no second time, nothing into the input
    QTest.keyClicks(box.field, "out")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert Link("tanh_1", "output_1") in window.project.network.links


def test_a_layer_is_added_linked_and_changed_without_a_mouse(open_window: Open) -> None:
    window = open_window(IRIS)
    canvas = window.canvas
    canvas.setFocus()
    canvas.network.select(["dense_1"])
    QTest.keyClick(canvas, Qt.Key.Key_D)
    box = box_of(window)
    assert box is not None
    QTest.keyClicks(box.field, "rop")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert Link("dense_1", "dropout_1") in window.project.network.links
    assert Link("dropout_1", "tanh_1") in window.project.network.links
    window.actions_by_name["actionFrame"].trigger()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    before = window.project.network.frames[0].size
    QTest.keyClick(canvas, Qt.Key.Key_Right, CONTROL | SHIFT)
    QTest.keyClick(canvas, Qt.Key.Key_Right, CONTROL | SHIFT)
    assert window.project.network.frames[0].size[0] > before[0]
    window.actions_by_name["actionUndo"].trigger()
    assert window.project.network.frames[0].size == before


def test_two_fingers_move_the_view_and_pinching_zooms(open_window: Open) -> None:
    window = open_window(IRIS)
    canvas = window.canvas
    zoom, point = canvas.zoom, canvas.viewport().rect().center()
    place = canvas.mapFromScene(QPointF())
    send_wheel(window, QPoint(30, -20), Qt.ScrollPhase.ScrollUpdate)
    assert canvas.zoom == zoom and canvas.mapFromScene(QPointF()) == place + QPoint(30, -20)
    send_wheel(window, QPoint(0, 120), Qt.ScrollPhase.NoScrollPhase)
    assert canvas.zoom > zoom
    zoom = canvas.zoom
    pinch = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        QPointF(point),
        QPointF(point),
        QPointF(canvas.viewport().mapToGlobal(point)),
        0.25,
        QPointF(),
    )
    QApplication.sendEvent(canvas.viewport(), pinch)
    assert abs(canvas.zoom / zoom - 1.25) < 1e-6


def send_wheel(window: MainWindow, turned: QPoint, phase: Qt.ScrollPhase) -> None:
    viewport = window.canvas.viewport()
    point = viewport.rect().center()
    pixels = turned if phase is not Qt.ScrollPhase.NoScrollPhase else QPoint()
    none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(QPointF(point), QPointF(viewport.mapToGlobal(point)), pixels, turned, *none, phase, False)
    assert event.device().type() is not QInputDevice.DeviceType.TouchPad and event.type() is QEvent.Type.Wheel
    QApplication.sendEvent(viewport, event)


def test_an_offer_goes_with_the_undo_of_what_it_was_for(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.canvas.adding.draw_link(Link("input_1", "dense_2"))
    assert window.messages.isVisible() and window.messages.buttons
    qtbot.wait(400)  # a change at once would belong to what was told
    window.actions_by_name["actionUndo"].trigger()
    assert not window.messages.isVisible()
