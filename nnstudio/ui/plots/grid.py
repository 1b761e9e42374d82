"""Plots beside and under each other: as many columns as leave each the most room."""

import math

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui.plots.plot import Plot

ASPECT = 1.45
"""How much wider than high a plot is best."""
GAP = 6
SMALLEST = QSize(150, 130)


class Grid(QWidget):
    """Gives every visible child a cell; the cells of the last row share its width."""

    def __init__(self) -> None:
        super().__init__()
        self.plots: list[Plot] = []
        self.alone: Plot | None = None
        """The plot that has all the room while it is there."""
        self.setMinimumSize(SMALLEST)

    def add(self, plot: Plot) -> None:
        plot.setParent(self)
        # Not an event filter: in Python it would take the interpreter from a training at every event of every plot.
        plot.came_or_went.connect(self.arrange)
        self.plots.append(plot)

    def show_alone(self, plot: Plot | None) -> None:
        """Give one plot all the room; None for each a cell."""
        self.alone = plot
        self.arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Put the visible plots where they belong."""
        shown = [plot for plot in self.plots if not plot.isHidden()]
        if self.alone in shown:
            for plot in shown:
                plot.move(self.width(), 0)  # out of sight: hidden, they would forget whether they are wanted
            shown = [plot for plot in shown if plot is self.alone]
        places = cells(len(shown), self.width(), self.height())
        squares = [plot for plot in shown if plot.is_square]
        if len(squares) == 1 and len({place.top() for place in places}) == 1 and len(shown) > 1:
            places = row_with_square(shown.index(squares[0]), len(shown), self.width(), self.height())
        for plot, place in zip(shown, places, strict=True):
            plot.setGeometry(squared(place) if plot.is_square else place)


def row_with_square(square: int, count: int, width: int, height: int) -> list[QRect]:
    """One row in which one plot is a square, and the others share what it leaves."""
    side = min(height, width // 2)
    rest = (width - side - (count - 1) * GAP) / (count - 1)
    places, left = [], 0.0
    for number in range(count):
        wide = side if number == square else rest
        places.append(QRect(round(left), 0, max(1, round(wide)), height))
        left += wide + GAP
    return places


def squared(place: QRect) -> QRect:
    """The largest square in a cell, in its middle."""
    side = min(place.width(), place.height())
    made = QRect(0, 0, side, side)
    made.moveCenter(place.center())
    return made


def cells(count: int, width: int, height: int) -> list[QRect]:
    """Where so many plots go in an area."""
    if count == 0:
        return []

    def room(columns: int) -> float:
        rows = math.ceil(count / columns)
        return min(width / columns / ASPECT, height / rows)

    columns = max(range(1, count + 1), key=room)
    rows = math.ceil(count / columns)
    places = []
    for row in range(rows):
        in_row = min(columns, count - row * columns)
        top, bottom = round(row * (height + GAP) / rows), round((row + 1) * (height + GAP) / rows) - GAP
        for column in range(in_row):
            left = round(column * (width + GAP) / in_row)
            right = round((column + 1) * (width + GAP) / in_row) - GAP
            places.append(QRect(left, top, max(1, right - left), max(1, bottom - top)))
    return places
