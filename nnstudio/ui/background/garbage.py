"""Python's collector of reference cycles, kept to moments of its own on the main thread.

A Qt object must not be destroyed on another thread; and not in the middle of a call of Qt's either, which may hold a
lock that destroying takes again: then the program stands still.
"""

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

INTERVAL = 1000
WHOLE = 2
"""The generation whose collection looks at everything there is."""


class MainThreadCollector(QObject):
    """Turns the automatic collector off for good, and collects by a timer, as often as the interpreter itself would."""

    def __init__(self) -> None:
        super().__init__()
        self.is_busy: Callable[[], bool] = lambda: False
        """Whether something goes on that the tenth of a second of a whole collection would disturb."""
        gc.disable()
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect each generation whose count is over its threshold, the oldest such one first."""
        for generation, (count, threshold) in reversed(
            list(enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)))
        ):
            if count > threshold > 0 and not (generation == WHOLE and self.is_busy()):
                gc.collect(generation)
                return
