"""The data room: how the file is read, the whole table, and what becomes of it, side by side in a window of its own."""

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from nnstudio.project import column_lists, edits
from nnstudio.project.model import ColumnFacts, ColumnRole, DataChoice, ReadingFact
from nnstudio.text import Count, UserError, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.background import table_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.data.column_head import WIDEST, ColumnHead
from nnstudio.ui.data.column_menu import Column, column_menu
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.data.loading_bar import LoadingBar
from nnstudio.ui.data.outcome import Outcome
from nnstudio.ui.data.reading_form import ReadingForm
from nnstudio.ui.data.sample_button import SampleButton
from nnstudio.ui.data.table_model import TableModel
from nnstudio.ui.data.table_view import TableView
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.store import Store

if TYPE_CHECKING:
    import polars

SIZE = (1180, 700)
SIDES = [250, 640, 290]
FEW_COLUMNS = 60
"""Columns whose widths and pictures are made at once; of more, as they come into sight."""
TYPING = 250
"""Milliseconds without a key until what is typed is searched for."""


class DataRoom(QDialog):
    """A window on the data of one project; what is chosen in it is an edit like any other."""

    def __init__(self, store: Store, loader: DataLoader, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("dataRoom")
        self.setWindowTitle(_("Data room"))
        resize_on_screen(self, *SIZE)
        self.store, self.loader = store, loader
        self.reading = ReadingForm()
        self.model = TableModel(self)
        self.view = TableView(self.model, _("The table"))
        self.view.setObjectName("dataTable")
        self.head = ColumnHead(self.model, self.view)
        self.view.setHorizontalHeader(self.head)
        self.search = QLineEdit()
        self.search.setObjectName("dataSearch")
        self.search.setPlaceholderText(_("Search the rows"))
        self.search.setAccessibleName(_("Search the rows"))
        self.search.setClearButtonEnabled(True)
        self.found = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.message.setObjectName("roomMessage")
        self.told = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.told.setObjectName("roomTold")
        self.told.hide()
        self.loading = LoadingBar(loader)
        self.sample = SampleButton(store, loader)
        self.outcome = Outcome()
        self._source = ""
        """What the table in sight is of."""
        self._reading: tuple[ReadingFact, ...] = ()
        self._flattered: tuple[str, DataChoice] | None = None
        """The run, and its data, of which it is known what scaling before splitting is worth."""
        self._typing = QTimer(self, interval=TYPING, singleShot=True)
        self._typing.timeout.connect(self.look_up)
        self._looking: Task | None = None
        self._sketching: Task | None = None
        self._lay_out()
        self.reading.edited.connect(self._read_otherwise)
        self.reading.refused.connect(store.told)
        self.head.chosen.connect(self.ask)
        self.view.asked.connect(self.ask)
        self.outcome.undone.connect(
            lambda text: self.change(_("Remove a derived input"), column_lists.without_derived, text)
        )
        self.search.textEdited.connect(lambda _text: self._typing.start())
        self.view.horizontalScrollBar().valueChanged.connect(lambda _value: self._sketch())
        store.changed.connect(self.follow)
        store.told.connect(self.tell)
        loader.changed.connect(self.show_project)
        for keys, function in (
            (QKeySequence.StandardKey.Undo, store.undo),
            (QKeySequence.StandardKey.Redo, store.redo),
        ):
            QShortcut(QKeySequence(keys), self, function)
        self.show_project()
        self.view.setFocus()

    def follow(self, change: Change) -> None:
        if change.touches(Part.DATA):
            self.told.hide()
        if change.touches(Part.DATA, Part.FACTS, Part.PROBLEMS):
            self.show_project()
        elif change.touches(Part.RUNS):
            self._ask_flattery()

    def tell(self, words: str) -> None:
        """Say something here too: what the window says lies behind this one."""
        self.told.setText(words)
        self.told.show()

    def show_project(self) -> None:
        """Show the table, how it was read and what becomes of it, as all are now."""
        data, problem = self.store.project.data, self.store.data_problem
        dataset, raw = self.loader.dataset_for(data), self.loader.raw
        if dataset is not None:
            facts = dataset.facts
            self._show_read(dataset.table, facts.columns, facts.reading)
        elif raw is not None and raw.choice == data:
            self._show_read(raw.table, raw.facts or not_looked_at(raw.table, data), raw.reading)
        elif self.loader.is_loading and self._source == data.source and self.model.table is not None:
            # The table stays in sight until it is read again; what is chosen of its columns shows at once.
            columns = (self.model.facts[name] for name in self.model.names if name in self.model.facts)
            self.model.show_facts(column_lists.as_chosen(columns, data))
            self.reading.show_reading(data, self._reading, True)
            self.outcome.show_waiting(data)
            return
        else:
            self._show_read(None, (), ())
        self.outcome.show_facts(data, self.store.project.facts if not problem else None, problem)
        self._ask_flattery()

    def _ask_flattery(self) -> None:
        """Have it measured what scaling before splitting is worth to the newest run that was trained so."""
        project = self.store.project
        runs = [run for run in project.runs if run.data == project.data]
        if project.data.scale_on == "training" or not runs or self._flattered == (runs[-1].id, project.data):
            return
        self._flattered = (runs[-1].id, project.data)
        question = partial(table_jobs.flattery_of, runs[-1], project.files, self.store.refused)
        task = Task(question, self)
        task.arrived.connect(partial(self._take_flattery, project.data))
        task.start()

    def _take_flattery(self, data: DataChoice, points: Any) -> None:
        if data == self.store.project.data and points is not None:
            self.outcome.show_flattery(data, points)

    def _show_read(
        self,
        table: "polars.DataFrame | None",
        columns: tuple[ColumnFacts, ...],
        reading: tuple[ReadingFact, ...],
    ) -> None:
        data = self.store.project.data
        is_of_same = self._source == data.source
        self._source, self._reading = data.source, reading
        self.reading.show_reading(data, reading, table is not None or self.loader.dataset_for(data) is not None)
        self.message.setText(self._words())
        self.message.setVisible(table is None)
        self.view.setVisible(table is not None)
        if table is not self.model.table:
            self._take_table(table, columns, is_of_same)
        elif table is not None:
            self.model.show_facts(columns)
        self._tell_size()

    def _words(self) -> str:
        """What stands in the place of a table."""
        if self.store.data_problem:
            return self.store.data_problem
        if self.loader.dataset_for(self.store.project.data) is not None:
            return _("These rows are pictures: they are shown in the panel of the data.")
        return _("Reading the data …")

    def _take_table(self, table: "polars.DataFrame | None", columns: tuple[ColumnFacts, ...], is_of_same: bool) -> None:
        """Show another table; where it is the same one read again, one goes on looking where one looked."""
        before, place = list(self.model.names), self.view.place()
        if not is_of_same:
            self.head.sorted_by = ""
            self.search.clear()
        self.view.setUpdatesEnabled(False)
        self.model.show_table(table, columns)
        names = self.model.names
        if names != before:
            self._set_widths(place.widths if is_of_same else {})
            if is_of_same and before:
                self.view.go_back(place)
            new = [number for number, name in enumerate(names) if name not in before]
            if is_of_same and new and 0 < len(before) < len(names):
                self._look_at(new[-1])
        self.view.setUpdatesEnabled(True)
        self.look_up(goes_up=not is_of_same)
        self._sketch()

    def _set_widths(self, known: dict[str, int]) -> None:
        for place, name in enumerate(self.model.names):
            width = known.get(name)
            if width is None:
                if place >= FEW_COLUMNS:
                    continue
                cells = min(WIDEST, self.view.width_of_cells(place))
                width = max(self.head.width_for(name), cells)
            if width != self.head.sectionSize(place):
                self.head.resizeSection(place, width)

    def _look_at(self, column: int) -> None:
        """Bring a column into sight, without going up or down."""
        left = self.head.sectionPosition(column)
        bar, room = self.view.horizontalScrollBar(), self.view.viewport().width()
        bar.setValue(min(left, max(bar.value(), left + self.head.sectionSize(column) - room)))

    def _tell_size(self) -> None:
        table = self.model.table
        if table is None:
            self.found.setText("")
            return
        rows = translate_count("{count} row", "{count} rows", table.height).format(count=Count(table.height))
        columns = translate_count("{count} column", "{count} columns", table.width).format(count=Count(table.width))
        shown = self.model.rowCount()
        text = f"{rows} × {columns}"
        if shown != table.height:
            text = translate_count("{count} row found in {all}", "{count} rows found in {all}", shown).format(
                count=Count(shown), all=text
            )
        self.found.setText(text)

    def _read_again(self) -> None:
        """Read the file anew, as it is now."""
        self.loader.forget()

    # --- sorted, searched, drawn small ------------------------------------------------------------------------------

    def look_up(self, goes_up: bool = True) -> None:
        """Have the rows found that are searched for, in the order asked for; the first of them is looked at where one
        `goes_up`."""
        table = self.model.table
        self._looking = None
        if table is None:
            return
        if not self.search.text().strip() and self.head.sorted_by not in table.columns:
            self._show_rows(None, goes_up)
            return
        by = self.head.sorted_by if self.head.sorted_by in table.columns else ""
        question = partial(table_jobs.rows_of, table, self.search.text(), by, self.head.is_descending)
        self._looking = Task(question, self)
        self._looking.arrived.connect(partial(self._take_rows, table, self._looking, goes_up))
        self._looking.start()

    def _take_rows(self, table: object, task: Task, goes_up: bool, rows: Any) -> None:
        if table is self.model.table and task is self._looking:
            self._show_rows(rows, goes_up)

    def _show_rows(self, rows: Any, goes_up: bool) -> None:
        if rows is not None or self.model.rows is not None:
            place = self.view.place()
            self.view.setUpdatesEnabled(False)
            self.model.show_rows(rows)
            self.view.go_back(dataclasses.replace(place, down=0, row=0) if goes_up else place)
            self.view.setUpdatesEnabled(True)
        self._tell_size()

    def sort_by(self, name: str, descending: bool) -> None:
        """Sort the rows by a column; by none for ""."""
        self.head.sorted_by, self.head.is_descending = name, descending
        self.head.viewport().update()
        self.look_up()

    def _sketch(self) -> None:
        """Have the distributions of the columns in sight drawn."""
        table = self.model.table
        if table is None or (self._sketching is not None and not self._sketching.has_ended):
            return
        names = [name for name in self._in_sight() if name not in self.model.sketches]
        if not names:
            return
        self._sketching = Task(partial(table_jobs.sketches_of, table, names), self)
        self._sketching.arrived.connect(partial(self._take_sketch, table))
        self._sketching.ended.connect(self._sketch_on)
        self._sketching.start()

    def _take_sketch(self, table: object, found: Any) -> None:
        if table is self.model.table:
            self.model.take_sketch(*found)

    def _sketch_on(self) -> None:
        self._sketching = None
        self._sketch()

    def _in_sight(self) -> list[str]:
        names = self.model.names
        first = max(0, self.head.visualIndexAt(0))
        last = self.head.visualIndexAt(self.head.viewport().width())
        return names[first : (last if last >= 0 else len(names) - 1) + 1]

    # --- changing ---------------------------------------------------------------------------------------------------

    def _read_otherwise(self, name: str, value: object) -> None:
        self.change(_("Read the data otherwise"), lambda data: changed(data, name, value))

    def change(self, label: str, made: Callable[..., DataChoice], *values: object) -> None:
        """One change of what is chosen about the data, which can be undone."""
        project = self.store.project
        after = asdict(made(project.data, *values))
        before = asdict(project.data)
        changes = {name: value for name, value in after.items() if value != before[name]}
        try:
            self.store.edit(label, edits.set_data(project, **changes))
        except UserError as mistake:
            self.store.told.emit(str(mistake))

    def ask(self, place: int, where: QPoint) -> None:
        """Open the menu of a column."""
        self.menu_of(self.model.names[place]).popup(where)

    def menu_of(self, name: str) -> QMenu:
        """What can be done with a column."""
        dataset = self.loader.dataset_for(self.store.project.data)
        made = dataset.preparation.made if dataset is not None else ()
        column = Column(
            name,
            self.model.facts.get(name),
            self.store.project.data,
            tuple(self.model.facts.values()),
            next((one for one in made if one.name == name), None),
            bool(self.head.sorted_by),
        )
        return column_menu(self, column, self.change, self.sort_by)

    # --- how it looks -----------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(8, 10, 8, 8)
        self.again = QPushButton(_("Read the file again"))
        self.again.setAutoDefault(False)
        self.again.clicked.connect(self._read_again)
        line = QHBoxLayout()
        line.addWidget(self.search, 1)
        line.addWidget(self.found)
        line.addWidget(self.again)
        layout.addLayout(line)
        layout.addWidget(self.told)
        layout.addWidget(self.loading)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.message, 1)
        layout.addWidget(self.sample, 0, Qt.AlignmentFlag.AlignHCenter)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        for widget in (side(_("How it is read"), self.reading), middle, side(_("What becomes of it"), self.outcome)):
            split.addWidget(widget)
        split.setSizes(SIDES)
        for place, stretch in enumerate((0, 1, 0)):
            split.setStretchFactor(place, stretch)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # no button of a form is meant
            return
        if event.key() == Qt.Key.Key_Escape and self.focusWidget() is self.search and self.search.text():
            self.search.clear()
            self.look_up()
            return
        super().keyPressEvent(event)


def changed(data: DataChoice, name: str, value: object) -> DataChoice:
    return replace(data, **{name: value})


def not_looked_at(table: "polars.DataFrame | None", data: DataChoice) -> tuple[ColumnFacts, ...]:
    """The columns of a table that was refused before any was looked at, so that each can be chosen still."""
    columns = table.get_columns() if table is not None else []
    plain = [
        ColumnFacts(one.name, "number" if one.dtype.is_numeric() else "category", role_at(place, len(columns)))
        for place, one in enumerate(columns)
    ]
    return column_lists.as_chosen(plain, data)


def role_at(place: int, count: int) -> ColumnRole:
    return "target" if place == count - 1 else "input"


def side(title: str, content: QWidget) -> QScrollArea:
    """A column of the room: a title over what scrolls."""
    inside = QWidget()
    layout = QVBoxLayout(inside)
    layout.setContentsMargins(14, 12, 14, 12)
    label = QLabel(title, textFormat=Qt.TextFormat.PlainText)
    label.setFont(sized(label.font(), 1.15, bold=True))
    layout.addWidget(label)
    layout.addWidget(content, 1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    area.setMinimumWidth(210)
    area.setAccessibleName(title)
    return area
