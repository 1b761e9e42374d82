"""Every project file that is not sound is refused by the command line in the words that tell why, and left alone."""

import hashlib
import re
from pathlib import Path

import pytest

from nnstudio.cli.main import main
from nnstudio.data.dataset import load
from nnstudio.project.archive import open_project
from nnstudio.text import UserError
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.run_record import InitialState
from nnstudio.training.session import train
from tests.bad_files import DAMAGED_RUNS, FILES, NO_NUMBERS


@pytest.mark.parametrize("name", [*FILES, *DAMAGED_RUNS])
def test_it_is_told_what_is_wrong(
    name: str, sound_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, words = (FILES | DAMAGED_RUNS)[name]
    path = tmp_path / "x.nnstudio"
    make(sound_file, path)
    before = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    for verb in (["info"], ["train", "--epochs", "1"]):
        assert main([verb[0], str(path), *verb[1:]]) == 2
        said = capsys.readouterr().err
        assert said.startswith("nnstudio: error: ") and said.count("\n") == 1 and "Traceback" not in said
        assert re.search(words, said), said
    assert not before or hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_weights_that_are_no_numbers_are_told_and_not_trained_on(
    sound_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (make, words), path = NO_NUMBERS, tmp_path / "x.nnstudio"
    make(sound_file, path)
    assert main(["info", str(path)]) == 0
    assert main(["evaluate", str(path)]) == 2
    assert re.search(words, capsys.readouterr().err)
    run, project = open_project(path).runs[0], open_project(path)
    beginning = InitialState(run, weights=run.weights, epoch=1)
    with pytest.raises(UserError, match=words):
        list(train(project, load(project.data), Control(), Curves(), initial_state=beginning))
