"""The values of all lines at the pointer: a line at the nearest epoch and a small table beside it."""

from collections.abc import Sequence
from html import escape
from typing import Any, Protocol

import numpy as np
import pyqtgraph
from PySide6.QtCore import QObject, QPointF, Qt

from nnstudio.text import translate as _
from nnstudio.ui.look import projector, theme
from nnstudio.ui.plots.lines import KINDS, Line, color

NEAR = 8
"""Pixels within which the pointer is at an earlier run's line."""


class NamedLine(Protocol):
    """The line of an earlier run, and what is said of it."""

    @property
    def words(self) -> str: ...

    @property
    def line(self) -> Line: ...


class LinesPlot(Protocol):
    """What a readout reads of the plot it lies over."""

    lines: dict[str, Line]
    hidden: frozenset[str]
    value_text: str
    plotItem: Any

    @property
    def earlier(self) -> Sequence[NamedLine]: ...

    def height_of(self, value: float) -> float: ...

    def addItem(self, item: Any, ignoreBounds: bool = False) -> None: ...

    def scene(self) -> Any: ...


class Readout(QObject):
    """Follows the pointer over a plot; gone when the pointer is."""

    def __init__(self, plot: LinesPlot, parent: QObject) -> None:
        super().__init__(parent)
        self.plot = plot
        self.line = pyqtgraph.InfiniteLine(angle=90)
        self.text = pyqtgraph.TextItem(anchor=(0, 0))
        self.text.setZValue(20)
        for item in (self.line, self.text):
            item.hide()
            plot.addItem(item, ignoreBounds=True)
        self._where: QPointF | None = None
        plot.scene().sigMouseMoved.connect(self._moved)

    def leave(self) -> None:
        """The pointer is elsewhere."""
        if self._where is not None:
            self._where = None
            self.follow()

    def _moved(self, where: QPointF) -> None:
        self._where = where
        self.follow()

    def follow(self) -> None:
        """Show the values at the pointer as they are now."""
        box = self.plot.plotItem.vb
        inside = self._where is not None and box.sceneBoundingRect().contains(self._where)
        rows = self._rows(round(box.mapSceneToView(self._where).x())) if inside and self._where else []
        for item in (self.line, self.text):
            item.setVisible(len(rows) > 1)
        if len(rows) <= 1 or self._where is None:
            return
        colors = theme.colors()
        self.line.setPen(pyqtgraph.mkPen(colors.faint_text, width=projector.line(1), style=Qt.PenStyle.DotLine))
        epoch = round(box.mapSceneToView(self._where).x())
        self.line.setValue(epoch)
        self.text.setColor(colors.text)
        self.text.setHtml("<br>".join(rows))
        self.text.fill = pyqtgraph.mkBrush(colors.surface)
        self.text.border = pyqtgraph.mkPen(colors.border)
        area = box.sceneBoundingRect()
        if self.text.boundingRect().width() > area.width():  # the signs alone: the legend names them
            self.text.setHtml("<br>".join(self._rows(epoch, is_short=True)))
        width = self.text.boundingRect().width()
        on_the_left = self._where.x() > area.center().x()
        left = self._where.x() - 12 - width if on_the_left else self._where.x() + 12
        left = max(area.left(), min(left, area.right() - width))
        self.text.setPos(box.mapSceneToView(QPointF(left, area.top() + 4)))

    def _rows(self, epoch: int, is_short: bool = False) -> list[str]:
        """A row for each visible line with a value at an epoch, after the epoch, and for an earlier run nearby."""
        rows = [_("epoch {epoch}").format(epoch=epoch)]
        for kind, line in self.plot.lines.items():
            if kind == "batch" or kind in self.plot.hidden:
                continue
            value = line.at(epoch)
            if np.isfinite(value):
                look = KINDS[kind]
                number = self.plot.value_text.format(value=value)
                words = "" if is_short else f"{_(look.words)}: "
                rows.append(f'<span style="color:{color(look)}">{look.sign}</span> {words}<b>{number}</b>')
        return rows if is_short else [*rows, *self._earlier_row(epoch)]

    def _earlier_row(self, epoch: int) -> list[str]:
        """The earlier run whose line the pointer is at."""
        box = self.plot.plotItem.vb
        for one in self.plot.earlier:
            value = one.line.at(epoch)
            if self._where is None or not np.isfinite(value):
                continue
            place = box.mapViewToScene(QPointF(epoch, self.plot.height_of(value)))
            if abs(place.y() - self._where.y()) <= NEAR:
                return [f"{escape(one.words)}: <b>{self.plot.value_text.format(value=value)}</b>"]
        return []
