"""The error on its way back through convolution and pooling: what places give adds up to autograd's gradients."""

from collections.abc import Callable

import numpy as np
import pytest

from nnstudio.data.dataset import load
from nnstudio.insight.map_values import LayerMaps, layer_maps_of, window_of
from nnstudio.insight.untrained import untrained
from nnstudio.project.model import Project

LAYERS = (
    "conv:4:kernel_size=3x2:stride=2x1:padding=1:dilation=1x2,tanh,conv:6:groups=2,relu,"
    "max_pool:2:stride=1,avg_pool:3:stride=2:padding=1,adaptive_avg_pool,flatten,dense:out"
)


@pytest.fixture
def maps_of(make_project: Callable[..., Project]) -> Callable[[str], LayerMaps]:
    project = make_project("builtin:digits", LAYERS, data_image="1x8x8", seed=3)
    dataset = load(project.data)
    run = untrained(project, dataset.preparation)
    rows = dataset.train.rows[:1]
    return lambda layer: layer_maps_of(run, dataset.train.all_inputs[rows], layer, dataset.train.all_targets[rows])


@pytest.mark.parametrize("layer", ["conv_1", "conv_2"])
def test_places_add_up_to_the_gradient_of_the_kernels_and_of_what_enters(
    layer: str, maps_of: Callable[[str], LayerMaps]
) -> None:
    maps = maps_of(layer)
    gradients = maps.gradients
    assert gradients is not None and gradients.weights is not None and maps.weights is not None
    kernels, entering = np.zeros_like(gradients.weights), np.zeros_like(gradients.entering)
    for place in np.ndindex(*maps.outputs.shape):
        value = window_of(maps, *place)
        error = gradients.leaving[place]
        kernels[place[0]] += error * value.inputs
        for number, channel in enumerate(value.channels):
            for row, column in zip(*np.nonzero(value.inside), strict=True):
                back = error * maps.weights[place[0], number, row, column]
                entering[channel, value.rows[row], value.columns[column]] += back
    np.testing.assert_allclose(kernels, gradients.weights, atol=1e-7)
    np.testing.assert_allclose(entering, gradients.entering, atol=1e-7)


@pytest.mark.parametrize("layer", ["max_pool_1", "avg_pool_1", "adaptive_avg_pool_1"])
def test_pooling_gives_the_error_to_the_largest_or_shares_it(layer: str, maps_of: Callable[[str], LayerMaps]) -> None:
    maps = maps_of(layer)
    gradients = maps.gradients
    assert gradients is not None and gradients.weights is None
    entering = np.zeros_like(gradients.entering)
    for place in np.ndindex(*maps.outputs.shape):
        value = window_of(maps, *place)
        for row, column in zip(*np.nonzero(value.inside), strict=True):
            share = 1 / (value.divisor or 1) if value.winner is None else float((row, column) == value.winner)
            entering[place[0], value.rows[row], value.columns[column]] += share * gradients.leaving[place]
    np.testing.assert_allclose(entering, gradients.entering, atol=1e-7)
