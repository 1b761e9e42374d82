"""What changes of a layer on the canvas while its network learns: its neurons with their maps, its weights, its masks.

It is an item of its own, so that the rest of the layer stays painted as it is.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

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

if TYPE_CHECKING:
    from nnstudio.ui.canvas.items import LayerItem


class Inside(QGraphicsItem):
    """Paints what a layer item knows of its inside; the pointer goes through it to the layer."""

    def __init__(self, layer: "LayerItem") -> None:
        super().__init__(layer)
        self.layer = layer
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def reshape(self) -> None:
        """To be called before the layer covers another area."""
        self.prepareGeometryChange()

    def boundingRect(self) -> QRectF:
        return self.layer.boundingRect()

    def shape(self) -> QPainterPath:
        return QPainterPath()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        layer = self.layer
        if layer.units:
            self.paint_units(painter)
        picture = layer.picture()
        if picture is not None:
            paint_picture(painter, picture, picture_place(layer.units))
        if layer.mask is not None and not layer.units:
            paint_picture(painter, picture_of_mask(layer.mask), picture_place(0))

    def paint_units(self, painter: QPainter) -> None:
        """Each neuron by what it gives for the sample that is tried out, over the plane, or by its bias."""
        layer = self.layer
        edge = QColor(theme.colors().categories[layer.declared.category])
        if layer.activations is not None and len(layer.activations) == layer.units:
            paint_neurons(painter, layer.units, edge, strength_of(layer.activations))
        elif layer.maps is not None and layer.maps.count == layer.units:
            paint_maps(painter, edge, layer.maps)
        else:
            paint_neurons(painter, layer.units, edge, layer.weights.biases if layer.weights else None)
        if layer.mask is not None:
            paint_dropped(painter, layer.units, layer.mask)
