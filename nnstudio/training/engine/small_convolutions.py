"""Convolutions without oneDNN where it prepares more than it saves: the same sums by PyTorch's own kernels.

Which way is taken follows from the shapes alone, never from a clock, for their last bits differ.
"""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import torch
from torch import Tensor

aten = torch.ops.aten

FEW_CHANNELS = 3
"""OneDNN takes channels together: up to so many, it gains little over PyTorch's own kernels on the way forward, and
much on the way back."""
FORWARD_ROWS, BACKWARD_ROWS = (16, 6), (6, 16)
"""Up to so many samples, with few channels and with more, PyTorch's own kernels are faster: five times with one sample
of LeNet-5. They take one sample after another."""
FEW_PRODUCTS, VERY_FEW_PRODUCTS = 2_500_000, 350_000
"""As long as they have no more than so many products of a weight and a value, all together; and with any number of
samples."""

Given = tuple[Any, ...]


def is_plain(inputs: Tensor, dilation: Sequence[int], groups: int, transposed: bool) -> bool:
    """Whether a convolution is one of images in float32 on a CPU, with nothing unusual."""
    is_usual = inputs.dim() == 4 and groups == 1 and set(dilation) == {1} and not transposed
    return is_usual and inputs.device.type == "cpu" and inputs.dtype == torch.float32


def is_small(inputs: Tensor, weight: Tensor, outputs: int, few_rows: tuple[int, int]) -> bool:
    """Whether a convolution is quicker without oneDNN, of this many values that it gives."""
    products = outputs * prod(weight.shape[1:])
    rows = few_rows[inputs.shape[1] > FEW_CHANNELS]
    return products <= VERY_FEW_PRODUCTS or (len(inputs) <= rows and products <= FEW_PRODUCTS)


def without_onednn(kernel: Any, arguments: Given) -> tuple[Any, Given]:
    """The call of a kernel, or one that gives the same without oneDNN where that is quicker."""
    if kernel is aten.convolution.default:
        inputs, weight, bias, stride, padding, dilation, transposed, _extra, groups = arguments
        size = weight.shape[2:]
        places = [
            (length + 2 * border - kernel_size) // step + 1
            for length, border, kernel_size, step in zip(inputs.shape[2:], padding, size, stride, strict=False)
        ]
        outputs = len(inputs) * len(weight) * prod(places)
        if is_plain(inputs, dilation, groups, transposed) and is_small(inputs, weight, outputs, FORWARD_ROWS):
            return aten._slow_conv2d_forward.default, (inputs, weight, list(size), bias, stride, padding)
    if kernel is aten.convolution_backward.default:
        gradient, inputs, weight, _sizes, stride, padding, dilation, transposed, _extra, groups, wanted = arguments
        outputs = gradient.numel()
        if is_plain(inputs, dilation, groups, transposed) and is_small(inputs, weight, outputs, BACKWARD_ROWS):
            given = gradient, inputs, weight, list(weight.shape[2:]), stride, padding, wanted
            return aten._slow_conv2d_backward.output_mask, given
    return kernel, arguments


def as_product(kernel: Any, arguments: Given) -> Callable[[], Any] | None:
    """What gives the same by products of matrices, where the kernels of a convolution are as large as the image: each
    filter is then a unit that is linked to every value."""
    if kernel is aten.convolution.default:
        inputs, weight, bias, _stride, padding, dilation, transposed, _extra, groups = arguments
        if is_plain(inputs, dilation, groups, transposed) and is_whole(inputs, weight, padding):
            return lambda: dense(inputs, weight, bias)
    if kernel is aten.convolution_backward.default:
        gradient, inputs, weight, _sizes, _stride, padding, dilation, transposed, _extra, groups, wanted = arguments
        if is_plain(inputs, dilation, groups, transposed) and is_whole(inputs, weight, padding):
            return lambda: dense_backward(gradient, inputs, weight, wanted)
    return None


def is_whole(inputs: Tensor, weight: Tensor, padding: Sequence[int]) -> bool:
    """Whether a kernel sees the whole image at once."""
    return inputs.shape[1:] == weight.shape[1:] and not any(padding)


def dense(inputs: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    rows, matrix = inputs.reshape(len(inputs), -1), weight.reshape(len(weight), -1).t()
    sums = torch.mm(rows, matrix) if bias is None else torch.addmm(bias, rows, matrix)
    return sums.view(*sums.shape, 1, 1)


def dense_backward(gradient: Tensor, inputs: Tensor, weight: Tensor, wanted: Sequence[bool]) -> list[Tensor | None]:
    """The gradients of inputs, weight and bias, as far as they are wanted."""
    given = gradient.reshape(len(gradient), -1)
    ways: list[Callable[[], Tensor]] = [
        lambda: torch.mm(given, weight.reshape(len(weight), -1)).view(inputs.shape),
        lambda: torch.mm(given.t(), inputs.reshape(len(inputs), -1)).view(weight.shape),
        lambda: given.sum(dim=0),
    ]
    return [way() if is_wanted else None for way, is_wanted in zip(ways, wanted, strict=True)]
