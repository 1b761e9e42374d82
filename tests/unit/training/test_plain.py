"""The engine against the page of plain PyTorch: the same curves, the same end, the same weights."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from nnstudio.data.dataset import load
from nnstudio.project.model import Project
from nnstudio.project.settings import TRAINING_SETTINGS
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.inference import measure, restore
from nnstudio.training.session import Trained, train_together
from tests.unit.training.page import engine_run, plain_run

OPTIMIZERS = next(one.choices for one in TRAINING_SETTINGS if one.name == "optimizer")


PLANS: dict[str, dict[str, Any]] = {
    **{name: {"optimizer": name, "weight_decay": 0.01} for name in OPTIMIZERS},
    "l1": {"l1": 0.01},
    "clipping": {"clip_norm": 0.3},
    "step": {"schedule": "step", "schedule_epochs": 2, "schedule_factor": 0.5, "epochs": 7},
    "exponential": {"schedule": "exponential", "schedule_factor": 0.7, "optimizer": "sgd"},
    "cosine": {"schedule": "cosine", "epochs": 6},
    "plateau": {
        "schedule": "plateau",
        "schedule_epochs": 1,
        "schedule_factor": 0.1,
        "epochs": 20,
        "learning_rate": 0.3,
    },
    "one order": {"shuffle": "once"},
    "no order": {"shuffle": "never"},
    "a batch carried over": {"last_batch": "carried_over", "batch_size": 53},
    "a batch carried over, clipped": {"last_batch": "carried_over", "batch_size": 13, "clip_norm": 0.3, "l1": 0.01},
    "a batch that is never full": {"last_batch": "carried_over", "batch_size": 1000},
    "weights pruned at 0": {"l1": 0.05, "l1_rule": "pruned_at_zero", "optimizer": "sgd", "learning_rate": 0.1},
    "weights pruned at 0 with Adam": {"l1": 0.5, "l1_rule": "pruned_at_zero", "schedule": "step", "schedule_epochs": 2},
    "a short last batch": {"batch_size": 53},
    "early stopping": {"epochs": 60, "patience": 3, "min_delta": 0.01, "learning_rate": 0.05},
    "smoothed labels": {"label_smoothing": 0.2, "optimizer": "sgd"},
    "early stopping by accuracy": {"monitor": "validation_accuracy", "epochs": 60, "patience": 6},
    "early stopping by balanced accuracy": {"monitor": "validation_balanced_accuracy", "epochs": 60, "patience": 6},
    "the last weights": {"restore_best": False},
    "float64": {"precision": "float64", "l1": 0.01, "optimizer": "momentum", "weight_decay": 0.01},
}


@pytest.mark.parametrize("name", PLANS)
def test_the_engine_gives_the_numbers_of_the_page(name: str, make_project: Callable[..., Project]) -> None:
    plan = {"learning_rate": 0.01, "epochs": 4, "patience": 0, **PLANS[name]}
    project = make_project("builtin:iris", "dense:8,tanh,batch_norm,dense:6,relu,dense:out", **plan)
    run, (expected, network) = engine_run(project), plain_run(project)
    np.testing.assert_allclose(run.history.train_loss, expected.train_loss, rtol=2e-5)
    np.testing.assert_allclose(run.history.validation_loss, expected.validation_loss, rtol=2e-5)
    assert run.best_epoch == expected.best_epoch
    if name.startswith("early stopping"):
        assert run.stop_reason == "patience" and run.epochs_run < 60
    weights = safetensors.torch.load(run.weights)
    for id, tensor in network.trained.state_dict().items():
        torch.testing.assert_close(tensor, weights[id], rtol=1e-4, atol=1e-5, check_dtype=False)


@pytest.mark.parametrize("loss", ["cross_entropy", "mse", "half_mse", "mae"])
def test_with_every_loss(loss: str, make_project: Callable[..., Project]) -> None:
    project = make_project("builtin:iris", "dense:8,tanh,dense:out", loss=loss, epochs=3)
    run, (expected, _network) = engine_run(project), plain_run(project)
    np.testing.assert_allclose(run.history.train_loss, expected.train_loss, rtol=2e-5)
    np.testing.assert_allclose(run.history.validation_loss, expected.validation_loss, rtol=2e-5)


@pytest.mark.parametrize("last", ["", ",softmax"])
def test_a_last_softmax_is_contained_in_the_loss(last: str, make_project: Callable[..., Project]) -> None:
    project = make_project("builtin:digits", f"dense:64,relu,dense:out{last}", learning_rate=0.01, epochs=3)
    plain_project = make_project("builtin:digits", "dense:64,relu,dense:out", learning_rate=0.01, epochs=3)
    expected, _network = plain_run(plain_project)
    np.testing.assert_allclose(engine_run(project).history.train_loss, expected.train_loss, rtol=2e-5)


def test_networks_side_by_side_smooth_their_labels_as_one_alone_does(make_project: Callable[..., Project]) -> None:
    plans = [{"seed": 0, "label_smoothing": 0.2}, {"seed": 1, "label_smoothing": 0.2}, {"seed": 0}]
    projects = [make_project("builtin:iris", "dense:6,tanh,dense:out", epochs=4, **plan) for plan in plans]
    curves = [Curves() for _project in projects]
    runs = {
        one.variant: one.run
        for one in train_together(projects, load(projects[0].data), Control(), curves)
        if isinstance(one, Trained)
    }
    assert runs[0].backend.endswith("side by side") or "2" in runs[0].backend
    for place, project in enumerate(projects):
        np.testing.assert_allclose(
            runs[place].history.validation_loss, engine_run(project).history.validation_loss, rtol=2e-5
        )


def test_what_is_measured_afterwards_has_smoothed_labels_too(make_project: Callable[..., Project]) -> None:
    """The loss of the validation part, measured from the file, is the curve's."""
    project = make_project("builtin:iris", "dense:6,tanh,dense:out", epochs=4, label_smoothing=0.2)
    run = engine_run(project)
    assert run.best_epoch is not None
    found = measure(restore(run), load(project.data).validation)
    assert found.loss == pytest.approx(run.history.validation_loss[run.best_epoch - 1], rel=1e-5)
