"""What the data room asks about a table: run on threads."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import polars
    from numpy.typing import NDArray

    from nnstudio.data.sketches import Sketch


def sketches_of(table: "polars.DataFrame", names: Sequence[str]) -> "Iterator[tuple[str, Sketch]]":
    """Some columns drawn small, one after the other."""
    from nnstudio.data.sketches import sketch

    for name in names:
        yield name, sketch(table[name])


def rows_of(
    table: "polars.DataFrame", search: str, name: str, descending: bool
) -> "Iterator[NDArray[np.int64] | None]":
    """The rows that hold a text, in the order of a column; None where that is all rows as they are."""
    import numpy as np

    from nnstudio.data.sketches import rows_with, sorted_rows

    if not search and not name:
        yield None
        return
    order = sorted_rows(table[name], descending) if name else np.arange(table.height)
    if search:
        found = np.zeros(table.height, bool)
        found[rows_with(table, search)] = True
        order = order[found[order]]
    yield order
