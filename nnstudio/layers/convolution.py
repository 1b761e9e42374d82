"""The convolution: each filter weighs a small window that slides over an image, or along a sequence."""

from collections.abc import Sequence
from math import prod

from nnstudio.layers.sequences import require_sequence
from nnstudio.layers.spec import (
    LayerType,
    Parameter,
    Shape,
    TorchCall,
    Values,
    pair,
    table_rows,
)
from nnstudio.layers.windows import KERNEL, PADDING, SAME, STRIDE, places, require_image, window_of
from nnstudio.text import UserError, mark
from nnstudio.text import translate as _


def check_groups(channels: int, values: Values) -> None:
    """UserError for channels or filters that cannot be shared among the groups."""
    groups, filters = int(values["groups"]), int(values["filters"])
    if channels % groups:
        words = _(
            "gets {count} channels, which cannot be shared evenly among {groups} groups; take groups that divide it."
        )
        raise UserError(words.format(count=channels, groups=groups))
    if filters % groups:
        words = _(
            "has {count} filters, which cannot be shared evenly among {groups} groups; take groups that divide it."
        )
        raise UserError(words.format(count=filters, groups=groups))


def check_table(channels: int, values: Values) -> None:
    """UserError for a table of connections that does not belong to these channels and filters."""
    rows, filters = table_rows(values["connections"]), int(values["filters"])
    if not rows:
        return
    if int(values["groups"]) > 1:
        raise UserError(_("has both groups and a table of connections; take one of them."))
    if len(rows) != filters:
        words = _("has {filters} filters and a table of connections with {rows} rows; it needs one for each filter.")
        raise UserError(words.format(filters=filters, rows=len(rows)))
    largest = max(max(row) for row in rows)
    if largest >= channels:
        words = _("names the channel {largest} in its table of connections; those that come in are 0 to {last}.")
        raise UserError(words.format(largest=largest, last=channels - 1))


def conv_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    image = require_image(shapes)
    check_groups(image[0], values)
    check_table(image[0], values)
    return int(values["filters"]), *places(image, window_of(values))


def is_plain(values: Values) -> bool:
    """Whether PyTorch's own convolution does it."""
    fills = values["padding"] != 0 and values["padding_value"] != 0
    return not (fills or values["connections"] or (values["bias"] and values["bias_each_place"]))


def conv_call(shapes: Sequence[Shape], values: Values) -> TorchCall:
    window = window_of(values)
    plain = is_plain(values)
    arguments: dict[str, object] = {
        "in_channels": shapes[0][0],
        "out_channels": int(values["filters"]),
        "kernel_size": written(window.kernel),
    }
    padding: object = written(window.padding)
    if plain and values["padding"] == SAME and window.stride == (1, 1):
        padding = SAME
    optional = {
        "stride": (written(window.stride), 1),
        "padding": (padding if plain else window.padding, 0 if plain else (0, 0)),
        "dilation": (written(window.dilation), 1),
        "groups": (int(values["groups"]), 1),
        "padding_value": (float(values["padding_value"]) if window.padding != (0, 0) else 0.0, 0.0),
    }
    arguments |= {name: value for name, (value, usual) in optional.items() if value != usual}
    if not values["bias"]:
        arguments["bias"] = False
    elif values["bias_each_place"]:
        arguments["bias_size"] = conv_shape(shapes, values)[1:]
    if values["connections"]:
        arguments["connections"] = table_rows(values["connections"])
    return TorchCall("nn.Conv2d" if plain else "CustomConv2d", arguments)


def written(size: tuple[int, int]) -> int | tuple[int, int]:
    """A size as PyTorch's documentation writes it: one number where both are the same."""
    return size[0] if size[0] == size[1] else size


def conv_tensors(shapes: Sequence[Shape], values: Values) -> dict[str, Shape]:
    """A kernel for each filter over the channels of its group, and a bias for each filter or each place of its map."""
    filters = int(values["filters"])
    weight = filters, shapes[0][0] // int(values["groups"]), *pair(values["kernel_size"])
    if not values["bias"]:
        return {"weight": weight}
    return {"weight": weight, "bias": conv_shape(shapes, values) if values["bias_each_place"] else (filters,)}


def conv_buffers(shapes: Sequence[Shape], values: Values) -> dict[str, Shape]:
    if not values["connections"]:
        return {}
    return {"table": (int(values["filters"]), shapes[0][0], 1, 1)}


def unconnected(shapes: Sequence[Shape], values: Values) -> int:
    """Weights of channels that the table leaves out."""
    rows = table_rows(values["connections"])
    left_out = sum(shapes[0][0] - len(row) for row in rows)
    return left_out * prod(pair(values["kernel_size"]))


def conv_multiply_adds(shapes: Sequence[Shape], values: Values) -> int:
    _filters, down, across = conv_shape(shapes, values)
    kernels = prod(conv_tensors(shapes, values)["weight"]) - unconnected(shapes, values)
    return kernels * down * across


FILTERS = Parameter("filters", mark("Filters"), "integer", 8, 1, 100_000, help=mark("How many maps the layer gives."))
BIAS = Parameter("bias", mark("Bias"), "boolean", True, help=mark("Whether each filter adds a constant of its own."))

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
    buffers=conv_buffers,
    fixed=unconnected,
    matrices=("weight",),
    multiply_adds=conv_multiply_adds,
    parameters=(
        FILTERS,
        KERNEL,
        STRIDE,
        PADDING,
        Parameter(
            "padding_value",
            mark("Value of the padding"),
            "number",
            0.0,
            -1000,
            1000,
            help=mark("What is put around the image; 0 is usual, −1 the white paper of pictures from −1 to 1."),
            is_rare=True,
        ),
        Parameter(
            "dilation",
            mark("Dilation"),
            "size",
            1,
            1,
            100,
            help=mark("How far apart the values are that the window looks at; 1 takes all of them."),
            is_rare=True,
        ),
        Parameter(
            "groups",
            mark("Groups"),
            "integer",
            1,
            1,
            100_000,
            help=mark("Into how many groups the channels are divided; each filter sees those of its own."),
            is_rare=True,
        ),
        BIAS,
        Parameter(
            "bias_each_place",
            mark("A bias for each place"),
            "boolean",
            False,
            help=mark("Whether a map has a constant for each of its places in place of one for all, as in 1989."),
            is_rare=True,
        ),
        Parameter(
            "connections",
            mark("Connections"),
            "table",
            "",
            help=mark(
                "Which channels each filter sees, counted from 0: a row for each filter, as in 0 1 2/1 2 3. Left "
                "empty, each sees all of them."
            ),
            is_rare=True,
        ),
    ),
    icon="mdi6.grid",
    symbol=r"\mathrm{conv}",
    aliases=("Conv2d", "Conv2D", "convolution2dLayer", "kernel", "feature maps"),
)


# --- along a sequence -----------------------------------------------------------------------------------------------


def along_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    steps, _features = require_sequence(shapes)
    kernel, stride, padding = (int(values[name]) for name in ("kernel_size", "stride", "padding"))
    free = steps + 2 * padding - kernel
    if free < 0:
        words = _("has a window of {kernel} steps, and only {steps} come in; take a smaller one, or more padding.")
        raise UserError(words.format(kernel=kernel, steps=steps))
    return free // stride + 1, int(values["filters"])


def along_call(shapes: Sequence[Shape], values: Values) -> TorchCall:
    arguments: dict[str, object] = {
        "in_channels": shapes[0][1],
        "out_channels": int(values["filters"]),
        "kernel_size": int(values["kernel_size"]),
    }
    arguments |= {name: int(values[name]) for name, usual in (("stride", 1), ("padding", 0)) if values[name] != usual}
    if not values["bias"]:
        arguments["bias"] = False
    return TorchCall("SequenceConv1d", arguments)


def along_tensors(shapes: Sequence[Shape], values: Values) -> dict[str, Shape]:
    filters = int(values["filters"])
    weight = {"weight": (filters, shapes[0][1], int(values["kernel_size"]))}
    return weight | ({"bias": (filters,)} if values["bias"] else {})


CONV_1D = LayerType(
    type="conv_1d",
    label=mark("Convolution along steps"),
    category="sequence",
    role="convolution",
    help=mark(
        "Slides a window along a sequence: of a text it looks at a few words that follow each other, with the same "
        "weights wherever they stand."
    ),
    formula=r"y_{t,f} = \sum_{u,c} W_{f,c,u}\, x_{st+u,\, c} + b_f",
    output_shape=along_shape,
    call=along_call,
    tensors=along_tensors,
    matrices=("weight",),
    multiply_adds=lambda shapes, values: along_shape(shapes, values)[0] * prod(along_tensors(shapes, values)["weight"]),
    parameters=(
        FILTERS,
        Parameter("kernel_size", KERNEL.label, "integer", 3, 1, 1000, help=mark("How many steps the window holds.")),
        Parameter("stride", STRIDE.label, "integer", 1, 1, 1000, help=STRIDE.help),
        Parameter(
            "padding", PADDING.label, "integer", 0, 0, 500, help=mark("How many steps of 0 are put before and behind.")
        ),
        BIAS,
    ),
    icon="mdi6.dots-horizontal",
    symbol=r"\mathrm{conv}",
    aliases=("Conv1d", "Conv1D", "convolution1dLayer"),
)
