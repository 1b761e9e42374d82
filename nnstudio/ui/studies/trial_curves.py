"""The validation curves of all trials of a study; those that were cut short faint, the best strong."""

import math
from collections.abc import Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from nnstudio.project.study_variables import setting_text
from nnstudio.studies.words import measure_text, score_text
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.look import projector, theme
from nnstudio.ui.studies import shades
from nnstudio.ui.studies.layers import Numbers, Pixels
from nnstudio.ui.studies.numbers import curves_table
from nnstudio.ui.studies.strokes import draw_points, draw_polylines, nearest_line
from nnstudio.ui.studies.trial_plot import TrialPlot, line_width

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Outcomes

MOST_POINTS = 200_000
"""Of all curves together; of more, each has fewer, close together where it begins."""
FEWEST_POINTS, USUAL_POINTS = 12, 200
HIGHEST = 0.97
"""The share of all losses that is in view at first: some begin or end far above the others."""
BEST_WIDTH, LIT_WIDTH, HALO = 2.5, 3.0, 3.0
END = 7


class TrialCurves(TrialPlot):
    """Each curve is drawn by so many points at most that all together can be drawn while the pointer moves."""

    def __init__(self) -> None:
        super().__init__("plotStudyCurves", _("Curves of the trials"))
        self.epochs: Numbers = np.empty(0)
        self.values: Numbers = np.empty((0, 0))
        self.steps: NDArray[np.int8] = np.empty(0, np.int8)
        """0 for what was cut short, else 1 and more on the scale (n,)."""

    def prepare(self, outcomes: "Outcomes") -> None:
        curves = [getattr(run.history, outcomes.study.measure) for run in outcomes.runs]
        self.epochs, self.values = thinned(curves)
        steps = shades.scale_of(outcomes.scores, outcomes.is_lower_better).steps(outcomes.scores)
        self.steps = np.where(outcomes.is_cut_short, 0, steps + 1).astype(np.int8)
        self.name_axis("left", measure_text(outcomes.study.measure))
        self.name_axis("bottom", _("Epoch"))

    def area(self) -> QRectF:
        known = self.values[np.isfinite(self.values)]
        if not len(known):
            return QRectF(0, 0, 1, 1)
        low, high = float(known.min()), float(known.max())
        if self.outcomes is not None and self.outcomes.is_lower_better:
            high = max(float(np.quantile(known, HIGHEST)), low + 1e-9)
        return QRectF(1, low, max(1.0, float(self.epochs.max()) - 1), high - low)

    def marks(self, brushed: NDArray[np.bool_] | None) -> tuple[int, int]:
        per_curve = max(1, self.values.shape[1])
        return len(self.values) * per_curve, per_curve * (len(self.values) if brushed is None else int(brushed.sum()))

    def draw_outside(self, painter: QPainter, pixels: Pixels) -> None:
        steps = np.zeros(len(self.values), np.int8)
        up = pixels.up(self.values)
        draw_polylines(painter, pixels.across(self.epochs), up, steps, [shades.out_color().name()], line_width(len(up)))

    def draw_inside(self, painter: QPainter, pixels: Pixels) -> None:
        outcomes = self.outcomes
        if outcomes is None or not self.values.size:
            return
        inside = np.ones(len(self.values), np.bool_) if self.brushed is None else self.brushed
        faint = theme.mixed(theme.colors().surface, theme.colors().faint_text, 0.4)
        up, steps = pixels.up(self.values[inside]), self.steps[inside]
        draw_polylines(painter, pixels.across(self.epochs), up, steps, [faint, *shades.colors()], line_width(len(up)))
        self._draw_ends(painter, pixels, outcomes.is_cut_short & inside)
        if outcomes.best is not None:
            best = outcomes.typical_trial(outcomes.best)
            self._draw_whole(painter, pixels, best, theme.colors().flag, BEST_WIDTH)

    def _draw_ends(self, painter: QPainter, pixels: Pixels, short: NDArray[np.bool_]) -> None:
        """A small mark where a curve was cut short."""
        values = self.values[short]
        last = values.shape[1] - 1 - np.isfinite(values)[:, ::-1].argmax(axis=1)
        ends = [pixels.across(self.epochs[last]), pixels.up(values[np.arange(len(values)), last])]
        draw_points(painter, np.stack(ends, axis=1), theme.mixed(theme.colors().surface, theme.colors().text, 0.5), 4)

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
        self._draw_whole(painter, pixels, place, theme.colors().surface, LIT_WIDTH + HALO)
        self._draw_whole(painter, pixels, place, shades.lit_color().name(), LIT_WIDTH)

    def trial_at(self, where: QPointF, pixels: Pixels) -> int | None:
        return nearest_line(pixels.across(self.epochs), pixels.up(self.values), where, self.brushed)

    def table(self) -> str:
        return "" if self.outcomes is None else curves_table(self.outcomes)

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


def thinned(curves: Sequence[Sequence[float]]) -> tuple[Numbers, Numbers]:
    """The epochs (p,) that are drawn, and the values (n, p) of curves of any lengths there: all where they are few,
    else closer together at the beginning, where curves bend. NaN where a shorter one has no more."""
    longest = max(map(len, curves), default=0)
    if not longest:
        return np.empty(0), np.empty((len(curves), 0))
    points = min(longest, max(FEWEST_POINTS, min(USUAL_POINTS, MOST_POINTS // len(curves))))
    shares = np.linspace(0, 1, points) ** (1.0 if points == longest else 1.5)
    places = np.unique(np.rint((longest - 1) * shares).astype(int)).tolist()
    taken = itemgetter(*places) if len(places) > 1 else tuple  # a Python loop over all points would take a second
    rows = [taken(curve) if len(curve) == longest else at_places(curve, places) for curve in curves]
    return np.array(places) + 1.0, np.array(rows, float)


def at_places(curve: Sequence[float], places: Sequence[int]) -> tuple[float, ...]:
    """A shorter curve's values, NaN behind its end."""
    return tuple(curve[place] if place < len(curve) else math.nan for place in places)
