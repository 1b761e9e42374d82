"""How long the four views of a study take to show ten thousand trials, to brush them, and to light one.

python3 packaging/develop.py bench study_views [--rounds N]
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio import paths
from nnstudio.project.archive import open_project
from nnstudio.project.model import Project
from nnstudio.project.study import Variable
from nnstudio.studies.importance import importances
from nnstudio.studies.outcomes import outcomes_of
from nnstudio.studies.row_scores import study_optimism
from nnstudio.ui.studies.views import StudyViews
from tests.bench import tables
from tests.bench.window import wait_for
from tests.studies import ACTIVATIONS, Values, trained_run, with_study

RESULTS = Path(__file__).parent / "results" / "study_views.md"
TRIALS, ROWS, EPOCHS = 10_000, 360, 50
SIZE = 1280, 720
MOVES = 10
ASKED = {
    "first paint, ms": "under 1000",
    "a range dragged on by a step, ms": "under 100",
    "a range dragged over all, ms": "under 100",
    "another trial lit, ms": "under 100",
    "another second of a study, ms": "",
}
VARIABLES = (
    Variable("training.learning_rate", low=0.0001, high=0.1, is_logarithmic=True),
    Variable("dense_1.units", low=8, high=64, is_whole=True),
    Variable("training.momentum", low=0.0, high=0.99),
    Variable("training.weight_decay", low=1e-6, high=1e-2, is_logarithmic=True),
    ACTIVATIONS,
)


def settings() -> list[Values]:
    random = np.random.default_rng(0)

    def one() -> Values:
        return {
            "training.learning_rate": float(10 ** random.uniform(-4, -1)),
            "dense_1.units": int(random.integers(8, 65)),
            "training.momentum": float(random.uniform(0, 0.99)),
            "training.weight_decay": float(10 ** random.uniform(-6, -2)),
            "network.activation": ("relu", "tanh")[int(random.integers(2))],
        }

    return [one() for _number in range(TRIALS)]


def studied() -> Project:
    project = trained_run(open_project(paths.examples() / "iris.nnstudio"))
    return with_study(project, project.runs[0], VARIABLES, settings(), seeds=1, rows=ROWS, epochs=EPOCHS)


def timed(work: Callable[[], object]) -> float:
    """Milliseconds until something is done and painted."""
    began = time.perf_counter()
    work()
    QApplication.processEvents()
    return 1000 * (time.perf_counter() - began)


def one_round(project: Project) -> dict[str, float]:
    study = project.studies[0]
    found = {"outcomes of the trials, ms": timed(lambda: outcomes_of(project, study))}
    outcomes = outcomes_of(project, study)
    found["optimism of the best, ms"] = timed(lambda: study_optimism(outcomes))
    found["importance of the variables, ms"] = timed(lambda: importances(outcomes))
    views = StudyViews()
    views.resize(*SIZE)
    views.show()
    QApplication.processEvents()

    def show() -> None:
        views.show_study(outcomes)
        views.repaint()

    found["first paint, ms"] = timed(show)
    wait_for(lambda: not views.is_computing)
    found |= brushing(views)
    found["another trial lit, ms"] = lighting(views)
    more = outcomes_of(replace(project, runs=project.runs[:-1]), study)
    found["another second of a study, ms"] = timed(lambda: views.show_study(more))
    wait_for(lambda: not views.is_computing)
    views.close()
    views.deleteLater()
    QApplication.processEvents()
    return found


def move(widget: QWidget, where: QPointF, buttons: Qt.MouseButton) -> None:
    """The pointer comes to a place of a widget."""
    at, none = QPointF(widget.mapToGlobal(where)), Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, where, at, Qt.MouseButton.NoButton, buttons, none)
    QApplication.sendEvent(widget, event)


def brushing(views: StudyViews) -> dict[str, float]:
    """A range dragged down the first axis, by the pointer; at the end it holds all trials."""
    viewport, pixels, left = views.parallel.viewport(), views.parallel.pixels(), Qt.MouseButton.LeftButton
    top, bottom = pixels.point(0, 1), pixels.point(0, 0)
    QTest.mousePress(viewport, left, pos=top.toPoint())
    places = [top + (bottom - top) * step / MOVES for step in range(1, MOVES + 1)]
    steps = [timed(partial(move, viewport, place, left)) for place in places]
    QTest.mouseRelease(viewport, left, pos=bottom.toPoint())
    return {"a range dragged on by a step, ms": float(np.median(steps)), "a range dragged over all, ms": max(steps)}


def lighting(views: StudyViews) -> float:
    """The pointer over the curves, from one to the next."""
    area = views.curves.pixels().area
    places = [area.topLeft() + (area.bottomRight() - area.topLeft()) * share for share in (0.3, 0.4, 0.5, 0.6)]
    viewport, none = views.curves.viewport(), Qt.MouseButton.NoButton
    return max(timed(partial(move, viewport, place, none)) for place in places)


def main(rounds: int = 5) -> int:
    _app = QApplication.instance() or QApplication(sys.argv)
    project = studied()
    rounds_found = [one_round(project) for _round in range(rounds)]
    found = {name: [one[name] for one in rounds_found] for name in rounds_found[0]}
    lines = [
        "# The four views of a study",
        "",
        f"{TRIALS:,} trials of five variables with {ROWS} validation rows and {EPOCHS} epochs each, views of "
        f"{SIZE[0]} × {SIZE[1]} pixels, {QGuiApplication.platformName()}.",
        f"Medians of {rounds} rounds, `python3 packaging/develop.py bench study_views`.",
        "",
        *tables.medians(found, ASKED),
    ]
    tables.keep(RESULTS, lines)
    return 0
