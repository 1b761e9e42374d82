"""Files of data that hold far more than they are: refused before memory is taken for it, and said."""

import gzip
import io
import random
import resource
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import polars
import psutil
import pytest

from nnstudio.data import kept_tables, room
from nnstudio.data.dataset import load
from nnstudio.data.sources import read_source
from nnstudio.project.model import DataChoice
from nnstudio.text import UserError

TABLE = "x,y\n" + "1,2\n3,4\n" * 20


def gz_in_gz(path: Path) -> None:
    content = gzip.compress(bytes(2 * room.ALWAYS), 1)
    path.with_suffix(".gz").write_bytes(content)


def gz(path: Path) -> None:
    path.with_suffix(".gz").write_bytes(gzip.compress(b"x,y\n" + b"1,2\n" * (room.ALWAYS // 2), 1))


def npz_of_nothing(path: Path) -> None:
    np.savez_compressed(path.with_suffix(".npz"), x=np.zeros((room.ALWAYS // 8, 1)), y=np.zeros(room.ALWAYS // 8))


def parquet_of_one_word(path: Path) -> None:
    polars.DataFrame({"word": ["the same"], "y": [1]}).select(
        polars.all().repeat_by(room.ALWAYS // 25).explode()
    ).write_parquet(path.with_suffix(".parquet"))


@pytest.mark.parametrize("make", [gz_in_gz, gz, npz_of_nothing, parquet_of_one_word])
def test_a_small_file_that_unpacks_into_more_than_a_table_is_refused(
    make: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "ALWAYS", 2**26)  # a fourth of what it is, and of the time to pack it
    make(tmp_path / "a.x")  # type: ignore[operator]
    (path,) = tmp_path.iterdir()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    growth = rf"“{path.name}” \(.*B\) would unpack into .* It was not read"
    with pytest.raises(UserError, match="holds binary data" if make is gz_in_gz else growth):
        read_source(str(path))
    unit = 1 if sys.platform == "darwin" else 1024
    assert unit * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < 3 * room.ALWAYS


def npy(shape: tuple[int, ...], kind: str = "<f8", body: bytes = b"\0" * 64) -> bytes:
    """An array that says it has this shape."""
    header = repr({"descr": kind, "fortran_order": False, "shape": shape}).ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + body


@pytest.mark.parametrize(
    "array",
    [
        npy((2**40, 2)),
        npy((2**20, 1), "<U1000000"),
        b"\x93NUMPY\x01\x00\x60\x00" + b"(" * 96,
        b"\x93NUMPY\x09\x00",
        b"",
    ],
    ids=["shape", "kind", "parentheses", "version", "nothing"],
)
def test_an_array_that_is_not_what_it_says_is_damaged(array: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", array)
        archive.writestr("y.npy", npy((2,)))
    with pytest.raises(UserError, match="is damaged, or holds objects"):
        read_source(str(tmp_path / "a.npz"))


def test_one_array_under_the_name_of_an_archive_is_damaged(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros((3, 2)))
    (tmp_path / "a.npz").write_bytes(buffer.getvalue())
    with pytest.raises(UserError, match="is damaged"):
        read_source(str(tmp_path / "a.npz"))


def test_a_sample_of_endless_values_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "train-images-idx3-ubyte"
    sizes = np.array([2051, 1, 2000, 2000], dtype=">u4").tobytes()
    path.write_bytes(sizes + bytes(4_000_000))
    path.with_name("train-labels-idx1-ubyte").write_bytes(np.array([2049, 1], dtype=">u4").tobytes() + b"\1")
    with pytest.raises(UserError, match="has 4\u00a0000\u00a0000 values; the limit is"):
        read_source(str(path))


def written(folder: Path, kind: str) -> Path:
    path = folder / f"a.{kind}"
    if kind == "csv":
        path.write_text(TABLE)
    elif kind == "csv.gz":
        path.write_bytes(gzip.compress(TABLE.encode()))
    elif kind == "parquet":
        polars.read_csv(TABLE.encode()).write_parquet(path)
    else:
        np.savez(path, x=np.arange(80.0).reshape(40, 2), y=np.arange(40) % 2)
    return path


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet", "npz"])
def test_data_for_which_there_is_no_memory_is_refused_with_both_sizes(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, kind)
    assert load(DataChoice(str(path))).facts.rows == 40
    kept_tables.forget()
    real = psutil.virtual_memory()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: real._replace(available=30))
    with pytest.raises(UserError, match=r"needs about .* of memory, and 0.0 kB are free. A random sample"):
        read_source(str(path))


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet", "npz"])
def test_a_spoilt_file_is_read_or_refused_in_words(kind: str, tmp_path: Path) -> None:
    path, chance = written(tmp_path, kind), random.Random(1)
    sound = path.read_bytes()
    for _number in range(400):
        content = bytearray(sound)
        for _bit in range(chance.choice((1, 1, 3, 20))):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content[: chance.choice((len(content), chance.randrange(1, len(content))))])
        with suppress(UserError):
            read_source(str(path))
