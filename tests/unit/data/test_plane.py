"""The plane of two inputs: points in the units of the data, and a grid that a network can be asked about."""

import numpy as np
import pytest

from nnstudio.data.dataset import divide, load
from nnstudio.data.plane import COARSEST, FINEST, plane_of
from nnstudio.project.model import DataChoice


def test_points_and_grid_are_in_the_units_of_the_data_however_it_was_scaled() -> None:
    choice = DataChoice("toy:circle?noise=0.2")
    dataset, table = load(choice), divide(choice).table()
    plane = plane_of(dataset)
    assert plane is not None and plane.names == ("x1", "x2") and plane.classes == dataset.facts.classes
    raw = table.select("x1", "x2").to_numpy()
    np.testing.assert_allclose(plane.training, raw[dataset.train.rows], atol=1e-5)
    np.testing.assert_allclose(plane.validation, raw[dataset.validation.rows], atol=1e-5)
    assert np.array_equal(plane.training_targets, dataset.train.targets)
    grid = plane.grid(dataset.preparation, weights=25)
    assert grid.shape == (FINEST**2, 2) and grid.dtype == np.float32
    scales = [column.scale for column in dataset.preparation.columns]
    means = [column.mean for column in dataset.preparation.columns]
    np.testing.assert_allclose(grid[0] * scales + means, plane.lowest, rtol=1e-5)
    np.testing.assert_allclose(grid[-1] * scales + means, plane.highest, rtol=1e-5)
    assert grid[1, 0] > grid[0, 0] and grid[1, 1] == grid[0, 1]
    assert (plane.lowest < plane.training.min(axis=0)).all() and (plane.highest > plane.training.max(axis=0)).all()


def test_a_value_is_in_its_own_units_and_a_large_network_is_asked_at_fewer_places() -> None:
    dataset = load(DataChoice("toy:plane"))
    plane = plane_of(dataset)
    assert plane is not None and plane.classes == ()
    np.testing.assert_allclose(plane.training_targets, plane.training.sum(axis=1) / 10, atol=1e-5)
    assert len(plane.grid(dataset.preparation, weights=10_000_000)) == COARSEST**2


@pytest.mark.parametrize("source", ["builtin:iris", "builtin:digits"])
def test_other_data_has_no_plane(source: str) -> None:
    assert plane_of(load(DataChoice(source))) is None
