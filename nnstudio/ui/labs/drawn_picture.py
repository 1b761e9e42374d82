"""A picture that is drawn on with the mouse or by keys: grey, or in colour."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.look.heatmap import rgb_image

COLORS = 3
FINEST = 14
"""Pixels of a picture's side up to which the brush is one pixel wide; on larger ones it grows."""
SOFT = 0.35
KEYS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


class DrawnPicture(QWidget):
    """A picture (channels, height, width) of values from 0 to 1, drawn with the left button and rubbed out with the
    right. `drawn` comes with each stroke. Three channels are red, green and blue; of others the mean is seen as ink."""

    drawn = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.values: NDArray[np.float32] = np.zeros((1, 0, 0), np.float32)
        self.ink: NDArray[np.float32] = np.ones(1, np.float32)
        """What the brush leaves, by channel."""
        self.place = 0, 0
        """The row and the column where keys draw."""
        self._has_keys = False
        """Whether keys were the last to do something."""
        self._last = QPointF()
        """Where the brush was."""
        self.setAccessibleName(_("Picture to draw on"))
        self.setToolTip(_("Draw with the left button, rub out with the right; or arrow keys, Space and Delete"))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 160)

    @property
    def size_of(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.values.shape[1], self.values.shape[2]

    @property
    def is_color(self) -> bool:
        return len(self.values) == COLORS

    @property
    def paper(self) -> float:
        """What is where nothing was drawn: colours are on white."""
        return 1.0 if self.is_color else 0.0

    def set_shape(self, shape: tuple[int, int, int]) -> None:
        self.values = np.zeros(shape, np.float32)
        self.ink = np.zeros(shape[0], np.float32) if shape[0] == COLORS else np.ones(shape[0], np.float32)
        self.place = shape[1] // 2, shape[2] // 2

    def show_values(self, values: NDArray[np.float32]) -> None:
        """Show a picture (channels, height, width) of values from 0 to 1."""
        self.values = values.copy()
        self.update()

    def clear(self) -> None:
        self.show_values(np.full_like(self.values, self.paper))

    # --- drawing ----------------------------------------------------------------------------------------------------

    def area(self) -> QRectF:
        """Where the picture is, with square pixels."""
        height, width = self.size_of
        pixel = min(self.width() / max(1, width), self.height() / max(1, height))
        size = width * pixel, height * pixel
        return QRectF((self.width() - size[0]) / 2, (self.height() - size[1]) / 2, *size)

    def _stroke(self, start: QPointF, end: QPointF, adds: bool) -> None:
        """A soft round brush all the way: a quick hand is seen at few places only."""
        if not self.values.size:
            return
        area = self.area()
        pixel = area.width() / self.size_of[1]
        apart = pixel * self._radius() / 2
        steps = max(1, math.ceil(math.hypot(end.x() - start.x(), end.y() - start.y()) / apart))
        for step in range(1, steps + 1):
            point = start + (end - start) * (step / steps)
            self._dab((point.y() - area.top()) / pixel - 0.5, (point.x() - area.left()) / pixel - 0.5, adds)
        self._last = end
        self.update()
        self.drawn.emit()

    def _radius(self) -> float:
        return max(1.0, max(self.size_of) / FINEST)

    def _dab(self, row: float, column: float, adds: bool) -> None:
        """The brush at one place, in pixels of the picture."""
        reach = self._radius() + SOFT
        spans = [
            range(max(0, math.floor(at - reach)), min(size, math.ceil(at + reach) + 1))
            for at, size in zip((row, column), self.size_of, strict=True)
        ]
        rows, columns = (np.arange(one.start, one.stop) for one in spans)
        near = np.clip(reach - np.hypot(rows[:, None] - row, columns[None] - column), 0.0, 1.0).astype(np.float32)
        part = self.values[:, spans[0].start : spans[0].stop, spans[1].start : spans[1].stop]
        if self.is_color:
            part += ((self.ink[:, None, None] if adds else self.paper) - part) * near
        elif adds:
            np.maximum(part, near, out=part)
        else:
            np.minimum(part, 1.0 - near, out=part)

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(300, 300)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._has_keys = False
        self._stroke(event.position(), event.position(), event.button() != Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._stroke(self._last, event.position(), not event.buttons() & Qt.MouseButton.RightButton)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        self._has_keys = True
        if key in KEYS and self.values.size:
            moved = (at + step for at, step in zip(self.place, KEYS[key], strict=True))
            down, across = (min(max(0, at), size - 1) for at, size in zip(moved, self.size_of, strict=True))
            self.place = down, across
            words = _("row {row}, column {column}").format(row=down + 1, column=across + 1)
            self.setAccessibleDescription(words)
            self.update()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.values.size:
            self._dab(*self.place, key == Qt.Key.Key_Space)
            self.update()
            self.drawn.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._has_keys = isinstance(event, QFocusEvent) and event.reason() != Qt.FocusReason.MouseFocusReason
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.values.size:
            return
        colors, area = theme.colors(), self.area()
        painter = QPainter(self)
        painter.drawImage(area, color_image(self.values) if self.is_color else ink_image(self.values.mean(axis=0)))
        painter.setPen(QPen(QColor(colors.selection if self.hasFocus() else colors.border), 1))
        painter.drawRect(area.adjusted(0, 0, -1, -1))
        if self.hasFocus() and self._has_keys:
            self._paint_place(painter, area)
        painter.end()

    def _paint_place(self, painter: QPainter, area: QRectF) -> None:
        """Where keys draw, seen on every ground."""
        colors, pixel = theme.colors(), area.width() / self.size_of[1]
        side = max(pixel, 6.0)
        square = QRectF(0, 0, side, side)
        square.moveCenter(area.topLeft() + QPointF((self.place[1] + 0.5) * pixel, (self.place[0] + 0.5) * pixel))
        for color, width in ((colors.surface, 4), (colors.selection, 2)):
            painter.setPen(QPen(QColor(color), width))
            painter.drawRect(square)


def ink_image(values: NDArray[np.float32]) -> QImage:
    """Values (height, width) from 0, the ground's colour, to 1, that of text."""
    height, width = values.shape
    shades = np.ascontiguousarray(np.rint(255 * values).astype(np.uint8))
    image = QImage(shades.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
    colors = theme.colors()
    ground, ink = (np.array(theme.rgb(one), float) for one in (colors.surface, colors.text))
    table = (ground + (ink - ground) * np.arange(256)[:, None] / 255).astype(int).tolist()
    image.setColorTable([0xFF000000 | red << 16 | green << 8 | blue for red, green, blue in table])
    return image.convertToFormat(QImage.Format.Format_RGB32)  # a copy


def color_image(values: NDArray[np.float32]) -> QImage:
    """Red, green and blue (3, height, width) from 0 to 1."""
    return rgb_image(np.rint(255 * np.moveaxis(values, 0, -1)).astype(np.uint8))
