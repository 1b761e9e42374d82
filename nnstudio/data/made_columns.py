"""Columns made from others: parts of dates, and functions of numbers, each under a name that says what it is.

`square(x1)`, `product(x1;x2)`, `sin(x1)`, `cos(x1)`, `log(x1)`, `ratio(x1;x2)`, `polynomial(x1;x2;3)` stand beside the
columns that they are made from; `bins(x1;5)`, `ordinal(size)` and `onehot(code)` in their places.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnstudio.data import date_words
from nnstudio.data.columns import ArrayColumns, RawData, table_of
from nnstudio.data.roles import column_named
from nnstudio.project.column_lists import listed
from nnstudio.project.model import DataChoice
from nnstudio.project.preparation import MadeColumn
from nnstudio.text import UserError, mark
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

CALL = re.compile(r"\s*([a-z_]+)\s*\((.*)\)\s*")
FUNCTIONS = ("square", "product", "sin", "cos", "log", "ratio", "polynomial", "bins", "ordinal", "onehot")
REPLACING = ("bins", "ordinal", "onehot")
"""What stands in the place of its source."""
DATE_PARTS = ("year", "month", "weekday", "hour")
MOST_BINS, MOST_DEGREE, MOST_MADE = 50, 5, 200
FEWEST = {"product": 2, "ratio": 2}


@dataclass(frozen=True)
class Asked:
    """One derived input as it was asked for: a function of columns, and what it needs beside them."""

    function: str
    sources: tuple[str, ...]
    argument: str = ""

    @property
    def text(self) -> str:
        """As data.derived has it."""
        return f"{self.function}({';'.join([*self.sources, *([self.argument] if self.argument else [])])})"


def asked_for(text: str, names: Sequence[str]) -> list[Asked]:
    """The derived inputs that data.derived lists. UserError for one that is none, with how it is written."""
    found = []
    for one in listed(text):
        call = CALL.fullmatch(one)
        if call is None or call[1] not in FUNCTIONS:
            raise UserError(
                _("data.derived needs FUNCTION(COLUMN) with one of {functions}; found “{text}”.").format(
                    functions=", ".join(FUNCTIONS), text=one[:60]
                )
            )
        given = [part.strip() for part in call[2].split(";")]
        argument = ""
        if call[1] in ("bins", "polynomial"):
            argument = given.pop() if len(given) > 1 else "3" if call[1] == "polynomial" else "5"
            limit = MOST_BINS if call[1] == "bins" else MOST_DEGREE
            if not argument.isdecimal() or not 2 <= int(argument) <= limit:
                raise UserError(
                    _("“{text}” needs a whole number from 2 to {limit} at its end.").format(text=one[:60], limit=limit)
                )
        elif call[1] == "ordinal" and len(given) > 1:
            argument = ";".join(given[1:])
            given = given[:1]
        sources = tuple(column_named(name, names, "data.derived") for name in given)
        fewest = FEWEST.get(call[1], 1)
        if len(sources) < fewest or (call[1] != "polynomial" and len(sources) > fewest):
            raise UserError(
                _("“{text}” needs {count} columns, with a semicolon between.").format(text=one[:60], count=fewest)
            )
        found.append(Asked(call[1], sources, argument))
    return found


def with_made(raw: RawData, choice: DataChoice, train: NDArray[np.int64], notes: list[str]) -> RawData:
    """The data with the columns that are made from its own: what is measured for them is of the training rows."""
    if isinstance(raw.columns, ArrayColumns):
        if choice.derived:
            raise UserError(_("Derived inputs are made from columns of a table, and these rows are pictures."))
        return raw
    table = raw.columns
    made = [*parts_of_dates(raw, train, notes), *derived(raw, choice, train)]
    dates = {name for name in raw.inputs if table[name].dtype.is_temporal()}
    if not made and not dates:
        return raw
    if len(made) > MOST_MADE:
        raise UserError(
            _("{count} columns would be made; the limit is {limit}.").format(count=len(made), limit=MOST_MADE)
        )
    columns = [make(table, one) for one in made]
    replaced = dates | {one.sources[0] for one in made if one.function in REPLACING}
    return replace(raw, columns=table.with_columns(columns), made=tuple(made), replaced=frozenset(replaced))


def parts_of_dates(raw: RawData, train: NDArray[np.int64], notes: list[str]) -> list[MadeColumn]:
    """The parts of each date that differ between training rows."""
    import polars

    table = table_of(raw.columns)
    found: list[MadeColumn] = []
    for name in raw.inputs:
        column = table[name]
        if column.dtype != polars.Datetime:
            continue
        form = raw.dates.get(name, "")
        parts = [part for part in DATE_PARTS if part_of(column.gather(train), part).n_unique() > 1]
        if not date_words.has_day(form) and form:
            parts = [
                part for part in parts if part in (("hour",) if ":" in form or "%H" in form else ("year", "month"))
            ]
        found.extend(MadeColumn(f"{name}.{part}", (name,), part, form) for part in parts)
        said = _("“{name}” is a date and becomes {parts}.")
        if not parts:
            said = _("“{name}” is a date that is the same in all training rows, and is left out.")
        notes.append(said.format(name=name, parts=", ".join(_(DATE_WORDS[part]) for part in parts)))
    return found


DATE_WORDS = {"year": mark("year"), "month": mark("month"), "weekday": mark("weekday"), "hour": mark("hour")}


def part_of(dates: "polars.Series", part: str) -> "polars.Series":
    """One part of dates as numbers: weekdays count from Monday, 1; hours have their minutes as a fraction."""
    import polars

    if part == "hour":
        return dates.dt.hour().cast(polars.Float64) + dates.dt.minute().cast(polars.Float64) / 60
    taken: polars.Series = getattr(dates.dt, part)()
    return taken.cast(polars.Float64)


def derived(raw: RawData, choice: DataChoice, train: NDArray[np.int64]) -> list[MadeColumn]:
    """The columns that were asked for, with what is measured for them."""
    table = table_of(raw.columns)
    found: list[MadeColumn] = []
    for one in asked_for(choice.derived, table.columns):
        for source in one.sources:
            is_number = table[source].dtype.is_numeric()
            if not is_number and one.function not in ("ordinal", "onehot"):
                raise UserError(
                    _("{function} needs numbers, and “{name}” holds none.").format(function=one.text, name=source)
                )
            if source in (raw.target, *raw.labels):
                raise UserError(
                    _("{function} would make an input of the target “{name}”.").format(function=one.text, name=source)
                )
        found.extend(made_of(one, table, train))
    taken = set(table.columns)
    unique = []
    for made in found:
        if made.name not in taken:
            taken.add(made.name)
            unique.append(made)
    return unique


def made_of(one: Asked, table: "polars.DataFrame", train: NDArray[np.int64]) -> list[MadeColumn]:
    first = one.sources[0]
    if one.function == "polynomial":
        terms = [
            term
            for degree in range(2, int(one.argument) + 1)
            for term in combinations_with_replacement(one.sources, degree)
        ]
        return [MadeColumn(term_name(term), term, "product") for term in terms]
    if one.function == "bins":
        values = table[first].gather(train).drop_nulls().to_numpy()
        shares = np.linspace(0, 1, int(one.argument) + 1)[1:-1]
        edges = sorted({float(edge) for edge in np.quantile(values, shares)}) if len(values) else []
        return [MadeColumn(f"bins({first})", (first,), "bins", " ".join(f"{edge:.6g}" for edge in edges))]
    if one.function == "ordinal":
        words = one.argument.split(";") if one.argument else sorted_words(table[first])
        return [MadeColumn(f"ordinal({first})", (first,), "ordinal", "\n".join(word.strip() for word in words))]
    names = {"square": f"{first}²", "product": " × ".join(one.sources), "ratio": " / ".join(one.sources)}
    return [MadeColumn(names.get(one.function, f"{one.function}({first})"), one.sources, one.function)]


def term_name(term: Sequence[str]) -> str:
    """A product of powers, as x1² × x2."""
    powers = {name: list(term).count(name) for name in dict.fromkeys(term)}
    signs = {2: "²", 3: "³", 4: "⁴", 5: "⁵"}
    return " × ".join(name + signs.get(power, "") for name, power in powers.items())


def sorted_words(column: "polars.Series") -> list[str]:
    from nnstudio.data.preparation import class_names, sorted_classes

    return list(sorted_classes(class_names(column.drop_nulls().unique())))


def make(table: "polars.DataFrame", made: MadeColumn) -> "polars.Series":
    """One column from those that it is made of. UserError where one of them is missing or cannot be read."""
    import polars

    for name in made.sources:
        if name not in table.columns:
            raise UserError(_("The column “{name}” is missing; the network was trained with it.").format(name=name))
    first = table[made.sources[0]]
    if made.function in DATE_PARTS:
        return part_of(as_dates(first, made.argument), made.function).alias(made.name)
    if made.function == "ordinal":
        from nnstudio.data.preparation import class_names

        place = {word: float(number) for number, word in enumerate(made.argument.split("\n"))}
        return polars.Series(made.name, [place.get(str(word)) for word in class_names(first)], dtype=polars.Float64)
    if made.function == "onehot":
        from nnstudio.data.preparation import class_names

        return polars.Series(made.name, class_names(first), dtype=polars.String)
    values = [numbers_of(table[name]) for name in made.sources]
    if made.function == "bins":
        return binned(values[0], made)
    with np.errstate(all="ignore"):
        found = function_of(made.function, values)
    found[~np.isfinite(found)] = np.nan
    return polars.Series(made.name, found, nan_to_null=True)


def function_of(name: str, values: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    first = values[0]
    if name == "square":
        return first * first
    if name == "ratio":
        return first / values[1]
    known = {"sin": np.sin, "cos": np.cos, "log": np.log}
    found: NDArray[np.float64] = known[name](first) if name in known else np.prod(np.stack(values), axis=0)
    return found


def numbers_of(column: "polars.Series") -> NDArray[np.float64]:
    import polars

    found: NDArray[np.float64] = column.cast(polars.Float64, strict=False).to_numpy().astype(np.float64)
    return found


def binned(values: NDArray[np.float64], made: MadeColumn) -> "polars.Series":
    """The stretch between edges that each number lies in, as a word."""
    import polars

    edges = [float(edge) for edge in made.argument.split()]
    names = [f"≤ {edge:g}" for edge in edges] + ([f"> {edges[-1]:g}"] if edges else ["all"])
    places = np.searchsorted(np.array(edges), values, side="left")
    words = [None if np.isnan(value) else names[place] for value, place in zip(values, places, strict=True)]
    return polars.Series(made.name, words, dtype=polars.String)


def as_dates(column: "polars.Series", form: str) -> "polars.Series":
    """A column as dates, read by the format that the training rows had."""
    import polars

    if column.dtype == polars.Datetime:
        return column
    if column.dtype != polars.String:
        column = column.cast(polars.String)
    return date_words.dates(column, form or "%Y-%m-%d")


def with_columns_of(table: "polars.DataFrame", made: Sequence[MadeColumn]) -> "polars.DataFrame":
    """New rows with the columns that a network was trained with and that are made from others."""
    return table.with_columns([make(table, one) for one in made]) if made else table
