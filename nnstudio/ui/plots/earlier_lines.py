"""The lines of other runs in a curve plot: faint ones of earlier runs, coloured ones of runs that were chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import pyqtgraph
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from nnstudio.ui.look import projector, theme
from nnstudio.ui.plots.line_text import spread
from nnstudio.ui.plots.lines import Line, Numbers, thin_out

ROOM_FOR_NAMES = 330
MOST_NAMED, LONGEST_NAME = 3, 60
"""Of more earlier runs only the newest are named on the plot, each in so many letters."""
MOST_CHOSEN_NAMED = 12
"""Of those that were chosen."""
FAINT = 150
"""How opaque an earlier run's line is, of 255."""
STYLES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DashDotDotLine,
    Qt.PenStyle.DotLine,
)
"""Of chosen runs: the next once all colours are used."""
TAKEN = 2
"""The first colours are those of training and validation of the run that is shown itself."""


@dataclass(frozen=True)
class Earlier:
    """The line of another run, and what is said of it. `place` is its number among chosen ones, which gives it a colour
    of its own; None for a faint one."""

    id: str
    words: str
    line: Line
    place: int | None = None
    name: str = ""
    """What is written at the end of its line, where that is less."""


class CurvesPlot(Protocol):
    """What these lines ask of the plot that they lie in."""

    is_log: bool

    def addItem(self, item: Any, ignoreBounds: bool = False) -> None: ...

    def removeItem(self, item: Any) -> None: ...

    def width(self) -> int: ...

    def height_of(self, value: float) -> float: ...

    def shown_values(self, values: Numbers) -> Numbers: ...


class EarlierLines:
    """The lines in a plot; `clicked(id)` is called with a click at one."""

    def __init__(self, plot: CurvesPlot, clicked: Callable[[str], object]) -> None:
        self.plot = plot
        self.clicked = clicked
        self.shown: list[Earlier] = []
        self.curves: list[pyqtgraph.PlotDataItem] = []
        self.names: list[pyqtgraph.TextItem] = []

    def show(self, earlier: Sequence[Earlier], is_restyled: bool = False) -> None:
        """Show the lines of these runs and no others."""
        keys, known = [key_of(one) for one in earlier], [key_of(one) for one in self.shown]
        if keys == known and not is_restyled:
            return
        # Most stay when a run comes: making a line anew costs some milliseconds.
        stays = {} if is_restyled else {key: item for key, item in zip(known, self.curves, strict=True) if key in keys}
        for item in (*(one for one in self.curves if one not in stays.values()), *self.names):
            self.plot.removeItem(item)
        self.shown, self.names = list(earlier), []
        self.curves = [stays.get(key) or self._curve(one) for key, one in zip(keys, earlier, strict=True)]
        chosen = any(one.place is not None for one in self.shown)
        named = self.shown[:MOST_CHOSEN_NAMED] if chosen else self.shown[-MOST_NAMED:]
        for one in named if chosen or self.plot.width() >= ROOM_FOR_NAMES else ():
            self._name(one)
        self.spread()

    def spread(self) -> None:
        """Keep the names apart."""
        spread(self.plot, self.names)

    def _curve(self, one: Earlier) -> pyqtgraph.PlotDataItem:
        item = pyqtgraph.PlotDataItem(one.line.epochs, self.plot.shown_values(one.line.values))
        item.setLogMode(False, self.plot.is_log)
        item.setPen(pen_of(one.place))
        item.setZValue(-5 if one.place is None else -4)
        item.setCurveClickable(True, width=10)
        item.sigClicked.connect(partial(self._pressed, one.id))
        self.plot.addItem(item)
        thin_out(item)
        return item

    def _name(self, one: Earlier) -> None:
        """Write what a run is called at the end of its line."""
        known = np.flatnonzero(np.isfinite(one.line.values))
        if not len(known):
            return
        color = theme.colors().faint_text if one.place is None else color_of(one.place)
        words = pyqtgraph.TextItem((one.name or one.words)[:LONGEST_NAME], color=color, anchor=(1, 1))
        words.setPos(one.line.epochs[known[-1]], self.plot.height_of(one.line.values[known[-1]]))
        words.setZValue(-5 if one.place is None else 16)
        self.plot.addItem(words, ignoreBounds=True)
        self.names.append(words)

    def _pressed(self, id: str, _item: object, event: object) -> None:
        event.accept()  # type: ignore[attr-defined]
        self.clicked(id)


def key_of(one: Earlier) -> tuple[object, ...]:
    """What a line is drawn by."""
    return one.id, one.words, one.place, len(one.line.values)


def color_of(place: int) -> str:
    """The colour of a chosen run by its number."""
    colors = theme.class_colors()[TAKEN:]
    return colors[place % len(colors)]


def pen_of(place: int | None) -> QPen:
    """A faint dotted line, or one in a colour and a dash of its own."""
    if place is None:
        shade = QColor(theme.colors().text)
        shade.setAlpha(FAINT)
        faint: QPen = pyqtgraph.mkPen(shade, width=projector.line(1), style=Qt.PenStyle.DotLine)
        return faint
    style = STYLES[place // (len(theme.class_colors()) - TAKEN) % len(STYLES)]
    drawn: QPen = pyqtgraph.mkPen(color_of(place), width=projector.line(2), style=style)
    return drawn
