"""The rows of a table as Qt's views ask for them: a cell is made when it is looked at, however many there are."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QColor

from nnstudio.project.model import ColumnFacts
from nnstudio.ui.look import theme
from nnstudio.ui.look.tooltips import plain_tooltip

if TYPE_CHECKING:
    import numpy as np
    import polars
    from numpy.typing import NDArray

    from nnstudio.ui.background.results import Sketch

MOST_IN_CELL = 200
"""Letters: laying out more of them would hold the window up."""
MOST_SURELY_SEEN = 12
"""Letters that every column has room for; what is longer is told whole at the pointer."""
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
Index = QModelIndex | Any


class TableModel(QAbstractTableModel):
    """A table, or those of its `rows` that are searched for, in the order they are sorted in."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.table: polars.DataFrame | None = None
        self.rows: NDArray[np.int64] | None = None
        self.columns: list[polars.Series] = []
        self.names: list[str] = []
        self.facts: dict[str, ColumnFacts] = {}
        self.sketches: dict[str, Sketch] = {}
        self._are_numbers: list[bool] = []
        self._are_used: list[bool] = []
        self.digits = 10
        """Those of a number that are shown."""

    def show_table(self, table: "polars.DataFrame | None", facts: tuple[ColumnFacts, ...]) -> None:
        """Another table, or the same with its columns in other roles."""
        is_alike = table is not None and self.table is not None and table.height == self.table.height
        if is_alike and table is not None and table.columns == self.names:
            self._take(table, facts)
            self._tell_all()
            return
        self.beginResetModel()
        self._take(table, facts)
        if not is_alike:
            self.rows = None
        self.endResetModel()

    def show_facts(self, facts: tuple[ColumnFacts, ...]) -> None:
        """The same table, its columns in other roles."""
        self.facts = {one.name: one for one in facts}
        self._are_used = [self.is_used(name) for name in self.names]
        self._tell_all()

    def _take(self, table: "polars.DataFrame | None", facts: tuple[ColumnFacts, ...]) -> None:
        # A column that stayed what it was keeps its picture.
        before = dict(zip(self.names, self.columns, strict=True))
        self.table = table
        self.columns = table.get_columns() if table is not None else []
        self.names = [column.name for column in self.columns]
        self._are_numbers = [column.dtype.is_numeric() for column in self.columns]
        self.facts = {one.name: one for one in facts}
        self._are_used = [self.is_used(name) for name in self.names]
        same = {column.name for column in self.columns if is_same(before.get(column.name), column)}
        self.sketches = {name: one for name, one in self.sketches.items() if name in same}

    def _tell_all(self) -> None:
        if self.names:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.names) - 1)
        if self.names and self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(self.names) - 1))

    def show_rows(self, rows: "NDArray[np.int64] | None") -> None:
        """Some rows in some order; all as they are for None."""
        if rows is None and self.rows is None:
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def take_sketch(self, name: str, sketch: "Sketch") -> None:
        if name in self.facts or name in self.names:
            self.sketches[name] = sketch
            place = self.names.index(name) if name in self.names else 0
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, place, place)

    def row_at(self, place: int) -> int:
        """The row of the table that stands at a place of the view."""
        return place if self.rows is None else int(self.rows[place])

    def is_used(self, name: str) -> bool:
        """Whether a column is learnt from, or is what is learnt."""
        fact = self.facts.get(name)
        return fact is None or fact.role in ("input", "target")

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        if parent.isValid() or self.table is None:
            return 0
        return self.table.height if self.rows is None else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        # Asked some eight times a cell and a picture: what the column alone decides was found once.
        place = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return shown(self.columns[place][self.row_at(index.row())], self.digits)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self._are_numbers[place] else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return None if self._are_used[place] else QColor(theme.colors().faint_text)
        if role == Qt.ItemDataRole.ToolTipRole:
            value = self.columns[place][self.row_at(index.row())]
            text = repr(value) if isinstance(value, float) else shown(value)
            return plain_tooltip([text]) if len(text) > MOST_SURELY_SEEN else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(self.row_at(section) + 1)
        return self.names[section]


def is_same(before: "polars.Series | None", now: "polars.Series") -> bool:
    """Whether a column is the very one it was: compared by its ends, for a picture that costs little to draw anew."""
    return (
        before is not None
        and before.dtype == now.dtype
        and len(before) == len(now)
        and bool(before.head(50).equals(now.head(50), null_equal=True))
        and bool(before.tail(50).equals(now.tail(50), null_equal=True))
    )


def shown(value: object, digits: int = 10) -> str:
    """A cell as text, on one line."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    if hasattr(value, "isoformat"):
        return str(value).removesuffix(" 00:00:00")
    text = str(value)[:MOST_IN_CELL]
    return text.replace("\n", " ⏎ ")
