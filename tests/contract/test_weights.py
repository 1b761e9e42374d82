"""Rows that count differently: every way of running a step gives what the page of plain PyTorch gives, for every loss
there is, and a training with weights is stopped, gone on with, stacked and measured as any other."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
import safetensors.torch
import torch

from nnstudio.data.dataset import Dataset, load
from nnstudio.project import edits
from nnstudio.project.model import Project
from nnstudio.text import UserError
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.engine import step as steps
from nnstudio.training.engine.batch_loader import StreamingLoader
from nnstudio.training.inference import measure, restore
from nnstudio.training.session import Trained, train_together
from tests.contract import test_epochs_ahead as ahead
from tests.contract.test_backends import project_of, same_in_a_block
from tests.unit.training import resuming
from tests.unit.training.page import engine_run, plain_run, with_drawn_weights

Make = Callable[..., Project]

BACKENDS = "eager", "traced", "scripted"
CASES: dict[str, tuple[str, str, dict[str, object]]] = {
    "cross_entropy": ("builtin:iris", "dense:8,tanh,dense:out", {}),
    "cross_entropy, smoothed": ("builtin:iris", "dense:8,tanh,dense:out", {"label_smoothing": 0.2}),
    "mse of classes": ("builtin:iris", "dense:8,tanh,dense:out", {"loss": "mse"}),
    "binary_cross_entropy": ("toy:circle", "dense:8,tanh,dense:1", {"loss": "binary_cross_entropy"}),
    "half_mse of one output": ("toy:xor", "dense:8,tanh,dense:1,tanh", {"loss": "half_mse"}),
    "labels": ("builtin:family_trees", "dense:12,tanh,dense:24", {"batch_size": 8}),
    "mse of a value": ("toy:plane?samples=120", "dense:8,tanh,dense:1", {"loss": "mse"}),
    "half_mse of a value": ("toy:plane?samples=120", "dense:8,tanh,dense:1", {"loss": "half_mse"}),
    "mae of a value": ("toy:plane?samples=120", "dense:8,tanh,dense:1", {"loss": "mae"}),
    "a penalty and clipping": ("builtin:iris", "dense:8,relu,dense:out", {"l1": 0.01, "clip_norm": 0.3}),
    "early stopping": ("builtin:wine", "dense:8,relu,dense:out", {"epochs": 60, "patience": 3, "learning_rate": 0.05}),
}


def one_of(case: str, make_project: Make) -> tuple[Project, Dataset]:
    source, layers, settings = CASES[case]
    plan = {"learning_rate": 0.01, "epochs": 4, "patience": 0, "batch_size": 16, **settings}
    project = make_project(source, layers, **plan)
    return project, with_drawn_weights(load(project.data))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("case", CASES)
def test_every_way_gives_the_numbers_of_the_page(
    case: str, backend: str, make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, dataset = one_of(case, make_project)
    monkeypatch.setattr(steps, "best_backend", lambda *_where: backend)
    run, (expected, network) = engine_run(project, dataset), plain_run(project, dataset)
    assert run.backend == backend
    np.testing.assert_allclose(run.history.train_loss, expected.train_loss, rtol=2e-5)
    np.testing.assert_allclose(run.history.validation_loss, expected.validation_loss, rtol=2e-5)
    assert run.best_epoch == expected.best_epoch
    weights = safetensors.torch.load(run.weights)
    for id, tensor in network.trained.state_dict().items():
        torch.testing.assert_close(tensor, weights[id], rtol=1e-4, atol=1e-5)
    assert run.history.train_loss[0] != pytest.approx(engine_run(project).history.train_loss[0], rel=1e-3)


def test_streamed_samples_bring_their_weights(make_project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    project, dataset = one_of("cross_entropy", make_project)
    expected = engine_run(project, dataset)
    monkeypatch.setattr(steps, "batch_loader_for", StreamingLoader)
    assert engine_run(project, dataset).history == expected.history


@pytest.mark.parametrize("case", ["cross_entropy", "cross_entropy, smoothed", "labels", "mae of a value"])
@pytest.mark.parametrize("seeds", [(0, 0), (0, 1, 2)])
def test_networks_side_by_side_go_as_each_goes_alone(case: str, seeds: Sequence[int], make_project: Make) -> None:
    project, dataset = one_of(case, make_project)
    projects = [edits.set_training(project, seed=seed) for seed in seeds]
    events = train_together(projects, dataset, Control(), [Curves() for _seed in seeds])
    runs = {event.variant: event.run for event in events if isinstance(event, Trained)}
    assert len(runs) == len(seeds) and all("side by side" in run.backend for run in runs.values())
    for place, one in enumerate(projects):
        alone = engine_run(one, dataset)
        for name in ("train_loss", "validation_loss", "validation_accuracy"):
            np.testing.assert_allclose(getattr(runs[place].history, name), getattr(alone.history, name), rtol=1e-5)


@pytest.mark.parametrize("loss", ["cross_entropy", "mse", "half_mse", "mae"])
def test_many_steps_as_one_call_give_the_same_bits(loss: str) -> None:
    weights = torch.rand(60, generator=torch.Generator().manual_seed(3))
    for seeds in ((0,), (0, 1)):
        same_in_a_block(project_of("dense:6,tanh,dropout:0.3,dense:out"), loss, seeds, weights)


@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
def test_epochs_as_one_call_give_the_same_bits(loss: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "load", lambda choice: with_drawn_weights(load(choice)))
    ahead.agree("dense:6,tanh,dropout:0.2,dense:out", loss=loss)
    ahead.agree("dense:6,tanh,dropout:0.2,dense:out", loss=loss, seeds=(0, 1), patience=3)


@pytest.mark.parametrize("name", ["adam, dropout", "a value, dropout, batch norm"])
def test_a_stopped_run_goes_on_to_the_bits_of_a_whole_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without = resuming.checksum(resuming.trained(name))
    monkeypatch.setattr(resuming, "load", lambda *choice: with_drawn_weights(load(*choice)))
    expected = resuming.checksum(resuming.trained(name))
    assert expected != without
    for batch in (1, 9, 13):
        stopped = resuming.trained(name, batch)
        project = edits.add_run(resuming.task(name), stopped)
        assert resuming.checksum(resuming.gone_on(project)) == expected


@pytest.mark.parametrize("case", CASES)
def test_what_is_measured_afterwards_is_the_curve(case: str, make_project: Make) -> None:
    """The loss of the validation part counts its rows as the training did, and the accuracy all rows alike."""
    project, dataset = one_of(case, make_project)
    run = engine_run(project, dataset)
    assert run.best_epoch is not None
    found, alike = (measure(restore(run), one.validation) for one in (dataset, load(project.data)))
    assert found.loss == pytest.approx(run.history.validation_loss[run.best_epoch - 1], rel=1e-5)
    assert found.loss != pytest.approx(alike.loss, rel=1e-4)
    assert found.accuracy == alike.accuracy and found.r2 == alike.r2


def test_weights_of_1_change_nothing(make_project: Make) -> None:
    project = make_project(layers="dense:6,tanh,dense:out", epochs=4)
    dataset = load(project.data)
    ones = np.ones(len(dataset.train.all_targets), np.float32)
    same = replace(
        dataset,
        train=replace(dataset.train, all_weights=ones),
        validation=replace(dataset.validation, all_weights=ones),
    )
    with_ones, without = engine_run(project, same), engine_run(project, dataset)
    np.testing.assert_allclose(with_ones.history.train_loss, without.history.train_loss, rtol=1e-5)
    np.testing.assert_allclose(with_ones.history.validation_loss, without.history.validation_loss, rtol=1e-5)


def test_a_part_of_which_no_row_counts_has_no_loss(make_project: Make) -> None:
    project = make_project(epochs=2)
    dataset = with_drawn_weights(load(project.data))
    weights = dataset.train.all_weights
    assert weights is not None
    weights[dataset.validation.rows] = 0
    with pytest.raises(UserError, match="The weights of all 30 rows of one part are 0"):
        engine_run(project, dataset)
