"""What the foot of the canvas says of memory is what training takes."""

import gc
from collections.abc import Callable

import pytest
import torch

from nnstudio.data.dataset import load
from nnstudio.project import edits
from nnstudio.project.memory_need import KEPT, learning_need, state_need, step_need, weights_need
from nnstudio.project.model import Project
from nnstudio.project.settings import TRAINING_SETTINGS
from nnstudio.project.shapes import infer
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.engine.build import build
from nnstudio.training.engine.flat_parameters import FlatParameters
from nnstudio.training.engine.optimizers import Optimizer
from nnstudio.training.session import EpochDone, train

OPTIMIZERS = next(one.choices for one in TRAINING_SETTINGS if one.name == "optimizer")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_an_optimizer_keeps_is_counted_right(make_project: Callable[..., Project], name: str) -> None:
    project = make_project(optimizer=name)
    assert project.facts is not None
    weights = FlatParameters(build(project.network, project.facts.sample_shape, "cross_entropy"))
    optimizer = Optimizer(weights, project.training)
    kept = sum(state.numel() for state in optimizer.state.values() if state.dim())
    assert kept == KEPT[name] * len(weights.values)


def test_the_sums(make_project: Callable[..., Project]) -> None:
    project = make_project(layers="dense:8,tanh,dense:out", optimizer="adam", batch_size=10)
    inference = infer(project)
    assert weights_need(inference) == 4 * (4 * 8 + 8 + 8 * 3 + 3)
    assert step_need(inference, 10) == 4 * 4 * (4 + 8 + 8 + 3 + 3) * 10
    assert learning_need(project, inference) == 12 * weights_need(inference) + step_need(inference, 10)
    assert learning_need(edits.set_training(project, optimizer="sgd"), inference) < learning_need(project, inference)
    assert torch.float32.itemsize == 4


def bytes_alive() -> int:
    """Of all tensors there are."""
    gc.collect()
    tensors = [one for one in gc.get_objects() if type(one) in (torch.Tensor, torch.nn.Parameter)]
    memory = {one.untyped_storage().data_ptr(): one.untyped_storage().nbytes() for one in tensors}
    return sum(memory.values())


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_what_is_alive_between_two_epochs_is_not_more_than_is_promised(
    optimizer: str, make_project: Callable[..., Project]
) -> None:
    project = make_project("builtin:digits", "dense:1000,relu,dense:1000,relu,dense:out", optimizer=optimizer, epochs=3)
    inference, before, alive = infer(project), bytes_alive(), 0
    for event in train(project, load(project.data), Control(), Curves()):
        if isinstance(event, EpochDone):
            alive = max(alive, bytes_alive() - before)
    assert 0.5 * state_need(project.training, inference) < alive < learning_need(project, inference)
