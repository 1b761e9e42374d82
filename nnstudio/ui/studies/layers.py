"""What is drawn of the trials, in layers that are kept as pictures: lighting a trial or brushing draws one anew."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

from nnstudio.ui.look import theme

MOST_FINE = 600
"""Of more marks none is drawn with fine edges: it takes ten times as long, and they lie over each other anyway."""

SHARP = 2.0
"""How many pixels such a picture has for one of the plot at least, in print."""

Numbers = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Pixels:
    """From the places of a plot to the pixels that are painted."""

    transform: QTransform
    area: QRectF

    def across(self, places: Numbers) -> Numbers:
        return np.asarray(places * self.transform.m11() + self.transform.dx())

    def up(self, places: Numbers) -> Numbers:
        return np.asarray(places * self.transform.m22() + self.transform.dy())

    def point(self, across: float, up: float) -> QPointF:
        return self.transform.map(QPointF(across, up))


Draw = Callable[[QPainter, Pixels], None]


@dataclass(frozen=True)
class Layer:
    """One layer: what it shows, as something that is equal as long as that is, and how it is drawn. `marks` is how
    many lines and points that are, about."""

    shown: object
    draw: Draw
    marks: int = 0


@dataclass(frozen=True)
class Kept:
    """A layer as it was drawn, and for what."""

    key: tuple[object, ...]
    image: QImage


class Layers(pyqtgraph.GraphicsObject):  # type: ignore[misc]
    """Draws over all of a plot. `bounds` are the places (left, right), (bottom, top) that its data take."""

    def __init__(self) -> None:
        super().__init__()
        self.layers: list[Layer] = []
        self.over: Draw | None = None
        """What is drawn last and anew each time: the trial that is lit."""
        self.bounds = ((0.0, 1.0), (0.0, 1.0))
        self._kept: dict[int, Kept] = {}

    def show_layers(self, layers: list[Layer]) -> None:
        self.layers = layers
        self.update()

    def boundingRect(self) -> QRectF:
        view: QRectF | None = self.viewRect()
        return QRectF() if view is None else view

    def dataBounds(self, axis: int, *_given: Any, **_asked: Any) -> tuple[float, float]:
        return self.bounds[axis]

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()
        super().viewTransformChanged()

    def paint(self, painter: QPainter, *_options: object) -> None:
        transform = painter.worldTransform()
        area = transform.mapRect(self.boundingRect())
        pixels = Pixels(transform, area)
        painter.save()
        painter.resetTransform()
        painter.setClipRect(area)
        for number, layer in enumerate(self.layers):
            if layer.marks <= MOST_FINE:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                layer.draw(painter, pixels)
            else:
                painter.drawImage(area.topLeft(), self._image(number, layer, pixels, painter))
        if self.over is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.over(painter, pixels)
        painter.restore()

    def _image(self, number: int, layer: Layer, pixels: Pixels, painter: QPainter) -> QImage:
        """A layer's picture, drawn anew where it shows something else or elsewhere."""
        ratio = painter.device().devicePixelRatioF()
        if theme.is_printing():
            ratio = max(ratio, SHARP)
        shift, area = pixels.transform, pixels.area
        where = shift.m11(), shift.m22(), shift.dx(), shift.dy(), area.width(), area.height(), ratio
        key = (layer.shown, theme.colors().surface, where)
        kept = self._kept.get(number)
        if kept is None or kept.key != key:
            image = QImage((area.size() * ratio).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
            image.setDevicePixelRatio(ratio)
            image.fill(Qt.GlobalColor.transparent)
            inside = QPainter(image)
            inside.translate(-area.topLeft())
            layer.draw(inside, pixels)
            inside.end()
            kept = self._kept[number] = Kept(key, image)
        return kept.image
