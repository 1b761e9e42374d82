"""One value of a map explained: the window of a convolution or pooling that it comes from, and every product in it.

A convolution gives y = Σ w x + b over a window of the maps that enter it; pooling gives the largest value of a window,
or its mean. Windows and sums are computed here one by one, in double precision, and compared with what PyTorch gives
for the same maps.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, fx, nn

from nnstudio.insight.map_gradients import MapGradients, map_gradients_of
from nnstudio.project.model import Network, Run
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.inference import restore

Numbers = NDArray[np.float64]
Pair = tuple[int, int]
"""Something down and across: of rows first, of columns second."""

MAKERS = ("convolution", "pooling")
"""The roles of layers that give maps by sliding a window."""


MOST_PARAMETERS = 5_000_000
"""Of larger networks the error is not followed back: a copy in double precision would take too long."""
MOST_BYTES = 2**28
"""PyTorch's convolution in double precision lays all windows out beside each other; of more bytes single must do."""
SOUND = 1e-6
"""The largest difference from PyTorch's value, as a share of what is added up, that is only rounding."""


@dataclass(frozen=True)
class Sliding:
    """How a window of one size moves over an image, each down and across. `before` is the padding above and to the
    left, `after` that below and to the right."""

    kernel: Pair
    stride: Pair
    before: Pair
    after: Pair
    dilation: Pair


@dataclass(frozen=True)
class LayerMaps:
    """The maps (c, h, w) that enter a layer for one sample, and those (f, h', w') that PyTorch's layer makes of them.

    `layers` are the ids of all layers that can be asked about, in the order of computation. What a value comes from is
    the sum of its window times `weights` (f, c / groups, kernel height, kernel width) with `biases` (f,), its largest
    value or its mean; `strongest` is the largest size of a weight. In pooling every map is a group of its own. Without
    `sliding` the windows share the image out evenly among the places (adaptive pooling). A mean counts the padding with
    `counts_padding`, and is the sum over `divisor` where there is one. `gradients` tell how the error comes back.
    """

    layer: str
    layers: tuple[str, ...]
    inputs: Numbers
    outputs: Numbers
    kind: Literal["sum", "max", "mean"]
    groups: int
    sliding: Sliding | None = None
    weights: Numbers | None = None
    biases: Numbers | None = None
    strongest: float = 0.0
    counts_padding: bool = True
    divisor: int | None = None
    gradients: MapGradients | None = None

    def channels_of(self, map: int) -> range:
        """The maps entering that a map leaving is made of."""
        count = len(self.inputs) // self.groups
        group = map // (len(self.outputs) // self.groups)
        return range(group * count, (group + 1) * count)

    def maps_of(self, channel: int) -> range:
        """The maps leaving that a map entering has a part in."""
        count = len(self.outputs) // self.groups
        group = channel // (len(self.inputs) // self.groups)
        return range(group * count, (group + 1) * count)


@dataclass(frozen=True)
class MapValue:
    """The value of map `map` at (row, column), counted from 0, and the window it comes from.

    `rows` (m,) and `columns` (n,) are the places of the window in the image, below 0 or beyond its end where it lies in
    the padding; `inside` (m, n) tells the places in the image. `inputs` (k, m, n) are the values there of the maps
    `channels`, 0 in the padding. A convolution has `weights` and `products` (k, m, n), and their `sums` (k,); a mean
    has the sum of the window, and `divisor` is what it is divided by; the largest value stands at `winner` in the
    window. `total` is the value, and `by_torch` what PyTorch's layer gave.
    """

    map: int
    row: int
    column: int
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    inside: NDArray[np.bool_]
    channels: range
    inputs: Numbers
    sums: Numbers
    total: float
    by_torch: float
    weights: Numbers | None = None
    products: Numbers | None = None
    bias: float | None = None
    divisor: float | None = None
    winner: Pair | None = None

    @property
    def difference(self) -> float:
        """How far the value is from PyTorch's; 0 where both are no number or the same infinity."""
        if self.total == self.by_torch or (np.isnan(self.total) and np.isnan(self.by_torch)):
            return 0.0
        return abs(self.total - self.by_torch)

    @property
    def is_sound(self) -> bool:
        """Whether the value is PyTorch's but for rounding."""
        added = abs(self.total) if self.products is None else float(np.abs(self.products).sum())
        return self.difference <= SOUND * max(1.0, added)


# --- the maps of a layer --------------------------------------------------------------------------------------------


def layer_maps_of(
    run: Run, inputs: NDArray[np.float32], layer: str = "", target: NDArray[Any] | None = None
) -> LayerMaps:
    """What enters and leaves a layer for one sample (1, *sample_shape), with dropout off; the first that makes maps
    where the one named does not. With its target (1, …) the gradients as well. UserError in a network without any."""
    trained = restore(run)
    model = trained.network.drawn.eval()
    entering = entering_images(model, run.network, torch.from_numpy(inputs))
    if not entering:
        words = _(
            "No layer of this network makes maps. Put a convolution or a pooling layer into it, or open the example "
            "“{example}” (menu File, Examples)."
        )
        raise UserError(words.format(example=_("Handwritten digits by convolutions")))
    chosen = layer if layer in entering else next(iter(entering))
    maps = explained(model.get_submodule(chosen), entering[chosen], chosen, tuple(entering))
    if target is None or trained.network.parameter_count() > MOST_PARAMETERS:
        return maps
    return replace(maps, gradients=map_gradients_of(trained, inputs, target, chosen))


def entering_images(model: fx.GraphModule, network: Network, inputs: Tensor) -> dict[str, Tensor]:
    """What enters each layer that slides a window over an image (1, c, h, w), by layer, in the order of computation."""
    found: dict[str, Tensor] = {}

    def note(id: str, given: Tensor) -> None:
        if given.dim() == 4:
            found[id] = given.detach()

    makers = {one.id for one in network.layers if one.role in MAKERS}
    hooks = [
        module.register_forward_pre_hook(lambda _module, given, id=id: note(id, given[0]))
        for id, module in model.named_children()
        if id in makers
    ]
    try:
        with torch.no_grad():
            model(inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return found


@torch.no_grad()
def explained(module: nn.Module, entering: Tensor, layer: str, layers: tuple[str, ...]) -> LayerMaps:
    """A module that slides a window at work on one image (1, c, h, w)."""
    sliding, weights = sliding_of(module), getattr(module, "weight", None)
    if weights is None or sliding is None or unfolded_bytes(sliding, entering) <= MOST_BYTES:
        module, entering = deepcopy(module).double(), entering.double()
    inputs, outputs = array(entering[0]), array(module(entering)[0])
    if weights is None:
        # A module that could tell where the largest values stand keeps the largest; the others take means.
        kind: Literal["max", "mean"] = "max" if hasattr(module, "return_indices") else "mean"
        counts = bool(getattr(module, "count_include_pad", True))
        divisor = cast("int | None", getattr(module, "divisor_override", None))
        pooled = LayerMaps(layer, layers, inputs, outputs, kind, len(inputs), sliding)
        return replace(pooled, counts_padding=counts, divisor=divisor)
    biases = None if module.bias is None else array(cast(Tensor, module.bias))
    groups = cast(int, module.groups)
    strongest = float(weights.abs().nan_to_num(0.0, 0.0).max())
    return LayerMaps(layer, layers, inputs, outputs, "sum", groups, sliding, array(weights), biases, strongest)


def unfolded_bytes(sliding: Sliding, entering: Tensor) -> int:
    """What the windows of all places take up in double precision, beside each other."""
    count = entering.shape[1] * sliding.kernel[0] * sliding.kernel[1]
    for axis, size in enumerate(entering.shape[2:]):
        reach = sliding.dilation[axis] * (sliding.kernel[axis] - 1) + 1
        count *= (size + sliding.before[axis] + sliding.after[axis] - reach) // sliding.stride[axis] + 1
    return count * torch.float64.itemsize


def sliding_of(module: nn.Module) -> Sliding | None:
    """How the window of a module moves, by its own numbers; None where it is as large as it needs to be."""
    if not hasattr(module, "kernel_size"):
        return None
    kernel, stride = pair(module.kernel_size), pair(module.stride)
    dilation = pair(getattr(module, "dilation", 1))
    before, after = paddings(module.padding, kernel, dilation)
    return Sliding(kernel, stride, before, after, dilation)


def paddings(padding: Any, kernel: Pair, dilation: Pair) -> tuple[Pair, Pair]:
    """The padding above and to the left, and that below and to the right."""
    if padding == "valid":
        return (0, 0), (0, 0)
    if padding == "same":
        down, across = (step * (size - 1) for step, size in zip(dilation, kernel, strict=True))
        return (down // 2, across // 2), (down - down // 2, across - across // 2)
    return pair(padding), pair(padding)


def pair(value: Any) -> Pair:
    """A number as PyTorch takes it, for both directions or one for each."""
    down, across = value if isinstance(value, Sequence) else (value, value)
    return int(down), int(across)


def array(values: Tensor) -> Numbers:
    copied: Numbers = values.detach().to("cpu", torch.float64, copy=True).contiguous().numpy()
    return copied


# --- one value ------------------------------------------------------------------------------------------------------


@np.errstate(all="ignore")  # weights may be no numbers any more, and this is told by what comes out
def window_of(maps: LayerMaps, map: int, row: int, column: int) -> MapValue:
    """Where the value of a map at (row, column), counted from 0, comes from."""
    rows, columns = (places(maps, axis, number) for axis, number in enumerate((row, column)))
    _channels, height, width = maps.inputs.shape
    inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))[None]
    channels = maps.channels_of(map)
    around = np.ix_(np.arange(channels.start, channels.stop), rows.clip(0, height - 1), columns.clip(0, width - 1))
    inputs: Numbers = np.where(inside, maps.inputs[around], 0.0)
    where = map, row, column, rows, columns, inside, channels, inputs
    by_torch = float(maps.outputs[map, row, column])
    if maps.weights is not None:
        products = maps.weights[map] * inputs
        sums: Numbers = products.sum(axis=(1, 2))
        bias = None if maps.biases is None else float(maps.biases[map])
        total = float(sums.sum()) + (bias or 0.0)
        return MapValue(*where, sums, total, by_torch, maps.weights[map], products, bias)
    if maps.kind == "max":
        place = int(np.where(inside, inputs[0], -np.inf).argmax())
        winner = place // len(columns), place % len(columns)
        largest = float(inputs[0][winner])
        return MapValue(*where, np.array([largest]), largest, by_torch, winner=winner)
    divisor = maps.divisor or (inside.size if maps.counts_padding else int(inside.sum()))
    added = float(inputs.sum())
    return MapValue(*where, np.array([added]), added / divisor, by_torch, divisor=float(divisor))


def places(maps: LayerMaps, axis: int, number: int) -> NDArray[np.int64]:
    """The rows (axis 0) or columns (axis 1) of the image in the window of a place, with those in the padding."""
    size, count = maps.inputs.shape[1 + axis], maps.outputs.shape[1 + axis]
    sliding = maps.sliding
    if sliding is None:
        return np.arange(number * size // count, -(-(number + 1) * size // count), dtype=np.int64)
    first = number * sliding.stride[axis] - sliding.before[axis]
    found = first + sliding.dilation[axis] * np.arange(sliding.kernel[axis], dtype=np.int64)
    kept: NDArray[np.int64] = found[found < size + sliding.after[axis]]  # a last window may go on beyond the padding
    return kept
