"""A table in a zip archive: which one is read, that it never reaches the disk, and what is refused."""

import gzip
import io
import random
import struct
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np
import polars
import pytest

from nnstudio.data import room
from nnstudio.data.dataset import load
from nnstudio.data.reader import Reader
from nnstudio.data.sources import read_source
from nnstudio.project.files import sha256_of
from nnstudio.project.model import DataChoice
from nnstudio.text import UserError
from tests import sheets

TABLE = "x,y\n" + "1,a\n3,b\n" * 10
ARFF = "@attribute x real\n@attribute y {a,b}\n@data\n" + "1,a\n3,b\n" * 10


def zipped(folder: Path, members: Mapping[str, str | bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def parquet() -> bytes:
    buffer = io.BytesIO()
    polars.read_csv(TABLE.encode()).write_parquet(buffer)
    return buffer.getvalue()


def array(is_archive: bool) -> bytes:
    buffer, x, y = io.BytesIO(), np.array([[1.0], [3.0]] * 10), np.array([0, 1] * 10)
    if is_archive:
        np.savez(buffer, x=x, y=y)
    else:
        np.save(buffer, np.column_stack([x, y]))
    return buffer.getvalue()


KINDS = {
    "t.csv": TABLE,
    "t.csv.gz": gzip.compress(TABLE.encode()),
    "T.CSV": TABLE,
    "t.tsv": TABLE.replace(",", "\t"),
    "t.txt": TABLE,
    "t.data": TABLE,
    "t.arff": ARFF,
    "t.parquet": parquet(),
    "t.npz": array(True),
    "t.npy": array(False),
    "t.xlsx": sheets.xlsx({"S": [["x", "y"], *[[1.0, "a"], [3.0, "b"]] * 10]}),
    "t.ods": sheets.ods({"S": [["x", "y"], *[[1.0, "a"], [3.0, "b"]] * 10]}),
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("folder", ["", "inner/"])
def test_each_kind_of_table_is_read_out_of_an_archive(name: str, folder: str, tmp_path: Path) -> None:
    members = {
        folder + name: KINDS[name],
        "__MACOSX/._t.csv": b"\0",
        ".DS_Store": b"\0",
        "readme.txt": "words",
        "a.pdf": "",
    }
    path = zipped(tmp_path, members)
    before = set(tmp_path.rglob("*"))
    reader = Reader()
    raw = read_source(str(path), reader=reader)
    assert raw.columns.height == 20 and raw.columns.width == 2
    assert raw.columns[raw.columns.columns[0]].to_list() == [1, 3] * 10
    assert reader.sha256 == sha256_of(path) and [file.source for file in reader.read] == [str(path)]
    assert f"The table “{name}” in “a.zip” was read." in reader.notes
    assert set(tmp_path.rglob("*")) == before


def test_a_copy_of_an_archive_in_the_project_is_read_when_it_is_gone(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"t.csv": TABLE})
    dataset = load(DataChoice(str(path)))
    path.unlink()
    again = load(DataChoice(str(path)), dataset.files)
    assert again.facts.sha256 == dataset.facts.sha256 and again.facts.rows == 20
    assert "“a.zip” is not here; the copy kept in the project is used." in again.facts.notes


def test_several_tables_of_one_form_are_one(tmp_path: Path) -> None:
    reader = Reader()
    path = zipped(tmp_path, {"b.csv": "x,y\r\n3,b", "a.csv": "\ufeffx,y\n1,a\n", "notes.txt": "words"})
    assert read_source(str(path), reader=reader).columns.head(9).rows() == [(1.0, "a"), (3.0, "b")]
    assert "2 files of one form were read as one table: a.csv, b.csv." in reader.notes
    assert reader.sha256 == sha256_of(path)


@pytest.mark.parametrize(
    "members",
    [
        {"a.csv": "x,y\n1,a\n", "b.csv": "x,z\n1,a\n"},
        {"a.csv": "x,y\n1,a\n", "b.parquet": parquet()},
        {"a.npz": array(True), "b.npz": array(True)},
    ],
    ids=["columns", "forms", "archives"],
)
def test_several_tables_that_are_not_alike_are_listed(members: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"“a.zip” holds (several tables|tables that are not alike): a\.\w+, b\.\w+\."):
        read_source(str(zipped(tmp_path, members)))


@pytest.mark.parametrize(
    "members", [{}, {"a.pdf": ""}, {"x/y/a.csv": TABLE}, {"b.zip": b""}, {"__MACOSX/a.csv": TABLE}]
)
def test_an_archive_without_a_table_is_told_what_tables_are(members: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"“a.zip” holds no table. Tables end in .csv, "):
        read_source(str(zipped(tmp_path, members)))


@pytest.mark.parametrize("name", ["../evil.csv", "/etc.csv", "..\\evil.csv", "C:\\evil.csv", "../../evil.csv"])
def test_a_name_that_leads_elsewhere_is_never_used_as_a_path(name: str, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    path = zipped(inside, {name: TABLE})
    with suppress(UserError):
        read_source(str(path))
    assert set(tmp_path.rglob("*")) == {inside, path}


def test_one_name_in_two_folders_is_two_tables(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a/t.csv": "x,y\n1,a\n", "b/t.csv": "x,y\n3,b\n"})
    assert read_source(str(path)).columns.head(9).rows() == [(1.0, "a"), (3.0, "b")]


@pytest.fixture
def small_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too much is less here: it takes a sixteenth of the time to pack."""
    monkeypatch.setattr(room, "ALWAYS", 2**24)


@pytest.mark.usefixtures("small_bombs")
def test_bombs_locks_and_damage_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"would unpack into .* It was not read"):
        read_source(str(zipped(tmp_path, {"a.csv": b"1,2\n" * (room.ALWAYS // 2)})))
    path = zipped(tmp_path, {"a.csv": TABLE}, zipfile.ZIP_STORED)
    sound = path.read_bytes()
    entry = sound.index(b"PK\x01\x02")
    locked = bytearray(sound)
    locked[6], locked[entry + 8] = 1, 1
    for content, words in (
        (bytes(locked), r"“a\.zip” is protected by a password"),
        (sound[:-9], "is damaged: it cannot be unpacked"),
        (sound.replace(b"3,b", b"3,c", 1), "is damaged: it cannot be unpacked"),
        (b"", "is damaged: it cannot be unpacked"),
        (sound.replace(struct.pack("<I", len(TABLE)), struct.pack("<I", 10)), "is damaged: it cannot be unpacked"),
    ):
        path.write_bytes(content)
        with pytest.raises(UserError, match=words):
            read_source(str(path))
    with pytest.raises(UserError, match="is damaged: it cannot be unpacked"):
        read_source(str(zipped(tmp_path, {"a.csv": TABLE}, zipfile.ZIP_BZIP2)))
    with pytest.raises(UserError, match=r"“a\.zip” has 5\u00a0000 parts; the limit is 4\u00a0096"):
        read_source(str(zipped(tmp_path, {f"{place}.csv": "" for place in range(5000)})))


@pytest.mark.usefixtures("small_bombs")
def test_a_bomb_within_an_archive_is_refused(tmp_path: Path) -> None:
    inner = gzip.compress(gzip.compress(bytes(4 * room.ALWAYS)))
    with pytest.raises(UserError, match=r"would unpack into|holds binary data"):
        read_source(str(zipped(tmp_path, {"a.csv.gz": inner})))
    bomb = sheets.xlsx({"S": [["a"], [1.0]]}, {"xl/more.xml": bytes(room.ALWAYS + 2**20)})
    with pytest.raises(UserError, match=r"would unpack into"):
        read_source(str(zipped(tmp_path, {"a.xlsx": bomb})))


def test_a_spoilt_archive_is_read_or_refused_in_words(tmp_path: Path) -> None:
    sound, chance = zipped(tmp_path, {"a/t.csv": TABLE, "b/t.csv": TABLE}).read_bytes(), random.Random(1)
    path = tmp_path / "b.zip"
    for _number in range(200):
        content = bytearray(sound)
        for _bit in range(chance.choice((1, 1, 3, 20))):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content[: chance.choice((len(content), chance.randrange(1, len(content))))])
        with suppress(UserError):
            read_source(str(path))
