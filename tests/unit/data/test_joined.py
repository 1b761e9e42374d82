"""Several files of one form as one: a folder of them, and a pattern; and addresses, which are not fetched."""

import gzip
import os
from pathlib import Path

import polars
import pytest

from nnstudio.cli.main import main
from nnstudio.data.dataset import load
from nnstudio.data.joined import is_pattern, several_files
from nnstudio.data.reader import Reader
from nnstudio.data.sources import read_source
from nnstudio.project.archive import is_path
from nnstudio.project.model import DataChoice
from nnstudio.text import UserError

PARTS = {"part-1.csv": "x,y\n1,a\n2,b\n", "part-2.csv": "x,y\n3,a\n4,b", "part-3.csv.gz": "x,y\r\n5,a\r\n"}
ROWS = [(1.0, "a"), (2.0, "b"), (3.0, "a"), (4.0, "b"), (5.0, "a")]


def folder_of(path: Path, parts: dict[str, str]) -> Path:
    path.mkdir()
    for name, text in parts.items():
        (path / name).write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize("source", ["data", "data/part-*", "data/part-?.csv*"])
def test_a_folder_and_a_pattern_of_tables_are_one_table(source: str, tmp_path: Path) -> None:
    folder_of(tmp_path / "data", {**PARTS, ".hidden": "x"})
    reader = Reader()
    raw = read_source(str(tmp_path / source), reader=reader)
    assert raw.columns.head(9).rows() == ROWS and raw.target == "y"
    assert reader.notes == ["3 files of one form were read as one table: part-1.csv, part-2.csv, part-3.csv.gz."]
    assert [file.source for file in reader.read] == [str(tmp_path / source)]


@pytest.mark.parametrize("source", ["data", "data/part-*.csv"])
def test_a_copy_of_what_was_joined_is_read_when_the_files_are_gone(source: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "data", PARTS)
    choice = DataChoice(str(tmp_path / source), stratify=False)
    dataset = load(choice)
    for part in folder.iterdir():
        part.unlink()
    folder.rmdir()
    again = load(choice, dataset.files)
    assert again.facts.sha256 == dataset.facts.sha256 and again.facts.rows == dataset.facts.rows
    assert (again.train.all_inputs == dataset.train.all_inputs).all()


def test_the_checksum_changes_with_any_of_the_files(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "data", PARTS)
    before = load(DataChoice(str(folder))).facts.sha256
    (folder / "part-2.csv").write_text("x,y\n3,a\n4,a\n")
    assert load(DataChoice(str(folder))).facts.sha256 != before


def test_files_of_numbers_without_names_are_set_behind_each_other(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "data", {"a.csv": "1,2,0\n2,3,1\n", "b.csv": "4.5,-5,0\n"})
    assert read_source(str(folder)).columns.height == 3


def test_parquet_tables_are_joined_by_their_columns(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "data", {})
    for place in range(3):
        polars.DataFrame({"x": [float(place)], "y": ["a"]}).write_parquet(folder / f"{place}.parquet")
    assert read_source(str(folder)).columns.head(9).rows() == [(0.0, "a"), (1.0, "a"), (2.0, "a")]
    polars.DataFrame({"z": [1.0], "y": ["a"]}).write_parquet(folder / "9.parquet")
    with pytest.raises(UserError, match=r"“data” holds tables that are not alike: 0.parquet, "):
        read_source(str(folder))
    (folder / "9.parquet").write_bytes(b"PAR1")
    with pytest.raises(UserError, match="is damaged or not Parquet"):
        read_source(str(folder))


@pytest.mark.parametrize(
    "parts",
    [
        {"a.csv": "x,y\n1,2\n", "b.csv": "x,z\n1,2\n"},
        {"a.csv": "1,2\n", "b.csv": "1,2,3\n"},
        {"a.csv": "x,y\n1,2\n", "b.csv": "1,2\n"},
    ],
)
def test_tables_that_are_not_alike_are_listed(parts: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"“data” holds tables that are not alike: a.csv, b.csv. Only files with the same"
    ):
        read_source(str(folder_of(tmp_path / "data", parts)))


def test_a_folder_with_anything_else_in_it_means_pictures(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "data", {**PARTS, "readme.md": "words"})
    assert several_files(folder, Reader()) == ()
    with pytest.raises(UserError, match="sub-folder"):
        read_source(str(folder))
    (folder / "readme.md").unlink()
    (folder / "cats").mkdir()
    assert several_files(folder, Reader()) == ()
    assert several_files(folder_of(tmp_path / "empty", {}), Reader()) == ()


def test_a_pattern_never_leaves_its_folder(tmp_path: Path) -> None:
    folder_of(tmp_path / "away", {"part-9.csv": "x,y\n9,z\n"})
    folder = folder_of(tmp_path / "data", PARTS)
    assert not is_pattern(str(tmp_path / "*" / "part-1.csv")) and is_pattern("part-*.csv") and not is_pattern("a.csv")
    assert several_files(tmp_path / "*" / "part-*.csv", Reader()) == ()
    if os.name == "posix":
        (folder / "part-4.csv").symlink_to(tmp_path / "away" / "part-9.csv")
        os.mkfifo(folder / "part-5.csv")
        names = [path.name for path in several_files(folder / "part-*", Reader())]
        assert names == list(PARTS)
        assert several_files(folder, Reader()) == ()
    source = str(folder / "part-*")
    with pytest.raises(UserError, match="outside its own folder"):
        read_source(source, reader=Reader(refused=[source]))
    with pytest.raises(UserError, match="does not exist here"):
        read_source(str(folder / "none-*.csv"))


def test_a_project_finds_the_files_of_a_pattern_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"{row},{row % 2}\n" for row in range(20))
    folder_of(tmp_path / "data", {"p-1.csv": "x,y\n" + rows, "p-2.csv": "x,y\n" + rows})
    out = tmp_path / "a.nnstudio"
    source = str(tmp_path / "data" / "p-*.csv")
    assert main(["new", str(out), "--data", source, "--layers", "dense:2,dense:out"]) == 0
    assert main(["train", str(out), "--epochs", "1"]) == 0
    assert main(["predict", str(out), source, "-o", str(tmp_path / "out.csv")]) == 0
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 41


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    ["https://example.org/a.csv", "http://a.b/c.zip", "ftp://a/b.csv", "s3://bucket/a.parquet", "https:/a.b/c.csv"],
)
def test_an_address_is_not_fetched_and_that_is_said(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UserError, match=r"is an address, and data is not fetched from there. Download the file"):
        read_source(source)
    assert not is_path(source)
    assert main(["new", str(tmp_path / "a.nnstudio"), "--data", source, "--layers", "dense:out"]) == 2
    assert f"“{source}” is an address" in capsys.readouterr().err


@pytest.mark.parametrize("source", ["C:/data/a.csv", "C:\\data\\a.csv", "data/a:b.csv", "a.csv", "/a//b.csv"])
def test_a_path_is_no_address(source: str) -> None:
    assert is_path(source)
