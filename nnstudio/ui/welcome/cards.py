"""What is pressed on the welcome page: cards with a picture, and lines."""

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontMetrics, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from nnstudio.ui.look import theme
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.look.tooltips import plain_tooltip

PICTURE_HEIGHT = 96
SIDE, GAP, RADIUS = 9, 6, 8.0
LINES = 3
"""Of a title below a picture; where more is said below it, it has one."""


def picture_height() -> int:
    """The height of a picture: it grows with the text."""
    return round(PICTURE_HEIGHT * theme.text_scale())


class Pressed(QAbstractButton):
    """A button that paints itself; its name is plain text, in which “&” is no key."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def is_marked(self) -> bool:
        """Whether a press would take it: the pointer is over it, or it has the keys."""
        return self.isEnabled() and (self.underMouse() or self.hasFocus())

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()


class PictureCard(Pressed):
    """A picture over a title, and below it, fainter, a line that says more."""

    def __init__(self, title: str, more: str = "", tip: str = "") -> None:
        super().__init__(title)
        self.title, self.more = title, more
        self.picture = QImage()
        self.fills = False
        """Whether the picture is cut to fill its place; otherwise all of it stands in the middle."""
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_picture(self, picture: QImage, fills: bool = False) -> None:
        self.picture, self.fills = picture, fills
        self.update()

    def say(self, more: str) -> None:
        """Say something in the faint line; it is a part of the name too."""
        self.more = more
        self.setAccessibleDescription(more)
        self.update()

    def _small(self) -> QFont:
        return sized(self.font(), 0.88)

    def sizeHint(self) -> QSize:
        lines = (2 if self.more else LINES) * QFontMetrics(self._small()).lineSpacing()
        return QSize(round(120 * theme.text_scale()), picture_height() + lines + 2 * GAP + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(round(100 * theme.text_scale()), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = theme.colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        shape = QPainterPath()
        shape.addRoundedRect(frame, RADIUS, RADIUS)
        painter.fillPath(shape, QColor(colors.surface))
        self._paint_picture(painter, shape)
        edge = colors.selection if self.hasFocus() else colors.faint_text if self.is_marked else colors.grid
        painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() else 1))
        painter.drawPath(shape)
        self._paint_words(painter)

    def _paint_picture(self, painter: QPainter, shape: QPainterPath) -> None:
        place = QRect(1, 1, self.width() - 2, picture_height())
        painter.save()
        painter.setClipPath(shape)
        painter.fillRect(place, QColor(theme.colors().background))
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        painter.setClipRect(place, Qt.ClipOperation.IntersectClip)
        if not self.picture.isNull():
            size = self.picture.deviceIndependentSize()
            if self.fills:
                size.scale(place.size().toSizeF(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            elif size.width() > place.width():
                size.scale(place.size().toSizeF(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRectF(0, 0, size.width(), size.height())
            target.moveCenter(QRectF(place).center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, self.picture)
        else:
            icon = theme.drawn_icon("mdi6.graph-outline", theme.colors().border, theme.colors().border)
            side = place.height() // 2
            icon.paint(painter, QRect(place.center().x() - side // 2, place.center().y() - side // 2, side, side))
        painter.restore()

    def _paint_words(self, painter: QPainter) -> None:
        colors, font = theme.colors(), self._small()
        metrics = QFontMetrics(font)
        room = QRect(SIDE, picture_height() + GAP, self.width() - 2 * SIDE, LINES * metrics.lineSpacing())
        painter.setFont(font)
        painter.setPen(QColor(colors.text if self.isEnabled() else colors.faint_text))
        lines = in_lines(self.title, metrics, room.width(), 1 if self.more else LINES)
        for number, line in enumerate(lines):
            painter.drawText(room.left(), room.top() + number * metrics.lineSpacing() + metrics.ascent(), line)
        if self.more:
            painter.setPen(QColor(colors.faint_text))
            words = metrics.elidedText(
                self.more, Qt.TextElideMode.ElideMiddle, room.width()
            )  # of a folder both ends tell
            painter.drawText(room.left(), room.top() + metrics.lineSpacing() + metrics.ascent(), words)


class Line(Pressed):
    """A line of words, with something fainter at its right end."""

    def __init__(self, words: str, end: str) -> None:
        super().__init__(f"{words}, {end}")
        self.words, self.end = words, end
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.words + self.end) + 4 * SIDE, metrics.lineSpacing() + 2 * GAP)

    def minimumSizeHint(self) -> QSize:
        return QSize(round(190 * theme.text_scale()), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, metrics = theme.colors(), self.fontMetrics()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.is_marked:
            painter.setPen(QPen(QColor(colors.selection), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.grid))
            painter.drawRoundedRect(frame, 6, 6)
        inside = self.rect().adjusted(SIDE, 0, -SIDE, 0)
        painter.setPen(QColor(colors.faint_text))
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.end)
        room = inside.width() - metrics.horizontalAdvance(self.end) - SIDE
        painter.setPen(QColor(colors.text))
        words = metrics.elidedText(self.words, Qt.TextElideMode.ElideRight, room)
        self.setToolTip("" if words == self.words else plain_tooltip([self.words]))
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)


def in_lines(text: str, metrics: QFontMetrics, width: int, most: int) -> list[str]:
    """The text in at most so many lines, broken between words; what does not fit the last ends in an ellipsis."""
    lines: list[str] = []
    words = text.split()
    while words:
        if len(lines) == most - 1:
            return [*lines, metrics.elidedText(" ".join(words), Qt.TextElideMode.ElideRight, width)]
        count = 1
        while count < len(words) and metrics.horizontalAdvance(" ".join(words[: count + 1])) <= width:
            count += 1
        lines.append(metrics.elidedText(" ".join(words[:count]), Qt.TextElideMode.ElideRight, width))
        words = words[count:]
    return lines
