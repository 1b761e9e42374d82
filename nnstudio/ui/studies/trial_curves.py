"""The validation curves of all trials of a study; those that were cut short faint, the best strong."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.look import projector, theme
from nnstudio.ui.studies import shades
from nnstudio.ui.studies.layers import Numbers, Pixels
from nnstudio.ui.studies.names import measure_text, score_text, setting_text
from nnstudio.ui.studies.strokes import draw_lines, draw_points, joined
from nnstudio.ui.studies.trial_plot import TrialPlot

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Outcomes

MOST_POINTS = 200_000
"""Of all curves together; of more, each has fewer, close together where it begins."""
FEWEST_POINTS, USUAL_POINTS = 12, 200
HIGHEST = 0.97
"""The share of all losses that is in view at first: some begin or end far above the others."""
BEST_WIDTH, LIT_WIDTH = 2.5, 3.0
END = 7


class TrialCurves(TrialPlot):
    """Each curve is drawn by so many points at most that all together can be drawn while the pointer moves."""

    def __init__(self) -> None:
        super().__init__("plotStudyCurves", _("Curves of the trials"))
        self.epochs: Numbers = np.empty((0, 0))
        self.values: Numbers = np.empty((0, 0))
        self.steps: NDArray[np.int8] = np.empty(0, np.int8)

    def prepare(self, outcomes: "Outcomes") -> None:
        curves = [np.asarray(getattr(run.history, outcomes.study.measure), float) for run in outcomes.runs]
        self.epochs, self.values = thinned(curves)
        self.steps = shades.scale_of(outcomes.scores, outcomes.is_lower_better).steps(outcomes.scores)
        self._label()

    def _label(self) -> None:
        if self.outcomes is not None:
            faint = theme.colors().faint_text
            self.getAxis("left").setLabel(measure_text(self.outcomes.study.measure), color=faint)
            self.getAxis("bottom").setLabel(_("Epoch"), color=faint)

    def apply_theme(self) -> None:
        super().apply_theme()
        if hasattr(self, "epochs"):
            self._label()

    def area(self) -> QRectF:
        known = self.values[np.isfinite(self.values)]
        if not len(known):
            return QRectF(0, 0, 1, 1)
        low, high = float(known.min()), float(known.max())
        if self.outcomes is not None and self.outcomes.is_lower_better:
            high = max(float(np.quantile(known, HIGHEST)), low + 1e-9)
        return QRectF(1, low, max(1.0, float(np.nanmax(self.epochs)) - 1), high - low)

    def marks(self, brushed: NDArray[np.bool_] | None) -> tuple[int, int]:
        per_curve = max(1, self.values.shape[1])
        return len(self.values) * per_curve, per_curve * (len(self.values) if brushed is None else int(brushed.sum()))

    def _lines(self, pixels: Pixels, chosen: NDArray[np.bool_]) -> Numbers:
        return joined(pixels.across(self.epochs[chosen]), pixels.up(self.values[chosen]))

    def draw_outside(self, painter: QPainter, pixels: Pixels) -> None:
        everything = np.ones(len(self.values), np.bool_)
        draw_lines(painter, self._lines(pixels, everything), shades.out_color(), projector.line(1))

    def draw_inside(self, painter: QPainter, pixels: Pixels) -> None:
        outcomes = self.outcomes
        if outcomes is None or not len(self.values):
            return
        inside = np.ones(len(self.values), np.bool_) if self.brushed is None else self.brushed
        short = outcomes.is_cut_short & inside
        faint = theme.mixed(theme.colors().surface, theme.colors().faint_text, 0.4)
        draw_lines(painter, self._lines(pixels, short), faint, projector.line(1))
        self._draw_ends(painter, pixels, short)
        for step, color in enumerate(shades.colors()):
            of_step = inside & ~outcomes.is_cut_short & (self.steps == step)
            draw_lines(painter, self._lines(pixels, of_step), color, projector.line(1))
        if outcomes.best is not None:
            best = outcomes.typical_trial(outcomes.best)
            self._draw_whole(painter, pixels, best, theme.colors().flag, BEST_WIDTH)

    def _draw_ends(self, painter: QPainter, pixels: Pixels, short: NDArray[np.bool_]) -> None:
        """A small mark where a curve was cut short."""
        epochs, values = self.epochs[short], self.values[short]
        rows = np.arange(len(values))
        last = values.shape[1] - 1 - np.isfinite(values)[:, ::-1].argmax(axis=1)
        ends = np.stack([pixels.across(epochs[rows, last]), pixels.up(values[rows, last])], axis=1)
        draw_points(painter, ends, theme.mixed(theme.colors().surface, theme.colors().faint_text, 0.7), 4)

    def _draw_whole(self, painter: QPainter, pixels: Pixels, place: int, color: str, width: float) -> None:
        """One curve with all its points, and a mark at its best epoch."""
        outcomes = self.outcomes
        if outcomes is None:
            return
        run = outcomes.runs[place]
        values = np.asarray(getattr(run.history, outcomes.study.measure), float)
        epochs = np.arange(1.0, len(values) + 1)
        known = np.isfinite(values)
        across, up = pixels.across(epochs[known]), pixels.up(values[known])
        pen = QPen(QColor(color), projector.line(width))
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zip(across.tolist(), up.tolist(), strict=True)]))
        if run.best_epoch is not None and np.isfinite(outcomes.scores[place]):
            at = pixels.point(run.best_epoch, float(outcomes.scores[place]))
            draw_points(painter, np.array([[at.x(), at.y()]]), color, projector.mark(END))

    def draw_lit(self, painter: QPainter, pixels: Pixels, place: int) -> None:
        self._draw_whole(painter, pixels, place, theme.colors().selection, LIT_WIDTH)

    def trial_at(self, where: QPointF, pixels: Pixels) -> int | None:
        return nearest_line(pixels.across(self.epochs), pixels.up(self.values), where, self.brushed)

    def sentence(self) -> str:
        outcomes = self.outcomes
        if outcomes is None or not len(outcomes.runs):
            return _("nothing is drawn yet")
        count, short = len(outcomes.runs), int(outcomes.is_cut_short.sum())
        said = translate_count("The curve of {count} trial", "The curves of {count} trials", count).format(
            count=Count(count)
        )
        if short:
            said += ", " + _("of which {short} ended early").format(short=Count(short))
        if outcomes.best is not None:
            best = outcomes.typical_trial(outcomes.best)
            said += "; " + _("the best setting, {setting}, comes to {score} in epoch {epoch}").format(
                setting=setting_text(outcomes.study.network, outcomes.values_of(outcomes.best)),
                score=score_text(outcomes.study.measure, float(outcomes.scores[best])),
                epoch=outcomes.runs[best].best_epoch or outcomes.runs[best].epochs_run,
            )
        return said


def thinned(curves: list[NDArray[np.float64]]) -> tuple[Numbers, Numbers]:
    """Epochs and values (n, p) of curves of any lengths, each by the same number of points: all of it where that is
    little, else closer together at the beginning, where curves bend. NaN where a shorter one has no more."""
    if not curves:
        return np.empty((0, 0)), np.empty((0, 0))
    lengths = np.array([len(curve) for curve in curves])
    longest = int(lengths.max(initial=0))
    points = min(longest, int(np.clip(MOST_POINTS // len(curves), FEWEST_POINTS, USUAL_POINTS)))
    everything = np.concatenate([*curves, [np.nan]])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    if points == longest:
        places = np.broadcast_to(np.arange(points), (len(curves), points))
    else:
        share = np.linspace(0, 1, points) ** 1.5
        places = np.rint(share * np.maximum(lengths - 1, 0)[:, None]).astype(int)
    is_there = places < lengths[:, None]
    taken = np.where(is_there, starts[:, None] + places, len(everything) - 1)
    return np.where(is_there, places + 1.0, np.nan), everything[taken]


def nearest_line(
    across: Numbers, up: Numbers, where: QPointF, among: NDArray[np.bool_] | None = None, within: float = 10.0
) -> int | None:
    """Which of the lines (n, p) passes nearest above or below a place, None where none does within so many pixels."""
    if across.size == 0 or across.shape[1] < 2:
        return None
    first, last = across[:, :-1], across[:, 1:]
    rows, parts = np.nonzero((first <= where.x()) & (where.x() <= last))
    if among is not None:
        kept = among[rows]
        rows, parts = rows[kept], parts[kept]
    x0, x1, y0, y1 = first[rows, parts], last[rows, parts], up[rows, parts], up[rows, parts + 1]
    rise = (y1 - y0) / np.maximum(x1 - x0, 1e-9)
    # Of a steep line the height above is more than the distance to it.
    away = np.abs(y0 + rise * (where.x() - x0) - where.y()) / np.hypot(1.0, rise)
    away = np.where(np.isfinite(away), away, np.inf)
    if not len(away) or away.min() > within:
        return None
    return int(rows[int(away.argmin())])
