"""What lies over a whole window: nothing to see, a kept picture, all but a spot darkened, or a spot magnified.

They are widgets of the window and no windows of their own: so they need no compositor, and the keys stay where they
are.
"""

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QCursor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QRegion
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView, QWidget

from nnstudio.ui.look import theme

FRAME = 33
"""Milliseconds between two looks at where the pointer is."""
SPOT = 6
"""The spotlight's radius is one so manieth of the window's height."""
DARK = QColor(0, 0, 0, 165)
TIMES = 2.5
"""How much larger what is magnified is."""
LIVE = 200
"""Milliseconds between two pictures of what is magnified: it goes on learning."""


class Cover(QWidget):
    """Covers a window; clicks go through it unless it takes them."""

    def __init__(self, window: QWidget, takes_clicks: bool = False) -> None:
        super().__init__(window)
        self.covered = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not takes_clicks)
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()

    def remove(self) -> None:
        """Lay the window open again."""
        self.hide()
        self.deleteLater()

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.covered:
            self.setGeometry(self.covered.rect())
        return super().eventFilter(watched, event)


class Blank(Cover):
    """One colour, or a picture of the window as it was; takes the clicks that would hit what nobody sees."""

    def __init__(self, window: QWidget, color: str, picture: QPixmap | None = None) -> None:
        super().__init__(window, takes_clicks=True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.color, self.picture = QColor(color), picture

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.color)
        if self.picture is not None:
            painter.drawPixmap(self.rect(), self.picture)


class Spotlight(Cover):
    """Darkens all but what is around the pointer, which goes on pressing what is lit."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.spot = self._pointer()
        self._timer = QTimer(self, interval=FRAME)
        self._timer.timeout.connect(self.follow)
        self._timer.start()

    def follow(self) -> None:
        """Be where the pointer is."""
        now = self._pointer()
        if now != self.spot:
            changed = self._lit(self.spot).united(self._lit(now))
            self.spot = now
            self.update(changed.adjusted(-6, -6, 6, 6))

    def remove(self) -> None:
        self._timer.stop()
        super().remove()

    def _pointer(self) -> QPoint:
        return self.mapFromGlobal(QCursor.pos())

    def _lit(self, spot: QPoint) -> QRect:
        radius = self.height() // SPOT
        return QRect(spot.x() - radius, spot.y() - radius, 2 * radius, 2 * radius)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = self.height() / SPOT
        dark = QPainterPath()
        dark.setFillRule(Qt.FillRule.OddEvenFill)
        dark.addRect(self.rect())
        dark.addEllipse(QPointF(self.spot), radius, radius)
        painter.fillPath(dark, DARK)
        painter.setPen(QPen(QColor(theme.colors().selection), 4))
        painter.drawEllipse(QPointF(self.spot), radius, radius)


class Magnifier(Cover):
    """A part of the window drawn larger, letters and lines included, around the spot where the pointer was; it stays
    there, and shows what goes on. `clicked` comes with a click."""

    clicked = Signal()

    def __init__(self, window: QWidget) -> None:
        self._draws = False
        self.picture = QPixmap()
        super().__init__(window, takes_clicks=True)
        self.middle = self.mapFromGlobal(QCursor.pos())
        self._cached = cached_items(window)
        for item, _mode in self._cached:  # painted for the window, it would be a picture of points
            item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
        self._timer = QTimer(self, interval=LIVE)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self.refresh()

    def part(self) -> QRect:
        """What of the window is shown: around the spot, and never beyond the window's edge."""
        size = QSize(round(self.width() / TIMES), round(self.height() / TIMES))
        left = min(max(0, self.middle.x() - size.width() // 2), self.width() - size.width())
        top = min(max(0, self.middle.y() - size.height() // 2), self.height() - size.height())
        return QRect(QPoint(left, top), size)

    def refresh(self) -> None:
        """Draw the part as it is now."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        painter = QPainter(picture)
        painter.scale(TIMES, TIMES)
        self._draws = True  # and is no part of what it shows
        self.covered.render(painter, QPoint(), QRegion(self.part()))
        self._draws = False
        painter.end()
        self.picture = picture
        self.update()

    def remove(self) -> None:
        self._timer.stop()
        for item, mode in self._cached:
            if shiboken6.isValid(item):
                item.setCacheMode(mode)
        super().remove()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._draws:
            return
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self.picture)
        painter.setPen(QPen(QColor(theme.colors().selection), 6))
        painter.drawRect(self.rect())


def cached_items(window: QWidget) -> list[tuple[QGraphicsItem, QGraphicsItem.CacheMode]]:
    """What the drawings in a window keep as it was painted, and how."""
    items = [item for view in window.findChildren(QGraphicsView) if view.isVisible() for item in view.items()]
    modes = [(item, item.cacheMode()) for item in items]
    return [(item, mode) for item, mode in modes if mode is not QGraphicsItem.CacheMode.NoCache]
