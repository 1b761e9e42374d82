"""The data room: how the file is read, the whole table, and what becomes of it, side by side in a window of its own."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from nnstudio.project import column_lists, edits
from nnstudio.project.model import ColumnFacts, DataChoice, ReadingFact
from nnstudio.text import Count, UserError, mark, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.background import table_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.data.column_head import KINDS, ROLES, ColumnHead
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.data.outcome import Outcome
from nnstudio.ui.data.reading_form import ReadingForm
from nnstudio.ui.data.table_model import TableModel
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.store import Store

if TYPE_CHECKING:
    import polars

CHOSEN_ROLES = ("target", "input", "ignored", "id", "weight", "group", "time")
CHOSEN_KINDS = ("", "number", "category", "text", "date")
FUNCTIONS = {
    "square": "x²",
    "sin": "sin x",
    "log": "log x",
    "bins": mark("bins"),
    "ordinal": mark("ordinal"),
    "onehot": mark("one-hot"),
}
OF_TWO = {"product": "×", "ratio": "/"}
MOST_PARTNERS = 12
"""Columns that are offered for a product or a ratio."""
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
        self.resize(*SIZE)
        self.store, self.loader = store, loader
        self.reading = ReadingForm()
        self.model = TableModel(self)
        self.view = QTableView()
        self.view.setObjectName("dataTable")
        self.view.setAccessibleName(_("The table"))
        self.view.setModel(self.model)
        self.head = ColumnHead(self.model, self.view)
        self.view.setHorizontalHeader(self.head)
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setTabKeyNavigation(False)
        self.view.setWordWrap(False)
        self.view.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 7)
        self.search = QLineEdit()
        self.search.setObjectName("dataSearch")
        self.search.setPlaceholderText(_("Search the rows"))
        self.search.setAccessibleName(_("Search the rows"))
        self.search.setClearButtonEnabled(True)
        self.found = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.outcome = Outcome()
        self._typing = QTimer(self, interval=TYPING, singleShot=True)
        self._typing.timeout.connect(self.look_up)
        self._looking: Task | None = None
        self._sketching: Task | None = None
        self._lay_out()
        self.reading.edited.connect(self._read_otherwise)
        self.reading.refused.connect(store.told)
        self.head.chosen.connect(self.ask)
        self.outcome.undone.connect(
            lambda text: self.change(_("Remove a derived input"), column_lists.without_derived, text)
        )
        self.search.textEdited.connect(lambda _text: self._typing.start())
        self.view.horizontalScrollBar().valueChanged.connect(lambda _value: self._sketch())
        store.changed.connect(self.follow)
        loader.changed.connect(self.show_project)
        for keys, function in (
            (QKeySequence.StandardKey.Undo, store.undo),
            (QKeySequence.StandardKey.Redo, store.redo),
        ):
            QShortcut(QKeySequence(keys), self, function)
        self.show_project()

    def follow(self, change: Change) -> None:
        if change.touches(Part.DATA, Part.FACTS, Part.PROBLEMS):
            self.show_project()

    def show_project(self) -> None:
        """Show the table, how it was read and what becomes of it, as all are now."""
        data, facts, problem = self.store.project.data, self.store.project.facts, self.store.data_problem
        dataset = self.loader.dataset_for(data)
        table, columns, reading = None, tuple[ColumnFacts, ...](), tuple[ReadingFact, ...]()
        if dataset is not None:
            table, columns, reading = dataset.table, dataset.facts.columns, dataset.facts.reading
        elif self.loader.raw is not None and self.loader.raw.choice == data:
            table, columns, reading = self.loader.raw.table, self.loader.raw.facts, self.loader.raw.reading
        elif self.loader.is_loading:
            table, columns = self.model.table, tuple(self.model.facts.values())  # what there is until it is read
        self.reading.show_reading(data, reading)
        self.outcome.show_facts(data, facts if not problem else None, problem)
        self._show_table(table, columns)

    def _show_table(self, table: "polars.DataFrame | None", facts: tuple[ColumnFacts, ...]) -> None:
        is_other = table is not self.model.table
        names = list(self.model.names)
        self.model.show_table(table, facts)
        self.view.setVisible(table is not None)
        self.message.setVisible(table is None)
        self.message.setText(
            _("These rows are pictures: they are shown in the panel of the data.")
            if self.loader.dataset is not None and not self.store.data_problem
            else self.store.data_problem or _("Reading the data …")
        )
        if is_other and names != self.model.names:
            for place, name in enumerate(self.model.names[:FEW_COLUMNS]):
                self.head.resizeSection(place, self.head.width_for(name))
        if is_other:
            self.look_up()
            self._sketch()
        self._tell_size()

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

    def look_up(self) -> None:
        """Have the rows found that are searched for, in the order asked for."""
        table = self.model.table
        if table is None:
            return
        by = self.head.sorted_by if self.head.sorted_by in table.columns else ""
        question = partial(table_jobs.rows_of, table, self.search.text(), by, self.head.is_descending)
        self._looking = Task(question, self)
        self._looking.arrived.connect(partial(self._take_rows, table, self._looking))
        self._looking.start()

    def _take_rows(self, table: object, task: Task, rows: Any) -> None:
        if table is self.model.table and task is self._looking:
            self.model.show_rows(rows)
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
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fact = self.model.facts.get(name)
        if fact is not None and fact.reason:
            reason = menu.addAction(fact.reason.replace("&", "&&"))
            reason.setEnabled(False)
            menu.addSeparator()
        add(menu, _("Sort: smallest first"), lambda: self.sort_by(name, False))
        add(menu, _("Sort: largest first"), lambda: self.sort_by(name, True))
        add(menu, _("As in the file"), lambda: self.sort_by("", False))
        if fact is None:
            return menu
        menu.addSeparator()
        roles = QActionGroup(menu)
        for role in CHOSEN_ROLES:
            one = add(
                menu, _(ROLES[role]), partial(self.change, _("Change a column"), column_lists.with_role, name, role)
            )
            check(one, roles, role == fact.role)
        menu.addSeparator()
        kinds = QActionGroup(menu)
        chosen = column_lists.kinds_of(self.store.project.data.kinds).get(name, "")
        for kind in CHOSEN_KINDS:
            text = _(KINDS[kind]) if kind else _("kind: automatic ({kind})").format(kind=_(KINDS[fact.kind]))
            one = add(menu, text, partial(self.change, _("Change a column"), column_lists.with_kind, name, kind))
            check(one, kinds, kind == chosen)
        if fact.role == "input":
            menu.addSeparator()
            self._offer_derived(menu, name, fact)
        return menu

    def _offer_derived(self, menu: QMenu, name: str, fact: ColumnFacts) -> None:
        derived = menu.addMenu(_("Make an input of it"))
        of_numbers = ("square", "sin", "log", "bins")
        for function, text in FUNCTIONS.items():
            if function in of_numbers and fact.kind != "number":
                continue
            call = f"{function}({name}{';5' if function == 'bins' else ''})"
            add(derived, _(text), partial(self.change, _("Derive an input"), column_lists.with_derived, call))
        if fact.kind != "number":
            return
        others = [one for one in self.model.facts.values() if one.kind == "number" and one.role == "input"]
        for function, sign in OF_TWO.items():
            for other in others[:MOST_PARTNERS]:
                if other.name != name:
                    text = f"{name} {sign} {other.name}".replace("&", "&&")
                    call = f"{function}({name};{other.name})"
                    add(derived, text, partial(self.change, _("Derive an input"), column_lists.with_derived, call))

    # --- how it looks -----------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(8, 10, 8, 8)
        line = QHBoxLayout()
        line.addWidget(self.search, 1)
        line.addWidget(self.found)
        layout.addLayout(line)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.message, 1)
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
        self.again = QPushButton(_("Read the file again"))
        self.again.setAutoDefault(False)
        self.again.clicked.connect(self._read_again)
        line.addWidget(self.again)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # no button of a form is meant
            return
        super().keyPressEvent(event)


def changed(data: DataChoice, name: str, value: object) -> DataChoice:
    return replace(data, **{name: value})


def add(menu: QMenu, text: str, function: Callable[[], object]) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda _checked=False: function())
    return action


def check(action: QAction, group: QActionGroup, is_checked: bool) -> None:
    action.setCheckable(True)
    action.setActionGroup(group)
    action.setChecked(is_checked)


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
