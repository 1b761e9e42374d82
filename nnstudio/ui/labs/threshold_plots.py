"""The plots of a threshold: the scores of both classes with the line that divides them, and the curves with a point."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent

from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.look import projector, theme
from nnstudio.ui.plots.confusion import shortened
from nnstudio.ui.plots.plot import Plot

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Counts, Curve, TwoClassScores

HEADROOM = 1.45
"""The height of the plot, of which the highest bar takes 1: above the bars there is room for words."""
EDGE = 0.02
ROOM = 0.07
"""The share of a curve's plot that stays empty at each end: half a point of the threshold."""
LONGEST_NAME = 24
BESIDE = 0.9
"""The size of a title beside that of plain text."""
SIDES = 60
"""About the pixels beside a title that the axis takes."""


class ScoreHistogram(Plot):
    """The scores of the positive class upwards, those of the other downwards; what is right of the line is answered
    positive. `moved(threshold)` comes when the line is dragged, or a place clicked."""

    moved = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plotScores")
        self.setAccessibleName(_("Scores of both classes"))
        hold_still(self)
        self.setMinimumSize(260, 130)
        self.up = pyqtgraph.BarGraphItem(x0=[], x1=[], y0=0, y1=[])
        self.down = pyqtgraph.BarGraphItem(x0=[], x1=[], y0=0, y1=[])
        self.floor = pyqtgraph.InfiniteLine(0, angle=0)
        self.line = pyqtgraph.InfiniteLine(0.5, angle=90, movable=True)
        self.line.setCursor(Qt.CursorShape.SizeHorCursor)
        self.words = [pyqtgraph.TextItem(anchor=(side, 1 - up)) for up in (1, 0) for side in (0, 1)]
        """In the corners: missed and found above, rightly let pass and falsely alarmed below."""
        for item in (self.up, self.down, self.floor, self.line, *self.words):
            self.addItem(item, ignoreBounds=True)
        self.names = "", ""
        self.span = 0.0, 1.0
        self.line.sigDragged.connect(self._dragged)
        self.scene().sigMouseClicked.connect(self._clicked)
        self.apply_theme()

    def apply_theme(self) -> None:
        super().apply_theme()
        colors = theme.colors()
        self.getAxis("left").setLabel(_("samples (log)"), color=colors.faint_text)
        self.floor.setPen(pyqtgraph.mkPen(colors.faint_text, width=projector.line(1)))
        self.line.setPen(pyqtgraph.mkPen(colors.text, width=3))
        self.line.setHoverPen(pyqtgraph.mkPen(colors.selection, width=5))
        for item in self.words:
            item.setColor(colors.text)
            item.fill = pyqtgraph.mkBrush(colors.surface)

    def show_scores(self, found: "TwoClassScores", classes: Sequence[str], score_name: str) -> None:
        """Other scores, of these two classes."""
        low, high = self.span = found.span
        counts = found.histogram
        edges = np.linspace(low, high, len(counts[0]) + 1)
        colors = theme.class_colors()
        heights = [np.log1p(one) for one in counts]
        for item, sign, height, number in (
            (self.up, 1, heights[0], found.positive),
            (self.down, -1, heights[1], 1 - found.positive),
        ):
            pen = pyqtgraph.mkPen(theme.colors().surface)
            item.setOpts(x0=edges[:-1], x1=edges[1:], y0=0, y1=sign * height, brush=colors[number], pen=pen)
        self.names = classes[found.positive], classes[1 - found.positive]
        top = max(float(one.max()) for one in heights) or 1.0
        room = EDGE * (high - low)
        self.setXRange(low - room, high + room, padding=0)
        self.setYRange(-HEADROOM * top, HEADROOM * top, padding=0)
        self.line.setBounds((low, high))
        for number, item in enumerate(self.words):
            item.setPos(high + room if number % 2 else low - room, HEADROOM * top * (1 if number < 2 else -1))
        self.getAxis("left").setTicks([ticks(max(int(one.max()) for one in counts))])
        self.getAxis("bottom").setLabel(score_name, color=theme.colors().faint_text)

    def show_threshold(self, threshold: float, counts: "Counts") -> None:
        """Put the line at a threshold, with what is then right and wrong."""
        self.line.setValue(threshold)
        positive, negative = (shortened(name, LONGEST_NAME) for name in self.names)
        alarms = translate_count("{count} false alarm", "{count} false alarms", counts.false_positives)
        texts = (
            _("{name}: {count} missed").format(name=positive, count=Count(counts.false_negatives)),
            _("{count} found").format(count=Count(counts.true_positives)),
            _("{name}: {count} let pass").format(name=negative, count=Count(counts.true_negatives)),
            alarms.format(count=Count(counts.false_positives)),
        )
        for item, text in zip(self.words, texts, strict=True):
            item.setText(text)
        self.setAccessibleDescription("; ".join(texts))

    def _dragged(self) -> None:
        self.moved.emit(float(self.line.value()))

    def _clicked(self, event: object) -> None:
        box, where = self.plotItem.vb, event.scenePos()  # type: ignore[attr-defined]
        is_left = event.button() == Qt.MouseButton.LeftButton  # type: ignore[attr-defined]
        if is_left and box.sceneBoundingRect().contains(where):
            low, high = self.span
            self.moved.emit(min(high, max(low, float(box.mapSceneToView(where).x()))))


class ThresholdCurve(Plot):
    """A curve over all thresholds, what guessing gives, and the point of the present threshold."""

    def __init__(self, object_name: str, name: str, across: str, up: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName(name)
        self.across, self.upwards = across, up
        self.titles: tuple[str, ...] = (name,)
        hold_still(self)
        self.setMinimumSize(180, 150)
        self.guess = pyqtgraph.PlotDataItem()
        self.curve = pyqtgraph.PlotDataItem()
        self.point = pyqtgraph.ScatterPlotItem(size=13, symbol="o")
        for item in (self.guess, self.curve, self.point):
            self.addItem(item, ignoreBounds=True)
        self.setRange(xRange=(0, 1), yRange=(0, 1), padding=ROOM)
        self.apply_theme()

    def apply_theme(self) -> None:
        super().apply_theme()
        colors = theme.colors()
        self.getAxis("bottom").setLabel(self.across, color=colors.faint_text)
        self.getAxis("left").setLabel(self.upwards, color=colors.faint_text)
        self.guess.setPen(pyqtgraph.mkPen(colors.faint_text, width=projector.line(1), style=Qt.PenStyle.DashLine))
        self.curve.setPen(pyqtgraph.mkPen(colors.training, width=projector.line(2)))
        self.point.setBrush(pyqtgraph.mkBrush(colors.validation))
        self.point.setPen(pyqtgraph.mkPen(colors.text, width=projector.line(2)))

    def show_curve(self, curve: "Curve", guess: tuple[float, float], titles: tuple[str, ...]) -> None:
        """Show a curve below the first of the titles that fits, and how high a guess is at its left and right end; an
        empty one says why it is."""
        self.curve.setData(*curve.outline)
        is_known = len(curve.across) > 0
        self.guess.setData([0.0, 1.0], list(guess)) if is_known else self.guess.setData([], [])
        self.titles = titles
        self._write_title()
        self.say("" if is_known else _("One of the classes is missing in this part of the data."))

    def _write_title(self) -> None:
        # One that is wider than the plot would push its right side out of sight.
        room = self.width() - SIDES
        fitting = (one for one in self.titles if self.fontMetrics().horizontalAdvance(one) <= room)
        size = f"{BESIDE * self.font().pointSizeF():.3g}pt"
        self.plotItem.setTitle(next(fitting, ""), color=theme.colors().text, size=size)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "titles"):  # pyqtgraph sets a size before there is one
            self._write_title()

    def show_point(self, across: float, up: float, words: str) -> None:
        """Mark the point of the present threshold; nowhere where it is divided by nothing."""
        is_known = math.isfinite(across) and math.isfinite(up)
        self.point.setData([across] if is_known else [], [up] if is_known else [])
        self.setAccessibleDescription(words)


def hold_still(plot: Plot) -> None:
    """All there is to see is in view, and no wheel or drag changes it."""
    plot.setMouseEnabled(False, False)
    plot.hideButtons()
    plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)


def ticks(most: int) -> list[tuple[float, str]]:
    """Places on the logarithmic axis with the counts that they stand for, upwards and downwards."""
    powers = [10**power for power in range(1, 10) if 10**power <= most] or [most]
    marks: NDArray[np.float64] = np.log1p(powers)
    pairs = [(float(place), f"{Count(count)}") for place, count in zip(marks, powers, strict=True)]
    return [*((-place, text) for place, text in pairs), (0.0, "0"), *pairs]
