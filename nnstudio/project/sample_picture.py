"""Which samples are pictures: those of images, and plain lists that the drawing lays out as one."""

from math import isqrt

from nnstudio.layers.spec import Shape, Sparse, Tokens
from nnstudio.layers.windows import IMAGE_AXES, Image
from nnstudio.project.model import Network
from nnstudio.project.preparation import Preparation
from nnstudio.project.shapes import Inference, incoming

SMALLEST = 6
"""Pixels of a square's side below which a plain list is taken for measurements and not for pixels."""


def picture_layer(network: Network, inference: Inference) -> str | None:
    """The layer that gives the sample as an image: the input, or a layer that lays out its list; None without one."""
    first = next((one.id for one in network.layers if one.role == "input"), None)
    if first is None or first not in inference.shapes:
        return None
    if len(inference.shapes[first]) == IMAGE_AXES:
        return first
    sources = incoming(network)
    laid_out = (
        one.id
        for one in network.layers
        if one.role == "reshape" and sources[one.id] == [first] and len(inference.shapes.get(one.id, ())) == IMAGE_AXES
    )
    return next(laid_out, None)


def picture_shape_of(network: Network, inference: Inference, preparation: Preparation) -> Image | None:
    """Channels, height and width of the picture that a sample is; a list of numbers that nothing lays out is a grey
    square where their count is one. None for what is no picture."""
    if isinstance(preparation.shape, Tokens | Sparse) or any(one.kind != "number" for one in preparation.columns):
        return None
    layer = picture_layer(network, inference)
    return image(inference.shapes[layer]) if layer else square(preparation.sample_shape)


def image(shape: Shape) -> Image:
    channels, height, width = shape
    return channels, height, width


def square(shape: Shape) -> Image | None:
    side = isqrt(shape[0]) if len(shape) == 1 else 0
    return (1, side, side) if side >= SMALLEST and side * side == shape[0] else None
