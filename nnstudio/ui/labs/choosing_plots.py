"""The pictures of choosing by a part: each candidate with the number it is chosen by and that on fresh rows, and how
much too good the number told is, over all divisions."""

import math
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEasingCurve, Qt, QVariantAnimation
from PySide6.QtGui import QResizeEvent

from nnstudio.text import Count
from nnstudio.text import translate as _
from nnstudio.ui.labs.threshold_plots import hold_still
from nnstudio.ui.look import projector, theme
from nnstudio.ui.plots.plot import Plot

if TYPE_CHECKING:
    from nnstudio.ui.background.results import By, Choices, Floats

MOVE = 600
"""Milliseconds in which the candidates move from one part's numbers to the other's."""
OUTLIERS = 0.005
"""The share of the numbers that may lie below what is in view: they stand at its edge."""
ROOM, ABOVE = 0.04, 0.18
"""The shares of the range that stay empty at the ends, and above the highest number: there it is written."""
MOST_BINS = 31
DOT, RING, DIAMOND, HEAD = 9, 21, 13, 15
BESIDE, LAST = 0.02, 0.84
"""How far words stand beside a mark, as a share of the width; where a mark is further right, they stand left of it."""
LINES = 2.2
"""As many lines of text must the arrow be long for its length to stand beside it."""
FAINT, STRONG = 0.3, 0.8
BELOW = 0.06
HIGH = 0.74
"""The height of the highest bar of a row; the row itself has 1."""


ROWS: "dict[By, float]" = {"validation": 1.0, "test": 0.0}
"""Where the bars of each way to choose stand."""


class CandidatesPlot(Plot):
    """Each candidate as a dot: to the right what it has on the part it is chosen by, upwards what it has on fresh rows.
    On the line both are equal. The chosen one has a ring; an arrow falls from the number told to that of fresh rows.

    Turned to the other part, the dots move there.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plotCandidates")
        self.setAccessibleName(_("Candidates"))
        hold_still(self)
        self.setMinimumSize(300, 200)
        self.equal = pyqtgraph.PlotDataItem()
        self.dots = pyqtgraph.ScatterPlotItem(size=projector.mark(DOT))
        self.fall = pyqtgraph.PlotDataItem()
        self.head = pyqtgraph.ScatterPlotItem(size=projector.mark(HEAD))
        self.told = pyqtgraph.ScatterPlotItem(size=projector.mark(DIAMOND), symbol="d")
        self.ring = pyqtgraph.ScatterPlotItem(size=projector.mark(RING), symbol="o")
        self.gap, self.says, self.gives, self.key_words = (pyqtgraph.TextItem() for _one in range(4))
        self.key_words.setText(_("● candidate   ◆ number told   ◯ chosen"))
        words = self.gap, self.says, self.gives, self.key_words
        marks = self.equal, *words, self.dots, self.fall, self.head, self.ring, self.told
        for level, item in enumerate(marks):
            item.setZValue(level)
            self.addItem(item, ignoreBounds=True)
        self.marks = marks
        self.choices: Choices | None = None
        self.division = 0
        self.by: By = "validation"
        self.turned = 0.0
        """How far the dots are on the way from the validation part (0) to the test part (1)."""
        self._moving = QVariantAnimation(self, duration=MOVE)
        self._moving.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._moving.valueChanged.connect(self._move)
        self.apply_theme()

    def apply_theme(self) -> None:
        super().apply_theme()
        colors = theme.colors()
        self.equal.setPen(pyqtgraph.mkPen(colors.faint_text, width=projector.line(1), style=Qt.PenStyle.DashLine))
        dot = pyqtgraph.mkColor(colors.training)
        dot.setAlphaF(0.75)
        self.dots.setBrush(pyqtgraph.mkBrush(dot))
        self.dots.setPen(pyqtgraph.mkPen(colors.surface, width=1))
        self.key_words.setColor(colors.faint_text)
        self.ring.setBrush(None)
        self.ring.setPen(pyqtgraph.mkPen(colors.text, width=projector.line(2.5)))

    @property
    def factor(self) -> float:
        """What numbers are multiplied by: accuracies are shown in per cent."""
        return 100.0 if self.choices is None or not self.choices.is_value else 1.0

    def show_choices(self, choices: "Choices | None", division: int, by: "By") -> None:
        """Show a division, at once."""
        self.choices, self.division, self.by = choices, division, by
        self._moving.stop()
        if choices is not None:
            numbers = self.factor * np.stack([choices.validation, choices.test, choices.fresh])
            low, high = float(np.quantile(numbers, OUTLIERS)), float(numbers.max())
            room = max(ROOM * (high - low), 1e-3 * self.factor)
            top = high + max(ABOVE * (high - low), room)
            self.setRange(xRange=(low - room, high + room), yRange=(low - room, top), padding=0)
            self.equal.setData([low - room, high + room], [low - room, high + room])
            self.key_words.setPos(low - room, top)
            self._low = low - room / 2
        self._move(1.0 if by == "test" else 0.0)

    def turn(self, by: "By") -> None:
        """Move to what the other part says."""
        self.by = by
        self._moving.stop()
        self._moving.setStartValue(self.turned)
        self._moving.setEndValue(1.0 if by == "test" else 0.0)
        self._moving.start()

    def _move(self, turned: float) -> None:
        self.turned = turned
        self.redraw()

    def redraw(self) -> None:
        choices, at = self.choices, self.division
        for item in self.marks:
            item.setVisible(choices is not None)
        for side in ("bottom", "left"):
            self.getAxis(side).setVisible(choices is not None)
        if choices is None:
            return
        turned = self.turned
        fresh = self._in_view(choices.fresh[:, at])
        validation, test = self._in_view(choices.validation[:, at]), self._in_view(choices.test[:, at])
        honest, lying = int(choices.chosen["validation"][at]), int(choices.chosen["test"][at])
        self.dots.setData((1 - turned) * validation + turned * test, fresh)
        across = float((1 - turned) * validation[honest] + turned * test[lying])
        told = float((1 - turned) * test[honest] + turned * test[lying])
        truth = float((1 - turned) * fresh[honest] + turned * fresh[lying])
        self._draw_fall(across, told, truth)
        self._write_numbers(across, told, truth)
        self._write_axes()

    def _draw_fall(self, across: float, told: float, truth: float) -> None:
        """The number told, and the arrow from there to the chosen one."""
        colors, ink = theme.colors(), self._ink()
        pen = pyqtgraph.mkPen(ink, width=projector.line(2.5))
        self.ring.setData([across], [truth])
        self.told.setData([across], [told])
        self.told.setPen(pyqtgraph.mkPen(colors.surface, width=1))
        self.told.setBrush(pyqtgraph.mkBrush(ink))
        self.fall.setData([across, across], [told, truth])
        self.fall.setPen(pen)
        self.head.setData([across], [truth], symbol="t" if told >= truth else "t1")
        self.head.setPen(pen)
        self.head.setBrush(pyqtgraph.mkBrush(ink))

    def _ink(self) -> str:
        return theme.colors().problem if self.by == "test" else theme.colors().text

    def _write_numbers(self, across: float, told: float, truth: float) -> None:
        """What the arrow goes from and to, and its length where there is room between them; to the right, for no dot is
        right of the chosen one, as long as that is inside."""
        assert self.choices is not None
        (low, high), (bottom, top) = self.viewRange()
        is_last = across > low + LAST * (high - low)
        place = across + (-1 if is_last else 1) * BESIDE * (high - low)
        is_down = told >= truth
        digits = 3 if self.choices.is_value else 1
        number = "{:.{digits}f}" if self.choices.is_value else "{:.{digits}f}\u202f%"
        for item, words, value, up in (
            (self.says, _("says {number}"), told, 1.0 if is_down else 0.0),
            (self.gives, _("gives {number}"), truth, 0.0 if is_down else 1.0),
        ):
            item.setText(words.format(number=number.format(value, digits=digits)))
            item.setColor(self._ink() if item is self.says else theme.colors().text)
            item.fill = pyqtgraph.mkBrush(theme.colors().surface)
            # On the way there are no numbers: those between the two are no candidate's.
            item.setVisible(self.turned in (0.0, 1.0))
            item.setAnchor((is_last, up))
            item.setPos(place, value)
        self.gap.setText(signed(told - truth, digits))
        self.gap.setColor(self._ink())
        self.gap.setAnchor((is_last, 0.5))
        self.gap.setPos(place, (told + truth) / 2)
        line = self.fontMetrics().height() / self.plotItem.vb.height() * (top - bottom)
        self.gap.setVisible(self.says.isVisible() and abs(told - truth) > LINES * line)

    def _in_view(self, numbers: "Floats") -> "Floats":
        return np.maximum(self.factor * numbers, self._low)

    def _write_axes(self) -> None:
        assert self.choices is not None
        measure = _("R²") if self.choices.is_value else _("accuracy in %")
        part = _("{measure} on the test part") if self.by == "test" else _("{measure} on the validation part")
        color = theme.colors().faint_text
        self.getAxis("bottom").setLabel(part.format(measure=measure), color=color)
        self.getAxis("left").setLabel(
            _("on {count} fresh rows").format(count=Count(self.choices.fresh_rows)), color=color
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "turned"):  # pyqtgraph sets a size before there is anything
            self.redraw()


class LiesPlot(Plot):
    """By how much the number told was too high, division by division: a row of bars for each of the two ways to choose,
    with its mean, and a mark at the division that is told of."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plotLies")
        self.setAccessibleName(_("How much too high the number told was"))
        hold_still(self)
        self.setMinimumSize(240, 200)
        self.getAxis("left").setStyle(tickLength=0)
        self.truth = pyqtgraph.InfiniteLine(0, angle=90)
        self.addItem(self.truth, ignoreBounds=True)
        self.bars: dict[By, pyqtgraph.BarGraphItem] = {}
        self.means: dict[By, pyqtgraph.PlotDataItem] = {}
        self.words: dict[By, pyqtgraph.TextItem] = {}
        self.here: dict[By, pyqtgraph.ScatterPlotItem] = {}
        for by in ROWS:
            self.bars[by] = pyqtgraph.BarGraphItem(x0=[], x1=[], y0=0, y1=[])
            self.means[by] = pyqtgraph.PlotDataItem()
            self.words[by] = pyqtgraph.TextItem(anchor=(0.5, 1))
            self.here[by] = pyqtgraph.ScatterPlotItem(size=projector.mark(HEAD), symbol="t1")
            for level, item in enumerate((self.bars[by], self.words[by], self.means[by], self.here[by])):
                item.setZValue(level)
                self.addItem(item, ignoreBounds=True)
        self.setYRange(-0.16, 2, padding=0)
        self.choices: Choices | None = None
        self.division = 0
        self.by: By = "validation"
        self.apply_theme()

    def apply_theme(self) -> None:
        super().apply_theme()
        self.truth.setPen(pyqtgraph.mkPen(theme.colors().faint_text, width=projector.line(1)))

    def show_choices(self, choices: "Choices | None", division: int, by: "By") -> None:
        """Show all divisions, with one of them marked; the way to choose that is on stands out."""
        self.choices, self.division, self.by = choices, division, by
        self.redraw()

    def redraw(self) -> None:
        choices = self.choices
        for items in (self.bars, self.means, self.words, self.here):
            for item in items.values():
                item.setVisible(choices is not None)
        if choices is None:
            return
        factor = 1.0 if choices.is_value else 100.0
        lies = {by: factor * choices.lies(by) for by in ROWS}
        everything = np.concatenate(list(lies.values()))
        low, high = (float(np.quantile(everything, share)) for share in (OUTLIERS, 1 - OUTLIERS))
        reach = max(-low, high, 0.01 * factor) / 2
        edges = edges_of(min(low, -reach), max(high, reach), 0.0 if choices.is_value else factor / choices.rows)
        lies = {by: one.clip(edges[0], edges[-1]) for by, one in lies.items()}
        counts = {by: np.histogram(one, edges)[0] for by, one in lies.items()}
        most = max(int(one.max()) for one in counts.values())
        self.setXRange(float(edges[0]), float(edges[-1]), padding=ROOM)
        for by in ROWS:
            self._draw_bars(by, edges, counts[by] / most)
            self._mark(by, factor * float(choices.lies(by).mean()), float(lies[by][self.division]))
        self._write_axes(choices)

    def _draw_bars(self, by: "By", edges: "Floats", heights: "Floats") -> None:
        row, shown = ROWS[by], pyqtgraph.mkColor(self._ink(by))
        shown.setAlphaF(STRONG if by == self.by else FAINT)
        pen = pyqtgraph.mkPen(theme.colors().surface)
        self.bars[by].setOpts(x0=edges[:-1], x1=edges[1:], y0=row, y1=row + HIGH * heights, brush=shown, pen=pen)

    def _ink(self, by: "By") -> str:
        return theme.colors().problem if by == "test" else theme.colors().training

    def _mark(self, by: "By", mean: float, here: float) -> None:
        """Mark the mean, and the division that is told of."""
        assert self.choices is not None
        row, colors = ROWS[by], theme.colors()
        pen = pyqtgraph.mkPen(colors.text, width=projector.line(2.5))
        self.means[by].setData([mean, mean], [row, row + HIGH], pen=pen)
        self.words[by].setText(signed(mean, 3 if self.choices.is_value else 1))
        self.words[by].fill = pyqtgraph.mkBrush(colors.surface)
        self.words[by].setColor(colors.text)
        self.words[by].setPos(mean, row + HIGH - 0.02)
        self.here[by].setData([here], [row - BELOW], brush=colors.text, pen=pyqtgraph.mkPen(colors.surface))

    def _write_axes(self, choices: "Choices") -> None:
        names = {"validation": _("by validation"), "test": _("by test")}
        self.getAxis("left").setTicks([[(row + HIGH / 2, names[by]) for by, row in ROWS.items()]])
        across = _("R² too high (▲ this division)") if choices.is_value else _("points too high (▲ this division)")
        self.getAxis("bottom").setLabel(across, color=theme.colors().faint_text)


def signed(number: float, digits: int) -> str:
    """A number with its sign, which is no minus where it is rounded to 0."""
    return f"{round(number, digits) + 0.0:+.{digits}f}"


def edges_of(low: float, high: float, step: float) -> "Floats":
    """The edges of bars from one number to another. Accuracies on few rows come in steps: bars that were no whole
    number of them wide would be high and low by turns."""
    width = (high - low) / MOST_BINS
    if step:
        width = step * max(1, math.ceil(width / step))
    edges: Floats = low + width * np.arange(math.ceil((high - low) / width) + 1, dtype=np.float64)
    return edges
