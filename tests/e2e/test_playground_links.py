"""`nnstudio new OUT --playground LINK`: the project, what is said of it, and what is refused."""

import json
from pathlib import Path

import pytest

from nnstudio.cli.main import main
from nnstudio.project.archive import open_project

LINK = "https://playground.tensorflow.org/#dataset=xor&seed=0.5&percTrainData=70&noise_hide=true"


@pytest.mark.parametrize("link", [LINK, LINK.partition("#")[2]])
def test_a_link_becomes_a_project_that_trains(link: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.nnstudio"
    assert main(["new", str(path), "--playground", link, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["data"]["parts"] == {"train": 350, "validation": 150, "test": 0}
    assert answer["hidden"] == ["noise"] and any("noise" in remark for remark in answer["remarks"])
    assert answer["data"]["split"] == "in_order" and answer["training"]["precision"] == "float64"
    assert main(["train", str(path), "--epochs", "5", "--json"]) == 0
    trained = json.loads(capsys.readouterr().out)
    assert main(["evaluate", str(path), "--split", "validation", "--json"]) == 0
    measured = json.loads(capsys.readouterr().out)
    assert measured["loss"] == pytest.approx(trained["history"]["validation_loss"][-1], rel=1e-5)
    run = open_project(path).runs[-1]
    assert run.training.last_batch == "carried_over" and run.epochs_run == 5


def test_settings_change_one_thing(tmp_path: Path) -> None:
    path = tmp_path / "a.nnstudio"
    arguments = ["--playground", LINK, "--set", "training.optimizer=adam", "--set", "training.epochs=9"]
    assert main(["new", str(path), *arguments]) == 0
    assert open_project(path).training.optimizer == "adam"


def test_what_is_to_be_said_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", str(tmp_path / "a.nnstudio"), "--playground", "dataset=gauss&batchSize=1000"]) == 0
    out = capsys.readouterr().out
    assert "names no seed" in out and "never learns" in out and "A batch of" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--playground", "noise=x&seed=1"], "is no number"),
        (["--playground", "hello"], "no link of TensorFlow Playground"),
        (["--playground", LINK, "--data", "toy:xor"], "leave out --data"),
        (["--playground", LINK, "--layers", "dense:3"], "leave out --data"),
    ],
)
def test_what_cannot_be_is_refused(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.nnstudio"
    assert main(["new", str(path), *arguments]) == 2
    assert words in capsys.readouterr().err and not path.exists()
