"""Convolutions go the way that their shapes say, and every way gives the numbers of every other."""

import pytest
import torch

from nnstudio.project.history import LENET, ZIP_1989
from nnstudio.project.model import DataFacts
from nnstudio.training.engine import small_convolutions
from tests.contract import test_backends
from tests.contract.test_backends import Agree, project_of

agree = test_backends.agree


@pytest.mark.parametrize(
    "conv",
    [
        "conv:4:kernel_size=3:padding=1:padding_value=-1:bias_each_place=true:connections=0/1/0 1/1",
        "conv:4:kernel_size=3x1:stride=2x1:dilation=1x1:groups=2:padding=same",
    ],
)
def test_convolutions_that_are_not_plain(conv: str, agree: Agree) -> None:
    facts = DataFacts(60, (2, 6, 6), "class", ("a", "b", "c"), 60, 0, 0)
    agree(project_of(f"{conv},tanh,flatten,dense:out", facts), weight_decay=0.1, initialization="lecun")


@pytest.mark.parametrize(
    "layers",
    [
        "conv:4:kernel_size=6,tanh,flatten,dense:out",
        "conv:4:kernel_size=6:bias=false,tanh,flatten,dense:out",
        "conv:4:kernel_size=3,tanh,conv:5:kernel_size=4,tanh,flatten,dense:out",
        "conv:4:kernel_size=6:stride=2:bias_each_place=true,tanh,flatten,dense:out",
    ],
)
def test_convolutions_that_see_the_whole_image(layers: str, agree: Agree) -> None:
    """They are products of matrices, in the list alone."""
    facts = DataFacts(60, (2, 6, 6), "class", ("a", "b", "c"), 60, 0, 0)
    agree(project_of(layers, facts), weight_decay=0.1)


def test_which_convolutions_go_without_onednn() -> None:
    """By their shapes: few samples and small kernels, forward and backward each by itself."""
    convolution, backward = torch.ops.aten.convolution.default, torch.ops.aten.convolution_backward.default

    def ways(rows: int, channels: int, side: int, filters: int, kernel: int) -> tuple[str, str]:
        inputs, weight = torch.randn(rows, channels, side, side), torch.randn(filters, channels, kernel, kernel)
        usual = [1, 1], [0, 0], [1, 1], False, [0, 0], 1
        given = inputs, weight, None, *usual
        gradient = convolution(*given)
        back = gradient, inputs, weight, None, *usual, [True, True, False]
        found = []
        for kernel_asked, arguments in ((convolution, given), (backward, back)):
            taken, _given = small_convolutions.without_onednn(kernel_asked, arguments)
            is_product = small_convolutions.as_product(kernel_asked, arguments) is not None
            found.append("product" if is_product else "oneDNN" if taken is kernel_asked else "plain")
        return found[0], found[1]

    assert ways(1, 6, 14, 16, 5) == ("plain", "plain")
    assert ways(10, 6, 14, 16, 5) == ("oneDNN", "plain")
    assert ways(10, 1, 28, 6, 5) == ("plain", "oneDNN")
    assert ways(64, 6, 14, 16, 5) == ("oneDNN", "oneDNN")
    assert ways(64, 16, 5, 120, 5) == ("product", "product")


@pytest.mark.parametrize("layers", [LENET, ZIP_1989])
def test_the_networks_of_the_history(layers: str, agree: Agree) -> None:
    side = 28 if layers is LENET else 16
    facts = DataFacts(60, (1, side, side), "class", tuple("0123456789"), 60, 0, 0)
    agree(project_of(layers, facts), "cross_entropy" if layers is LENET else "mse", optimizer="momentum")


def test_columns_as_an_image(agree: Agree) -> None:
    facts = DataFacts(60, (36,), "class", ("a", "b", "c"), 60, 0, 0)
    agree(project_of("image:height=6:width=6,conv:4,relu,max_pool,flatten,dense:out", facts))
