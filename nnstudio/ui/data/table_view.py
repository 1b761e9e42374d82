"""A table on screen: smooth with millions of rows, and each column's menu within reach of mouse and keys."""

from dataclasses import dataclass

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from nnstudio.ui.data.table_model import TableModel
from nnstudio.ui.look import theme

AIR = 7
LOOKED_AT = 40
"""Rows by whose cells the width of a column is measured."""
MARGIN = 16


@dataclass(frozen=True)
class Place:
    """Where one looks: the widths of the columns by their names, both scroll bars in pixels, and the current cell."""

    widths: dict[str, int]
    across: int
    down: int
    row: int
    column: str
    is_selected: bool


class TableView(QTableView):
    """`asked(column, where)` comes when the menu of a cell's column is asked for: by the right button, by the menu key,
    Shift+F10 or Alt+Down."""

    asked = Signal(int, QPoint)

    def __init__(self, model: TableModel, name: str) -> None:
        super().__init__()
        self.table_model = model
        self.setModel(model)
        self.setAccessibleName(name)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setStyleSheet(sheet())
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + AIR)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # one height for all, however many
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.verticalHeader().setHighlightSections(False)

    def width_of_cells(self, column: int) -> int:
        """How wide a column is that shows its first cells whole, in pixels."""
        metrics, model = self.fontMetrics(), self.table_model
        texts = (str(model.index(row, column).data() or "") for row in range(min(LOOKED_AT, model.rowCount())))
        return max((metrics.horizontalAdvance(text) for text in texts), default=0) + MARGIN

    def place(self) -> Place:
        """Where one looks."""
        names, current = self.table_model.names, self.currentIndex()
        return Place(
            {name: self.columnWidth(number) for number, name in enumerate(names)},
            self.horizontalScrollBar().value(),
            self.verticalScrollBar().value(),
            current.row(),
            names[current.column()] if current.isValid() else "",
            self.selectionModel().isSelected(current),
        )

    def go_back(self, place: Place) -> None:
        """Look where one looked, as far as that is there still."""
        self.doItemsLayout()  # otherwise the bars do not reach so far yet
        model = self.table_model
        if place.column in model.names and place.row < model.rowCount():
            index = model.index(place.row, model.names.index(place.column))
            flags = QItemSelectionModel.SelectionFlag
            self.setAutoScroll(False)
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect if place.is_selected else flags.NoUpdate)
            self.setAutoScroll(True)
        self.horizontalScrollBar().setValue(place.across)
        self.verticalScrollBar().setValue(place.down)

    def ask_at_current(self) -> None:
        """Ask for the menu of the current cell's column."""
        current = self.currentIndex()
        index = current if current.isValid() else self.indexAt(QPoint(1, 1))
        if index.isValid():
            self.scrollTo(index)
            where = self.visualRect(index).bottomLeft()
            self.asked.emit(index.column(), self.viewport().mapToGlobal(where))

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_down = event.key() == Qt.Key.Key_Down and event.modifiers() == Qt.KeyboardModifier.AltModifier
        is_shift_f10 = event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if is_down or is_shift_f10 or event.key() == Qt.Key.Key_Menu:
            self.ask_at_current()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            return  # the key was heard already
        index: QModelIndex = self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
            self.asked.emit(index.column(), event.globalPos())

    def keyboardSearch(self, search: str) -> None:
        """Nothing: it would ask for the cells of all rows, one by one, while the window stands still."""


def sheet() -> str:
    """Flat heads in the place of Fusion's grey ones."""
    colors = theme.colors()
    return f"""
    QTableView {{ gridline-color: {colors.grid}; }}
    QHeaderView {{ background: {colors.surface}; }}
    QHeaderView::section {{ background: {colors.surface}; color: {colors.faint_text}; padding: 0 6px; border: none;
                            border-right: 1px solid {colors.grid}; border-bottom: 1px solid {colors.grid}; }}
    QTableCornerButton::section {{ background: {colors.surface}; border: none;
                                   border-right: 1px solid {colors.grid}; border-bottom: 1px solid {colors.grid}; }}
    """
