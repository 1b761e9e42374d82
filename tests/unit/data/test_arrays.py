"""Arrays of pictures: an axis for the channels where it is missing or comes last."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nnstudio.data.columns import ArrayColumns, RawData
from nnstudio.data.dataset import load
from nnstudio.data.sources import read_source
from nnstudio.project.model import DataChoice


def archived(folder: Path, samples: NDArray[np.float64]) -> Path:
    path = folder / "a.npz"
    np.savez(path, x=samples, y=np.arange(len(samples)) % 2)
    return path


def numbered(*shape: int) -> NDArray[np.float64]:
    return np.arange(np.prod(shape), dtype=np.float64).reshape(shape)


def values(raw: RawData) -> NDArray[np.float64]:
    assert isinstance(raw.columns, ArrayColumns) and raw.sample_shape is not None
    return raw.columns.values.reshape(-1, *raw.sample_shape)


def test_samples_of_two_axes_are_pictures_of_one_channel(tmp_path: Path) -> None:
    samples = numbered(6, 4, 5)
    raw = read_source(str(archived(tmp_path, samples)))
    assert raw.sample_shape == (1, 4, 5) and raw.columns.columns[:2] == ["0×0×0", "0×0×1"]
    assert (values(raw) == samples[:, None]).all()
    assert raw.notes == ("Each sample has 4×5 values and is taken for a picture of 1 channel.",)


@pytest.mark.parametrize(("channels", "length"), [(1, "1 value long"), (3, "3 values long")])
def test_channels_that_come_last_are_put_first_and_that_is_said(channels: int, length: str, tmp_path: Path) -> None:
    samples = numbered(6, 4, 5, channels)
    raw = read_source(str(archived(tmp_path, samples)))
    assert raw.sample_shape == (channels, 4, 5)
    assert (values(raw) == samples.transpose(0, 3, 1, 2)).all()
    assert len(raw.notes) == 1 and f"The last axis of the samples, {length}, was put first" in raw.notes[0]


@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 4, 5), (3, 4, 3), (1, 4, 1), (3, 3, 3), (4, 5, 4), (4, 5, 2), (7,)])
def test_other_axes_stay_as_they_are(shape: tuple[int, ...], tmp_path: Path) -> None:
    samples = numbered(6, *shape)
    raw = read_source(str(archived(tmp_path, samples)))
    assert raw.sample_shape == shape and (values(raw) == samples).all() and raw.notes == ()


def test_pictures_with_channels_last_are_prepared_by_their_channels(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).normal([0, 50, 100], [1, 5, 9], (40, 4, 5, 3))
    dataset = load(DataChoice(str(archived(tmp_path, samples))))
    assert dataset.facts.sample_shape == (3, 4, 5)
    assert np.abs(dataset.train.inputs.mean(axis=(0, 2, 3))).max() < 1e-5
    assert len({(column.mean, column.scale) for column in dataset.preparation.columns}) == 3
    assert any("was put first" in note for note in dataset.facts.notes)
