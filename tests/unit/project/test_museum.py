"""Project files of every format there was: each opens, and its network can be trained on."""

from pathlib import Path

import numpy as np
import pytest

from nnstudio.data.dataset import load
from nnstudio.project import edits
from nnstudio.project.archive import FORMAT, UPGRADES, open_project, save
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.session import Trained, train
from nnstudio.training.trained import measure, restore

MUSEUM = Path(__file__).parents[2] / "museum"


def test_there_is_a_piece_of_every_format() -> None:
    assert sorted(path.name for path in MUSEUM.iterdir()) == [f"format-{n}.nnstudio" for n in range(1, FORMAT + 1)]
    assert sorted(UPGRADES) == list(range(1, FORMAT))


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_it_opens_answers_and_is_trained_on(number: int, tmp_path: Path) -> None:
    project = open_project(MUSEUM / f"format-{number}.nnstudio")
    run = project.runs[-1]
    dataset = load(project.data)
    loss = measure(restore(run), dataset.validation).loss
    assert loss == pytest.approx(run.history.validation_loss[run.weights_epoch - 1], rel=1e-5)
    plan = edits.set_training(project, epochs=2, patience=0)
    *_events, last = train(plan, dataset, Control(), Curves())
    assert isinstance(last, Trained) and np.isfinite(last.run.history.train_loss).all()
    # And what it was is in the newest form afterwards.
    save(project, tmp_path / "a.nnstudio")
    assert open_project(tmp_path / "a.nnstudio") == project
