"""Projects with many runs: some are trained, and the others are they with other settings and other curves."""

import random
from functools import cache

from msgspec.structs import replace

from nnstudio import paths
from nnstudio.data.dataset import load
from nnstudio.project import edits
from nnstudio.project.archive import open_project
from nnstudio.project.model import Project, Run, Study
from nnstudio.project.study import Trial, Variable
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.session import Trained, train

EPOCHS = 4
RATES = (0.001, 0.003, 0.01, 0.03, 0.1)
UNITS = (4, 8, 16)
ALONE = 3
"""The first runs are in no study."""
SETTINGS, SEEDS = len(RATES) * len(UNITS), 5


@cache
def trained(units: int) -> tuple[Project, Run]:
    """A project and its one run."""
    project = open_project(paths.examples() / "iris.nnstudio")
    project = edits.set_training(edits.set_parameter(project, "dense_1", "units", units), epochs=EPOCHS, patience=0)
    for event in train(project, load(project.data), Control(), Curves(), spare_cores=1):
        if isinstance(event, Trained):
            return project, replace(event.run, id="run-1")
    raise AssertionError("It was not trained.")


def with_runs(count: int, studies: int = 2) -> Project:
    """A project with so many runs, all but the first few of them in studies."""
    project = trained(UNITS[0])[0]
    chance = random.Random(0)
    runs = tuple(run_number(number, studies, chance) for number in range(count))
    return replace(project, runs=runs, studies=tuple(study(project, number) for number in range(studies)))


def study(project: Project, number: int) -> Study:
    rates, units = Variable("training.learning_rate", RATES), Variable("dense_1.units", UNITS)
    given = f"study-{number + 1}", "2026-11-30T10:00:00+00:00", project.network, project.data, project.training
    measure = "validation_accuracy" if number % 2 else "validation_loss"
    return Study(*given, (rates, units), settings=SETTINGS, seeds=SEEDS, measure=measure)  # type: ignore[arg-type]


def run_number(number: int, studies: int, chance: random.Random) -> Run:
    """One of the runs, with a curve of its own."""
    setting = number // SEEDS % SETTINGS
    rate, units = RATES[setting % len(RATES)], UNITS[setting // len(RATES)]
    run = trained(units)[1]
    factor = chance.uniform(0.5, 1.5)
    losses = tuple(loss * factor * chance.uniform(0.9, 1.1) for loss in run.history.validation_loss)
    history = replace(
        run.history,
        train_loss=tuple(loss * factor for loss in run.history.train_loss),
        validation_loss=losses,
        validation_accuracy=tuple(chance.uniform(0.5, 1.0) for _loss in losses),
    )
    trial = None
    if studies and number >= ALONE:
        values = {"training.learning_rate": rate, "dense_1.units": units}
        trial = Trial(f"study-{number % studies + 1}", setting, number % SEEDS, values)
    return replace(
        run,
        id=f"run-{number + 1}",
        training=replace(run.training, learning_rate=rate, seed=number % SEEDS, optimizer=("adam", "sgd")[number % 2]),
        history=history,
        best_epoch=losses.index(min(losses)) + 1,
        trial=trial,
        stop_reason=("epochs", "patience", "user")[number % 3],
        note="looks good" if number % 17 == 5 else "",
        is_starred=number % 13 == 4,
    )
