"""Epochs taken several as one call give what they give one by one, to the bit: for every layer, optimizer, loss and
regulariser, and wherever a training ends among them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnstudio.data.dataset import Dataset, load
from nnstudio.layers.catalogue import CATALOGUE
from nnstudio.project import edits
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import Project, Run
from nnstudio.project.settings import TRAINING_SETTINGS
from nnstudio.training import epochs_ahead
from nnstudio.training.checkpoint import Checkpoint
from nnstudio.training.control import Control, Mode
from nnstudio.training.curves import Curves
from nnstudio.training.early_stopping import EarlyStopping
from nnstudio.training.engine.epoch_block import EpochBlock, TakenEpochs
from nnstudio.training.session import EpochDone, Ready, Trained, train_together

OPTIMIZERS = next(one.choices for one in TRAINING_SETTINGS if one.name == "optimizer")
ENDS_AND_JOINS = "input", "output", "concat", "add", "flatten"
IMAGES = [one.type for one in CATALOGUE if one.category == "image" and one.type != "image"]
SEQUENCES = [one.type for one in CATALOGUE if one.category == "sequence"]
MIDDLE = [one.type for one in CATALOGUE if one.type not in (*ENDS_AND_JOINS, "image", *IMAGES, *SEQUENCES)]
SPIRAL = "toy:spiral?samples=90"
TIMES = {"created": "", "seconds": 0.0, "samples_per_second": 0.0, "checkpoint": b""}


@dataclass(frozen=True)
class Outcome:
    """What a training came to; `calls` tells how many epochs were taken as each call."""

    run: Run
    losses: NDArray[np.float64]
    standing: Checkpoint
    calls: list[int]


def outcomes(projects: Sequence[Project], dataset: Dataset, together: float, stop: int = 0) -> list[Outcome]:
    """Train side by side, with as many epochs as one call as fit into so many seconds, and up to an epoch."""
    calls: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(epochs_ahead, "SETTLED", 0.0)
        patch.setattr(epochs_ahead, "WORTHWHILE", 0)
        patch.setattr(epochs_ahead, "TOGETHER", together)
        take = EpochBlock.take

        def counted(block: EpochBlock, orders: Sequence[Tensor]) -> TakenEpochs:
            calls.append(len(orders[0]))
            return take(block, orders)

        patch.setattr(EpochBlock, "take", counted)
        control, curves = Control(), [Curves() for _project in projects]
        states = {}
        found: dict[int, Outcome] = {}
        for event in train_together(projects, dataset, control, curves):
            if isinstance(event, Ready):
                states = dict(enumerate(event.training_states))
            if isinstance(event, EpochDone) and event.epoch == stop:
                control.command(Mode.STOP)
            if isinstance(event, Trained):
                standing = states[event.variant].checkpoint
                assert standing is not None
                losses = curves[event.variant].batch_loss.values.copy()
                found[event.variant] = Outcome(event.run, losses, standing, calls)
    return [found[number] for number in range(len(projects))]


def same(first: object, second: object) -> bool:
    """Whether two parts of a checkpoint are equal, tensors to the bit."""
    if isinstance(first, Tensor) and isinstance(second, Tensor):
        return first.dtype == second.dtype and torch.equal(first, second)
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same(first[name], second[name]) for name in first)
    if isinstance(first, EarlyStopping) and isinstance(second, EarlyStopping):
        return vars(first) == vars(second)
    return first == second


def agree(
    layers: str, source: str = SPIRAL, seeds: Sequence[int] = (0,), stop: int = 0, **plan: object
) -> list[Outcome]:
    """Train both ways and compare all that is kept; what came of it."""
    project = edits.set_data(Project(), source=source, validation=plan.pop("validation", 0.2))
    dataset = load(project.data)
    project = with_stack(edits.set_facts(project, project.data, dataset.facts), layers, dataset.facts)
    settings = {"epochs": 20, "patience": 0, "batch_size": 16, "learning_rate": 0.02, **plan}
    projects = [edits.set_training(project, **{**settings, "seed": seed}) for seed in seeds]
    together, one_by_one = (outcomes(projects, dataset, seconds, stop) for seconds in (1e6, 0.0))
    assert max(together[0].calls) > 1 and not one_by_one[0].calls
    for first, second in zip(together, one_by_one, strict=True):
        np.testing.assert_array_equal(first.losses, second.losses)
        for field in fields(Checkpoint):
            if field.name != "seconds":
                assert same(*(getattr(one.standing, field.name) for one in (first, second))), field.name
        for field in first.run.__struct_fields__:
            if field not in TIMES:
                assert getattr(first.run, field) == getattr(second.run, field), field
    return together


@pytest.mark.parametrize("type", MIDDLE)
def test_every_layer(type: str) -> None:
    agree(f"dense:6,{type},dense:6,tanh,dense:out")


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer(optimizer: str) -> None:
    agree("dense:6,relu,dropout:0.5,dense:out", optimizer=optimizer, weight_decay=0.1, l1=0.01)


@pytest.mark.parametrize("loss", ["cross_entropy", "mse", "half_mse", "mae"])
def test_every_loss(loss: str) -> None:
    agree("dense:6,tanh,dense:out", loss=loss)
    if loss != "cross_entropy":
        agree("dense:6,tanh,dense:out", "toy:plane?samples=90", loss=loss)


@pytest.mark.parametrize("batch_size", [1, 9, 72, 500])
def test_every_way_an_epoch_is_divided(batch_size: int) -> None:
    """A batch for each sample, no short last batch, one batch, one that is larger than the data."""
    agree("dense:6,tanh,dropout:0.2,dense:out", batch_size=batch_size)


def test_one_order_for_all_epochs_without_validation() -> None:
    agree("dense:6,batch_norm,relu,dense:out", shuffle="once", validation=0.0, clip_norm=0.1)


@pytest.mark.parametrize("batch_size", [7, 9, 500])
def test_a_batch_carried_over_to_the_next_epoch(batch_size: int) -> None:
    """With what is left over, with nothing left over, and where no batch is ever full."""
    plan = {"last_batch": "carried_over", "shuffle": "never", "l1": 0.01, "l1_rule": "pruned_at_zero"}
    agree("dense:6,tanh,dense:out", batch_size=batch_size, optimizer="sgd", **plan)


@pytest.mark.parametrize("patience", [1, 2, 3, 5])
def test_early_stopping_among_the_epochs(patience: int) -> None:
    (found,) = agree("dense:8,relu,dropout:0.3,dense:out", epochs=60, patience=patience, learning_rate=0.1)
    assert found.run.stop_reason == "patience" and found.run.epochs_run < 60


@pytest.mark.parametrize("monitor", ["validation_accuracy", "validation_balanced_accuracy"])
def test_early_stopping_by_an_accuracy(monitor: str) -> None:
    (found,) = agree("dense:8,relu,dense:out", epochs=60, patience=4, monitor=monitor)
    assert found.run.stop_reason == "patience"


@pytest.mark.parametrize(
    ("layers", "rate", "optimizer"),
    [("dense:out", 0.3, "sgd"), ("dense:out", 0.3, "momentum"), ("dense:8,tanh,dense:out", 0.5, "momentum")],
)
def test_divergence_among_the_epochs(layers: str, rate: float, optimizer: str) -> None:
    """The losses grow until one is no number, epochs after the first that are taken as one call."""
    (found,) = agree(layers, "builtin:diabetes", epochs=40, learning_rate=rate, optimizer=optimizer)
    assert found.run.stop_reason == "diverged" and found.run.epochs_run > 5


@pytest.mark.parametrize("stop", [3, 8, 19])
def test_a_stop_at_an_epoch_among_them(stop: int) -> None:
    """Whoever says stop when an epoch is done has the weights, the generators and the optimizer of that epoch."""
    (found,) = agree("dense:8,batch_norm,relu,dropout:0.3,dense:out", stop=stop, restore_best=False)
    assert found.run.stop_reason == "user" and found.run.epochs_run == stop


def test_networks_side_by_side_of_which_each_stops_by_itself() -> None:
    """Those that go on do so from the epoch in which another stopped."""
    found = agree("dense:8,relu,dropout:0.3,dense:out", seeds=range(5), epochs=60, patience=2, learning_rate=0.1)
    assert len({one.run.epochs_run for one in found}) > 1


def test_networks_of_one_seed_share_their_batches() -> None:
    agree("dense:8,batch_norm,relu,dropout:0.3,dense:out", seeds=[1, 1], epochs=15)
