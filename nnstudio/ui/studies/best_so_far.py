"""How the best of a study came about: the best median so far against the settings tried, and below it what of that is
luck."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from nnstudio.studies.words import best_text, measure_text, optimism_text
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.look import projector, theme
from nnstudio.ui.studies import shades
from nnstudio.ui.studies.layers import Numbers, Pixels
from nnstudio.ui.studies.numbers import settings_table
from nnstudio.ui.studies.strokes import draw_points
from nnstudio.ui.studies.trial_plot import TrialPlot, nearest

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Outcomes

POOR = 0.1
"""The share of the settings that may lie below what is in view."""
BAND = 0.3
"""How opaque the band of luck is."""
LEAST_SPAN, FEWEST_ACROSS = 0.02, 4
"""What is in view at least: of the measure this share of the best, and so many settings."""
LETTERS, INSET = 12, 8
DOT, SMALL_DOT, MANY = 6.0, 3.0, 1500


class BestSoFar(TrialPlot):
    """A step for each setting that was better than all before; a dot for each setting."""

    def __init__(self) -> None:
        super().__init__("plotStudyBest", _("Best so far"))
        self.best: Numbers = np.empty(0)
        self.steps: NDArray[np.int8] = np.empty(0, np.int8)

    def prepare(self, outcomes: "Outcomes") -> None:
        median = outcomes.spread.median
        self.best = median[outcomes.best_so_far]
        self.steps = shades.scale_of(outcomes.scores, outcomes.is_lower_better).steps(median)
        self.name_axis("left", measure_text(outcomes.study.measure))
        self.name_axis("bottom", _("Settings tried"))

    def honest(self) -> Numbers:
        """The best so far less its luck (k,); NaN where that is not known."""
        if self.outcomes is None or self.optimism is None or self.optimism.found is None:
            return np.full(len(self.best), np.nan)
        excess = np.maximum(0.0, self.optimism.band())
        if len(excess) != len(self.best):  # it was computed from fewer trials
            excess = np.interp(np.arange(len(self.best)), np.arange(len(excess)), excess)
        return self.best + excess if self.outcomes.is_lower_better else self.best - excess

    def area(self) -> QRectF:
        if self.outcomes is None:
            return QRectF(0, 0, 1, 1)
        median = self.outcomes.spread.median[np.isfinite(self.outcomes.spread.median)]
        if not len(median):
            return QRectF(0, 0, 1, 1)
        share = 1 - POOR if self.outcomes.is_lower_better else POOR
        in_view = np.concatenate([self.best, self.honest(), [np.quantile(median, share)]])
        in_view = in_view[np.isfinite(in_view)]
        low, high = float(in_view.min()), float(in_view.max())
        room = max(0.0, LEAST_SPAN * abs(high) - (high - low)) / 2
        return QRectF(1, low - room, max(FEWEST_ACROSS, len(self.best) - 1), high - low + 2 * room)

    def show_optimism(self, optimism: object) -> None:
        super().show_optimism(optimism)  # type: ignore[arg-type]
        self.keep_range(self.area(), is_same=self._area.width() > 0)
        self._version += 1
        self.draw()

    def marks(self, brushed: NDArray[np.bool_] | None) -> tuple[int, int]:
        return len(self.best), len(self.best)

    def _points(self, pixels: Pixels) -> Numbers:
        if self.outcomes is None:
            return np.empty((0, 2))
        numbers = np.arange(1.0, len(self.best) + 1)
        return np.stack([pixels.across(numbers), pixels.up(self.outcomes.spread.median)], axis=1)

    def draw_outside(self, painter: QPainter, pixels: Pixels) -> None:
        draw_points(painter, self._points(pixels), shades.out_color(), self._dot())

    def draw_inside(self, painter: QPainter, pixels: Pixels) -> None:
        outcomes = self.outcomes
        if outcomes is None or not len(self.best):
            return
        self._draw_band(painter, pixels)
        points, inside = self._points(pixels), np.ones(len(self.best), np.bool_)
        if self.brushed is not None:
            inside[:] = False
            inside[outcomes.setting_of[self.brushed]] = True
        for step, color in enumerate(shades.colors()):
            draw_points(painter, points[inside & (self.steps == step)], color, self._dot())
        painter.setPen(QPen(QColor(theme.colors().flag), projector.line(2)))
        painter.drawPolyline(stairs(pixels, self.best))

    def _draw_band(self, painter: QPainter, pixels: Pixels) -> None:
        """Fill what lies between the best so far and what is left of it without luck."""
        honest = self.honest()
        known = np.isfinite(honest) & np.isfinite(self.best)
        if not known.any():
            return
        first = int(known.argmax())
        band = stairs(pixels, self.best[first:], first)
        below = stairs(pixels, honest[first:], first)
        for place in range(below.size() - 1, -1, -1):
            band.append(below.at(place))
        fill = QColor(theme.colors().flag)
        fill.setAlphaF(BAND)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(band)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _dot(self) -> float:
        return projector.mark(int(DOT if len(self.best) <= MANY else SMALL_DOT))

    def draw_words(self, painter: QPainter, pixels: Pixels) -> None:
        """How much of the lead is luck, where the plot is empty: below the best, at the end."""
        outcomes = self.outcomes
        if outcomes is None or outcomes.best is None:
            return
        words = optimism_text(outcomes, self.optimism)
        font = painter.font()
        font.setPixelSize(projector.letters(LETTERS))
        painter.setFont(font)
        area = pixels.area.adjusted(INSET, INSET, -INSET, -INSET)
        up = Qt.AlignmentFlag.AlignTop if outcomes.is_lower_better else Qt.AlignmentFlag.AlignBottom
        flags = up | Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextWordWrap
        colors = theme.colors()
        ground = QColor(colors.surface)
        ground.setAlphaF(0.8)
        painter.fillRect(painter.boundingRect(area, flags, words).adjusted(-3, -1, 3, 1), ground)
        painter.setPen(QColor(colors.text))
        painter.drawText(area, flags, words)

    def draw_lit(self, painter: QPainter, pixels: Pixels, place: int) -> None:
        if self.outcomes is None:
            return
        setting = int(self.outcomes.setting_of[place])
        point = pixels.point(setting + 1.0, float(self.outcomes.spread.median[setting]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(shades.lit_color(), projector.line(2.5)))
        across = point.x()
        painter.drawLine(QPointF(across, pixels.area.top()), QPointF(across, pixels.area.bottom()))
        painter.drawEllipse(point, DOT, DOT)

    def trial_at(self, where: QPointF, pixels: Pixels) -> int | None:
        if self.outcomes is None:
            return None
        points = self._points(pixels)
        setting = nearest(points[:, 0], points[:, 1], where)
        return None if setting is None else self.outcomes.typical_trial(setting)

    def table(self) -> str:
        return "" if self.outcomes is None else settings_table(self.outcomes, self.optimism)

    def sentence(self) -> str:
        outcomes = self.outcomes
        if outcomes is None or not len(self.best):
            return _("nothing is drawn yet")
        steps = int(np.count_nonzero(np.diff(self.best))) + 1
        words = translate_count("{count} setting was the best so far", "{count} settings were the best so far", steps)
        return f"{words.format(count=Count(steps))}. {best_text(outcomes, self.optimism)}"


def stairs(pixels: Pixels, values: Numbers, first: int = 0) -> QPolygonF:
    """The corners in pixels of a line that goes level from each setting to the next; those alone where it steps."""
    values = np.asarray(values, float)
    known = np.isfinite(values)
    is_corner = np.ones(len(values), np.bool_)
    is_corner[1:-1] = values[1:-1] != values[:-2]
    is_corner &= known
    corners = np.flatnonzero(is_corner)
    across, up = pixels.across(corners + first + 1.0), pixels.up(values[corners])
    line = QPolygonF()
    for number, (x, y) in enumerate(zip(across.tolist(), up.tolist(), strict=True)):
        if number:
            line.append(QPointF(x, up[number - 1]))
        line.append(QPointF(x, y))
    return line
