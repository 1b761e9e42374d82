"""Any table that a program writes comes back as it was, where the settings say how it was written."""

import csv
import io
from dataclasses import dataclass
from typing import Any, Literal

import polars
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.data.reading import read_columns

SEPARATORS = {",": ",", ";": ";", "\t": "tab", "|": "|"}
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""At a file's beginning it tells the encoding and is no letter."""
LARGEST = 1e9
LONGEST = 2**53
"""Whole numbers beyond it are not told apart as numbers."""

Cell = float | int | str | None


@dataclass(frozen=True)
class Written:
    """How a table is written: by Python's csv module or by polars."""

    writer: Literal["csv", "polars"]
    separator: str
    decimal: str
    quote: str
    end: str
    encoding: str
    header: bool
    quotes_all: bool


@dataclass(frozen=True)
class Table:
    """Columns of numbers, or of words and what is missing."""

    columns: tuple[tuple[Cell, ...], ...]

    def names(self, header: bool) -> list[str]:
        """Those of the file, or the numbers that stand for them."""
        return [f"{'field' if header else 'column'} {place + 1}" for place in range(len(self.columns))]

    @property
    def rows(self) -> list[tuple[Cell, ...]]:
        return list(zip(*self.columns, strict=True))


# --- any table ------------------------------------------------------------------------------------------------------


def words() -> st.SearchStrategy[str]:
    """Words with everything in them but what no text file can hold, and blanks at their ends."""
    signs = st.one_of(
        st.sampled_from("\"',;|\t\n#%$€()[]<>-+.:/0123456789abcABCñ "),
        st.characters(exclude_categories=["Cc", "Cs", "Cn"], exclude_characters=MARK),
    )
    odd = st.sampled_from(["007", "NA", "None", "?", "-", "1e5", "1.5", "1,5", "2020-01-31", "yes", "TRUE", "# a"])
    return st.one_of(st.text(signs, min_size=1, max_size=12).map(str.strip).filter(bool), odd)


def columns(rows: int) -> st.SearchStrategy[tuple[Cell, ...]]:
    floats = st.floats(-LARGEST, LARGEST, allow_nan=False)
    whole = st.integers(-LONGEST, LONGEST)
    codes = st.from_regex(r"0[0-9]{1,5}", fullmatch=True)
    kinds: list[st.SearchStrategy[Any]] = [floats, whole, words(), codes]
    return st.one_of([cells_of(kind, rows) for kind in kinds])


def cells_of(kind: st.SearchStrategy[Any], rows: int) -> st.SearchStrategy[tuple[Cell, ...]]:
    """As many cells, some of them missing."""
    whole = st.lists(kind, min_size=rows, max_size=rows)
    some = st.lists(st.one_of(kind, kind, kind, st.none()), min_size=rows, max_size=rows)
    return st.one_of(whole, some).map(tuple)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    rows = draw(st.integers(1, 20))
    count = draw(st.integers(1, 5))
    return Table(tuple(draw(columns(rows)) for _place in range(count)))


def is_told(table: Table) -> bool:
    """Whether the file can tell the table: a row or a column of nothing is none, and # alone in a row is a remark."""
    some_in_each = all(any(cell is not None for cell in cells) for cells in (*table.rows, *table.columns))
    only = table.columns[0] if len(table.columns) == 1 else ()
    return some_in_each and not any(line.lstrip().startswith("#") for cell in only for line in str(cell).split("\n"))


@st.composite
def ways(draw: st.DrawFn) -> Written:
    separator = draw(st.sampled_from(list(SEPARATORS)))
    return Written(
        writer=draw(st.sampled_from(["csv", "polars"])),
        separator=separator,
        decimal="." if separator == "," else draw(st.sampled_from(".,")),
        quote=draw(st.sampled_from("\"'")),
        end=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        encoding=draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])),
        header=draw(st.booleans()),
        quotes_all=draw(st.booleans()),
    )


# --- written and read -----------------------------------------------------------------------------------------------


def text_of(table: Table, way: Written) -> str:
    return with_polars(table, way) if way.writer == "polars" else with_csv(table, way)


def with_csv(table: Table, way: Written) -> str:
    out = io.StringIO(newline="")
    # Only what is quoted may hold a line's end other than the file's own.
    writer = csv.writer(
        out,
        delimiter=way.separator,
        quotechar=way.quote,
        lineterminator=way.end,
        quoting=csv.QUOTE_ALL if way.quotes_all or way.end == "\r" else csv.QUOTE_MINIMAL,
    )
    if way.header:
        writer.writerow(table.names(way.header))
    writer.writerows([shown(cell, way.decimal) for cell in row] for row in table.rows)
    return out.getvalue()


def shown(cell: Cell, decimal: str) -> str:
    if cell is None:
        return ""
    return repr(cell).replace(".", decimal) if isinstance(cell, float) else str(cell)


def with_polars(table: Table, way: Written) -> str:
    frame = polars.DataFrame(dict(zip(table.names(way.header), table.columns, strict=True)))
    return str(
        frame.write_csv(
            include_header=way.header,
            separator=way.separator,
            line_terminator=way.end,
            quote_char=way.quote,
            quote_style="always" if way.quotes_all or way.end == "\r" else "necessary",
            decimal_comma=way.decimal == ",",
        )
    )


def settings_of(table: Table, way: Written) -> dict[str, str | int]:
    """What the person says who knows how the file was written."""
    codes = [name for name, cells in zip(table.names(way.header), table.columns, strict=True) if needs_kind(cells)]
    return {
        "encoding": way.encoding.removesuffix("-sig"),
        "skip": 0,
        "skip_end": 0,
        "header": "yes" if way.header else "no",
        "units_row": "no",
        "separator": SEPARATORS[way.separator],
        "quote": way.quote,
        "decimal": way.decimal,
        "thousands": "none",
        "missing": ",",
        "kinds": ",".join(f"{name}:category" for name in codes),
    }


def needs_kind(cells: tuple[Cell, ...]) -> bool:
    """Whether words could be taken for numbers, dates or codes."""
    return any(isinstance(cell, str) and any(sign.isnumeric() for sign in cell) for cell in cells)


def meant(cells: tuple[Cell, ...]) -> list[object]:
    return [float(cell) if isinstance(cell, int | float) else cell for cell in cells]


def as_read(values: list[object]) -> list[object]:
    return [float(value) if isinstance(value, int | float) else value for value in values]


HASH_BEFORE_A_BREAK = Table((("0", "0", "0", "# a"), ("0", "0", "0", "0\n0"), (0.0, 0.0, 0.0, 0.0)))
PLAINLY = Written("csv", ",", ".", '"', "\n", "utf-8", header=False, quotes_all=False)


@example(table=HASH_BEFORE_A_BREAK, way=PLAINLY)
@given(table=tables().filter(is_told), way=ways())
def test_any_table_comes_back_where_the_settings_say_how_it_was_written(
    table: Table, way: Written, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    text = text_of(table, way)
    check_written(table, way, text)
    path.write_bytes(text.encode(way.encoding))
    read = read_columns(path, settings_of(table, way))
    assert list(read) == table.names(way.header)
    assert {name: as_read(values) for name, values in read.items()} == {
        name: meant(cells) for name, cells in zip(table.names(way.header), table.columns, strict=True)
    }


def check_written(table: Table, way: Written, text: str) -> None:
    """Cut as plainly as can be, a text gives the cells again: what the test asks for can be done."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=way.separator, quotechar=way.quote)
    lines = [line for line in reader if line]
    assert lines[:1] == [table.names(way.header)] if way.header else True
    for line, row in zip(lines[way.header :], table.rows, strict=True):
        for found, cell in zip(line, row, strict=True):
            if isinstance(cell, int | float):
                assert float(found.replace(way.decimal, ".")) == float(cell)
            else:
                assert found == (cell or "")
