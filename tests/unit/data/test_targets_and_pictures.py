"""Several targets, columns that are pictures, pictures made another size, and what comes with the program."""

from pathlib import Path

import numpy as np
import polars
import pytest

from nnstudio.data.dataset import load
from nnstudio.data.resizing import resized
from nnstudio.data.sources import read_source
from nnstudio.project.model import DataChoice
from nnstudio.text import UserError


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "x.csv"
    random = np.random.default_rng(0)
    columns = {f"p{one}": random.normal(size=30) for one in range(6)}
    labels = {name: random.integers(0, 2, 30) for name in ("wet", "cold", "dark")}
    polars.DataFrame(columns | labels).write_csv(path)
    return path


@pytest.mark.parametrize("target", ["7-9", "wet;cold;dark"])
def test_several_targets_are_labels(table: Path, target: str) -> None:
    dataset = load(DataChoice(str(table), target))
    assert dataset.facts.task == "labels" and dataset.facts.classes == ("wet", "cold", "dark")
    assert dataset.facts.sample_shape == (6,) and dataset.facts.outputs == 3
    expected = polars.read_csv(table).select("wet", "cold", "dark").to_numpy()
    np.testing.assert_array_equal(dataset.train.targets, expected[dataset.train.rows])


def test_targets_that_are_not_0_and_1_are_refused_by_name(table: Path) -> None:
    with pytest.raises(UserError, match="“p5” is one of several targets, and not all of it is 0 or 1"):
        load(DataChoice(str(table), "6-9"))


def test_a_column_of_that_name_is_one_target(tmp_path: Path) -> None:
    polars.DataFrame({"a": [1.0, 2.0] * 9, "1-2": ["x", "y"] * 9}).write_csv(tmp_path / "x.csv")
    assert load(DataChoice(str(tmp_path / "x.csv"), "1-2")).facts.classes == ("x", "y")


def test_columns_become_a_picture(table: Path) -> None:
    dataset = load(DataChoice(str(table), "7-9", image="2x1x3"))
    flat = load(DataChoice(str(table), "7-9", standardize=False))
    assert dataset.facts.sample_shape == (2, 1, 3)
    unscaled = load(DataChoice(str(table), "7-9", image="2x1x3", standardize=False))
    np.testing.assert_array_equal(unscaled.train.inputs.reshape(-1, 6), flat.train.inputs)
    # One mean and one deviation for each channel, measured on the training part.
    np.testing.assert_allclose(dataset.train.inputs.mean(axis=(0, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(dataset.train.inputs.std(axis=(0, 2, 3)), 1, atol=1e-5)


def test_a_picture_of_another_number_of_places_is_refused_with_both(table: Path) -> None:
    with pytest.raises(UserError, match="1 × 3 × 3 has 9 values, and there are 6 columns"):
        load(DataChoice(str(table), "7-9", image="1x3x3"))


def test_the_digits_are_made_larger() -> None:
    small, large = (load(DataChoice("builtin:digits", image=size, standardize=False)) for size in ("1x8x8", "1x16x16"))
    assert large.facts.sample_shape == (1, 16, 16) and np.array_equal(small.train.rows, large.train.rows)
    assert "The pictures of 1 × 8 × 8 are made 1 × 16 × 16." in large.facts.notes
    means = large.train.inputs.reshape(-1, 8, 2, 8, 2).mean(axis=(2, 4))
    assert np.corrcoef(means.ravel(), small.train.inputs.ravel())[0, 1] > 0.95
    with pytest.raises(UserError, match="have 1 channels; 3 were asked for"):
        load(DataChoice("builtin:digits", image="3x8x8"))


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_pictures_of_another_shape_are_cut_bordered_or_stretched(fit: str) -> None:
    pictures = np.arange(2 * 8, dtype=np.float32).reshape(1, 1, 2, 8)
    found = resized(pictures, (1, 4, 4), fit)[0, 0]
    assert found.shape == (4, 4)
    if fit == "pad":  # 8 across become 4, 2 down become 1, in the middle of borders
        assert (found != pictures.min()).any(axis=1).sum() == 1
    if fit == "crop":  # the middle four of what would be sixteen across
        assert found[0].max() - found[0].min() < 3
    if fit == "stretch":
        assert found[0].max() - found[0].min() > 5


def test_the_same_size_stays_as_it_is() -> None:
    pictures = np.random.default_rng(0).normal(size=(3, 2, 5, 4)).astype(np.float32)
    np.testing.assert_allclose(resized(pictures, (2, 5, 4), "crop"), pictures, rtol=1e-6)


def test_what_comes_with_the_program_is_what_it_is_said_to_be() -> None:
    symmetry = read_source("builtin:symmetry").columns
    rows = symmetry.select([f"x{one}" for one in range(1, 7)]).rows()
    assert len(set(rows)) == 64
    assert symmetry["symmetric"].to_list() == ["yes" if row == row[::-1] else "no" for row in rows]
    family = load(DataChoice("builtin:family_trees", validation=0.0, test=0.0))
    targets = family.train.targets
    assert family.facts.sample_shape == (36,) and targets.shape == (104, 24)
    assert targets.sum() == 112 and (targets.sum(axis=1) == 2).sum() == 8
    messages = read_source("builtin:sms_spam").columns
    assert messages["kind"].value_counts(sort=True)["count"].to_list() == [4827, 747]
    assert messages["message"].n_unique() == 5159 or messages["message"].n_unique() > 5000


def test_pictures_of_noise_have_the_size_and_the_classes_of_imagenet() -> None:
    dataset = load(DataChoice("toy:pictures_of_noise?samples=12", validation=0.0, test=0.0))
    assert dataset.facts.sample_shape == (3, 224, 224) and len(dataset.facts.classes) == 1000
    assert len(dataset.preparation.columns) == 3
    np.testing.assert_allclose(dataset.train.inputs.std(axis=(0, 2, 3)), 1, atol=1e-3)
