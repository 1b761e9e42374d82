"""Tables as they are looked at: how each column is distributed, drawn small, and rows sorted or searched."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars

BARS = 16
MOST_LOOKED_AT = 200_000
"""Rows that a distribution is drawn from: of more, evenly taken ones."""


@dataclass(frozen=True)
class Sketch:
    """A column in a few bars: their heights (k,) from 0 to 1, what stands at the first and the last, and the share of
    cells that are missing. Bars of numbers and dates are ranges; those of words are the most frequent ones."""

    heights: tuple[float, ...] = ()
    first: object = None
    last: object = None
    missing: float = 0.0
    different: int = 0
    are_words: bool = False


def sketch(column: "polars.Series") -> Sketch:
    """One column drawn small."""
    import polars

    rows = max(1, len(column))
    missing = column.null_count() / rows
    some = column.gather_every(-(-rows // MOST_LOOKED_AT)) if rows > MOST_LOOKED_AT else column
    known = some.drop_nulls()
    if not len(known):
        return Sketch(missing=missing)
    if known.dtype in (polars.String, polars.Boolean):
        counts = known.alias("word").value_counts(sort=True, name="rows")
        top = counts["rows"].head(BARS).to_numpy()
        words = counts["word"].head(BARS)
        return Sketch(shares(top), words[0], words[-1], missing, counts.height, True)
    numbers = known.cast(polars.Int64) if known.dtype.is_temporal() else known
    values = numbers.cast(polars.Float64).to_numpy()
    values = values[np.isfinite(values)]
    if not len(values):
        return Sketch(missing=missing)
    low, high = known.min(), known.max()
    heights, _edges = np.histogram(values, bins=BARS)
    return Sketch(shares(heights), low, high, missing, known.n_unique())


def shares(counts: NDArray[np.generic]) -> tuple[float, ...]:
    highest = max(1.0, float(np.max(counts)))
    return tuple(float(count) / highest for count in counts.tolist())


def sorted_rows(column: "polars.Series", descending: bool) -> NDArray[np.int64]:
    """The rows (n,) in the order of a column; missing cells come last."""
    found: NDArray[np.int64] = column.arg_sort(descending=descending, nulls_last=True).to_numpy().astype(np.int64)
    return found


def rows_with(table: "polars.DataFrame", text: str) -> NDArray[np.int64]:
    """The rows (m,) in which a cell holds a text, whatever its capitals; numbers as they are written."""
    import polars

    wanted = text.strip().lower()
    found = np.zeros(table.height, bool)
    for column in table.get_columns():
        cells = column if column.dtype == polars.String else column.cast(polars.String)
        found |= cells.str.to_lowercase().str.contains(wanted, literal=True).fill_null(False).to_numpy()
    return np.flatnonzero(found)
