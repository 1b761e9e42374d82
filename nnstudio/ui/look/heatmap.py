"""Numbers as a picture: blue is positive, orange negative, as everywhere in the window."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from nnstudio.ui.look import theme

MOST_COVERED = 0.9
"""How much the strongest value covers what it is laid over."""
FAINT = 0.6
"""How much darkness is left of the picture below."""
LEVELS = 127
"""As many steps of colour lead from the ground to the full one, each way."""


def signed_picture(values: NDArray[Any]) -> QImage:
    """A point for each value (height, width), the strongest in full colour; what is no number is left blank."""
    return painted(levels_of(values[None])[0])


def strongest_of(values: NDArray[Any]) -> float:
    """The largest size among values, those that are no finite numbers left out: the end of a scale through 0."""
    return max(ALL_ZERO, float(np.abs(np.where(np.isfinite(values), values, 0.0)).max(initial=0.0)))


def picture_on_scale(values: NDArray[Any], strongest: float, inside: NDArray[np.bool_] | None = None) -> QImage:
    """A point for each value (height, width) on a scale that goes from −strongest to +strongest, so that pictures can
    be compared; clear where a point is not inside."""
    within = np.clip(np.nan_to_num(values), -strongest, strongest)
    levels = np.asarray(np.rint(within * (LEVELS / strongest)) + LEVELS, np.uint8)
    return painted(levels if inside is None else np.where(inside, levels, CLEAR).astype(np.uint8))


def rgb_image(pixels: NDArray[np.uint8]) -> QImage:
    """Red, green and blue, and opacity where it is there (height, width, 3 or 4)."""
    height, width, parts = pixels.shape
    format = QImage.Format.Format_RGBA8888 if parts == 4 else QImage.Format.Format_RGB888
    image = QImage(np.ascontiguousarray(pixels).tobytes(), width, height, parts * width, format)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # a copy, of what is drawn fastest


def laid_over(pixels: NDArray[np.uint8], values: NDArray[Any], strongest: float) -> QImage:
    """Values (height, width) over a faint grey copy of a picture (height, width, 3): the stronger one is, the more it
    covers; what is no number covers nothing."""
    colors = theme.colors()
    high, low = (np.array(theme.rgb(one), np.float32) for one in (colors.positive, colors.negative))
    shares = np.clip(np.nan_to_num(values) / strongest, -1.0, 1.0).astype(np.float32)[..., None]
    cover = MOST_COVERED * np.abs(shares)
    grey = 255.0 - FAINT * (255.0 - pixels.mean(axis=2, keepdims=True, dtype=np.float32))
    mixed = grey + (np.where(shares >= 0, high, low) - grey) * cover
    return rgb_image(np.rint(mixed).astype(np.uint8))


def kernels_picture(values: NDArray[Any], kernel: tuple[int, ...]) -> QImage:
    """Kernels (filters, channels · height · width) beside each other, a column a filter and a row a channel; the
    strongest of each filter in full colour, and clear between them."""
    height, width = kernel
    filters = len(values)
    levels = levels_of(values.reshape(filters, -1, width)).reshape(filters, -1, height, width)
    framed = np.full((filters, levels.shape[1], height + 1, width + 1), CLEAR, np.uint8)
    framed[:, :, :height, :width] = levels
    rows, columns = framed.shape[1] * (height + 1), filters * (width + 1)
    return painted(framed.transpose(1, 2, 0, 3).reshape(rows, columns)[:-1, :-1])


def stack_picture(values: NDArray[Any]) -> QImage:
    """Maps (n, height, width) beside each other on one scale, clear between them."""
    count, height, width = values.shape
    framed = np.zeros((height, count, width + 1), np.float32)
    inside = np.zeros(framed.shape, np.bool_)
    framed[:, :, :width], inside[:, :, :width] = values.transpose(1, 0, 2), True
    laid_out, within = (one.reshape(height, -1)[:, :-1] for one in (framed, inside))
    return picture_on_scale(laid_out, strongest_of(values), within)


@dataclass(frozen=True)
class Maps:
    """Square maps below each other in one picture, each a round one: what lies outside its circle is clear."""

    image: QImage
    count: int

    def place(self, number: int) -> QRectF:
        """Where in the picture a map stands."""
        side = self.image.width()
        return QRectF(0, number * side, side, side)


def round_maps(values: NDArray[Any]) -> Maps:
    """Maps (n, side, side) of which each has its strongest value in full colour."""
    count, side, _side = values.shape
    levels = levels_of(values)
    levels[:, outside(side)] = CLEAR
    return Maps(painted(levels.reshape(count * side, side)), count)


ALL_ZERO = 1e-12
"""The end of a scale of values that are all 0."""
CLEAR = 2 * LEVELS + 1
"""The number of what is no colour at all."""


def levels_of(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Colours by number for maps (n, height, width), each with its strongest value in full colour."""
    values = np.nan_to_num(values)
    strongest = np.maximum(np.abs(values).max(axis=(1, 2), keepdims=True), 1e-12)
    return np.asarray(np.rint(values * (LEVELS / strongest)) + LEVELS, np.uint8)


def painted(levels: NDArray[np.uint8]) -> QImage:
    """A picture of colours by number (height, width)."""
    height, width = levels.shape
    content = np.ascontiguousarray(levels).tobytes()
    image = QImage(content, width, height, width, QImage.Format.Format_Indexed8)
    colors = theme.colors()
    image.setColorTable(color_table(colors.surface, colors.positive, colors.negative))
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # a copy, of what is drawn fastest


@cache
def color_table(surface: str, positive: str, negative: str) -> list[int]:
    """The colours from the negative over the surface's to the positive, and none."""
    ground, high, low = (np.array(theme.rgb(one), float) for one in (surface, positive, negative))
    steps = np.arange(-LEVELS, LEVELS + 1)[:, None]
    mixed = (ground + (np.where(steps >= 0, high, low) - ground) * np.abs(steps) / LEVELS).astype(int)
    return [0xFF000000 | red << 16 | green << 8 | blue for red, green, blue in mixed.tolist()] + [0]


@cache
def outside(side: int) -> NDArray[np.bool_]:
    """Which points of a square (side, side) lie outside the circle in it."""
    across = (np.arange(side) + 0.5) / side - 0.5
    return np.asarray(np.hypot(across[:, None], across[None]) > 0.5)
