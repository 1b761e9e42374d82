"""Columns of text in which every cell is a plain number: told in one go over the whole table, however wide or long."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.finite import LARGEST_NUMBER
from nnstudio.data.number_words import LARGEST_WHOLE

if TYPE_CHECKING:
    import polars

SAMPLE = 512
"""Rows that are looked at first."""
FEW_COLUMNS = 128
OUTER_BLANKS = " \t\u00a0\u202f\u2009\ufeff"


def plain_numbers(frame: "polars.DataFrame") -> "dict[str, polars.Series]":
    """Those columns of text (n, k) of which every cell is a plain number or empty, as 64-bit floats.

    Not among them are codes with leading zeros, whole numbers that no float holds exactly, and infinite ones.
    """
    import polars

    if not frame.width or not frame.height:
        return {}
    columns = frame.get_columns()
    texts = [column for column in columns if column.dtype == polars.String]
    known = polars.DataFrame([one for one in columns if one.dtype != polars.String]) if texts else frame
    numbers, found = known_numbers(known)
    if texts:
        cells = frame if len(texts) == len(columns) else polars.DataFrame(texts)
        cast, measured = cast_together(cells) if len(texts) > FEW_COLUMNS else cast_each(cells)
        numbers |= cast
        found |= measured
    codes = set(with_leading_zeros([one for one in texts if one.name in found and found[one.name].is_whole]))
    kept = {}
    for name, one in found.items():
        is_exact = one.largest < LARGEST_WHOLE or not one.is_whole
        if isfinite(one.total) and one.largest <= LARGEST_NUMBER and is_exact and name not in codes:
            kept[name] = numbers[name]
    return kept


@dataclass(frozen=True)
class Measured:
    """The sum of a column, its largest number without the sign, and whether all of them are whole. A sum is finite
    where all it is of are."""

    total: float
    largest: float
    is_whole: bool


def known_numbers(frame: "polars.DataFrame") -> "tuple[dict[str, polars.Series], dict[str, Measured]]":
    """Columns that were read as numbers, and what is known of those that have some."""
    numbers = {column.name: column for column in frame.get_columns()}
    if len(numbers) <= FEW_COLUMNS:
        return numbers, {name: measured_column(one) for name, one in numbers.items() if one.null_count() < len(one)}
    values = frame.to_numpy()
    missing = np.isnan(values)
    if int(missing.sum()) != sum(frame.null_count().row(0)):
        return numbers, {name: measured_column(one) for name, one in numbers.items() if one.null_count() < len(one)}
    return numbers, measured_together(list(numbers), np.where(missing, 0, values).T, ~missing.all(axis=0))


def measured_together(names: Sequence[str], filled: NDArray[np.float64], has_some: Any) -> dict[str, Measured]:
    """What is known of columns of numbers (k, n), missing ones 0, of which some have none."""
    totals, largest = filled.sum(axis=1), np.abs(filled).max(axis=1)
    whole = (np.floor(filled) == filled).all(axis=1)
    places = np.flatnonzero(has_some & np.isfinite(totals)).tolist()
    return {names[place]: Measured(float(totals[place]), float(largest[place]), bool(whole[place])) for place in places}


def cast_each(frame: "polars.DataFrame") -> "tuple[dict[str, polars.Series], dict[str, Measured]]":
    """Columns of text as numbers, and what is known of those in which every cell is one or empty."""
    import polars

    numbers = frame.select(polars.all().cast(polars.Float64, strict=False))
    given, found = frame.null_count().row(0), numbers.null_count().row(0)
    measured = {}
    for column, before, after in zip(numbers.get_columns(), given, found, strict=True):
        if before == after < frame.height:
            measured[column.name] = measured_column(column)
    return {column.name: column for column in numbers.get_columns()}, measured


def measured_column(column: "polars.Series") -> Measured:
    total, high, low = float(column.sum()), float(column.max()), float(column.min())  # type: ignore[arg-type]
    is_whole = isfinite(total) and are_whole(column.head(SAMPLE).to_numpy())
    if is_whole and len(column) > SAMPLE:
        is_whole = are_whole(column.to_numpy())
    return Measured(total, max(high, -low), is_whole)


def are_whole(values: NDArray[np.float64]) -> bool:
    """Whether all that are numbers are whole."""
    return bool(((np.floor(values) == values) | np.isnan(values)).all())


def cast_together(frame: "polars.DataFrame") -> "tuple[dict[str, polars.Series], dict[str, Measured]]":
    """The same by way of one long column: what is done for each column costs more than its cells, of very many."""
    import polars

    cells = frame.unpivot()["value"]
    numbers = cells.cast(polars.Float64, strict=False)
    shape, height = (frame.width, frame.height), frame.height
    values = numbers.to_numpy().reshape(shape)
    empty = cells.is_null().to_numpy().reshape(shape)
    filled = np.where(empty, 0, values)  # what is no number stays none, and makes the sum none
    names = frame.columns
    measured = measured_together(names, filled, ~empty.all(axis=1))
    parts = {name: numbers.slice(place * height, height) for place, name in enumerate(names)}
    return {name: part.alias(name) for name, part in parts.items()}, measured


def with_leading_zeros(columns: "Sequence[polars.Series]") -> list[str]:
    """The columns of text in which a cell begins with a zero before another digit."""
    found = []
    for column in columns:
        likely = column.filter(column.str.starts_with("0"))
        if len(likely) and bool((likely.str.len_bytes() > 1).any()) and bool(likely.str.contains(r"^0\d+$").any()):
            found.append(column.name)
    return found


def with_missing(frame: "polars.DataFrame", marks: Sequence[str]) -> "polars.DataFrame":
    """Columns of text without blanks at the ends, with nothing where one of the marks stands."""
    import polars

    stripped = frame.select(polars.all().str.strip_chars(OUTER_BLANKS))
    return stripped.select(polars.when(polars.all().is_in([*marks, ""])).then(None).otherwise(polars.all()).name.keep())
