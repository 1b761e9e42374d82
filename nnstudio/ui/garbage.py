"""Python's collector of reference cycles, kept on the main thread: a Qt object must not be destroyed on another."""

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL = 1000


class MainThreadCollector(QObject):
    """Turns the automatic collector off and collects by a timer, as often as the interpreter itself would."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self.collect)
        self._timer.start()
        self.destroyed.connect(gc.enable)

    def collect(self) -> None:
        """Collect each generation whose count is over its threshold, the oldest such one first."""
        for generation, (count, threshold) in reversed(
            list(enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)))
        ):
            if count > threshold > 0:
                gc.collect(generation)
                return
