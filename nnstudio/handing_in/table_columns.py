"""A table of a report put together from its columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnstudio.handing_in.numbers import DASH
from nnstudio.handing_in.parts import Table


@dataclass(frozen=True)
class Column:
    """A column of the table: its head, its cells, and whether they are numbers. One that is optional is left out where
    no cell says anything."""

    head: str
    cells: Sequence[str]
    is_number: bool = False
    is_optional: bool = False

    @property
    def is_told(self) -> bool:
        return not self.is_optional or any(cell not in (DASH, "") for cell in self.cells)


def table_of(columns: Sequence[Column], title: str = "") -> Table:
    numbers = frozenset(place for place, column in enumerate(columns) if column.is_number)
    rows = tuple(zip(*(column.cells for column in columns), strict=True))
    return Table(tuple(column.head for column in columns), rows, numbers, title)
