"""What a command says is what it does, every time: epochs of a run that goes on, numbers with a comma, which run."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from nnstudio.cli.main import main
from nnstudio.export.pytorch_script import script_lines
from nnstudio.project.archive import open_project, save
from nnstudio.project.model import RunEvent


@pytest.fixture
def iris(tmp_path: Path) -> Path:
    path = tmp_path / "iris.nnstudio"
    assert main(["new", str(path), "--data", "builtin:iris", "--layers", "dense:4,tanh,dense:out"]) == 0
    assert main(["train", str(path), "--epochs", "3"]) == 0
    return path


def epochs(path: Path) -> int:
    return open_project(path).runs[-1].epochs_run


def test_epochs_of_a_run_that_goes_on_count_from_its_first(iris: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(iris), "--resume", "--epochs", "5"]) == 0
    assert epochs(iris) == 5
    for too_few in ("2", "5"):
        capsys.readouterr()
        assert main(["train", str(iris), "--resume", "--epochs", too_few]) == 2
        assert "Run 1 has 5 epochs already" in capsys.readouterr().err
    assert epochs(iris) == 5
    assert main(["train", str(iris), "--resume"]) == 0  # as many again
    assert epochs(iris) == 10


def test_a_number_with_a_comma_is_told_how_it_is_written(iris: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["train", str(iris), "--set", "training.learning_rate=0,01"]) == 2
    assert "write 0.01 and not 0,01" in capsys.readouterr().err


def test_the_run_that_was_asked_for_is_taken_and_not_the_one_beside_it(
    iris: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    project = open_project(iris)
    twin = replace(project.runs[0], id="run-2", is_companion=True)
    save(replace(project, runs=(*project.runs, twin)), iris)
    for verb in (["evaluate", str(iris)], ["export", str(iris), "--to", "csv", "-o", str(tmp_path / "a.csv")]):
        capsys.readouterr()
        assert main([*verb, "--json"]) == 0
        assert '"run-1"' in capsys.readouterr().out
        assert main([*verb, "--json", "--run", "run-2"]) == 0
        assert '"run-2"' in capsys.readouterr().out


def test_a_script_says_which_rates_were_changed_on_the_way(iris: Path) -> None:
    run = open_project(iris).runs[0]
    assert "changed while it was trained" not in "\n".join(script_lines(run, "network"))
    changed = replace(run, events=(RunEvent(1.5, "learning_rate", 0.001, 0.01),))
    script = "\n".join(script_lines(changed, "network"))
    assert "after 1.5 epochs: the learning rate from 0.001 to 0.01" in script
    compile(script, "network.py", "exec")
