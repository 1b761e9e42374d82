"""Networks trained side by side go the way each goes alone: same batches, same masks, losses equal to 1e-5, one end.

Rounding differs, and once it has put a ReLU on its other side, two trainings drift apart as any two do; so the
comparisons are over some hundred steps.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from msgspec.structs import replace

from nnstudio.data.dataset import load
from nnstudio.layers.catalogue import CATALOGUE
from nnstudio.project import edits
from nnstudio.project.model import Project, Run, TrainingPlan
from nnstudio.project.settings import TRAINING_SETTINGS
from nnstudio.training.control import Control, Mode
from nnstudio.training.curves import Curves
from nnstudio.training.session import EpochDone, Trained, groups_of, train, train_together

Make = Callable[..., Project]

ENDS_AND_JOINS = "input", "output", "concat", "add", "flatten"
IMAGES = [one.type for one in CATALOGUE if one.category == "image" and one.type != "image"]
SEQUENCES = [one.type for one in CATALOGUE if one.category == "sequence" and not one.reads_tokens]
MIDDLE = [
    one.type for one in CATALOGUE if one.type not in (*ENDS_AND_JOINS, "image", *IMAGES) and one.category != "sequence"
]
OPTIMIZERS = next(one.choices for one in TRAINING_SETTINGS if one.name == "optimizer")


def alone(project: Project) -> Run:
    last = None
    for event in train(project, load(project.data), Control(), Curves()):
        last = event
    assert isinstance(last, Trained)
    return last.run


def together(projects: list[Project]) -> list[Run]:
    curves = [Curves() for _one in projects]
    events = train_together(projects, load(projects[0].data), Control(), curves)
    runs = {event.variant: event.run for event in events if isinstance(event, Trained)}
    return [runs[variant] for variant in range(len(projects))]


def agree(projects: list[Project], groups: int = 1) -> list[Run]:
    """Train together and one after another, and compare."""
    assert len(groups_of(projects, load(projects[0].data).preparation)) == groups
    made = together(projects)
    for project, run in zip(projects, made, strict=True):
        expected = alone(project)
        assert (run.stop_reason, run.epochs_run, run.best_epoch, run.weights_epoch) == (
            expected.stop_reason,
            expected.epochs_run,
            expected.best_epoch,
            expected.weights_epoch,
        )
        for name in (
            "train_loss", "validation_loss", "train_accuracy", "validation_accuracy", "validation_balanced_accuracy",
        ):  # fmt: skip
            np.testing.assert_allclose(getattr(run.history, name), getattr(expected.history, name), rtol=1e-5)
        weights = safetensors.torch.load(run.weights)
        for name, value in safetensors.torch.load(expected.weights).items():
            torch.testing.assert_close(weights[name], value, rtol=1e-3, atol=1e-5)
    return made


def with_rate(project: Project, rate: float) -> Project:
    """The same project with another dropout rate."""
    layers = tuple(
        replace(one, parameters={"rate": rate}) if one.type == "dropout" else one for one in project.network.layers
    )
    return replace(project, network=replace(project.network, layers=layers))


def seeds(project: Project, count: int = 3) -> list[Project]:
    return [edits.set_training(project, seed=seed) for seed in range(count)]


@pytest.mark.parametrize("type", MIDDLE)
def test_every_layer(type: str, make_project: Make) -> None:
    # Not Adam: before a batch norm a bias has no gradient but rounding, which Adam makes as large as any other.
    layers = f"dense:6,{type},dense:6,tanh,dense:out"
    runs = agree(seeds(make_project(layers=layers, optimizer="momentum", learning_rate=0.02, epochs=8)))
    assert {run.backend for run in runs} == {"scripted, 3 side by side"}
    assert len({run.history.train_loss for run in runs}) == 3


@pytest.mark.parametrize("type", IMAGES)
def test_every_layer_of_images(type: str, make_project: Make, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    path = tmp_path / "images.npz"
    np.savez(path, x=random.normal(size=(90, 2, 6, 6)), y=random.integers(0, 3, 90))
    layers = f"conv:4,{type},tanh,flatten,dropout:0.2,dense:out"
    runs = agree(seeds(make_project(str(path), layers, optimizer="momentum", learning_rate=0.02, epochs=6)))
    assert len({run.history.train_loss for run in runs}) == 3


@pytest.mark.parametrize("type", [one for one in SEQUENCES if one != "sequence"])
def test_every_layer_of_sequences(type: str, make_project: Make, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    path = tmp_path / "steps.npz"
    np.savez(path, x=random.normal(size=(90, 12)), y=random.integers(0, 3, 90))
    layers = f"sequence:features=3,{type}:4,tanh,flatten,dense:out"
    runs = agree(seeds(make_project(str(path), layers, optimizer="momentum", learning_rate=0.02, epochs=6)))
    assert len({run.history.train_loss for run in runs}) == 3


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_beside_another_rate(optimizer: str, make_project: Make) -> None:
    project = make_project(layers="dense:6,tanh,dropout:0.3,dense:out", optimizer=optimizer, epochs=8)
    agree([edits.set_training(project, learning_rate=rate) for rate in (0.003, 0.03)])


@pytest.mark.parametrize("loss", ["cross_entropy", "mse", "half_mse", "mae"])
def test_every_loss(loss: str, make_project: Make) -> None:
    agree(seeds(make_project(layers="dense:6,tanh,dense:out,softmax", loss=loss, epochs=8)))


def test_one_output_and_a_value(make_project: Make) -> None:
    agree(seeds(make_project("toy:xor?samples=100", "dense:6,tanh,dense:1,sigmoid", epochs=8)))
    agree(seeds(make_project("builtin:diabetes", "dense:6,tanh,dense:1", epochs=4)))


def test_regularisers_differ(make_project: Make) -> None:
    project = make_project(layers="dense:6,tanh,dense:out", epochs=8)
    agree([project, *(edits.set_training(project, **one) for one in ({"l1": 0.01}, {"weight_decay": 0.1}))])


def test_with_and_without_dropout(make_project: Make) -> None:
    project = make_project(layers="dense:32,tanh,dropout:0.5,dense:16,tanh,dropout:0.2,dense:out", epochs=8)
    with_it, without = agree([project, with_rate(project, 0.0)])
    assert with_it.history != without.history


def test_another_structure_takes_turns(make_project: Make) -> None:
    projects = [make_project(layers=f"dense:6,{kind},dense:out", epochs=6) for kind in ("tanh", "sigmoid", "tanh")]
    agree([*projects, edits.set_training(projects[0], batch_size=20)], groups=3)


def test_each_stops_when_its_own_patience_runs_out_and_the_rest_goes_on(make_project: Make) -> None:
    project = make_project(layers="dense:8,tanh,dense:out", learning_rate=0.05, optimizer="adam")
    limits = [{"epochs": 3}, {"epochs": 12}, {"patience": 1, "epochs": 12, "min_delta": 0.5}, {"epochs": 7}]
    runs = agree([edits.set_training(project, seed=seed, **limit) for seed, limit in enumerate(limits)])
    assert [run.epochs_run for run in runs] == [3, 12, runs[2].epochs_run, 7] and runs[2].stop_reason == "patience"
    # Each says how it was computed in the end, which is how it would go on.
    ended = [run.backend for run in sorted(runs, key=lambda run: run.epochs_run)]
    assert ended == [f"scripted, {count} side by side" for count in (4, 3, 2)] + ["scripted"]


def test_one_that_diverges_leaves_the_others_alone(make_project: Make) -> None:
    project = make_project(layers="dense:6,dense:6,dense:out", optimizer="momentum", epochs=6, loss="mse")
    runs = agree([edits.set_training(project, learning_rate=rate) for rate in (0.01, 10, 0.02)])
    assert [run.stop_reason for run in runs] == ["epochs", "diverged", "epochs"]


def test_a_stop_ends_all_and_keeps_what_each_has_learnt(make_project: Make) -> None:
    projects = seeds(make_project(layers="dense:6,tanh,dense:out", epochs=1000, patience=0))
    control, runs = Control(), []
    for event in train_together(projects, load(projects[0].data), control, [Curves() for _one in projects]):
        if isinstance(event, EpochDone) and event.epoch == 3:
            control.command(Mode.STOP)
        if isinstance(event, Trained):
            runs.append(event.run)
    assert [run.stop_reason for run in runs] == ["user"] * 3
    assert all(run.epochs_run == 3 and 1 <= run.weights_epoch <= 3 for run in runs)


def test_the_plan_is_that_of_a_project(make_project: Make) -> None:
    """What may differ in a stack and what not: a batch of another size cannot be stepped together."""
    project = make_project(layers="dense:6,dropout:0.1,dense:out")
    preparation = load(project.data).preparation
    assert TrainingPlan().batch_size == 32
    alike = [project, with_rate(project, 0.9), edits.set_training(project, seed=4, optimizer="sgd", epochs=1)]
    assert groups_of(alike, preparation) == [[0, 1, 2]]
    assert groups_of([project, edits.set_training(project, batch_size=31)], preparation) == [[0], [1]]
