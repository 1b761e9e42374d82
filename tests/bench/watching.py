"""How alive the window stays while digits train at full speed with five views on screen, and what that costs training.

python3 packaging/develop.py bench watching [--rounds N]

A round trains for some seconds without a window, and for as long with loss, accuracy, dropout, gradients and confusion
drawn live; then a curve of a million points is panned.
"""

import sys
import threading
import time
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.training.control import Control, Mode
from nnstudio.training.curves import Curves
from nnstudio.training.session import train
from nnstudio.ui.app import create_window
from nnstudio.ui.background.training_jobs import SPARE_CORES
from nnstudio.ui.plots.curve_plot import CurvePlot
from nnstudio.ui.plots.lines import Line
from nnstudio.ui.window import MainWindow
from tests.bench import tables
from tests.bench.window import Pulse, wait, wait_for

RESULTS = Path(__file__).parent / "results" / "watching.md"
SECONDS = 6.0
WARM_UP = 1.0
POINTS = 1_000_000
FRAMES = 60
ASKED = {
    "share of the speed that is kept": "at least 0.9",
    "late at the 99th percentile, ms": "at most 16",
    "late at worst, ms": "at most 100",
    "frames a second, a million points panned": "at least 30",
}
VIEWS = ("actionDropout", "actionGradients", "actionConfusion")


def without_window(window: MainWindow) -> float:
    """Epochs a second of the same training on a thread, with as many threads of torch's, and nothing drawn.

    The clock that measures lateness ticks as well: its ticks take the interpreter from the training too.
    """
    dataset, control, curves = window.loader.dataset, Control(), Curves()
    assert dataset is not None

    def run() -> None:
        for _event in train(window.project, dataset, control, curves, SPARE_CORES):
            pass

    thread = threading.Thread(target=run)
    thread.start()
    wait_for(lambda: curves.epochs > 0)
    wait(WARM_UP)
    since, epochs = time.perf_counter(), curves.epochs
    wait(SECONDS)
    speed = (curves.epochs - epochs) / (time.perf_counter() - since)
    control.command(Mode.STOP)
    thread.join()
    return speed


def with_window(window: MainWindow, pulse: Pulse) -> dict[str, float]:
    """Epochs a second in the window, and how late its event loop is."""
    trainer = window.trainer
    trainer.train()
    wait_for(lambda: trainer.curves.epochs > 0)
    wait(WARM_UP)
    pulse.begin()
    since, epochs = time.perf_counter(), trainer.curves.epochs
    wait(SECONDS)
    speed = (trainer.curves.epochs - epochs) / (time.perf_counter() - since)
    late = sorted(pulse.late)
    trainer.stop()
    wait_for(lambda: not trainer.is_active)
    return {"speed": speed, "p99": late[int(0.99 * len(late))], "worst": late[-1]}


def million_points(app: QApplication) -> float:
    """Frames a second while a curve of a million points is drawn and panned."""
    plot = CurvePlot("plotLoss", "Loss", "Loss", "{value}", "{value}", 0.9)
    plot.resize(900, 500)
    plot.show()
    values = np.random.default_rng(0).normal(size=POINTS).cumsum()
    plot.show_lines([Line("batch", np.arange(1.0, POINTS + 1), values)])
    app.processEvents()
    box = plot.plotItem.vb
    began = time.perf_counter()
    for frame in range(FRAMES):
        box.translateBy(x=(1 if frame % 20 < 10 else -1) * POINTS / 100)
        plot.viewport().repaint()
        app.processEvents()
    found = FRAMES / (time.perf_counter() - began)
    plot.close()
    return found


def main(rounds: int = 5) -> int:
    app = QApplication.instance() or QApplication(sys.argv)
    assert isinstance(app, QApplication)
    window = create_window(paths.examples() / "digits.nnstudio")
    window.store.edit("", edits.set_training(window.project, epochs=100_000, patience=0))
    wait_for(lambda: window.loader.dataset is not None and "torch" in sys.modules)
    wait(4)
    for name in VIEWS:
        window.actions_by_name[name].setChecked(True)
    pulse, alone, watched = Pulse(), [], []
    for _round in range(rounds):
        alone.append(without_window(window))
        watched.append(with_window(window, pulse))
        window.trainer.reset()
    frames = [million_points(app) for _round in range(rounds)]
    shares = [one["speed"] / bare for one, bare in zip(watched, alone, strict=True)]
    found = {
        "epochs a second without a window": alone,
        "epochs a second with five views": [one["speed"] for one in watched],
        "share of the speed that is kept": shares,
        "late at the 99th percentile, ms": [one["p99"] for one in watched],
        "late at worst, ms": [one["worst"] for one in watched],
        "frames a second, a million points panned": frames,
    }
    lines = [
        "# ShownTraining digits learn",
        "",
        f"Medians and ranges of {rounds} rounds of {SECONDS:g} s each way, alternating, {app.platformName()}, "
        "1280 × 760; loss, accuracy, dropout, gradients and confusion drawn live.",
        "",
        "`python3 packaging/develop.py bench watching`",
        "",
    ]
    tables.keep(RESULTS, [*lines, *tables.medians(found, ASKED)])
    window.store.mark_saved(window.project, Path("unused.nnstudio"))
    window.close()
    window.deleteLater()
    wait(0.2)
    return 0
