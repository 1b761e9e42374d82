"""Parallel coordinates: an axis for each variable and for the measure, a line for each trial; a range that is dragged
on an axis leaves the trials through it."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent

from nnstudio.project.study_variables import variable_text
from nnstudio.text import Count
from nnstudio.text import translate as _
from nnstudio.ui.look import projector, theme
from nnstudio.ui.studies import shades
from nnstudio.ui.studies.layers import Numbers, Pixels
from nnstudio.ui.studies.numbers import trials_table
from nnstudio.ui.studies.parallel_axes import ParallelAxis, axes_of
from nnstudio.ui.studies.strokes import draw_polylines, nearest_line
from nnstudio.ui.studies.trial_plot import STILL, TrialPlot, line_width

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Outcomes

AIM = 3.0
"""Pixels by which a hand misses the end that it means."""
GRIP = 16.0
"""Pixels beside an axis from which a range is dragged on it."""
SIDE = 0.45
"""How much room there is beside the outer axes, of that between two."""
NAME_LINES, BRUSH, LETTERS = 2, 7.0, 11
BEST_WIDTH, LIT_WIDTH, HALO = 2.5, 3.0, 3.0
FEW, WIDER = 150, 1.6


class ParallelPlot(TrialPlot):
    """`brush_changed(mask)` comes with which trials go through all ranges (n,), None without ranges."""

    brush_changed = Signal(object)
    can_move = False

    def __init__(self) -> None:
        super().__init__("plotStudyParallel", _("Parallel coordinates"))
        self.axes: tuple[ParallelAxis, ...] = ()
        self.shares: Numbers = np.empty((0, 0))
        """How far up each axis each trial goes (n, a), 0 to 1."""
        self.steps: NDArray[np.int8] = np.empty(0, np.int8)
        self.brushes: dict[str, tuple[float, float]] = {}
        """The ranges by the keys of their axes, in the places of these."""
        self._dragged: tuple[ParallelAxis, float] | None = None
        for side in ("left", "bottom"):
            self.hideAxis(side)
        self.setToolTip(_("Drag along an axis to keep the trials in that range; click the axis to let go of it"))

    def prepare(self, outcomes: "Outcomes") -> None:
        self.axes = axes_of(outcomes)
        self.brushes = {key: span for key, span in self.brushes.items() if key in [axis.key for axis in self.axes]}
        self.shares = np.stack([axis.shares() for axis in self.axes], axis=1)
        self.steps = shades.scale_of(outcomes.scores, outcomes.is_lower_better).steps(outcomes.scores)

    # --- range ------------------------------------------------------------------------------------------------------

    def _margins(self) -> tuple[float, float]:
        """The pixels above the axes for their names, and below for their lowest values."""
        line = 1.3 * projector.letters(LETTERS)
        return (NAME_LINES + 1) * line + 4, line + 4

    def keep_range(self, data: QRectF, is_same: bool) -> None:
        above, below = self._margins()
        height = max(20.0, self.height() - above - below)
        last = max(1, len(self.axes) - 1)
        self._area = QRectF(-SIDE, -below / height, last + 2 * SIDE, 1 + (above + below) / height)
        self.show_everything()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "axes"):  # pyqtgraph sets a size before there is anything
            self.keep_range(QRectF(), is_same=True)

    # --- brushing ---------------------------------------------------------------------------------------------------

    def mask(self) -> NDArray[np.bool_] | None:
        """Which trials go through all ranges (n,); None where there are none."""
        if not self.brushes or self.outcomes is None:
            return None
        inside = np.ones(len(self.outcomes.runs), np.bool_)
        for axis in self.axes:
            if axis.key in self.brushes:
                low, high = self.brushes[axis.key]
                inside &= (axis.places >= low) & (axis.places <= high)
        return inside

    def set_brush(self, key: str, span: tuple[float, float] | None) -> None:
        """Keep the trials in a range of an axis, or let go of it; in places of the axis."""
        if span is None:
            self.brushes.pop(key, None)
        else:
            self.brushes[key] = min(span), max(span)
        self.brush_changed.emit(self.mask())

    def clear_brushes(self) -> None:
        if self.brushes:
            self.brushes = {}
            self.brush_changed.emit(None)

    def axis_at(self, where: QPointF) -> ParallelAxis | None:
        """The axis that the pointer is at."""
        if not self.axes:
            return None
        away = np.abs(self.pixels().across(np.arange(float(len(self.axes)))) - where.x())
        return self.axes[int(away.argmin())] if away.min() <= GRIP else None

    def _place(self, axis: ParallelAxis, where: QPointF) -> float:
        shift = self.pixels().transform
        return axis.place((where.y() - shift.dy()) / shift.m22())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        axis = self.axis_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and axis is not None:
            self._dragged = axis, self._place(axis, event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._dragged is None:
            at_axis = self.axis_at(event.position()) is not None
            self.viewport().setCursor(Qt.CursorShape.SizeVerCursor if at_axis else Qt.CursorShape.ArrowCursor)
        elif self._pressed_at is None or (event.position() - self._pressed_at).manhattanLength() > STILL:
            self._pressed_at = None  # no click any more, even back where it began
            axis, began = self._dragged
            aim = AIM / abs(self.pixels().transform.m22())
            self.set_brush(axis.key, axis.snapped(began, self._place(axis, event.position()), aim))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None
        super().mouseReleaseEvent(event)

    def clicked(self, where: QPointF) -> None:
        axis = self.axis_at(where)
        if axis is not None and axis.key in self.brushes:
            self.set_brush(axis.key, None)
        else:
            super().clicked(where)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.brushes:
            self.clear_brushes()
        else:
            super().keyPressEvent(event)

    # --- drawing ----------------------------------------------------------------------------------------------------

    def marks(self, brushed: NDArray[np.bool_] | None) -> tuple[int, int]:
        each = max(1, len(self.axes) - 1)
        return len(self.shares) * each, each * (len(self.shares) if brushed is None else int(brushed.sum()))

    def _across(self, pixels: Pixels) -> Numbers:
        """Where the axes stand, in pixels (a,)."""
        return pixels.across(np.arange(float(len(self.axes))))

    def _width(self) -> float:
        return projector.line(WIDER) if len(self.shares) <= FEW else line_width(len(self.shares))

    def draw_outside(self, painter: QPainter, pixels: Pixels) -> None:
        steps = np.zeros(len(self.shares), np.int8)
        colors = [shades.out_color().name()]
        draw_polylines(painter, self._across(pixels), pixels.up(self.shares), steps, colors, self._width())

    def draw_inside(self, painter: QPainter, pixels: Pixels) -> None:
        inside = np.ones(len(self.shares), np.bool_) if self.brushed is None else self.brushed
        up, steps = pixels.up(self.shares[inside]), self.steps[inside]
        draw_polylines(painter, self._across(pixels), up, steps, shades.colors(), self._width())
        if self.outcomes is not None and self.outcomes.best is not None:
            best = self.outcomes.typical_trial(self.outcomes.best)
            if inside[best]:
                self._draw_one(painter, pixels, best, theme.colors().flag, BEST_WIDTH)

    def _draw_one(self, painter: QPainter, pixels: Pixels, place: int, color: str, width: float) -> None:
        up = pixels.up(self.shares[place : place + 1])
        draw_polylines(painter, self._across(pixels), up, np.zeros(1, np.int8), [color], projector.line(width))

    def draw_lit(self, painter: QPainter, pixels: Pixels, place: int) -> None:
        self._draw_one(painter, pixels, place, theme.colors().surface, LIT_WIDTH + HALO)
        self._draw_one(painter, pixels, place, shades.lit_color().name(), LIT_WIDTH)

    def draw_words(self, painter: QPainter, pixels: Pixels) -> None:
        font = painter.font()
        font.setPixelSize(projector.letters(LETTERS))
        painter.setFont(font)
        places = self._across(pixels).tolist()
        room = places[1] - places[0] if len(places) > 1 else pixels.area.width()
        above, _below = self._margins()
        for axis, across in zip(self.axes, places, strict=True):
            top, bottom = pixels.point(0, 1).y(), pixels.point(0, 0).y()
            self._draw_axis(painter, axis, QRectF(across - room / 2, top, room, bottom - top), above)

    def _draw_axis(self, painter: QPainter, axis: ParallelAxis, room: QRectF, above: float) -> None:
        """An axis with its name above it, its values beside it, and the range that is brushed."""
        colors = theme.colors()
        across, line = room.center().x(), 1.3 * projector.letters(LETTERS)
        painter.setPen(QPen(QColor(colors.text), projector.line(1.5)))
        painter.drawLine(QPointF(across, room.top()), QPointF(across, room.bottom()))
        name = QRectF(room.left() + 3, room.top() - above + 1, room.width() - 6, NAME_LINES * line)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap
        painter.drawText(name, flags, axis.name)
        if axis.key in self.brushes:
            low, high = (axis.share(place) for place in self.brushes[axis.key])
            span = QRectF(across - BRUSH, room.bottom() - high * room.height(), 2 * BRUSH, (high - low) * room.height())
            fill = QColor(colors.selection)
            fill.setAlphaF(0.35)
            painter.fillRect(span, fill)
            painter.setPen(QPen(QColor(colors.selection), projector.line(1.5)))
            painter.drawRect(span)
        ground = QColor(colors.surface)
        ground.setAlphaF(0.8)
        for share, words in axis.written(int(room.height() / (1.2 * line))):
            height = room.bottom() - share * room.height()
            if words == axis.top:
                place = QRectF(across - room.width() / 2, room.top() - line - 1, room.width(), line)
            elif words == axis.bottom:
                place = QRectF(across - room.width() / 2, room.bottom() + 1, room.width(), line)
            else:
                width = painter.fontMetrics().horizontalAdvance(words) + 4.0
                place = QRectF(across + 4, height - line / 2, width, line)
                painter.fillRect(place, ground)
            painter.setPen(QColor(colors.text))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

    def trial_at(self, where: QPointF, pixels: Pixels) -> int | None:
        return nearest_line(self._across(pixels), pixels.up(self.shares), where, self.brushed)

    def table(self) -> str:
        return "" if self.outcomes is None else trials_table(self.outcomes)

    def sentence(self) -> str:
        outcomes = self.outcomes
        if outcomes is None or not len(outcomes.runs):
            return _("nothing is drawn yet")
        said = _("{count} trials along {axes}").format(
            count=Count(len(outcomes.runs)), axes=", ".join(axis.name for axis in self.axes)
        )
        mask = self.mask()
        if mask is not None:
            keys = ", ".join(variable_text(outcomes.study.network, key) for key in self.brushes)
            said += "; " + _("{count} of them are in the ranges brushed on {axes}").format(
                count=Count(int(mask.sum())), axes=keys
            )
        return said
