"""The plane of two inputs: points in the units of the data, and a grid that a network can be asked about."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA

from nnstudio.data.dataset import divide, load
from nnstudio.data.plane import COARSEST, FINEST, columns_of, plane_of
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
def test_more_columns_have_the_plane_of_their_principal_components(source: str) -> None:
    dataset = load(DataChoice(source))
    plane = plane_of(dataset)
    assert plane is not None and "principal components" in plane.remark and "of the variance" in plane.names[0]
    fitted = PCA(2).fit(dataset.train.inputs[:1000].astype(float))
    np.testing.assert_allclose(np.abs(plane.directions @ fitted.components_.T), np.eye(2), atol=1e-4)
    assert f"{fitted.explained_variance_ratio_[0]:.0%}" in plane.names[0]
    # A point goes to the plane and back to the nearest place on it.
    back = plane.inputs_at(plane.training[:5], dataset.preparation)
    expected = fitted.inverse_transform(fitted.transform(dataset.train.inputs[:5].astype(float)))
    np.testing.assert_allclose(back, expected, atol=1e-3)
    grid = plane.grid(dataset.preparation, weights=100)
    assert grid.shape == (FINEST**2, *dataset.preparation.sample_shape)


def test_two_chosen_columns_leave_the_others_at_their_mean() -> None:
    choice = DataChoice("builtin:iris")
    dataset, table = load(choice), divide(choice).table()
    plane = plane_of(dataset, (2, 0))
    assert plane is not None and plane.remark == "all other columns at their mean"
    raw = table.select(*plane.names).to_numpy()
    np.testing.assert_allclose(plane.training, raw[dataset.train.rows], atol=1e-4)
    grid = plane.grid(dataset.preparation, weights=100)
    np.testing.assert_allclose(
        grid[:, [1, 3]], dataset.train.inputs[:, [1, 3]].mean(axis=0)[None].repeat(len(grid), 0), atol=1e-5
    )
    assert np.ptp(grid[:, 2]) > 1 and np.ptp(grid[:, 0]) > 1


def test_a_category_is_no_axis_but_keeps_its_place(tmp_path: Path) -> None:
    rows = "\n".join(f"{'ab'[n % 2]},{n + 5},{n * n},{'xy'[n % 3 == 0]}" for n in range(40))
    (tmp_path / "data.csv").write_text("kind,one,two,target\n" + rows)
    dataset = load(DataChoice(str(tmp_path / "data.csv")))
    assert columns_of(dataset.preparation) == {1: "one", 2: "two"}
    plane = plane_of(dataset, (1, 2))
    assert plane is not None and plane.names == ("one", "two")
    grid = plane.grid(dataset.preparation, weights=100)
    np.testing.assert_allclose(grid[:, :2].sum(axis=1), 1, atol=1e-5)  # the shares of a and b


def test_a_single_number_has_no_plane(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("one,target\n" + "\n".join(f"{n},{n * 2.5}" for n in range(40)))
    assert plane_of(load(DataChoice(str(tmp_path / "data.csv")))) is None


@pytest.mark.parametrize("name", ["toy:circle", "toy:plane"])
def test_data_without_a_validation_part_has_a_plane_of_its_training_points(name: str) -> None:
    dataset = load(DataChoice(name, validation=0.0))
    plane = plane_of(dataset)
    assert plane is not None and plane.validation.shape == (0, 2)
    assert len(plane.training) == len(dataset.train)


@pytest.mark.parametrize(
    ("derived", "ignored"),
    [("square(x1),product(x1;x2),sin(x2)", ""), ("square(x1)", "x1"), ("ratio(x1;x2),log(x2)", "x1,x2")],
)
def test_inputs_that_are_made_from_two_columns_stand_over_the_plane_of_these(derived: str, ignored: str) -> None:
    choice = DataChoice("toy:circle?generator=playground&seed=0.5", derived=derived, ignore=ignored)
    dataset = load(choice)
    plane = plane_of(dataset)
    assert plane is not None and plane.names == ("x1", "x2") and plane.remark == ""
    table = divide(choice).table().select("x1", "x2").to_numpy()
    np.testing.assert_array_equal(plane.training, table[dataset.train.rows])
    # A place is made into inputs just as the row there was.
    found = plane.inputs_at(plane.training, dataset.preparation)
    np.testing.assert_allclose(found, dataset.train.inputs, rtol=1e-6)
    assert plane.grid(dataset.preparation, weights=25).shape == (FINEST**2, dataset.preparation.sample_shape[0])


def test_one_column_more_or_a_word_among_them_is_no_such_plane() -> None:
    for choice in (
        DataChoice("builtin:iris", derived="square(1)"),
        DataChoice("toy:circle", derived="bins(x1;3)"),
        DataChoice("toy:circle", derived="square(x1)", ignore="x2"),
    ):
        plane = plane_of(load(choice))
        assert plane is None or not plane.is_of_sources
