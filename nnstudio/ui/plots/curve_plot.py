"""One plot of a quantity against the epoch: training and validation, the best epoch flagged, what follows shaded."""

from typing import Any

import numpy as np
import pyqtgraph
from PySide6.QtCore import Qt

from nnstudio.text import translate as _
from nnstudio.ui import theme
from nnstudio.ui.plots.plot import Plot

MOST_POINTS_WITH_MARKERS = 60
ROOM_FOR_WORDS = 330


class CurvePlot(Plot):
    """Labelled axes, two curves, and optionally the raw loss of each batch under them."""

    def __init__(self, object_name: str, quantity: str, flag_text: str, short_text: str, flag_height: float) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName(quantity)
        self.quantity = quantity
        self.flag_text = flag_text
        self.short_text = short_text
        self.flag_height = flag_height
        self.batch = self.plot()
        self.training = self.plot()
        self.validation = self.plot()
        self.shade = pyqtgraph.LinearRegionItem(movable=False)
        self.flag = pyqtgraph.InfiniteLine(angle=90, label=" ")
        self.dot = pyqtgraph.ScatterPlotItem(size=11, symbol="star")
        for item in (self.shade, self.flag, self.dot):
            self.addItem(item, ignoreBounds=True)
        self.shade.setZValue(-10)
        for curve in (self.batch, self.training, self.validation):
            curve.setClipToView(True)
            curve.setDownsampling(auto=True, method="peak")
        self.apply_theme()
        self.show_flag(0, 0.0, 0)

    def apply_theme(self) -> None:
        super().apply_theme()
        colors = theme.colors()
        for side, text in (("bottom", _("Epoch")), ("left", self.quantity)):
            self.getAxis(side).setLabel(text, color=colors.faint_text)
        self.showGrid(y=True, alpha=0.15)
        self.batch.setPen(pyqtgraph.mkPen(colors.batch, width=1))
        self.training.setPen(pyqtgraph.mkPen(colors.training, width=2))
        self.validation.setPen(pyqtgraph.mkPen(colors.validation, width=2))
        self.flag.setPen(pyqtgraph.mkPen(colors.flag, width=1, style=Qt.PenStyle.DashLine))
        self.flag.label.setColor(colors.flag)
        self.flag.label.setPosition(self.flag_height)
        self.flag.label.fill = pyqtgraph.mkBrush(colors.surface)
        self.dot.setBrush(colors.flag)
        self.dot.setPen(None)
        shade = pyqtgraph.mkColor(colors.validation)
        shade.setAlpha(18 if theme.is_dark() else 26)
        self.shade.setBrush(shade)
        for line in self.shade.lines:
            line.setPen(None)

    def show_curves(self, training: Any, validation: Any, batches: Any = (), batches_per_epoch: int = 0) -> None:
        """Show one value an epoch each, counted from 1, and one a batch at its share of the epoch."""
        colors = theme.colors()
        for curve, values, color, symbol in (
            (self.training, training, colors.training, "o"),
            (self.validation, validation, colors.validation, "t1"),
        ):
            few = len(values) <= MOST_POINTS_WITH_MARKERS
            curve.setData(
                np.arange(1, len(values) + 1),
                np.asarray(values),
                symbol=symbol if few else None,
                symbolSize=6,
                symbolBrush=color,
                symbolPen=None,
            )
        if batches_per_epoch:
            self.batch.setData(np.arange(1, len(batches) + 1) / batches_per_epoch, np.asarray(batches))
        else:
            self.batch.setData([], [])

    def show_flag(self, epoch: int, value: float, last: int) -> None:
        """Flag the best epoch and shade what came after it; epoch 0 shows neither."""
        for item in (self.flag, self.dot, self.shade):
            item.setVisible(epoch > 0)
        if epoch == 0:
            return
        self.flag.setValue(epoch)
        self.dot.setData([epoch], [value])
        # On the roomier side of the line, so that the words are never cut off.
        line = self.plotItem.vb.mapViewToDevice(pyqtgraph.Point(epoch, value))
        to_the_left = line is not None and line.x() > 0.55 * self.width()
        self.flag.label.anchors = [(1, 0.5), (1, 0.5)] if to_the_left else [(0, 0.5), (0, 0.5)]
        # A small plot has no room for the sentence; the line under the plots names the epoch.
        words = self.flag_text if self.width() >= ROOM_FOR_WORDS else self.short_text
        self.flag.label.setFormat(words.format(epoch=epoch, value=value))
        self.shade.setVisible(last > epoch)
        self.shade.setRegion((epoch, max(last, epoch)))
