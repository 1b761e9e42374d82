"""A Hinton diagram: a square for each weight, as large as it is, white for positive and black for negative."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.look import theme

GROUND, LINE = "#8a8f98", "#767b84"
"""Grey, so that white and black are told apart in every appearance."""
FILL = 0.92
"""How much of its place the largest weight fills."""
SMALLEST_CELL = 9


class HintonDiagram(QWidget):
    """Weights (units, inputs), a row a unit, with the biases as a column of their own; the area of a square is the size
    of the weight."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("hintonDiagram")
        self.setAccessibleName(_("Hinton diagram"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.values: NDArray[np.float64] = np.zeros((0, 0))
        self.columns: list[str] = []
        self.rows: list[str] = []
        self.place: tuple[int, int] | None = None
        """The row and column that the keys have gone to."""

    def show_weights(self, values: NDArray[np.float64], rows: list[str], columns: list[str]) -> None:
        """Show weights, the last column of them the biases where there are some, with the names of both."""
        if values.shape != self.values.shape:
            self.place = None
        self.values, self.rows, self.columns = values, rows, columns
        largest = np.unravel_index(np.abs(values).argmax(), values.shape) if values.size else (0, 0)
        if values.size:
            self.setAccessibleDescription(self.text_at(int(largest[0]), int(largest[1])))
        self.updateGeometry()
        self.update()

    def text_at(self, row: int, column: int) -> str:
        """One weight in words."""
        words = _("{unit}, {input}: {weight}")
        return words.format(
            unit=self.rows[row], input=self.columns[column], weight=f"{self.values[row, column]:+.4g}".replace("-", "−")
        )

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """The row and column of the place at a point."""
        area, side = self._area(), self._side()
        row, column = int((point.y() - area.top()) // side), int((point.x() - area.left()) // side)
        inside = 0 <= row < self.values.shape[0] and 0 <= column < self.values.shape[1]
        return (row, column) if inside else None

    def _margin(self) -> float:
        metrics = QFontMetricsF(self.font())
        return max((metrics.horizontalAdvance(name) for name in self.rows), default=0.0) + 10

    def _top(self) -> float:
        """Room for the names of the columns, which stand on end."""
        metrics = QFontMetricsF(self.font())
        return max((metrics.horizontalAdvance(name) for name in self.columns), default=0.0) + 10

    def _side(self) -> float:
        units, inputs = self.values.shape
        room = (self.width() - self._margin() - 8) / max(1, inputs), (self.height() - self._top() - 8) / max(1, units)
        return float(max(SMALLEST_CELL, min(*room, 64.0)))

    def _area(self) -> QRectF:
        units, inputs = self.values.shape
        side = self._side()
        return QRectF(self._margin(), self._top(), inputs * side, units * side)

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        units, inputs = self.values.shape
        return QSize(round(self._margin() + inputs * SMALLEST_CELL) + 8, round(self._top() + units * SMALLEST_CELL) + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.values.size:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, side = self._area(), self._side()
        painter.fillRect(area, QColor(GROUND))
        painter.setPen(QPen(QColor(LINE), 1))
        units, inputs = self.values.shape
        for row in range(1, units):
            painter.drawLine(
                QPointF(area.left(), area.top() + row * side), QPointF(area.right(), area.top() + row * side)
            )
        strongest = max(1e-12, float(np.abs(self.values).max()))
        painter.setPen(Qt.PenStyle.NoPen)
        for row in range(units):
            for column in range(inputs):
                value = float(self.values[row, column])
                size = FILL * side * (abs(value) / strongest) ** 0.5
                middle = QPointF(area.left() + (column + 0.5) * side, area.top() + (row + 0.5) * side)
                square = QRectF(middle.x() - size / 2, middle.y() - size / 2, size, size)
                painter.fillRect(square, QColor("#ffffff" if value > 0 else "#000000"))
        self._paint_names(painter, area, side)
        if self.place is not None and self.hasFocus():
            row, column = self.place
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.colors().selection), 2.5))
            painter.drawRect(QRectF(area.left() + column * side, area.top() + row * side, side, side))

    def _paint_names(self, painter: QPainter, area: QRectF, side: float) -> None:
        painter.setPen(QColor(theme.colors().text))
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        height = QFontMetricsF(self.font()).height()
        step = max(1, round(height / side + 0.49))  # of names that would lie on each other some are left out
        for row in range(0, len(self.rows), step):
            painter.drawText(QRectF(0, area.top() + row * side, area.left() - 6, side), align, self.rows[row])
        for column in range(0, len(self.columns), step):
            painter.save()
            painter.translate(area.left() + (column + 0.5) * side, area.top() - 5)
            painter.rotate(-90)
            painter.drawText(
                QRectF(0, -side / 2, self._top(), side),
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                self.columns[column],
            )
            painter.restore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self.values.size:
            super().keyPressEvent(event)
            return
        row, column = self.place or (0, 0)
        if self.place is not None:
            row = min(max(row + step[0], 0), self.values.shape[0] - 1)
            column = min(max(column + step[1], 0), self.values.shape[1] - 1)
        self.place = row, column
        self.setAccessibleDescription(self.text_at(row, column))
        side, area = self._side(), self._area()
        corner = QPointF(area.left() + (column + 1) * side, area.top() + (row + 1) * side)
        QToolTip.showText(self.mapToGlobal(corner.toPoint()), self.text_at(row, column), self)
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.text_at(*cell) if cell else "", self)
            return True
        return super().event(event)
