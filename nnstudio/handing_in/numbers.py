"""Numbers of runs as a report writes them."""

import math

from nnstudio.project.model import Run

DASH = "–"


def number(value: float | None) -> str:
    return f"{value:.4f}" if value is not None and math.isfinite(value) else DASH


def share(value: float | None) -> str:
    return f"{100 * value:.1f} %" if value is not None and math.isfinite(value) else DASH


def number_of(run: Run | str) -> str:
    """What a run, or one of this id, is called."""
    return (run if isinstance(run, str) else run.id).removeprefix("run-")
