"""Pooling: a window, or a whole map, is made one value."""

from collections.abc import Sequence
from math import prod

from nnstudio.layers.convolution import written
from nnstudio.layers.sequences import SEQUENCE_AXES
from nnstudio.layers.spec import LayerType, Parameter, Shape, TorchCall, Values, pair, shown_shape
from nnstudio.layers.windows import IMAGE_AXES, KERNEL, STRIDE, places, require_image, window_of
from nnstudio.text import UserError, mark
from nnstudio.text import translate as _


def pool_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    window = window_of(values)
    if any(2 * padding > kernel for padding, kernel in zip(window.padding, window.kernel, strict=True)):
        words = _("has a padding of {padding}; at a kernel size of {kernel} it can be {most} at most.")
        raise UserError(
            words.format(
                padding=shown_shape(window.padding),
                kernel=shown_shape(window.kernel),
                most=shown_shape(tuple(size // 2 for size in window.kernel)),
            )
        )
    image = require_image(shapes)
    return image[0], *places(image, window)


def pool_call(name: str, shapes: Sequence[Shape], values: Values) -> TorchCall:
    window = window_of(values)
    arguments = {"kernel_size": written(window.kernel), "stride": written(window.stride)}
    return TorchCall(name, arguments | ({"padding": written(window.padding)} if any(window.padding) else {}))


def pool_links(shapes: Sequence[Shape], values: Values) -> int:
    return prod(pool_shape(shapes, values)) * window_of(values).size


POOLING = (
    Parameter("kernel_size", KERNEL.label, "size", 2, 1, 1000, help=KERNEL.help),
    Parameter("stride", STRIDE.label, "size", 2, 1, 1000, help=STRIDE.help),
    Parameter("padding", mark("Padding"), "size", 0, 0, 500, help=mark("How far the window goes beyond the image.")),
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
    links=pool_links,
    parameters=POOLING,
    icon="mdi6.arrow-collapse-all",
    symbol=r"\mathrm{max}",
    aliases=("MaxPool2d", "MaxPooling2D", "maxPooling2dLayer", "subsampling"),
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
    links=pool_links,
    parameters=POOLING,
    icon="mdi6.arrow-collapse-all",
    symbol=r"\mathrm{mean}",
    aliases=("AvgPool2d", "AveragePooling2D", "averagePooling2dLayer", "subsampling"),
)


def adaptive_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    return require_image(shapes)[0], *pair(values["size"])


ADAPTIVE_AVG_POOL = LayerType(
    type="adaptive_avg_pool",
    label=mark("Adaptive pooling"),
    category="image",
    role="pooling",
    help=mark("Takes means over windows that are as large as it needs to give an image of the size that is set."),
    formula=r"y_{c,i,j} = \mathrm{mean}\; x_{c,\, i,\, j}",
    output_shape=adaptive_shape,
    call=lambda shapes, values: TorchCall("nn.AdaptiveAvgPool2d", {"output_size": written(pair(values["size"]))}),
    parameters=(
        Parameter(
            "size",
            mark("Size"),
            "size",
            1,
            1,
            1000,
            help=mark("How high and wide the image is that comes out; 1 gives one mean for each channel."),
        ),
    ),
    icon="mdi6.arrow-collapse-all",
    symbol=r"\mathrm{mean}",
    aliases=("AdaptiveAvgPool2d",),
)


def global_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    shape = shapes[0]
    if len(shape) == IMAGE_AXES:
        return shape[:1]
    if len(shape) == SEQUENCE_AXES:
        return shape[1:]
    raise UserError(
        _("gets {shape} values a sample and needs an image or a sequence.").format(shape=shown_shape(shape))
    )


def global_call(shapes: Sequence[Shape], values: Values, largest: bool) -> TorchCall:
    dims = (2, 3) if len(shapes[0]) == IMAGE_AXES else (1,)
    return TorchCall("GlobalPool", {"dims": dims} | ({"largest": True} if largest else {}))


GLOBAL_AVG_POOL = LayerType(
    type="global_avg_pool",
    label=mark("Global average pooling"),
    category="image",
    role="pooling",
    help=mark("Takes the mean of each whole map, or of each feature over all steps: a plain list comes out."),
    formula=r"y_c = \mathrm{mean}_{i,j}\; x_{c,i,j}",
    output_shape=global_shape,
    call=lambda shapes, values: global_call(shapes, values, largest=False),
    icon="mdi6.arrow-collapse-all",
    symbol=r"\mathrm{mean}",
    aliases=("GlobalAveragePooling2D", "globalAveragePooling2dLayer", "GlobalAveragePooling1D"),
)

GLOBAL_MAX_POOL = LayerType(
    type="global_max_pool",
    label=mark("Global max pooling"),
    category="image",
    role="pooling",
    help=mark("Keeps the largest value of each whole map, or of each feature over all steps: a plain list comes out."),
    formula=r"y_c = \max_{i,j}\; x_{c,i,j}",
    output_shape=global_shape,
    call=lambda shapes, values: global_call(shapes, values, largest=True),
    icon="mdi6.arrow-collapse-all",
    symbol=r"\mathrm{max}",
    aliases=("GlobalMaxPooling2D", "globalMaxPooling2dLayer", "GlobalMaxPooling1D"),
)
