"""What a table of public shape is, what must come of reading it, and the columns it is made of.

A column keeps what stands in the file beside what it means, so that no reader has a say in what is expected.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np

ROWS = 30
CHECKED = 5
"""Cells of a column that are compared, the first ones."""

Value = float | str | None


@dataclass(frozen=True)
class PublicTable:
    """A file, and what must come of reading it.

    In `kinds` and as `target`, "-" means that any answer is fine; an empty `target` means the last column. `rows`
    counts those without a target as well, of which there are `untold`. `roles` lists the columns that name a row: "id"
    and "row_names" are both accepted. `clicks` are the settings that put right what no honest guess can, and `said`
    the options that must be told as guesses.
    """

    name: str
    content: bytes
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: int
    values: dict[str, tuple[Value, ...]]
    target: str = ""
    roles: dict[str, str] = field(default_factory=dict)
    clicks: dict[str, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    untold: int = 0


@dataclass(frozen=True)
class Column:
    """What is written in each row, and what it means; no `values` where any answer is fine."""

    name: str
    kind: str
    cells: tuple[str, ...]
    values: tuple[Value, ...] = ()
    written_name: str | None = None
    """What the file has for a name, where the column comes out under another one."""

    @property
    def head(self) -> str:
        return self.name if self.written_name is None else self.written_name


# --- columns --------------------------------------------------------------------------------------------------------


def numbers(name: str, values: Sequence[float], shape: str = "{}", comma: bool = False) -> Column:
    """Numbers, each written as `shape` says, with a comma before the decimals where asked for."""
    cells = [shape.format(value) for value in values]
    if comma:
        cells = [cell.replace(",", "'").replace(".", ",").replace("'", ".") for cell in cells]
    return Column(name, "number", tuple(cells), tuple(float(value) for value in values))


def words(name: str, values: Sequence[str], kind: str = "category") -> Column:
    return Column(name, kind, tuple(values), tuple(values))


def dates(name: str, days: Sequence[datetime], shape: str = "%Y-%m-%d", has_time: bool = False) -> Column:
    meant = "%Y-%m-%d %H:%M:%S" if has_time else "%Y-%m-%d"
    return Column(name, "date", tuple(f"{day:{shape}}" for day in days), tuple(f"{day:{meant}}" for day in days))


def empty(name: str, rows: int = ROWS) -> Column:
    return Column(name, "-", ("",) * rows, (None,) * rows)


def gaps(column: Column, mark: str = "", places: Sequence[int] = (1, 7, 12)) -> Column:
    """The column with some cells missing, and what stands there instead."""
    cells = [mark if place in places else cell for place, cell in enumerate(column.cells)]
    values = [None if place in places else value for place, value in enumerate(column.values)]
    return replace(column, cells=tuple(cells), values=tuple(values))


def unnamed(columns: Sequence[Column]) -> list[Column]:
    """The columns under the numbers that they get where the file has no names."""
    return [replace(column, name=f"column {place + 1}") for place, column in enumerate(columns)]


# --- what stands in the cells ---------------------------------------------------------------------------------------


class Source:
    """Made-up cells, the same each time."""

    def __init__(self, seed: int, rows: int = ROWS) -> None:
        self.random = np.random.default_rng(seed)
        self.rows = rows

    def decimals(self, low: float, high: float, digits: int = 2) -> list[float]:
        return [round(float(value), digits) for value in self.random.uniform(low, high, self.rows)]

    def wholes(self, low: int, high: int) -> list[int]:
        """Whole numbers from `low` to `high`, both ends among them."""
        return [int(value) for value in self.random.integers(low, high + 1, self.rows)]

    def picks(self, *choices: str) -> list[str]:
        """Every choice comes, the first ones in a row that is their order turned round."""
        first = list(choices[::-1])[: self.rows]
        return first + [choices[place] for place in self.random.integers(0, len(choices), self.rows - len(first))]

    def number_columns(self, names: Sequence[str], low: float, high: float, digits: int = 2) -> list[Column]:
        return [numbers(name, self.decimals(low, high, digits)) for name in names]

    def whole_columns(self, names: Sequence[str], low: int, high: int) -> list[Column]:
        return [numbers(name, self.wholes(low, high)) for name in names]


def days(first: str, rows: int = ROWS, step: timedelta = timedelta(days=1)) -> list[datetime]:
    start = datetime.fromisoformat(first)
    return [start + place * step for place in range(rows)]


def months(year: int, rows: int = ROWS) -> list[datetime]:
    return [datetime(year + place // 12, place % 12 + 1, 1) for place in range(rows)]


# --- the file -------------------------------------------------------------------------------------------------------


def lines_of(
    columns: Sequence[Column], separator: str, header: bool, quote: str = '"', quoting: str = "minimal"
) -> list[str]:
    """One text a row, the names first; `quoting` is none, minimal, words or all."""

    def quoted(cell: str, is_word: bool) -> str:
        needs = any(sign and sign in cell for sign in (separator, quote, "\n"))
        if quoting == "all" or (quoting == "words" and is_word) or (quoting != "none" and needs):
            return quote + cell.replace(quote, quote * 2) + quote
        return cell

    lines = [separator.join(quoted(column.head, True) for column in columns)] if header else []
    for place in range(len(columns[0].cells)):
        cells = [quoted(column.cells[place], column.kind not in ("number", "-")) for column in columns]
        lines.append(separator.join(cells))
    return lines


def made(
    name: str,
    columns: Sequence[Column],
    *,
    separator: str = ",",
    header: bool = True,
    quote: str = '"',
    quoting: str = "minimal",
    end: str = "\n",
    encoding: str = "utf-8",
    above: Sequence[str] = (),
    below: Sequence[str] = (),
    edit: Callable[[list[str]], list[str]] = list,
    target: str = "",
    roles: Sequence[str] = (),
    clicks: dict[str, str] | None = None,
    said: Sequence[str] = (),
    untold: int = 0,
) -> PublicTable:
    """A file of these columns, with lines `above` and `below` the table, its lines changed by `edit`."""
    if not header:
        columns = unnamed(columns)
    lines = [*above, *edit(lines_of(columns, separator, header, quote, quoting)), *below]
    return PublicTable(
        name=name,
        content=end.join([*lines, ""]).encode(encoding),
        columns=tuple(column.name for column in columns),
        kinds=tuple(column.kind for column in columns),
        rows=len(columns[0].cells),
        values={column.name: column.values[:CHECKED] for column in columns if column.values},
        target=target,
        roles=dict.fromkeys(roles, "id"),
        clicks=clicks or {},
        said=tuple(said),
        untold=untold,
    )
