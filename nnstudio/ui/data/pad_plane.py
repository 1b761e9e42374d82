"""The plane of two inputs that is drawn on: points, axes, and the stroke under way. It knows no project."""

import math
from dataclasses import replace
from random import Random

from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.project.drawn_points import CLASSES, COLUMNS, EXTENT, MOST_POINTS, Place, Points, lacking
from nnstudio.text import Count
from nnstudio.text import translate as _
from nnstudio.ui.data.strokes import TOOL_OF, Settings, Step, stroke, within
from nnstudio.ui.look import theme
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.plots.boundary_plot import SHAPES, class_color

TICKS = range(-6, 7, 2)
GAP = 5
LARGEST, SMALLEST = 420, 160
"""Pixels of the plane's side."""
POINT = 7.0
"""Pixels of a point."""
EDGE = 110
"""How opaque a point's edge is: where many lie close together, whole edges would hide what they are edges of."""
PICK = 8.0
"""How many pixels beside a point still take hold of it."""
KEY_STEP = 0.25
BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class PadPlane(QWidget):
    """Points are drawn with the left button and rubbed out with the right, or by arrow keys, Space and Delete.

    `drawn(words, points)` comes once for each stroke that changed something, with what to call it; `full` when no more
    points fit. Until then the stroke is seen here alone, and Esc takes it back.
    """

    drawn = Signal(str, object)
    full = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.settings = Settings()
        self.points: Points = ()
        """As they are shown, those of a stroke under way among them."""
        self.random = Random()
        self.place: Place = (0.0, 0.0)
        """Where keys draw."""
        self._before: Points = ()
        self._step: Step | None = None
        """What the stroke under way does, None while there is none."""
        self._tool = ""
        self._button = Qt.MouseButton.NoButton
        self._last: Place = (0.0, 0.0)
        self._pointer: QPointF | None = None
        self._has_keys = False
        self._stamps: list[QPixmap] = []
        self._stamped: object = None
        """The colours and pixels that the stamps were made for."""
        self.setObjectName("padPlane")
        self.setAccessibleName(_("Pad for points"))
        self.setToolTip(_("Draw with the left button, rub out with the right; or arrow keys, Space and Delete"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        self.setFont(sized(self.font(), 0.85))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def is_drawing(self) -> bool:
        return self._step is not None

    def show_points(self, points: Points) -> None:
        """Show other points; a stroke under way is none of theirs and ends."""
        self._step = None
        self.points = points
        self._tell_state()
        self.update()

    def use(self, settings: Settings) -> None:
        """What the next stroke does."""
        self.settings = settings
        self.update()

    def cancel(self) -> None:
        """Take back the stroke under way."""
        if self._step is not None:
            self.show_points(self._before)

    def _tell_state(self) -> None:
        """For who cannot see it: what is missing, or where keys draw."""
        words = lacking(self.points)
        place = _("x1 {x:g}, x2 {y:g}").format(x=self.place[0], y=self.place[1])
        self.setAccessibleDescription(words if words and not self._has_keys else place)

    # --- the stroke -------------------------------------------------------------------------------------------------

    def _begin(self, tool: str, place: Place) -> None:
        self._before, self._tool = self.points, tool
        self._step = stroke(replace(self.settings, tool=tool), self.points, place, PICK / self.scale(), self.random)
        self._last = place
        self._go(place)

    def _go(self, place: Place) -> None:
        assert self._step is not None
        old, self.points = self.points, self._step(self.points, self._last, place)
        if old is not self.points:
            if (old and self.points) or old == self.points:
                self.update(self._around(self._last, place))
            else:
                self.update()  # the words of an empty pad come or go
        self._last = place

    def _finish(self) -> None:
        if self._step is None:
            return
        self._step = None
        self._tell_state()
        if self.points != self._before:
            self.drawn.emit(_(TOOL_OF[self._tool].edit), self.points)
        if len(self.points) == MOST_POINTS and self._tool in ("brush", "point"):
            self.full.emit(_("The pad is full: it holds {most} points.").format(most=Count(MOST_POINTS)))

    # --- places -----------------------------------------------------------------------------------------------------

    def area(self) -> QRectF:
        """Where the plane is, with the room for its axes left of it and below."""
        left, top, right, bottom = self._margins()
        side = min(self.width() - left - right, self.height() - top - bottom)
        return QRectF(left, top, max(1.0, side), max(1.0, side))

    def _margins(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom: a number and a name fit beside the plane."""
        metrics = QFontMetricsF(self.font())
        half = metrics.horizontalAdvance("−6") / 2
        left = metrics.height() + metrics.horizontalAdvance("−6") + 2 * GAP
        return math.ceil(left), math.ceil(metrics.height() / 2), math.ceil(half), math.ceil(2 * metrics.height())

    def scale(self) -> float:
        """Pixels of one unit."""
        return self.area().width() / (2 * EXTENT)

    def pixel(self, place: Place) -> QPointF:
        """Where a place on the plane is seen."""
        area, scale = self.area(), self.scale()
        return QPointF(area.left() + (place[0] + EXTENT) * scale, area.top() + (EXTENT - place[1]) * scale)

    def place_at(self, pixel: QPointF) -> Place:
        """Which place is seen there."""
        area, scale = self.area(), self.scale()
        return (pixel.x() - area.left()) / scale - EXTENT, EXTENT - (pixel.y() - area.top()) / scale

    def _around(self, *places: Place) -> QRect:
        """What a tool can have changed that was at these places, and its ring."""
        reach = max(self.settings.radius * self.scale(), PICK) + POINT + 2
        pixels = [self.pixel(one) for given in places for one in (given, within(given))]
        left, right = min(one.x() for one in pixels), max(one.x() for one in pixels)
        top, low = min(one.y() for one in pixels), max(one.y() for one in pixels)
        return QRectF(left - reach, top - reach, right - left + 2 * reach, low - top + 2 * reach).toAlignedRect()

    def _hover(self, pixel: QPointF | None) -> None:
        """The ring follows the pointer."""
        for one in (self._pointer, pixel):
            if one is not None:
                self.update(self._around(self.place_at(one)))
        self._pointer = pixel

    def _move_by_key(self, key: Qt.Key) -> None:
        old, (across, up) = self.place, ARROWS[key]
        self.place = within((old[0] + KEY_STEP * across, old[1] + KEY_STEP * up))
        self._tell_state()
        self.update(self._around(old, self.place))

    def _apply_by_key(self, tool: str) -> None:
        """One dab where the keys stand; what is moved is moved by hand."""
        if tool != "move":
            self._begin(tool, self.place)
            self._finish()

    # --- painting ---------------------------------------------------------------------------------------------------

    def _paint_ground(self, painter: QPainter, area: QRectF) -> None:
        colors = theme.colors()
        grid = theme.mixed(colors.grid, colors.border, 0.35)
        painter.fillRect(area, QColor(colors.surface))
        for tick in TICKS:
            painter.setPen(QPen(QColor(colors.border if tick == 0 else grid), 1))
            for start, end in (((tick, -EXTENT), (tick, EXTENT)), ((-EXTENT, tick), (EXTENT, tick))):
                painter.drawLine(self._sharp(start), self._sharp(end))
        painter.setPen(QPen(QColor(colors.selection if self.hasFocus() else colors.border), 1))
        painter.drawRect(QRectF(self._sharp((-EXTENT, EXTENT)), self._sharp((EXTENT, -EXTENT))))

    def _sharp(self, place: Place) -> QPointF:
        """A place in the middle of a pixel, where a line is not blurred."""
        pixel = self.pixel(place)
        return QPointF(math.floor(pixel.x()) + 0.5, math.floor(pixel.y()) + 0.5)

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(QColor(theme.colors().faint_text))
        height = QFontMetricsF(self.font()).height()
        middle, right = Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for tick in TICKS:
            words = str(tick).replace("-", "−")
            at = self.pixel((tick, -EXTENT))
            painter.drawText(QRectF(at.x() - 20, area.bottom() + GAP - 2, 40, height), middle, words)
            at = self.pixel((-EXTENT, tick))
            painter.drawText(QRectF(at.x() - 40 - GAP, at.y() - height / 2, 40, height), right, words)
        painter.drawText(
            QRectF(area.left(), area.bottom() + GAP + height - 3, area.width(), height), middle, COLUMNS[0]
        )
        painter.save()
        painter.translate(0, area.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, area.height(), height), middle, COLUMNS[1])
        painter.restore()

    def _paint_points(self, painter: QPainter, seen: QRectF) -> None:
        """Those that are in what is to be painted; each is a stamp."""
        stamps = self._stamps_now()
        half, area, scale = stamps[0].deviceIndependentSize().width() / 2, self.area(), self.scale()
        (left, top), (right, low) = (self.place_at(one) for one in (seen.topLeft(), seen.bottomRight()))
        reach = half / scale
        left, right, low, top = left - reach, right + reach, low - reach, top + reach
        across, down = area.left() + EXTENT * scale - half, area.top() + EXTENT * scale - half
        for one in self.points:
            if left <= one.x <= right and low <= one.y <= top:
                painter.drawPixmap(QPointF(across + one.x * scale, down - one.y * scale), stamps[one.label])

    def _stamps_now(self) -> list[QPixmap]:
        looks = theme.class_colors(), self.devicePixelRatioF(), theme.colors().surface
        if looks != self._stamped:
            self._stamps = [stamp(label, POINT, looks[1]) for label in range(CLASSES)]
            self._stamped = looks
        return self._stamps

    def _paint_hint(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(QColor(theme.colors().faint_text))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        room = area.adjusted(0.12 * area.width(), 0, -0.12 * area.width(), 0)
        # On the ground's own colour: words across the lines of the grid are hard to read.
        words = lacking(())
        taken = painter.boundingRect(room, flags, words).adjusted(-6, -4, 6, 4)
        painter.fillRect(taken, QColor(theme.colors().surface))
        painter.drawText(room, flags, words)

    def _paint_ring(self, painter: QPainter, middle: QPointF, radius: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.colors().text), 1))
        painter.drawEllipse(middle, radius, radius)

    def _paint_place(self, painter: QPainter) -> None:
        """Where keys draw, seen on every ground."""
        colors, at = theme.colors(), self.pixel(self.place)
        for color, width in ((colors.surface, 4), (colors.selection, 2)):
            painter.setPen(QPen(QColor(color), width))
            painter.drawLine(at + QPointF(-7, 0), at + QPointF(7, 0))
            painter.drawLine(at + QPointF(0, -7), at + QPointF(0, 7))

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        left, top, right, bottom = self._margins()
        side = min(max(width - left - right, SMALLEST), LARGEST)
        return math.ceil(side + top + bottom)

    def sizeHint(self) -> QSize:
        return QSize(300, self.heightForWidth(300))

    def minimumSizeHint(self) -> QSize:
        left, top, right, bottom = self._margins()
        return QSize(math.ceil(SMALLEST + left + right), math.ceil(SMALLEST + top + bottom))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        tools = {Qt.MouseButton.LeftButton: self.settings.tool, Qt.MouseButton.RightButton: "erase"}
        if self.is_drawing or event.button() not in tools or not self.area().contains(event.position()):
            return
        self._has_keys = False
        self._button = event.button()
        self._begin(tools[event.button()], self.place_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(event.position())
        if self._step is not None:
            self._go(self.place_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == self._button:
            self._button = Qt.MouseButton.NoButton
            self._finish()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape and self.is_drawing:
            self.cancel()
        elif self.is_drawing or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in (*ARROWS, Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._has_keys = True
            if key in ARROWS:
                self._move_by_key(key)
            else:
                self._apply_by_key(self.settings.tool if key == Qt.Key.Key_Space else "erase")
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._has_keys = isinstance(event, QFocusEvent) and event.reason() in BY_KEY
            self.update()
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)
        super().leaveEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.cancel()
        super().hideEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        area, painter = self.area(), QPainter(self)
        self._paint_ground(painter, area)
        if not area.adjusted(1, 1, -1, -1).contains(QRectF(event.rect())):
            self._paint_axes(painter, area)
        if not self.points and not self.is_drawing:
            self._paint_hint(painter, area)
        self._paint_points(painter, QRectF(event.rect()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._pointer is not None and area.contains(self._pointer) and TOOL_OF[self.settings.tool].has_ring:
            painter.setClipRect(area)
            self._paint_ring(painter, self._pointer, self.settings.radius * self.scale())
        if self.hasFocus() and self._has_keys:
            self._paint_place(painter)
        painter.end()


def stamp(label: int, size: float, ratio: float) -> QPixmap:
    """A point of a class, in the colour and the shape that it has on the plane of the answers; `ratio` pixels of the
    screen are one."""
    side = math.ceil(size) + 4
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(side / 2, side / 2)
    painter.scale(size, size)
    edge = QColor(theme.colors().surface)
    edge.setAlpha(EDGE)
    pen = QPen(edge, 1.0)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(class_color(label))
    painter.drawPath(Symbols[SHAPES[label % len(SHAPES)]])
    painter.end()
    return pixmap
