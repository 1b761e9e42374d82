"""Guesses that went wrong: each right by a look at the whole file, shown as a guess, and overruled by a setting."""

from pathlib import Path

import pytest

from nnstudio.text import UserError
from tests.unit.data.faults import cells, column, inputs, loaded, reading, roles, rows, words

# --- names ----------------------------------------------------------------------------------------------------------

YEARS = "country,1980,1981,1982,label\n" + "".join(f"c{n % 4},{1.5 * n},{2 * n},{3 * n},{n % 2}\n" for n in range(40))
COUNTED = "label,0,1,2,3\n" + "".join(f"{n % 3},{n * 7 % 61},{2 * n},{n % 5},{n % 4}\n" for n in range(40))


@pytest.mark.parametrize(("text", "names"), [(YEARS, "country,1980,1981,1982,label"), (COUNTED, "label,0,1,2,3")])
def test_numbers_can_be_the_names_of_columns(text: str, names: str, tmp_path: Path) -> None:
    """B: header_years.csv and header_label_0_1.csv, and overruled by data.header."""
    dataset = loaded(tmp_path, text)
    assert list(roles(dataset)) == names.split(",") and dataset.facts.rows == 40
    assert (reading(dataset, "header").value, reading(dataset, "header").is_guess) == ("yes", True)
    without = loaded(tmp_path, text, header="no", kinds="5:category")
    assert list(roles(without)) == [f"column {n}" for n in range(1, 6)] and without.facts.rows == 41
    assert cells(without, "column 1")[0] == names.split(",", maxsplit=1)[0]
    assert not reading(without, "header").is_guess


def test_a_first_line_of_years_above_smaller_numbers_holds_names(tmp_path: Path) -> None:
    """B: without a word in it, equal steps tell."""
    dataset = loaded(tmp_path, "1980,1981,1982\n" + rows("{n},{m},1.5") + "1,2,3.5\n", target="1982")
    assert list(roles(dataset)) == ["1980", "1981", "1982"] and dataset.facts.rows == 61
    assert "1980, 1981, 1982" in reading(dataset, "header").reason


def test_first_cells_that_look_like_years_are_data_where_rows_go_on_so(tmp_path: Path) -> None:
    """Right already: a table without a header whose first cells look like years keeps all its rows."""
    text = "".join(f"{1980 + n},{1981 + n},{1982 + n},{'ab'[n % 2]}\n" for n in range(40))
    dataset = loaded(tmp_path, text)
    assert dataset.facts.rows == 40 and cells(dataset, "column 1")[:2] == [1980, 1981]
    assert loaded(tmp_path, text, header="yes").facts.rows == 39


# --- missing cells --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [".", "--", "#N/A", "#DIV/0!", "*", "n.a.", "..", "s/d"])
def test_marks_of_missing_numbers_are_known(mark: str, tmp_path: Path) -> None:
    """B: dot_missing.csv and excel_na.csv; overruled by data.missing, or by data.kinds where it is a word."""
    text = "a,b,y\n" + "".join(f"{mark if n % 9 == 0 else n * 7 % 61},{n % 7 + 0.5},{'ab'[n % 2]}\n" for n in range(60))
    dataset = loaded(tmp_path, text)
    assert cells(dataset, "a")[:3] == [None, 7, 14] and column(dataset, "a").kind == "number"
    assert column(dataset, "a").missing == 7
    assert f"“a” is missing in 7 rows (“{mark}”)." in words(dataset)
    assert (reading(dataset, "missing").value, reading(dataset, "missing").is_guess) == ("", True)
    other = loaded(tmp_path, text, missing="-999")
    assert cells(other, "a")[:2] == [mark, "7"] and column(other, "a").kind == "category"
    assert not reading(other, "missing").is_guess


def test_rows_whose_target_is_a_mark_have_none(tmp_path: Path) -> None:
    """B: dot_target.csv stays a value."""
    text = "a,rate\n" + "".join(f"{n * 7 % 61},{'.' if n % 9 == 0 else n * 1.5}\n" for n in range(60))
    dataset = loaded(tmp_path, text)
    assert (dataset.facts.task, dataset.facts.rows) == ("value", 53)
    assert "The target “rate” is missing in 7 rows, which are left out." in words(dataset)


def test_marks_can_be_numbers(tmp_path: Path) -> None:
    """B: data.missing=-999, in a column of nothing but numbers."""
    text = "a,b,y\n" + "".join(f"{-999 if n % 9 == 0 else n * 7 % 61},{n % 5},{'ab'[n % 2]}\n" for n in range(60))
    assert cells(loaded(tmp_path, text), "a")[:2] == [-999, 7]
    dataset = loaded(tmp_path, text, missing="-999,x")
    assert cells(dataset, "a")[:2] == [None, 7] and "“a” is missing in 7 rows (“-999”)." in words(dataset)


@pytest.mark.parametrize(("first", "second"), [("+", "-"), ("None", "Apnea"), ("none", "some"), ("--", "++")])
def test_a_class_can_be_a_minus_or_the_word_none(first: str, second: str, tmp_path: Path) -> None:
    """B: plus_minus.csv and none_some.csv; with data.missing they are missing after all."""
    text = "a,b,y\n" + "".join(f"{n * 37 % 101},{n % 7},{second if n % 2 else first}\n" for n in range(60))
    dataset = loaded(tmp_path, text)
    assert sorted(dataset.facts.classes) == sorted((first, second)) and dataset.facts.rows == 60
    text += "1,2,third\n2,3,third\n"
    assert loaded(tmp_path, text, missing=first).facts.rows == 32


# --- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "separator", "read"),
    [
        ('"1,000,{n:03d}"', ",", 1000000.0),
        ('"1,{n:03d}.50"', ",", 1000.5),
        ("1.{n:03d},50", ";", 1000.5),
        ("1 {n:03d},5", ";", 1000.5),
        ("1 000 {n:03d}", ",", 1000000.0),
        ("1\u00a0{n:03d},5", ";", 1000.5),
        ("1'{n:03d}.5", ",", 1000.5),
        ("$1.{n:03d}", ",", 1.0),
        ("€ {n}.5", ",", 0.5),
        ("{n} %", ",", 0.0),
        ("{n}.5 kg", ",", 0.5),
        ("−{n}.5", ",", -0.5),
        ("({n}.5)", ",", -0.5),
        ("1,{n:03d}", ";", None),
    ],
)
def test_numbers_are_read_however_they_are_written(
    cell: str, separator: str, read: float | None, tmp_path: Path
) -> None:
    """B: million.csv, 1,000.50 and 1.000,50, and `$ € % units (3) −`. What may be either is said to be so."""
    line = separator.join([cell, "{m}" if separator == "," else "{n}", "{c}"])
    dataset = loaded(tmp_path, f"a{separator}b{separator}y\n" + rows(line))
    step = cells(dataset, "a")[1]
    if read is not None:
        assert cells(dataset, "a")[0] == read and column(dataset, "a").kind == "number"
        assert isinstance(step, float) and step != read
    else:
        assert step == 1.001  # semicolons between cells: the comma is the decimal sign


def test_whole_numbers_above_a_thousand_tell_the_decimal_comma(tmp_path: Path) -> None:
    """B: dec_comma_3.csv, and overruled by data.decimal and data.thousands."""
    text = "mass;b;y\n" + "".join(f"{n % 9 + 1},{380 + n};{n % 7},{n:02d};{'ab'[n % 2]}\n" for n in range(60))
    dataset = loaded(tmp_path, text)
    assert cells(dataset, "mass")[:2] == [1.38, 2.381] and cells(dataset, "b")[1] == 1.01
    assert (reading(dataset, "decimal").value, reading(dataset, "decimal").is_guess) == (",", True)
    other = loaded(tmp_path, text, decimal=".", thousands=",", ignore="b")
    assert cells(other, "mass")[:2] == [1380, 2381]
    assert [reading(other, one).is_guess for one in ("decimal", "thousands")] == [False, False]


def test_what_may_be_thousands_or_decimals_is_asked(tmp_path: Path) -> None:
    """B: nothing in the file decides 1,380; each setting does."""
    text = "mass,y\n" + "".join(f'"{n % 9 + 1},{380 + n}",{"ab"[n % 2]}\n' for n in range(60))
    dataset = loaded(tmp_path, text, inputs="mass")
    assert cells(dataset, "mass")[0] == "1,380"
    assert "“mass” is written like “1,380”, which may be thousands or a decimal; it is kept as text." in words(dataset)
    assert cells(loaded(tmp_path, text, decimal=","), "mass")[0] == 1.38
    assert cells(loaded(tmp_path, text, thousands=","), "mass")[0] == 1380
    assert cells(loaded(tmp_path, text, decimal="."), "mass")[0] == 1380


# --- kinds and roles ------------------------------------------------------------------------------------------------


def test_as_many_numbers_as_rows_are_a_value(tmp_path: Path) -> None:
    """B: unique20.csv, and overruled by data.task."""
    text = "dose,count\n" + "".join(f"{n / 2},{100 + 7 * n}\n" for n in range(20))
    assert loaded(tmp_path, text).facts.task == "value"
    text += text.partition("\n")[2]
    assert len(loaded(tmp_path, text, task="class").facts.classes) == 20


def test_ratings_stay_classes(tmp_path: Path) -> None:
    """Right already: 1 to 5 are five classes."""
    dataset = loaded(tmp_path, "a,stars\n" + "".join(f"{n * 7 % 61},{n % 5 + 1}\n" for n in range(60)))
    assert (dataset.facts.task, dataset.facts.classes) == ("class", ("1", "2", "3", "4", "5"))


def test_a_text_different_in_every_row_is_no_category(tmp_path: Path) -> None:
    """B: names36.csv, and overruled by data.inputs or data.kinds."""
    text = "name,a,y\n" + rows("N{n},{m},{c}", 36)
    dataset = loaded(tmp_path, text)
    assert column(dataset, "name").role == "id" and inputs(dataset) == ["a"]
    assert inputs(loaded(tmp_path, text, inputs="name")) == ["name", "a"]


def test_the_kind_of_a_column_can_be_said(tmp_path: Path) -> None:
    """B: data.kinds makes categories of numbers and numbers of words."""
    text = "zip,size,y\n" + "".join(f"{n % 4 + 10},{n if n % 9 else 'tiny'},{'ab'[n % 2]}\n" for n in range(60))
    dataset = loaded(tmp_path, text, kinds="zip:category,size:number")
    assert (column(dataset, "zip").kind, column(dataset, "size").kind) == ("category", "number")
    assert dataset.preparation.columns[0].categories == ("10", "11", "12", "13")
    assert cells(dataset, "size")[:2] == [None, 1]
    assert "“size” was asked to be numbers; 7 cells are none (as “tiny”) and count as missing." in words(dataset)
    by_number = loaded(tmp_path, text, kinds="1:category,2:number")
    assert [one.kind for one in by_number.facts.columns] == [one.kind for one in dataset.facts.columns]
    with pytest.raises(UserError, match=r"data.kinds names a column “code”, and there is none"):
        loaded(tmp_path, text, kinds="code:category")
    guessed = loaded(tmp_path, text)
    assert (column(guessed, "zip").kind, column(guessed, "size").kind) == ("number", "category")


UNITS = "mass,len,y\nkg,m,-\n" + rows("{n}.5,{m},{c}")


def test_a_row_of_units_is_no_row_of_data(tmp_path: Path) -> None:
    """B: said, and overruled by data.units_row."""
    dataset = loaded(tmp_path, UNITS)
    assert cells(dataset, "mass")[:2] == [0.5, 1.5] and dataset.facts.rows == 60
    assert "The line below the names holds units: mass kg, len m, y -." in words(dataset)
    assert (reading(dataset, "units_row").value, reading(dataset, "units_row").is_guess) == ("yes", True)
    other = loaded(tmp_path, UNITS, units_row="no")
    assert cells(other, "mass")[0] == "kg" and other.facts.rows == 61
    plain = loaded(tmp_path, UNITS.replace("kg,m,-", "7.5,8,a"), units_row="yes")
    assert plain.facts.rows == 60 and not reading(plain, "units_row").is_guess


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "big"])
def test_a_first_row_with_a_word_that_comes_again_is_a_row(cell: str, tmp_path: Path) -> None:
    """B: an infinite number, and the class of the others, are no units."""
    dataset = loaded(tmp_path, f"a,y\n{cell},b\n" + rows("{m},{c}"))
    assert dataset.facts.rows == 61


@pytest.mark.parametrize("target", ["3.7", "yes"])
def test_a_target_that_never_changes_is_refused(target: str, tmp_path: Path) -> None:
    """B: const_value.csv; whether it was chosen or is all there is."""
    text = "name,y\n" + rows("N{n}," + target)
    with pytest.raises(UserError, match="“y” has the same value in every row"):
        loaded(tmp_path, text)
    with pytest.raises(UserError, match="“y” has the same value in every row"):
        loaded(tmp_path, text, target="y")


def test_lines_to_skip_can_be_said(tmp_path: Path) -> None:
    """B: data.skip and data.skip_end, where the guess is another."""
    text = "a,b,y\n1,2,a\nx,b,z\n" + rows("{n},{m},{c}") + "9,9,c\n"
    dataset = loaded(tmp_path, text, skip=2, skip_end=1, inputs="x")
    assert list(roles(dataset)) == ["x", "b", "z"] and dataset.facts.rows == 60
    assert dataset.facts.classes == ("a", "b")
    assert [reading(dataset, one).is_guess for one in ("skip", "skip_end")] == [False, False]
    assert [reading(dataset, one).value for one in ("skip", "skip_end")] == ["2", "1"]


def test_the_separator_and_the_quotation_mark_can_be_said(tmp_path: Path) -> None:
    """B: data.separator and data.quote."""
    text = "a/b/y\n" + rows("{n}/'{m}'/'{c}'")
    dataset = loaded(tmp_path, text, separator="/", quote="'", inputs="a")
    assert cells(dataset, "b")[:2] == [0.5, 7.5] and dataset.facts.classes == ("a", "b")
    assert (reading(dataset, "separator").value, reading(dataset, "separator").is_guess) == ("/", False)
    assert loaded(tmp_path, text, separator="/", quote="none", inputs="a").facts.classes == ("'a'", "'b'")
