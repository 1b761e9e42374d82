"""The settings of a study: of one variable the median at each value with its spread over the seeds; of two a map."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nnstudio.project.study_variables import variable_text
from nnstudio.studies.words import best_text, measure_text
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.look import projector, theme
from nnstudio.ui.studies import shades
from nnstudio.ui.studies.layers import Numbers, Pixels
from nnstudio.ui.studies.numbers import settings_table
from nnstudio.ui.studies.setting_cells import draw_cell
from nnstudio.ui.studies.strokes import draw_lines, draw_points
from nnstudio.ui.studies.trial_plot import TrialPlot, nearest
from nnstudio.ui.studies.value_axis import ValueAxis, is_few, levels_of

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Column, Outcomes

MOST_CELLS = 400
"""A map has cells where the values of both variables are few; else each setting is a dot."""
GAP, RIM = 1.5, 3.0
DOT, SMALL_DOT, MANY = 8.0, 3.0, 1500
WHISKER, BOX = 1.5, 5.0
WHISKER_ROOM = 400
"""Of more settings the spreads are thin lines."""


class SettingsPlot(TrialPlot):
    """`across` and `up` are the keys of the variables that are drawn, `up` "" for the measure. Settings that differ in
    other variables only are folded into the best of them, or left out that differ from the best of all there."""

    can_move = False

    def __init__(self) -> None:
        super().__init__(
            "plotStudySettings", _("Settings of the study"), {"bottom": ValueAxis("bottom"), "left": ValueAxis("left")}
        )
        self.across = ""
        self.up = ""
        self.is_folded = True
        self.settings: NDArray[np.intp] = np.empty(0, np.intp)
        """The settings that are drawn (s,), where (s,) each, and in which colour."""
        self.places: tuple[NDArray[np.float64], NDArray[np.float64]] = (np.empty(0), np.empty(0))
        self.steps: NDArray[np.int8] = np.empty(0, np.int8)
        self.has_cells = False
        self._ends = (0.0, 1.0)

    def choose(self, across: str, up: str, is_folded: bool) -> None:
        """Draw other variables."""
        self.across, self.up, self.is_folded = across, up, is_folded
        if self.outcomes is not None:
            brushed, lit = self.brushed, self.lit
            self._area = QRectF()
            self.show_outcomes(self.outcomes, self.optimism)
            self.brush(brushed)
            self.light_up(lit)

    # --- places -----------------------------------------------------------------------------------------------------

    def prepare(self, outcomes: "Outcomes") -> None:
        keys = [column.key for column in outcomes.columns]
        if self.across not in keys:
            self.across, self.up = keys[0] if keys else "", keys[1] if len(keys) > 1 else ""
        if self.up not in keys or self.up == self.across:
            self.up = next((key for key in keys if key != self.across), "") if len(keys) > 1 else ""
        self.has_cells = False
        if not keys:
            self.settings = np.empty(0, np.intp)
            return
        across = outcomes.column(self.across)
        up = outcomes.column(self.up) if self.up else None
        self.has_cells = up is not None and is_grid(across, up)
        self.settings = shown_settings(outcomes, [one for one in (across, up) if one is not None], self.is_folded)
        scale = shades.scale_of(outcomes.scores, outcomes.is_lower_better)
        self.steps = scale.steps(outcomes.spread.median[self.settings])
        self.places = (
            self._along(across),
            self._along(up) if up is not None else self._measured(outcomes, outcomes.spread.median),
        )
        self._write_axes()

    def _along(self, column: "Column") -> NDArray[np.float64]:
        """Where the settings that are drawn lie along a variable."""
        if self.has_cells:
            found = np.searchsorted(levels_of(column), column.places[self.settings]).astype(float)
            found[~np.isfinite(column.places[self.settings])] = np.nan
            return found
        return np.asarray(column.axis_places[self.settings])

    def _measured(self, outcomes: "Outcomes", values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where measures lie that may be infinite: those at the poor end."""
        known = np.concatenate([outcomes.spread.median, outcomes.spread.low, outcomes.spread.high])
        known = known[np.isfinite(known)]
        if len(known):
            self._ends = float(known.min()), float(known.max())
        return np.clip(values[self.settings], *self._ends)

    def area(self) -> QRectF:
        across, up = (one[np.isfinite(one)] for one in self.places)
        if not len(across) or not len(up):
            return QRectF(0, 0, 1, 1)
        if self.has_cells and self.outcomes is not None:
            size = [len(levels_of(self.outcomes.column(key))) for key in (self.across, self.up)]
            return QRectF(-0.5, -0.5, size[0], size[1])
        low, high = (float(up.min()), float(up.max())) if self.up else self._ends
        return QRectF(float(across.min()), low, float(np.ptp(across)), high - low)

    def keep_range(self, data: QRectF, is_same: bool) -> None:
        if self.has_cells:
            self._area = data
            self.show_everything()
        else:
            super().keep_range(data, is_same)

    def _write_axes(self) -> None:
        outcomes = self.outcomes
        if outcomes is None or not self.across:
            return
        network = outcomes.study.network
        bottom, left = self.getAxis("bottom"), self.getAxis("left")
        self.name_axis("bottom", variable_text(network, self.across))
        across = outcomes.column(self.across)
        letter = max(1, self.fontMetrics().averageCharWidth())
        columns = len(levels_of(across)) if self.has_cells or is_few(across) else 8
        bottom.show_column(network, across, max(3, (self.width() - 70) // max(1, columns) // letter), self.has_cells)
        if self.up:
            left.show_column(network, outcomes.column(self.up), 14, self.has_cells)
            self.name_axis("left", variable_text(network, self.up))
        else:
            left.write(None)
            self.name_axis("left", measure_text(outcomes.study.measure))

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        if hasattr(self, "places"):  # pyqtgraph sets a size before there is anything to name
            self._write_axes()

    # --- drawing ----------------------------------------------------------------------------------------------------

    def marks(self, brushed: NDArray[np.bool_] | None) -> tuple[int, int]:
        return 3 * len(self.settings), 3 * int(self._inside().sum())

    def _inside(self) -> NDArray[np.bool_]:
        """Which of the settings that are drawn have a trial in what was brushed (s,)."""
        if self.brushed is None or self.outcomes is None:
            return np.ones(len(self.settings), np.bool_)
        any_in = np.zeros(len(self.outcomes.numbers), np.bool_)
        any_in[self.outcomes.setting_of[self.brushed]] = True
        return np.asarray(any_in[self.settings])

    def draw_outside(self, painter: QPainter, pixels: Pixels) -> None:
        everything = np.ones(len(self.settings), np.bool_)
        if self.has_cells:
            self._draw_cells(painter, pixels, everything, is_out=True)
        else:
            self._draw_dots(painter, pixels, everything, is_out=True)

    def draw_inside(self, painter: QPainter, pixels: Pixels) -> None:
        if self.has_cells:
            self._draw_cells(painter, pixels, self._inside(), is_out=False)
        else:
            self._draw_dots(painter, pixels, self._inside(), is_out=False)

    def _draw_dots(self, painter: QPainter, pixels: Pixels, inside: NDArray[np.bool_], is_out: bool) -> None:
        across, up = pixels.across(self.places[0]), pixels.up(self.places[1])
        size = projector.mark(int(DOT if len(self.settings) <= MANY else SMALL_DOT))
        points = np.stack([across, up], axis=1)
        colors = [shades.out_color().name()] * shades.STEPS if is_out else shades.colors()
        for step, color in enumerate(colors):
            of_step = inside & (self.steps == step)
            if not of_step.any():
                continue
            if not self.up:
                self._draw_spreads(painter, pixels, across, of_step, color)
            draw_points(painter, points[of_step], color, size)
        best = self._best()
        if best is not None and not is_out and inside[best]:
            draw_points(painter, points[best : best + 1], theme.colors().surface, 2 * size + RIM)
            draw_points(painter, points[best : best + 1], theme.colors().flag, 2 * size)

    def _draw_spreads(
        self, painter: QPainter, pixels: Pixels, across: Numbers, chosen: NDArray[np.bool_], color: str
    ) -> None:
        """A whisker over all seeds of each setting, and a bar over the middle half of them."""
        outcomes = self.outcomes
        if outcomes is None:
            return
        spread, is_few_settings = outcomes.spread, len(self.settings) <= WHISKER_ROOM
        pairs = [(spread.low, spread.high, WHISKER if is_few_settings else 1.0)]
        if is_few_settings:
            pairs.append((spread.lower_quartile, spread.upper_quartile, BOX))
        for low, high, width in pairs:
            lines = np.stack(
                [across, pixels.up(self._measured(outcomes, low)), across, pixels.up(self._measured(outcomes, high))],
                axis=1,
            )
            draw_lines(painter, lines[chosen], color, projector.line(width))

    def _best(self) -> int | None:
        """The place of the best setting among those drawn."""
        if self.outcomes is None or self.outcomes.best is None:
            return None
        found = np.flatnonzero(self.settings == self.outcomes.best)
        return int(found[0]) if len(found) else None

    def _cell(self, pixels: Pixels, number: int) -> QRectF:
        corner = pixels.point(float(self.places[0][number]) - 0.5, float(self.places[1][number]) + 0.5)
        other = pixels.point(float(self.places[0][number]) + 0.5, float(self.places[1][number]) - 0.5)
        return QRectF(corner, other).normalized().adjusted(GAP, GAP, -GAP, -GAP)

    def _draw_cells(self, painter: QPainter, pixels: Pixels, inside: NDArray[np.bool_], is_out: bool) -> None:
        outcomes = self.outcomes
        if outcomes is None:
            return
        colors, scale = shades.colors(), shades.scale_of(outcomes.scores, outcomes.is_lower_better)
        for number in np.flatnonzero(inside & np.isfinite(self.places[0]) & np.isfinite(self.places[1])).tolist():
            cell = self._cell(pixels, number)
            if is_out:
                painter.fillRect(cell, shades.out_color())
            else:
                draw_cell(painter, cell, outcomes, int(self.settings[number]), colors[int(self.steps[number])], scale)
        best = self._best()
        if best is not None and not is_out and inside[best]:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.colors().flag), projector.line(3)))
            painter.drawRect(self._cell(pixels, best))

    def draw_lit(self, painter: QPainter, pixels: Pixels, place: int) -> None:
        number = self._drawn(place)
        if number is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(shades.lit_color(), projector.line(3)))
        if self.has_cells:
            painter.drawRect(self._cell(pixels, number))
            return
        middle = pixels.point(float(self.places[0][number]), float(self.places[1][number]))
        painter.drawEllipse(middle, DOT, DOT)
        if not self.up and self.outcomes is not None:
            score = np.clip(np.nan_to_num(self.outcomes.scores[place], nan=self._ends[0]), *self._ends)
            own = pixels.point(float(self.places[0][number]), float(score))
            painter.drawLine(own - QPointF(DOT, 0), own + QPointF(DOT, 0))

    def _drawn(self, place: int) -> int | None:
        """Which of the settings that are drawn stands for a trial: its own, or the one it is folded into."""
        if self.outcomes is None:
            return None
        setting = int(self.outcomes.setting_of[place])
        found = np.flatnonzero(self.settings == setting)
        if len(found):
            return int(found[0])
        same = np.ones(len(self.settings), np.bool_)
        for key in (self.across, self.up):
            if key:
                places = self.outcomes.column(key).places
                same &= places[self.settings] == places[setting]
        found = np.flatnonzero(same)
        return int(found[0]) if len(found) and self.is_folded else None

    def trial_at(self, where: QPointF, pixels: Pixels) -> int | None:
        if self.outcomes is None:
            return None
        across, up = pixels.across(self.places[0]), pixels.up(self.places[1])
        if self.has_cells:
            cell = QSizeF(abs(pixels.transform.m11()), abs(pixels.transform.m22()))
            away = np.maximum(np.abs(across - where.x()) / cell.width(), np.abs(up - where.y()) / cell.height())
            away = np.where(np.isfinite(away), away, np.inf)
            found = int(away.argmin()) if len(away) and away.min() <= 0.5 else None
        else:
            found = nearest(across, up, where)
        return None if found is None else self.outcomes.typical_trial(int(self.settings[found]))

    def table(self) -> str:
        return "" if self.outcomes is None else settings_table(self.outcomes, self.optimism)

    def sentence(self) -> str:
        if self.outcomes is None:
            return _("nothing is drawn yet")
        count = len(self.outcomes.numbers)
        words = translate_count("{count} setting", "{count} settings", count).format(count=Count(count))
        return f"{words}. {best_text(self.outcomes, self.optimism)}"


def is_grid(across: "Column", up: "Column") -> bool:
    """Whether the values of two variables are so few that each pair of them can have a cell that is mostly taken."""
    cells = len(levels_of(across)) * len(levels_of(up))
    if not 0 < cells <= MOST_CELLS:
        return False
    pairs = np.stack([across.places, up.places], axis=1)
    return len(np.unique(pairs[np.isfinite(pairs).all(axis=1)], axis=0)) >= cells / 3


def shown_settings(outcomes: "Outcomes", chosen: "list[Column]", is_folded: bool) -> NDArray[np.intp]:
    """The settings that are drawn by these variables: of those that differ in others only, the best; or those that
    have of the others what the best of all has. The best stands last, over the others."""
    ranked = outcomes.ranked
    others = [column for column in outcomes.columns if column.key not in [one.key for one in chosen]]
    if others and not is_folded and outcomes.best is not None:
        same = np.ones(len(ranked), np.bool_)
        for column in others:
            same &= column.places[ranked] == column.places[outcomes.best]
        ranked = ranked[same]
    if others:
        pairs = np.stack([column.places[ranked] for column in chosen], axis=1)
        _pairs, first = np.unique(pairs, axis=0, return_index=True)
        ranked = ranked[np.sort(first)]
    return np.asarray(ranked[::-1], np.intp)
