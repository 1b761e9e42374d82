"""A hand that does anything at random on the canvas while a network trains: nothing breaks, nothing hangs."""

import random
from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import move
from tests.ui.driving import Open

KEYS = [
    Qt.Key.Key_Delete,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Return,
    Qt.Key.Key_F2,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_D,
    Qt.Key.Key_R,
    Qt.Key.Key_S,
    Qt.Key.Key_Plus,
    Qt.Key.Key_8,
]
COMMANDS = [
    f"action{name}"
    for name in (
        "Undo", "Redo", "Copy", "Paste", "Cut", "Duplicate", "SelectAll", "Arrange", "ZoomIn", "ZoomOut", "ZoomFit",
        "Note", "Frame", "Link", "Rename", "Neurons", "Formula", "MiniMap", "Grid",
        "Train", "Pause", "StepBatch", "StepEpoch", "Stop", "Reset",
    )
]  # fmt: skip
MOST_LAYERS = 60


class RandomHand:
    """Does one thing after another; the same seed does the same."""

    def __init__(self, window: MainWindow, seed: int) -> None:
        self.window = window
        self.random = random.Random(seed)

    def send(self, event: Callable[[], object]) -> None:
        """One event, and all that the window does about it before it is ready for the next."""
        event()
        QApplication.processEvents()

    def point(self) -> QPoint:
        """Anywhere on the canvas, often on a layer or near a port."""
        viewport = self.window.canvas.viewport()
        layers = list(self.window.canvas.network.layers.values())
        if layers and self.random.random() < 0.7:
            item = self.random.choice(layers)
            place = self.random.choice([item.input_point(), item.output_point(), item.pos() + QPointF(70, 30)])
            return self.window.canvas.mapFromScene(place)
        return QPoint(self.random.randrange(viewport.width()), self.random.randrange(max(1, viewport.height())))

    def choose(self) -> Callable[[], str]:
        """What to do next."""
        return self.random.choice(
            [self.click, self.drag, self.double_click, self.turn, self.key, self.key, self.command]
        )

    def click(self) -> str:
        QTest.mouseClick(self.window.canvas.viewport(), Qt.MouseButton.LeftButton, self.modifier(), self.point())
        return "click"

    def drag(self) -> str:
        viewport, start, end = self.window.canvas.viewport(), self.point(), self.point()
        left, none, modifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self.modifier()
        self.send(lambda: QTest.mousePress(viewport, left, modifier, start))
        for step in range(1, 4):
            point = start + (end - start) * step / 3
            self.send(partial(move, viewport, point))
        if self.random.random() < 0.9:
            self.send(lambda: QTest.mouseRelease(viewport, left, none, end))
        return "drag"

    def double_click(self) -> str:
        QTest.mouseDClick(self.window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=self.point())
        return "double click"

    def turn(self) -> str:
        point, viewport = self.point(), self.window.canvas.viewport()
        event = QWheelEvent(
            QPointF(point),
            QPointF(viewport.mapToGlobal(point)),
            QPoint(),
            QPoint(0, self.random.choice([-120, 120])),
            Qt.MouseButton.NoButton,
            self.modifier(),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(viewport, event)
        return "wheel"

    def key(self) -> str:
        key = self.random.choice(KEYS)
        QTest.keyClick(QApplication.focusWidget() or self.window.canvas, key)
        return str(key)

    def command(self) -> str:
        name = self.random.choice(COMMANDS)
        if name in ("actionPaste", "actionDuplicate") and len(self.window.project.network.layers) > MOST_LAYERS:
            name = "actionUndo"
        self.window.actions_by_name[name].trigger()
        return name

    def modifier(self) -> Qt.KeyboardModifier:
        none, shift, control = (getattr(Qt.KeyboardModifier, f"{n}Modifier") for n in ("No", "Shift", "Control"))
        return self.random.choice([none, none, none, shift, control])


@pytest.mark.parametrize("seed", [1, 2])
def test_anything_at_random_while_a_network_trains(
    open_window: Open, qtbot: QtBot, qtlog: object, seed: int, request: pytest.FixtureRequest
) -> None:
    window = open_window(paths.examples() / "circle.nnstudio")
    window.store.edit("", edits.set_training(window.project, epochs=100_000, patience=0))
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(lambda: window.trainer.curves.epochs > 0, timeout=30_000)
    hand, done = RandomHand(window, seed), list[str]()
    for _number in range(int(request.config.getoption("--actions"))):
        action = hand.choose()
        hand.send(action)
        done.append(action.__name__)
        if window.trainer.failure:
            assert "Something went wrong" not in window.trainer.failure, window.trainer.failure
    assert len(set(done)) > 5
    told = [record.message for record in qtlog.records if "propagateSizeHints" not in record.message]  # type: ignore[attr-defined]
    assert told == []
