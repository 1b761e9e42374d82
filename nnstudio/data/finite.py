"""Numbers that no sum could hold count as missing, in a column or in a whole array, and that is said."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nnstudio.text import Count, translate_count

if TYPE_CHECKING:
    import polars

LARGEST_NUMBER = 1e30
MOST_TOLD = 5
"""Columns of an array of which it is told one by one."""


def finite(column: "polars.Series", notes: list[str]) -> "polars.Series":
    """A column of numbers without those that no sum could hold: infinite ones, and ones beyond 32 bits. What is not a
    number is missing without a word."""
    if not column.dtype.is_float():
        return column
    column = column.fill_nan(None)
    endless = ~(column.abs() <= LARGEST_NUMBER).fill_null(True)
    count = int(endless.sum())
    if count == 0:
        return column
    notes.append(endless_words(column.name, count))
    return column.set(endless, None)


def finite_array(values: Any, names: list[str], notes: list[str]) -> Any:
    """An array of columns (n, k), in which such numbers are NaN; itself where there are none."""
    # Asked of the ends first, which takes no memory; half of the time there is nothing to do.
    if values.dtype.kind != "f" or max(-np.fmin.reduce(values, axis=None), np.fmax.reduce(values, axis=None)) <= (
        LARGEST_NUMBER
    ):
        return values
    endless = np.abs(values) > LARGEST_NUMBER
    counts = endless.sum(axis=0)
    found = np.flatnonzero(counts)
    if len(found) <= MOST_TOLD:
        notes.extend(endless_words(names[place], int(counts[place])) for place in found)
    else:
        notes.append(
            translate_count(
                "{count} number in {columns} columns is infinite or too large; it counts as missing.",
                "{count} numbers in {columns} columns are infinite or too large; they count as missing.",
                int(counts.sum()),
            ).format(count=Count(counts.sum()), columns=Count(len(found)))
        )
    return np.where(endless, np.array(np.nan, values.dtype), values)


def endless_words(name: str, count: int) -> str:
    return translate_count(
        "“{name}” holds {count} number that is infinite or too large; it counts as missing.",
        "“{name}” holds {count} numbers that are infinite or too large; they count as missing.",
        count,
    ).format(name=name, count=count)
