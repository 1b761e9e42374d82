"""The pad for points, by real mouse and keys: each tool, one undo step a stroke, Esc, and a training that goes on."""

import math
from collections.abc import Iterator
from random import Random

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.project.drawn_points import MOST_POINTS, Place, Points, format_points, parse_points, point_at
from nnstudio.project.model import Project
from nnstudio.ui.data.pad_plane import PadPlane
from nnstudio.ui.data.paint_pad import PaintPad
from nnstudio.ui.data.strokes import TOOLS
from nnstudio.ui.store import Store
from nnstudio.ui.window import MainWindow
from tests.ui.driving import Open, hover

LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.NoButton
SQUARE = tuple(point_at(x, y, int(x > 0)) for x in (-3.0, 3.0) for y in (-3.0, 3.0))


class Sheet(QWidget):
    """The pad alone on a project: what it does needs no whole window, which costs seconds to open and to close."""

    def __init__(self, project: Project) -> None:
        super().__init__()
        self.store = Store(project)
        self.pad = PaintPad(self.store)
        QVBoxLayout(self).addWidget(self.pad)
        for name, function in (("actionUndo", self.store.undo), ("actionRedo", self.store.redo)):
            action = QAction(self)
            action.setObjectName(name)
            action.triggered.connect(function)

    @property
    def project(self) -> Project:
        return self.store.project


@pytest.fixture
def sheet(qtbot: QtBot) -> Iterator[Sheet]:
    """The pad alone, with four points on it."""
    sheet = Sheet(square(Project()))
    sheet.resize(420, 640)
    sheet.show()
    sheet.activateWindow()
    qtbot.waitUntil(sheet.isActiveWindow)
    sheet.pad.plane.random = Random(0)
    sheet.pad.plane.setFocus()
    yield sheet
    sheet.close()
    sheet.deleteLater()


def square(project: Project) -> Project:
    return edits.set_data(project, source="drawn", validation=0.0, test=0.0, points=format_points(SQUARE))


@pytest.fixture
def window(open_window: Open, qtbot: QtBot) -> MainWindow:
    """A window with the pad in front, and four points on it that all train."""
    window = open_window()
    window.show_data()
    window.store.edit("Begin", square(window.project))
    qtbot.waitUntil(lambda: window.project.facts is not None and window.project.facts.rows == 4)
    plane = pad_of(window).plane
    plane.random = Random(0)
    window.data_panel.ensureWidgetVisible(plane)
    plane.setFocus()
    qtbot.waitUntil(plane.hasFocus)
    return window


def pad_of(window: MainWindow | Sheet) -> PaintPad:
    pad = window.findChild(PaintPad)
    assert pad is not None
    return pad


def points(window: MainWindow | Sheet) -> Points:
    """Those of the project."""
    return parse_points(window.project.data.points)


def at(plane: PadPlane, place: Place) -> QPoint:
    return plane.pixel(place).toPoint()


def press(plane: PadPlane, place: Place, button: Qt.MouseButton = LEFT) -> None:
    QTest.mousePress(plane, button, pos=at(plane, place))


def drag_to(plane: PadPlane, place: Place, button: Qt.MouseButton = LEFT) -> None:
    point = QPointF(at(plane, place))
    position = QPointF(plane.mapToGlobal(point))
    event = QMouseEvent(QEvent.Type.MouseMove, point, position, NONE, button, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(plane, event)


def let_go(plane: PadPlane, place: Place, button: Qt.MouseButton = LEFT) -> None:
    QTest.mouseRelease(plane, button, pos=at(plane, place))


def drag(plane: PadPlane, start: Place, end: Place, button: Qt.MouseButton = LEFT) -> None:
    press(plane, start, button)
    for step in range(1, 11):
        share = step / 10
        drag_to(plane, (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])), button)
    let_go(plane, end, button)


def undo(window: MainWindow | Sheet) -> None:
    window.findChild(QAction, "actionUndo").trigger()


def redo(window: MainWindow | Sheet) -> None:
    window.findChild(QAction, "actionRedo").trigger()


# --- the tools ------------------------------------------------------------------------------------------------------


def test_one_drag_of_the_brush_sprays_points_of_the_class_along_its_way_and_is_one_step(sheet: Sheet) -> None:
    plane = pad_of(sheet).plane
    steps = sheet.store.place
    QTest.keyClick(plane, Qt.Key.Key_3)
    drag(plane, (-4.0, 0.0), (4.0, 0.0))
    new = points(sheet)[4:]
    assert len(new) >= 40 and {one.label for one in new} == {2}
    assert all(abs(one.y) <= 0.55 and abs(one.x) <= 4.6 for one in new)
    assert min(one.x for one in new) < -3 and max(one.x for one in new) > 3
    assert sheet.store.place == steps + 1 and sheet.store.undo_label == "Spray points"
    undo(sheet)
    assert points(sheet) == SQUARE == plane.points
    redo(sheet)
    assert plane.points == points(sheet) == (*SQUARE, *new)


def test_the_sliders_say_how_far_and_how_much_the_brush_sprays(sheet: Sheet) -> None:
    pad = pad_of(sheet)
    pad.radius.setValue(20)
    pad.density.setValue(15)
    press(pad.plane, (0.0, 0.0))
    let_go(pad.plane, (0.0, 0.0))
    away = [math.hypot(one.x, one.y) for one in points(sheet)[4:]]
    assert len(away) == 15 and 1 < max(away) <= 2.1


def test_each_click_is_a_point_where_the_button_is_let_go(sheet: Sheet) -> None:
    plane = pad_of(sheet).plane
    QTest.keyClick(plane, Qt.Key.Key_P)
    QTest.keyClick(plane, Qt.Key.Key_2)
    press(plane, (1.0, 1.0))
    drag_to(plane, (1.0, 1.0))
    drag_to(plane, (2.0, 1.0))
    assert len(plane.points) == 5 and points(sheet) == SQUARE  # seen at once, in the project when it is done
    let_go(plane, (2.0, 1.0))
    (new,) = points(sheet)[4:]
    assert math.dist((new.x, new.y), (2.0, 1.0)) < 0.05 and new.label == 1


def test_points_are_moved_together_and_stay_on_the_plane(sheet: Sheet) -> None:
    pad = pad_of(sheet)
    pad.radius.setValue(20)
    sheet.store.edit("", edits.set_points(sheet.project, (*SQUARE, point_at(3.5, 3, 1))))
    QTest.keyClick(pad.plane, Qt.Key.Key_M)
    drag(pad.plane, (3.2, 3.2), (0.2, 1.2))
    moved = points(sheet)
    assert moved[:3] == SQUARE[:3]
    assert math.dist((moved[3].x, moved[3].y), (0, 1)) < 0.1 and math.dist((moved[4].x, moved[4].y), (0.5, 1)) < 0.1
    drag(pad.plane, (0.2, 1.2), (-30.0, 1.2))
    assert min(one.x for one in points(sheet)) == -6.0


def test_one_point_is_moved_from_a_little_beside_it(sheet: Sheet) -> None:
    pad = pad_of(sheet)
    pad.radius.setValue(1)
    QTest.mouseClick(pad.tool_buttons["move"], LEFT)
    drag(pad.plane, (3.2, 3.0), (1.2, 3.0))
    assert [one for one in points(sheet) if one in SQUARE] == list(SQUARE[:3])
    assert abs(points(sheet)[3].x - 1.0) < 0.1


def test_the_eraser_and_the_right_button_with_every_tool_take_points_away(sheet: Sheet) -> None:
    plane = pad_of(sheet).plane
    QTest.keyClick(plane, Qt.Key.Key_E)
    drag(plane, (-4.0, 3.0), (-2.0, 3.0))
    assert points(sheet) == (SQUARE[0], *SQUARE[2:])
    for tool in TOOLS:
        QTest.mouseClick(pad_of(sheet).tool_buttons[tool.name], LEFT)
        before = points(sheet)
        drag(plane, (2.0, 3.0), (4.0, 3.0), RIGHT)
        assert points(sheet) == before[:2] and sheet.store.undo_label == "Erase points"
        undo(sheet)
        assert points(sheet) == before


def test_points_get_another_class_and_stay_where_they_are(sheet: Sheet) -> None:
    pad = pad_of(sheet)
    QTest.mouseClick(pad.tool_buttons["relabel"], LEFT)
    QTest.mouseClick(pad.class_buttons[7], LEFT)
    drag(pad.plane, (-3.0, -3.0), (3.0, -3.0))
    assert [one.label for one in points(sheet)] == [7, 0, 7, 1]
    assert [(one.x, one.y) for one in points(sheet)] == [(one.x, one.y) for one in SQUARE]
    assert "7:&nbsp;2" in pad.counts.text() and "4 points" in pad.counts.text()


def test_all_points_are_removed_and_brought_back(window: MainWindow, qtbot: QtBot) -> None:
    pad = pad_of(window)
    QTest.mouseClick(pad.clear_button, LEFT)
    assert points(window) == () == pad.plane.points
    qtbot.waitUntil(lambda: "Draw points of two classes" in window.store.data_problem)
    assert "Draw points of two classes" in pad.plane.accessibleDescription()
    steps = window.store.place
    QTest.keyClick(pad.plane, Qt.Key.Key_C)
    assert window.store.place == steps  # nothing to remove is no edit
    undo(window)
    assert pad.plane.points == SQUARE


# --- strokes that come to nothing -----------------------------------------------------------------------------------


def test_escape_in_the_middle_takes_a_stroke_back(window: MainWindow) -> None:
    plane = pad_of(window).plane
    steps = window.store.place
    press(plane, (-4.0, 0.0))
    drag_to(plane, (0.0, 0.0))
    assert len(plane.points) > 10
    QTest.keyClick(plane, Qt.Key.Key_Escape)
    assert plane.points == SQUARE
    drag_to(plane, (2.0, 0.0))
    let_go(plane, (2.0, 0.0))
    assert plane.points == points(window) == SQUARE and window.store.place == steps


def test_undo_in_the_middle_of_a_stroke_ends_it(window: MainWindow) -> None:
    plane = pad_of(window).plane
    drag(plane, (-1.0, 0.0), (1.0, 0.0))
    press(plane, (-4.0, 4.0))
    undo(window)
    assert plane.points == SQUARE and not plane.is_drawing
    drag_to(plane, (4.0, 4.0))
    let_go(plane, (4.0, 4.0))
    assert points(window) == SQUARE


def test_what_is_beside_the_plane_or_changes_nothing_is_no_stroke(sheet: Sheet) -> None:
    plane = pad_of(sheet).plane
    steps = sheet.store.place
    QTest.mouseClick(plane, LEFT, pos=QPoint(2, plane.height() - 2))
    drag(plane, (0.0, 0.0), (1.0, 0.0), RIGHT)
    QTest.mouseClick(plane, Qt.MouseButton.MiddleButton, pos=at(plane, (0.0, 0.0)))
    assert sheet.store.place == steps and points(sheet) == SQUARE


def test_a_second_button_does_not_disturb_a_stroke(sheet: Sheet) -> None:
    plane = pad_of(sheet).plane
    press(plane, (-4.0, 0.0))
    press(plane, (3.0, 3.0), RIGHT)
    let_go(plane, (3.0, 3.0), RIGHT)
    assert plane.is_drawing
    let_go(plane, (-4.0, 0.0))
    assert points(sheet)[:4] == SQUARE and len(points(sheet)) > 4


def test_a_full_pad_says_so(sheet: Sheet, qtbot: QtBot) -> None:
    plane = pad_of(sheet).plane
    full = tuple(point_at(-5 + number % 100 / 50, -5, number % 2) for number in range(MOST_POINTS - 2))
    sheet.store.edit("", edits.set_points(sheet.project, full))
    with qtbot.waitSignal(sheet.store.told) as told:
        drag(plane, (0.0, 0.0), (3.0, 0.0))
    assert "10\u00a0000" in told.args[0] and len(points(sheet)) == MOST_POINTS


# --- keys and words -------------------------------------------------------------------------------------------------


def test_the_pad_is_drawn_on_by_keys_alone(window: MainWindow) -> None:
    plane = pad_of(window).plane
    for key in (Qt.Key.Key_P, Qt.Key.Key_4, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Space):
        QTest.keyClick(plane, key)
    assert points(window)[4:] == (point_at(0.5, 0.25, 3),)
    assert "x1 0.5, x2 0.25" in plane.accessibleDescription()
    QTest.keyClick(plane, Qt.Key.Key_Delete)
    assert points(window) == SQUARE


def test_letters_choose_the_tool_and_numbers_the_class(window: MainWindow) -> None:
    pad = pad_of(window)
    for tool in TOOLS:
        QTest.keyClicks(pad.plane, tool.key.lower())
        assert pad.tool_buttons[tool.name].isChecked() and pad.plane.settings.tool == tool.name
    for label, button in enumerate(pad.class_buttons):
        QTest.keyClicks(pad.plane, str(label + 1))
        assert button.isChecked() and pad.plane.settings.label == label
    QTest.keyClicks(pad.plane, "09x")
    assert pad.plane.settings.label == 7
    assert all(one.accessibleName() and one.toolTip() for one in [*pad.tool_buttons.values(), *pad.class_buttons])


def test_a_click_on_a_button_leaves_the_keys_to_the_plane(sheet: Sheet) -> None:
    pad = pad_of(sheet)
    pad.radius.setFocus()
    QTest.mouseClick(pad.tool_buttons["point"], LEFT)
    assert pad.plane.hasFocus()


# --- the panel ------------------------------------------------------------------------------------------------------


def test_a_pad_begins_empty_with_a_hint_that_is_no_error(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    window.show_data()
    panel = window.data_panel
    assert panel.pad.isHidden()
    panel.choose_source("drawn")
    qtbot.waitUntil(lambda: "Draw points of two classes" in window.store.data_problem)
    assert panel.pad.isVisible() and panel.source.currentText() == "Points drawn by hand"
    assert panel.notes.isHidden()  # the pad says it itself
    assert panel.target.currentText() == "label"
    plane = panel.pad.plane
    QTest.keyClick(plane, Qt.Key.Key_P)
    press(plane, (1.0, 1.0))
    let_go(plane, (1.0, 1.0))
    qtbot.waitUntil(lambda: "of one class, 0" in panel.notes.text())
    from nnstudio.ui.look import theme

    assert panel.notes.isVisible() and theme.colors().problem not in panel.notes.styleSheet()
    panel.choose_source("builtin:iris")
    assert panel.pad.isHidden()


def test_a_toy_problem_is_taken_over_and_drawn_on(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(paths.examples() / "circle.nnstudio")
    window.show_data()
    panel = window.data_panel
    qtbot.waitUntil(panel.draw_on.isVisible)
    dataset = window.loader.dataset
    assert dataset is not None
    labels = dataset.train.all_targets.tolist()
    raw = dataset.train.all_inputs * [one.scale for one in dataset.preparation.columns]
    raw = raw + [one.mean for one in dataset.preparation.columns]
    QTest.mouseClick(panel.draw_on, LEFT)
    assert window.project.data.source == "drawn" and panel.pad.isVisible() and panel.draw_on.isHidden()
    taken = points(window)
    assert [one.label for one in taken] == labels
    assert (
        max(
            abs(a - b)
            for one, row in zip(taken, raw.tolist(), strict=True)
            for a, b in zip((one.x, one.y), row, strict=True)
        )
        < 0.001
    )
    undo(window)
    assert window.project.data.source.startswith("toy:circle") and window.project.data.points == ""


def test_a_problem_whose_target_is_a_value_is_not_offered_to_be_drawn_on(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    window.show_data()
    window.data_panel.choose_source("toy:plane")
    qtbot.waitUntil(lambda: window.loader.dataset_for(window.project.data) is not None)
    assert window.data_panel.draw_on.isHidden()


def test_a_small_problem_is_taken_over_larger(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    window.show_data()
    window.data_panel.choose_source("toy:moons")
    qtbot.waitUntil(window.data_panel.draw_on.isVisible)
    QTest.mouseClick(window.data_panel.draw_on, LEFT)
    assert max(one.x for one in points(window)) == pytest.approx(4.0, abs=0.01)


# --- while a network trains -----------------------------------------------------------------------------------------


def test_a_new_problem_is_drawn_while_a_network_trains_on_the_old_one(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(paths.examples() / "circle.nnstudio")
    window.store.edit("", edits.set_training(window.project, epochs=100_000, patience=0))
    window.show_data()
    qtbot.waitUntil(window.data_panel.draw_on.isVisible)
    QTest.mouseClick(window.data_panel.draw_on, LEFT)
    begun_with = window.project.data
    qtbot.waitUntil(lambda: window.loader.dataset_for(begun_with) is not None)
    window.findChild(QAction, "actionTrain").trigger()
    qtbot.waitUntil(lambda: window.trainer.curves.epochs > 0, timeout=30_000)
    plane = window.data_panel.pad.plane
    for key in (Qt.Key.Key_1, Qt.Key.Key_3):
        QTest.keyClick(plane, key)
        drag(plane, (-5.0, -5.0), (5.0, 5.0))
    drag(plane, (-5.0, 5.0), (5.0, -5.0), RIGHT)
    qtbot.waitUntil(lambda: window.loader.dataset_for(window.project.data) is not None)
    epochs = window.trainer.curves.epochs
    qtbot.waitUntil(lambda: window.trainer.curves.epochs > epochs, timeout=30_000)
    assert window.trainer.is_active and not window.trainer.failure
    window.trainer.stop()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=30_000)
    assert window.project.runs[-1].data == begun_with != window.project.data
    assert {one.label for one in points(window)} == {0, 1, 2}


def test_drawing_keeps_the_shapes_of_the_network(window: MainWindow) -> None:
    """Else the canvas would lose them for a moment with every stroke."""
    drag(pad_of(window).plane, (-1.0, 0.0), (1.0, 0.0))
    assert window.project.facts is not None


def test_thousands_of_points_are_drawn_at_once(window: MainWindow, qtbot: QtBot) -> None:
    """A step of the brush among 5,000 points takes a small part of the time that all of them take."""
    plane, random = pad_of(window).plane, Random(1)
    many = tuple(point_at(random.uniform(-6, 6), random.uniform(-6, 6), number % 2) for number in range(5000))
    window.store.edit("", edits.set_points(window.project, many))
    # What was read of them is shown first: it changes what stands around the pad.
    qtbot.waitUntil(lambda: window.loader.dataset_for(window.project.data) is not None, timeout=10_000)
    for _event in range(3):
        QApplication.processEvents()  # what is laid out anew is painted in a later round
    painted = []
    paint = plane._paint_points
    plane._paint_points = lambda painter, seen: (painted.append(seen.width() * seen.height()), paint(painter, seen))  # type: ignore[method-assign]
    press(plane, (-4.0, 0.0))
    QApplication.processEvents()
    for step in range(10):
        hover(plane, QPointF(at(plane, (-4.0 + 0.3 * step, 0.0))))
        drag_to(plane, (-4.0 + 0.3 * step, 0.0))
        QApplication.processEvents()
    assert painted and max(painted[1:]) < 0.2 * plane.width() * plane.height()
    QTest.keyClick(plane, Qt.Key.Key_Escape)
