"""`torchrun -m nnstudio train`: two processes train one network as one process would, and one of them speaks."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from nnstudio.cli.main import main
from nnstudio.project.archive import open_project

pytestmark = pytest.mark.skipif(
    not torch.distributed.is_available() or not torch.distributed.is_gloo_available(),
    reason="this torch has no gloo, by which processes on CPUs talk to each other",
)

LIMIT = 120


def nnstudio(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Two processes of nnstudio, on the loopback address and a free port."""
    place = ["--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0", "--local-addr", "127.0.0.1"]
    start = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", *place, "-m", "nnstudio"]
    environment = {**os.environ, "NNSTUDIO_LANG": "en"}
    if sys.platform == "linux":
        environment["GLOO_SOCKET_IFNAME"] = "lo"
    command = [*start, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, env=environment, check=False)


def new(path: Path, *settings: str, source: str = "builtin:iris", layers: str = "dense:8,tanh,dense:out") -> Path:
    words = [word for one in settings for word in ("--set", one)]
    assert main(["new", str(path), "--data", source, "--layers", layers, "--set", "training.device=cpu", *words]) == 0
    return path


Alone = Callable[[Path, Path], dict[str, Any]]


@pytest.fixture
def alone(capsys: pytest.CaptureFixture[str]) -> Alone:
    """What this process alone says of training a project into a file."""

    def train(project: Path, out: Path) -> dict[str, Any]:
        capsys.readouterr()
        assert main(["train", str(project), "--json", "--out", str(out)]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return train


def test_two_processes_give_what_one_gives(tmp_path: Path, alone: Alone) -> None:
    """90 rows in batches of 32 and 26: halves of 16 and 13. 31 validation samples leave the halves unequal."""
    project = new(tmp_path / "p.nnstudio", "training.epochs=6", "training.batch_size=31", "training.l1=0.001")
    shared = nnstudio("train", str(project), "--json", "--out", str(tmp_path / "shared.nnstudio"))
    assert shared.returncode == 0, shared.stderr
    expected, found = alone(project, tmp_path / "alone.nnstudio")["history"], json.loads(shared.stdout)["history"]
    assert expected["epoch"] == found["epoch"] == list(range(1, 7))
    for name in ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy"):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-4)
    weights = [
        safetensors.torch.load(open_project(tmp_path / f"{name}.nnstudio").runs[0].weights)
        for name in ("alone", "shared")
    ]
    for name, value in weights[0].items():
        torch.testing.assert_close(weights[1][name], value, rtol=1e-4, atol=1e-6)


def test_dropout_and_batch_norm(tmp_path: Path) -> None:
    """Each process has masks and averages of its own: no number is that of one process, and it learns all the same."""
    layers = "dense:16,batch_norm,relu,dropout:0.2,dense:out"
    project = new(tmp_path / "p.nnstudio", "training.epochs=3", "training.learning_rate=0.05", layers=layers)
    done = nnstudio("train", str(project), "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["epochs_run"] == 3 and answer["history"]["train_loss"][2] < answer["history"]["train_loss"][0]
    assert len(open_project(project).runs) == 1
    refused = nnstudio("train", str(project), "--set", "training.batch_size=3")
    assert refused.returncode != 0 and "fewer processes" in refused.stderr


def test_a_last_batch_of_one_row(tmp_path: Path, alone: Alone) -> None:
    """A process without a row waits for nobody in vain."""
    settings = "training.epochs=3", "training.batch_size=89", "training.learning_rate=0.05"
    project = new(tmp_path / "p.nnstudio", *settings)
    shared = nnstudio("train", str(project), "--json")
    expected = alone(project, tmp_path / "alone.nnstudio")["history"]
    found = json.loads(shared.stdout)["history"]
    np.testing.assert_allclose(found["train_loss"], expected["train_loss"], rtol=1e-4)


def test_a_mistake_is_said_once(tmp_path: Path) -> None:
    done = nnstudio("train", str(tmp_path / "nothing.nnstudio"), "--json")
    assert done.returncode != 0
    assert done.stderr.count("nnstudio: error:") == 1
    assert "error" in json.loads(done.stdout)
