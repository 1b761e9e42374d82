"""Layers that lay values out as an image, put a border around it, choose from it, and bring its maps to one scale."""

from collections.abc import Sequence
from math import isqrt, prod

from nnstudio.layers.spec import LayerType, Parameter, Shape, TorchCall, Values, pair, require_plain, shown_shape
from nnstudio.layers.windows import IMAGE_AXES, Image, require_image
from nnstudio.text import UserError, mark
from nnstudio.text import translate as _

# --- columns that are pixels ----------------------------------------------------------------------------------------


def image_size(values: Values) -> Image:
    return int(values["channels"]), int(values["height"]), int(values["width"])


def image_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    count, size = require_plain(shapes), image_size(values)
    if count != prod(size):
        side = isqrt(count)
        words = _("makes an image of {shape}, which are {places} values, and {count} come in.").format(
            shape=shown_shape(size), places=prod(size), count=count
        )
        if side * side == count:
            words += " " + _("They could be one of 1 × {side} × {side}.").format(side=side)
        raise UserError(words)
    return size


def side(name: str, label: str, usual: int, help: str) -> Parameter:
    return Parameter(name, label, "integer", usual, 1, 100_000, help=help)


IMAGE = LayerType(
    type="image",
    label=mark("As image"),
    category="image",
    role="reshape",
    help=mark("Lays a plain list of values out as an image, row after row and channel after channel."),
    formula=r"y_{c,i,j} = x_{(c\,h + i)\,w + j}",
    output_shape=image_shape,
    call=lambda shapes, values: TorchCall("nn.Unflatten", {"dim": 1, "unflattened_size": image_size(values)}),
    parameters=(
        side("channels", mark("Channels"), 1, mark("How many values each place has: 1 for grey, 3 for colour.")),
        side("height", mark("Height"), 8, mark("How many rows the image has.")),
        side("width", mark("Width"), 8, mark("How many columns the image has.")),
    ),
    icon="mdi6.image-outline",
    symbol=r"\mathrm{img}",
    aliases=("Unflatten", "Reshape"),
)


# --- a border, and a choice -----------------------------------------------------------------------------------------


def pad_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    channels, height, width = require_image(shapes)
    down, across = pair(values["padding"])
    return channels, height + 2 * down, width + 2 * across


def pad_call(shapes: Sequence[Shape], values: Values) -> TorchCall:
    down, across = pair(values["padding"])
    return TorchCall("nn.ConstantPad2d", {"padding": (across, across, down, down), "value": float(values["value"])})


PAD = LayerType(
    type="pad",
    label=mark("Padding"),
    category="image",
    role="reshape",
    help=mark("Puts a border of one value around the image, so that a window can stand at its edge."),
    formula=r"y_{c,i,j} = x_{c,\,i-p,\,j-p}",
    output_shape=pad_shape,
    call=pad_call,
    parameters=(
        Parameter("padding", mark("Padding"), "size", 1, 0, 500, help=mark("How wide the border is on each side.")),
        Parameter("value", mark("Value"), "number", 0.0, -1000, 1000, help=mark("What the border is filled with.")),
    ),
    icon="mdi6.border-outside",
    symbol=r"\mathrm{pad}",
    aliases=("ConstantPad2d", "ZeroPad2d", "ZeroPadding2D"),
)


def select_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    first, last, there = int(values["first"]), int(values["last"]), shapes[0][0]
    if len(shapes[0]) not in (1, IMAGE_AXES):
        raise UserError(_("takes a plain list or an image; put a flatten layer before it."))
    if not first <= last <= there:
        words = _("selects {first} to {last}, and those that come in are 1 to {there}.")
        raise UserError(words.format(first=first, last=last, there=there))
    return last - first + 1, *shapes[0][1:]


SELECT = LayerType(
    type="select",
    label=mark("Select"),
    category="structure",
    role="reshape",
    help=mark("Lets some columns through, or some channels of an image, that follow each other; leaves out the rest."),
    formula=r"y = (x_{a}, \ldots, x_{b})",
    output_shape=select_shape,
    call=lambda shapes, values: TorchCall("Select", {"first": int(values["first"]), "last": int(values["last"])}),
    parameters=(
        Parameter("first", mark("First"), "integer", 1, 1, 1_000_000, help=mark("The first one, counted from 1.")),
        Parameter("last", mark("Last"), "integer", 1, 1, 1_000_000, help=mark("The last one.")),
    ),
    icon="mdi6.select-group",
    symbol=r"\mathrm{select}",
    aliases=("slice", "split"),
)


# --- one scale ------------------------------------------------------------------------------------------------------


def per_map(shapes: Sequence[Shape], values: Values) -> Shape:
    if len(shapes[0]) not in (1, IMAGE_AXES):
        raise UserError(_("takes a plain list or an image; put a flatten layer before it."))
    return shapes[0]


SCALE = LayerType(
    type="scale",
    label=mark("Scale"),
    category="image",
    role="normalization",
    help=mark("Multiplies each map by a learnt number and adds another, as LeNet-5 does behind its pooling."),
    formula=r"y_c = a_c\, x_c + b_c",
    output_shape=per_map,
    call=lambda shapes, values: TorchCall("Scale", {"count": shapes[0][0]}),
    tensors=lambda shapes, values: {"weight": shapes[0][:1], "bias": shapes[0][:1]},
    multiply_adds=lambda shapes, values: prod(shapes[0]),
    links=lambda shapes, values: prod(shapes[0]),  # the bias of each value: its factor belongs to the window before
    icon="mdi6.resize",
    symbol=r"\mathrm{scale}",
    aliases=("affine", "trainable coefficient"),
)


def response_call(shapes: Sequence[Shape], values: Values) -> TorchCall:
    return TorchCall(
        "nn.LocalResponseNorm",
        {"size": int(values["size"]), **{name: float(values[name]) for name in ("alpha", "beta", "k")}},
    )


LOCAL_RESPONSE_NORM = LayerType(
    type="local_response_norm",
    label=mark("Local response norm"),
    category="image",
    role="normalization",
    help=mark(
        "Divides each value by what its neighbours in other maps give at the same place, as AlexNet does. PyTorch "
        "divides α by the size: the 10⁻⁴ of the paper is 5 · 10⁻⁴ here."
    ),
    formula=r"y_c = x_c \left(k + \frac{\alpha}{n} \sum_{c'} x_{c'}^2\right)^{-\beta}",
    output_shape=lambda shapes, values: require_image(shapes),
    call=response_call,
    parameters=(
        Parameter("size", mark("Size"), "integer", 5, 1, 1000, help=mark("How many maps that follow each other.")),
        Parameter("alpha", "α", "number", 5e-4, 0, 1000, help=mark("How much the neighbours count.")),
        Parameter("beta", "β", "number", 0.75, 0, 10, help=mark("The power of the divisor.")),
        Parameter("k", "k", "number", 2.0, 0, 1000, above=True, help=mark("What the divisor begins with.")),
    ),
    icon="mdi6.chart-bell-curve",
    symbol=r"\mathrm{LRN}",
    aliases=("LocalResponseNorm", "crossChannelNormalizationLayer", "LRN"),
)
