"""The patches that excite a map most: their values are the largest there are, and their pixels those of the samples."""

from pathlib import Path

import numpy as np
import pytest
import torch

from nnstudio.data.dataset import Dataset
from nnstudio.insight import best_patches
from nnstudio.insight.best_patches import MOST, BestPatches, best_patches_of, patch_of, up_to
from nnstudio.insight.sample_pixels import colors_of
from nnstudio.project.model import Run
from nnstudio.text import UserError
from nnstudio.training.control import Control, Mode
from nnstudio.training.inference import restore
from tests.unit.insight.pictures import COLORS, color_pictures, started


def found(run: Run, dataset: Dataset, layer: str = "") -> BestPatches:
    return list(best_patches_of(run, dataset, layer, Control()))[-1]


def all_values(run: Run, dataset: Dataset, layer: str) -> np.ndarray:
    """What the layer gives for every training sample (n, maps, h, w), asked one by one."""
    model = up_to(restore(run).network.drawn, layer)
    with torch.no_grad():
        return np.concatenate([model(torch.from_numpy(one[None])).numpy() for one in dataset.train.inputs])


@pytest.mark.parametrize("layer", ["conv_1", "conv_2"])
def test_the_values_are_the_largest_over_the_training_samples(layer: str) -> None:
    run, dataset = started("builtin:digits")
    patches = found(run, dataset, layer)
    given = all_values(run, dataset, layer)
    assert patches.layers == ("conv_1", "conv_2") and patches.layer == layer
    assert patches.seen == patches.samples == len(dataset.train) and patches.size == given.shape[2:]
    largest = given.max(axis=(2, 3))
    np.testing.assert_allclose(patches.values, -np.sort(-largest, axis=0)[:MOST].T, rtol=1e-5, atol=1e-5)
    where = {int(row): place for place, row in enumerate(dataset.train.rows)}
    for map, rank in np.ndindex(patches.values.shape):
        row, column = patches.places[map, rank]
        sample = where[int(patches.rows[map, rank])]
        assert given[sample, map, row, column] == pytest.approx(patches.values[map, rank], rel=1e-5, abs=1e-5)
        assert given[sample, map].max() == pytest.approx(patches.values[map, rank], rel=1e-5, abs=1e-5)
    assert all(len(set(rows)) == MOST for rows in patches.rows.tolist())  # each of another sample


def test_a_patch_holds_all_that_its_value_depends_on() -> None:
    run, dataset = started("builtin:digits")
    patches = found(run, dataset, "conv_2")
    model = up_to(restore(run).network.drawn, "conv_2")
    for map in range(len(patches.values)):
        field, value = patches.fields[map][0], patches.values[map, 0]
        assert field is not None
        light = patches.pixels.light(dataset.train.all_inputs[[patches.rows[map, 0]]])
        spoilt = 1.0 - light
        rows, columns = (slice(first, last + 1) for first, last in (field.rows, field.columns))
        spoilt[:, :, rows, columns] = light[:, :, rows, columns]
        with torch.no_grad():
            given = model(torch.from_numpy(patches.pixels.inputs(spoilt).reshape(1, -1)))
        assert float(given[0, map][tuple(patches.places[map, 0])]) == pytest.approx(value, rel=1e-4, abs=1e-4)


def test_a_patch_is_cut_out_of_the_picture_and_clear_in_the_padding() -> None:
    run, dataset = started("builtin:digits")
    patches = found(run, dataset, "conv_1")
    colors = colors_of(patches.pixels.light(dataset.train.all_inputs))
    for map, rank in np.ndindex(patches.values.shape):
        field, frame, row = patches.fields[map][rank], patches.frames[map][rank], int(patches.rows[map, rank])
        assert field is not None and frame.size == (3, 3)
        patch = patch_of(dataset, patches.pixels, row, field, frame)
        part = colors[row, field.rows[0] : field.rows[1] + 1, field.columns[0] : field.columns[1] + 1]
        np.testing.assert_array_equal(patch[patch[..., 3] == 255][:, :3], part.reshape(-1, 3))
        if rank == 0:
            np.testing.assert_array_equal(patches.sheet[map], patch)
    assert any(field.size != (3, 3) for one in patches.fields for field in one if field)


def test_light_and_back_are_the_samples_themselves() -> None:
    run, dataset = started("builtin:digits")
    patches = found(run, dataset)
    light = patches.pixels.light(dataset.train.all_inputs)
    assert light.min() == 0 and light.max() == 1 and light.shape == (1797, 1, 8, 8)
    np.testing.assert_allclose(
        patches.pixels.inputs(light).reshape(1797, 64), dataset.train.all_inputs, rtol=1e-4, atol=1e-4
    )


def test_pictures_in_colour_keep_their_colours(tmp_path: Path) -> None:
    run, dataset = started(color_pictures(tmp_path), COLORS)
    patches = found(run, dataset, "conv_2")
    assert patches.pixels.is_color and patches.sheet.shape == (12, 5, 5, 4)
    given = all_values(run, dataset, "conv_2").max(axis=(2, 3))
    np.testing.assert_allclose(patches.values[:, 0], given.max(axis=0), rtol=1e-4, atol=1e-4)
    light = patches.pixels.light(dataset.train.all_inputs)
    colors = colors_of(light)
    assert colors.shape[-1] == 3 and colors[0, 0, 0].tolist() == np.rint(255 * light[0, :, 0, 0]).tolist()


def test_it_is_told_while_more_samples_are_seen_and_ends_when_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best_patches, "MOST_ROWS", 100)
    run, dataset = started("builtin:digits")
    seen = [one.seen for one in best_patches_of(run, dataset, "", Control())]
    assert seen == [100, 200, 400, 800, len(dataset.train)]
    control = Control()
    asked = best_patches_of(run, dataset, "", control)
    next(asked)
    control.command(Mode.STOP)
    assert list(asked) == []


def test_without_pictures_or_convolutions_it_is_told_what_to_do() -> None:
    with pytest.raises(UserError, match="no pictures"):
        found(*started("builtin:iris", "dense:out"))
    with pytest.raises(UserError, match="Put one into it"):
        found(*started("builtin:digits", "image,max_pool:2,flatten,dense:out"))
