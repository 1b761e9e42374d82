"""The receptive field of a value: the part of the picture that it is computed from, by the declarations of the layers
on the way, from the value back to the picture."""

from dataclasses import dataclass

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.windows import IMAGE_AXES, window_of
from nnstudio.project.model import Layer, Network
from nnstudio.project.sample_picture import picture_layer
from nnstudio.project.shapes import Inference, incoming

Span = tuple[int, int]
"""The first and the last row, or column, counted from 0."""

SLIDING = ("convolution", "pooling")
"""The roles of layers whose values come from windows of the image that enters."""
IN_PLACE = ("activation", "dropout", "join", "normalization", "reshape", "output")
"""The roles of layers that leave each value of an image in its place, or put a border around it."""


@dataclass(frozen=True)
class Field:
    """Rows and columns of the picture. Where they are not cut they may begin before it and end behind it."""

    rows: Span
    columns: Span

    @property
    def size(self) -> tuple[int, int]:
        return self.rows[1] - self.rows[0] + 1, self.columns[1] - self.columns[0] + 1

    def with_other(self, other: "Field | None") -> "Field":
        """The smallest field that holds both."""
        return self if other is None else Field(hull(self.rows, other.rows), hull(self.columns, other.columns))

    def cut(self, height: int, width: int) -> "Field | None":
        """What of it lies in an image; None where nothing does."""
        rows, columns = within(self.rows, height), within(self.columns, width)
        return Field(rows, columns) if rows[0] <= rows[1] and columns[0] <= columns[1] else None


def receptive_field(
    network: Network, inference: Inference, layer: str, row: int, column: int, is_cut: bool = True
) -> Field | None:
    """The part of the picture that the value of a layer's maps at (row, column), counted from 0, comes from.

    None for a value that comes from padding alone, and in a network whose samples are no images. Without `is_cut`
    padding counts as if the picture went on there: then the field has the same size wherever the value stands.
    """
    picture = picture_layer(network, inference)
    if picture is None:
        return None
    sources, shapes = incoming(network), inference.shapes
    seen: dict[str, Field] = {layer: Field((row, row), (column, column))}
    height, width = shapes[picture][1:]
    whole = Field((0, height - 1), (0, width - 1))
    for id in reversed(inference.order):
        if id == picture or id not in seen:
            continue
        for source in sources[id]:
            before = field_before(network.layer(id), shapes[source], shapes[id], seen[id])
            if before is None:
                return whole
            reached = before.cut(*shapes[source][1:]) if is_cut else before
            if reached is not None:
                seen[source] = reached.with_other(seen.get(source))
    return seen.get(picture)


def field_before(layer: Layer, entering: tuple[int, ...], leaving: tuple[int, ...], field: Field) -> Field | None:
    """What of the image that enters a layer a part of the image that leaves it comes from; None for anything at all."""
    role, is_mixed = layer.role, layer_type(layer.type).mixes_places
    if len(entering) != IMAGE_AXES or len(leaving) != IMAGE_AXES or is_mixed or role not in (*SLIDING, *IN_PLACE):
        return None
    spans = [
        span_before(layer, axis, span, entering[1 + axis], leaving[1 + axis])
        for axis, span in enumerate((field.rows, field.columns))
    ]
    return Field(spans[0], spans[1])


def span_before(layer: Layer, axis: int, span: Span, entering: int, leaving: int) -> Span:
    """The same of rows (axis 0) or columns (axis 1), of which so many enter and leave."""
    first, last = span
    if layer.role not in SLIDING:
        border = (leaving - entering) // 2
        return first - border, last - border
    if "kernel_size" not in layer.parameters:  # as large as it needs to be: the windows share the image out evenly
        return first * entering // leaving, -(-(last + 1) * entering // leaving) - 1
    window = window_of(layer.parameters)
    stride, start = window.stride[axis], -window.padding[axis]
    return first * stride + start, last * stride + start + window.reach[axis] - 1


def hull(one: Span, other: Span) -> Span:
    return min(one[0], other[0]), max(one[1], other[1])


def within(span: Span, size: int) -> Span:
    return max(span[0], 0), min(span[1], size - 1)
