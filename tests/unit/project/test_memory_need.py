"""What the foot of the canvas says of memory is what training takes."""

from collections.abc import Callable

import pytest
import torch

from nnstudio.project import edits
from nnstudio.project.memory_need import KEPT, learning_need, step_need, weights_need
from nnstudio.project.model import Project
from nnstudio.project.settings import TRAINING_SETTINGS
from nnstudio.project.shapes import infer
from nnstudio.training.engine.build import build
from nnstudio.training.engine.flat_parameters import FlatParameters
from nnstudio.training.engine.optimizers import Optimizer

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
    assert learning_need(project, inference) == 4 * weights_need(inference) + step_need(inference, 10)
    assert learning_need(edits.set_training(project, optimizer="sgd"), inference) < learning_need(project, inference)
    assert torch.float32.itemsize == 4
