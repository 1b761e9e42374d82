"""Occlusion against predictions on pictures that are occluded by hand, and the gradient against differences."""

from pathlib import Path

import numpy as np
import pytest
import torch

from nnstudio.data.dataset import Dataset
from nnstudio.insight import occlusion
from nnstudio.insight.occlusion import Occlusion, occlusion_of
from nnstudio.insight.sample_pixels import sample_pixels
from nnstudio.project.model import Run
from nnstudio.text import UserError
from nnstudio.training.control import Control, Mode
from nnstudio.training.inference import restore
from tests.unit.insight.pictures import COLORS, DIGITS, color_pictures, started


def found(run: Run, dataset: Dataset, size: int, row: int = 3) -> tuple[Occlusion, np.ndarray]:
    inputs = dataset.train.all_inputs[[row]]
    true = int(dataset.train.all_targets[row])
    return list(occlusion_of(run, dataset, inputs, true, size, Control()))[-1], inputs


def share_of(run: Run, inputs: np.ndarray, true: int) -> float:
    """The probability of a class as the drawn network gives it."""
    with torch.no_grad():
        return float(restore(run).network.drawn(torch.from_numpy(inputs)).softmax(dim=1)[0, true])


def check_every_place(run: Run, dataset: Dataset, size: int) -> None:
    shown, inputs = found(run, dataset, size)
    pixels = sample_pixels(dataset, run.network)
    assert pixels is not None and shown.is_whole and shown.shares.shape == pixels.shape[1:] and shown.step == 1
    for row, column in np.ndindex(shown.shares.shape):
        light = pixels.light(inputs)
        first = row - (size - 1) // 2, column - (size - 1) // 2
        rows, columns = (slice(max(0, one), one + size) for one in first)
        light[0, :, rows, columns] = 0.5
        expected = share_of(run, pixels.inputs(light).reshape(inputs.shape), shown.true)
        assert shown.shares[row, column] == pytest.approx(expected, abs=1e-5)
        top, left, bottom, right = shown.square(row, column)
        assert (light[0, 0, top : bottom + 1, left : right + 1] == 0.5).all()
    assert shown.probability == pytest.approx(share_of(run, inputs, shown.true), abs=1e-6)


@pytest.mark.parametrize("size", [2, 3, 8])
def test_each_place_has_the_answer_to_the_occluded_picture(size: int) -> None:
    check_every_place(*started("builtin:digits", DIGITS), size)


def test_colours_and_dense_networks_are_occluded_too(tmp_path: Path) -> None:
    check_every_place(*started(color_pictures(tmp_path), COLORS), 4)
    check_every_place(*started("builtin:digits", "dense:12,tanh,dense:out"), 5)


def test_the_gradient_is_the_slope_of_the_probability() -> None:
    run, dataset = started("builtin:digits", "dense:12,tanh,dense:out")
    shown, inputs = found(run, dataset, 3)
    step = 1e-2
    for place in range(0, 64, 7):
        more, less = inputs.copy(), inputs.copy()
        more[0, place] += step
        less[0, place] -= step
        slope = (share_of(run, more, shown.true) - share_of(run, less, shown.true)) / (2 * step)
        assert shown.gradient.reshape(-1)[place] == pytest.approx(abs(slope), abs=1e-4)


def test_a_large_picture_is_gone_over_in_steps(tmp_path: Path) -> None:
    run, dataset = started(
        color_pictures(tmp_path, count=8, side=70), "conv:2:kernel_size=9:stride=8,flatten,dense:out"
    )
    shown, _inputs = found(run, dataset, 2)
    assert (shown.step, shown.side, shown.shares.shape) == (3, 6, (24, 24))
    assert shown.square(0, 0) == (0, 0, 4, 4) and shown.square(23, 1) == (68, 2, 69, 7)


def test_it_is_told_as_it_goes_on_and_ends_when_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occlusion, "MOST_ROWS", 3)
    run, dataset = started("builtin:digits")
    inputs = dataset.train.all_inputs[:1]
    told = list(occlusion_of(run, dataset, inputs, 0, 3, Control()))
    assert len(told) > 5 and [one.is_whole for one in told] == [False] * (len(told) - 1) + [True]
    control = Control()
    asked = occlusion_of(run, dataset, inputs, 0, 3, control)
    next(asked)
    control.command(Mode.STOP)
    assert list(asked) == []


def test_without_pictures_or_classes_it_is_told_what_to_do() -> None:
    with pytest.raises(UserError, match="no pictures"):
        found(*started("builtin:iris", "dense:out"), 3)
