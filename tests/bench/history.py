"""What the networks of 1986 learn from ten starts: symmetry's weights 1 : 2 : 4, and the family trees' held-out cases.

python3 packaging/develop.py bench history [--rounds SEEDS]
"""

import statistics

import numpy as np
import safetensors.numpy
import torch

from nnstudio.data.dataset import load
from nnstudio.project import edits
from nnstudio.project.history import history
from nnstudio.project.model import Run
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.inference import measure, restore
from nnstudio.training.session import Trained, train

NEAR = 0.1
"""How far from 1 : 2 : 4 counts as that."""


def main(rounds: int = 10) -> int:
    symmetry(rounds)
    family_trees(rounds)
    return 0


def symmetry(seeds: int) -> None:
    """As two classes, and as a value of 0 and 1."""
    for task in ("class", "value"):
        solved = doubling = 0
        mirrored = []
        for seed in range(seeds):
            run, right = trained("symmetry_1986", seed, task)
            weights = safetensors.numpy.load(run.weights)["dense_1.weight"]
            solved += right == 64
            mirrored.append(float(np.abs(weights + weights[:, ::-1]).max() / np.abs(weights).max()))
            first, second, third = sorted(np.abs(weights[0, :3]))
            doubling += abs(second / first / 2 - 1) < NEAR and abs(third / first / 4 - 1) < NEAR
        print(
            f"symmetry as a {task}: {solved} of {seeds} solved, mirror error at most {max(mirrored):.2%}, "
            f"{doubling} of {seeds} within 10 % of 1 : 2 : 4"
        )


def trained(name: str, seed: int, task: str = "class") -> tuple[Run, int]:
    """A run, and how many of its training samples come out right."""
    project = edits.set_training(history(name), seed=seed)
    project = edits.set_data(project, seed=seed)
    if task == "value":
        project = edits.set_data(project, source=str(as_numbers()), task="value")
    dataset = load(project.data)
    *_events, last = train(edits.set_facts(project, project.data, dataset.facts), dataset, Control(), Curves())
    assert isinstance(last, Trained)
    network = restore(last.run).network
    with torch.no_grad():
        outputs = network.trained(torch.from_numpy(dataset.train.inputs))
    wanted = torch.from_numpy(dataset.train.targets).reshape(len(outputs), -1)
    return last.run, int(((outputs > 0.5) == (wanted > 0.5)).all(dim=1).sum())


def as_numbers() -> "str":
    """The symmetry table with 1 and 0 in the place of yes and no."""
    import tempfile

    import polars

    from nnstudio.data.sources import read_source

    table = read_source("builtin:symmetry").columns
    assert isinstance(table, polars.DataFrame)
    path = tempfile.mkstemp(suffix=".csv")[1]
    table.with_columns((polars.col("symmetric") == "yes").cast(polars.Int64)).write_csv(path)
    return path


def family_trees(seeds: int) -> None:
    learnt, held_out = [], []
    for seed in range(seeds):
        run, _right = trained("family_trees_1986", seed)
        dataset = load(run.data)
        network = restore(run)
        learnt.append(measure(network, dataset.train).accuracy or 0.0)
        held_out.append(measure(network, dataset.test).accuracy or 0.0)
    print(
        f"family trees, {seeds} starts and choices of 4 cases: {statistics.mean(learnt):.1%} of the 100 cases learnt "
        f"(at least {min(learnt):.0%}), {statistics.mean(held_out):.0%} of the held-out ones right"
    )
