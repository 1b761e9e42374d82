"""A shaded stretch of a plot's axis, from the bottom of what is in view to its top."""

from typing import Any

import pyqtgraph
from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QPainter


class Shade(pyqtgraph.GraphicsObject):  # type: ignore[misc]
    """What is shaded. Moving it costs next to nothing, so it may follow every epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.span = (0.0, 0.0)
        self._brush = QBrush()

    def set_brush(self, brush: QBrush) -> None:
        self._brush = brush
        self.update()

    def set_span(self, first: float, last: float) -> None:
        """Shade from one place of the axis to another."""
        if (first, last) != self.span:
            self.prepareGeometryChange()
            self.span = first, last

    def boundingRect(self) -> QRectF:
        view: QRectF | None = self.viewRect()
        first, last = self.span
        return QRectF() if view is None else QRectF(first, view.top(), last - first, view.height())

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()
        super().viewTransformChanged()  # forgets what was in view

    def paint(self, painter: QPainter, *_given: Any) -> None:
        painter.fillRect(self.boundingRect(), self._brush)
