"""Every project file that is not sound is refused by the command line in the words that tell why, and left alone."""

import hashlib
import re
from pathlib import Path

import pytest

from nnstudio.cli.main import main
from tests.bad_files import DAMAGED_RUNS, FILES


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
