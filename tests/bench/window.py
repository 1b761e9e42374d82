"""How fast TensorFlow Playground's problem trains in the window with loss and boundary drawn, and how alive that stays.

python3 packaging/develop.py bench window [--rounds N]
"""

import sys
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.ui.app import create_window
from nnstudio.ui.window import MainWindow
from tests.bench import tables

RESULTS = Path(__file__).parent / "results" / "window.md"
TICK = 5
"""Milliseconds between two looks at the clock: what comes later than that had to wait for something."""
SECONDS = 6.0


class Pulse:
    """A timer that notes by how many milliseconds it came late."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(interval=TICK)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, 1000 * (now - self._last) - TICK))
        self._last = now

    def begin(self) -> None:
        """Forget what has been."""
        self.late = []
        self._last = time.perf_counter()


def wait(seconds: float) -> None:
    """Let the window live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()


def wait_for(ready: object, limit: float = 30.0) -> None:
    end = time.perf_counter() + limit
    while not ready() and time.perf_counter() < end:  # type: ignore[operator]
        wait(0.005)


def one_round(window: MainWindow, pulse: Pulse) -> dict[str, float]:
    """A training of some seconds, from the press of Train."""
    trainer = window.trainer
    frames = [0]

    def count(*_answers: object) -> None:
        frames[0] += 1

    window.plots.plane.image.sigImageChanged.connect(count)
    pulse.begin()
    began = time.perf_counter()
    window.actions_by_name["actionTrain"].trigger()
    wait_for(lambda: len(trainer.curves.batch_loss) > 0)
    first = time.perf_counter() - began
    wait(0.5)
    start_stall = max(pulse.late)
    pulse.begin()
    epochs, frames[0], since = trainer.curves.epochs, 0, time.perf_counter()
    wait(SECONDS)
    elapsed = time.perf_counter() - since
    done = trainer.curves.epochs - epochs
    late = sorted(pulse.late)
    window.actions_by_name["actionStop"].trigger()
    wait_for(lambda: not trainer.is_active)
    window.plots.plane.image.sigImageChanged.disconnect(count)
    return {
        "first step after Train, s": first,
        "longest stall at the start, ms": start_stall,
        "epochs a second": done / elapsed,
        "boundaries drawn a second": frames[0] / elapsed,
        "late at the 99th percentile, ms": late[int(0.99 * len(late))],
        "late at worst, ms": late[-1],
    }


ASKED = {
    "first step after Train, s": "at most 0.5",
    "longest stall at the start, ms": "at most 100",
    "epochs a second": "at least 200",
}


def main(rounds: int = 5) -> int:
    _app = QApplication.instance() or QApplication(sys.argv)
    window = create_window(paths.examples() / "circle.nnstudio")
    window.store.edit("", edits.set_training(window.project, epochs=100_000, patience=0))
    wait_for(lambda: window.loader.dataset is not None and "torch" in sys.modules)
    wait(4)  # torch is loaded on a thread once the window stands
    found = [one_round(window, pulse) for pulse in [Pulse()] for _round in range(rounds)]
    lines = [
        "# The window on Playground's problem",
        "",
        f"Medians and ranges of {rounds} trainings of {SECONDS:g} s, {QGuiApplication.platformName()}, 1280 × 760; "
        "loss, accuracy and boundary drawn live. `python3 packaging/develop.py bench window`.",
        "",
    ]
    tables.keep(RESULTS, [*lines, *tables.medians({name: [one[name] for one in found] for name in found[0]}, ASKED)])
    window.store.mark_saved(window.project, Path("unused.nnstudio"))
    window.close()
    window.deleteLater()
    wait(0.2)
    return 0
