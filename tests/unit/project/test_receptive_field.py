"""Receptive fields by the declarations of layers against autograd: what a value does not depend on is outside."""

import random

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnstudio.insight.best_patches import up_to
from nnstudio.layers.spec import Shape
from nnstudio.project.history import Drawing, history
from nnstudio.project.model import Network
from nnstudio.project.receptive_field import Field, receptive_field
from nnstudio.project.shapes import infer_network
from nnstudio.training.engine.build import build
from tests.unit.insight.pictures import drawn

SIZES = st.tuples(st.integers(7, 14), st.integers(7, 14))


@st.composite
def windows(draw: st.DrawFn, has_gaps: bool) -> str:
    """A convolution, pooling, border or another layer of images; without gaps a window leaves no value out."""
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride = [draw(st.integers(1, 3 if has_gaps else one)) for one in kernel]
    dilation = draw(st.tuples(st.integers(1, 3), st.integers(1, 3))) if has_gaps else (1, 1)
    padding = draw(st.tuples(st.integers(0, 3), st.integers(0, 3)))
    size, step, apart, border = (f"{one[0]}x{one[1]}" for one in (kernel, stride, dilation, padding))
    half = f"{min(padding[0], kernel[0] // 2)}x{min(padding[1], kernel[1] // 2)}"
    return draw(
        st.sampled_from(
            [
                f"conv:2:kernel_size={size}:stride={step}:padding={border}:dilation={apart}",
                f"conv:2:kernel_size={size}:stride={step}:padding={border}:padding_value=-1",
                f"avg_pool:{size}:stride={step}:padding={half}",
                f"pad:{border}",
                "conv:4:kernel_size=3:padding=same:groups=2",
                "scale",
                "batch_norm",
                "adaptive_avg_pool:3x2",
                "softplus",
                *(["max_pool:2:padding=1", "layer_norm", "local_response_norm"] if has_gaps else []),
            ]
        )
    )


def network_of(shape: Shape, entries: str) -> Network:
    drawing = Drawing(shape)
    drawing.add(f"conv:2:kernel_size=1,{entries},conv:1:kernel_size=1,flatten,dense:1")
    return drawing.network()


def touched(network: Network, shape: Shape, layer: str, row: int, column: int) -> np.ndarray:
    """Which pixels a value depends on (h, w): those for which its gradient is not 0, with weights above 0."""
    torch.manual_seed(1)
    model = up_to(build(network, shape, "mse").drawn.double().eval(), layer)
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(weight.abs() + 0.1)
    x = torch.rand(1, *shape, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(model(x)[0, 0, row, column], x)
    return (gradient[0].abs().sum(dim=0) != 0).numpy()


def place_in(shape: Shape, seed: int) -> tuple[int, int]:
    chosen = random.Random(seed)
    return chosen.randrange(shape[1]), chosen.randrange(shape[2])


def check(network: Network, shape: Shape, layer: str, seed: int, is_tight: bool) -> None:
    inference = infer_network(network, shape)
    assume(not inference.problems)
    row, column = place_in(inference.shapes[layer], seed)
    field = receptive_field(network, inference, layer, row, column)
    pixels = touched(network, shape, layer, row, column)
    rows, columns = (np.flatnonzero(pixels.any(axis=1 - axis)) for axis in (0, 1))
    if field is None:
        assert not pixels.any()
    elif is_tight:
        assert field == Field((rows[0], rows[-1]), (columns[0], columns[-1]))
        assert pixels.sum() == field.size[0] * field.size[1]
    else:
        pixels[field.rows[0] : field.rows[1] + 1, field.columns[0] : field.columns[1] + 1] = False
        assert not pixels.any()
    uncut = receptive_field(network, inference, layer, row, column, is_cut=False)
    assert uncut is not None
    if field is not None:
        assert field.with_other(uncut.cut(*shape[1:])) == uncut.cut(*shape[1:])


@settings(max_examples=120, deadline=None)
@given(SIZES, st.lists(windows(has_gaps=False), min_size=1, max_size=4), st.integers(0, 999))
def test_without_gaps_the_field_is_just_what_the_gradient_reaches(
    size: tuple[int, int], layers: list[str], seed: int
) -> None:
    shape = (1, *size)
    check(network_of(shape, ",".join(layers)), shape, f"conv_{last(layers)}", seed, is_tight=True)


@settings(max_examples=120, deadline=None)
@given(SIZES, st.lists(windows(has_gaps=True), min_size=1, max_size=4), st.integers(0, 999))
def test_the_gradient_of_a_value_is_zero_outside_its_field(size: tuple[int, int], layers: list[str], seed: int) -> None:
    shape = (3, *size)
    check(network_of(shape, ",".join(layers)), shape, f"conv_{last(layers)}", seed, is_tight=False)


def last(layers: list[str]) -> int:
    """The number of the convolution behind some layers and the first."""
    return 2 + sum(one.startswith("conv") for one in layers)


def test_branches_see_the_picture_together() -> None:
    drawing = Drawing((1, 12, 12))
    start = drawing.last
    low = drawing.add("conv:2:kernel_size=5x1:padding=2x0", start)
    wide = drawing.add("conv:2:kernel_size=1x3:padding=0x1", start)
    drawing.add("concat", low, wide)
    drawing.add("conv:1:kernel_size=1,flatten,dense:1")
    network = drawing.network()
    inference = infer_network(network, (1, 12, 12))
    assert receptive_field(network, inference, "conv_3", 6, 7) == Field((4, 8), (6, 8))
    for seed in range(8):
        row, column = place_in((1, 12, 12), seed)
        field = receptive_field(network, inference, "conv_3", row, column)
        pixels = touched(network, (1, 12, 12), "conv_3", row, column)
        assert field is not None
        pixels[field.rows[0] : field.rows[1] + 1, field.columns[0] : field.columns[1] + 1] = False
        assert not pixels.any()


def test_a_list_laid_out_as_an_image_is_the_picture_and_a_dense_layer_mixes_everything() -> None:
    drawing = Drawing((64,))
    drawing.add("image,conv:2:padding=1,max_pool,conv:2,flatten,dense:16,image:height=4:width=4,conv:1,flatten,dense:1")
    network = drawing.network()
    inference = infer_network(network, (64,))
    assert receptive_field(network, inference, "conv_1", 0, 3) == Field((0, 1), (2, 4))
    assert receptive_field(network, inference, "conv_1", 0, 3, is_cut=False) == Field((-1, 1), (2, 4))
    assert receptive_field(network, inference, "conv_2", 1, 0) == Field((1, 8 - 1), (0, 6))
    assert receptive_field(network, inference, "conv_3", 0, 0) == Field((0, 7), (0, 7))


def test_samples_that_are_no_images_have_no_fields() -> None:
    drawing = Drawing((4,))
    drawing.add("dense:3")
    network = drawing.network()
    assert receptive_field(network, infer_network(network, (4,)), "dense_1", 0, 0) is None


@pytest.mark.parametrize(("layer", "size"), [("conv_1", 5), ("conv_2", 14), ("conv_3", 32)])
def test_the_fields_of_lenet_are_those_of_the_paper(layer: str, size: int) -> None:
    network = history("lenet_1998").network
    field = receptive_field(network, infer_network(network, (1, 28, 28)), layer, 0, 0, is_cut=False)
    assert field is not None and field.size == (size, size)


def test_a_value_of_padding_alone_comes_from_nothing() -> None:
    network = drawn((1, 7, 7), "pad:3,conv:1:kernel_size=2,flatten,dense:1")
    inference = infer_network(network, (1, 7, 7))
    assert receptive_field(network, inference, "conv_1", 0, 0) is None
    assert receptive_field(network, inference, "conv_1", 0, 0, is_cut=False) == Field((-3, -2), (-3, -2))
