"""Windows that slide over an image: their numbers, how many places they have, and what is said of unfit ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnstudio.layers.spec import Parameter, Shape, Values, pair, shown_shape
from nnstudio.text import UserError, mark
from nnstudio.text import translate as _

Image = tuple[int, int, int]
"""Channels, height and width."""
IMAGE_AXES = 3
SAME = "same"
"""The padding that keeps an image's size at a stride of 1."""
Pair = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """A window's numbers, each down and across."""

    kernel: Pair
    stride: Pair
    padding: Pair
    dilation: Pair = (1, 1)

    @property
    def reach(self) -> Pair:
        """How many values it spans: d (k − 1) + 1."""
        down, across = ((size - 1) * step + 1 for size, step in zip(self.kernel, self.dilation, strict=True))
        return down, across

    @property
    def size(self) -> int:
        """How many values it holds."""
        return self.kernel[0] * self.kernel[1]


def window_of(values: Values) -> Window:
    """The window of a layer's parameters. UserError for a padding "same" that would be larger on one side."""
    kernel, stride = pair(values["kernel_size"]), pair(values["stride"])
    dilation = pair(values.get("dilation", 1))
    if values["padding"] != SAME:
        return Window(kernel, stride, pair(values["padding"]), dilation)
    spans = [(size - 1) * step for size, step in zip(kernel, dilation, strict=True)]
    if any(span % 2 for span in spans):
        raise UserError(
            _(
                "has the padding “same” with a kernel of {kernel}: an even one would need more on one side; take an "
                "odd kernel size, or a padding in numbers."
            ).format(kernel=shown_shape(kernel))
        )
    return Window(kernel, stride, (spans[0] // 2, spans[1] // 2), dilation)


def require_image(shapes: Sequence[Shape]) -> Image:
    """The shape of an input that must be an image; UserError otherwise."""
    if len(shapes[0]) != IMAGE_AXES:
        raise UserError(
            _("gets {shape} values a sample and needs an image: channels × height × width.").format(
                shape=shown_shape(shapes[0])
            )
        )
    channels, height, width = shapes[0]
    return channels, height, width


def places(image: Image, window: Window) -> Pair:
    """How many places a window has down and across: ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1; UserError where it has none."""
    sizes = image[1:]
    free = [
        size + 2 * padding - reach for size, padding, reach in zip(sizes, window.padding, window.reach, strict=True)
    ]
    if min(free) < 0:
        raise UserError(too_small(sizes, window))
    down, across = (left // stride + 1 for left, stride in zip(free, window.stride, strict=True))
    return down, across


def too_small(sizes: Sequence[int], window: Window) -> str:
    """What is said of a window that is larger than the image, with a padding and a kernel that would do."""
    padding = max((reach - size + 1) // 2 for size, reach in zip(sizes, window.reach, strict=True))
    least = min(size + 2 * one for size, one in zip(sizes, window.padding, strict=True))
    words = _(
        "has a window of {window}, and only {image} values come in; take a kernel size of at most {least}, or a "
        "padding of {padding}."
    )
    return words.format(window=shown_shape(window.reach), image=shown_shape(tuple(sizes)), least=least, padding=padding)


KERNEL = Parameter(
    "kernel_size",
    mark("Kernel size"),
    "size",
    3,
    1,
    1000,
    help=mark("How high and wide the window is: one number, or two as in 3x5."),
)
STRIDE = Parameter(
    "stride", mark("Stride"), "size", 1, 1, 1000, help=mark("By how many values the window moves on at each step.")
)
PADDING = Parameter(
    "padding",
    mark("Padding"),
    "size",
    0,
    0,
    500,
    choices=(SAME,),
    help=mark(
        "How many values are put around the image on each side; “same” is (k − 1) / 2, which keeps its size at a "
        "stride of 1."
    ),
)
