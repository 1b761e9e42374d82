"""How good a trial is, as a colour: the same scale in all views of a study, from faint to strong, so that it is read in
grey print as well."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from nnstudio.ui.look import theme

STEPS = 9
"""Colours on the scale: trials of a colour are drawn together."""
WORST_SHARE = 0.05
"""Of the trials so many are at the poor end of the scale: one that diverged must not make all others look alike."""
FAINTEST, FULL = 0.22, 0.62
"""The share of the accent colour at the poor end, and where on the scale it is pure; from there on it nears text."""
DEEPEST = 0.55


@dataclass(frozen=True)
class Scale:
    """From the score that is drawn faintest to that drawn strongest."""

    poor: float
    good: float

    def steps(self, scores: NDArray[np.float64]) -> NDArray[np.int8]:
        """The colours (n,) of scores (n,), the faintest for one that is no finite number."""
        span = self.good - self.poor
        shares = (scores - self.poor) / span if span else np.where(np.isfinite(scores), 1.0, 0.0)
        shares = np.where(np.isfinite(shares), shares, 0.0)
        return np.clip(np.rint(shares * (STEPS - 1)), 0, STEPS - 1).astype(np.int8)


def scale_of(scores: NDArray[np.float64], is_lower_better: bool) -> Scale:
    """A scale on which all but the poorest of these scores can be told apart."""
    known = scores[np.isfinite(scores)]
    if not len(known):
        return Scale(0.0, 0.0)
    if is_lower_better:
        return Scale(float(np.quantile(known, 1 - WORST_SHARE)), float(known.min()))
    return Scale(float(np.quantile(known, WORST_SHARE)), float(known.max()))


def colors() -> list[str]:
    """The colours of the scale, the faintest first: their brightness goes one way."""
    now = theme.colors()
    found = []
    for step in range(STEPS):
        share = step / (STEPS - 1)
        if share <= FULL:
            found.append(theme.mixed(now.surface, now.training, FAINTEST + (1 - FAINTEST) * share / FULL))
        else:
            found.append(theme.mixed(now.training, now.text, DEEPEST * (share - FULL) / (1 - FULL)))
    return found


def out_color() -> QColor:
    """Of what is out of what was brushed."""
    now = theme.colors()
    return QColor(theme.mixed(now.surface, now.border, 0.45))


def lit_color() -> QColor:
    """Of the trial at the pointer: the one warm colour among the others."""
    return QColor(theme.colors().validation)
