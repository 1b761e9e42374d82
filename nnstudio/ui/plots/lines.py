"""The kinds of lines that the curve plots draw: what each is called, and how it looks in light and dark."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from nnstudio.text import mark
from nnstudio.ui.look import projector, theme

Numbers = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Kind:
    """One kind of line. `color` is the name of one of the theme's; `sign` stands for the marker in text."""

    words: str
    color: str
    sign: str
    width: int = 2
    symbol: str | None = None
    dashed: bool = False
    short: str = ""
    """What the legend calls it; all of `words` is its tip."""


KINDS: Mapping[str, Kind] = {
    "batch": Kind(mark("each batch"), "batch", "–", width=1),
    "training": Kind(mark("training (mean during the epoch)"), "training", "●", symbol="o", short=mark("training")),
    "full_pass": Kind(mark("training (full pass)"), "full_pass", "■", symbol="s", short=mark("dropout off")),
    "validation": Kind(mark("validation (full pass)"), "validation", "▲", symbol="t1", short=mark("validation")),
    "other_full_pass": Kind(
        mark("other: training (full pass)"), "faint_text", "┄", dashed=True, short=mark("other: training")
    ),
    "other_validation": Kind(mark("other: validation"), "text", "╌", dashed=True),
    "middle": Kind(mark("median and range of all starts"), "training", "━", width=3),
    "curve_a": Kind("A", "training", "━", width=3),
    "curve_b": Kind("B", "validation", "━", width=3),
    "curve_c": Kind("C", "full_pass", "━", width=3),
    "curve_d": Kind("D", "flag", "━", width=3),
}
"""By key, in the order in which they are drawn and named."""

VARIANTS = {kind: look.words for kind, look in KINDS.items() if kind.startswith("curve_")}
"""The lines of a few networks beside each other, and the letter of each."""

FLAG = "★"
BEHIND = 110
"""How opaque the wide line of all batches is for a class, of 255."""
MOST_LIVE = 1000
"""Stretches of batches that are drawn while a network trains."""


@dataclass(frozen=True)
class Line:
    """Values (n,) at places (n,) counted in epochs."""

    kind: str
    epochs: Numbers
    values: Numbers

    def at(self, epoch: int) -> float:
        """The value at an epoch; NaN where there is none."""
        place = int(np.searchsorted(self.epochs, epoch))
        found = place < len(self.epochs) and self.epochs[place] == epoch
        return float(self.values[place]) if found else math.nan


def by_epoch(kind: str, values: Numbers) -> Line:
    """A value an epoch, counted from 1; epochs without one are left out."""
    epochs = np.arange(1.0, len(values) + 1)
    known = np.isfinite(values)
    return Line(kind, epochs, values) if known.all() else Line(kind, epochs[known], values[known])


def by_batch(values: Numbers, batches: int, is_live: bool) -> Line:
    """A value a batch, of which an epoch has so many.

    While they keep coming, of very many the lowest and the highest of each stretch: preparing all of them for every
    frame would hold up what gives them.
    """
    count = len(values)
    stretch = count // MOST_LIVE if is_live else 0
    if stretch < 2:
        return Line("batch", np.arange(1.0, count + 1) / batches, values)
    whole = values[: count - count % stretch].reshape(-1, stretch)
    extremes = np.stack([whole.min(axis=1), whole.max(axis=1)], axis=1).reshape(-1)
    places = (np.arange(1.0, len(extremes) + 1) * stretch / 2) / batches
    return Line("batch", places, extremes)


def pen(kind: Kind) -> QPen:
    style = Qt.PenStyle.DashLine if kind.dashed else Qt.PenStyle.SolidLine
    ink = QColor(color(kind))
    if theme.is_projected() and kind.color == "batch":  # so wide it would hide what lies under it
        ink.setAlpha(BEHIND)
    drawn: QPen = pyqtgraph.mkPen(ink, width=projector.line(kind.width), style=style)
    return drawn


def color(kind: Kind) -> str:
    chosen: str = getattr(theme.colors(), kind.color)
    return chosen


def thin_out(curve: pyqtgraph.PlotDataItem, density: float = 1.0) -> None:
    """Have a line draw what is in view, the lowest and the highest of so many stretches a pixel; to be called once it
    is in its plot, which tells it ways of its own."""
    curve.setClipToView(True)
    curve.setDownsampling(auto=True, method="peak")
    curve.opts["autoDownsampleFactor"] = density
