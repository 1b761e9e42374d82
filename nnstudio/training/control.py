"""The reins of a running training: pause, one batch, one epoch, stop. Held by another thread or a signal handler."""

import threading
import time
from enum import Enum


class Mode(Enum):
    """What the loop may do when it comes to the next batch."""

    RUN = "run"
    PAUSE = "pause"
    BATCH = "batch"
    EPOCH = "epoch"
    STOP = "stop"


class Control:
    """Commands that the loop obeys between two batches."""

    def __init__(self, mode: Mode = Mode.RUN) -> None:
        self._mode = mode
        self._changed = threading.Condition(threading.RLock())
        self.waiting = False
        """True while the loop stands at a pause."""
        self.waited = 0.0
        """Seconds that the loop has stood at pauses that are over."""

    @property
    def mode(self) -> Mode:
        return self._mode

    def command(self, mode: Mode) -> None:
        """Give a command. A stop is final."""
        with self._changed:
            if self._mode is not Mode.STOP:
                self._mode = mode
            self._changed.notify_all()

    def before_batch(self) -> bool:
        """Wait while paused; True when a batch may be done, False when training shall stop."""
        if self._mode is Mode.PAUSE:
            with self._changed:
                began, self.waiting = time.perf_counter(), True
                while self._mode is Mode.PAUSE:
                    self._changed.wait(timeout=0.5)
                self.waited, self.waiting = self.waited + time.perf_counter() - began, False
        return self._mode is not Mode.STOP

    def after_batch(self) -> None:
        if self._mode is Mode.BATCH:
            self.command(Mode.PAUSE)

    def after_epoch(self) -> None:
        if self._mode is Mode.EPOCH:
            self.command(Mode.PAUSE)
