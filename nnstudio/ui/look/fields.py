"""Fields that leave the wheel to what scrolls: turning it over a form must never change a setting.

Everywhere in the window these stand in the place of Qt's own, which take the focus from a wheel and then its turns.
"""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSlider, QSpinBox, QToolTip

from nnstudio.ui.look import theme
from nnstudio.ui.look.tooltips import plain_tooltip

CORNER = 6.0
"""The radius of the corners of fields and buttons; style.py has it too."""
SIDE, ARROW_ROOM = 8.0, 24.0
WIDER = 10
NARROWEST = 90
AIR = 4
"""Above and below the text of a field."""
FAINT = 0.5
"""How opaque a field that cannot be used is."""


class Choice(QComboBox):
    """A list of which one entry is chosen, by click or key. An entry too long for it ends in an ellipsis, and is told
    whole at the pointer."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def shown_text(self) -> str:
        """The entry as far as there is room for it."""
        words = self.currentText() if self.currentIndex() >= 0 else self.placeholderText()
        room = self.width() - SIDE - ARROW_ROOM
        return self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room))

    def sizeHint(self) -> QSize:
        """As high as a field that is typed into; as wide as Qt's own, with the room that our arrow takes beside it."""
        return QSize(super().sizeHint().width() + WIDER, self.fontMetrics().height() + 2 * AIR)

    def minimumSizeHint(self) -> QSize:
        """Its entry ends in an ellipsis rather than that a form is wider than its panel."""
        return QSize(min(NARROWEST, super().minimumSizeHint().width()), self.sizeHint().height())

    # Painted here: a style sheet that rounds its corners takes its arrow away, and no style shortens its text.
    def paintEvent(self, event: QPaintEvent) -> None:
        colors = theme.colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else FAINT)
        edge = colors.selection if self.hasFocus() else colors.faint_text if self.underMouse() else colors.border
        painter.setPen(QPen(QColor(edge), 1))
        painter.setBrush(QColor(colors.background))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)
        words = self.rect().adjusted(int(SIDE), 0, -int(ARROW_ROOM), 0)
        painter.setPen(QColor(colors.text if self.currentIndex() >= 0 else colors.faint_text))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.shown_text())
        middle = QPointF(self.width() - ARROW_ROOM / 2, self.height() / 2)
        painter.setPen(QPen(QColor(colors.faint_text), 1.6))
        painter.drawPolyline(QPolygonF([middle + QPointF(-4, -2), middle + QPointF(0, 2), middle + QPointF(4, -2)]))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and not self.toolTip() and self.shown_text() != self.currentText():
            QToolTip.showText(event.globalPos(), plain_tooltip([self.currentText()]), self)
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Slider(QSlider):
    """A slider, moved by drag or key."""

    def __init__(self, orientation: Qt.Orientation = Qt.Orientation.Horizontal) -> None:
        super().__init__(orientation)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class NumberBox(QSpinBox):
    """A whole number, typed or stepped by its arrows."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
