"""When to draw next while a network trains: often enough to be alive, seldom enough to leave the training its time.

While the main thread runs Python, a training on its thread waits for the interpreter. So drawing may take but a share
of the time, and views take turns: none holds up the event loop for long.
"""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

IDLE = 60
"""Milliseconds to the next look where there was nothing to draw."""
SHORTEST, LONGEST = 20, 400
"""Milliseconds between two drawings, at least and at most."""


class RedrawSchedule(QObject):
    """Calls one of several functions after the other, each when it is its turn; how long they take decides how often.

    A function says whether there was anything to do; where there was not, the next has its turn at once. `share`
    is the share of the time they may take.
    """

    def __init__(self, parent: QObject, share: float) -> None:
        super().__init__(parent)
        self.share = share
        self._chores: list[Callable[[], bool]] = []
        self._next = 0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.take_turn)

    def add(self, chore: Callable[[], bool]) -> None:
        self._chores.append(chore)

    def start(self) -> None:
        if not self._timer.isActive():
            self._timer.start(SHORTEST)

    def stop(self) -> None:
        self._timer.stop()

    def take_turn(self) -> None:
        """Do the next thing there is to do, and rest accordingly."""
        # What this thread computes, not what it waits: while it waits for the interpreter, the training has it.
        began, rest = time.thread_time(), IDLE
        try:
            if self._do_next():
                taken = 1000 * (time.thread_time() - began)
                rest = round(min(LONGEST, max(SHORTEST, taken / self.share)))
        finally:  # one that fails must not end the turns of all
            self._timer.start(rest)

    def _do_next(self) -> bool:
        """Whether one of the functions, each asked once, had something to do."""
        for _chore in self._chores:
            chore = self._chores[self._next]
            self._next = (self._next + 1) % len(self._chores)
            if chore():
                return True
        return False
