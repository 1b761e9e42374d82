"""A window for tests, driven by real mouse and keyboard events, and a check that it leaves nothing behind."""

import gc
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QPoint, QPointF, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot
from tqdm import tqdm

from nnstudio.project.model import Project
from nnstudio.ui.app import create_window
from nnstudio.ui.canvas.items import HEIGHT, WIDTH
from nnstudio.ui.shell.language import apply_language
from nnstudio.ui.window import MainWindow
from tests import leaks
from tests.patience import PATIENCE

leaks.watch()


@pytest.fixture(scope="session", autouse=True)
def large_libraries() -> None:
    """Loaded before the first window and not by its threads: closing it would wait for them, on a slow machine long."""
    for name in ("polars", "ziamath", "nnstudio.training.session"):
        import_module(name)
    # What libraries made for good is looked through no more: it took most of the time of each collection, and every
    # test collects several times.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def no_monitor() -> None:
    """The thread that watches over progress bars would outlive the test that trains on the command line first."""
    tqdm.monitor_interval = 0


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test waits for may take as long as it takes beside busy neighbours; the times in the tests say what is
    usual."""
    wait = QtBot.waitUntil

    def wait_long(qtbot: QtBot, callback: Callable[[], object], *, timeout: int = 0) -> None:
        wait(qtbot, callback, timeout=round(1000 * PATIENCE))

    monkeypatch.setattr(QtBot, "waitUntil", wait_long)


@pytest.fixture(autouse=True)
def nothing_is_left(qapp: QApplication) -> Iterator[None]:
    """No test leaves a thread, a timer, an animation or a window behind."""
    before = leaks.Before()
    gc.disable()  # as a window does, so that nothing of Qt's is destroyed in the middle of a call of Qt's
    yield
    left = before.left()
    gc.enable()
    assert not left, "left behind:\n" + "\n".join(left)


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    """Opens windows; at the end all are closed without a question."""
    windows: list[MainWindow] = []

    def make(project: Path | None = None, size: tuple[int, int] = (1280, 760)) -> MainWindow:
        QCursor.setPos(QPoint(0, 0))  # where an earlier test left it, it may be over the canvas
        window = create_window(project)
        windows.append(window)
        window.resize(*size)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        qtbot.waitUntil(lambda: window.project.facts is not None or bool(window.store.data_problem), timeout=20_000)
        return window

    yield make
    apply_language("en")  # a test may have left another
    for window in windows:
        window.trainer.stop()
        await_training(window)
        window.canvas.finish_writing()  # closing would do so, and ask whether to save it
        window.lessons.recorder.end_preview()
        window.lessons.recorder.close()
        window.store.mark_saved(window.project, Path("unused.nnstudio"))
        window.close()
        window.deleteLater()


def await_training(window: MainWindow) -> None:
    """Let events come until no training is under way."""
    while window.trainer.is_active:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window()


@pytest.fixture
def answer_question() -> Callable[[QMessageBox.StandardButton], list[str]]:
    """Clicks a button of the next question, and gives its text."""
    from PySide6.QtCore import QTimer

    def prepare(button: QMessageBox.StandardButton) -> list[str]:
        asked: list[str] = []

        def click() -> None:
            for widget in QApplication.topLevelWidgets():
                if isinstance(widget, QMessageBox) and widget.isVisible():
                    asked.append(widget.text())
                    QTest.mouseClick(widget.button(button), Qt.MouseButton.LeftButton)
                    return
            QTimer.singleShot(20, click)

        QTimer.singleShot(20, click)
        return asked

    return prepare


class Hand:
    """What a user does with the mouse on the canvas, by layer ids."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    @property
    def viewport(self) -> QWidget:
        return self.window.canvas.viewport()

    def middle(self, id: str) -> QPoint:
        item = self.window.canvas.network.layers[id]
        return self.window.canvas.mapFromScene(item.pos() + QPointF(WIDTH / 2, HEIGHT / 2))

    def port(self, id: str, which: str) -> QPoint:
        item = self.window.canvas.network.layers[id]
        return self.window.canvas.mapFromScene(item.output_point() if which == "output" else item.input_point())

    def drag(self, start: QPoint, end: QPoint, widget: QWidget | None = None) -> None:
        widget = widget or self.viewport
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
        for step in range(1, 6):
            move(widget, start + (end - start) * step / 5)
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end)

    def click(self, point: QPoint) -> None:
        QTest.mouseClick(self.viewport, Qt.MouseButton.LeftButton, pos=point)


def move(widget: QWidget, point: QPoint) -> None:
    """A move with the button held, which QTest.mouseMove does not send."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(point),
        QPointF(widget.mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


@pytest.fixture
def hand() -> Callable[[MainWindow], Hand]:
    return Hand


def types(project: Project) -> list[str]:
    return [layer.type for layer in project.network.layers]
