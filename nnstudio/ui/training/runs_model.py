"""The rows of the table of runs as Qt's views ask for them: filtered, in order, under the headings of their studies."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont

from nnstudio.project import variants
from nnstudio.project.model import Project, Run
from nnstudio.project.run_columns import Column, RunFacts, RunTable, first_opening, run_table
from nnstudio.project.run_filter import Found, found_rows
from nnstudio.project.run_order import Heading, Row, grouped, ordered
from nnstudio.text import mark
from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.look.tooltips import plain_tooltip

MOST_SPANS = 48
"""Of more stretches of rows that come or go, the view is told to look at all anew."""
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
CENTER = int(Qt.AlignmentFlag.AlignCenter)
AFTER_OPENING = "†"
"""Beside the number of a run that was begun after the test set was opened."""
STARS = {True: "★", False: "☆"}
HELP = {
    "is_starred": mark("A star on what you want to find again: click, or S"),
    "number": mark("Untick a run to hide its faint line"),
    "loss": mark("The validation loss in the best epoch"),
    "accuracy": mark("The validation accuracy in the best epoch"),
    "train_loss": mark("The training loss in the best epoch"),
    "setting": mark("Which combination of settings of its study a run has"),
    "changed": mark("What changed since the run before"),
    "note": mark("Double-click, or F2, to write"),
    "size": mark("What its weights take in the project file"),
}
"""What is told of a column at its title."""
Index = QModelIndex | Any


class RunsModel(QAbstractTableModel):
    """The runs that fit `filter`, in the order of a column, those of a study together.

    `noted(run, text)` comes when a note is written, `ticked(hidden)` with the runs whose lines are not to be drawn.
    """

    noted = Signal(object, str)
    ticked = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.table = RunTable()
        self.columns: list[Column] = []
        self.rows: list[Row] = []
        self.filter = ""
        self.sorted_by = ""
        self.is_descending = False
        self.is_grouped = True
        self.closed: frozenset[str] = frozenset()
        self.hidden: frozenset[str] = frozenset()
        self.is_wanted: Callable[[str], bool] = lambda _key: True
        """Which columns are to be shown, by their keys."""
        self.only: frozenset[str] | None = None
        """The runs that a view asks for; None for all."""
        self.opened = ""
        self._matching = Found(())
        self._before: dict[str, Run] = {}
        self._texts: dict[str, tuple[Run, Run, str]] = {}

    # --- what is shown ----------------------------------------------------------------------------------------------

    def show_project(self, project: Project, is_writing: bool = False) -> None:
        """The runs that a project holds now. While a note is being written no row comes, goes or moves."""
        self.opened = first_opening(project)
        self._before = {after.id: before for before, after in pairwise(project.runs)}
        table = run_table(project, self.table)
        if not is_writing:
            self._put(table)
            return
        self.table = table
        known: dict[str, Row] = {facts.run.id: facts for facts in table.rows}
        self.rows = [known.get(key_of(row), row) for row in self.rows]
        self._tell_all()

    def show_filter(self, text: str) -> None:
        """The rows that fit a text."""
        self.filter = text
        self._put(self.table)

    def show_only(self, ids: frozenset[str] | None) -> None:
        """Of the rows that fit the filter those of these runs; all of them again for None."""
        self.only = ids
        self._put(self.table)

    def sort_by(self, key: str, is_descending: bool) -> None:
        """The rows by a column; the newest first for ""."""
        self.sorted_by, self.is_descending = key, is_descending
        self._put(self.table)

    def group(self, on: bool) -> None:
        """The runs of a study together under a heading, or all in one row."""
        self.is_grouped = on
        self._put(self.table)

    def fold(self, study: str, is_closed: bool) -> None:
        """Hide the runs of a study under its heading, or show them."""
        self.closed = self.closed | {study} if is_closed else self.closed - {study}
        self._put(self.table)

    def show_wanted(self) -> None:
        """Show the columns that are wanted now."""
        self._put(self.table)

    def found(self) -> list[RunFacts]:
        """The rows that fit the filter, in their order, those of closed studies among them."""
        return ordered(self._matching.rows, self.table.column(self.sorted_by), self.is_descending)

    @property
    def mistake(self) -> str:
        """What is wrong with the filter; "" where nothing is."""
        return self._matching.mistake

    @property
    def matches(self) -> int:
        """How many runs fit the filter."""
        return len(self._matching.rows)

    def runs(self) -> list[Run]:
        """The runs that are shown, in their order."""
        return [row.run for row in self.rows if isinstance(row, RunFacts)]

    def has_studies(self) -> bool:
        return any(facts.run.trial is not None for facts in self.table.rows)

    def headings(self) -> list[int]:
        """The rows that are headings."""
        return [place for place, row in enumerate(self.rows) if isinstance(row, Heading)]

    def run_at(self, row: int) -> Run | None:
        """The run in a row; None for a heading."""
        shown = self.rows[row] if 0 <= row < len(self.rows) else None
        return shown.run if isinstance(shown, RunFacts) else None

    def heading_at(self, row: int) -> Heading | None:
        shown = self.rows[row] if 0 <= row < len(self.rows) else None
        return shown if isinstance(shown, Heading) else None

    def place_of(self, key: str) -> int:
        """The number of the column of this key; −1 where it is not shown."""
        return next((place for place, one in enumerate(self.columns) if one.key == key), -1)

    def cell(self, row: int, key: str) -> str:
        """The text in the column of this key; "" for one that is not shown."""
        place = self.place_of(key)
        return "" if place < 0 else str(self.data(self.index(row, place)) or "")

    # --- bringing up to date ----------------------------------------------------------------------------------------

    def _put(self, table: RunTable) -> None:
        self.table = table
        self._matching = found_rows(table, self.filter)
        if self.only is not None:
            asked = [facts for facts in self._matching.rows if facts.run.id in self.only]
            self._matching = Found(asked, self._matching.mistake)
        has_groups = self.is_grouped and self.has_studies()
        columns = [one for one in table.columns if self.is_wanted(one.key) and not (has_groups and one.key == "study")]
        found = self.found()
        rows = grouped(table, found, self.closed) if has_groups else list[Row](found)
        same_columns = [(one.key, one.title) for one in columns] == [(one.key, one.title) for one in self.columns]
        if not same_columns or not self._follow(columns, rows):
            self.beginResetModel()
            self.columns, self.rows = columns, rows
            self.endResetModel()

    def _follow(self, columns: list[Column], rows: list[Row]) -> bool:
        """Tell the view which rows came and went; False where it had better look at all anew."""
        old, new = [key_of(row) for row in self.rows], [key_of(row) for row in rows]
        if old != new:
            stays, comes = set(old) & set(new), set(new) - set(old)
            if [key for key in old if key in stays] != [key for key in new if key in stays]:
                return False
            gone = spans([place for place, key in enumerate(old) if key not in stays])
            come = spans([place for place, key in enumerate(new) if key in comes])
            if len(gone) + len(come) > MOST_SPANS:
                return False
            for first, last in reversed(gone):
                self.beginRemoveRows(QModelIndex(), first, last)
                del self.rows[first : last + 1]
                self.endRemoveRows()
            for first, last in come:
                self.beginInsertRows(QModelIndex(), first, last)
                self.rows[first:first] = rows[first : last + 1]
                self.endInsertRows()
        self.columns, self.rows = columns, rows
        self._tell_all()
        return True

    def _tell_all(self) -> None:
        if self.rows and self.columns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(self.columns) - 1))

    def changed_text(self, facts: RunFacts) -> str:
        """What changed since the run before, worked out when it is looked at."""
        run = facts.run
        before = self._before.get(run.id)
        if before is None:
            return ""
        known = self._texts.get(run.id)
        if known is None or known[0] is not before or known[1] is not run:
            known = self._texts[run.id] = before, run, variants.changed_since(before, run)
        return known[2]

    # --- cells ------------------------------------------------------------------------------------------------------

    def text_at(self, facts: RunFacts, column: Column) -> str:
        """A cell in words."""
        if column.key == "changed":
            return self.changed_text(facts)
        if column.key == "is_starred":
            return STARS[facts.run.is_starred]
        if column.key == "number":
            sign = f"\u202f{AFTER_OPENING}" if self.is_after_opening(facts.run) else ""
            return facts.run.id.removeprefix("run-") + sign
        return column.text(facts)

    def is_after_opening(self, run: Run) -> bool:
        """Whether a run was begun after the test set was first opened."""
        return bool(self.opened) and run.created > self.opened

    def _tip(self, facts: RunFacts, column: Column) -> str:
        lines = [f"{column.title}: {self.text_at(facts, column)}"]
        if column.key == "is_starred":
            lines = [_("Take the star off") if facts.run.is_starred else _("Put a star on this run")]
        if column.key == "number" and self.is_after_opening(facts.run):
            lines.append(_("Begun after the test set was opened"))
        if column.key == "number" and not facts.run.weights:
            lines.append(_("Kept without its weights"))
        return plain_tooltip(lines)

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if isinstance(row, Heading):
            return self._heading_data(row, index.column(), role)
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text_at(row, column)
        if role == Qt.ItemDataRole.EditRole:
            return row.run.note if column.key == "note" else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return {"number": RIGHT, "flag": CENTER}.get(column.kind)
        if role == Qt.ItemDataRole.CheckStateRole and column.key == "number":
            # As a number: an enumeration is not understood here (PySide6 6.11).
            return (Qt.CheckState.Unchecked if row.run.id in self.hidden else Qt.CheckState.Checked).value
        if role == Qt.ItemDataRole.ForegroundRole and column.key == "is_starred":
            return QColor(theme.colors().validation if row.run.is_starred else theme.colors().batch)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole and column.key == "is_starred":
            return _("starred") if row.run.is_starred else _("no star")
        return None

    def _heading_data(self, heading: Heading, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and column == 0:
            return ("▾ " if heading.is_open else "▸ ") + heading.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip([heading.text])
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.BackgroundRole:
            return QColor(theme.colors().background)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        run = self.run_at(index.row())
        if run is None:
            return False
        if role == Qt.ItemDataRole.EditRole:
            self.noted.emit(run, str(value))
            return True
        if role == Qt.ItemDataRole.CheckStateRole:
            is_hidden = Qt.CheckState(value) == Qt.CheckState.Unchecked
            self.hidden = self.hidden | {run.id} if is_hidden else self.hidden - {run.id}
            self.dataChanged.emit(index, index)
            self.ticked.emit(self.hidden)
            return True
        return False

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        if self.heading_at(index.row()) is not None:
            return flags
        key = self.columns[index.column()].key
        flags |= Qt.ItemFlag.ItemIsSelectable
        if key == "note":
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if key == "number" else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.kind == "number" else LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip([line for line in (column.title, _(HELP.get(column.key, ""))) if line])
        return None


def key_of(row: Row) -> str:
    """What tells a row from all others."""
    return f"§{row.study}" if isinstance(row, Heading) else row.run.id


def spans(places: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending places as stretches from the first to the last."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and found[-1][1] == place - 1:
            found[-1] = found[-1][0], place
        else:
            found.append((place, place))
    return found
