"""When to draw next while a network trains: each view by a clock of its own, less often only where that takes too long.

While the main thread runs Python, whoever else needs the interpreter waits. So views are drawn one by one, with a
breath between two, and all of them take but a share of the time.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

PICTURES = 25.0
"""So many a second are asked of each view."""
ALTOGETHER = 104.0
"""So many a second are drawn at most: each takes a little from the training, on the neighbouring core too."""
SHARE = 0.4
"""The share of the main thread's time that drawing may take."""
AGAIN = 0.015
"""Seconds to the next look at a view that had nothing new."""
BREATH = 2
"""Milliseconds between two drawings, in which the window answers."""
UNSEEN = 200
"""Milliseconds between two looks whether the window is there again."""
FORGOTTEN = 2.0
"""After so many seconds without a picture a view is no longer counted."""


@dataclass
class Clock:
    """How many pictures a second are asked of a view, when it is due and when it was last drawn; the seconds that a
    picture of it takes to compute, and those from one to the next, as means of the last few."""

    look: Callable[[], bool]
    asked: float
    due: float = 0.0
    drawn: float = 0.0
    took: float = 0.0
    between: float = 0.0

    def note(self, now: float, took: float) -> None:
        """Note that it was drawn."""
        is_fresh = now - self.drawn > FORGOTTEN
        self.took = took if is_fresh else mean_of(self.took, took)
        self.between = 1 / self.asked if is_fresh else mean_of(self.between, now - self.drawn)
        self.drawn = now


def mean_of(before: float, value: float) -> float:
    """A mean of which a new value is a tenth."""
    return 0.9 * before + 0.1 * value


class RedrawSchedule(QObject):
    """Calls functions that draw what is new, each by its own clock.

    A function says whether there was anything to draw.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.widget = widget
        self._clocks: list[Clock] = []
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.take_turn)

    def add(self, look: Callable[[], bool], asked: float = PICTURES) -> None:
        """Call a function as many times a second as is asked, where there is something new."""
        self._clocks.append(Clock(look, asked))

    def start(self) -> None:
        if not self._timer.isActive():
            self._timer.start(BREATH)

    def stop(self) -> None:
        self._timer.stop()

    @property
    def pictures(self) -> float:
        """How many pictures a second the slowest of the views has that are drawn; 0 where none is."""
        now = time.perf_counter()
        views = [one for one in self._clocks if one.asked == PICTURES]
        return 1 / max((one.between for one in views if now - one.drawn <= FORGOTTEN), default=math.inf)

    def take_turn(self) -> None:
        """Draw the view that has been due for longest; none while the window is but an icon."""
        if self.widget.window().isMinimized():
            self._timer.start(UNSEEN)
            return
        clock = min(self._clocks, key=lambda one: one.due)
        now = time.perf_counter()
        try:
            if clock.due <= now:
                self._draw(clock, now)
        finally:  # one that fails must not end the turns of all
            due = min(one.due for one in self._clocks) - time.perf_counter()
            self._timer.start(max(BREATH, round(1000 * due)))

    def _draw(self, clock: Clock, now: float) -> None:
        clock.due = now + AGAIN
        # What this thread computes, not what it waits: while it waits for the interpreter, the training has it.
        began = time.thread_time()
        if clock.look():
            clock.note(now, time.thread_time() - began)
            clock.due = now + self._stretch(now) / clock.asked

    def _stretch(self, now: float) -> float:
        """By how much the pauses between pictures are longer than was asked; 1 where all goes as asked."""
        drawn = [one for one in self._clocks if now - one.drawn <= FORGOTTEN]
        pictures = sum(one.asked for one in drawn)
        return max(1.0, pictures / ALTOGETHER, sum(one.took * one.asked for one in drawn) / SHARE)
