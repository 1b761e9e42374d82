"""Scaling before splitting: the same network on the same rows, scaled the wrong way and the right one."""

from pathlib import Path

import numpy as np
from msgspec.structs import replace

from nnstudio.data.dataset import load
from nnstudio.insight.flattery import flattered
from nnstudio.project import edits
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataChoice, Project, Run
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.inference import measure, restore
from nnstudio.training.session import Trained, train


def trained(choice: DataChoice) -> Run:
    dataset = load(choice)
    project = replace(Project(), data=choice)
    project = with_stack(edits.set_facts(project, choice, dataset.facts), "dense:4,tanh,dense:out", dataset.facts)
    *_events, last = train(edits.set_training(project, epochs=20), dataset, Control(), Curves())
    assert isinstance(last, Trained)
    return last.run


def table_with_far_rows(folder: Path) -> str:
    """Few rows, some of them far away: the means of all rows and of the training part differ much."""
    random = np.random.default_rng(3)
    far = np.where(random.random(30) < 0.2, 40.0, 1.0)
    rows = [f"{x * f:.3f},{'ab'[int(x > 0)]}" for x, f in zip(random.normal(size=30), far, strict=True)]
    (folder / "few.csv").write_text("x,kind\n" + "\n".join(rows) + "\n")
    return str(folder / "few.csv")


def test_scaling_on_all_rows_is_another_and_what_it_is_worth_is_measured(tmp_path: Path) -> None:
    choice = DataChoice(table_with_far_rows(tmp_path), scale_on="all_rows", validation=0.4)
    wrong, honest = load(choice), load(replace(choice, scale_on="training"))
    assert wrong.preparation.columns[0].mean != honest.preparation.columns[0].mean
    assert np.array_equal(wrong.validation.rows, honest.validation.rows)
    assert any("The wrong way" in note for note in wrong.facts.notes)
    run = trained(choice)
    by_hand = [
        measure(restore(replace(run, preparation=one.preparation)), one.validation).accuracy for one in (wrong, honest)
    ]
    assert by_hand[0] is not None and by_hand[1] is not None
    assert flattered(run) == by_hand[0] - by_hand[1]


def test_who_scales_by_the_training_part_is_not_flattered(tmp_path: Path) -> None:
    assert flattered(trained(DataChoice(table_with_far_rows(tmp_path)))) is None
