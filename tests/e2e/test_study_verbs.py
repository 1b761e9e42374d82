"""Studies from the command line: defined, run, killed, gone on with, told."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from nnstudio.cli.main import main
from nnstudio.project.archive import open_project
from nnstudio.studies.journal import Journal
from tests.killed_studies import checksum

DEFINED = "--vary", "training.learning_rate=0.003,0.03", "dropout_1.rate=0,0.4", "--seeds", "2"
Answer = Callable[..., dict[str, Any]]


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Answer:
    """The JSON answer of a verb that ends with this status."""

    def call(*arguments: object, status: int = 0) -> dict[str, Any]:
        capsys.readouterr()
        assert main([*map(str, arguments), "--json"]) == status
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return call


@pytest.fixture
def defined(tmp_path: Path, answer: Answer) -> Path:
    path = tmp_path / "a.nnstudio"
    layers = "dense:8,relu,dropout:0.2,dense:out"
    answer("new", path, "--data", "builtin:iris", "--layers", layers, "--set", "training.epochs=4")
    assert answer("study", "new", path, *DEFINED) == {"study": "study-1", "settings": 4, "seeds": 2, "trials": 8}
    return path


@pytest.fixture
def small(tmp_path: Path, answer: Answer) -> Path:
    """A study of few trials, to be begun again and again."""
    path = tmp_path / "small.nnstudio"
    answer("new", path, "--data", "builtin:iris", "--layers", "dense:8,relu,dense:out", "--set", "training.epochs=4")
    found = answer("study", "new", path, "--vary", "training.learning_rate=0.003,0.03", "--seeds", "2")
    assert found["trials"] == 4
    return path


def test_a_study_is_defined_run_and_told(defined: Path, answer: Answer) -> None:
    before = answer("study", "status", defined)
    assert (before["done"], before["is_done"]) == (0, False)
    after = answer("study", "run", defined)
    assert (after["done"], after["trials"], after["is_done"]) == (8, 8, True)
    shown = answer("study", "show", defined)["results"]
    assert [one["values"]["dropout_1.rate"] for one in shown] == [0.0, 0.4, 0.0, 0.4]
    assert all(len(one["runs"]) == len(one["measure"]) == 2 for one in shown)
    runs = answer("info", defined)["runs"]
    assert len(runs) == 8 and all(one["resumable"] for one in runs)
    # Each is a run like any other.
    measured = answer("evaluate", defined, "--run", shown[0]["runs"][1])
    assert measured["loss"] == pytest.approx(shown[0]["measure"][1], rel=1e-5)
    assert answer("study", "run", defined)["done"] == 8  # there is nothing left to do
    assert not list(defined.parent.glob("*.trials"))


def test_nothing_of_the_test_part_can_be_chosen_by(
    defined: Path, answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (("--measure", "test_loss"), ("--vary", "data.test=0.1,0.2")):
        assert main(["study", "new", str(defined), "--vary", "training.epochs=2,3", *words]) == 2
        assert "test" in capsys.readouterr().err
    description = json.loads(subprocess.run(["unzip", "-p", defined, "project.json"], capture_output=True).stdout)
    assert description["project"]["studies"][0]["measure"] == "validation_loss"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("study", "run", "{file}", "--study", "study-9"), "There is no study “study-9”"),
        (("study", "run", "{file}", "--workers", "0"), "--workers needs a whole number from 1 on"),
        (("study", "new", "{file}"), "Say what varies"),
        (("study", "new", "{file}", "--vary", "training.epochs=2", "--seeds", "many"), "--seeds needs a whole number"),
        (("study", "new", "{file}", "--vary", "training.epochs=2", "--halving", "x:2"), "--halving needs a whole"),
        (("study", "status", "{folder}/none.nnstudio"), "does not exist"),
    ],
)
def test_mistakes_are_said(
    defined: Path, arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = defined.read_bytes()
    capsys.readouterr()
    assert main([one.format(file=defined, folder=defined.parent) for one in arguments]) == 2
    assert words in capsys.readouterr().err
    assert defined.read_bytes() == before


def killing(mode: str, path: Path, folder: Path, *rest: str) -> dict[str, Any]:
    folder.mkdir()
    command = [sys.executable, "-m", "tests.killed_studies", mode, str(path), str(folder), *rest]
    done = subprocess.run(command, capture_output=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked, and killed with SIGKILL")
def test_killed_before_every_write_the_trials_are_those_of_one_that_never_was(small: Path, tmp_path: Path) -> None:
    found = killing("writes", small, tmp_path / "room")
    assert found["trials"] == 4 and len(found["killed"]) > 12
    assert set(found["killed"]) == {found["whole"]}


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked, and killed with SIGKILL")
def test_killed_at_random_the_trials_are_those_of_one_that_never_was(
    defined: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kills = str(request.config.getoption("--kills"))
    found = killing("random", defined, tmp_path / "room", kills)
    assert found["killed"] == [found["whole"]] and found["trials"] == 8


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_workers_end_with_the_program_that_was_killed_and_another_goes_on(defined: Path, answer: Answer) -> None:
    whole = defined.with_name("whole.nnstudio")
    whole.write_bytes(defined.read_bytes())
    answer("study", "run", whole)
    command = [sys.executable, "-m", "nnstudio", "study", "run", str(defined), "--workers", "2"]
    program = psutil.Popen(command)
    journal = Journal(defined, open_project(defined).studies[0]).path
    while not journal.exists():
        assert program.poll() is None
    workers = program.children(recursive=True)
    program.kill()
    program.wait()
    _gone, alive = psutil.wait_procs(workers, timeout=60)
    assert workers and not alive
    assert answer("study", "run", defined)["is_done"]
    assert checksum(defined) == checksum(whole) and not journal.exists()


def test_a_journal_of_another_study_or_a_damaged_one_takes_no_part(defined: Path, answer: Answer) -> None:
    study = open_project(defined).studies[0]
    journal = Journal(defined, study)
    answer("study", "run", defined)
    runs = [one for one in open_project(defined).runs if one.trial]
    strange = defined.with_name("b.nnstudio")
    strange.write_bytes(defined.read_bytes())
    journal.append(runs[:2])
    whole = journal.path.read_bytes()
    journal.append(runs[2:4])
    for cut in (1, 10, len(whole) + 1, len(whole) + 50):
        journal.path.write_bytes(journal.path.read_bytes()[:-1])
        assert [len(found) for found in journal.read()] == [2], cut
    journal.mend()
    assert journal.path.read_bytes() == whole
    other = Journal(strange, open_project(strange).studies[0])
    other.path.write_bytes(whole[:20] + b"x" + whole[21:])
    assert list(other.read()) == []
