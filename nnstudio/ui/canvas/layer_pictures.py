"""What stands in a layer's box beside its name and below it: its first setting, and the picture of what it learnt."""

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from nnstudio.layers.catalogue import layer_type
from nnstudio.project.model import Layer
from nnstudio.project.sizes import FOOT, HEAD, LAYER_SIZE
from nnstudio.ui.canvas.neurons import column_box, picture_place
from nnstudio.ui.look.heatmap import kernels_picture, signed_picture

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Weights

BOX = QRectF(0, 0, *LAYER_SIZE)
MARGIN, HIGH_MARGIN = 12.0, 34.0


def picture_of(weights: "Weights") -> QImage:
    """What a layer has learnt as a picture: its kernels, or its matrix."""
    return kernels_picture(weights.matrix, weights.kernel) if weights.kernel else signed_picture(weights.matrix)


@lru_cache
def covered(units: int, has_picture: bool, is_projected: bool = False) -> QRectF:
    """All that may be drawn of a layer within its item; letters for a class reach further up and down."""
    whole = BOX
    if units:
        whole = whole.united(column_box(units).adjusted(0, -HEAD, 0, FOOT))
    if has_picture:
        whole = whole.united(picture_place(units))
    high = HIGH_MARGIN if is_projected else MARGIN
    return whole.adjusted(-MARGIN, -high, MARGIN, high)


def main_setting(layer: Layer) -> str:
    """What a student asks of a layer first and its shape does not say: how much dropout drops, how large a window is
    and by how much it moves on."""
    if layer.role == "dropout":
        return f"p = {layer.parameters['rate']:g}"
    if "kernel_size" in layer.parameters:
        size, stride = (str(layer.parameters[name]).replace("x", "×") for name in ("kernel_size", "stride"))
        is_square = size.isdecimal() and layer_type(layer.type).parameter("kernel_size").kind == "size"
        return (f"{size}×{size}" if is_square else size) + ("" if stride == "1" else f"/{stride}")
    return ""
