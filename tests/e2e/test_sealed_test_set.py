"""The sealed test set on the command line: no verb and no file tells a number of it before it is opened, and whoever
opens it is counted."""

import csv
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from scipy.stats import binomtest

from nnstudio.cli.main import main
from nnstudio.project import archive, edits
from nnstudio.project.archive import open_project, save
from nnstudio.project.openings import opened, openings_of
from nnstudio.text import UserError
from tests.e2e.test_command_line import answer, refused
from tests.sealed import ROWS, TEST_ROWS, Sealed, sealed_project


@pytest.fixture
def sealed(tmp_path: Path) -> Sealed:
    return sealed_project(tmp_path)


def files_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file of a folder, and every member of the project files and pages in it, as text."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes().decode("latin-1")
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archived:
                for name in archived.namelist():
                    yield f"{path.name}/{name}", archived.read(name).decode("latin-1")


VERBS = (
    "info {x}",
    "evaluate {x}",
    "evaluate {x} --split train",
    "train {x} --out {folder}/again.nnstudio --seed 1",
    "train {x} --out {folder}/further.nnstudio --resume --epochs 14",
    "predict {x} {folder}/unseen.csv -o {folder}/p.csv",
    "predict {x} {folder}/points.csv -o {folder}/q.csv",
    "export {x} --to pytorch -o {folder}/network.py",
    "export {x} --to safetensors -o {folder}/weights.safetensors",
    "export {x} --to csv -o {folder}/curve.csv",
    "export {x} --to onnx -o {folder}/network.onnx",
    "export {x} --to pt2 -o {folder}/network.pt2",
    "export {x} --to tensorboard -o {folder}/curves",
    "import-weights {x} {folder}/weights.safetensors --out {folder}/given.nnstudio",
    "export {x} --to sheet -o {folder}/sheet.html",
    "collect {folder} -o {folder}/table.csv --replay",
    "lesson list",
    "seal {x}",
    "doctor",
)


@pytest.mark.parametrize("json_too", [False, True], ids=["for people", "--json"])
def test_no_verb_and_no_file_tells_a_number_of_the_test_set(
    json_too: bool, sealed: Sealed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    for verb in VERBS:
        words = verb.format(x=sealed.path, folder=tmp_path).split() + ["--json"] * json_too
        assert main(words) == 0, verb
        printed = capsys.readouterr()
        assert not sealed.found_in(printed.out + printed.err), verb
    script = subprocess.run([sys.executable, str(tmp_path / "network.py")], capture_output=True, text=True, check=True)
    assert "validation: " in script.stdout and not sealed.found_in(script.stdout)
    seen = {name: sealed.found_in(text) for name, text in files_of(tmp_path) if not name.startswith(("points", "uns"))}
    assert len(seen) > 20 and not any(seen.values()), seen
    assert opened(open_project(sealed.path)) == ()


def test_an_opening_is_counted_and_tells_all(sealed: Sealed, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["evaluate", str(sealed.path), "--split", "test", "--expect", "about 95 %", "--json"])
    printed = capsys.readouterr()
    found = json.loads(printed.out.splitlines()[-1])
    assert status == 0 and found["accuracy"] == pytest.approx(sealed.accuracy)
    assert found["loss"] == pytest.approx(sealed.loss, rel=1e-5)
    interval = binomtest(round(sealed.accuracy * TEST_ROWS), TEST_ROWS).proportion_ci(method="wilson")
    assert (found["accuracy_low"], found["accuracy_high"]) == pytest.approx((interval.low, interval.high))
    assert 0.5 <= found["baseline"] < 0.7 and found["samples"] == TEST_ROWS
    assert (found["openings"], found["expected"], found["sealed"]) == (1, "about 95 %", True)
    assert "This counts as an opening of the test set" in printed.err
    assert "Opened 1 time, for run 1." in printed.err
    again = answer(capsys, "evaluate", sealed.path, "--split", "test")
    assert (again["openings"], again["expected"]) == (2, "")
    told = answer(capsys, "info", sealed.path)["test_set"]
    assert told["openings"] == 2 and told["entries"][0]["expected"] == "about 95 %"
    assert told["entries"][0]["result"]["accuracy"] == pytest.approx(sealed.accuracy)
    capsys.readouterr()
    assert main(["info", str(sealed.path)]) == 0
    printed = capsys.readouterr()
    assert "Opened 2 times, for run 1." in printed.out and sealed.found_in(printed.out)
    assert any(sealed.found_in(text) for _name, text in files_of(sealed.path.parent))


def test_people_are_told_the_interval_and_the_baseline(sealed: Sealed, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(sealed.path), "--split", "test", "--expect", "95"]) == 0
    printed = capsys.readouterr().out
    for words in ("95 % interval of the accuracy: ", "(Wilson)", "always the most frequent class", "expected: 95"):
        assert words in printed


def test_a_value_is_told_beside_the_mean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "d.nnstudio"
    answer(capsys, "new", path, "--data", "builtin:diabetes", "--layers", "dense:out")
    answer(capsys, "train", path, "--epochs", 3)
    found = answer(capsys, "evaluate", path, "--split", "test")
    assert found["baseline"] == 0 and "accuracy_low" not in found and found["openings"] == 1
    assert main(["evaluate", str(path), "--split", "test"]) == 0
    assert "baseline R² 0.0000: always the mean" in capsys.readouterr().out


def test_what_cannot_be_written_down_is_not_told(
    sealed: Sealed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The disk is full, or the file is read only: there is no count, and so there is no number."""
    before = sealed.path.read_bytes()

    def full(*_given: object) -> None:
        raise UserError("no room")

    monkeypatch.setattr(archive, "write_whole", full)
    capsys.readouterr()
    assert main(["evaluate", str(sealed.path), "--split", "test"]) == 2
    printed = capsys.readouterr()
    assert "no room" in printed.err and not sealed.found_in(printed.out + printed.err) and printed.out == ""
    assert main(["evaluate", str(sealed.path), "--split", "test", "--json"]) == 2
    assert not sealed.found_in(capsys.readouterr().out)
    assert sealed.path.read_bytes() == before


def test_only_the_test_part_is_counted(sealed: Sealed, capsys: pytest.CaptureFixture[str]) -> None:
    assert "openings" not in answer(capsys, "evaluate", sealed.path)
    answer(capsys, "evaluate", sealed.path, "--split", "train")
    assert opened(open_project(sealed.path)) == ()
    assert "--expect is for the test part" in refused(capsys, "evaluate", sealed.path, "--expect", "1")


def test_the_seal_is_lifted_and_put_on_again(sealed: Sealed, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "seal", sealed.path)["sealed"] is True
    lifted = answer(capsys, "seal", sealed.path, "--lift")
    assert lifted["sealed"] is False and lifted["lifted_since"]
    assert answer(capsys, "seal", sealed.path, "--lift")["entries"] == lifted["entries"]
    assert main(["evaluate", str(sealed.path), "--split", "test", "--json"]) == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert (found["openings"], found["sealed"]) == (0, False) and "This look is not counted." in printed.err
    assert main(["info", str(sealed.path)]) == 0
    assert "The seal is lifted since" in capsys.readouterr().out
    again = answer(capsys, "seal", sealed.path, "--restore")
    assert again["sealed"] is True and [one["what"] for one in again["entries"]] == ["lifted", "sealed"]
    assert answer(capsys, "evaluate", sealed.path, "--split", "test")["openings"] == 1
    assert "not allowed with" in refused(capsys, "seal", sealed.path, "--lift", "--restore")


def test_runs_of_after_an_opening_are_named(sealed: Sealed, capsys: pytest.CaptureFixture[str]) -> None:
    answer(capsys, "evaluate", sealed.path, "--split", "test")
    answer(capsys, "train", sealed.path, "--set", "training.learning_rate=0.01")
    told = answer(capsys, "info", sealed.path)["test_set"]
    assert told["made_after"] == ["run-2"] and "learning rate 0.05 → 0.01" in told["changed"]


def test_the_table_of_a_class_has_the_count(sealed: Sealed, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _time in range(2):
        answer(capsys, "evaluate", sealed.path, "--split", "test")
    (row,) = answer(capsys, "collect", sealed.path.parent, "-o", tmp_path / "table.csv")["files"]
    assert row["test_set"]["openings"] == 2
    (cells,) = csv.DictReader((tmp_path / "table.csv").read_text().splitlines())
    assert (cells["test_openings"], cells["tested_runs"]) == ("2", "run-1")


def test_the_count_goes_where_the_run_goes(sealed: Sealed, tmp_path: Path) -> None:
    assert main(["evaluate", str(sealed.path), "--split", "test"]) == 0
    project = open_project(sealed.path)
    other = edits.add_run(replace(project, runs=(), openings=()), project.runs[0])
    save(other, tmp_path / "other.nnstudio")
    assert openings_of(open_project(tmp_path / "other.nnstudio")) == project.openings


def rewritten(path: Path, change: object) -> None:
    """The project file with another description, as somebody with an editor and a zip program would make it."""
    with zipfile.ZipFile(path) as archived:
        members = {name: archived.read(name) for name in archived.namelist()}
    found = json.loads(members["project.json"])
    change(found)  # type: ignore[operator]
    with zipfile.ZipFile(path, "w") as archived:
        for name, content in (members | {"project.json": json.dumps(found).encode()}).items():
            archived.writestr(name, content)


def test_taking_an_opening_out_of_the_description_is_noticed(
    sealed: Sealed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(sealed.path), "--split", "test"]) == 0
    kept = sealed.path.read_bytes()
    capsys.readouterr()

    def taken_out(found: dict, checksum: bool = True) -> None:  # type: ignore[type-arg]
        found["project"]["openings"] = []
        for run in found["project"]["runs"]:
            run["openings"] = []
        if checksum:
            found["sha256"] = archive.sha256(msgspec.json.encode([found["project"], found["shared"]]))

    rewritten(sealed.path, taken_out)
    assert "The seal of the test set in “x.nnstudio” is broken" in refused(capsys, "info", sealed.path)
    sealed.path.write_bytes(kept)
    rewritten(sealed.path, lambda found: taken_out(found, checksum=False))
    assert "its checksum differs" in refused(capsys, "info", sealed.path)


@pytest.mark.parametrize("source", ["unseen.csv", "nowhere/../unseen.csv", "builtin:iris"])
def test_predictions_for_the_test_rows_say_what_comparing_them_is(
    source: str, sealed: Sealed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, given = sealed.path, str(tmp_path / source)
    (tmp_path / "nowhere").mkdir()
    if source.startswith("builtin:"):
        path, given = tmp_path / "iris.nnstudio", source
        answer(capsys, "new", path, "--data", source, "--layers", "dense:out")
        answer(capsys, "train", path, "--epochs", 1)
    told = answer(capsys, "predict", path, given, "-o", tmp_path / "p.csv")["notes"]
    assert "to compare their answers with what is true is to open the test set" in told[0]
    assert answer(capsys, "predict", sealed.path, tmp_path / "points.csv", "-o", tmp_path / "p.csv")["notes"] == []
    assert len((tmp_path / "p.csv").read_text().splitlines()) - 1 == ROWS


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_measured(
    sealed: Sealed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def closed(path: Path) -> None:
        raise UserError(f"cannot write {path.name}")

    monkeypatch.setattr("nnstudio.cli.test_set.check_writable", closed)
    monkeypatch.setattr("nnstudio.cli.test_set.load_run_part", lambda *_given: pytest.fail("it was measured"))
    assert "cannot write x.nnstudio" in refused(capsys, "evaluate", sealed.path, "--split", "test")
