"""Bars beside each other with names and numbers; where they may be changed, they are dragged or moved by keys."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.text import percent
from nnstudio.text import translate as _
from nnstudio.ui.look import theme

STEP = 0.1
MARGIN = 26.0


class Bars(QWidget):
    """A bar for each value, between `lowest` and `highest`; the true class's is marked.

    `changed(values)` comes when one was dragged.
    """

    changed = Signal(object)

    def __init__(
        self, name: str, lowest: float, highest: float, can_be_changed: bool = False, are_shares: bool = False
    ) -> None:
        super().__init__()
        self.name = name
        self.lowest, self.highest = lowest, highest
        self.can_be_changed = can_be_changed
        self.are_shares = are_shares
        self.values: NDArray[np.float64] = np.empty(0)
        self.names: tuple[str, ...] = ()
        self.true = -1
        self.chosen = 0
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)
        if can_be_changed:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.SizeVerCursor)
            self.setToolTip(_("Drag a bar, or choose it with ← → and change it with ↑ ↓"))

    def sizeHint(self) -> QSize:
        return QSize(480, 170)

    def show_values(self, values: NDArray[np.float64], names: Sequence[str], true: int) -> None:
        """Show other values (k,); `true` is the place of the true class."""
        self.values, self.names, self.true = np.array(values, float), tuple(names), true
        self.chosen = min(self.chosen, max(0, len(values) - 1))
        words = (f"{name} {value:.4g}" for name, value in zip(names, values, strict=False))
        self.setAccessibleDescription(", ".join(words))
        self.update()

    # --- drawing ----------------------------------------------------------------------------------------------------

    def _area(self) -> QRectF:
        return QRectF(8, 24, self.width() - 16, max(10.0, self.height() - 24 - MARGIN))

    def _height_of(self, value: float) -> float:
        area = self._area()
        share = (min(max(value, self.lowest), self.highest) - self.lowest) / (self.highest - self.lowest)
        return area.bottom() - share * area.height()

    def _slot(self, place: int) -> QRectF:
        area = self._area()
        width = area.width() / max(1, len(self.values))
        return QRectF(area.left() + place * width, area.top(), width, area.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = theme.colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(colors.surface))
        painter.setPen(QColor(colors.text))
        painter.drawText(QRectF(8, 2, self.width() - 16, 20), Qt.AlignmentFlag.AlignLeft, self.name)
        zero = self._height_of(0.0)
        painter.setPen(QPen(QColor(colors.border), 1))
        painter.drawLine(QPointF(8, zero), QPointF(self.width() - 8, zero))
        for place, value in enumerate(self.values.tolist()):
            self._paint_bar(painter, place, value, zero)
        painter.end()

    def _paint_bar(self, painter: QPainter, place: int, value: float, zero: float) -> None:
        colors = theme.colors()
        slot = self._slot(place)
        top = self._height_of(value)
        bar = QRectF(slot.left() + slot.width() * 0.18, min(top, zero), slot.width() * 0.64, max(1.5, abs(top - zero)))
        painter.setBrush(QColor(colors.flag if place == self.true else colors.training))
        chosen = self.can_be_changed and self.hasFocus() and place == self.chosen
        painter.setPen(QPen(QColor(colors.selection), 2) if chosen else Qt.PenStyle.NoPen)
        painter.drawRect(bar)
        painter.setPen(QColor(colors.text))
        number = QRectF(slot.left(), (top - 17) if value >= 0 else (top + 1), slot.width(), 16)
        if number.bottom() > slot.bottom() + 2:
            number.moveBottom(slot.bottom())
        if self.are_shares and value == self.values.max():  # higher than what its neighbours write
            number.adjust(-slot.width() / 2, 0, slot.width() / 2, 0)
        painter.drawText(number, Qt.AlignmentFlag.AlignCenter, self.number_text(value, number.width()))
        name = self.names[place] if place < len(self.names) else ""
        below = QRectF(slot.left(), self.height() - MARGIN + 4, slot.width(), MARGIN - 6)
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(slot.width()) - 2)
        painter.setPen(QColor(colors.flag if place == self.true else colors.faint_text))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, shown)

    def number_text(self, value: float, room: float) -> str:
        """A value as exactly as there is room for, in pixels; "" where there is none for it. A share that would be
        rounded to 0 is rather left out: its bar says so."""
        texts = [f"{value:.3g}", f"{value:.2g}", f"{value:.1g}"]
        if self.are_shares:
            texts = [percent(value), percent(value, digits=0)] if round(value, 2) else [percent(value)]
        metrics = self.fontMetrics()
        return next((text.replace("-", "−") for text in texts if metrics.horizontalAdvance(text) <= room), "")

    # --- changing ---------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._set(self.chosen, self._value_at(event.position().y()))

    def _drag(self, event: QMouseEvent) -> None:
        if not self.can_be_changed or not len(self.values):
            return
        area = self._area()
        place = int((event.position().x() - area.left()) / area.width() * len(self.values))
        self.chosen = min(max(place, 0), len(self.values) - 1)
        self._set(self.chosen, self._value_at(event.position().y()))

    def _value_at(self, height: float) -> float:
        area = self._area()
        share = (area.bottom() - height) / area.height()
        return round(self.lowest + min(max(share, 0.0), 1.0) * (self.highest - self.lowest), 2)

    def _set(self, place: int, value: float) -> None:
        if not self.can_be_changed or not len(self.values):
            return
        values = self.values.copy()
        values[place] = min(max(value, self.lowest), self.highest)
        self.show_values(values, self.names, self.true)
        self.changed.emit(values)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if not self.can_be_changed or not len(self.values):
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if key == Qt.Key.Key_Right else -1
            self.chosen = (self.chosen + step) % len(self.values)
            self.update()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            change = STEP if key == Qt.Key.Key_Up else -STEP
            self._set(self.chosen, float(self.values[self.chosen]) + change)
        else:
            super().keyPressEvent(event)
