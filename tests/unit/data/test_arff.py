"""ARFF: what the header declares, what the rows hold, and the line of what is wrong."""

import gzip
from pathlib import Path

import polars
import pytest

from nnstudio.data.arff import read_arff
from nnstudio.data.columns import RawData
from nnstudio.data.reader import Reader
from nnstudio.data.sources import read_source
from nnstudio.text import UserError

IRIS = r"""% a comment
@RELATION 'iris and more'

@attribute 'sepal length' REAL
@attribute width	numeric % no comment, Weka says
@ATTRIBUTE number integer
@attribute "the \"day\"" date "yyyy-MM-dd"
@attribute note string
@attribute class {setosa, 'not, setosa', "it's"}
@data
5.1, 3.5, 1, 2024-05-31, 'a, \'b\'', setosa
% between
4.9,?,-2,'2024-06-01',  plain words  ,'not, setosa'

1e3 , .5,+3,?,?,"it's"
"""


def read(folder: Path, text: str, name: str = "a.arff") -> RawData:
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return read_arff(path, Reader())


@pytest.mark.parametrize("name", ["a.arff", "a.arff.gz"])
def test_names_kinds_quotes_and_missing_values(name: str, tmp_path: Path) -> None:
    raw = read(tmp_path, IRIS.replace(" % no comment, Weka says", ""), name)
    table = raw.columns
    assert isinstance(table, polars.DataFrame)
    assert table.columns == ["sepal length", "width", "number", 'the "day"', "note", "class"]
    assert table.dtypes == [polars.Float64] * 3 + [polars.String] * 3
    assert table.rows() == [
        (5.1, 3.5, 1.0, "2024-05-31", "a, 'b'", "setosa"),
        (4.9, None, -2.0, "2024-06-01", "plain words", "not, setosa"),
        (1000.0, 0.5, 3.0, None, None, "it's"),
    ]
    assert raw.target == "class" and "“width” is missing in 1 row (“?”)." in raw.notes
    assert read_source(str(tmp_path / name)).columns["class"].to_list() == ["setosa", "not, setosa", "it's"]


def test_the_target_is_the_last_column_or_the_one_called_class(tmp_path: Path) -> None:
    assert read(tmp_path, "@attribute a real\n@attribute b real\n@data\n1,2\n").target == "b"
    assert read(tmp_path, "@attribute Class {x,y}\n@attribute b real\n@data\nx,2\n").target == "Class"


def test_sparse_rows_say_what_is_not_zero(tmp_path: Path) -> None:
    text = (
        "@attribute a real\n@attribute b {no,yes}\n@attribute c real\n@attribute d {'x, y',z}\n@data\n"
        "{1 yes, 2 3.5}\n{}\n{ 0 ?, 3 'x, y' }\n"
    )
    assert read(tmp_path, text).columns.head(9).rows() == [
        (0.0, "yes", 3.5, "x, y"), (0.0, "no", 0.0, "x, y"), (None, "no", 0.0, "x, y"),
    ]  # fmt: skip


def test_bom_line_ends_and_numbers_without_end(tmp_path: Path) -> None:
    raw = read(tmp_path, "\ufeff@relation r\r\n@attribute a real\r\n@attribute b {é,f}\r\n@data\r\n1e400,é\r\n2,f")
    assert raw.columns["a"].to_list() == [None, 2.0] and raw.columns["b"].to_list() == ["é", "f"]
    assert raw.notes == ("“a” holds 1 number that is infinite or too large; it counts as missing.",)


HEAD = "@attribute a real\n@attribute b {x,y}\n@data\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it has no line @data"),
        ("a,b\n1,2\n", "Line 1 of “a.arff” is neither @relation, @attribute nor @data"),
        ("@data\n1\n", "declares no column before @data"),
        (
            "@attribute a\n@data\n1\n",
            "The column “a” in line 1 of “a.arff” is of the kind “”; there are: numeric, real",
        ),
        ("@attribute a relational\n@data\n", "is of the kind “relational”"),
        ("@attribute\n@data\n", "Line 1 of “a.arff” declares no column"),
        ("@attribute a {x,y\n@data\n", "The values of “a” in line 1 of “a.arff” do not end in “}”"),
        ("@attribute a real\n@attribute a real\n@data\n1,2\n", "Two columns of “a.arff” are called “a”"),
        (HEAD, "has column names but no rows"),
        (HEAD + "1,x\n1\n", "Line 5 of “a.arff” has 1 values; the table has 2 columns"),
        (HEAD + "%\nsmall,x\n", "“small” in line 5 of “a.arff” is no number, and “a” holds numbers"),
        (HEAD + "1,z\n", "“z” in line 4 of “a.arff” is none of the values that “b” declares"),
        (HEAD + "1,'x\n", "A quotation mark in line 4 of “a.arff” is not closed"),
        (HEAD + "1,'x'y\n", "A quotation mark in line 4 of “a.arff” is not closed, or text follows it"),
        (HEAD + "{7 x}\n", r"Line 4 of “a.arff” is no row like \{1 a, 3 b\}: “7 x”"),
        (HEAD + "{1 x\n", "Line 4 of “a.arff” is no row like"),
        (HEAD + "{-1 x}\n", "Line 4 of “a.arff” is no row like"),
        ("@attribute a real\n@data\n\0\n", "it holds binary data"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=words):
        read(tmp_path, text)


def test_short_rows_that_stand_for_very_many_values_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnstudio.data.arff.MOST_VALUES", 100_000)
    head = "".join(f"@attribute a{place} real\n" for place in range(100))
    with pytest.raises(UserError, match="holds more than 100\u00a0000 values"):
        read(tmp_path, head + "@data\n" + "{}\n" * 5000)
