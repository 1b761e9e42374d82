"""Small convolutions without oneDNN, which prepares more than it saves there: the same sums by PyTorch's own kernels.

Which of the two is taken follows from the shapes alone, never from a clock, for their last bits differ.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

import torch
from torch import Tensor

aten = torch.ops.aten

FEW_ROWS, FEW_PRODUCTS = 12, 2_500_000
"""Up to so many samples with so many products of a weight and a value, all together, PyTorch's own kernels are faster:
five times with one sample of LeNet-5, alike at some ten."""
VERY_FEW_PRODUCTS = 350_000
"""Likewise with any number of samples."""

Given = tuple[Any, ...]


def is_small(inputs: Tensor, weight: Tensor, outputs: int, dilation: Sequence[int], groups: int) -> bool:
    """Whether a convolution is quicker without oneDNN, of this many values that it gives."""
    is_plain = inputs.dim() == 4 and groups == 1 and set(dilation) == {1}
    if not is_plain or inputs.device.type != "cpu" or inputs.dtype != torch.float32:
        return False
    products = outputs * prod(weight.shape[1:])
    return products <= VERY_FEW_PRODUCTS or (len(inputs) <= FEW_ROWS and products <= FEW_PRODUCTS)


def without_onednn(kernel: Any, arguments: Given) -> tuple[Any, Given]:
    """The call of a kernel, or one that gives the same without oneDNN where that is quicker."""
    if kernel is aten.convolution.default:
        inputs, weight, bias, stride, padding, dilation, transposed, _extra, groups = arguments
        size = weight.shape[2:]
        places = [
            (length + 2 * border - kernel_size) // step + 1
            for length, border, kernel_size, step in zip(inputs.shape[2:], padding, size, stride, strict=False)
        ]
        if not transposed and is_small(inputs, weight, len(inputs) * len(weight) * prod(places), dilation, groups):
            return aten._slow_conv2d_forward.default, (inputs, weight, list(size), bias, stride, padding)
    if kernel is aten.convolution_backward.default:
        gradient, inputs, weight, _sizes, stride, padding, dilation, transposed, _extra, groups, wanted = arguments
        if not transposed and is_small(inputs, weight, gradient.numel(), dilation, groups):
            given = gradient, inputs, weight, list(weight.shape[2:]), stride, padding, wanted
            return aten._slow_conv2d_backward.output_mask, given
    return kernel, arguments
