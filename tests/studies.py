"""Studies for tests, made of one small trained run: as many settings and seeds as are wanted, each with a curve and
validation rows of its own."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product

import numpy as np
from msgspec.structs import replace

from nnstudio.data.dataset import load
from nnstudio.layers.spec import Value
from nnstudio.project.model import EpochMetrics, Project, Run, Study
from nnstudio.project.study import Measure, Trial, Variable
from nnstudio.project.validation_rows import ValidationRows, validation_bytes
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.session import Trained, train

Values = Mapping[str, Value]
ID = "s1"
EPOCHS = 12
ROWS = 100
RATES = Variable("training.learning_rate", (0.0001, 0.001, 0.01, 0.1))
UNITS = Variable("dense_1.units", (8, 16, 32))
ACTIVATIONS = Variable("network.activation", ("relu", "tanh"))


def accuracy_of(values: Values) -> float:
    """How good a setting truly is: best at a learning rate of 0.01 and many units."""
    rate = float(values.get("training.learning_rate", 0.01))
    units = float(values.get("dense_1.units", 16))
    return (
        0.95
        - 0.08 * abs(math.log10(rate) + 2)
        - 0.3 / units
        - (0.03 if values.get("network.activation") == "tanh" else 0)
    )


def grid(variables: Sequence[Variable]) -> list[Values]:
    """All points of the named values, the last variable fastest."""
    keys = [one.key for one in variables]
    return [dict(zip(keys, point, strict=True)) for point in product(*(one.values for one in variables))]


def with_study(
    project: Project,
    run: Run,
    variables: Sequence[Variable] = (RATES, UNITS),
    settings: Sequence[Values] | None = None,
    seeds: int = 5,
    measure: Measure = "validation_accuracy",
    rows: int = ROWS,
    accuracy: Callable[[Values], float] = accuracy_of,
    epochs: int = EPOCHS,
) -> Project:
    """A project with a study and its trials, made of a run that was trained."""
    found = grid(variables) if settings is None else settings
    study = Study(
        ID,
        "2026-01-01T00:00:00+00:00",
        run.network,
        run.data,
        run.training,
        tuple(variables),
        settings=len(found),
        seeds=seeds,
        measure=measure,
    )
    random = np.random.default_rng(0)
    plain = replace(run, weights=b"", checkpoint=b"", snapshots=b"")
    runs = [
        trial_run(plain, number, seed, values, accuracy(values), rows, epochs, random)
        for number, values in enumerate(found)
        for seed in range(seeds)
    ]
    return replace(project, runs=tuple(runs), studies=(study,))


def trial_run(
    run: Run,
    setting: int,
    seed: int,
    values: Values,
    accuracy: float,
    rows: int,
    epochs: int,
    random: np.random.Generator,
) -> Run:
    """A trial whose network is right with this chance on each of its validation rows."""
    correct = random.random(rows) < accuracy
    loss = np.where(correct, random.random(rows) * 0.2, 1 + random.random(rows)).astype(np.float32)
    kept = validation_bytes(ValidationRows(loss, correct.astype(np.uint8)))
    rise = 1 - np.exp(-3 * np.arange(1, epochs + 1) / epochs)
    rise /= rise[-1]
    best = float(correct.mean())
    noise = random.normal(0, 0.01, epochs)
    noise[-1] = 0
    accuracies = 0.3 + (best - 0.3) * rise - np.abs(noise)
    losses = float(loss.mean()) + 1.5 * (1 - rise) + np.abs(noise)
    history = EpochMetrics(
        epoch=tuple(range(1, epochs + 1)),
        train_loss=tuple(losses.tolist()),
        validation_loss=tuple(losses.tolist()),
        train_accuracy=tuple(accuracies.tolist()),
        validation_accuracy=tuple(accuracies.tolist()),
        validation_balanced_accuracy=tuple(accuracies.tolist()),
    )
    return replace(
        run,
        id=f"t{setting}_{seed}",
        stop_reason="epochs",
        epochs_run=epochs,
        best_epoch=epochs,
        weights_epoch=epochs,
        history=history,
        validation=kept,
        trial=Trial(ID, setting, seed, dict(values)),
    )


def diverged(run: Run) -> Run:
    """The same trial, in which no epoch had a finite loss."""
    nothing = (math.nan,) * 2
    history = EpochMetrics(epoch=(1, 2), train_loss=nothing, validation_loss=nothing, validation_accuracy=nothing)
    return replace(run, stop_reason="diverged", epochs_run=2, best_epoch=None, history=history, validation=b"")


def pruned(run: Run, epochs: int) -> Run:
    """The same trial, given up after so many epochs."""
    cut = {name: getattr(run.history, name)[:epochs] for name in run.history.__struct_fields__}
    return replace(
        run,
        stop_reason="pruned",
        epochs_run=epochs,
        best_epoch=epochs,
        weights_epoch=epochs,
        history=EpochMetrics(**cut),
    )


def trained_run(project: Project) -> Project:
    """The project with one run of it."""
    (run,) = (
        event.run for event in train(project, load(project.data), Control(), Curves()) if isinstance(event, Trained)
    )
    return replace(project, runs=(run,))
