"""Trainings that are stopped at a given batch and go on: what they come to, as one checksum. Run as a program, it goes
on with every project file it is given and prints their checksums, as a new process would.
"""

import hashlib
import json
import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import safetensors.torch

from nnstudio.data.dataset import load
from nnstudio.project import edits, variants
from nnstudio.project.archive import open_project, save
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import Project, Run
from nnstudio.training import epochs_ahead
from nnstudio.training.checkpoint_file import read_checkpoint
from nnstudio.training.control import Change, Control, Mode
from nnstudio.training.curves import Curves
from nnstudio.training.run_record import InitialState
from nnstudio.training.session import Trained, train

TASKS: dict[str, tuple[str, str, dict[str, object]]] = {
    "momentum": ("builtin:iris", "dense:8,tanh,dense:out", {"optimizer": "momentum", "learning_rate": 0.05}),
    "adam, dropout": ("builtin:wine", "dense:8,relu,dropout:0.4,dense:out", {"patience": 2, "learning_rate": 0.1}),
    "rmsprop, batch norm": (
        "builtin:iris", "dense:8,batch_norm,relu,dense:out", {"optimizer": "rmsprop", "learning_rate": 0.01},
    ),
    "a value": ("builtin:diabetes", "dense:6,relu,dense:out", {"optimizer": "adam", "weight_decay": 0.01}),
    "a value, dropout, batch norm": (
        "toy:plane?samples=120", "dense:6,batch_norm,tanh,dropout:0.2,dense:out",
        {"optimizer": "nesterov", "learning_rate": 0.02, "patience": 2, "min_delta": 0.01},
    ),
    "one order for all epochs": (
        "builtin:wine", "dense:8,sigmoid,dropout:0.2,dense:out", {"optimizer": "adagrad", "shuffle": "once"},
    ),
    "weights of the last epoch": (
        "toy:circle?samples=150", "dense:6,relu,dense:out",
        {"optimizer": "adamw", "restore_best": False, "patience": 2, "learning_rate": 0.3},
    ),
    "no validation, L1": ("builtin:wine", "dense:6,relu,dense:out", {"l1": 0.001, "optimizer": "sgd"}),
    "a plateau, clipped": (
        "builtin:iris", "dense:8,tanh,dense:out",
        {"schedule": "plateau", "schedule_epochs": 1, "learning_rate": 0.5, "clip_norm": 0.2},
    ),
    "pictures by a table of connections, augmented": (
        "builtin:symmetry",
        "conv:3:kernel_size=1x2:connections=0/1/0 1:bias_each_place=true,scaled_tanh,flatten,dense:out",
        {"data_image": "2x1x3", "data_augment_shift": 1, "data_augment_mirror": True, "data_augment_noise": 0.1},
    ),
    "a sequence": ("builtin:symmetry", "sequence:features=2,lstm:4,dense:out", {"data_repeats": "together"}),
    "a link of playground": (
        "toy:xor?samples=150&generator=playground&seed=0.5", "dense:4,tanh,dense:1,tanh",
        {
            "loss": "half_mse", "optimizer": "sgd", "learning_rate": 0.1, "batch_size": 7, "shuffle": "never",
            "last_batch": "carried_over", "initialization": "playground", "l1": 0.05, "l1_rule": "pruned_at_zero",
            "precision": "float64", "data_split": "in_order", "data_standardize": False,
        },
    ),
    "a batch carried over": (
        "builtin:wine", "dense:8,relu,dropout:0.2,dense:out", {"last_batch": "carried_over", "batch_size": 13},
    ),
    "rates changed on the way": ("toy:spiral?samples=150", "dense:8,relu,dropout:0.3,dense:out", {}),
}  # fmt: skip
"""Data, layers and settings of each."""
EPOCHS = 8


@contextmanager
def together_at_once() -> Iterator[None]:
    """What is never stopped takes several epochs as one call, from the first."""
    before = epochs_ahead.SETTLED, epochs_ahead.WORTHWHILE
    epochs_ahead.SETTLED, epochs_ahead.WORTHWHILE = 0.0, 0
    try:
        yield
    finally:
        epochs_ahead.SETTLED, epochs_ahead.WORTHWHILE = before


def task(name: str) -> Project:
    source, layers, settings = TASKS[name]
    data = {key.removeprefix("data_"): value for key, value in settings.items() if key.startswith("data_")}
    settings = {key: value for key, value in settings.items() if not key.startswith("data_")}
    validation = 0.0 if name.startswith("no validation") else 0.2
    project = edits.set_data(Project(), source=source, validation=validation, **data)
    facts = load(project.data).facts
    project = with_stack(edits.set_facts(project, project.data, facts), layers, facts)
    device = os.environ.get("NNSTUDIO_TEST_DEVICE", "cpu")
    plan = {"epochs": EPOCHS, "patience": 0, "batch_size": 16, "seed": 3, "device": device, **settings}
    return edits.set_training(project, **plan)


class StopsAt(Control):
    """Says stop before the batch of this number, counted from 0 over all epochs; where rates change, at batch 9.

    Then steps are taken one by one, and else many as one call: what they come to must be the same.
    """

    def __init__(self, batch: float, changes: bool) -> None:
        super().__init__()
        if changes or batch < math.inf:
            self.set_pace(1e9)
        self.batch = batch
        self.changing = changes
        self.seen = 0

    def before_batch(self, meanwhile: Callable[[], None]) -> bool:
        if self.seen == self.batch:
            self.command(Mode.STOP)
        if self.seen == 9 and self.changing:
            self.changes += [Change("learning_rate", 0.001, 0.01), Change("dropout_1", 0.3, 0.1)]
        self.seen += 1
        return super().before_batch(meanwhile)


def trained(name: str, stop: float = math.inf) -> Run:
    """The run of a task, whole or stopped before a batch."""
    project = task(name)
    control = StopsAt(stop, name == "rates changed on the way")
    with together_at_once():
        *_events, last = train(project, load(project.data), control, Curves())
    assert isinstance(last, Trained)
    return last.run


def gone_on(project: Project, stop: float = math.inf) -> Run:
    """The newest run of a project, carried on to its end or up to a batch."""
    run = project.runs[-1]
    checkpoint, losses = read_checkpoint(run)
    curves = Curves.of(run.history, run.events)
    curves.batch_loss.extend(losses)
    plan = variants.restored(project, run)
    control = StopsAt(stop, run.data.source.startswith("toy:spiral"))
    control.seen = len(losses)
    begun = InitialState(run, checkpoint=checkpoint)
    with together_at_once():
        *_events, last = train(plan, load(plan.data, plan.files), control, curves, initial_state=begun)
    assert isinstance(last, Trained)
    return last.run


def checksum(run: Run) -> str:
    """SHA-256 of the weights, of what the optimizer remembers, of the curve and of the loss of every batch."""
    checkpoint, losses = read_checkpoint(run)
    digest = hashlib.sha256(losses.tobytes())
    training_state = run.history, run.stop_reason, run.epochs_run, run.best_epoch, run.weights_epoch, run.events
    digest.update(repr(training_state).encode())
    for tensors in (safetensors.torch.load(run.weights), checkpoint.optimizer, dict(enumerate(checkpoint.weights))):
        for name in sorted(tensors, key=str):
            digest.update(tensors[name].numpy().tobytes())
    return digest.hexdigest()


def keep(run: Run, name: str, path: Path) -> None:
    """Write a project with this run."""
    save(edits.add_run(task(name), run), path)


if __name__ == "__main__":
    sys.stdout.write(json.dumps({path: checksum(gone_on(open_project(Path(path)))) for path in sys.argv[1:]}))
