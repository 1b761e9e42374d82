"""A window on which scenes are played: what a person would do, and a picture of it."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from PySide6.QtCore import (
    QDeadlineTimer,
    QEvent,
    QEventLoop,
    QMessageLogContext,
    QPoint,
    QPointF,
    QSettings,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QAction, QColor, QMouseEvent, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.text import translate as _
from nnstudio.ui.app import Application, create_window
from nnstudio.ui.background.task import Task, await_threads
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.shell.preferences import Preferences
from nnstudio.ui.window import MainWindow

PATIENCE = 60_000
"""Milliseconds after which a scene is given up that waits for what does not come."""
SETTLES = 200
"""Milliseconds in which what was computed is drawn."""
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Kind = TypeVar("Kind", bound=Lab)


class Stage:
    """The program for one scene."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.application = QApplication.instance() or Application(["nnstudio"])
        QSettings(str(paths.settings_file()), QSettings.Format.IniFormat).clear()  # of the scene before
        Preferences().scheme = "light"
        self.windows: list[MainWindow] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for window in self.windows:
            window.trainer.stop()
            self.wait(partial(is_idle, window))
            window.store.mark_saved(window.project, Path("unused.nnstudio"))
            window.close()
            window.deleteLater()
        QApplication.processEvents()
        await_threads(PATIENCE / 1000)  # an interpreter that ends under a thread of torch's is aborted

    # --- what a person does ---

    def open(self, project: str | Path = "") -> MainWindow:
        """The window on an example that comes with the program, by its name, on a file, or on a new project."""
        if isinstance(project, str):
            window = create_window(paths.examples() / f"{project}.nnstudio" if project else None)
        else:
            window = create_window(project)
        self.windows.append(window)
        window.resize(*self.size)
        window.activateWindow()
        self.wait(window.isActiveWindow)
        self.wait(lambda: window.project.facts is not None or bool(window.store.data_problem))
        return window

    def do(self, window: MainWindow, command: str) -> None:
        """Choose a command of the menus, such as "actionTrain"."""
        action = window.findChild(QAction, command)
        assert action is not None and action.isEnabled(), command
        action.trigger()

    def set_epochs(self, window: MainWindow, epochs: int) -> None:
        words = _("Change {setting}").format(setting=_("Epochs"))
        window.store.edit(words, edits.set_training(window.project, epochs=epochs))

    def train(self, window: MainWindow, epochs: int = 0, command: str = "actionTrain") -> None:
        """A training to its end, of so many epochs or of those that are set."""
        if epochs:
            self.set_epochs(window, epochs)
        self.do(window, command)
        self.wait(partial(is_idle, window))

    def lab(self, window: MainWindow, command: str, kind: type[Kind], size: tuple[int, int]) -> Kind:
        """Open a lab, which then shows its first answer."""
        self.do(window, command)
        lab = window.labs.open[command]
        assert isinstance(lab, kind)
        lab.resize(*size)
        self.wait(lab.isActiveWindow)
        self.settle()
        return lab

    def double_click_layer(self, window: MainWindow, type: str) -> None:
        """Take a layer from the palette: it is put behind the one that is selected."""
        rows = window.palette_panel.list
        found = [rows.item(row) for row in range(rows.count()) if rows.item(row).data(Qt.ItemDataRole.UserRole) == type]
        rows.scrollToItem(found[0])
        place = rows.visualItemRect(found[0]).center()
        self.click(rows.viewport(), place)
        QTest.mouseDClick(rows.viewport(), LEFT, pos=place)

    def choose_first(self, choices: QComboBox) -> None:
        """Choose the first of a list, below what stands there while nothing is chosen."""
        choices.setFocus()
        QTest.keyClick(choices, Qt.Key.Key_Down)

    def click(self, widget: QWidget, place: QPoint | None = None) -> None:
        QTest.mouseClick(widget, LEFT, pos=place or widget.rect().center())

    def drag(self, widget: QWidget, places: Sequence[QPoint]) -> None:
        """One stroke with the left button; without a screen QTest.mouseMove knows of no button."""
        QTest.mousePress(widget, LEFT, pos=places[0])
        for place in places[1:]:
            point = QPointF(place)
            move = QMouseEvent(QEvent.Type.MouseMove, point, QPointF(widget.mapToGlobal(place)), LEFT, LEFT, NO_KEY)
            QApplication.sendEvent(widget, move)
        QTest.mouseRelease(widget, LEFT, pos=places[-1])

    def write(self, field: QWidget, text: str) -> None:
        """Type into a field, in place of what is selected in it."""
        field.setFocus()
        QTest.keyClicks(field, text)

    # --- what is waited for, and kept ---

    def wait(self, ready: Callable[[], object]) -> None:
        """Let events come until it is so."""
        end = QDeadlineTimer(PATIENCE)
        while not ready():
            assert not end.hasExpired(), "what was waited for did not come"
            self.rest(10)

    def rest(self, milliseconds: int) -> None:
        """Let the window live for a while."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def settle(self) -> None:
        """Until no thread computes for a window, and what came of it is drawn."""
        self.wait(lambda: not any(task.is_running for window in self.windows for task in window.findChildren(Task)))
        self.rest(SETTLES)

    def grab(self, widget: QWidget, path: Path) -> None:
        """Its picture once nothing is computed any more, without what was told over the drawing, into a file. One that
        shows nothing is refused."""
        self.settle()
        for window in self.windows:
            window.hide_message()
        self.settle()
        picture = widget.grab()
        assert not is_empty(picture), path.name
        assert picture.save(str(path)), path


def be_quiet() -> None:
    """Qt's platform without a screen says of every window what it cannot do; other warnings are shown."""

    def say(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if not message.startswith("This plugin does not support"):
            print(message, file=sys.stderr)

    qInstallMessageHandler(say)


def is_idle(window: MainWindow) -> bool:
    return not window.trainer.is_active


def is_empty(picture: QPixmap) -> bool:
    """Whether a picture is all of one colour."""
    image = picture.toImage().scaled(64, 64)
    first = QColor(image.pixel(0, 0))
    return all(QColor(image.pixel(x, y)) == first for x in range(64) for y in range(64))
