"""All maps of a layer as small pictures with a line below each, of which one is chosen; and the scale they are on."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.look.heatmap import ALL_ZERO, picture_on_scale, rgb_image

SIDE = 44
"""Pixels of a small picture's side."""
GAP = 8
MOST_POINTS = 64
"""Of more points along a side every k-th is drawn."""
STRONG, FAINT = 1.0, 0.35
"""How opaque a map that has a part in what is explained is, and one that has none."""


class MapStrip(QWidget):
    """Small pictures from left to right and row by row. `chosen(number)` comes with another one."""

    chosen = Signal(int)
    laid_out = Signal()
    """The pictures may stand elsewhere."""

    def __init__(self, name: str, side: int = SIDE) -> None:
        super().__init__()
        self.side = side
        self.count = 0
        self._sheet = QImage()
        """All maps below each other: of hundreds, one picture is made at once."""
        self.captions: list[str] = []
        self.taking_part: range | None = None
        """The maps that have a part in what is explained; None for all."""
        self.current = 0
        self.setAccessibleName(name)
        self.setFont(sized(self.font(), 0.88))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_maps(self, values: NDArray[np.float64], strongest: float) -> None:
        """Show maps (n, height, width) on a scale from −strongest to +strongest."""
        step = max(1, *(-(-size // MOST_POINTS) for size in values.shape[1:]))
        drawn = values[:, ::step, ::step]
        self._show_sheet(picture_on_scale(drawn.reshape(-1, drawn.shape[2]), strongest), len(drawn))

    def show_pictures(self, pixels: NDArray[np.uint8]) -> None:
        """Show pictures (n, height, width, 4) of red, green, blue and opacity; what is clear is hatched."""
        self._show_sheet(rgb_image(pixels.reshape(-1, *pixels.shape[2:])), len(pixels))

    def _show_sheet(self, sheet: QImage, count: int) -> None:
        self._sheet, self.count = sheet, count
        self.captions = [str(number + 1) for number in range(self.count)]
        self.choose(min(self.current, self.count - 1))
        self.updateGeometry()
        self.update()

    def show_captions(self, captions: Sequence[str], taking_part: range | None) -> None:
        """What stands below the maps, and which of them have a part in it."""
        self.captions, self.taking_part = list(captions), taking_part
        self.update()

    def choose(self, number: int) -> None:
        """Show which one is chosen."""
        self.current = number
        words = _("{number} of {count}").format(number=number + 1, count=self.count)
        self.setAccessibleDescription(words)
        self.update()

    # --- where ------------------------------------------------------------------------------------------------------

    def _slot(self) -> QSize:
        """The room of one picture and its line."""
        width = max(self.side, self.fontMetrics().horizontalAdvance("−0.000"))
        return QSize(width + GAP, self.side + self.fontMetrics().height() + GAP)

    def _in_a_row(self, width: int) -> int:
        return max(1, width // self._slot().width())

    def slot_of(self, number: int) -> QRect:
        """Where a picture and its line are."""
        row, column = divmod(number, self._in_a_row(self.width()))
        size = self._slot()
        return QRect(column * size.width(), row * size.height(), size.width(), size.height())

    def heightForWidth(self, width: int) -> int:
        rows = -(-max(1, self.count) // self._in_a_row(width))
        return rows * self._slot().height()

    def sizeHint(self) -> QSize:
        return QSize(4 * self._slot().width(), self._slot().height())

    def minimumSizeHint(self) -> QSize:
        return self._slot()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.laid_out.emit()

    # --- drawing ----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for number in range(self.count):
            slot = self.slot_of(number)
            if slot.intersects(event.rect()):
                self._paint_one(painter, number, slot)
        painter.end()

    def _paint_one(self, painter: QPainter, number: int, slot: QRect) -> None:
        colors, width, height = theme.colors(), self._sheet.width(), self._sheet.height() / self.count
        share = self.side / max(width, height)
        picture = QRectF(0, 0, width * share, height * share)
        picture.moveCenter(QRectF(slot.left(), slot.top() + GAP / 2, slot.width(), self.side).center())
        takes_part = self.taking_part is None or number in self.taking_part
        painter.setOpacity(STRONG if takes_part else FAINT)
        painter.fillRect(picture, QColor(colors.surface))
        painter.fillRect(picture, QBrush(QColor(colors.faint_text), Qt.BrushStyle.BDiagPattern))
        painter.drawImage(picture, self._sheet, QRectF(0, number * height, width, height))
        painter.setOpacity(STRONG)
        is_current = number == self.current
        strong = colors.selection if self.hasFocus() else colors.text
        painter.setPen(QPen(QColor(strong if is_current else colors.border), 3 if is_current else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(picture.adjusted(-1, -1, 1, 1) if is_current else picture)
        painter.setPen(QColor(colors.text if is_current else colors.faint_text))
        words = QRect(
            slot.left(), slot.bottom() - self.fontMetrics().height() - 1, slot.width(), self.fontMetrics().height()
        )
        caption = self.fontMetrics().elidedText(self.captions[number], Qt.TextElideMode.ElideRight, slot.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, caption)

    # --- choosing ---------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for number in range(self.count):
            if self.slot_of(number).contains(event.position().toPoint()):
                self.chosen.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self._in_a_row(self.width())
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -row, Qt.Key.Key_Down: row}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif 0 <= self.current + step < self.count:
            self.chosen.emit(self.current + step)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)


class Scale(QWidget):
    """The colours from the strongest negative over 0 to the strongest positive, with their numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.strongest, self.has_signs = 0.0, True
        self.setFont(sized(self.font(), 0.88))
        self.setAccessibleName(_("Colour scale"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(160, self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def show_strongest(self, strongest: float, has_signs: bool = True) -> None:
        """The scale goes from −strongest to +strongest; without signs from 0 on."""
        self.strongest, self.has_signs = strongest, has_signs
        low, high = self._ends()
        words = _("from {low} (orange) over 0 to {high} (blue)") if has_signs else _("from {low} to {high} (blue)")
        self.setAccessibleDescription(words.format(low=low, high=high))
        self.setToolTip(self.accessibleDescription())
        self.update()

    def _ends(self) -> tuple[str, str]:
        if self.strongest <= ALL_ZERO:
            return "0", "0"
        if not self.has_signs:
            return "0", f"{self.strongest:.3g}"
        return f"−{self.strongest:.3g}", f"+{self.strongest:.3g}"

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, metrics = theme.colors(), self.fontMetrics()
        low, high = self._ends()
        room = max(metrics.horizontalAdvance(one) for one in (low, high)) + 6
        bar = QRectF(room, 2, max(10.0, min(220.0, self.width() - 2 * room)), self.height() - 4)
        bar.moveLeft((self.width() - bar.width()) / 2)
        shades = QLinearGradient(bar.topLeft(), bar.topRight())
        both = ((0.0, colors.negative), (0.5, colors.surface), (1.0, colors.positive))
        for at, color in both if self.has_signs else ((0.0, colors.surface), both[-1]):
            shades.setColorAt(at, QColor(color))
        painter = QPainter(self)
        painter.fillRect(bar, shades)
        painter.setPen(QPen(QColor(colors.faint_text), 1))
        painter.drawRect(bar)
        painter.setPen(QColor(colors.text))
        sides = Qt.AlignmentFlag.AlignVCenter
        before, after = (
            QRectF(bar.left() - room, 0, room - 4, self.height()),
            QRectF(bar.right() + 4, 0, room, self.height()),
        )
        painter.drawText(before, sides | Qt.AlignmentFlag.AlignRight, low)
        painter.drawText(after, sides | Qt.AlignmentFlag.AlignLeft, high)
        if self.has_signs:
            painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, "0")
        painter.end()
