"""Small plots of how values are distributed, with the curve and derivative of a function over them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph
from numpy.typing import NDArray

from nnstudio.ui.look import projector, theme
from nnstudio.ui.plots.plot import Plot


class HistogramPlot(Plot):
    """Bars of counts, and optionally g and g′ scaled to their height."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.setMinimumSize(150, 96)
        self.bars = pyqtgraph.BarGraphItem(x0=[], x1=[], height=[], y0=0)
        self.function = pyqtgraph.PlotDataItem()
        self.slope = pyqtgraph.PlotDataItem()
        for item in (self.bars, self.function, self.slope):
            self.addItem(item)
        self.getAxis("left").setStyle(showValues=False)
        self.getAxis("left").setWidth(6)
        self.apply_theme()

    def apply_theme(self) -> None:
        super().apply_theme()
        colors = theme.colors()
        self.bars.setOpts(brush=colors.batch, pen=colors.surface)
        self.function.setPen(pyqtgraph.mkPen(colors.training, width=projector.line(2)))
        self.slope.setPen(pyqtgraph.mkPen(colors.validation, width=projector.line(2)))

    def show_counts(
        self,
        counts: NDArray[np.int64],
        lowest: float,
        highest: float,
        function: Callable[[Any], Any] | None = None,
        derivative: Callable[[Any], Any] | None = None,
    ) -> None:
        """Show counts over equal bins; the functions are drawn with 1 at the height of the highest bar."""
        if not np.isfinite([lowest, highest]).all() or highest <= lowest:
            counts, lowest, highest = np.zeros(1, np.int64), -1.0, 1.0
        edges = np.linspace(lowest, highest, len(counts) + 1)
        top = max(1, int(counts.max()))
        self.bars.setOpts(x0=edges[:-1], x1=edges[1:], height=counts, y0=0)
        places = np.linspace(lowest, highest, 200)
        foot = 0.0
        for item, one in ((self.function, function), (self.slope, derivative)):
            item.setVisible(one is not None)
            if one is not None:
                values = np.clip(np.asarray(one(places), float), -1.2, 1.2) * top
                foot = min(foot, float(values.min()))
                item.setData(places, values)
        self.setXRange(lowest, highest, padding=0.02)
        self.setYRange(foot, top * 1.15, padding=0)
