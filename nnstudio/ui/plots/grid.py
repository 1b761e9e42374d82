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
        self.setMinimumSize(SMALLEST)

    def add(self, plot: Plot) -> None:
        plot.setParent(self)
        # Not an event filter: in Python it would take the interpreter from a training at every event of every plot.
        plot.came_or_went.connect(self.arrange)
        self.plots.append(plot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Put the visible plots where they belong."""
        shown = [plot for plot in self.plots if not plot.isHidden()]
        for plot, place in zip(shown, cells(len(shown), self.width(), self.height()), strict=True):
            plot.setGeometry(place)


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
