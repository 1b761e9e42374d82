"""Exports for other programs: torch.export's programs, safetensors that say what they are, TensorBoard's events."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import safetensors
import torch
from msgspec.structs import replace
from tensorboardX.proto.event_pb2 import Event

from nnstudio.data.dataset import divide, load
from nnstudio.export.files import export, export_curves
from nnstudio.export.torch_program import DESCRIPTION
from nnstudio.project.model import Project, Run
from nnstudio.text import UserError
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.given_weights import run_with_weights
from nnstudio.training.inference import module_of, samples_of
from nnstudio.training.session import Trained, train

LENGTH, CHECKSUM = 8, 4
"""Bytes of a record of TFRecord before and behind it."""


def trained(project: Project) -> Run:
    events = train(project, load(project.data), Control(), Curves())
    return next(event.run for event in events if isinstance(event, Trained))


def events_in(path: Path) -> Iterator[Event]:
    content, place = path.read_bytes(), 0
    while place < len(content):
        size = int.from_bytes(content[place : place + LENGTH], "little")
        start = place + LENGTH + CHECKSUM
        yield Event.FromString(content[start : start + size])
        place = start + size + CHECKSUM


# --- torch.export ---------------------------------------------------------------------------------------------------

PROGRAMS = {
    "a table": ("builtin:iris", "dense:8,tanh,batch_norm,dense:out,softmax", {}),
    "pictures": ("builtin:digits", "conv:4,relu,dropout,max_pool,flatten,dense:out", {"data_image": "1x8x8"}),
    "a sequence": ("builtin:symmetry", "sequence:2,gru:5:give=all,lstm:4,dense:1,sigmoid", {}),
    "words in order": ("builtin:sms_spam", "embedding_bag:4,dense:1", {"data_text": "tokens", "data_vocabulary": 50}),
    "words": ("builtin:sms_spam", "dense:4,dense:1", {"data_vocabulary": 50}),
}


@pytest.mark.parametrize("case", PROGRAMS)
def test_a_program_of_torch_export_gives_the_same_bits_for_any_number_of_rows(
    case: str, make_project: Callable[..., Project], tmp_path: Path
) -> None:
    source, layers, settings = PROGRAMS[case]
    run = trained(make_project(source, layers, epochs=1, data_sample_fraction=0.1, **settings))
    (file,) = export(run, "pt2", tmp_path / "network.pt2")
    told = {DESCRIPTION: ""}
    program = torch.export.load(io.BytesIO(file.read_bytes()), extra_files=told).module()
    assert json.loads(told[DESCRIPTION])["run"] == run.id
    ours, shape = module_of(run), run.preparation.sample_shape
    torch.manual_seed(0)
    given = [samples_of(divide(run.data).table()[:5], run.preparation)]
    for rows in (1, 2, 9):
        most = run.preparation.vocabulary
        given.append(torch.randint(0, most, (rows, *shape)) if most else torch.randn(rows, *shape))
    for samples in given:
        with torch.no_grad():
            assert torch.equal(program(samples), ours(samples))


# --- safetensors ----------------------------------------------------------------------------------------------------


def test_safetensors_say_what_they_are_and_come_back(make_project: Callable[..., Project], tmp_path: Path) -> None:
    project = make_project("builtin:iris", "dense:8,tanh,dense:out,softmax", epochs=1)
    run = trained(project)
    (file,) = export(run, "safetensors", tmp_path / "weights.safetensors")
    with safetensors.safe_open(file, "pt") as opened:
        told = opened.metadata()
    assert told["format"] == "pt" and told["run"] == "run-1" and told["target"] == "species"
    assert json.loads(told["classes"]) == ["setosa", "versicolor", "virginica"]
    assert [one["type"] for one in json.loads(told["layers"])][:2] == ["input", "dense"]
    again, fitting = run_with_weights(project, load(project.data), file)
    assert fitting.is_whole and again.weights == run.weights


# --- TensorBoard ----------------------------------------------------------------------------------------------------


def test_curves_are_read_back_from_their_events_as_they_were(
    make_project: Callable[..., Project], tmp_path: Path
) -> None:
    run = trained(make_project("builtin:iris", epochs=4))
    other = replace(run, id="run-2", history=replace(run.history, train_loss=(1.0, float("nan"), 3.0, 4.0)))
    empty = replace(run, id="run-3", history=type(run.history)())
    files = export_curves([run, other, empty], tmp_path / "new" / "curves")
    assert [file.parent.name for file in files] == ["run-1", "run-2"]
    found: dict[str, list[tuple[int, float]]] = {}
    times = []
    for event in events_in(files[0]):
        for value in event.summary.value:
            if value.HasField("simple_value"):
                found.setdefault(value.tag, []).append((event.step, value.simple_value))
                times.append(event.wall_time)
    assert set(found) == {
        "loss/train",
        "loss/validation",
        "accuracy/train",
        "accuracy/validation",
        "accuracy/validation_balanced",
    }
    steps, losses = zip(*found["loss/validation"], strict=True)
    assert steps == run.history.epoch and losses == pytest.approx(run.history.validation_loss, rel=1e-6)
    assert max(times) - min(times) == pytest.approx(run.seconds * 3 / 4, abs=1e-3)
    values = [value for event in events_in(files[1]) for value in event.summary.value]
    train_losses = [value.simple_value for value in values if value.tag == "loss/train"]
    assert train_losses == [1.0, 3.0, 4.0]
    assert export_curves([run, other], tmp_path / "new" / "curves") == files, "the same files, not more of them"
    assert len(list((tmp_path / "new" / "curves" / "run-1").iterdir())) == 1


def test_without_a_curve_a_folder_or_the_package_that_is_told(
    make_project: Callable[..., Project], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trained(make_project("builtin:iris", epochs=1))
    with pytest.raises(UserError, match="no curve"):
        export_curves([replace(run, history=type(run.history)())], tmp_path / "a")
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "in"):
        with pytest.raises(UserError, match=r"is a file|cannot be made"):
            export_curves([run], folder)
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(UserError, match=r'pip install "nnstudio\[tensorboard\]"'):
        export_curves([run], tmp_path / "b")
    assert not (tmp_path / "b").exists()
