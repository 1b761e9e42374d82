"""How long the table of runs takes with 10,000 runs in two studies: made, searched, sorted, scrolled, and added to.

python3 packaging/develop.py bench runs_table [--rounds N]
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from nnstudio.project import edits
from nnstudio.project.model import Project
from nnstudio.project.run_columns import run_table
from nnstudio.ui.store import Store
from nnstudio.ui.training.runs_panel import RunsPanel
from tests.bench import tables
from tests.bench.window import wait_for
from tests.many_runs import with_runs

RESULTS = Path(__file__).parent / "results" / "runs_table.md"
RUNS = 10_000
STEPS = 60
"""Places down the table at which it is painted."""
FILTERS = {
    "a word": "good",
    "a comparison": "accuracy>0.9",
    "words, a comparison and a star": "sgd learning_rate=0.01 accuracy > 0.8 starred",
}
ASKED = {
    **{f"filter: {name}, ms": "at most 50" for name in FILTERS},
    "columns of all runs, ms": "at most 100",
    "a picture while scrolling, ms": "at most 16",
}


class NothingKept:
    """Switches as they are at first."""

    def is_on(self, switch: str, at_first: bool) -> bool:
        return at_first

    def set_on(self, switch: str, on: bool) -> None:
        raise NotImplementedError


def main(rounds: int = 7) -> int:
    application = QApplication.instance() or QApplication(sys.argv[:1])
    project = with_runs(RUNS)
    found: dict[str, list[float]] = {}
    for _round in range(rounds):
        for name, milliseconds in one_round(application, project).items():
            found.setdefault(name, []).append(milliseconds)
    lines = [
        "# The table of runs",
        "",
        f"{RUNS:,} runs in two studies, {QGuiApplication.platformName()}; medians of {rounds} rounds,",
        "`python3 packaging/develop.py bench runs_table`. Filters and orders until the table is painted anew.",
        "",
        *tables.medians(found, ASKED),
    ]
    tables.keep(RESULTS, lines)
    return 0


def one_round(application: object, project: Project) -> dict[str, float]:
    """Each once, in milliseconds, in a panel of its own."""
    assert isinstance(application, QApplication)
    found = {"columns of all runs, ms": took(lambda: run_table(project))}
    store = Store(project)
    panel = RunsPanel(store, NothingKept())
    panel.resize(900, 600)
    panel.show()
    wait_for(lambda: not panel._preparing.isActive())

    def painted(change: Callable[[], object]) -> float:
        def both() -> None:
            change()
            panel.table.viewport().repaint()

        return took(both)

    for name, text in FILTERS.items():
        found[f"filter: {name}, ms"] = painted(lambda text=text: panel.filter.setText(text))  # type: ignore[misc]
        panel.filter.clear()
    found["sorted by loss, ms"] = painted(lambda: panel._sort("loss"))
    panel._sort("loss")
    panel._sort("loss")
    bar = panel.table.verticalScrollBar()
    whole = sum(painted(lambda place=place: bar.setValue(place * bar.maximum() // STEPS)) for place in range(STEPS))  # type: ignore[misc]
    found["a picture while scrolling, ms"] = whole / STEPS
    more = replace(project.runs[-1], id=f"run-{RUNS + 1}")
    found["one run more, ms"] = painted(lambda: store.amend(lambda known: edits.add_run(known, more)))
    panel.close()
    panel.deleteLater()
    application.processEvents()
    return found


def took(work: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)
