"""The table of runs on screen: stars and headings under the pointer, notes written in place, and a place that stays."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from nnstudio.project.edits import LONGEST_NOTE
from nnstudio.project.model import Run
from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.training.runs_model import RunsModel, key_of, spans

AIR = 7
LOOKED_AT = 60
"""Rows by whose cells the width of a column is measured."""
MARGIN, ARROW, TICK = 10, 12, 22
NARROWEST, WIDEST = 30, 240
WRITTEN = 180
"""The least width of the field that a note is written in, as far as there is room."""
GAP = "\u2002"
AnyIndex = QModelIndex | QPersistentModelIndex


class NoteDelegate(QStyledItemDelegate):
    """Writes a note in its cell. What is typed is in the project at once; Escape takes it back. `left` comes when the
    field is gone."""

    left = Signal()

    def __init__(self, table: "RunsView") -> None:
        super().__init__(table)
        self._table = table
        self._before = ""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> QWidget:
        field = QLineEdit(parent, maxLength=LONGEST_NOTE)
        field.setObjectName("runNote")
        field.setAccessibleName(_("Note"))
        self._before = str(index.data(Qt.ItemDataRole.EditRole) or "")
        field.textEdited.connect(lambda _text: self.commitData.emit(field))
        return field

    def setEditorData(self, editor: QWidget, index: AnyIndex) -> None:
        text = str(index.data(Qt.ItemDataRole.EditRole) or "")
        if isinstance(editor, QLineEdit) and editor.text() != text:  # otherwise the cursor would jump
            editor.setText(text)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: AnyIndex) -> None:
        if isinstance(editor, QLineEdit) and editor.text() != index.data(Qt.ItemDataRole.EditRole):
            model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        room = QRect(option.rect)
        parent = editor.parentWidget()
        around = parent.width() if parent else room.width()
        room.setWidth(max(room.width(), min(WRITTEN, around)))
        room.moveLeft(max(0, min(room.left(), around - room.width())))
        editor.setGeometry(room)

    def initStyleOption(self, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Words keep away from the number before them, and a heading is seen however far one looks to the right."""
        super().initStyleOption(option, index)
        if index.column() == 0 and self._table.runs_model.heading_at(index.row()) is not None:
            option.rect = option.rect.intersected(self._table.viewport().rect())
        elif option.displayAlignment & Qt.AlignmentFlag.AlignLeft:
            option.text = GAP + option.text

    def destroyEditor(self, editor: QWidget, index: AnyIndex) -> None:
        super().destroyEditor(editor, index)
        self.left.emit()

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and event.type() == QEvent.Type.KeyPress and isinstance(editor, QLineEdit):
            editor.setText(self._before)
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
            return True
        return super().eventFilter(editor, event)


class RunsView(QTableView):
    """`starred(runs, on)` comes when stars are to be put on or taken off, `delete_asked` with the key for that,
    `sort_asked(key)` with a click at a title, `picked` when the selection has changed or a selected row was clicked."""

    starred = Signal(object, bool)
    delete_asked = Signal()
    sort_asked = Signal(str)
    picked = Signal()

    def __init__(self, model: RunsModel) -> None:
        super().__init__()
        self.runs_model = model
        self._keeps_place = self._is_measuring = self._was_picked = False
        self.setModel(model)
        self.setObjectName("runsTable")
        self.setAccessibleName(_("Runs"))
        self.notes = NoteDelegate(self)
        self.setItemDelegate(self.notes)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setStyleSheet(sheet())
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + AIR)
        self.verticalHeader().setMinimumSectionSize(self.fontMetrics().height() + AIR)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(NARROWEST)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.sectionClicked.connect(self._title_clicked)
        header.sectionResized.connect(self._resized)
        self.widths: dict[str, int] = {}
        """Of columns that a hand has drawn wider or narrower."""
        self._measured: tuple[str, ...] = ()
        self.clicked.connect(self._clicked)

    @property
    def is_writing(self) -> bool:
        """Whether a note is being written."""
        return self.state() == QAbstractItemView.State.EditingState

    def selected_runs(self) -> list[Run]:
        """The runs whose rows are selected, in their order."""
        parts = self.selectionModel().selection().toList()
        rows = {row for part in parts for row in range(part.top(), part.bottom() + 1)}
        found = (self.runs_model.run_at(row) for row in sorted(rows))
        return [run for run in found if run is not None]

    def select_runs(self, ids: Sequence[str]) -> None:
        """Select the rows of these runs, as far as they are shown."""
        wanted, model, chosen = set(ids), self.runs_model, QItemSelection()
        places = [place for place, row in enumerate(model.rows) if key_of(row) in wanted]
        for first, last in spans(places):
            chosen.select(model.index(first, 0), model.index(last, len(model.columns) - 1))
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)

    @contextmanager
    def place_kept(self, scrolls: bool = True) -> Iterator[None]:
        """While rows come, go or move: what is selected stays so, and what is looked at stays under the eye. Only the
        former where the rows are to be seen from their beginning again."""
        model, bar = self.runs_model, self.verticalScrollBar()
        selected, current = [run.id for run in self.selected_runs()], self.currentIndex()
        current_key = key_of(model.rows[current.row()]) if current.isValid() else ""
        current_column = model.columns[current.column()].key if current.isValid() else ""
        top = self.rowAt(0) if bar.value() > 0 else -1
        top_key, beyond = (key_of(model.rows[top]), self.rowViewportPosition(top)) if top >= 0 else ("", 0)
        across = self.horizontalScrollBar().value()
        self._keeps_place = True
        try:
            yield
            self._lay_out()
            if [run.id for run in self.selected_runs()] != selected:
                self.select_runs(selected)
            places = {key_of(row): place for place, row in enumerate(model.rows)} if top_key or current_key else {}
            if current_key in places and not self.is_writing:
                index = model.index(places[current_key], max(0, model.place_of(current_column)))
                self.setAutoScroll(False)
                self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
                self.setAutoScroll(True)
            self.horizontalScrollBar().setValue(across)
            if not scrolls:
                self.scrollToTop()
            elif top_key in places:
                bar.setValue(places[top_key] * self.verticalHeader().defaultSectionSize() - beyond)
        finally:
            self._keeps_place = False
        if [run.id for run in self.selected_runs()] != selected:
            self.picked.emit()

    def show_order(self) -> None:
        """The arrow at the title of the column that the rows are sorted by."""
        place = self.runs_model.place_of(self.runs_model.sorted_by)
        header = self.horizontalHeader()
        header.setSortIndicatorShown(place >= 0)
        orders = Qt.SortOrder
        if place >= 0:
            is_descending = self.runs_model.is_descending
            header.setSortIndicator(place, orders.DescendingOrder if is_descending else orders.AscendingOrder)

    # --- layout -----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Widths for new columns, and headings across all of them."""
        model = self.runs_model
        self.clearSpans()
        for place in model.headings():
            self.setSpan(place, 0, 1, max(1, len(model.columns)))
        keys = tuple(one.key for one in model.columns)
        if keys != self._measured and model.rows:
            self._measured = keys
            self._is_measuring = True
            for place, key in enumerate(keys):
                self.setColumnWidth(place, self.widths.get(key) or self._width_of(place))
            self._is_measuring = False
        self.doItemsLayout()
        self.show_order()

    def _width_of(self, place: int) -> int:
        """As wide as its title and first cells, within bounds."""
        model, metrics = self.runs_model, self.fontMetrics()
        column = model.columns[place]
        rows = [row for row in range(min(LOOKED_AT, len(model.rows))) if model.run_at(row) is not None]
        cells = [metrics.horizontalAdvance(str(model.index(row, place).data() or "")) for row in rows]
        title = metrics.horizontalAdvance(column.title) + MARGIN + (ARROW if column.key != "is_starred" else 0)
        beside = {"number": TICK}.get(column.key, 0 if column.kind == "number" else metrics.horizontalAdvance(GAP))
        width = max([*cells, 0]) + MARGIN + beside
        return max(NARROWEST, min(WIDEST, max(title, width)))

    def _resized(self, place: int, _before: int, width: int) -> None:
        if not self._is_measuring and place < len(self.runs_model.columns):
            self.widths[self.runs_model.columns[place].key] = width

    # --- pointer and keys -------------------------------------------------------------------------------------------

    def _title_clicked(self, place: int) -> None:
        self.sort_asked.emit(self.runs_model.columns[place].key)

    def _clicked(self, _index: QModelIndex) -> None:
        if not self._was_picked and self.selected_runs():
            self.picked.emit()  # selected before, but another run may have been shown meanwhile

    def _toggle_star(self, index: QModelIndex) -> bool:
        """Whether a star was under the pointer."""
        run = self.runs_model.run_at(index.row()) if index.isValid() else None
        if run is None or self.runs_model.columns[index.column()].key != "is_starred":
            return False
        self.starred.emit([run], not run.is_starred)
        return True

    def toggle_heading(self, row: int, is_closed: bool | None = None) -> bool:
        """Fold the runs under a heading away, or bring them back; whether there is a heading in this row."""
        heading = self.runs_model.heading_at(row)
        if heading is None:
            return False
        wanted = heading.is_open if is_closed is None else is_closed
        if wanted == heading.is_open:
            with self.place_kept():
                self.runs_model.fold(heading.study, wanted)
        return True

    def write_note(self) -> None:
        """Write the note of the current run."""
        model, row = self.runs_model, self.currentIndex().row()
        place = model.place_of("note")
        if model.run_at(row) is None or place < 0:
            return
        index = model.index(row, place)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.scrollTo(index)
        self.edit(index)

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if not self._keeps_place:
            self._was_picked = True
            self.picked.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._was_picked = False
        index = self.indexAt(event.position().toPoint())
        is_left = event.button() == Qt.MouseButton.LeftButton and index.isValid()
        if is_left and (self.toggle_heading(index.row()) or self._toggle_star(index)):
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and (self.toggle_heading(index.row()) or self._toggle_star(index)):
            return
        super().mouseDoubleClickEvent(event)

    def event(self, event: QEvent) -> bool:
        # Keys that are commands of the canvas, or letters: here they are for the runs.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and is_ours(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, row = event.key(), self.currentIndex().row()
        closing = {Qt.Key.Key_Left: True, Qt.Key.Key_Right: False}
        toggling = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if (key in closing or key in toggling) and self.toggle_heading(row, closing.get(Qt.Key(key))):
            return
        if not is_ours(event) or event.matches(QKeySequence.StandardKey.SelectAll):
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_F2:
            self.write_note()
        elif key == Qt.Key.Key_S:
            runs = self.selected_runs()
            self.starred.emit(runs, not all(run.is_starred for run in runs))
        else:
            self.delete_asked.emit()

    def keyboardSearch(self, search: str) -> None:
        """Nothing: it would look through all cells, one by one, while the window stands still."""


def is_ours(event: QKeyEvent) -> bool:
    """Whether a key is for the runs: a star, a note, selecting all, deleting."""
    if event.matches(QKeySequence.StandardKey.SelectAll):
        return True
    plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
    return plain and event.key() in (Qt.Key.Key_S, Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


def point_of(view: RunsView, row: int, key: str) -> QPoint:
    """The middle of a cell, in the viewport."""
    return view.visualRect(view.runs_model.index(row, view.runs_model.place_of(key))).center()


def sheet() -> str:
    """Flat heads in the place of Fusion's grey ones, and a selection that lets stars be seen."""
    colors = theme.colors()
    chosen = theme.mixed(colors.surface, colors.selection, 0.25)
    return f"""
    QTableView {{ background: {colors.surface}; border: 1px solid {colors.grid};
                  selection-background-color: {chosen}; selection-color: {colors.text}; }}
    QHeaderView {{ background: {colors.surface}; }}
    QHeaderView::section {{ background: {colors.surface}; color: {colors.faint_text}; padding: 3px 4px; border: none;
                            border-right: 1px solid {colors.grid}; border-bottom: 1px solid {colors.grid}; }}
    """
