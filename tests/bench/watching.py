"""How alive the window stays while it trains at full speed with its views on screen, and what that costs training.

python3 packaging/develop.py bench watching [--rounds N]

A round trains for some seconds without a window, and for as long with the views drawn live: TensorFlow Playground's
problem and the digits. What is painted is counted where it is painted. Then a curve of a million points is panned.
"""

import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QGraphicsView

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.project.history import HISTORY
from nnstudio.training.control import Control, Mode
from nnstudio.training.curves import Curves
from nnstudio.training.session import train
from nnstudio.ui.app import create_window
from nnstudio.ui.background.training_jobs import SPARE_CORES
from nnstudio.ui.live.opened import VIEWS
from nnstudio.ui.plots.curve_plot import CurvePlot
from nnstudio.ui.plots.lines import Line
from nnstudio.ui.window import MainWindow
from tests.bench import tables
from tests.bench.window import Pulse, wait, wait_for

RESULTS = Path(__file__).parent / "results" / "watching.md"
SECONDS = 6.0
WARM_UP = 1.5
POINTS = 1_000_000
FRAMES = 60


@dataclass(frozen=True)
class Problem:
    """What is trained, which views are switched on beside those that are there, and what is asked."""

    name: str
    example: str
    switches: tuple[str, ...]
    asked: dict[str, str]


PROBLEMS = (
    Problem(
        "TensorFlow Playground's problem: loss, accuracy, boundary, and a map in each neuron",
        "circle",
        (),
        {
            "epochs a second with its views": "at least 500",
            "share of the speed that is kept": "at least 0.85",
            "pictures a second, the slowest view": "at least 20",
            "late at the 99th percentile, ms": "at most 16",
            "late at worst, ms": "at most 100",
        },
    ),
    Problem(
        "Digits: loss, accuracy, dropout, gradients, confusion, and the weights",
        "digits",
        ("actionDropout", "actionGradients", "actionConfusion"),
        {
            "share of the speed that is kept": "at least 0.9",
            "pictures a second, the slowest view": "at least 15",
            "late at the 99th percentile, ms": "at most 16",
            "late at worst, ms": "at most 100",
        },
    ),
    Problem(
        "LeNet-5 on enlarged digits: loss, accuracy, kernels, and maps of a picture below each layer",
        "lenet_1998",
        (),
        {"late at the 99th percentile, ms": "at most 16"},
    ),
)


class Paints(QObject):
    """Counts how often a view is painted."""

    def __init__(self, view: QGraphicsView) -> None:
        super().__init__()
        self.count = 0
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


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
    """Epochs a second in the window, how often each view is painted, and how late its event loop is."""
    trainer = window.trainer
    trainer.train()
    wait_for(lambda: trainer.curves.epochs > 0)
    wait(WARM_UP)
    views: dict[str, QGraphicsView] = {"canvas": window.canvas}
    views |= {name: view.plot for name, view in window.plots.views.items() if view.plot.isVisible()}
    paints = {name: Paints(view) for name, view in views.items()}
    pulse.begin()
    since, epochs = time.perf_counter(), trainer.curves.epochs
    wait(SECONDS)
    seconds = time.perf_counter() - since
    speed = (trainer.curves.epochs - epochs) / seconds
    late = sorted(pulse.late)
    trainer.stop()
    wait_for(lambda: not trainer.is_active)
    pictures = {f"pictures a second, {name}": one.count / seconds for name, one in paints.items()}
    return {
        "epochs a second with its views": speed,
        **pictures,
        "pictures a second, the slowest view": min(pictures.values()),
        "late at the 99th percentile, ms": late[int(0.99 * len(late))],
        "late at worst, ms": late[-1],
    }


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


def watched(problem: Problem, rounds: int) -> dict[str, list[float]]:
    """What is found of a problem in alternating rounds."""
    of_history = problem.example in HISTORY
    window = create_window(None if of_history else paths.examples() / f"{problem.example}.nnstudio")
    if of_history:
        window.documents.open_example(problem.example)
    window.resize(1366, 768)
    window.store.edit("", edits.set_training(window.project, epochs=100_000, patience=0))
    wait_for(lambda: window.loader.dataset is not None and "torch" in sys.modules)
    wait(4)
    switches = [view.switch.command for view in VIEWS.values() if view.switch]
    for name in switches:
        window.actions_by_name[name].setChecked(name in problem.switches)
    pulse = Pulse()
    found: dict[str, list[float]] = {}
    for _round in range(rounds):
        alone, with_views = without_window(window), with_window(window, pulse)
        kept = {"share of the speed that is kept": with_views["epochs a second with its views"] / alone}
        for name, value in {"epochs a second without a window": alone, **with_views, **kept}.items():
            found.setdefault(name, []).append(value)
        window.trainer.reset()
    window.store.mark_saved(window.project, Path("unused.nnstudio"))
    window.close()
    window.deleteLater()
    wait(0.2)
    return found


def main(rounds: int = 5) -> int:
    app = QApplication.instance() or QApplication(sys.argv)
    assert isinstance(app, QApplication)
    lines = [
        "# Watching a network learn",
        "",
        f"Medians and ranges of {rounds} rounds of {SECONDS:g} s each way, alternating, {app.platformName()}, "
        "1366 × 768; every picture of a view is counted where it is painted.",
        "",
        "`python3 packaging/develop.py bench watching`",
    ]
    for problem in PROBLEMS:
        lines += ["", f"## {problem.name}", "", *tables.medians(watched(problem, rounds), problem.asked)]
    frames = {"frames a second, a million points panned": [million_points(app) for _round in range(rounds)]}
    asked = {"frames a second, a million points panned": "at least 30"}
    tables.keep(RESULTS, [*lines, "", "## A long curve", "", *tables.medians(frames, asked)])
    return 0
