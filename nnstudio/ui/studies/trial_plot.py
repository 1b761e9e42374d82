"""What the four views of a study have in common: a plot of trials of which one is lit and some are brushed."""

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent

from nnstudio.studies.words import measure_text, score_text
from nnstudio.ui.look import projector, theme
from nnstudio.ui.plots.axis import Axis
from nnstudio.ui.plots.plot import Plot
from nnstudio.ui.studies import shades
from nnstudio.ui.studies.layers import MOST_FINE, Layer, Layers, Numbers, Pixels

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Outcomes, StudyOptimism

NEAR = 10.0
"""Pixels within which the pointer is at a trial."""
STILL = 4
"""Pixels that the pointer may move between press and release of a click."""
AROUND = 60
"""Pixels that are left beside the name of an axis."""
MARGIN, AHEAD = 0.04, 0.15
"""The shares of a plot's range that stay empty around the data, and to the right while trials keep coming."""
FILLED = 0.6
"""The share of the range that growing data fill at least; else it is taken anew."""
STEPS = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}


class TrialPlot(Plot):
    """`hovered(place)` comes when the pointer is at another trial, None for at none; `pressed(place)` with a click or
    Enter at one. Arrow keys light the trials in the order of their settings' ranks."""

    hovered = Signal(object)
    pressed = Signal(int)

    can_move = True
    """Whether what is in view is moved by dragging and zoomed by the wheel."""

    def __init__(self, name: str, title: str, axes: dict[str, Axis] | None = None) -> None:
        super().__init__(axes)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hideButtons()
        self.setMouseEnabled(self.can_move, self.can_move)
        self._names: dict[str, str] = {}
        self.outcomes: Outcomes | None = None
        self.optimism: StudyOptimism | None = None
        self.brushed: NDArray[np.bool_] | None = None
        """Which trials are in what was brushed (n,); None for all."""
        self.lit: int | None = None
        self.layers = Layers()
        self.layers.over = self._draw_over
        self.addItem(self.layers, ignoreBounds=True)
        self.plotItem.vb.disableAutoRange()
        self.enableAutoRange = self.show_everything  # pyqtgraph hands out its own as an attribute
        self._version = 0
        self._brushing = 0
        self._area = QRectF()
        self._is_moved = False
        self._pressed_at: QPointF | None = None
        self.plotItem.vb.sigRangeChangedManually.connect(self._note_move)
        self.apply_theme()

    # --- what is shown ----------------------------------------------------------------------------------------------

    @property
    def view_name(self) -> str:
        return f"study:{self.objectName()}"

    def show_outcomes(self, outcomes: "Outcomes", optimism: "StudyOptimism | None") -> None:
        """Show what came of a study; of the same one with more trials the axes stay as they are while they can."""
        is_same = self.outcomes is not None and is_same_study(self.outcomes, outcomes)
        self.outcomes, self.optimism = outcomes, optimism
        self.lit, self.brushed = None, None
        self._version += 1
        self.prepare(outcomes)
        self.keep_range(self.area(), is_same)
        self.draw()

    def prepare(self, outcomes: "Outcomes") -> None:
        """Find the places of other trials."""

    def area(self) -> QRectF:
        """The places (left, lowest, width, height) that the data take."""
        return QRectF(0, 0, 1, 1)

    def keep_range(self, data: QRectF, is_same: bool) -> None:
        """Have the data in view, and no other range than before as long as that holds them and they fill it."""
        holds = is_same and self._area.contains(data)
        if holds and data.width() >= FILLED * self._area.width() and data.height() >= FILLED * self._area.height():
            return
        width, height = data.width() or 1.0, data.height() or 1.0
        ahead = AHEAD * width if is_same else MARGIN * width
        self._area = data.adjusted(-MARGIN * width, -MARGIN * height, ahead, MARGIN * height)
        if not (is_same and self._is_moved):
            self.show_everything()

    def name_axis(self, side: str, words: str) -> None:
        """Write beside an axis what it is, as far as there is room."""
        self._names[side] = words
        room = self.height() - AROUND if side == "left" else self.width() - AROUND
        shown = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, max(AROUND, room))
        self.getAxis(side).setLabel(escape(shown), color=theme.colors().faint_text)  # pyqtgraph takes it for HTML

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for side, words in getattr(self, "_names", {}).items():  # pyqtgraph sets a size before there is any
            self.name_axis(side, words)

    def apply_theme(self) -> None:
        super().apply_theme()
        for side, words in self._names.items():
            self.name_axis(side, words)

    def show_everything(self, *_given: Any, **_asked: Any) -> None:
        """Have all of the data in view again."""
        self._is_moved = False
        self.setRange(self._area, padding=0)

    def _note_move(self, *_axes: object) -> None:
        self._is_moved = True

    def show_optimism(self, optimism: "StudyOptimism | None") -> None:
        """Say how much of the lead is luck, now that it is known."""
        self.optimism = optimism
        self.layers.update()

    def brush(self, brushed: NDArray[np.bool_] | None) -> None:
        """Draw these trials alone in their colours; None for all."""
        self.brushed = brushed
        self._brushing += 1
        self.draw()

    def light_up(self, place: int | None) -> None:
        """Draw a trial over all others."""
        if place != self.lit:
            self.lit = place
            self.layers.update()

    def draw(self) -> None:
        """Draw all layers: what is out of the brush, and over it what is in it. Of very many the former is ready before
        anybody brushes: it takes as long as the latter."""
        if self.outcomes is None:
            return
        out, inside = self.marks(self.brushed)
        layers = [Layer(("in", self._version, self._brushing), self.draw_inside, inside)]
        if self.brushed is not None or out > MOST_FINE:
            layers.insert(0, Layer(("out", self._version), self.draw_outside, out))
        self.layers.show_layers(layers)

    def marks(self, brushed: NDArray[np.bool_] | None) -> tuple[int, int]:
        """About how many marks there are of all trials, and how many of those that were brushed."""
        count = 0 if self.outcomes is None else len(self.outcomes.runs)
        return count, count if brushed is None else int(brushed.sum())

    def draw_inside(self, painter: Any, pixels: Pixels) -> None:
        """Draw what was brushed in its colours."""

    def draw_outside(self, painter: Any, pixels: Pixels) -> None:
        """Draw all faintly, below that."""

    def draw_lit(self, painter: Any, pixels: Pixels, place: int) -> None:
        """Draw the trial that is lit."""

    def draw_words(self, painter: Any, pixels: Pixels) -> None:
        """Write what is to be read in the plot."""

    def _draw_over(self, painter: Any, pixels: Pixels) -> None:
        if self.outcomes is None:
            return
        self.draw_words(painter, pixels)
        if self.lit is not None and self.lit < len(self.outcomes.runs) and not theme.is_printing():
            self.draw_lit(painter, pixels, self.lit)

    def trial_at(self, where: QPointF, pixels: Pixels) -> int | None:
        """The trial at a place in pixels; None where none is near."""
        return None

    def key(self) -> str:
        """The colours' scale, as rich text."""
        return scale_text(self.outcomes) if self.outcomes is not None else ""

    def redraw(self) -> None:
        self.draw()

    # --- pointer and keys -------------------------------------------------------------------------------------------

    def pixels(self) -> Pixels:
        """From places to pixels of the viewport."""
        transform = self.layers.sceneTransform() * self.viewportTransform()
        return Pixels(transform, transform.mapRect(self.layers.boundingRect()))

    def find(self, where: QPointF) -> int | None:
        if self.outcomes is None or not len(self.outcomes.runs):
            return None
        pixels = self.pixels()
        return self.trial_at(where, pixels) if pixels.area.adjusted(-NEAR, -NEAR, NEAR, NEAR).contains(where) else None

    def _say_hovered(self, place: int | None) -> None:
        if place != self.lit:
            self.hovered.emit(place)

    def step(self, by: int) -> None:
        """Light the trial of the setting next in rank."""
        if self.outcomes is None or not len(self.outcomes.ranked):
            return
        ranked = self.outcomes.ranked
        if self.lit is None:
            rank = 0 if by > 0 else len(ranked) - 1
        else:
            setting = int(self.outcomes.setting_of[self.lit])
            rank = int(np.clip(int(np.flatnonzero(ranked == setting)[0]) + by, 0, len(ranked) - 1))
        self._say_hovered(self.outcomes.typical_trial(int(ranked[rank])))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = event.position() if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not event.buttons():
            self._say_hovered(self.find(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        began, self._pressed_at = self._pressed_at, None
        if began is not None and (event.position() - began).manhattanLength() <= STILL:
            self.clicked(event.position())

    def clicked(self, where: QPointF) -> None:
        """A click without a drag."""
        place = self.find(where)
        if place is not None:
            self._say_hovered(place)
            self.pressed.emit(place)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._say_hovered(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in STEPS:
            self.step(STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.lit is not None:
            self.pressed.emit(self.lit)
        else:
            super().keyPressEvent(event)


def line_width(count: int) -> float:
    """How wide so many lines are, in pixels; wide ones take ten times as long, and of many nothing is seen."""
    return projector.line(1.0) if count <= MOST_FINE else 1.0


def is_same_study(one: "Outcomes", other: "Outcomes") -> bool:
    """Whether the same settings vary and are judged alike: axes and ranges of one are those of the other."""
    first, second = one.study, other.study
    return (first.id, first.variables, first.measure) == (second.id, second.variables, second.measure)


def nearest(across: Numbers, up: Numbers, where: QPointF, within: float = NEAR) -> int | None:
    """Which of the points (n,) is nearest to a place, None where none is within so many pixels."""
    away = np.hypot(across - where.x(), up - where.y())
    away = np.where(np.isfinite(away), away, np.inf)
    place = int(away.argmin()) if len(away) else 0
    return place if len(away) and away[place] <= within else None


def scale_text(outcomes: "Outcomes") -> str:
    """The scale of colours with the measures at its ends, as rich text."""
    scale = shades.scale_of(outcomes.scores, outcomes.is_lower_better)
    blocks = "".join(f'<span style="color:{color}">■</span>' for color in shades.colors())
    measure = outcomes.study.measure
    poor, good = (escape(score_text(measure, score)) for score in (scale.poor, scale.good))
    return f"{escape(measure_text(measure))}: {poor}&nbsp;{blocks}&nbsp;{good}"
