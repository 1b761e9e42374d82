"""The gradient strip: how large the gradient is in each layer, on a logarithmic scale; where it vanishes is seen."""

import math
from collections.abc import Mapping, Sequence

import pyqtgraph

from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.look.tooltips import plain_tooltip
from nnstudio.ui.plots.axis import Axis
from nnstudio.ui.plots.plot import Plot

LOWEST, HIGHEST = -8, 1
"""The powers of ten between which gradients are drawn; smaller ones stand at the foot."""
FOOT = 0.12
"""How high a bar is at least: something is seen of the smallest too."""
MOST_NUMBERS = 12
"""Of more layers not every number is written below the bars."""


class PowersOfTen(Axis):
    """An axis of logarithms with the numbers themselves written beside it."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [f"{10.0**value:.0e}" if float(value).is_integer() else "" for value in values]


class GradientStrip(Plot):
    """A bar for each layer that learns, from the first to the last."""

    def __init__(self) -> None:
        super().__init__({"left": PowersOfTen("left")})
        self.setObjectName("plotGradients")
        self.setAccessibleName(_("Size of the gradient in each layer"))
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.bars = pyqtgraph.BarGraphItem(x=[], y0=LOWEST, height=[], width=0.6)
        self.addItem(self.bars)
        self.setYRange(LOWEST, HIGHEST, padding=0.02)
        self.apply_theme()
        self.show_sizes({})

    def apply_theme(self) -> None:
        """Take the colours of light or dark."""
        super().apply_theme()
        colors = theme.colors()
        self.getAxis("left").setLabel(_("mean |∂E/∂w|"), color=colors.faint_text)
        self.getAxis("bottom").setLabel(_("layer"), color=colors.faint_text)
        self.bars.setOpts(brush=colors.training, pen=colors.surface)
        self.showGrid(y=True, alpha=0.15)

    def show_sizes(self, sizes: Mapping[str, float]) -> None:
        """Show the mean size of the gradient by the layers' names."""
        places = list(range(1, len(sizes) + 1))
        heights = [max(FOOT, clipped_power(size) - LOWEST) for size in sizes.values()]
        self.bars.setOpts(x=places, y0=LOWEST, height=heights, width=0.6)
        step = math.ceil(len(places) / MOST_NUMBERS) or 1
        self.getAxis("bottom").setTicks([[(place, str(place)) for place in places[::step]]])
        self.setXRange(0.4, max(1, len(sizes)) + 0.6, padding=0)
        words = ", ".join(f"{name}: {size:.1e}" for name, size in sizes.items())
        self.setAccessibleDescription(words)
        self.setToolTip(plain_tooltip(words.split(", ")) if words else "")


def clipped_power(size: float) -> float:
    """The power of ten that a size is, within what is drawn."""
    if not math.isfinite(size):
        return HIGHEST
    return min(HIGHEST, max(LOWEST, math.log10(size))) if size > 0 else LOWEST
