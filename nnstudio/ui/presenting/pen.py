"""Strokes drawn by hand over a window, which goes on living under them."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from nnstudio.ui.presenting.cover import Cover

INK = "#d00000"
WIDTH = 6


class Drawing(Cover):
    """Takes the mouse while the pen is out; put away, the strokes stay and the mouse goes through them."""

    def __init__(self, window: QWidget) -> None:
        self.strokes: list[QPolygonF] = []
        super().__init__(window)
        self.setAccessibleName("")

    @property
    def is_out(self) -> bool:
        """Whether the pen is out."""
        return not self.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def take_out(self, on: bool) -> None:
        """Draw with the mouse, or give it back to the window."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not on)
        if on:
            self.setCursor(Qt.CursorShape.CrossCursor)
            self.raise_()
        else:
            self.unsetCursor()

    def undo(self) -> bool:
        """Take the last stroke back; whether there was one."""
        if not self.strokes:
            return False
        self.strokes.pop()
        self.update()
        return True

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton:
            self.strokes.append(QPolygonF([event.position(), event.position() + QPointF(0.1, 0)]))
            self._paint_at(event.position(), event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.buttons() & Qt.MouseButton.LeftButton and self.strokes:
            before = self.strokes[-1].last()
            self.strokes[-1].append(event.position())
            self._paint_at(before, event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: object) -> None:
        event.ignore()  # type: ignore[attr-defined]

    def _paint_at(self, start: QPointF, end: QPointF) -> None:
        self.update(QRectF(start, end).normalized().adjusted(-WIDTH, -WIDTH, WIDTH, WIDTH).toAlignedRect())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(
            QPen(QColor(INK), WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        for stroke in self.strokes:
            painter.drawPolyline(stroke)
