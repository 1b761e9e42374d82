"""What a run measured at its best epoch, whose weights it keeps: what runs are compared by."""

import math
from collections.abc import Sequence

from nnstudio.project.model import Run


def best_place(run: Run, budget: int = 0) -> int:
    """Where in its curve a run was best by what it monitors, within so many epochs where that is not 0; the last where
    nobody says."""
    if run.best_epoch is None:
        return min(budget or run.epochs_run, run.epochs_run) - 1
    if not budget or run.best_epoch <= budget:
        return run.best_epoch - 1
    monitored: tuple[float, ...] = getattr(run.history, run.training.monitor)[:budget]
    best = min if run.training.monitor == "validation_loss" else max
    return monitored.index(best(monitored))


def at_best(run: Run, values: Sequence[float], budget: int = 0) -> float:
    """The value at that place of a series of its curve; NaN where there is none."""
    place = best_place(run, budget)
    return values[place] if 0 <= place < len(values) else math.nan
