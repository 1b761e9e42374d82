"""Mistakes, masks, starts, landscapes and maps, against plain PyTorch on real data."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from torch.nn import functional

from nnstudio.data.dataset import load
from nnstudio.data.plane import plane_of
from nnstudio.insight.initialization import EPOCHS, short_runs, starts
from nnstudio.insight.landscape import SIDE, landscape
from nnstudio.insight.largest_errors import judge, picture_size
from nnstudio.insight.mc_dropout import mc_dropout_of
from nnstudio.insight.softmax import softmax_result
from nnstudio.insight.unit_responses import bent, unit_responses_of
from nnstudio.project.edits import set_parameter, set_training
from nnstudio.project.model import Project, Run
from nnstudio.text import UserError
from nnstudio.training.control import Control, Mode
from nnstudio.training.curves import Curves
from nnstudio.training.inference import measure, restore
from nnstudio.training.session import Ready, Trained, train
from nnstudio.training.timeline import Timeline

Make = Callable[..., Project]


def trained(project: Project) -> tuple[Run, list[bytes]]:
    """A run and the weights of every epoch."""
    timeline: Timeline | None = None
    for event in train(project, load(project.data), Control(), Curves()):
        if isinstance(event, Ready):
            course = event.training_states[0]
            timeline = Timeline(course.weights.layout(course.network))
            course.keep_timeline(timeline)
        if isinstance(event, Trained):
            assert timeline is not None
            return event.run, [timeline.weights(epoch) for epoch in timeline.epochs()]
    raise AssertionError("no run")


def test_the_worst_mistakes_come_first(make_project: Make) -> None:
    project = make_project("builtin:digits", "dense:32,relu,dense:out", epochs=4)
    run, _moments = trained(project)
    dataset = load(project.data)
    found = judge(run, dataset.validation)
    network = restore(run).network.trained
    with torch.no_grad():
        outputs = network(torch.from_numpy(dataset.validation.inputs))
    losses = functional.cross_entropy(outputs, torch.from_numpy(dataset.validation.targets), reduction="none")
    assert [one.loss for one in found.wrong] == pytest.approx(losses.sort(descending=True).values[:24].tolist())
    first = found.wrong[0]
    place = int(losses.argmax())
    assert first.row == dataset.validation.rows[place] and first.truth == dataset.validation.targets[place]
    assert first.answer == int(outputs[place].argmax())
    assert -np.log(first.truth_share) == pytest.approx(first.loss, rel=1e-4)
    measures = measure(restore(run), dataset.validation)
    assert found.wrong_classes == len(dataset.validation) - round((measures.accuracy or 0) * len(dataset.validation))
    weights = safetensors.torch.load(run.weights)["dense_1.weight"].numpy()
    assert found.pictures is not None and np.array_equal(found.pictures, weights.reshape(32, 8, 8))


def test_values_are_judged_in_the_units_of_the_data(make_project: Make) -> None:
    project = make_project("builtin:diabetes", "dense:8,tanh,dense:1", epochs=3)
    run, _moments = trained(project)
    found = judge(run, load(project.data).validation)
    gaps = [abs(one.truth - one.answer) for one in found.wrong]
    assert gaps == sorted(gaps, reverse=True) and gaps[0] > 50
    assert found.pictures is None and found.picture_size is None


def test_what_is_a_picture(make_project: Make, tmp_path: Path) -> None:
    measured = tmp_path / "measured.csv"
    names = [f"x{number}" for number in range(16)]
    rows = [",".join([*(str((row * place) % 7) for place in range(16)), "ab"[row % 2]]) for row in range(40)]
    measured.write_text("\n".join([",".join([*names, "kind"]), *rows]), encoding="utf-8")
    sizes = []
    for source, image in (("builtin:digits", ""), ("builtin:digits", "1x8x8"), ("builtin:iris", ""), (measured, "")):
        project = make_project(str(source), "flatten,dense:out" if image else "dense:out", data_image=image)
        sizes.append(picture_size(project.network, load(project.data).preparation))
    assert sizes == [(8, 8), (8, 8), None, None]  # sixteen measurements are no picture of 4 × 4


def test_masks_spread_the_answers_around_the_plain_one(make_project: Make) -> None:
    project = make_project(layers="dense:16,relu,dropout:0.5,dense:out", epochs=20)
    run, _moments = trained(project)
    sample = load(project.data).validation.inputs[:1]
    found = mc_dropout_of(run, sample, seed=3)
    assert found.answers.shape == (200, 3) and found.plain.shape == (3,)
    np.testing.assert_allclose(found.answers.sum(axis=1), 1, atol=1e-6)
    assert found.deviation.max() > 0.001
    assert 0.4 < found.masks["dropout_1"].mean() < 0.6
    again = mc_dropout_of(run, sample, seed=3)
    assert np.array_equal(found.answers, again.answers)
    # The answer under the first mask, by hand.
    weights = safetensors.torch.load(run.weights)
    hidden = torch.relu(torch.from_numpy(sample) @ weights["dense_1.weight"].t() + weights["dense_1.bias"])
    hidden = hidden * torch.from_numpy(found.masks["dropout_1"][:1]) / 0.5
    outputs = hidden @ weights["dense_2.weight"].t() + weights["dense_2.bias"]
    np.testing.assert_allclose(found.answers[0], outputs.softmax(1)[0].numpy(), atol=1e-5)


def test_a_network_without_dropout_has_no_spread(make_project: Make) -> None:
    project = make_project(layers="dense:4,relu,dense:out", epochs=1)
    run, _moments = trained(project)
    with pytest.raises(UserError, match="no dropout"):
        mc_dropout_of(run, load(project.data).validation.inputs[:1])


def test_softmax_by_hand() -> None:
    found = softmax_result(np.array([2.0, 1.0, -1.0]), 1)
    shares = np.exp([2.0, 1.0, -1.0]) / np.exp([2.0, 1.0, -1.0]).sum()
    np.testing.assert_allclose(found.probabilities, shares)
    assert found.loss == pytest.approx(-np.log(shares[1]))
    np.testing.assert_allclose(found.gradient, shares - [0, 1, 0])


def test_small_weights_let_signals_and_gradients_fade(make_project: Make) -> None:
    project = make_project("builtin:digits", "dense:32,sigmoid,dense:32,sigmoid,dense:32,sigmoid,dense:out")
    dataset = load(project.data)
    small, large = (starts(project, dataset, deviation) for deviation in (0.01, 3.0))
    assert [one.id for one in small] == ["dense_1", "dense_2", "dense_3", "dense_4"]
    assert small[1].weights.deviation == pytest.approx(0.01, rel=0.1)
    assert large[1].weights.deviation == pytest.approx(3.0, rel=0.1)
    # From layer to layer the gradient falls by a factor of hundreds.
    assert small[0].gradients.deviation < 1e-3 * small[3].gradients.deviation
    assert large[0].flat > 0.5 and small[0].flat == 0
    assert np.isnan(small[3].flat)
    assert small[0].values.counts.sum() == 256 * 32


def test_short_runs_are_those_of_the_engine(make_project: Make) -> None:
    project = make_project(layers="dense:8,tanh,dense:out")
    dataset = load(project.data)
    runs = list(short_runs(project, dataset, [0.1, 0.5], Control()))[-1]
    assert [run.deviation for run in runs] == [0.1, 0.5] and all(len(run.losses) == EPOCHS for run in runs)
    alone = set_training(
        project, initialization="normal", initialization_scale=0.5, bias_initialization=0.0, epochs=EPOCHS, patience=0
    )
    run, _moments = trained(alone)
    np.testing.assert_allclose(runs[1].losses, run.history.validation_loss, rtol=1e-4)


@pytest.mark.parametrize("directions", ["random", "path"])
def test_the_landscape_is_the_loss_at_the_place_where_training_ended(make_project: Make, directions: str) -> None:
    project = make_project(layers="dense:6,tanh,dense:out", epochs=25, patience=0, learning_rate=0.02)
    run, moments = trained(project)
    dataset = load(project.data)
    *_rows, found = landscape(run, [moments], dataset, directions, Control())  # type: ignore[arg-type]
    assert found.losses.shape == (SIDE, SIDE) and np.isfinite(found.losses).all() and found.done == 1
    (path,) = found.paths
    assert len(path) == 26
    np.testing.assert_allclose(path[-1], 0, atol=1e-6)  # the plane goes through the end of the path
    end = measure_at(run, moments[-1], dataset)
    near = found.losses[np.abs(found.up).argmin(), np.abs(found.across).argmin()]
    assert near == pytest.approx(end, abs=0.1 + 0.3 * end)
    assert 0 < found.explained <= 1 + 1e-6
    if directions == "path":
        assert found.explained > 0.9  # most of the movement lies in its own principal directions
        start = measure_at(run, moments[0], dataset)
        row, column = np.abs(found.up - path[0][1]).argmin(), np.abs(found.across - path[0][0]).argmin()
        assert found.losses[row, column] == pytest.approx(start, rel=0.2)


def measure_at(run: Run, weights: bytes, dataset: object) -> float:
    from msgspec.structs import replace

    return measure(restore(replace(run, weights=weights)), dataset.train).loss  # type: ignore[attr-defined]


def test_a_landscape_can_be_stopped_and_needs_a_path(make_project: Make) -> None:
    project = make_project(layers="dense:6,tanh,dense:out", epochs=3)
    run, moments = trained(project)
    control = Control()
    rows = landscape(run, [moments], load(project.data), "path", control)
    next(rows)
    control.command(Mode.STOP)
    assert list(rows) == []
    with pytest.raises(UserError, match="no path"):
        next(landscape(run, [moments[:1]], load(project.data), "path", Control()))


def test_maps_are_what_each_unit_gives(make_project: Make) -> None:
    project = make_project("toy:circle", "dense:3,tanh,dense:2,tanh,dense:out", epochs=2)
    run, _moments = trained(project)
    dataset = load(project.data)
    plane = plane_of(dataset)
    assert plane is not None
    weights = safetensors.torch.load(run.weights)
    maps = unit_responses_of(run, "tanh_1", plane)
    assert maps.shape == (3, 40, 40)
    corner = torch.from_numpy(plane.inputs_at(plane.lowest[None], dataset.preparation))
    hidden = torch.tanh(corner @ weights["dense_1.weight"].t() + weights["dense_1.bias"])
    np.testing.assert_allclose(maps[:, 0, 0], hidden[0].numpy(), atol=1e-5)
    assert unit_responses_of(run, "nothing", plane).shape == (0, 40, 40)
    found = bent(run, dataset)
    # The last layer of two units: softmax is not drawn here, so it is the second tanh or what follows it.
    assert found.layer == found.layers[-1] and "tanh_2" in found.layers and "tanh_1" not in found.layers
    points = torch.from_numpy(dataset.train.inputs[:1000])
    first = torch.tanh(points @ weights["dense_1.weight"].t() + weights["dense_1.bias"])
    second = torch.tanh(first @ weights["dense_2.weight"].t() + weights["dense_2.bias"])
    chosen = bent(run, dataset, "tanh_2")
    np.testing.assert_allclose(chosen.points, second.numpy(), atol=1e-6)
    assert len(chosen.lines) == 30 and chosen.lines[0].shape == (60, 2)


def test_the_bent_space_needs_a_layer_of_two_units(make_project: Make) -> None:
    run, _moments = trained(make_project(layers="dense:5,tanh,dense:out", epochs=1))
    with pytest.raises(UserError, match="two units"):
        bent(run, load(run.data))


def test_a_rate_of_zero_is_no_dropout(make_project: Make) -> None:
    project = set_parameter(make_project(layers="dense:4,relu,dropout,dense:out", epochs=1), "dropout_1", "rate", 0.0)
    run, _moments = trained(project)
    with pytest.raises(UserError, match="no dropout"):
        mc_dropout_of(run, load(project.data).validation.inputs[:1])
