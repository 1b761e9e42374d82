"""The icons of layers: an activation's is its own curve, computed from its declaration; others are symbols."""

from functools import cache

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import LayerType
from nnstudio.ui.look import theme

SIZES = (16, 32, 64, 128, 256)
USUAL = 22.0
"""The size of a layer's icon in its box."""
FROM, TO, POINTS = -3.0, 3.0, 49
LOWEST, HIGHEST = -1.4, 1.9
"""The part of the plane that a curve is drawn on: both axes are seen, and where a function bends."""


def layer_icon(declared: LayerType) -> QIcon:
    """The icon of a layer in the colour of its category."""
    return QIcon(layer_picture(declared, 3.0))


def layer_picture(declared: LayerType, zoom: float) -> QPixmap:
    """The same as a picture sharp at this zoom: drawing it anew for each layer would take most of a frame."""
    size = next((one for one in SIZES if one >= USUAL * zoom), SIZES[-1])
    return picture(declared.type, theme.colors().categories[declared.category], theme.colors().border, size)


@cache
def picture(type: str, color: str, axes: str, size: int) -> QPixmap:
    declared = layer_type(type)
    if declared.curve is None or declared.category != "activation" or is_of_vector(declared):
        return theme.drawn_icon(declared.icon, color, color).pixmap(QSize(size, size))
    image = QPixmap(size, size)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(axes), max(1.0, size / 24)))
    painter.drawLine(place(FROM, 0.0, size), place(TO, 0.0, size))
    painter.drawLine(place(0.0, LOWEST, size), place(0.0, HIGHEST, size))
    pen = QPen(QColor(color), max(1.5, size / 9))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    inputs = np.linspace(FROM, TO, POINTS)
    outputs = declared.curve(declared.defaults()).function(inputs)
    shown = [(x, y) for x, y in zip(inputs.tolist(), outputs.tolist(), strict=True) if LOWEST <= y <= HIGHEST]
    painter.drawPolyline(QPolygonF([place(x, y, size) for x, y in shown]))
    painter.end()
    return image


def is_of_vector(declared: LayerType) -> bool:
    """Whether the function is one of all values together, which has no single curve."""
    assert declared.curve is not None
    return np.ndim(declared.curve(declared.defaults()).derivative(np.zeros(2))) > 1


def place(x: float, y: float, size: int) -> QPointF:
    """Where a point of the curve lies in a picture of this size."""
    room = size * 0.84
    return QPointF(
        size * 0.08 + (x - FROM) / (TO - FROM) * room, size * 0.08 + (HIGHEST - y) / (HIGHEST - LOWEST) * room
    )
