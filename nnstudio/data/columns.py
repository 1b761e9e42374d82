"""Columns that stay in the one array they were read as: a table of them would take the same memory once more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnstudio.project.model import ColumnFacts, ColumnRole, ReadingFact
from nnstudio.project.preparation import MadeColumn

if TYPE_CHECKING:
    import polars

    Columns: TypeAlias = polars.DataFrame | "ArrayColumns"


MOST_SHOWN = 4096
"""Columns of a table that is made to be looked at."""


class ArrayColumns:
    """The columns of an array (n, k), a name each, and one more column beside them: the target, which comes last. Rows
    to predict have none.

    It answers to what the preparation of data asks of a table, by polars' own names.
    """

    def __init__(self, values: NDArray[Any], names: list[str], target: "polars.Series | None") -> None:
        self.values = values
        self.names = names
        self.target = target
        self._place_of: dict[str, int] = {}

    @property
    def columns(self) -> list[str]:
        return [*self.names, self.target.name] if self.target is not None else list(self.names)

    @property
    def height(self) -> int:
        return len(self.values)

    @property
    def width(self) -> int:
        return len(self.names) + (self.target is not None)

    def __getitem__(self, name: str) -> "polars.Series":
        """One column, as a copy."""
        import polars

        if self.target is not None and name == self.target.name:
            return self.target
        return polars.Series(name, np.array(self.values[:, self._places()[name]]))

    def filter(self, kept: "polars.Series") -> "ArrayColumns":
        """The rows for which `kept` is true; itself when all are."""
        if kept.all():
            return self
        target = None if self.target is None else self.target.filter(kept)
        return ArrayColumns(self.values[kept.to_numpy()], self.names, target)

    def slice(self, start: int, rows: int) -> "ArrayColumns":
        """Some rows that follow each other, as a view."""
        target = None if self.target is None else self.target.slice(start, rows)
        return ArrayColumns(self.values[start : start + rows], self.names, target)

    def head(self, rows: int) -> "polars.DataFrame":
        """The first rows as a table, of very many columns the first ones and the target."""
        few = self.slice(0, rows)
        return table_of(ArrayColumns(few.values[:, :MOST_SHOWN], few.names[:MOST_SHOWN], few.target))

    def _places(self) -> dict[str, int]:
        """Where each column stands, found when it is first asked for."""
        if not self._place_of:
            self._place_of = {name: place for place, name in enumerate(self.names)}
        return self._place_of


def chosen(columns: "Columns", rows: NDArray[Any]) -> "Columns":
    """Some of the rows, as they are kept."""
    if isinstance(columns, ArrayColumns):
        target = None if columns.target is None else columns.target[rows]
        return ArrayColumns(columns.values[rows], columns.names, target)
    return columns[rows]


def table_of(columns: "Columns") -> "polars.DataFrame":
    """The columns as a table of polars, in memory of its own."""
    import polars

    if isinstance(columns, ArrayColumns):
        return polars.DataFrame([columns[name] for name in columns.columns])
    return columns


@dataclass(frozen=True)
class RawData:
    """Columns as they were read, the target among them, with the shape of one sample and remarks on the reading."""

    columns: "Columns"
    target: str
    """The column that is learnt to be told; the first of `labels` where there are several. "" in rows to predict that
    have none."""
    sample_shape: tuple[int, ...] | None = None
    notes: tuple[str, ...] = ()
    named: bool = True
    """Whether the columns bear names of their own, and not just their numbers."""
    picture: tuple[int, ...] = ()
    """The channels, height and width of the picture that a row is known to be; () where it is none."""
    classes: tuple[str, ...] = ()
    """All classes there are, where the rows need not have each; () where they tell."""
    labels: tuple[str, ...] = ()
    """The columns of 0 and 1 that are the target together; none where it is one column."""
    test: "RawData | None" = None
    """The test part, where the data comes with one of its own."""
    reading: tuple[ReadingFact, ...] = ()
    """How the file was read, guess by guess."""
    row_names: str = ""
    """The column that names the rows, as the index of a table; "" for none."""
    dates: Mapping[str, str] = field(default_factory=dict)
    """How each column of dates was written."""
    roles: Mapping[str, ColumnRole] = field(default_factory=dict)
    """What columns are for that are neither inputs nor the target."""
    facts: tuple[ColumnFacts, ...] = ()
    """What each column holds and is for."""
    made: tuple[MadeColumn, ...] = ()
    """The columns that were made from others."""
    replaced: frozenset[str] = frozenset()
    """The columns in whose places made ones stand."""
    rows_read: int = 0
    """How many rows there were, where a sample of them was taken while they were read."""

    @property
    def inputs(self) -> list[str]:
        """The names of the columns that are learnt from."""
        others = {self.target, *self.labels, *self.roles, *self.replaced}
        return [name for name in self.columns.columns if name not in others]
