"""A small picture of a network in which nothing is written: a sign for each layer, in the colours of the canvas.

Drawn on threads: here is no widget, no pixmap and nothing that asks the window.
"""

import math
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from nnstudio.layers.catalogue import layer_type
from nnstudio.project.model import Layer, Network
from nnstudio.ui.look.theme import Colors, mixed

MARGIN = 10.0
WIDEST = 16.0
"""Of a sign, in points."""
FEW = 8
"""So many units are drawn one by one."""
UNIT = 9.0
"""The height of one of them."""
MANY = 4096
"""Units of the tallest bar."""
MAPS = 3
"""Sheets that stand for the maps of a layer of pictures."""


@dataclass(frozen=True)
class Sign:
    """Where a layer's sign stands."""

    layer: Layer
    box: QRectF


def network_picture(network: Network, size: QSize, ratio: float, colors: Colors) -> QImage:
    """The network in a picture of this size in points, with `ratio` pixels a point."""
    image = QImage(size * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    signs = placed(network, QRectF(0, 0, size.width(), size.height()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colors.border), 1.2))
    for link in network.links:
        if link.source in signs and link.target in signs:
            start, end = signs[link.source].box, signs[link.target].box
            painter.drawLine(QLineF(start.right(), start.center().y(), end.left(), end.center().y()))
    for sign in signs.values():
        paint_sign(painter, sign, colors)
    painter.end()
    return image


def placed(network: Network, area: QRectF) -> dict[str, Sign]:
    """A sign for each layer, by its id: in columns by how many layers lie before it, however the drawing bends."""
    columns: dict[int, list[Layer]] = {}
    depths = depths_of(network)
    for layer in network.layers:
        columns.setdefault(depths[layer.id], []).append(layer)
    step = min(area.width() / max(len(columns), 1), 3 * WIDEST)
    left = area.center().x() - step * len(columns) / 2
    found = {}
    for place, column in enumerate(columns[key] for key in sorted(columns)):
        lane = area.height() / len(column)
        for row, layer in enumerate(sorted(column, key=lambda one: one.position[1])):
            box = QRectF(0, 0, min(WIDEST, 0.62 * step) * breadth(layer), lane * tallness(layer))
            if is_small(layer):
                box.setHeight(min(lane, units_of(layer) * UNIT))
            box.moveCenter(QPointF(left + (place + 0.5) * step, area.top() + (row + 0.5) * lane))
            found[layer.id] = Sign(layer, box)
    return found


def depths_of(network: Network) -> dict[str, int]:
    """How many layers lie before each on the longest way to it, by id. In a circle, which cannot be trained, counting
    ends after as many rounds as there are layers."""
    depths = {layer.id: 0 for layer in network.layers}
    for _round in network.layers:
        before = dict(depths)
        for link in network.links:
            if link.source in depths and link.target in depths:
                depths[link.target] = max(depths[link.target], depths[link.source] + 1)
        if depths == before:
            break
    return depths


def breadth(layer: Layer) -> float:
    """How wide a sign is, of the widest: what has weights is wide, what acts on each value slim."""
    category = layer_type(layer.type).category
    return {"dense": 1.0, "image": 1.0, "sequence": 1.0, "structure": 0.6}.get(category, 0.42)


def units_of(layer: Layer) -> int:
    """The units or maps that a layer gives, 0 where that is not among its settings."""
    for name in ("units", "filters", "dimension"):
        value = layer.parameters.get(name)
        if isinstance(value, int):
            return value
    return 0


def is_small(layer: Layer) -> bool:
    """Whether its units are drawn one by one."""
    return layer_type(layer.type).category == "dense" and 0 < units_of(layer) <= FEW


def tallness(layer: Layer) -> float:
    """How tall a sign is, 0 to 1: the more units, the taller, each doubling by as much."""
    units = units_of(layer)
    if units:
        return 0.2 + 0.8 * min(1.0, math.log2(units + 1) / math.log2(MANY))
    return 0.5 if layer_type(layer.type).category in ("image", "sequence") else 0.36


def paint_sign(painter: QPainter, sign: Sign, colors: Colors) -> None:
    """A bar; a small layer as its units, one of pictures as sheets, ends and joins as a dot."""
    declared = layer_type(sign.layer.type)
    color, box = QColor(colors.categories[declared.category]), sign.box
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    units = units_of(sign.layer)
    if declared.category == "structure":
        radius = box.width() / 2
        painter.drawEllipse(box.center(), radius, radius)
    elif is_small(sign.layer):
        step = box.height() / units
        top = box.center().y() - step * units / 2
        radius = 0.42 * min(step, box.width())
        for number in range(units):
            painter.drawEllipse(QPointF(box.center().x(), top + (number + 0.5) * step), radius, radius)
    elif declared.category == "image":
        shift = 0.16 * box.width()
        for sheet in reversed(range(MAPS)):
            painter.setBrush(QColor(mixed(color.name(), colors.background, 0.28 * sheet)))
            painter.drawRoundedRect(box.translated(shift * sheet, -shift * sheet), 2, 2)
    else:
        painter.drawRoundedRect(box, box.width() / 3, box.width() / 3)
