"""Layers for images: what slides a small window over channels × height × width."""

from collections.abc import Sequence
from math import isqrt, prod

from nnstudio.layers.spec import LayerType, Parameter, Shape, TorchCall, Values, require_plain, shown_shape
from nnstudio.text import UserError, mark
from nnstudio.text import translate as _

Image = tuple[int, int, int]
"""Channels, height and width."""


def require_image(shapes: Sequence[Shape]) -> Image:
    """The shape of an input that must be an image; UserError otherwise."""
    if len(shapes[0]) != 3:
        raise UserError(
            _("gets {shape} values a sample and needs an image: channels × height × width.").format(
                shape=shown_shape(shapes[0])
            )
        )
    channels, height, width = shapes[0]
    return channels, height, width


def slid(image: Image, kernel: int, stride: int, padding: int) -> tuple[int, int]:
    """How many places a window has down and across: ⌊(n + 2p − k) / s⌋ + 1; UserError where it has none."""
    _channels, height, width = image
    least = min(height, width) + 2 * padding
    if kernel > least:
        words = _(
            "has a window of {kernel} × {kernel}, and only {height} × {width} values come in; take a kernel size of at "
            "most {least}, or more padding."
        )
        raise UserError(words.format(kernel=kernel, height=height, width=width, least=least))
    down, across = ((size + 2 * padding - kernel) // stride + 1 for size in (height, width))
    return down, across


def window(values: Values) -> tuple[int, int, int]:
    """Kernel size, stride and padding."""
    return int(values["kernel_size"]), int(values["stride"]), int(values["padding"])


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
)


# --- convolution ----------------------------------------------------------------------------------------------------


def conv_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    image, groups, filters = require_image(shapes), int(values["groups"]), int(values["filters"])
    if image[0] % groups:
        words = _(
            "gets {count} channels, which cannot be shared evenly among {groups} groups; take groups that divide it."
        )
        raise UserError(words.format(count=image[0], groups=groups))
    if filters % groups:
        words = _(
            "has {count} filters, which cannot be shared evenly among {groups} groups; take groups that divide it."
        )
        raise UserError(words.format(count=filters, groups=groups))
    return filters, *slid(image, *window(values))


def conv_call(shapes: Sequence[Shape], values: Values) -> TorchCall:
    kernel, stride, padding = window(values)
    arguments: dict[str, object] = {
        "in_channels": shapes[0][0],
        "out_channels": int(values["filters"]),
        "kernel_size": kernel,
    }
    optional = {"stride": (stride, 1), "padding": (padding, 0), "groups": (int(values["groups"]), 1)}
    arguments |= {name: value for name, (value, usual) in optional.items() if value != usual}
    if not values["bias"]:
        arguments["bias"] = False
    return TorchCall("nn.Conv2d", arguments)


def conv_tensors(shapes: Sequence[Shape], values: Values) -> dict[str, Shape]:
    """A kernel for each filter over the channels of its group, and a bias for each filter."""
    filters, kernel = int(values["filters"]), int(values["kernel_size"])
    weight = filters, shapes[0][0] // int(values["groups"]), kernel, kernel
    return {"weight": weight} | ({"bias": (filters,)} if values["bias"] else {})


def conv_multiply_adds(shapes: Sequence[Shape], values: Values) -> int:
    filters, down, across = conv_shape(shapes, values)
    _filters, channels, height, width = conv_tensors(shapes, values)["weight"]
    return filters * down * across * channels * height * width


KERNEL = Parameter(
    "kernel_size", mark("Kernel size"), "integer", 3, 1, 1000, help=mark("How high and wide the window is.")
)
STRIDE = Parameter(
    "stride", mark("Stride"), "integer", 1, 1, 1000, help=mark("By how many values the window moves on at each step.")
)
PADDING = Parameter(
    "padding",
    mark("Padding"),
    "integer",
    0,
    0,
    500,
    help=mark("How many zeros are put around the image on each side; (k − 1) / 2 keeps its size at a stride of 1."),
)

CONV = LayerType(
    type="conv",
    label=mark("Convolution"),
    category="image",
    role="convolution",
    help=mark(
        "Slides a small window over the image. Each filter adds up what is in it, each value times a weight, plus a "
        "bias, with the same weights everywhere: so a pattern is found wherever it stands."
    ),
    formula=r"y_{f,i,j} = \sum_{c,u,v} W_{f,c,u,v}\, x_{c,\, si+u,\, sj+v} + b_f",
    output_shape=conv_shape,
    call=conv_call,
    tensors=conv_tensors,
    matrices=("weight",),
    multiply_adds=conv_multiply_adds,
    parameters=(
        Parameter("filters", mark("Filters"), "integer", 8, 1, 100_000, help=mark("How many maps the layer gives.")),
        KERNEL,
        STRIDE,
        PADDING,
        Parameter(
            "groups",
            mark("Groups"),
            "integer",
            1,
            1,
            100_000,
            help=mark("Into how many groups the channels are divided; each filter sees those of its own."),
        ),
        Parameter("bias", mark("Bias"), "boolean", True, help=mark("Whether each filter adds a constant of its own.")),
    ),
    icon="mdi6.grid",
    symbol=r"\mathrm{conv}",
)


# --- pooling --------------------------------------------------------------------------------------------------------


def pool_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    kernel, stride, padding = window(values)
    if 2 * padding > kernel:
        words = _("has a padding of {padding}; at a kernel size of {kernel} it can be {most} at most.")
        raise UserError(words.format(padding=padding, kernel=kernel, most=kernel // 2))
    image = require_image(shapes)
    return image[0], *slid(image, kernel, stride, padding)


def pool_call(name: str, shapes: Sequence[Shape], values: Values) -> TorchCall:
    kernel, stride, padding = window(values)
    return TorchCall(name, {"kernel_size": kernel, "stride": stride} | ({"padding": padding} if padding else {}))


POOLING = (
    Parameter("kernel_size", KERNEL.label, "integer", 2, 1, 1000, help=KERNEL.help),
    Parameter("stride", STRIDE.label, "integer", 2, 1, 1000, help=STRIDE.help),
    Parameter("padding", PADDING.label, "integer", 0, 0, 500, help=mark("How far the window goes beyond the image.")),
)

MAX_POOL = LayerType(
    type="max_pool",
    label=mark("Max pooling"),
    category="image",
    role="pooling",
    help=mark("Keeps the largest value in each window, channel by channel: a smaller image that says what was there."),
    formula=r"y_{c,i,j} = \max_{u,v}\, x_{c,\, si+u,\, sj+v}",
    output_shape=pool_shape,
    call=lambda shapes, values: pool_call("nn.MaxPool2d", shapes, values),
    parameters=POOLING,
    icon="mdi6.arrow-collapse-all",
    symbol=r"\mathrm{max}",
)

AVG_POOL = LayerType(
    type="avg_pool",
    label=mark("Average pooling"),
    category="image",
    role="pooling",
    help=mark("Takes the mean of each window, channel by channel, and so makes the image smaller."),
    formula=r"y_{c,i,j} = \frac{1}{k^2} \sum_{u,v} x_{c,\, si+u,\, sj+v}",
    output_shape=pool_shape,
    call=lambda shapes, values: pool_call("nn.AvgPool2d", shapes, values),
    parameters=POOLING,
    icon="mdi6.arrow-collapse-all",
    symbol=r"\mathrm{mean}",
)


def adaptive_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    size = int(values["size"])
    return require_image(shapes)[0], size, size


ADAPTIVE_AVG_POOL = LayerType(
    type="adaptive_avg_pool",
    label=mark("Adaptive pooling"),
    category="image",
    role="pooling",
    help=mark("Takes means over windows that are as large as it needs to give an image of the size that is set."),
    formula=r"y_{c,i,j} = \mathrm{mean}\; x_{c,\, i,\, j}",
    output_shape=adaptive_shape,
    call=lambda shapes, values: TorchCall("nn.AdaptiveAvgPool2d", {"output_size": int(values["size"])}),
    parameters=(
        Parameter(
            "size",
            mark("Size"),
            "integer",
            1,
            1,
            1000,
            help=mark("How high and wide the image is that comes out; 1 gives one mean for each channel."),
        ),
    ),
    icon="mdi6.arrow-collapse-all",
    symbol=r"\mathrm{mean}",
)
