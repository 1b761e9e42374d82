"""The only module that starts a thread; it knows neither torch nor what is computed.

A `Task` runs a generator on a thread of its own. What it yields waits in a queue that the main thread empties 30 times
a second, so no Qt object is ever touched from another thread and nothing is sent per batch.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.stages import stage_of
from nnstudio.text import UserError
from nnstudio.text import translate as _

INTERVAL = 33
"""Milliseconds between two looks at what a thread has done."""
SHOWN_AFTER = 400
"""Milliseconds until a bar is shown; what is done by then needs none."""

NAME = "nnstudio-task"
"""What the threads of tasks are called."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class End:
    """The thread is through; `error` is what a person reads when it failed."""

    error: str = ""


class Task(QObject):
    """A generator on a thread. Its signals come on the main thread: each value, then either `failed` or `done`."""

    arrived = Signal(object)
    failed = Signal(str)
    done = Signal()
    ended = Signal()
    """After either."""

    def __init__(self, generator: Callable[[], Iterator[Any]], parent: QObject) -> None:
        super().__init__(parent)
        self.has_ended = False
        self._queue: SimpleQueue[Any] = SimpleQueue()
        self._thread = threading.Thread(target=run, args=(generator, self._queue), name=NAME, daemon=True)
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self.deliver)

    def start(self) -> "Task":
        self._thread.start()
        self._timer.start()
        return self

    @property
    def is_running(self) -> bool:
        return self._timer.isActive()

    def deliver(self) -> None:
        """Hand over everything that has arrived."""
        while self.is_running:
            try:
                value = self._queue.get_nowait()
            except Empty:
                return
            if isinstance(value, End):
                self._timer.stop()
                self.has_ended = True
                if value.error:
                    self.failed.emit(value.error)
                else:
                    self.done.emit()
                self.ended.emit()
                self.deleteLater()
            else:
                self.arrived.emit(value)


def await_threads(seconds: float) -> bool:
    """Wait for all tasks, once there is no window any more; False when one did not end in time."""
    end = time.monotonic() + seconds
    for thread in threading.enumerate():
        if thread.name == NAME:
            thread.join(max(0.0, end - time.monotonic()))
    return not any(thread.name == NAME and thread.is_alive() for thread in threading.enumerate())


def run(generator: Callable[[], Iterator[Any]], queue: "SimpleQueue[Any]") -> None:
    """The body of a task's thread: whatever happens, an `End` is the last thing in the queue."""
    try:
        for value in generator():
            queue.put(value)
        queue.put(End())
    except UserError as mistake:
        queue.put(End(str(mistake)))
    except BaseException as error:  # one that ended the thread without a word would leave the window waiting
        log.exception("A task failed")
        queue.put(End(failure_text(error)))


def failure_text(error: BaseException) -> str:
    """What is told of an error that nobody foresaw."""
    doing = stage_of(error)
    if isinstance(error, MemoryError):
        words = _("There is not enough memory for this. Take less data or a smaller network.")
        return words + " " + _("It ran out while {doing}.").format(doing=doing) if doing else words
    named = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if doing:
        words = _("Something went wrong inside nnstudio while {doing} ({error}).").format(doing=doing, error=named)
    else:
        words = _("Something went wrong inside nnstudio ({error}).").format(error=named)
    return words + " " + _("Your project is unharmed; please report this.")
