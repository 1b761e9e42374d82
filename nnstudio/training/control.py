"""The control of a running training: pause, one batch, one epoch, stop. Held by another thread or a signal handler."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Mode(Enum):
    """What the loop may do when it comes to the next batch."""

    RUN = "run"
    PAUSE = "pause"
    BATCH = "batch"
    EPOCH = "epoch"
    STOP = "stop"


@dataclass(frozen=True)
class Change:
    """A rate to go on with: the learning rate, or the rate of the dropout layer of this id.

    It is for the networks that have learnt with `before`; a twin with another rate keeps its own.
    """

    what: str
    before: float
    after: float


LEARNING_RATE = "learning_rate"

MEANWHILE = 0.2
"""Seconds between two looks, in a pause, at what is requested."""


class Stopped(Exception):
    """Training was stopped before its first step."""


class Control:
    """Commands that the loop obeys between two batches."""

    def __init__(self, mode: Mode = Mode.RUN) -> None:
        self._mode = mode
        self._changed = threading.Condition(threading.RLock())
        self.waiting = False
        """True while the loop stands at a pause and has answered what was requested before it."""
        self.waited = 0.0
        """Seconds that the loop has stood at pauses that are over."""
        self.steps_per_second = 0.0
        """Steps a second, so that a class can follow; 0 for as fast as it goes."""
        self._last_step = 0.0
        self.changes: list[Change] = []
        """What is to be changed, in order; appended to, and looked at by every loop before its next batch."""

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def is_stopped(self) -> bool:
        return self._mode is Mode.STOP

    def go_on(self) -> None:
        """Raise `Stopped` where a stop was commanded: asked while a training is prepared, which may take long."""
        if self.is_stopped:
            raise Stopped

    def command(self, mode: Mode) -> None:
        """Give a command. A stop is final."""
        with self._changed:
            if self._mode is not Mode.STOP:
                self._mode = mode
            self._changed.notify_all()

    def set_pace(self, steps_per_second: float) -> None:
        """Take so many steps a second from now on, 0 for as many as can be."""
        with self._changed:
            self.steps_per_second = steps_per_second
            self._changed.notify_all()

    def before_batch(self, meanwhile: Callable[[], None]) -> bool:
        """Wait while paused, and as the pace asks; True when a batch may be done, False when training shall stop.

        In a pause `meanwhile` is called again and again.
        """
        if self.steps_per_second:
            self._keep_pace()
        if self._mode is Mode.PAUSE:
            began = time.perf_counter()
            while self._mode is Mode.PAUSE:
                meanwhile()
                self.waiting = True
                with self._changed:
                    if self._mode is Mode.PAUSE:
                        self._changed.wait(timeout=MEANWHILE)
            self.waited, self.waiting = self.waited + time.perf_counter() - began, False
        return self._mode is not Mode.STOP

    def _keep_pace(self) -> None:
        """Wait until the next step is due, unless the mode or the pace is changed meanwhile."""
        with self._changed:
            began, mode = time.perf_counter(), self._mode
            while self.steps_per_second and self._mode is mode and mode in (Mode.RUN, Mode.EPOCH):
                left = self._last_step + 1 / self.steps_per_second - time.perf_counter()
                if left <= 0:
                    break
                self._changed.wait(timeout=left)
            self._last_step = time.perf_counter()
            self.waited += self._last_step - began

    def after_batch(self) -> None:
        if self._mode is Mode.BATCH:
            self.command(Mode.PAUSE)

    def after_epoch(self) -> None:
        if self._mode is Mode.EPOCH:
            self.command(Mode.PAUSE)
