"""Numbers laid out in cells, coloured on one scale through 0: a map, a window of it, a kernel, their products."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.ui.look import theme
from nnstudio.ui.look.heatmap import picture_on_scale

Numbers = NDArray[np.float64]
Place = tuple[int, int]
"""Row and column, counted from 0."""

MOST_NUMBERS = 7
"""Of more cells each way the numbers are not written: nobody could read them."""
NARROWEST = 30.0
"""Pixels of a cell of a map from which on its number is written into it."""
LINES_FROM = 9.0
"""Pixels of a cell from which on there is a line around it."""
SMALLEST_TEXT = 8
"""Pixels of the smallest digits."""


class Cells(QWidget):
    """A cell for each value (height, width). What lies outside the image, in the padding, is hatched.

    `framed` are rectangles of cells with a strong frame: first row, first column, last row, last column.
    """

    is_square = False

    def __init__(self, name: str) -> None:
        super().__init__()
        self.values: Numbers = np.empty((0, 0))
        self.inside: NDArray[np.bool_] = np.empty((0, 0), np.bool_)
        self.outside_text = "0"
        """What is written into a cell of the padding."""
        self.framed: Sequence[tuple[int, int, int, int]] = ()
        self.shown: int | None = None
        """As many cells are shown, counted row by row; None for all."""
        self._image = QImage()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(96, 60)

    def sizeHint(self) -> QSize:
        return QSize(170, 120)

    def show_cells(self, values: Numbers, strongest: float, inside: NDArray[np.bool_] | None = None) -> None:
        """Show values on a scale from −strongest to +strongest."""
        self.values = values
        self.inside = np.ones(values.shape, np.bool_) if inside is None else inside
        self._image = picture_on_scale(values, strongest, self.inside)
        self.update()

    def frame(self, framed: Sequence[tuple[int, int, int, int]]) -> None:
        self.framed = framed
        self.update()

    # --- where ------------------------------------------------------------------------------------------------------

    def _cell(self) -> tuple[float, float]:
        """Width and height of a cell: whole pixels where they are some."""
        rows, columns = self.values.shape
        width, height = (self.width() - 6) / columns, (self.height() - 6) / rows
        if self.is_square or max(rows, columns) > MOST_NUMBERS:
            width = height = min(width, height)
        else:
            width = min(width, 4.2 * self.fontMetrics().height())
            height = min(height, 0.75 * width)
        return tuple(float(int(one)) if one >= 3 else one for one in (width, height))  # type: ignore[return-value]

    def area(self) -> QRectF:
        """Where the cells are."""
        if not self.values.size:
            return QRectF()
        rows, columns = self.values.shape
        width, height = self._cell()
        size = columns * width, rows * height
        return QRectF(int((self.width() - size[0]) / 2), 3, *size)

    def rect_of(self, row: int, column: int, last_row: int, last_column: int) -> QRectF:
        """Where a rectangle of cells is."""
        area, (width, height) = self.area(), self._cell()
        size = (last_column - column + 1) * width, (last_row - row + 1) * height
        return QRectF(area.left() + column * width, area.top() + row * height, *size)

    # --- drawing ----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.values.size:
            return
        colors, area = theme.colors(), self.area()
        painter = QPainter(self)
        if not self.inside.all():
            painter.fillRect(area, QColor(colors.surface))
            painter.fillRect(area, QBrush(QColor(colors.faint_text), Qt.BrushStyle.BDiagPattern))
        painter.drawImage(area, self._image)
        self._paint_lines(painter, area)
        self._paint_numbers(painter)
        self._hide_rest(painter, area)
        painter.setPen(QPen(QColor(colors.faint_text), 1))
        painter.drawRect(area.adjusted(0, 0, -1, -1))
        for one in self.framed:
            paint_frame(painter, self.rect_of(*one), self._cell()[0] >= LINES_FROM)
        painter.end()

    def _paint_lines(self, painter: QPainter, area: QRectF) -> None:
        width, height = self._cell()
        if min(width, height) < LINES_FROM:
            return
        rows, columns = self.values.shape
        painter.setPen(QPen(QColor(theme.colors().border), 1))
        for row in range(1, rows):
            painter.drawLine(
                QPointF(area.left(), area.top() + row * height), QPointF(area.right(), area.top() + row * height)
            )
        for column in range(1, columns):
            left = area.left() + column * width
            painter.drawLine(QPointF(left, area.top()), QPointF(left, area.bottom()))

    def has_numbers(self) -> bool:
        """Whether there are few cells, and room in them."""
        fits = self._cell()[0] >= NARROWEST if self.is_square else max(self.values.shape) <= MOST_NUMBERS
        return bool(self.values.size) and fits

    def _paint_numbers(self, painter: QPainter) -> None:
        if not self.has_numbers():
            return
        width, height = self._cell()
        font = QFont(self.font())
        usual = self.fontInfo().pixelSize()
        font.setPixelSize(max(SMALLEST_TEXT, min(usual, int(height * 0.7), int(width * 0.32))))
        painter.setFont(font)
        metrics = painter.fontMetrics()
        for (row, column), value in np.ndenumerate(self.values):
            rect = self.rect_of(row, column, row, column)
            if self.inside[row, column]:
                painter.setPen(text_color(self._image.pixelColor(column, row)))
                text = next((one for one in texts_of(value) if metrics.horizontalAdvance(one) <= width - 3), "")
            else:
                text = self.outside_text
                painter.fillRect(paper(metrics.horizontalAdvance(text), metrics.height(), rect), theme.colors().surface)
                painter.setPen(QColor(theme.colors().text))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _hide_rest(self, painter: QPainter, area: QRectF) -> None:
        """Leave the cells empty that come after those that are shown."""
        rows, columns = self.values.shape
        if self.shown is None or self.shown >= rows * columns:
            return
        row, column = divmod(self.shown, columns)
        empty = QColor(theme.colors().background)
        painter.fillRect(self.rect_of(row, column, row, columns - 1), empty)
        if row + 1 < rows:
            painter.fillRect(self.rect_of(row + 1, 0, rows - 1, columns - 1), empty)


class MapCells(Cells):
    """A map, with the padding around it; a window of it can be framed."""

    is_square = True

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.before = 0, 0
        """As many rows and columns of padding above the map and left of it."""
        self.setMinimumSize(120, 120)

    def sizeHint(self) -> QSize:
        return QSize(300, 260)

    def show_map(self, values: Numbers, strongest: float, before: Place = (0, 0), after: Place = (0, 0)) -> None:
        """Show a map (height, width) with so much padding above and left of it, and below and right."""
        self.before = before
        around = tuple(zip(before, after, strict=True))
        inside = np.pad(np.ones(values.shape, np.bool_), around)
        self.show_cells(np.pad(values, around), strongest, inside)

    def show_window(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> None:
        """Frame the places of a window, counted from the map's corner: the whole of it, or place by place where it
        leaves some out."""
        down, across = (axis + first for axis, first in zip((rows, columns), self.before, strict=True))
        if rows[-1] - rows[0] == len(rows) - 1 and columns[-1] - columns[0] == len(columns) - 1:
            self.frame([(int(down[0]), int(across[0]), int(down[-1]), int(across[-1]))])
        else:
            self.frame([(int(row), int(column), int(row), int(column)) for row in down for column in across])


class PlaceMap(MapCells):
    """A map of which one place is looked at: the one below the pointer, or where keys have moved to."""

    pointed = Signal(int, int)
    """The pointer is over a place."""
    pressed = Signal(int, int)
    """A place was clicked."""
    moved = Signal(int, int)
    """A key moves on to a place."""
    turned = Signal(int)
    """A key asks for the next map or, −1, the one before."""
    held = Signal()
    played = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.place = 0, 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def show_place(self, row: int, column: int, shown: int | None = None) -> None:
        """Mark a place; with `shown` only so many values are there yet."""
        self.place, self.shown = (row, column), shown
        self.frame([(row, column, row, column)])

    def place_at(self, point: QPointF) -> Place | None:
        """The place below a point of the widget."""
        area = self.area()
        if not self.values.size or not area.contains(point):
            return None
        rows, columns = self.values.shape
        width, height = self._cell()
        row, column = int((point.y() - area.top()) / height), int((point.x() - area.left()) / width)
        return min(row, rows - 1), min(column, columns - 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place is not None:
            self.pointed.emit(*place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(*place)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(QColor(theme.colors().selection), 2))
            painter.drawRect(self.area().adjusted(-2, -2, 2, 2))
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, keys = event.key(), Qt.Key
        if key in (keys.Key_PageUp, keys.Key_PageDown):
            self.turned.emit(-1 if key == keys.Key_PageUp else 1)
        elif key in (keys.Key_Return, keys.Key_Enter):
            self.held.emit()
        elif key == keys.Key_Space:
            self.played.emit()
        elif self.values.size and (place := self._place_by(keys(key), event.modifiers())) is not None:
            self.moved.emit(*place)
        else:
            super().keyPressEvent(event)

    def _place_by(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> Place | None:
        """Where a key leads: ← and → go row by row through the whole map."""
        (row, column), (rows, columns) = self.place, self.values.shape
        is_all = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            number = row * columns + column + (1 if key == Qt.Key.Key_Right else -1)
            number = min(max(number, 0), rows * columns - 1)
            return number // columns, number % columns
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            return min(max(row + (1 if key == Qt.Key.Key_Down else -1), 0), rows - 1), column
        if key == Qt.Key.Key_Home:
            return (0 if is_all else row), 0
        if key == Qt.Key.Key_End:
            return (rows - 1 if is_all else row), columns - 1
        return None


def paint_frame(painter: QPainter, rect: QRectF, is_large: bool) -> None:
    """A frame that is seen on every colour: the text's, with a rim of the ground's on both sides."""
    colors = theme.colors()
    rect = rect.adjusted(-1, -1, 1, 1) if is_large else rect.adjusted(-2, -2, 2, 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((colors.surface, 6), (colors.text, 3)):
        pen = QPen(QColor(color), width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(rect)


def paper(width: int, height: int, within: QRectF) -> QRectF:
    """What is laid below words on hatching, so that they can be read."""
    found = QRectF(0, 0, width + 12, height).intersected(QRectF(0, 0, within.width() - 2, within.height() - 2))
    found.moveCenter(within.center())
    return found


def texts_of(value: float) -> list[str]:
    """A number as it can be written, the most exact first."""
    value += 0.0  # of a product with 0 the sign tells nothing
    return [f"{value:.{digits}g}".replace("-", "−") for digits in (3, 2, 1)]


def text_color(ground: QColor) -> QColor:
    """Black or white, whichever stands out more."""
    colors = ground.redF(), ground.greenF(), ground.blueF()
    parts = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colors]
    light = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    return QColor("#000000" if (light + 0.05) ** 2 > 0.05 * 1.05 else "#ffffff")
