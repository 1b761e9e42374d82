"""What was silently wrong: each now right, or said. The command line's part is in tests/e2e/test_data_faults.py."""

import json
from pathlib import Path

import numpy as np
import polars
import pytest

from nnstudio.data.dataset import load
from nnstudio.project.model import DataChoice
from tests.unit.data.faults import cells, column, inputs, loaded, reading, roles, rows, words, write

R_TABLE = '"sbp"{s}"age"{s}"chd"\n' + "".join(
    f'"{n}"{{s}}{130 + n}{{s}}{20 + n % 9}{{s}}{n % 2}\n' for n in range(1, 61)
)


@pytest.mark.parametrize("separator", [",", ";", "\t", " "])
def test_the_names_of_rows_that_r_writes_are_told_from_columns(separator: str, tmp_path: Path) -> None:
    """A1: each name stands over its own column, and the nameless first column names the rows."""
    dataset = loaded(tmp_path, R_TABLE.format(s=separator))
    assert dataset.facts.target == "chd" and inputs(dataset) == ["sbp", "age"]
    assert (cells(dataset, "sbp")[:2], cells(dataset, "age")[:2]) == ([131, 132], [21, 22])
    assert cells(dataset, "chd")[:3] == [1, 0, 1] and dataset.facts.classes == ("0", "1")
    assert column(dataset, "column 1").role == "row_names" and cells(dataset, "column 1")[:2] == [1, 2]
    assert "The names are one fewer than the columns: the first column holds the names of the rows." in words(dataset)


def test_points_are_thousands_where_other_columns_have_decimal_commas(tmp_path: Path) -> None:
    """A2: the other columns of the file decide, and it is said."""
    text = "venta;b;y\n" + "".join(f"{137 * n:,}".replace(",", ".") + f";0,{n:02d};{'ab'[n % 2]}\n" for n in range(60))
    dataset = loaded(tmp_path, text)
    assert cells(dataset, "venta") == [137.0 * n for n in range(60)]
    assert cells(dataset, "b")[:3] == [0, 0.01, 0.02]
    assert "“venta” is written with thousands signs: “1.096” was read as 1096." in words(dataset)
    assert (reading(dataset, "decimal").value, reading(dataset, "thousands").value) == (",", ".")
    assert reading(dataset, "thousands").is_guess


def test_true_decimals_of_three_digits_stay_numbers(tmp_path: Path) -> None:
    """A2, right already: without decimal commas in the file, a point is a decimal point."""
    dataset = loaded(tmp_path, "x;y\n" + "".join(f"{n % 9}.{425 + n};{'ab'[n % 2]}\n" for n in range(60)))
    assert cells(dataset, "x")[:2] == [0.425, 1.426]


@pytest.mark.parametrize("first", [0, 1])
def test_a_column_that_counts_the_rows_is_an_id(first: int, tmp_path: Path) -> None:
    """A4: in a file sorted by class, a counter would tell the class."""
    text = "nr,a,b,kind\n" + "".join(f"{n + first},{n * 37 % 101},{n * 53 % 97},{'xyz'[n // 70]}\n" for n in range(210))
    dataset = loaded(tmp_path, text)
    found = column(dataset, "nr")
    assert (found.role, found.is_guess) == ("id", True)
    assert found.reason == f"It counts the rows: {first}, {first + 1}, {first + 2} …"
    assert inputs(dataset) == ["a", "b"]
    taken_in = loaded(tmp_path, text, inputs="nr")
    assert inputs(taken_in) == ["nr", "a", "b"] and not column(taken_in, "nr").is_guess


def test_what_is_different_in_every_row_is_an_id_where_it_is_a_word_or_called_so(tmp_path: Path) -> None:
    """A4: words and whole numbers that are called an id; measurements that never repeat are none."""
    text = "patient_id,name,a,y\n" + "".join(f"{n * 7919 % 6007},N{n},{n * 0.37:.2f},{n % 2}\n" for n in range(60))
    dataset = loaded(tmp_path, text)
    assert roles(dataset) == {"patient_id": "id", "name": "id", "a": "input", "y": "target"}
    assert column(dataset, "name").reason == "It is different in every row."
    assert column(dataset, "patient_id").reason == "It is called so, and is different in every row."


def test_the_index_of_pandas_is_no_column_to_learn(tmp_path: Path) -> None:
    """A6: the target is the last column of the frame, and the index names the rows."""
    frame = {
        "a": [1.5 * n for n in range(60)],
        "y": ["u", "v"] * 30,
        "__index_level_0__": [n * 7 % 61 for n in range(60)],
    }
    said = {"pandas": json.dumps({"index_columns": ["__index_level_0__"]})}
    polars.DataFrame(frame).write_parquet(tmp_path / "a.parquet", metadata=said)
    dataset = load(DataChoice(str(tmp_path / "a.parquet")))
    assert (dataset.facts.target, dataset.facts.classes) == ("y", ("u", "v"))
    assert column(dataset, "index").role == "row_names" and inputs(dataset) == ["a"]
    assert "The index of pandas was read as “index”; it names the rows." in words(dataset)


def test_infinite_numbers_are_told_of_in_every_kind_of_file(tmp_path: Path) -> None:
    """A7: Parquet and arrays say what text files say."""
    values = [float(n % 7) for n in range(60)]
    values[0], values[10], values[20] = float("inf"), float("-inf"), float("inf")
    polars.DataFrame({"a": values, "y": ["u", "v"] * 30}).write_parquet(tmp_path / "a.parquet")
    np.savez(tmp_path / "a.npz", x=np.array(values)[:, None].repeat(2, axis=1), y=np.arange(60) % 2)
    (tmp_path / "a.csv").write_text("a,y\n" + "".join(f"{value},{'uv'[n % 2]}\n" for n, value in enumerate(values)))
    for name, of in (("a.parquet", "a"), ("a.npz", "1"), ("a.csv", "a")):
        dataset = load(DataChoice(str(tmp_path / name), test=0.0))
        note = f"“{of}” holds 3 numbers that are infinite or too large; they count as missing."
        assert note in dataset.facts.notes, name
        assert np.isfinite(dataset.train.inputs).all()
        assert f"Missing “{of}” is filled with" in words(dataset)


def test_quotation_marks_after_a_blank_enclose_cells(tmp_path: Path) -> None:
    """A8: `"a", "b"`, with separators within the marks, and with numbers beside them."""
    dataset = loaded(tmp_path, '"a", "b", "y"\n' + rows('"{m}", "k, {n}", "{c}"', 20), ignore="b")
    assert list(roles(dataset)) == ["a", "b", "y"] and dataset.facts.rows == 20
    assert cells(dataset, "b")[:2] == ["k, 0", "k, 1"] and dataset.facts.classes == ("a", "b")
    dataset = loaded(tmp_path, '"a", "b", "y"\n' + rows('{n}, {m}, "{c}"'))
    assert cells(dataset, "a")[:2] == [0, 1] and cells(dataset, "b")[:2] == [0.5, 7.5]
    assert dataset.facts.classes == ("a", "b")


CARS = "".join(f'{n % 20 + 10}.0   8   {n * 11 % 60 + 300}.0\t"car {n}"\n' for n in range(60))


def test_a_first_row_of_data_is_not_taken_for_names(tmp_path: Path) -> None:
    """A9: neither is a row lost, nor is that the columns have no names left unsaid."""
    dataset = loaded(tmp_path, CARS, "a.data", target="1", task="value")
    assert dataset.facts.rows == 60 and cells(dataset, "column 4")[:2] == ["car 0", "car 1"]
    assert cells(dataset, "column 1")[:2] == [10, 11] and column(dataset, "column 4").kind == "text"
    assert "The first line looks like data, so the columns are called by their numbers." in words(dataset)
    header = reading(dataset, "header")
    assert (header.value, header.is_guess) == ("no", True) and "10.0" in header.reason
    named = loaded(tmp_path, CARS, "a.data", target="1", task="value", header="yes")
    assert list(roles(named)) == ["10.0", "8", "300.0", "car 0"] and named.facts.rows == 59
    assert not reading(named, "header").is_guess


def test_a_target_that_is_guessed_is_one_that_changes(tmp_path: Path) -> None:
    """A9: where the last column names the rows, another is proposed, and none that is the same in every row."""
    dataset = loaded(tmp_path, CARS, "a.data")
    assert dataset.facts.target == "column 1" and column(dataset, "column 1").is_guess


@pytest.mark.parametrize(
    ("text", "has_names"),
    [("a,b\n" + rows("{m},{c}"), True), ("red,b\n" + rows("red,{c}"), False), (rows("{m},{c}"), False)],
)
def test_what_was_taken_for_names_is_always_said(text: str, has_names: bool, tmp_path: Path) -> None:
    """A9: with the reason, whichever it is."""
    header = reading(loaded(tmp_path, text, target="2", inputs="1"), "header")
    assert (header.value == "yes") == has_names and header.reason


LONG = [123456789012345678 + n for n in range(3)]


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.npz"])
def test_classes_beyond_what_a_float_tells_apart_stay_apart(name: str, tmp_path: Path) -> None:
    """A10: whole numbers beyond 2^53."""
    target = [LONG[n % 3] for n in range(60)]
    if name == "a.csv":
        write(tmp_path, "a,y\n" + "".join(f"{n * 7 % 61},{one}\n" for n, one in enumerate(target)))
    elif name == "a.parquet":
        polars.DataFrame({"a": [n * 7 % 61 for n in range(60)], "y": target}).write_parquet(tmp_path / name)
    else:
        np.savez(tmp_path / name, x=np.arange(120.0).reshape(60, 2), y=np.array(target))
    dataset = load(DataChoice(str(tmp_path / name), task="class"))
    assert dataset.facts.classes == tuple(str(one) for one in LONG)
    assert len(set(dataset.train.targets.tolist())) == 3


def test_classes_that_are_numbers_with_decimals_never_merge(tmp_path: Path) -> None:
    """A12: six digits do not tell 1000000.5 from 1000001.5."""
    text = "a,y\n" + "".join(f"{n * 7 % 61},{1000000.5 + n % 2}\n" for n in range(60))
    dataset = loaded(tmp_path, text, task="class")
    assert dataset.facts.classes == ("1000000.5", "1000001.5")
    assert dataset.facts.class_rows == (18, 18)
