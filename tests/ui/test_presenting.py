"""Presenter mode, in front of a class: what is seen is measured in the picture of the window, its keys are pressed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QAction, QCursor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from nnstudio.project import edits
from nnstudio.ui.app import create_window
from nnstudio.ui.background.task import Task
from nnstudio.ui.lessons.told import Told
from nnstudio.ui.look import theme
from nnstudio.ui.presenting.cover import TIMES
from nnstudio.ui.shell.presenting_commands import PRESENT, PRESENTING_COMMANDS
from nnstudio.ui.window import MainWindow
from tests.patience import PATIENCE
from tests.ui.conftest import move
from tests.ui.driving import IRIS, Open, box_of, train
from tests.ui.measured import contrast_at, lines, painted, texts, thickness_at

SIZES = {(1366, 768): 16, (1920, 1080): 22}
"""A 50th of the height, in whole pixels."""
ROOT = Path(__file__).resolve().parent.parent.parent
LEAST_CONTRAST = 4.5
NARROWEST = 3


def press(window: MainWindow, *keys: Qt.Key | str) -> None:
    for key in keys:
        if not QApplication.activeWindow():  # without a screen a window that was composed anew is not
            window.activateWindow()
            QTest.qWait(1)
        QTest.keyClick(window.windowHandle(), key)
        QApplication.processEvents()


def present(window: MainWindow, qtbot: QtBot, size: tuple[int, int] = (1366, 768)) -> None:
    """Press the key, on a screen of this size: the one that tests have is another."""
    press(window, Qt.Key.Key_F11)
    window.showNormal()
    window.resize(*size)
    qtbot.waitUntil(lambda: window.size() == QSize(*size) and window.fontInfo().pixelSize() == SIZES[size])
    QTest.qWait(50)


def caption(window: MainWindow) -> str:
    shown = window.findChild(QLabel, "caption")
    return shown.text() if shown.isVisible() else ""


def shot(window: MainWindow) -> QImage:
    return window.grab().toImage()


def written(window: MainWindow) -> list[tuple[str, int, QPointF]]:
    """All texts with their sizes and places, in an order of their own."""
    found = [(one.words, round(one.size), one.place.center()) for one in texts(painted(window))]
    return sorted(found, key=lambda one: (one[0], one[1], round(one[2].y() / 40), one[2].x()))


def written_at_rest(window: MainWindow, qtbot: QtBot) -> list[tuple[str, int, QPointF]]:
    """The same once nothing is computed or moves any more, the formula drawn too, however busy the machine is."""
    seen: list[list[tuple[str, int, QPointF]]] = []

    def is_at_rest() -> bool:
        if any(task.is_running for task in window.findChildren(Task)):
            seen.clear()
        seen.append(written(window))
        return len(seen) > 3 and seen[-1] == seen[-2] == seen[-3]

    qtbot.waitUntil(is_at_rest)
    return seen[-1]


def is_alike(before: list[tuple[str, int, QPointF]], after: list[tuple[str, int, QPointF]]) -> bool:
    """Whether the same texts stand at the same places; pyqtgraph keeps the width of an axis within 10 pixels."""
    return [one[:2] for one in before] == [one[:2] for one in after] and all(
        (one[2] - other[2]).manhattanLength() <= 12 for one, other in zip(before, after, strict=True)
    )


# --- what is seen ---


@pytest.mark.parametrize(("size", "language"), [((1366, 768), "en"), ((1920, 1080), "es")])
def test_all_can_be_read_from_the_back_of_the_room(
    size: tuple[int, int], language: str, open_window: Open, qtbot: QtBot
) -> None:
    window = open_window(IRIS)
    window.use_language(language)
    window.use_scheme("dark")
    window.store.edit("", edits.set_training(window.project, epochs=25))
    present(window, qtbot, size)
    train(window, qtbot)
    QTest.qWait(100)
    assert 11 * window.canvas.zoom < SIZES[size]  # the usual letters of layers would be too small
    check_thickness(window)
    for keys in ("1", "2", "4", "8", "10"):
        press(window, *keys)
        QTest.qWait(30)
        picture, seen = painted(window), shot(window)
        found = texts(picture)
        assert len(found) > 30
        assert [one for one in found if one.size < SIZES[size]] == [], keys
        faint = {one.words: contrast_at(seen, one.place) for one in found}
        assert {words: ratio for words, ratio in faint.items() if ratio < LEAST_CONTRAST} == {}, keys
        colors = theme.colors()
        drawn = [colors.training, colors.validation, colors.positive, colors.negative, colors.faint_text, colors.flag]
        curves = [one for one in lines(picture) if one.color in drawn]
        assert (curves or keys == "8") and all(one.width > NARROWEST - 0.01 for one in curves), keys


def check_thickness(window: MainWindow) -> None:
    """Of a curve and of a connection, in the picture."""
    seen, plot = shot(window), window.plots.plot("accuracy")
    line = plot.lines["validation"]
    flat = next(n for n in range(len(line.values) - 2, 0, -1) if line.values[n] == line.values[n + 1])
    end = plot.plotItem.vb.mapViewToScene(QPointF(line.epochs[flat] + 0.5, line.values[flat]))
    place = QPointF(plot.mapTo(window, plot.mapFromScene(end)))
    assert thickness_at(seen, place, theme.colors().validation) > NARROWEST - 0.3
    canvas = window.canvas
    thread = next(link for link in canvas.network.links.values() if link.target.layer.type == "tanh").threads()[0]
    quarter = canvas.mapFromScene(thread.pointAt(0.25))
    assert (
        thickness_at(seen, QPointF(canvas.viewport().mapTo(window, quarter)), theme.colors().border) > NARROWEST - 0.3
    )


def test_the_same_key_puts_everything_back(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.use_scheme("dark")
    train(window, qtbot)
    window.arrangement.whole.setSizes([210, 640, 430])
    window.tabs.setCurrentIndex(2)
    window.plots.legend.hide_kinds(frozenset({"batch"}))
    window.canvas.zoom_by(1.7, QPoint(40, 60))
    window.plots.plot("loss").setRange(xRange=(3.0, 20.0), yRange=(0.0, 1.0), padding=0)
    window.hide_message()
    before, place, states = written_at_rest(window, qtbot), window.geometry(), window.arrangement.states()
    zoom, corner = window.canvas.transform(), window.canvas.mapToScene(0, 0)
    press(window, Qt.Key.Key_F11)
    assert window.isFullScreen() and not window.palette_panel.isVisible() and not window.tabs.isVisible()
    assert window.findChild(QLabel, "presentingSign").isVisible() and not is_alike(before, written(window))
    press(window, "2", "b", "0", Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: window.geometry() == place)
    assert window.findChild(QLabel, "presentingSign") is None
    assert window.arrangement.states() == states and theme.is_dark()
    assert window.canvas.transform() == zoom and (window.canvas.mapToScene(0, 0) - corner).manhattanLength() < 2
    assert is_alike(before, written_at_rest(window, qtbot))


# --- its keys ---


def test_its_keys_are_heard_in_the_mode_alone_and_mean_one_thing(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.canvas.setFocus()
    press(window, "b")
    assert box_of(window) is not None  # a letter on the canvas looks for a layer
    press(window, Qt.Key.Key_Escape)
    present(window, qtbot)
    window.canvas.setFocus()
    press(window, "b")
    assert box_of(window) is None and window.presenter.tools.blanks
    press(window, Qt.Key.Key_Escape)
    keys: dict[str, str] = {}
    for name, action in window.actions_by_name.items():
        for key in action.shortcuts():
            assert key.toString() not in keys, (key.toString(), name, keys[key.toString()])
            keys[key.toString()] = name
    assert all(window.actions_by_name[one.name].shortcuts() for one in PRESENTING_COMMANDS)
    press(window, Qt.Key.Key_F11)
    assert [one for one in PRESENTING_COMMANDS if window.actions_by_name[one.name].isEnabled()] == [PRESENT]


# --- its tools ---


def check_the_pen_draws_takes_back_and_clears_while_the_program_goes_on(window: MainWindow, qtbot: QtBot) -> None:
    tools = window.presenter.tools
    press(window, "p")
    paper = tools.drawing
    assert paper is not None
    for height in (200, 300):
        QTest.mousePress(paper, Qt.MouseButton.LeftButton, pos=QPoint(300, height))
        for across in range(320, 500, 20):
            move(paper, QPoint(across, height))
        QTest.mouseRelease(paper, Qt.MouseButton.LeftButton, pos=QPoint(480, height))
    assert len(paper.strokes) == 2
    assert all(thickness_at(shot(window), QPointF(400, height), "#d00000") >= NARROWEST for height in (200, 300))
    press(window, Qt.Key.Key_F8)  # the pen does not block the program
    qtbot.waitUntil(lambda: window.trainer.is_active)
    press(window, "u")
    assert len(paper.strokes) == 1 and thickness_at(shot(window), QPointF(400, 300), "#d00000") == 0
    press(window, Qt.Key.Key_Escape)  # the pen is put away, the stroke stays, clicks go through it
    assert not tools.is_on and len(paper.strokes) == 1
    assert window.childAt(400, 200) is not paper
    press(window, "c")
    assert tools.drawing is None
    window.trainer.stop()


def check_the_spotlight_follows_the_pointer_and_lets_clicks_through(window: MainWindow, qtbot: QtBot) -> None:
    place = QPoint(600, 250)
    QCursor.setPos(window.mapToGlobal(place))
    press(window, "l")
    spotlight = window.presenter.tools.spotlight
    assert spotlight is not None and spotlight.spot == place
    seen = shot(window)
    spotlight.hide()  # what is under the pointer may be lit by now, and is so with it and without
    assert seen.pixelColor(place) == shot(window).pixelColor(place) and seen.pixelColor(5, 500).lightness() < 100
    spotlight.show()
    QCursor.setPos(window.mapToGlobal(QPoint(200, 600)))
    qtbot.waitUntil(lambda: spotlight.spot == QPoint(200, 600))
    assert window.childAt(place) is window.canvas.viewport()
    press(window, "l")
    assert window.presenter.tools.spotlight is None


def check_what_is_at_the_pointer_is_magnified_and_goes_on_living(window: MainWindow, qtbot: QtBot) -> None:
    item = next(iter(window.canvas.network.layers.values()))
    middle = window.canvas.viewport().mapTo(window, window.canvas.mapFromScene(item.pos() + item.box.center()))
    QCursor.setPos(window.mapToGlobal(middle))
    plain = {one.words: one.size for one in texts(painted(window))}
    press(window, "z")
    magnifier = window.presenter.tools.magnifier
    assert magnifier is not None and magnifier.part().contains(middle)
    assert magnifier.part().width() == round(window.width() / TIMES)
    before = magnifier.picture.toImage()
    window.canvas.network.select([item.id])
    qtbot.waitUntil(lambda: magnifier.picture.toImage() != before)
    QTest.mouseClick(magnifier, Qt.MouseButton.LeftButton)
    assert window.presenter.tools.magnifier is None
    assert {one.words: one.size for one in texts(painted(window))}.items() >= {item.name: plain[item.name]}.items()


def check_black_white_and_frozen(window: MainWindow, qtbot: QtBot) -> None:
    window.presenter.caption.leave()
    seen = shot(window)
    for key, color in (("b", "#000000"), ("w", "#ffffff"), (".", "#000000"), (",", "#ffffff")):
        press(window, key)
        assert shot(window).pixelColor(40, 40).name() == shot(window).pixelColor(500, 300).name() == color
    press(window, Qt.Key.Key_Escape)
    window.presenter.caption.leave()
    assert shot(window) == seen
    press(window, "f")
    window.presenter.caption.leave()
    press(window, Qt.Key.Key_F8)  # prepared under the picture
    qtbot.waitUntil(lambda: window.trainer.curves.epochs >= 0 and window.trainer.is_active)
    blank = window.presenter.tools.blanks[0]
    assert window.childAt(40, 60) is blank and blank.picture is not None
    window.presenter.caption.leave()
    assert shot(window) == seen
    press(window, "f")
    assert not window.presenter.tools.blanks and window.plots.isVisible()
    window.trainer.stop()


def check_labs_are_covered_too_and_hear_the_keys(window: MainWindow, qtbot: QtBot) -> None:
    lab = window.labs.show("actionHintonLab")
    qtbot.waitUntil(lab.isActiveWindow)
    assert lab.fontInfo().pixelSize() >= 16
    QTest.keyClick(lab.windowHandle(), "b")
    assert {blank.covered for blank in window.presenter.tools.blanks} == {window, lab}
    QTest.keyClick(lab.windowHandle(), Qt.Key.Key_Escape)
    assert not window.presenter.tools.blanks and lab.isVisible()
    QTest.keyClick(lab.windowHandle(), "p")
    assert window.presenter.tools.drawing is not None and window.presenter.tools.drawing.covered is lab
    lab.close()
    press(window, Qt.Key.Key_F11)


def test_each_tool_does_what_it_says(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    present(window, qtbot)
    check_the_pen_draws_takes_back_and_clears_while_the_program_goes_on(window, qtbot)
    check_the_spotlight_follows_the_pointer_and_lets_clicks_through(window, qtbot)
    check_what_is_at_the_pointer_is_magnified_and_goes_on_living(window, qtbot)
    check_black_white_and_frozen(window, qtbot)
    check_labs_are_covered_too_and_hear_the_keys(window, qtbot)


# --- a lesson, and the notes ---


class Lesson:
    """A lesson that counts its steps."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.at = 1

    def go_on(self) -> None:
        self.at += 1
        self.steps.append(self.at)

    def go_back(self) -> None:
        self.at -= 1
        self.steps.append(self.at)

    def told(self) -> Told:
        return Told(f"Step {self.at}", "Ask first.", f"Step {self.at + 1}", 17)


def check_text_fields_keep_their_keys(window: MainWindow, qtbot: QtBot) -> None:
    talk = Lesson()
    window.presenter.drive(talk)
    press(window, "0")
    for field in (window.training_panel.findChild(QLineEdit), QLineEdit(window), QPlainTextEdit(window)):
        assert isinstance(field, QLineEdit | QPlainTextEdit)
        field.show()
        field.setFocus()
        field.selectAll()
        press(window, "b", "p", " ", "1", "z", Qt.Key.Key_Left, ".", "f")
        written = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
        assert written == "bp 1.fz"
        assert not window.presenter.tools.is_on and not talk.steps
    window.canvas.setFocus()
    press(window, "0")


def check_what_was_done_and_its_key_are_shown(window: MainWindow, qtbot: QtBot) -> None:
    press(window, Qt.Key.Key_F8)
    assert caption(window) == "One batch   [F8]"
    shown = window.findChild(QLabel, "caption")
    assert abs(shown.geometry().center().x() - window.rect().center().x()) <= 1
    assert shown.y() > 0.8 * window.height()
    window.actions_by_name["actionStop"].trigger()
    assert caption(window).startswith("Stop")
    press(window, "u")
    assert "no stroke" in caption(window)
    press(window, "9")
    assert "No lab is open" in caption(window)


def check_digits_go_to_views(window: MainWindow, qtbot: QtBot) -> None:
    press(window, "3")
    assert "train the network" in caption(window) and window.canvas.isVisible()
    window.store.edit("", edits.set_training(window.project, epochs=2))
    train(window, qtbot)
    for key, name in {"3": "loss", "4": "accuracy", "5": "dropout", "7": "gradients", "8": "confusion"}.items():
        press(window, key)
        seen = [one for one, view in window.plots.views.items() if not view.plot.viewport().visibleRegion().isEmpty()]
        assert seen == [name] and not window.canvas.isVisible()
    press(window, "6")
    qtbot.waitUntil(lambda: window.plots.plane.isVisible())
    assert window.plots.plane.height() > 0.5 * window.height()
    press(window, "2")
    assert window.canvas.isVisible() and not window.plots.isVisible()
    press(window, "1")
    seen = [one for one, view in window.plots.views.items() if not view.plot.viewport().visibleRegion().isEmpty()]
    assert window.canvas.isVisible() and seen == ["loss", "accuracy"]
    press(window, "0")
    assert window.tabs.isVisible()
    press(window, "0")
    window.go_to("training")  # a click at a problem brings them too
    assert window.tabs.isVisible()


def check_space_and_left_drive_a_lesson_and_the_notes_follow(window: MainWindow, qtbot: QtBot) -> None:
    talk = Lesson()
    window.presenter.drive(talk)
    button = window.findChild(QPushButton)
    for holder in (window.canvas, button):
        holder.setFocus()
        press(window, " ", " ", Qt.Key.Key_Left, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
        assert talk.steps == [2, 3, 2, 3, 2]
        talk.at, talk.steps = 1, []
    press(window, "s")
    notes = window.presenter.notes
    assert notes is not None and notes.isVisible()
    assert notes.step.text() == "Step 1" and notes.notes.toPlainText() == "Ask first."
    assert notes.next_step.text() == "Step 2" and notes.predictions.text() == "17"
    assert ":" in notes.clock.text() and ":" in notes.elapsed.text()
    notes.activateWindow()
    qtbot.waitUntil(notes.isActiveWindow)
    notes.notes.clearFocus()
    QTest.keyClick(notes.windowHandle(), " ")
    qtbot.waitUntil(lambda: notes.step.text() == "Step 2")
    window.presenter.drive(None)
    assert notes.step.text() == "No lesson is given"
    notes.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert window.presenter.notes is None and not window.findChild(QAction, "actionPresentNext").isEnabled()


def test_each_key_does_what_it_says(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    talk = Lesson()
    window.presenter.drive(talk)
    press(window, " ")
    assert not talk.steps  # outside the mode a lesson is its own affair
    present(window, qtbot)
    check_text_fields_keep_their_keys(window, qtbot)
    check_digits_go_to_views(window, qtbot)
    check_what_was_done_and_its_key_are_shown(window, qtbot)
    check_space_and_left_drive_a_lesson_and_the_notes_follow(window, qtbot)
    press(window, Qt.Key.Key_F11)
    assert caption(window) == ""


def test_with_two_screens_the_class_sees_one_and_the_teacher_the_other(tmp_path: Path) -> None:
    screens = [
        {
            "name": name,
            "x": x,
            "y": 0,
            "width": width,
            "height": height,
            "logicalDpi": 96,
            "logicalBaseDpi": 96,
            "dpr": 1,
        }
        for name, x, width, height in (("projector", 0, 1366, 768), ("laptop", 1366, 1280, 800))
    ]
    config = tmp_path / "screens.json"
    config.write_text(
        json.dumps({"synchronousWindowSystemEvents": False, "windowFrameMargins": True, "screens": screens})
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={config}"}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.ui.two_screens", str(tmp_path), str(IRIS)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ended.stdout.strip().endswith("passed"), ended.stderr


def test_letters_grow_with_the_window_and_a_window_closed_in_the_mode_opens_as_it_was_before(
    open_window: Open, qtbot: QtBot
) -> None:
    window = open_window(IRIS)
    present(window, qtbot)
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: window.fontInfo().pixelSize() == 22)
    QTest.keyClick(window, "+", Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert window.fontInfo().pixelSize() > 22 and not window.tabs.isVisible()
    QTest.keyClick(window, "-", Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    window.use_scheme("dark")
    assert theme.colors() is theme.PROJECTED
    window.close()
    again = create_window(IRIS)
    qtbot.addWidget(again)
    assert not again.isFullScreen() and again.palette_panel.isVisible()
    assert not theme.is_projected()
    again.close()
