"""A saved project comes back equal; whatever is not a sound project file is refused in words; saving is whole or not
at all."""

import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from msgspec.structs import replace

from nnstudio.project import archive, container, edits, files
from nnstudio.project.archive import open_project, save, to_bytes
from nnstudio.project.model import DataFacts, DataFile, EpochMetrics, Network, Project, Run
from nnstudio.project.preparation import ColumnPreparation, Preparation
from nnstudio.project.weights import tensor_shapes
from nnstudio.text import UserError

FACTS = DataFacts(2, (1,), "class", ("a", "b"), 1, 1, 0)


def weights_of(network: Network, sample_shape: tuple[int, ...]) -> bytes:
    """Weights that fit a network."""
    shapes = tensor_shapes(network, sample_shape)
    return safetensors.numpy.save({name: np.full(shape, 0.5, np.float32) for name, shape in shapes.items()})


def trained(project: Project) -> Project:
    run = Run(
        "run-1",
        "2026-01-01T00:00:00+00:00",
        project.network,
        project.data,
        project.training,
        Preparation(tuple(ColumnPreparation(name, "number") for name in "wxyz"), (4,), "class", "species", ("a", "b")),
        "epochs",
        2,
        1,
        1,
        "cpu",
        10,
        0.5,
        100.0,
        history=EpochMetrics((1, 2), (0.1, 1 / 3), (0.5, 0.25), (1.0, 1.0), (0.9, 0.8)),
        weights=weights_of(project.network, (4,)),
    )
    return edits.add_run(project, run)


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    return trained(make_project())


def test_a_saved_project_comes_back_equal(project: Project, tmp_path: Path) -> None:
    save(project, tmp_path / "a.nnstudio", b"\x89PNG")
    assert open_project(tmp_path / "a.nnstudio") == project


def test_the_same_project_gives_the_same_bytes(project: Project, tmp_path: Path) -> None:
    assert to_bytes(project, tmp_path) == to_bytes(project, tmp_path)


def test_where_there_is_no_room_for_all_the_newest_runs_keep_their_state(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_PAST", 2500)
    run = project.runs[0]
    project = replace(project, runs=tuple(replace(run, id=f"run-{n}", checkpoint=bytes(1000)) for n in (1, 2, 3)))
    lighter, words = archive.lightened(project)
    assert [len(one.checkpoint) for one in lighter.runs] == [0, 1000, 1000]
    assert words.startswith("The file would be too large: 1 run is kept without")
    save(project, tmp_path / "a.nnstudio")
    assert open_project(tmp_path / "a.nnstudio") == lighter


def test_what_could_not_be_opened_again_is_not_saved(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many runs on many columns make a long description."""
    monkeypatch.setattr(container, "MOST_JSON_BYTES", 3000)
    with pytest.raises(UserError, match="the project holds too many runs"):
        save(project, tmp_path / "a.nnstudio")
    assert not list(tmp_path.iterdir())


def test_data_of_no_run_does_not_stay_in_the_file(project: Project, tmp_path: Path) -> None:
    """A table that was chosen once and given up for another may hold names."""
    names, used = (str(tmp_path / name) for name in ("names.csv", "used.csv"))
    for source in (names, used):
        content = source.encode()
        file = DataFile(source, archive.sha256(content), len(content), content)
        project = edits.set_data(project, source=source)
        project = edits.set_facts(project, project.data, FACTS, [file])
    save(edits.set_data(project, source="builtin:iris"), tmp_path / "a.nnstudio")
    assert open_project(tmp_path / "a.nnstudio").files == ()
    save(project, tmp_path / "a.nnstudio")
    assert [one.source for one in open_project(tmp_path / "a.nnstudio").files] == [used]
    run = replace(project.runs[0], data=replace(project.data, source=names))
    save(edits.add_run(edits.set_data(project, source="builtin:iris"), run), tmp_path / "a.nnstudio")
    assert [one.source for one in open_project(tmp_path / "a.nnstudio").files] == [names]


def test_brackets_in_a_text_are_no_depth(project: Project, tmp_path: Path) -> None:
    noted, _id = edits.add_note(project, 'first "line"\n' + "[" * 100, (0.0, 0.0))
    save(noted, tmp_path / "a.nnstudio")
    assert open_project(tmp_path / "a.nnstudio") == noted


def test_data_beside_the_project_is_found_again_after_both_moved(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    project = edits.set_data(Project(), source=str(here / "a.csv"))
    save(project, here / "a.nnstudio")
    here.rename(there)
    assert open_project(there / "a.nnstudio").data.source == str(there / "a.csv")


def members(project: Project, folder: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(to_bytes(project, folder))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, contents: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def changed(project: Project, folder: Path, change: Callable[[dict], object]) -> Path:  # type: ignore[type-arg]
    contents = members(project, folder)
    description = json.loads(contents["project.json"])
    change(description)
    contents["project.json"] = json.dumps(description).encode()
    return write(folder / "x.nnstudio", contents)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 50, "PNG image"),
        (b"hello, world", "not an nnstudio project"),
        (b"PK\x03\x04" + b"0" * 50, "cut short or damaged"),
    ],
)
def test_files_that_are_no_projects_are_refused(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "x.nnstudio"
    path.write_bytes(content)
    with pytest.raises(UserError, match=words):
        open_project(path)


def test_places_that_are_no_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        open_project(tmp_path / "none.nnstudio")
    with pytest.raises(UserError, match="is a folder"):
        open_project(tmp_path)


@pytest.mark.parametrize(
    "extra", ["run.pkl", "../../evil", "/etc/evil", "runs/run-1/weights.pt", "runs/../x/metrics.csv"]
)
def test_members_outside_the_vocabulary_are_refused_by_name(extra: str, project: Project, tmp_path: Path) -> None:
    path = write(tmp_path / "x.nnstudio", members(project, tmp_path) | {extra: b""})
    with pytest.raises(UserError, match="unexpected part"):
        open_project(path)


def test_packed_members_are_refused_before_they_are_unpacked(project: Project, tmp_path: Path) -> None:
    path = write(tmp_path / "x.nnstudio", members(project, tmp_path), zipfile.ZIP_DEFLATED)
    with pytest.raises(UserError, match="packed"):
        open_project(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(format=99), "newer nnstudio"),
        (lambda d: d.update(format=-1), "never existed"),
        (lambda d: d.update(format="1"), "not valid"),
        (lambda d: d.update(extra=1), "extra"),
        (lambda d: d["project"]["network"]["layers"][1].update(type="os.system"), "Unknown layer type “os.system”"),
        (lambda d: d["project"]["network"]["layers"][1]["parameters"].update(units=0), "Units must be"),
        (lambda d: d["project"]["network"]["layers"][1]["parameters"].pop("units"), "lacks the setting"),
        (lambda d: d["project"]["network"]["layers"][1]["parameters"].update(lr=1), "no setting “lr”"),
        (lambda d: d["project"]["network"]["layers"][1].update(id="input_1"), "share the id"),
        (lambda d: d["project"]["network"]["layers"][1].update(id='"); import os #'), "cannot be used"),
        (lambda d: d["project"]["network"]["links"].append({"source": "dense_1", "target": "x_9"}), "does not exist"),
        (lambda d: d["project"]["network"]["links"].append({"source": "dense_2", "target": "dense_1"}), "loop"),
        (lambda d: d["project"]["training"].update(learning_rate=0), "Learning rate must be"),
        (lambda d: d["project"]["training"].update(epochs=True), "epochs"),
        (lambda d: d["project"]["training"].update(epochs="10"), "epochs"),
        (lambda d: d["project"]["training"].update(learning_rate=float("nan")), "not valid"),
        (lambda d: d["project"]["data"].update(source="toy:circle?bogus=1"), "no setting “bogus”"),
    ],
)
def test_descriptions_that_cannot_be_true_are_refused_in_text(
    change: Callable[[dict], object],
    words: str,
    project: Project,
    tmp_path: Path,  # type: ignore[type-arg]
) -> None:
    with pytest.raises(UserError, match=words):
        open_project(changed(project, tmp_path, change))


def test_a_flipped_bit_in_the_weights_is_noticed(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "x.nnstudio"
    content = bytearray(to_bytes(project, tmp_path))
    weights = project.runs[0].weights
    content[content.index(weights) + len(weights) - 1] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"run 1 in .* are damaged"):
        open_project(path)
    # Whoever can be told gets the rest.
    told: list[str] = []
    assert open_project(path, told.append) == edits.remove_run(project, "run-1")
    assert len(told) == 1 and "left out" in told[0]


def test_deep_json_is_refused_and_not_a_crash(project: Project, tmp_path: Path) -> None:
    contents = members(project, tmp_path) | {"project.json": b"[" * 100_000}
    with pytest.raises(UserError, match="not valid"):
        open_project(write(tmp_path / "x.nnstudio", contents))


@pytest.mark.parametrize("failing", ["write", "fsync"])
def test_a_failing_disk_leaves_the_earlier_file_and_nothing_beside_it(
    failing: str, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.nnstudio"
    save(project, path)
    before = path.read_bytes()

    def fail(*arguments: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, failing, fail)
    with pytest.raises(UserError, match="disk is full"):
        save(edits.set_training(project, epochs=3), path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["a.nnstudio"]


def test_a_short_count_is_followed_up(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_write = os.write
    monkeypatch.setattr(files.os, "write", lambda handle, content: real_write(handle, content[:1000]))
    save(project, tmp_path / "a.nnstudio")
    assert open_project(tmp_path / "a.nnstudio") == project


@pytest.mark.skipif(os.name != "posix", reason="symbolic links and permissions of POSIX")
def test_a_link_keeps_pointing_and_permissions_stay(project: Project, tmp_path: Path) -> None:
    real, link = tmp_path / "real.nnstudio", tmp_path / "link.nnstudio"
    save(Project(network=Network()), real)
    real.chmod(0o640)
    link.symlink_to(real)
    save(project, link)
    assert link.is_symlink() and open_project(real) == project
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_folder_that_is_not_there_is_said(project: Project, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        save(project, tmp_path / "none" / "a.nnstudio")


# --- what a stranger's file may try -----------------------------------------------------------------------------------


def text_changed(project: Project, folder: Path, old: str, new: str) -> Path:
    """The project file with a change in the text of its description."""
    contents = members(project, folder)
    description = contents["project.json"].decode()
    assert old in description
    contents["project.json"] = description.replace(old, new, 1).encode()
    return write(folder / "x.nnstudio", contents)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"epochs": 100', '"epochs": 100, "epochs": 7', "“epochs” stands there twice"),
        ('"learning_rate": 0.001', '"learning_rate": 1e400', "1e400 is out of range"),
        ('"learning_rate": 0.001', '"learning_rate": -Infinity', "-Infinity is not a number"),
        ('"units": 8', '"units": ' + "9" * 5000, "is out of range"),
        ('"seed": 0', '"seed": ' + "[" * 70 + "]" * 70, "nested too deeply"),
        ('"min_delta": 0.0', '"min_delta": 0.5', "its checksum differs"),
    ],
)
def test_json_that_says_more_or_less_than_it_seems_is_refused(
    old: str, new: str, words: str, project: Project, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=words):
        open_project(text_changed(project, tmp_path, old, new))


@pytest.mark.parametrize(
    ("name", "content", "program"),
    [
        ("x.pt", b"PK\x03\x04", "PyTorch"),
        ("x.pth", b"", "PyTorch"),
        ("x.h5", b"\x89HDF\r\n\x1a\n", "Keras"),
        ("x.nnstudio", b"\x89HDF\r\n\x1a\n" + b"0" * 90, "Keras"),
        ("x.keras", b"PK\x03\x04", "Keras"),
        ("x.pkl", pickle.dumps(print), "Python's pickle"),
        ("x.nnstudio", pickle.dumps(print) + b"0" * 90, "Python's pickle"),
        ("x.joblib", b"x", "scikit-learn"),
        ("x.onnx", b"\x08\x07", "ONNX"),
        ("x.ows", b"<?xml version", "Orange"),
        ("x.nnstudio", b"<?xml version='1.0'?><scheme/>" + b" " * 90, "Orange"),
    ],
)
def test_files_of_other_programs_are_refused_by_name_with_a_way_on(
    name: str, content: bytes, program: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content or b"x")
    with pytest.raises(UserError, match=f"is a file of {program}.*Draw its layers here"):
        open_project(path)


def test_a_torch_file_under_our_ending_is_named_as_such(tmp_path: Path) -> None:
    path = write(tmp_path / "x.nnstudio", {"archive/data.pkl": pickle.dumps(print), "archive/version": b"3"})
    with pytest.raises(UserError, match="is a file of PyTorch"):
        open_project(path)


@pytest.mark.parametrize("where", ["before", "behind"])
def test_what_stands_before_or_behind_the_archive_is_refused(where: str, project: Project, tmp_path: Path) -> None:
    path, content = tmp_path / "x.nnstudio", to_bytes(project, tmp_path)
    path.write_bytes(b"#!/bin/sh\n" + content if where == "before" else content + b"#!/bin/sh\n")
    with pytest.raises(UserError, match=r"x\.nnstudio"):
        open_project(path)


def test_a_member_twice_is_refused(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "x.nnstudio"
    path.write_bytes(to_bytes(project, tmp_path))
    with zipfile.ZipFile(path, "a") as opened, pytest.warns(UserWarning):
        opened.writestr("project.json", b"{}")
    with pytest.raises(UserError, match="twice"):
        open_project(path)


def with_weights(project: Project, change: Callable[[dict[str, np.ndarray]], object]) -> Project:  # type: ignore[type-arg]
    weights = safetensors.numpy.load(project.runs[0].weights)
    change(weights)
    run = replace(project.runs[0], weights=safetensors.numpy.save(weights))
    return replace(project, runs=(run,))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda w: w.update({"dense_1.weight": np.zeros((4, 8), np.float32)}), "“Dense 1” are 4 × 8; .* needs 8 × 4"),
        (lambda w: w.pop("dense_1.bias"), "weights of “Dense 1” are missing"),
        (lambda w: w.update({"os.system": np.zeros(1, np.float32)}), "weights “os.system” of no layer"),
    ],
)
def test_weights_that_do_not_fit_the_network_are_refused_by_layer(
    change: Callable[[dict[str, np.ndarray]], object],
    words: str,
    project: Project,
    tmp_path: Path,  # type: ignore[type-arg]
) -> None:
    save(with_weights(project, change), tmp_path / "a.nnstudio")
    with pytest.raises(UserError, match=words):
        open_project(tmp_path / "a.nnstudio")


def test_a_number_that_is_whole_saves_as_itself(project: Project, tmp_path: Path) -> None:
    """1 for 1.0: what comes back must have the checksum of what was written."""
    whole = replace(project, training=replace(project.training, learning_rate=1))
    save(whole, tmp_path / "a.nnstudio")
    assert open_project(tmp_path / "a.nnstudio") == whole


# --- notes and frames -----------------------------------------------------------------------------------------------


def noted(project: Project) -> Project:
    project, _id = edits.add_note(project, "Why?", (10.0, 20.0))
    return edits.add_frame(project, "Hidden", (0.0, 0.0), (300.0, 200.0))[0]


def test_notes_and_frames_come_back_and_a_file_of_before_them_opens(project: Project, tmp_path: Path) -> None:
    save(noted(project), tmp_path / "a.nnstudio")
    assert open_project(tmp_path / "a.nnstudio") == noted(project)

    def as_before(description: dict) -> None:  # type: ignore[type-arg]
        description["format"] = 1
        (run,), shared = description["project"]["runs"], description["shared"]
        run |= {"network": shared["networks"][0], "data": shared["data"][0], "preparation": shared["preparations"][0]}
        del description["shared"]
        for network in (description["project"]["network"], run["network"]):
            del network["notes"], network["frames"]

    assert open_project(changed(project, tmp_path, as_before)) == project


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("notes", "id", "dense_1"),
        ("notes", "id", "../x"),
        ("notes", "text", "x" * 4001),
        ("notes", "width", -1.0),
        ("notes", "position", [1e9, 0.0]),
        ("frames", "id", "note_1"),
        ("frames", "title", "x" * 201),
        ("frames", "size", [-5.0, 10.0]),
        ("frames", "size", [1e8, 10.0]),
    ],
)
def test_notes_and_frames_that_cannot_be_are_refused(
    project: Project, tmp_path: Path, kind: str, field: str, value: object
) -> None:
    def spoil(description: dict) -> None:  # type: ignore[type-arg]
        description["project"]["network"][kind][0][field] = value

    with pytest.raises(UserError):
        open_project(changed(noted(project), tmp_path, spoil))


def test_no_more_is_drawn_than_a_file_may_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "MOST_REMARKS", 3)
    monkeypatch.setattr(edits, "MOST_LAYERS", 2)
    project = noted(Project())
    with pytest.raises(UserError, match="at most 3 notes and frames"):
        edits.duplicate(project, ["note_1", "frame_1"])
    for _time in range(2):
        project, _id = edits.add_layer(project, "relu")
    with pytest.raises(UserError, match="at most 2 layers"):
        edits.add_layer(project, "relu")
