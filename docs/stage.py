"""A window on which scenes are played: what a person would do, and a picture of it."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtCore import (
    QDeadlineTimer,
    QEventLoop,
    QMessageLogContext,
    QPoint,
    QPointF,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QAction, QColor, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio import paths
from nnstudio.ui.app import Application, create_window
from nnstudio.ui.background.task import await_threads
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.shell.preferences import Preferences
from nnstudio.ui.training.comparison_picker import ComparisonPicker
from nnstudio.ui.window import MainWindow

PATIENCE = 300_000
"""Milliseconds after which a scene is given up that waits for what does not come."""


class Stage:
    """The program for one scene."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.application = QApplication.instance() or Application(["nnstudio"])
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

    def train(self, window: MainWindow) -> None:
        """A training to its end."""
        self.do(window, "actionTrain")
        self.wait(partial(is_idle, window))

    def lab(self, window: MainWindow, command: str, size: tuple[int, int] = (1000, 640)) -> Lab:
        """Open a lab."""
        self.do(window, command)
        lab = window.labs.open[command]
        lab.resize(*size)
        self.wait(lab.isActiveWindow)
        return lab

    def double_click_layer(self, window: MainWindow, type: str) -> None:
        """Take a layer from the palette: it is put behind the one that is selected."""
        rows = window.palette_panel.list
        found = [rows.item(row) for row in range(rows.count()) if rows.item(row).data(Qt.ItemDataRole.UserRole) == type]
        rows.scrollToItem(found[0])
        place = rows.visualItemRect(found[0]).center()
        self.click(rows.viewport(), place)
        QTest.mouseDClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def choose(self, picker: ComparisonPicker, key: str) -> None:
        """Choose what a network is compared with, by its key."""
        picker.show_choices()
        picker.setCurrentIndex(picker._keys.index(key))
        picker.activated.emit(picker.currentIndex())

    def click(self, widget: QWidget, place: QPoint | None = None) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place or widget.rect().center())

    def point(self, widget: QWidget, place: QPointF) -> None:
        """The pointer comes to rest over a place."""
        QTest.mouseMove(widget, place.toPoint())

    def dismiss(self) -> None:
        """Close what was told over the drawing."""
        for window in self.windows:
            window.messages.fade()

    # --- what is waited for, and kept ---

    def wait(self, ready: Callable[[], object]) -> None:
        """Let events come until it is so."""
        end = QDeadlineTimer(PATIENCE)
        while not ready():
            assert not end.hasExpired(), "what was waited for did not come"
            self.rest(10)

    def rest(self, milliseconds: int) -> None:
        """Let the window live for a while, for what moves or fades in."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def grab(self, widget: QWidget, path: Path) -> None:
        """Its picture, into a file. One that shows nothing is refused."""
        self.dismiss()
        self.rest(400)  # pictures are drawn some milliseconds after what they show
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
