"""What changes of a layer on the canvas while its network learns: its neurons with their maps, its weights, its masks.

It is an item of its own, so that the rest of the layer stays painted as it is.
"""

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnstudio.layers.spec import LayerType
from nnstudio.ui.canvas.neurons import (
    paint_dropped,
    paint_maps,
    paint_neurons,
    paint_picture,
    picture_of_mask,
    picture_place,
    strength_of,
)
from nnstudio.ui.look import theme
from nnstudio.ui.look.heatmap import Maps

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Weights


class Known(Protocol):
    """What a layer's item knows of its inside."""

    declared: LayerType
    units: int
    weights: "Weights | None"
    mask: NDArray[np.bool_] | None
    maps: Maps | None
    stack: QImage | None
    activations: NDArray[np.float32] | None

    def picture(self) -> QImage | None: ...


class Inside(QGraphicsItem):
    """Paints what is known on the layer's item, where the pointer goes through it."""

    def __init__(self, known: Known, item: QGraphicsItem) -> None:
        super().__init__(item)
        self.known = known
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def reshape(self) -> None:
        """To be called before the layer covers another area."""
        self.prepareGeometryChange()

    def boundingRect(self) -> QRectF:
        return self.parentItem().boundingRect()

    def shape(self) -> QPainterPath:
        return QPainterPath()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        known = self.known
        if known.units:
            self.paint_units(painter)
        picture = known.picture()
        if picture is not None:
            place = picture_place(known.units)
            is_of_kernels = known.weights is not None and bool(known.weights.kernel)
            paint_picture(painter, picture, as_wide(place, picture) if is_of_kernels else place)
        elif known.mask is not None and not known.units:
            paint_picture(painter, picture_of_mask(known.mask), picture_place(0))
        elif known.stack is not None and not known.units:
            paint_picture(painter, known.stack, whole_in(picture_place(0), known.stack))

    def paint_units(self, painter: QPainter) -> None:
        """Each neuron by what it gives for the sample that is tried out, over the plane, or by its bias."""
        known = self.known
        edge = QColor(theme.colors().categories[known.declared.category])
        if known.activations is not None and len(known.activations) == known.units:
            paint_neurons(painter, known.units, edge, strength_of(known.activations))
        elif known.maps is not None and known.maps.count == known.units:
            paint_maps(painter, edge, known.maps)
        else:
            paint_neurons(painter, known.units, edge, known.weights.biases if known.weights else None)
        if known.mask is not None:
            paint_dropped(painter, known.units, known.mask)


def whole_in(place: QRectF, picture: QImage) -> QRectF:
    """The largest part of a place, from its left, that keeps a picture's shape."""
    scale = min(place.width() / picture.width(), place.height() / picture.height())
    return QRectF(place.topLeft(), QSizeF(scale * picture.width(), scale * picture.height()))


def as_wide(place: QRectF, picture: QImage) -> QRectF:
    """As much of a place as a picture fills that keeps its shape; all of it where that would be less than half."""
    height = place.width() * picture.height() / picture.width()
    return QRectF(place.topLeft(), QSizeF(place.width(), height)) if height <= place.height() <= 2 * height else place
