"""Weights of other programs: what fits by name, by order, or not at all, and what is no file of weights."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from nnstudio.data.dataset import load
from nnstudio.project.archive import open_project, save
from nnstudio.project.edits import add_run
from nnstudio.project.model import Project
from nnstudio.project.names import has_given_weights
from nnstudio.text import UserError
from nnstudio.training.given_weights import fitted, read_tensors, run_with_weights
from nnstudio.training.inference import measure, restore

LAYERS = "dense:8,tanh,batch_norm,dense:out"


def plain_network() -> nn.Sequential:
    """What `LAYERS` draw for iris, as a page of PyTorch would have it."""
    torch.manual_seed(3)
    network = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.BatchNorm1d(8), nn.Linear(8, 3))
    network(torch.randn(50, 4) + 1)  # so that batch norm has averages of its own
    return network.eval()


def answers(project: Project, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """What the plain network and the run of its weights give for the validation samples."""
    dataset = load(project.data)
    run, fitting = run_with_weights(project, dataset, path)
    assert fitting.is_whole
    inputs = torch.from_numpy(dataset.validation.inputs)
    with torch.no_grad():
        return plain_network()(inputs).numpy(), restore(run).network.trained(inputs).numpy()


@pytest.mark.parametrize("name", ["plain.pt", "plain.safetensors", "old.pt", "checkpoint.ckpt", "wrapped.pth"])
def test_the_weights_of_a_plain_network_answer_as_it_does(
    name: str, make_project: Callable[..., Project], tmp_path: Path
) -> None:
    path, state = tmp_path / name, plain_network().state_dict()
    if path.suffix == ".safetensors":
        safetensors.torch.save_file(state, path)
    elif name == "old.pt":
        torch.save(state, path, _use_new_zipfile_serialization=False)
    elif path.suffix == ".ckpt":  # beside an optimizer, whose tensors have the same shapes
        state = {f"model.{key}": value for key, value in state.items()}
        torch.save({"epoch": 3, "optimizer": {"state": {0: state["model.0.weight"]}}, "state_dict": state}, path)
    else:
        torch.save(state, path)
    theirs, ours = answers(make_project(layers=LAYERS), path)
    np.testing.assert_array_equal(ours, theirs)


def test_the_run_can_be_measured_saved_and_opened_and_says_where_its_weights_are_from(
    make_project: Callable[..., Project], tmp_path: Path
) -> None:
    torch.save(plain_network().state_dict(), tmp_path / "theirs.pt")
    project = make_project(layers=LAYERS)
    dataset = load(project.data)
    run, _fitting = run_with_weights(project, dataset, tmp_path / "theirs.pt")
    assert run.epochs_run == 0 and run.stop_reason == "user" and "“theirs.pt”" in run.message
    assert has_given_weights(run)
    assert 0 <= measure(restore(run), dataset.validation).accuracy <= 1
    save(add_run(project, run), tmp_path / "a.nnstudio")
    assert open_project(tmp_path / "a.nnstudio").runs == (run,)


def test_names_come_before_order() -> None:
    """The file has the layers the other way round."""
    asked = {"dense_1.weight": (4, 4), "dense_1.bias": (4,), "dense_2.weight": (4, 4), "dense_2.bias": (4,)}
    given = {"net.dense_2.weight": (4, 4), "net.dense_2.bias": (4,), "net.dense_1.weight": (4, 4), "other.bias": (4,)}
    fitting = fitted(asked, given)
    assert {one.name: (one.source, one.by) for one in fitting.fits} == {
        "dense_1.weight": ("net.dense_1.weight", "name"),
        "dense_2.weight": ("net.dense_2.weight", "name"),
        "dense_2.bias": ("net.dense_2.bias", "name"),
        "dense_1.bias": ("other.bias", "order"),
    }
    assert fitting.is_whole


def test_what_has_the_same_shape_and_another_meaning_is_not_mixed_up() -> None:
    asked = {f"batch_norm_1.{name}": (8,) for name in ("weight", "bias", "running_mean", "running_var")}
    given = {f"bn.{name}": (8,) for name in ("running_var", "bias", "weight")}
    fitting = fitted(asked, given)
    assert {one.name.partition(".")[2] == one.source.partition(".")[2] for one in fitting.fits} == {True}
    assert fitting.missing == {"batch_norm_1.running_mean": (8,)} and not fitting.unused


def test_a_bias_stays_with_its_weight_wherever_they_stand_in_the_file() -> None:
    """A safetensors file has no order of its own: names are in that of the alphabet."""
    asked = {"dense_1.weight": (8, 4), "dense_1.bias": (8,), "dense_2.weight": (8, 8), "dense_2.bias": (8,)}
    given = {"hidden.weight": (8, 8), "hidden.bias": (8,), "input.weight": (8, 4), "input.bias": (8,)}
    assert {one.name: one.source for one in fitted(asked, given).fits} == {
        "dense_1.weight": "input.weight",
        "dense_1.bias": "input.bias",
        "dense_2.weight": "hidden.weight",
        "dense_2.bias": "hidden.bias",
    }


@pytest.mark.parametrize(
    "around",
    [
        lambda state: {"best_accuracy": torch.tensor(0.9), "epoch": torch.tensor(3), "model": state},
        lambda state: {"checkpoint": {"net": {f"module.{name}": value for name, value in state.items()}}, "epoch": 3},
        lambda state: {"generator": state, "optimizer_g": {"state": {n: {"exp_avg": torch.ones(8)} for n in range(9)}}},
        lambda state: {"ema": {"0.weight": torch.ones(8, 4)}, "student": state | {"steps": torch.tensor(3)}},
    ],
    ids=["beside numbers", "twice", "of a name of their own", "beside others"],
)
def test_weights_are_found_within_a_checkpoint(
    around: Callable[[dict[str, Any]], dict[str, Any]], make_project: Callable[..., Project], tmp_path: Path
) -> None:
    torch.save(around(plain_network().state_dict()), tmp_path / "checkpoint.pt")
    theirs, ours = answers(make_project(layers=LAYERS), tmp_path / "checkpoint.pt")
    np.testing.assert_array_equal(ours, theirs)


def test_a_checkpoint_within_itself_and_numbers_without_decimals_are_no_weights(tmp_path: Path) -> None:
    within: dict[str, Any] = {"epoch": 3}
    within["model"] = within
    whole = {"0.weight": torch.ones(8, 4, dtype=torch.int8), "0.bias": torch.ones(8, dtype=torch.complex64)}
    for content in (within, whole):
        torch.save(content, tmp_path / "x.pt")
        with pytest.raises(UserError, match="no weights in"):
            read_tensors(tmp_path / "x.pt")


def test_matrices_that_lie_the_other_way_are_named(make_project: Callable[..., Project], tmp_path: Path) -> None:
    state = plain_network().state_dict()
    torch.save(state | {"0.weight": state["0.weight"].T, "3.weight": state["3.weight"].T}, tmp_path / "turned.pt")
    project = make_project(layers=LAYERS)
    run, _fitting = run_with_weights(project, load(project.data), tmp_path / "turned.pt")
    assert "Turned over, 0.weight (4 × 8), 3.weight (8 × 3) would fit" in run.message


def test_what_does_not_fit_is_listed_and_keeps_its_first_weights(
    make_project: Callable[..., Project], tmp_path: Path
) -> None:
    state = plain_network().state_dict() | {"3.weight": torch.ones(5, 8), "3.bias": torch.ones(5)}
    torch.save(state, tmp_path / "five_classes.pt")
    project = make_project(layers=LAYERS)
    run, fitting = run_with_weights(project, load(project.data), tmp_path / "five_classes.pt")
    assert fitting.missing == {"dense_2.weight": (3, 8), "dense_2.bias": (3,)}
    assert fitting.unused == {"3.weight": (5, 8), "3.bias": (5,)}
    assert "dense_2.weight (3 × 8)" in run.message and "3.weight (5 × 8)" in run.message
    kept = safetensors.torch.load(run.weights)
    assert torch.equal(kept["dense_1.weight"], state["0.weight"]) and kept["dense_2.weight"].std() > 0


def test_whole_and_half_precision_become_floats(make_project: Callable[..., Project], tmp_path: Path) -> None:
    for type in (torch.float64, torch.float16, torch.bfloat16):
        state = {name: value.to(type) for name, value in plain_network().state_dict().items()}
        safetensors.torch.save_file(state, tmp_path / "typed.safetensors")
        project = make_project(layers=LAYERS)
        run, _fitting = run_with_weights(project, load(project.data), tmp_path / "typed.safetensors")
        assert torch.equal(safetensors.torch.load(run.weights)["dense_1.weight"], state["0.weight"].float())


class Hostile:
    """Would write a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def test_a_pickle_that_would_run_is_refused_and_does_not(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    torch.save({"0.weight": torch.ones(2), "more": Hostile(touched)}, tmp_path / "new.pt")
    (tmp_path / "plain.pt").write_bytes(pickle.dumps(Hostile(touched)))
    torch.save(plain_network(), tmp_path / "module.pt")
    torch.jit.save(torch.jit.trace(plain_network(), torch.ones(1, 4)), tmp_path / "script.pt")
    for name in ("new.pt", "plain.pt", "module.pt", "script.pt"):
        with pytest.raises(UserError, match="could run as a program"):
            read_tensors(tmp_path / name)
    assert not touched.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "could run as a program"),
        (b"not weights at all", "could run as a program"),
        (b'\x10\0\0\0\0\0\0\0{"a": 1', "safetensors"),
        (b"\xff\xff\xff\xff\xff\xff\xff\x7f{}", "safetensors"),
        (pickle.dumps({"epoch": 3}), "could run as a program|no weights"),
    ],
)
def test_other_files_are_refused_in_words(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "x.pt").write_bytes(content)
    with pytest.raises(UserError, match=words):
        read_tensors(tmp_path / "x.pt")


def test_folders_missing_files_and_files_without_weights_are_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.pt"):
        with pytest.raises(UserError, match="could not be read"):
            read_tensors(path)
    torch.save({"epoch": 3}, tmp_path / "no.pt")
    with pytest.raises(UserError, match="no weights in"):
        read_tensors(tmp_path / "no.pt")


def test_weights_that_fit_nowhere_or_are_no_numbers_make_no_run(
    make_project: Callable[..., Project], tmp_path: Path
) -> None:
    project = make_project(layers=LAYERS)
    dataset = load(project.data)
    torch.save({"0.weight": torch.ones(7, 7)}, tmp_path / "other.pt")
    with pytest.raises(UserError, match=r"0\.weight \(7 × 7\).*dense_1\.weight \(8 × 4\)"):
        run_with_weights(project, dataset, tmp_path / "other.pt")
    torch.save(plain_network().state_dict() | {"0.bias": torch.full((8,), torch.nan)}, tmp_path / "nan.pt")
    with pytest.raises(UserError, match="NaN"):
        run_with_weights(project, dataset, tmp_path / "nan.pt")
