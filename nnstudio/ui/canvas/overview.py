"""A large network seen from afar: all boxes and links drawn together, since an item each would take too long.

Below a zoom at which no word could be read, the items themselves are not drawn.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from nnstudio.ui.canvas.annotations import FrameItem
from nnstudio.ui.canvas.items import LayerItem
from nnstudio.ui.look import projector, theme

if TYPE_CHECKING:
    from nnstudio.ui.canvas.scene import NetworkScene

FAR = 0.4
"""The zoom below which the overview stands in for the items."""
MANY = 60
"""Fewer layers are drawn in full from any distance."""


def paint_overview(painter: QPainter, scene: "NetworkScene") -> None:
    """Boxes in the colours of their categories; selected, problematic and fitting ones framed."""
    colors = theme.colors()
    paint_remarks(painter, scene, colors)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    lines, bent = list[QLineF](), QPainterPath()
    for item in scene.links.values():
        line = item.afar()
        if line is not None:
            lines.append(line)
        else:
            bent.addPath(item.path())
    pen = QPen(QColor(colors.faint_text), projector.line(1))
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawLines(lines)
    painter.drawPath(bent)
    for item in scene.links.values():
        if item.isSelected() or item.highlighted:
            strong = QPen(QColor(colors.success if item.highlighted else colors.selection), projector.line(2.5))
            strong.setCosmetic(True)
            painter.setPen(strong)
            painter.drawPath(item.path())
    boxes: dict[str, list[QRectF]] = {}
    frames: dict[str, list[QRectF]] = {}
    for layer in scene.layers.values():
        box = layer.box.translated(layer.pos())
        boxes.setdefault(layer.declared.category, []).append(box)
        frame = frame_color(layer, colors)
        if frame:
            frames.setdefault(frame, []).append(box)
    painter.setPen(Qt.PenStyle.NoPen)
    for category, rects in boxes.items():
        painter.setBrush(QColor(colors.categories[category]))
        painter.drawRects(rects)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, rects in frames.items():
        pen = QPen(QColor(color), projector.line(2.5))
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawRects(rects)


def paint_remarks(painter: QPainter, scene: "NetworkScene", colors: theme.Colors) -> None:
    """Notes as sheets, frames as outlines."""
    for item in scene.annotations.values():
        pen = QPen(QColor(colors.selection if item.isSelected() else colors.border), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush if isinstance(item, FrameItem) else QColor(colors.note))
        painter.drawRect(item.box.translated(item.pos()))


def frame_color(layer: LayerItem, colors: theme.Colors) -> str:
    """The colour that tells something of a layer; "" for nothing."""
    if layer.highlight:
        return colors.success if layer.highlight == "fits" else colors.problem
    if layer.isSelected():
        return colors.selection
    return colors.problem if layer.problems else ""
