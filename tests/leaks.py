"""What a test leaves behind: threads, timers, animations and windows, each named by the line that began it.

`watch()` has every such thing remember its line from the moment it is made; `Before` compares what there is.
"""

import gc
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import shiboken6
from PySide6 import QtCore, QtWidgets
from PySide6.QtCore import QAbstractAnimation, QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.patience import PATIENCE

OURS = f"{Path(__file__).resolve().parent.parent}{os.sep}"
LIBRARIES = f"{OURS}.venv{os.sep}"
LONGEST_END = PATIENCE
"""Seconds that something which is about to end may take."""

begun: "weakref.WeakSet[QObject]" = weakref.WeakSet()
"""All timers and animations that Python has made."""


def watch() -> None:
    """Have threads, timers, animations and widgets remember the line that made or started them."""
    threading.Thread.start = remembering(threading.Thread.start)  # type: ignore[method-assign]
    for module in (QtCore, QtWidgets):
        for made in vars(module).values():
            if isinstance(made, type) and issubclass(made, QTimer | QAbstractAnimation | QWidget):
                made.__init__ = remembering(made.__init__)  # type: ignore[misc]


def remembering(function: Callable[..., None]) -> Callable[..., None]:
    """The function, after which its object knows the line of ours from which it was called."""

    def called(self: Any, *arguments: Any, **named: Any) -> None:
        function(self, *arguments, **named)
        self.begun_at = line_of_ours()
        if isinstance(self, QTimer | QAbstractAnimation):
            begun.add(self)

    return called


def line_of_ours() -> str:
    """The innermost line of this project on the way here: of every widget, so as plain texts, which cost little."""
    frame = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(OURS) and file != __file__ and not file.startswith(LIBRARIES):
            return f"{file[len(OURS) :]}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return "?"


def running() -> dict[int, object]:
    """Everything that goes on or is there by itself now."""
    objects: Iterable[QObject] = [one for one in begun if shiboken6.isValid(one)]
    found: list[object] = list(threading.enumerate())
    found += [one for one in objects if isinstance(one, QTimer) and one.isActive()]
    found += [
        one
        for one in objects
        if isinstance(one, QAbstractAnimation) and one.state() is not QAbstractAnimation.State.Stopped
    ]
    if isinstance(QCoreApplication.instance(), QApplication):
        found += QApplication.topLevelWidgets()
    return {id(one): one for one in found}


class Before:
    """What there was before a test; `left` is what is there beyond it."""

    def __init__(self) -> None:
        self.there = running()

    def left(self, longest: float = LONGEST_END) -> list[str]:
        """What the test has left behind, once everything that was about to end has ended."""
        settle()
        end = time.monotonic() + longest
        while (found := self.beyond()) and time.monotonic() < end:
            QTest.qWait(50)  # a formula for a panel that is gone, data for a closed window: they end by themselves
            settle()
        return found

    def beyond(self) -> list[str]:
        return sorted(shown(one) for key, one in running().items() if key not in self.there)


def settle() -> None:
    """Destroy what is to be destroyed, and collect what nobody holds."""
    if QCoreApplication.instance() is None:
        return
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()
    gc.collect()


def shown(one: object) -> str:
    name = one.objectName() if isinstance(one, QObject) else getattr(one, "name", "")
    return f"{type(one).__name__} {name!r}, begun at {getattr(one, 'begun_at', 'a line of Qt')}"
