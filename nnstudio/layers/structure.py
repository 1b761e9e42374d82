"""Layers without weights that say where values come in, go out, are flattened or joined."""

from collections.abc import Sequence
from math import prod

from nnstudio.layers.spec import LayerType, Shape, TorchCall, Values, same_shape, shown_shape
from nnstudio.text import UserError, mark
from nnstudio.text import translate as _


def input_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    """The data's own shape, given as the only "input" of the input layer."""
    return shapes[0]


def flat_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    return (prod(shapes[0]),)


def joined_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    """Concatenation adds up the first size; all others must agree."""
    first, *others = shapes
    for other in others:
        if other[1:] != first[1:]:
            raise UserError(
                _(
                    "joins {first} and {second} values, which agree in nothing but the first size; flatten them first."
                ).format(first=shown_shape(first), second=shown_shape(other))
            )
    return (sum(shape[0] for shape in shapes), *first[1:])


def added_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    """A sum needs one shape; torch would broadcast (N, 1) silently, so we refuse it."""
    first, *others = shapes
    for other in others:
        if other != first:
            raise UserError(
                _(
                    "adds {first} and {second} values; both sides must have the same shape. "
                    "Give the layers before it the same units, or use a concat."
                ).format(first=shown_shape(first), second=shown_shape(other))
            )
    return first


INPUT = LayerType(
    type="input",
    label=mark("Input"),
    category="structure",
    role="input",
    help=mark("Where each sample comes in. Its shape is that of the data."),
    formula=r"x",
    output_shape=input_shape,
    call=None,
    inputs=(0, 0),
    icon="mdi6.import",
)

FLATTEN = LayerType(
    type="flatten",
    label=mark("Flatten"),
    category="structure",
    role="reshape",
    help=mark("Lays the values of an image or table out as one plain list, row after row."),
    formula=r"y = (x_{1}, x_{2}, \ldots, x_{n})",
    output_shape=flat_shape,
    call=lambda shapes, values: TorchCall("nn.Flatten"),
    icon="mdi6.arrow-collapse-vertical",
    symbol=r"\mathrm{vec}",
)

CONCAT = LayerType(
    type="concat",
    label=mark("Concat"),
    category="structure",
    role="join",
    help=mark("Lays the values of several layers one after another into one list."),
    formula=r"y = (x^{(1)}, x^{(2)}, \ldots)",
    output_shape=joined_shape,
    call=lambda shapes, values: TorchCall("torch.cat", {"dim": 1}, form="function"),
    inputs=(2, None),
    icon="mdi6.call-merge",
)

ADD = LayerType(
    type="add",
    label=mark("Add"),
    category="structure",
    role="join",
    help=mark("Adds the values of several layers of the same shape one by one: a skip connection ends in it."),
    formula=r"y = x^{(1)} + x^{(2)} + \ldots",
    output_shape=added_shape,
    call=lambda shapes, values: TorchCall("sum", form="sum"),
    inputs=(2, None),
    icon="mdi6.plus-circle-outline",
)

OUTPUT = LayerType(
    type="output",
    label=mark("Output"),
    category="structure",
    role="output",
    help=mark("The network's answer; the loss compares it with the target."),
    formula=r"\hat{y} = x",
    output_shape=same_shape,
    call=None,
    icon="mdi6.export",
)
