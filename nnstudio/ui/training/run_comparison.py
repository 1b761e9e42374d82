"""Two runs beside each other: only what differs."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from nnstudio.project.run_columns import RunFacts, RunTable, compared
from nnstudio.text import translate as _
from nnstudio.ui.look.tooltips import plain_tooltip
from nnstudio.ui.training.runs_view import sheet

MOST_SEEN = 5
"""Rows that are seen without scrolling."""
AIR = 6


class RunComparison(QTableWidget):
    """A row for each setting and result that is not the same in two runs."""

    def __init__(self) -> None:
        super().__init__(0, 3)
        self.setObjectName("runComparison")
        self.setAccessibleName(_("What differs between the two runs"))
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.hide()
        self.setStyleSheet(sheet())
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + AIR)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)

    def show_runs(self, table: RunTable, first: RunFacts, second: RunFacts) -> None:
        """Show what differs between two runs."""
        found = compared(table, first, second)
        names = [_("run {number}").format(number=one.run.id.removeprefix("run-")) for one in (first, second)]
        self.setHorizontalHeaderLabels([_("What differs"), *names])
        self.setRowCount(max(1, len(found)))
        for row, texts in enumerate(found or [(_("nothing"), "", "")]):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tooltip([text]))
                self.setItem(row, column, item)
        rows = min(self.rowCount(), MOST_SEEN)
        height = self.horizontalHeader().sizeHint().height() + rows * self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(height + 2 * self.frameWidth())
