"""What was refused with words that mislead, or crashed: read now, or refused with what is wrong and where."""

import datetime as dt
import gzip
import re
from pathlib import Path

import numpy as np
import polars
import pytest

from nnstudio.data.dataset import load
from nnstudio.data.sources import read_source
from nnstudio.project.model import DataChoice
from nnstudio.text import UserError, use_language
from tests.unit.data.faults import cells, column, inputs, loaded, reading, roles, rows, words, write

TABLE = "a,b,y\n" + rows("{m},{n},{c}", 20)


@pytest.mark.parametrize("length", [131_073, 1_000_000])
def test_a_very_long_cell_is_read(length: int, tmp_path: Path) -> None:
    """C1: longer than Python's own reader allows by itself."""
    text = f'a,b,y\n"{"x" * length}",1,0\n' + rows("{c},{m},1", 20) + rows("{c},{m},0", 20)
    dataset = loaded(tmp_path, text)
    assert len(cells(dataset, "a")[0]) == length and dataset.facts.rows == 41
    quoted = loaded(tmp_path, text + 'say "hi,2,1\n')
    assert len(cells(quoted, "a")[0]) == length and quoted.facts.rows == 42


def test_empty_lines_are_passed_over(tmp_path: Path) -> None:
    """C2: blank_line2.csv; between the names and the rows, and among these."""
    dataset = loaded(tmp_path, TABLE.replace("y\n", "y\n\n", 1) + "\n\n7,8,a\n\n")
    assert dataset.facts.rows == 21 and cells(dataset, "a")[:2] == [0.5, 7.5]
    assert list(roles(dataset)) == ["a", "b", "y"]


def test_short_rows_are_filled_and_said_with_their_lines(tmp_path: Path) -> None:
    """C2: short_first.csv and new_short.csv."""
    dataset = loaded(tmp_path, TABLE.replace("y\n", "y\n0,1\n", 1))
    assert dataset.facts.rows == 20  # the row without a target is left out
    assert "Line 2 has fewer values than the table has columns; what it lacks counts as missing." in words(dataset)
    raw = read_source(str(write(tmp_path, "size,colour,flag,price\n5.0,red\n1.0,blue,0,2\n1\n", "new.csv")))
    assert raw.columns["price"].to_list() == [None, 2, None] and raw.columns["size"].to_list() == [5, 1, 1]
    assert any(note.startswith("2 lines have fewer values than the table has columns (2, 4)") for note in raw.notes)


POLARS = re.compile(r"schema|dtype|infer|polars|truncate|ComputeError|CSV|ignore_errors|found more fields", re.I)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a,b,y\n1,2,a\n1,2,3,4\n", "3"),
        ("a,b,y\n\n1,2,a\n1,2,b\n\n1,2,3,4\n", "6"),
        ('a,b,y\n1,2,a\n1,"2,b\n', "3"),
        ('a;b;y\n1;"2";a\n"1;2;b\n2;3;a\n', "3"),
        ("a,b,y\n", ""),
    ],
)
def test_refusals_name_the_line_and_are_our_own_words(text: str, where: str, language: str, tmp_path: Path) -> None:
    """C2 and C3: no sentence of polars gets through, in whatever language."""
    path = write(tmp_path, text)
    use_language(language)
    try:
        with pytest.raises(UserError) as found:
            read_source(str(path))
    finally:
        use_language("en")
    assert "a.csv" in str(found.value) and where in str(found.value) and "\n" not in str(found.value)
    assert not POLARS.search(str(found.value).replace("a.csv", ""))


def test_an_unpaired_quotation_mark_is_a_letter(tmp_path: Path) -> None:
    """C3: inch.csv; it is said, and data.quote overrules it."""
    dataset = loaded(tmp_path, "size,b,y\n" + rows('{n}" tall,{m},{c}', 20), inputs="size")
    assert cells(dataset, "size")[:2] == ['0" tall', '1" tall'] and dataset.facts.rows == 20
    assert (reading(dataset, "quote").value, reading(dataset, "quote").is_guess) == ("none", True)


def test_a_few_unpaired_quotation_marks_are_letters_too(tmp_path: Path) -> None:
    """C3: within and at the beginning of a cell, in one row of many."""
    text = "size,b,y\n" + rows("{c}x,{m},{c}") + '5" disk,3,a\n'
    assert cells(loaded(tmp_path, text), "size")[-1] == '5" disk'
    with pytest.raises(UserError, match=r"quotation mark opened in line 62 of “a.csv” is never closed"):
        loaded(tmp_path, text.replace('5" disk', '"5 disk'))
    assert cells(loaded(tmp_path, text.replace('5" disk', '"5 disk'), quote="none"), "size")[-1] == '"5 disk'


@pytest.mark.parametrize(
    ("above", "below", "name", "skipped"),
    [
        ("Global temperatures\nUnits: Celsius\n", "", "a.csv", 2),
        ("# made by hand\n# units: cm\n", "", "a.csv", 2),
        ("% made by hand\n\n", "", "a.csv", 2),
        ("", "\nSource: a bank, 2016, all rights kept\n", "a.tsv", 0),
        ("Title\n\n", "\nSource: a bank\nNote: provisional\n", "a.csv", 2),
    ],
)
def test_what_stands_above_and_below_a_table_is_skipped_and_said(
    above: str, below: str, name: str, skipped: int, tmp_path: Path
) -> None:
    """C4: preamble.csv, comments.csv, footnote.tsv; overruled by data.skip."""
    table = "year,value,hot\n" + "".join(f"{1900 + n},{n * 7 % 61 / 100},{n % 2}\n" for n in range(40))
    text = above + (table.replace(",", "\t") if name.endswith("tsv") else table) + below
    dataset = loaded(tmp_path, text, name)
    assert list(roles(dataset)) == ["year", "value", "hot"] and dataset.facts.rows == 40
    assert cells(dataset, "year")[:2] == [1900, 1901] and cells(dataset, "hot")[-1] == 1
    if skipped:
        assert reading(dataset, "skip").value == str(skipped)
        assert f"The first {skipped} lines are no part of the table and were skipped." in words(dataset)
    if below:
        assert int(reading(dataset, "skip_end").value) == below.strip().count("\n") + 1
        assert "no part of the table and w" in words(dataset)


@pytest.mark.parametrize("separator", ["|", ";", "\t", ",", " ", ":"])
@pytest.mark.parametrize("states", [True, False])
def test_separators_are_found_or_stated(separator: str, states: bool, tmp_path: Path) -> None:
    """C5: pipe.csv, and excel_sep.csv, where the first line says it."""
    text = (f"sep={separator}\n" if states else "") + TABLE.replace(",", separator)
    dataset = loaded(tmp_path, text)
    assert list(roles(dataset)) == ["a", "b", "y"] and dataset.facts.rows == 20
    assert cells(dataset, "a")[:2] == [0.5, 7.5] and dataset.facts.classes == ("a", "b")


@pytest.mark.parametrize("head", ["a b y\n", ""])
def test_decimal_commas_do_not_separate_where_blanks_do(head: str, tmp_path: Path) -> None:
    """C5: “0,5 1,25 a” are three cells."""
    dataset = loaded(tmp_path, head + rows("{n},5 {n},25 {c}"), "a.txt")
    assert dataset.facts.rows == 60
    assert [cells(dataset, name)[1] for name in list(roles(dataset))[:2]] == [1.5, 1.25]


def test_a_file_of_one_column_says_which_separators_were_tried(tmp_path: Path) -> None:
    """C5: “no column is left” said nothing of why."""
    with pytest.raises(
        UserError, match=r"only one column; separators tried: tab, ;, \|, ,, blanks, :\. .*data.separator"
    ):
        loaded(tmp_path, "value\n" + rows("{m}"))
    with pytest.raises(UserError, match="only one column with the separator “/”"):
        loaded(tmp_path, TABLE, separator="/")
    dataset = loaded(tmp_path, TABLE.replace(",", "~"), separator="~")
    assert list(roles(dataset)) == ["a", "b", "y"]


@pytest.mark.parametrize(("ends", "said"), [(",", "The last column has"), (",,,", "The last 3 columns have")])
def test_empty_last_columns_are_left_out_and_said(ends: str, said: str, tmp_path: Path) -> None:
    """C6: trailing.csv."""
    dataset = loaded(tmp_path, TABLE.replace("\n", ends + "\n"))
    assert (dataset.facts.target, list(roles(dataset))) == ("y", ["a", "b", "y"])
    assert dataset.facts.classes == ("a", "b") and dataset.facts.rows == 20 and said in words(dataset)
    only_rows = loaded(tmp_path, TABLE.replace("\n", ends + "\n").replace("y" + ends, "y"))
    assert only_rows.facts.rows == 20 and cells(only_rows, "a")[:2] == [0.5, 7.5]
    assert list(roles(only_rows))[:3] == ["a", "b", "y"]


PICTURES = np.random.default_rng(0).integers(0, 256, (60, 8, 8), dtype=np.uint8)
IDX_IMAGES = np.array([2051, 60, 8, 8], ">u4").tobytes() + PICTURES.tobytes()
IDX_LABELS = np.array([2049, 60], ">u4").tobytes() + bytes(n % 3 for n in range(60))


def test_mnists_files_are_known_by_their_other_name(tmp_path: Path) -> None:
    """C7: train-images.idx3-ubyte, with its labels beside it."""
    (tmp_path / "train-labels.idx1-ubyte").write_bytes(IDX_LABELS)
    path = write(tmp_path, IDX_IMAGES, "train-images.idx3-ubyte")
    facts = load(DataChoice(str(path))).facts
    assert (facts.sample_shape, facts.classes, facts.rows) == ((1, 8, 8), ("0", "1", "2"), 60)


def test_arrays_with_a_test_part_of_their_own(tmp_path: Path) -> None:
    """C8: x_train, y_train, x_test, y_test; a target in a column; object labels; and names that do not fit."""
    x, y = np.random.default_rng(0).normal(size=(90, 4)), np.arange(90) % 2
    path = tmp_path / "a.npz"
    np.savez(path, x_train=x[:60], y_train=y[:60], x_test=x[60:], y_test=y[60:])
    dataset = load(DataChoice(str(path), standardize=False))
    assert (len(dataset.train), len(dataset.validation), len(dataset.test)) == (48, 12, 30)
    np.testing.assert_allclose(dataset.test.inputs, x[60:], rtol=1e-6)
    assert "“a.npz” has a test part of its own: 30 samples." in words(dataset)
    np.savez(path, x=x, y=y[:, None])
    assert load(DataChoice(str(path))).facts.classes == ("0", "1")
    np.savez(path, x=x, y=np.array(["no", "yes"] * 45, object))
    with pytest.raises(UserError, match=r"y.*objects|objects.*y"):
        load(DataChoice(str(path)))
    np.savez(path, features=x, labels_of=y)
    with pytest.raises(UserError, match=r"features \(90×4\), labels_of \(90\)"):
        load(DataChoice(str(path)))


def test_samples_alone_are_new_rows(tmp_path: Path) -> None:
    """C9: they need no target to be predicted."""
    np.savez(tmp_path / "only_x.npz", x=np.ones((3, 4)))
    assert read_source(str(tmp_path / "only_x.npz"), needs_target=False).columns.height == 3
    path = write(tmp_path, gzip.compress(IDX_IMAGES), "new-images-idx3-ubyte.gz")
    assert read_source(str(path), needs_target=False).sample_shape == (1, 8, 8)


def test_no_column_has_a_parquet_table_refused(tmp_path: Path) -> None:
    """C10: dates, columns of nothing and enums are read; what cannot be is left out and said."""
    columns = {
        "when": [dt.datetime(2020, 1, 1) + dt.timedelta(days=n) for n in range(60)],
        "nothing": [None] * 60,
        "size": polars.Series(["s", "m", "l"] * 20, dtype=polars.Enum(["s", "m", "l"])),
        "many": [[1, 2]] * 60,
        "y": ["u", "v"] * 30,
    }
    path = tmp_path / "a.parquet"
    polars.DataFrame(columns).with_columns(polars.col("when").cast(polars.Datetime("ns"))).write_parquet(path)
    dataset = load(DataChoice(str(path)))
    assert column(dataset, "when").kind == "date" and column(dataset, "size").kind == "category"
    assert inputs(dataset) == ["size", "when.month", "when.weekday"]
    assert "“many”" in words(dataset) and dataset.facts.rows == 60
    assert "nothing" not in inputs(dataset)


def test_a_date_and_a_number_are_a_date_and_a_value(tmp_path: Path) -> None:
    """C11: series.csv; its year and month, or left out."""
    text = "Month,Passengers\n" + "".join(f"{1949 + n // 12}-{n % 12 + 1:02d},{100 + 3 * n}\n" for n in range(144))
    dataset = loaded(tmp_path, text)
    assert column(dataset, "Month").kind == "date" and inputs(dataset) == ["Month.year", "Month.month"]
    assert cells(dataset, "Month.year")[13] == 1950 and cells(dataset, "Month.month")[13] == 2
    assert (dataset.facts.task, dataset.facts.rows) == ("value", 144)
    assert "“Month” is a date and becomes year, month." in words(dataset)


def test_how_many_different_texts_there_are_is_counted_in_the_whole_file(tmp_path: Path) -> None:
    """C11: “86 different texts” were those of the training part."""
    text = "code,y\n" + "".join(f"c{n % 100},{n % 2}\n" for n in range(200))
    with pytest.raises(UserError, match=r"“code”.* 100 different"):
        loaded(tmp_path, text)


SHOP = "size,colour,flag,price,kind\n" + "".join(
    f"{n * 7 % 61},{('red', 'green', 'blue')[n % 3]},{n % 2},{n % 10 + 0.5},{('big', 'small')[n % 7 % 2]}\n"
    for n in range(60)
)


def test_a_test_file_of_one_row_and_of_more_columns_is_enough(tmp_path: Path) -> None:
    """C12: test_one.csv and test_extra.csv."""
    path = write(tmp_path, SHOP, "shop.csv")
    one = write(tmp_path, "size,colour,flag,price,kind\n5.0,red,1,5,big\n", "one.csv")
    assert len(load(DataChoice(str(path), test_source=str(one))).test) == 1
    more = "id,size,colour,flag,price,kind\n1,5.0,red,1,5,big\n2,1.0,blue,1,5,small\n"
    extra = write(tmp_path, more, "extra.csv")
    dataset = load(DataChoice(str(path), test_source=str(extra), standardize=False))
    assert len(dataset.test) == 2 and dataset.test.inputs[:, 0].tolist() == [5, 1]
    assert "extra.csv: The column “id” is not in the training file and is left out." in words(dataset)


def test_one_and_many_have_their_own_words(tmp_path: Path) -> None:
    """C13: no “1 columns”, “1 rows”, “1 classes”."""
    text = "a,a,y\n1,NA,a\n" + rows("{m},{n},{c}", 20)
    text = text + "3,4,once\n" + ",4,b\n5,6,\n"
    found = loaded(tmp_path, text, group="a (2)")
    assert not re.search(r"\b1 (rows|columns|classes|cells|numbers|lines|groups|values|samples)\b", words(found))
    assert "missing in 1 row" in words(found) and "has 1 row;" in words(found)
