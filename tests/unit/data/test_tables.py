"""Delimited text of every shape students bring, and what is said about it."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from nnstudio.data import kept_tables
from nnstudio.data.columns import RawData
from nnstudio.data.dataset import load
from nnstudio.data.sources import read_source
from nnstudio.project.model import DataChoice
from nnstudio.project.progress import FileProgress
from nnstudio.text import UserError


def read(folder: Path, content: str | bytes, name: str = "a.csv") -> RawData:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_source(str(path))


@pytest.mark.parametrize("separator", [",", ";", "\t", " ", "   "])
@pytest.mark.parametrize("header", ["", "width{s}height{s}kind\n"])
def test_separators_and_headers_are_found(separator: str, header: str, tmp_path: Path) -> None:
    rows = "1.5{s}2{s}cat\n3{s}-4e-1{s}dog\n5{s}6{s}cat\n"
    raw = read(tmp_path, (header + rows).format(s=separator), "a.txt")
    first, second, last = raw.columns.columns
    assert raw.columns[first].to_list() == [1.5, 3.0, 5.0]
    assert raw.columns[second].to_list() == [2.0, -0.4, 6.0]
    assert raw.columns[last].to_list() == ["cat", "dog", "cat"]
    assert (first == "width") == bool(header) and raw.target == last


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_read_alike(end: str, tmp_path: Path) -> None:
    assert read(tmp_path, end.join(["a,b", "1,2", "3,4"])).columns.rows() == [(1.0, 2.0), (3.0, 4.0)]


def test_gzip_and_a_byte_order_mark_are_no_trouble(tmp_path: Path) -> None:
    packed = gzip.compress(b"\xef\xbb\xbfa,b\n1,2\n3,4\n")
    assert read(tmp_path, packed, "a.csv.gz").columns.columns == ["a", "b"]


def test_missing_values_are_reported_with_their_marks(tmp_path: Path) -> None:
    raw = read(tmp_path, "a,b,c\n1,x,0\nNA,?,1\n,y,0\n")
    assert raw.columns["a"].to_list() == [1.0, None, None]
    assert any("“a” is missing in 2 rows (“NA”)" in note for note in raw.notes)
    assert any("“b” is missing in 1 row (“?”)" in note for note in raw.notes)


def test_decimal_commas_codes_and_mixed_columns_are_said(tmp_path: Path) -> None:
    rows = "".join(f"{n},5;0{n};{n if n else 'ten'};{n % 2}\n" for n in range(20))
    raw = read(tmp_path, "price;zip;count;y\n" + rows)
    assert raw.columns["price"].to_list()[:2] == [0.5, 1.5]
    assert raw.columns["zip"].to_list()[1] == "01"
    notes = "\n".join(raw.notes)
    assert "decimal commas" in notes and "leading zeros" in notes and "mixes numbers and words" in notes


def test_quotation_marks_enclose_cells_in_csv_and_belong_to_the_text_between_tabs(tmp_path: Path) -> None:
    assert read(tmp_path, 'a,b\n"x, y",1\n"z",2\n').columns["a"].to_list() == ["x, y", "z"]
    raw = read(tmp_path, 'ham\tsay "hi\nham\tok\nspam\t"win\n', "a.tsv")
    assert raw.columns.height == 3


def test_text_that_is_not_utf8_is_read_and_that_is_said(tmp_path: Path) -> None:
    raw = read(tmp_path, "name,y\ncafé,1\nthé,2\n".encode("cp1252"))
    assert raw.columns["name"].to_list() == ["café", "thé"]
    assert "cp1252" in raw.notes[0] and "line 2" in raw.notes[0]
    assert read(tmp_path, "a,b\n1,2\n".encode("utf-16")).columns.rows() == [(1.0, 2.0)]


def test_doubled_and_empty_names_are_made_unique(tmp_path: Path) -> None:
    raw = read(tmp_path, "a,a,,y\n1,2,3,4\n5,6,7,8\n")
    assert raw.columns.columns == ["a", "a (2)", "column 3", "y"]
    assert "a (2), column 3" in raw.notes[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("\n\n\n", "is empty"),
        ("a,b\n", "column names but no rows"),
        (b"a,b\n1,\x00\n", "binary data"),
        ("a,b\n1,2\n1,2,3\n", "Line 3.*3 values.*2 columns"),
        ('a,b\n1,"2\n3,4\n', "quotation mark opened in line 2.*never closed"),
        (b"\x1f\x8b broken", "cannot be unpacked"),
    ],
)
def test_what_is_no_table_is_refused_in_text(content: str | bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=words):
        read(tmp_path, content)


def test_sources_that_are_not_there_are_refused_by_name(tmp_path: Path) -> None:
    for source, words in (
        ("builtin:mnist", "no built-in data “mnist”"),
        ("toy:donut", "no toy problem “donut”"),
        ("toy:circle?size=3", "no setting “size”"),
        ("toy:circle?noise=7", "Noise must be"),
        (str(tmp_path / "none.csv"), "does not exist"),
        (str(tmp_path), "is a folder"),
    ):
        with pytest.raises(UserError, match=words):
            read_source(source)
    with pytest.raises(UserError, match=r"no column “colour”.*sepal"):
        read_source("builtin:iris", "colour")


def test_the_real_tables_read_right(shared_data: Path) -> None:
    penguins = read_source(str(shared_data / "penguins.csv"), "species")
    assert penguins.columns.height == 344 and penguins.columns["bill_length_mm"].null_count() == 2
    messages = read_source(str(shared_data / "SMSSpamCollection"), "1")
    assert messages.columns.height == 5574
    assert messages.columns["column 1"].value_counts().sort("column 1")["count"].to_list() == [4827, 747]
    digits = load(DataChoice(str(shared_data / "zip.train.gz"), "1", str(shared_data / "zip.test.gz")))
    assert (len(digits.train) + len(digits.validation), len(digits.test)) == (7291, 2007)
    assert digits.facts.classes == tuple("0123456789") and digits.facts.sample_shape == (256,)
    images = load(DataChoice(str(shared_data / "t10k-images-idx3-ubyte.gz")))
    assert images.facts.sample_shape == (1, 28, 28) and images.facts.rows == 10_000


def test_a_pixel_is_standardised_with_all_of_its_channel(tmp_path: Path) -> None:
    """By its own deviation a pixel that is lit in hardly any training image would become thousands in another."""
    random = np.random.default_rng(0)
    images = random.normal([[[[5.0]], [[-90.0]]]], [[[[2.0]], [[30.0]]]], (400, 2, 5, 5))
    images[:, 0, 0, 0] = 0.0
    images[399, 0, 0, 0] = 255.0
    images[7, 1, 2, 3] = np.nan
    path = tmp_path / "images.npz"
    np.savez(path, x=images, y=random.integers(0, 2, 400))
    dataset = load(DataChoice(str(path), validation=0.3, test=0.0))
    columns = dataset.preparation.columns
    assert len({(one.mean, one.scale) for one in columns[:25]}) == 1
    assert len({(one.mean, one.scale) for one in columns}) == 2
    train = dataset.train.inputs
    np.testing.assert_allclose(train.mean(axis=(0, 2, 3)), 0, atol=1e-4)
    np.testing.assert_allclose(train.std(axis=(0, 2, 3)), 1, rtol=1e-4)
    assert np.abs(dataset.train.all_inputs).max() < 200
    assert any("Channel 2 of the images" in note for note in dataset.facts.notes)
    assert any("1 missing pixel of channel 2" in note for note in dataset.facts.notes)
    plain = load(DataChoice(str(path), validation=0.3, test=0.0, standardize=False)).preparation.columns
    assert {(one.mean, one.scale) for one in plain} == {(0.0, 1.0)} and plain[30].fill != 0.0


@pytest.mark.parametrize("name", ["x^2", "x\N{START OF HEADING}", "plain"])
@pytest.mark.parametrize("with_names", [True, False])
def test_a_table_that_begins_like_packed_bytes_is_a_table(name: str, with_names: bool, tmp_path: Path) -> None:
    """“x^” is also how a stream of zlib begins."""
    path = tmp_path / "a.csv"
    path.write_text(f"{name},y\n" + f"{name},2\n" * 3 if not with_names else f"{name},y\n1,2\n3,4\n")
    raw = read_source(str(path))
    assert raw.columns.height == (2 if with_names else 3)
    assert raw.columns.columns[0] == name


# --- how far it is --------------------------------------------------------------------------------------------------


class Noted(FileProgress):
    """Notes the shares that were reached, and is cancelled after so many."""

    def __init__(self, most: int | None = None) -> None:
        super().__init__()
        self.most = most
        self.shares: list[float] = []

    def reached(self, share: float) -> None:
        self.shares.append(share)
        self.is_cancelled = self.most is not None and len(self.shares) >= self.most
        super().reached(share)


def test_reading_tells_how_far_it_is_and_ends_at_each_of_these_places(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b,kind\n" + "".join(f"{row},{row * 7 % 5},{'xy'[row % 2]}\n" for row in range(50)))
    choice = DataChoice(source=str(path), test_source=str(path))
    whole = Noted()
    load(choice, progress=whole)
    assert whole.shares == sorted(whole.shares) and 0 < whole.shares[0] < 0.2 and whole.shares[-1] == 1.0
    assert len(whole.shares) >= 5
    for most in range(1, len(whole.shares) + 1):
        kept_tables.forget()
        broken_off = Noted(most)
        with pytest.raises(UserError, match="cancelled"):
            load(choice, progress=broken_off)
        assert broken_off.shares == whole.shares[:most]
