"""Project files of every format there was: each opens, its network can be trained on, and its run goes on."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from nnstudio.data.dataset import load
from nnstudio.project import edits, model
from nnstudio.project.archive import open_project, save
from nnstudio.project.older_formats import FORMAT, UPGRADES
from nnstudio.text import UserError
from nnstudio.training.checkpoint_file import read_checkpoint
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.inference import measure, restore
from nnstudio.training.session import Trained, train
from tests import format_fields
from tests.unit.training.resuming import gone_on

MUSEUM = Path(__file__).parents[2] / "museum"


def test_there_is_a_piece_of_every_format() -> None:
    assert sorted(path.name for path in MUSEUM.iterdir()) == sorted(
        f"format-{n}.nnstudio" for n in range(1, FORMAT + 1)
    )
    assert sorted(UPGRADES) == list(range(1, FORMAT))


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_it_opens_answers_and_is_trained_on(number: int, tmp_path: Path) -> None:
    project = open_project(MUSEUM / f"format-{number}.nnstudio")
    run = project.runs[-1]
    dataset = load(project.data, project.files)
    loss = measure(restore(run), dataset.validation).loss
    assert loss == pytest.approx(run.history.validation_loss[run.weights_epoch - 1], rel=1e-5)
    plan = edits.set_training(project, epochs=2, patience=0)
    *_events, last = train(plan, dataset, Control(), Curves())
    assert isinstance(last, Trained) and np.isfinite(last.run.history.train_loss).all()
    if number < 5:
        with pytest.raises(UserError, match="where it stood is not in the project"):
            read_checkpoint(run)
    else:
        longer = gone_on(project)
        assert longer.epochs_run == run.training.epochs > run.epochs_run
        assert longer.history.train_loss[: run.epochs_run] == run.history.train_loss
    # And what it was is in the newest form afterwards.
    save(project, tmp_path / "a.nnstudio")
    assert open_project(tmp_path / "a.nnstudio") == project


def test_no_field_comes_or_goes_without_a_new_format() -> None:
    """A file that has a field more than its format had is refused by every version that reads that format.

    Once FORMAT has risen, with a way up in UPGRADES and a piece in the museum, or where this format was never released:
    python -m tests.format_fields
    """
    assert format_fields.frozen()[str(FORMAT)] == format_fields.fields()


def test_every_struct_of_the_file_is_watched() -> None:
    structs = [one for one in vars(model).values() if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    assert {one.__name__ for one in structs if one is not msgspec.Struct} < set(format_fields.fields())
