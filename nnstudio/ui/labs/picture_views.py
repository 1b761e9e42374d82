"""A whole picture with a frame in it, and a picture that numbers are laid over, place by place."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.ui.labs.cells import Numbers, PlaceMap, paint_frame
from nnstudio.ui.look import theme
from nnstudio.ui.look.heatmap import laid_over, picture_on_scale, rgb_image

MOST_WRITTEN = 10
"""Of more places each way no numbers are written over a picture."""


class FramedPicture(QWidget):
    """A picture, of which a part is framed: first row, first column, last row, last column."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.framed: tuple[int, int, int, int] | None = None
        self._image = QImage()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 120)

    def sizeHint(self) -> QSize:
        return QSize(240, 240)

    def show_picture(self, pixels: NDArray[np.uint8], framed: tuple[int, int, int, int] | None) -> None:
        """Show red, green and blue (height, width, 3)."""
        self._image, self.framed = rgb_image(pixels), framed
        self.update()

    def clear(self) -> None:
        self._image = QImage()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        height, width = self._image.height(), self._image.width()
        pixel = min((self.width() - 10) / width, (self.height() - 10) / height)
        area = QRectF((self.width() - pixel * width) / 2, 5, pixel * width, pixel * height)
        painter = QPainter(self)
        painter.drawImage(area, self._image)
        painter.setPen(QPen(QColor(theme.colors().faint_text), 1))
        painter.drawRect(area)
        if self.framed is not None:
            top, left, bottom, right = self.framed
            size = (right - left + 1) * pixel, (bottom - top + 1) * pixel
            paint_frame(painter, QRectF(area.left() + left * pixel, area.top() + top * pixel, *size), True)
        painter.end()


class OverPicture(PlaceMap):
    """Numbers (rows, columns) over a picture, or in its place, on a scale through 0: one for each pixel, or for each
    `step` of them."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.step = 1
        self.writes = True
        """Whether numbers are written where there is room."""

    def show_over(
        self, pixels: NDArray[np.uint8], changes: Numbers, strongest: float, written: Numbers, step: int = 1
    ) -> None:
        """Lay changes over a picture (height, width, 3); where there is room the numbers `written` stand there too."""
        self.step, self.values = step, written
        self.inside = np.ones(written.shape, np.bool_)
        height, width = (step * size for size in written.shape)
        around = (0, height - pixels.shape[0]), (0, width - pixels.shape[1])
        whole = np.pad(pixels, (*around, (0, 0)), mode="edge")
        self._image = laid_over(whole, changes.repeat(step, axis=0).repeat(step, axis=1), strongest)
        self.update()

    def show_alone(self, values: Numbers, strongest: float) -> None:
        """Show values, one for each pixel, without the picture."""
        self.step, self.values, self.writes = 1, values, False
        self.inside = np.ones(values.shape, np.bool_)
        self._image = picture_on_scale(values, strongest)
        self.update()

    def frame_pixels(self, square: Sequence[int]) -> None:
        """Frame a part of the picture."""
        top, left, bottom, right = (one // self.step for one in square)
        self.frame([(top, left, bottom, right)])

    def _paint_lines(self, painter: QPainter, area: QRectF) -> None:
        """None through a picture, unless numbers are to be told apart."""
        if self.has_numbers():
            super()._paint_lines(painter, area)

    def has_numbers(self) -> bool:
        return self.writes and self.step == 1 and max(self.values.shape) <= MOST_WRITTEN and super().has_numbers()
