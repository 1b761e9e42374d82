"""Values of maps put together by hand against PyTorch's own layers, on windows of every kind."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from nnstudio.data.dataset import load
from nnstudio.insight.map_values import LayerMaps, entering_images, explained, layer_maps_of, window_of
from nnstudio.insight.untrained import untrained
from nnstudio.project.model import Project
from nnstudio.text import UserError

CONVOLUTIONS = "image,conv:4:padding=1,relu,conv:6,max_pool:2,flatten,dropout:0.5,dense:out"

PAIRS = st.tuples(st.integers(1, 4), st.integers(1, 4))
SIZES = st.tuples(st.integers(4, 9), st.integers(4, 9))


def image(channels: int, size: tuple[int, int], seed: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(0, 2, (1, channels, *size))).float()


def maps_of(module: nn.Module, entering: torch.Tensor) -> LayerMaps:
    return explained(module, entering, "layer", ("layer",))


def check_every_value(module: nn.Module, entering: torch.Tensor) -> None:
    """Every value of every map, in double precision and as the module gives it in single."""
    maps = maps_of(module, entering)
    single = module(entering)[0].detach().numpy()
    assert maps.outputs.shape == single.shape
    for map, row, column in product(*(range(size) for size in single.shape)):
        value = window_of(maps, map, row, column)
        assert value.difference < 1e-12 and value.is_sound
        assert value.total == pytest.approx(float(single[map, row, column]), rel=1e-5, abs=1e-5)
        check_parts(maps, value)


def check_parts(maps: LayerMaps, value: object) -> None:
    """What is shown adds up to what is said."""
    from nnstudio.insight.map_values import MapValue

    assert isinstance(value, MapValue)
    assert value.inputs.shape == (len(value.channels), len(value.rows), len(value.columns))
    assert value.inside.shape == value.inputs.shape[1:] and not value.inputs[:, ~value.inside].any()
    for (m, n), is_inside in np.ndenumerate(value.inside):
        if is_inside:
            np.testing.assert_array_equal(
                value.inputs[:, m, n], maps.inputs[list(value.channels), value.rows[m], value.columns[n]]
            )
    if value.products is not None:
        assert value.weights is not None
        np.testing.assert_array_equal(value.products, value.weights * value.inputs)
        np.testing.assert_allclose(value.sums, value.products.sum(axis=(1, 2)))
        assert value.total == pytest.approx(value.sums.sum() + (value.bias or 0.0))
    elif value.winner is not None:
        assert value.inside[value.winner] and value.inputs[0][value.winner] == value.total
        assert value.total == value.inputs[0][value.inside].max()
    else:
        assert value.divisor and value.total == pytest.approx(value.inputs.sum() / value.divisor)
    assert value.map in maps.maps_of(value.channels[0]) and value.map in maps.maps_of(value.channels[-1])


@settings(max_examples=60)
@given(
    kernel=PAIRS,
    stride=PAIRS,
    dilation=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    padding=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    size=SIZES,
    groups=st.sampled_from([1, 2, 3]),
    per_group=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    bias=st.booleans(),
    seed=st.integers(0, 10_000),
)
def test_a_value_of_a_convolution_is_that_of_pytorch(
    kernel: tuple[int, int],
    stride: tuple[int, int],
    dilation: tuple[int, int],
    padding: tuple[int, int],
    size: tuple[int, int],
    groups: int,
    per_group: tuple[int, int],
    bias: bool,
    seed: int,
) -> None:
    channels, filters = (groups * count for count in per_group)
    torch.manual_seed(seed)
    reach = [step * (one - 1) + 1 for step, one in zip(dilation, kernel, strict=True)]
    large = tuple(max(one, least - 2 * around) for one, least, around in zip(size, reach, padding, strict=True))
    module = nn.Conv2d(channels, filters, kernel, stride, padding, dilation, groups, bias)
    check_every_value(module, image(channels, (large[0], large[1]), seed))


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("kernel", [3, (2, 4)])
def test_a_padding_may_be_a_word(padding: str, kernel: int | tuple[int, int]) -> None:
    torch.manual_seed(1)
    check_every_value(nn.Conv2d(2, 3, kernel, padding=padding, dilation=(1, 2)), image(2, (7, 8), 1))


@settings(max_examples=60)
@given(
    kernel=PAIRS,
    stride=PAIRS,
    pads=st.tuples(st.booleans(), st.booleans()),
    size=SIZES,
    rounds_up=st.booleans(),
    counts_padding=st.booleans(),
    divisor=st.sampled_from([None, 3]),
    seed=st.integers(0, 10_000),
)
def test_a_value_of_pooling_is_that_of_pytorch(
    kernel: tuple[int, int],
    stride: tuple[int, int],
    pads: tuple[bool, bool],
    size: tuple[int, int],
    rounds_up: bool,
    counts_padding: bool,
    divisor: int | None,
    seed: int,
) -> None:
    padding = tuple(one // 2 if pad else 0 for one, pad in zip(kernel, pads, strict=True))
    entering = image(2, size, seed)
    check_every_value(nn.MaxPool2d(kernel, stride, padding, ceil_mode=rounds_up), entering)
    check_every_value(nn.AvgPool2d(kernel, stride, padding, rounds_up, counts_padding, divisor), entering)


@settings(max_examples=30)
@given(to=PAIRS, size=SIZES, seed=st.integers(0, 10_000))
def test_a_value_of_adaptive_pooling_is_that_of_pytorch(to: tuple[int, int], size: tuple[int, int], seed: int) -> None:
    check_every_value(nn.AdaptiveAvgPool2d(to), image(3, size, seed))
    check_every_value(nn.AdaptiveMaxPool2d(to), image(3, size, seed))


def test_a_max_pool_may_leave_places_out() -> None:
    check_every_value(nn.MaxPool2d(2, 1, 1, dilation=2), image(2, (6, 5), 3))


def test_windows_too_large_to_be_laid_out_twice_are_in_single_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from nnstudio.insight import map_values

    torch.manual_seed(2)
    module, entering = nn.Conv2d(16, 4, (5, 3), 2, 1), image(16, (9, 9), 2)
    exact = maps_of(module, entering)
    bytes = map_values.unfolded_bytes(map_values.sliding_of(module), entering)
    assert bytes == 16 * 5 * 3 * exact.outputs[0].size * 8
    monkeypatch.setattr(map_values, "MOST_BYTES", bytes - 1)
    rounded = maps_of(module, entering)
    np.testing.assert_array_equal(rounded.outputs, module(entering)[0].detach().double().numpy())
    values = [window_of(rounded, *place) for place in np.ndindex(rounded.outputs.shape)]
    assert all(one.is_sound for one in values) and max(one.difference for one in values) > 0
    assert not replace(values[0], by_torch=values[0].total + 1e-3).is_sound


def test_what_is_no_number_is_told_as_pytorch_tells_it() -> None:
    module = nn.Conv2d(1, 1, 2)
    with torch.no_grad():
        module.weight[0, 0, 0, 0] = float("nan")
    assert np.isnan(window_of(maps_of(module, image(1, (3, 3), 0)), 0, 1, 1).total)
    entering = image(1, (3, 3), 0)
    entering[0, 0, 1, 1] = float("nan")
    value = window_of(maps_of(nn.MaxPool2d(2, 1), entering), 0, 0, 0)
    assert np.isnan(value.total) and value.winner == (1, 1) and value.difference == 0
    infinite = torch.full((1, 1, 2, 2), float("-inf"))
    assert window_of(maps_of(nn.MaxPool2d(2), infinite), 0, 0, 0).total == float("-inf")


# --- in a network ---------------------------------------------------------------------------------------------------


def test_layers_of_a_network_are_found_in_order_and_the_one_asked_for_is_shown(
    make_project: Callable[..., Project],
) -> None:
    project = make_project("builtin:digits", CONVOLUTIONS)
    dataset = load(project.data)
    run = untrained(project, dataset.preparation)
    sample = dataset.validation.all_inputs[dataset.validation.rows[:1]]
    first = layer_maps_of(run, sample)
    assert first.layers == ("conv_1", "conv_2", "max_pool_1") and first.layer == "conv_1"
    assert first.inputs.shape == (1, 8, 8) and first.outputs.shape == (4, 8, 8) and first.kind == "sum"
    np.testing.assert_allclose(first.inputs.reshape(-1), sample.reshape(-1))
    second = layer_maps_of(run, sample, "conv_2")
    assert second.inputs.shape == (4, 8, 8) and second.outputs.shape[0] == 6
    np.testing.assert_allclose(second.inputs, first.outputs.clip(0), atol=1e-6)
    pooled = layer_maps_of(run, sample, "max_pool_1")
    assert pooled.kind == "max" and pooled.groups == 6 and list(pooled.channels_of(4)) == [4]
    np.testing.assert_allclose(pooled.inputs, second.outputs, atol=1e-6)
    assert layer_maps_of(run, sample, "gone_1").layer == "conv_1"
    for maps in (first, second, pooled):
        assert window_of(maps, 1, 0, 2).difference < 1e-12


def test_a_network_without_maps_is_told_what_to_do(make_project: Callable[..., Project]) -> None:
    project = make_project()
    dataset = load(project.data)
    run = untrained(project, dataset.preparation)
    with pytest.raises(UserError, match="Put a convolution or a pooling layer"):
        layer_maps_of(run, dataset.train.all_inputs[:1])


def test_nothing_is_left_hooked(make_project: Callable[..., Project]) -> None:
    from nnstudio.training.inference import restore

    project = make_project("builtin:digits", CONVOLUTIONS)
    run = untrained(project, load(project.data).preparation)
    model = restore(run).network.drawn
    entering_images(model, run.network, torch.zeros(1, 64))
    assert not any(module._forward_pre_hooks for module in model.modules())
