"""The ring around the thing of the window that a step points at; it takes no clicks."""

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.ui.look import theme

LOOK_EVERY = 120
MARGIN, WIDTH = 5, 3


class Ring(QWidget):
    """Lies over the whole window and draws round `place()`, a rectangle of the window; none where that is empty."""

    def __init__(self, window: QWidget, place: Callable[[], QRect]) -> None:
        super().__init__(window)
        self.setObjectName("lessonRing")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.place = place
        self.hide()
        self._timer = QTimer(self, interval=LOOK_EVERY)
        self._timer.timeout.connect(self.follow)

    def point(self, on: bool) -> None:
        """Follow the place from now on, or no more."""
        if on:
            self._timer.start()
            self.follow()
        else:
            self._timer.stop()
            self.hide()

    def follow(self) -> None:
        """Lie where the thing is now: only as large as the ring, so that nothing else is painted anew."""
        rect = self.place()
        if rect.isEmpty():
            self.hide()
            return
        around = rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        window = self.parentWidget()
        if window is not None:
            around = around.intersected(window.rect())
        if around != self.geometry() or self.isHidden():
            self.setGeometry(around)
            self.show()
            self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.colors().flag), WIDTH))
        inside = self.rect().adjusted(WIDTH, WIDTH, -WIDTH, -WIDTH)
        painter.drawRoundedRect(inside, 8, 8)
