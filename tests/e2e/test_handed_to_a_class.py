"""One file handed to a class: its data comes with it, is found again when it was moved, and is watched for changes."""

import gzip
import json
import os
import shutil
from pathlib import Path

import numpy as np
import polars
import pytest

from nnstudio.cli.main import main
from nnstudio.data import reader
from nnstudio.data.dataset import load
from nnstudio.project.archive import open_project
from nnstudio.project.container import backup_of
from nnstudio.project.model import DataChoice
from nnstudio.text import UserError


def table(rows: int = 60) -> str:
    return "x,y,side\n" + "".join(f"{n % 7},{n % 5},{'left' if n % 7 > n % 5 else 'right'}\n" for n in range(rows))


def written(folder: Path, kind: str) -> Path:
    """The table as a file of each kind."""
    path = folder / f"points.{kind}"
    if kind == "csv":
        path.write_text(table())
    elif kind == "csv.gz":
        path.write_bytes(gzip.compress(table().encode()))
    elif kind == "parquet":
        polars.read_csv(table().encode()).write_parquet(path)
    else:
        frame = polars.read_csv(table().encode())
        np.savez(path, x=frame[["x", "y"]].to_numpy().astype(np.float32), y=(frame["side"] == "left").to_numpy())
    return path


@pytest.fixture
def teacher(tmp_path: Path) -> Path:
    folder = tmp_path / "teacher"
    folder.mkdir()
    return folder


def made(folder: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A project on this data, trained for two epochs."""
    project = folder / "lesson.nnstudio"
    assert main(["new", str(project), "--data", str(data), "--layers", "dense:4,tanh,dense:out"]) == 0
    assert main(["train", str(project), "--epochs", "2"]) == 0
    capsys.readouterr()
    return project


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet", "npz"])
def test_small_data_comes_with_the_project(
    kind: str, teacher: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = made(teacher, written(teacher, kind), capsys)
    before = load(open_project(project).data)
    student = tmp_path / "student.nnstudio"
    shutil.move(project, student)
    shutil.rmtree(teacher)
    opened = open_project(student)
    after = load(opened.data, opened.files)
    np.testing.assert_array_equal(before.train.inputs, after.train.inputs)
    assert after.facts.sha256 == before.facts.sha256
    assert any(
        f"“points.{kind}” is not here; the copy kept in the project is used." in one for one in after.facts.notes
    )
    for verb in (["evaluate"], ["train", "--epochs", "3"], ["train", "--resume", "--epochs", "4"]):
        assert main([verb[0], str(student), *verb[1:]]) == 0
    assert main(["export", str(student), "--to", "pytorch", "-o", str(tmp_path / "network.py")]) == 0
    assert len((tmp_path / "network_data.csv").read_text().splitlines()) == 61
    assert capsys.readouterr().err == ""  # what went on is the same data, and nothing is marked
    assert open_project(student).runs[-1].events == ()


def test_data_that_is_too_large_to_come_along_is_found_again_beside_the_project(
    teacher: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MOST_KEPT", 100)
    data = teacher / "data"
    data.mkdir()
    project = made(teacher, written(data, "csv"), capsys)
    assert all(not file.content for file in open_project(project).files)
    student = tmp_path / "student"
    student.mkdir()
    shutil.copy(project, student)
    lesson = student / project.name
    shutil.move(data, tmp_path / "gone")
    assert main(["evaluate", str(lesson)]) == 2
    said = capsys.readouterr().err
    assert "points.csv” does not exist here" in said and "when it lies beside it" in said
    # Another file of that name is not taken for it.
    (student / "points.csv").write_text(table(61))
    assert main(["evaluate", str(lesson)]) == 2
    shutil.copy(tmp_path / "gone" / "points.csv", student)
    assert main(["evaluate", str(lesson)]) == 0


def test_data_that_has_changed_since_a_run_is_told(teacher: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = written(teacher, "csv")
    project = made(teacher, data, capsys)
    trained_on = open_project(project).files[0].content
    data.write_text(table(1204))
    assert main(["train", str(project), "--epochs", "1", "--json"]) == 0
    answer, said = capsys.readouterr()
    assert (
        "“points.csv” has changed since run 1 (60 → 1\N{NO-BREAK SPACE}204 rows). Earlier results may not compare."
        in said
    )
    assert json.loads(answer)["run"] == "run-2"
    assert main(["evaluate", str(project), "--run", "run-1"]) == 0
    said = capsys.readouterr().err
    assert "“points.csv” has 1\N{NO-BREAK SPACE}144 rows more than run 1 had, which are left out" in said
    assert [file.content for file in open_project(project).files] == [data.read_bytes()]
    assert [file.content for file in open_project(backup_of(project)).files] == [trained_on]


def test_another_file_of_the_same_name_is_told_before_the_copy_gives_way(
    teacher: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, project = written(teacher, "csv"), teacher / "lesson.nnstudio"
    assert main(["new", str(project), "--data", str(data), "--layers", "dense:4,tanh,dense:out"]) == 0
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    shutil.copy(project, downloads)
    (downloads / "points.csv").write_text(table(33))
    capsys.readouterr()
    assert main(["train", str(downloads / "lesson.nnstudio"), "--epochs", "1"]) == 0
    assert "“points.csv” is another than when the project was saved." in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is closed to this user")
def test_the_copy_is_used_where_the_folder_of_the_data_is_closed(
    teacher: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = teacher / "closed"
    data.mkdir()
    project = made(teacher, written(data, "csv"), capsys)
    data.chmod(0)
    try:
        assert main(["evaluate", str(project)]) == 0
    finally:
        data.chmod(0o700)


def test_a_name_that_is_too_long_to_be_looked_for_is_not_there() -> None:
    with pytest.raises(UserError, match="does not exist here"):
        load(DataChoice("/" + "x" * 300 + ".csv"))


def test_a_path_of_another_computer_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"The data file “D:\\a.csv” does not exist here"):
        load(DataChoice(r"D:\a.csv"))
