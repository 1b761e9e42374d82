"""The data panel: which data, how it is divided and prepared, what was done to it, and its first rows."""

from collections.abc import Iterable
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.layers.spec import Value
from nnstudio.project import edits
from nnstudio.project.archive import is_path
from nnstudio.project.column_words import role_sentences
from nnstudio.project.data_settings import DATA_SETTINGS, SAMPLE_SETTINGS
from nnstudio.project.drawn_points import COLUMNS, DRAWN
from nnstudio.project.files import is_there
from nnstudio.project.model import DataFacts, Project
from nnstudio.project.reading_settings import BALANCE_SETTINGS, READING_SETTINGS, ROLE_SETTINGS
from nnstudio.project.study_variables import VARIED_DATA
from nnstudio.project.toy_source import (
    GENERATOR,
    PLAYGROUND_TOYS,
    PREFIX,
    TOY_SETTINGS,
    settings_of,
    toy_settings,
    toy_source,
    with_generator,
)
from nnstudio.text import Count, UserError, mark
from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.data.asked_file import asked_file
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.data.loading_bar import LoadingBar
from nnstudio.ui.data.paint_pad import PaintPad, can_be_drawn_on, drawn_on
from nnstudio.ui.data.pasted import keep_pasted
from nnstudio.ui.data.pictures import Pictures
from nnstudio.ui.data.sample_button import SampleButton
from nnstudio.ui.data.table_model import shown
from nnstudio.ui.data.test_set_line import TestSetLine
from nnstudio.ui.inspector.form import ParameterForm, Section, select_choice
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import Choice
from nnstudio.ui.store import Store

if TYPE_CHECKING:
    from nnstudio.ui.data.room import DataRoom

SOURCES = {
    "builtin:digits": mark("Digits (8 × 8 images)"),
    "builtin:iris": mark("Iris flowers"),
    "builtin:wine": mark("Wines"),
    "builtin:breast_cancer": mark("Breast cancer"),
    "builtin:diabetes": mark("Diabetes (a value)"),
    "builtin:sms_spam": mark("Text messages: spam or not"),
    "builtin:languages": mark("Lines in six languages"),
    "builtin:symmetry": mark("Symmetry (1986)"),
    "builtin:family_trees": mark("Family trees (1986)"),
    "toy:circle": mark("Toy: circle"),
    "toy:xor": mark("Toy: xor"),
    "toy:gauss": mark("Toy: two clouds"),
    "toy:spiral": mark("Toy: spiral"),
    "toy:moons": mark("Toy: moons"),
    "toy:plane": mark("Toy: plane (a value)"),
    "toy:multi-gauss": mark("Toy: six bumps (a value)"),
    "toy:pictures_of_noise": mark("Toy: pictures of noise"),
    DRAWN: mark("Points drawn by hand"),
}
ON_DISK = {
    "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz": mark("Fashion-MNIST (on this computer)"),
}
"""What systems have packages of: offered where it lies."""
SECTIONS = (
    Section(mark("Pictures"), ("image", "fit"), is_open=False),
    Section(mark("Balance"), ("class_weights", "scale_on"), is_open=False),
    Section(mark("Augmentation"), ("augment_shift", "augment_mirror", "augment_noise"), is_open=False),
    Section(
        mark("Text"),
        ("text", "text_unit", "ngrams", "vocabulary", "min_count", "lower_case", "length", "repeats"),
        is_open=False,
    ),
)
FEW_POINTS = 10
"""Fewer are points still being drawn."""
PREVIEW_COLUMNS = 24
MOST_SHOWN = 20_000
"""Letters: laying out more of them would hold the window up."""


class DataPanel(QScrollArea):
    """Choices above, findings below."""

    def __init__(self, store: Store, loader: DataLoader) -> None:
        super().__init__()
        self.setObjectName("dataPanel")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.store = store
        self.loader = loader
        self.source = Choice()
        self.source.setObjectName("dataSource")
        self.source.setAccessibleName(_("Data"))
        shrinkable(self.source)
        for source, name in SOURCES.items():
            self.source.addItem(_(name), source)
        for source, name in ON_DISK.items():
            if is_there(Path(source)):
                self.source.addItem(_(name), source)
        self.file_button = QPushButton(_("File …"))
        self.folder_button = QPushButton(_("Folder of pictures …"))
        self.folder_button.setToolTip(_("Train on pictures of your own: a folder with one folder for each class in it"))
        self.target = Choice()
        self.target.setObjectName("dataTarget")
        self.target.setAccessibleName(_("Target"))
        shrinkable(self.target)
        self.toy_forms = {generator: ParameterForm(settings_of(generator)) for generator in GENERATOR.choices}
        self.pad = PaintPad(store)
        self.draw_on = QPushButton(_("Draw on these points"))
        self.draw_on.setToolTip(_("Take the points over into a pad, to change the problem by hand"))
        self.form = ParameterForm((*SAMPLE_SETTINGS, *BALANCE_SETTINGS), SECTIONS)
        self.room_button = QPushButton(_("Data room …"))
        self.room_button.setIcon(theme.icon("mdi6.table-large"))
        self.room_button.setToolTip(
            _("The whole table, how it is read, what each column is for and what becomes of it")
        )
        self.paste_button = QPushButton(_("Paste"))
        self.paste_button.setToolTip(_("Take a table from the clipboard, as a spreadsheet copies it"))
        self.test_button = QPushButton(_("Test file …"))
        self.room: DataRoom | None = None
        self._offered: tuple[str, ...] = ()
        self.notes = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.loading = LoadingBar(loader)
        self.bar, self.cancelling = self.loading.bar, self.loading.cancelling
        self.again = QPushButton(_("Read"))
        self.sample = SampleButton(store, loader)
        self.test_set = TestSetLine(store)
        self.preview = QTableWidget()
        self.preview.setAccessibleName(_("First rows"))
        self.preview.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.preview.setFixedHeight(170)
        self.preview.setTabKeyNavigation(False)
        self.pictures = Pictures()
        self._lay_out()
        self.source.activated.connect(lambda place: self.choose_source(self.source.itemData(place)))
        self.target.activated.connect(lambda place: self._edit_target(self.target.itemData(place)))
        self.file_button.clicked.connect(self.open_file)
        self.folder_button.clicked.connect(self.open_folder)
        self.draw_on.clicked.connect(self._draw_on)
        self.room_button.clicked.connect(self.open_room)
        self.paste_button.clicked.connect(self.paste)
        self.test_button.clicked.connect(self.open_test_file)
        for form in self.toy_forms.values():
            form.edited.connect(self._edit_toy)
            form.left.connect(store.seal)
            form.taken_back.connect(store.told)
        self.form.edited.connect(self._edit)
        self.form.left.connect(store.seal)
        self.form.taken_back.connect(store.told)
        self.form.study_keys = {name: f"data.{name}" for name in VARIED_DATA}
        self.again.clicked.connect(loader.forget)
        store.changed.connect(self.follow)
        loader.changed.connect(self.show_project)
        self.show_project()

    def follow(self, change: Change) -> None:
        if change.touches(Part.DATA, Part.FACTS, Part.PROBLEMS):
            self.show_project()

    def show_project(self) -> None:
        """Show the choice and what was found, as both are now."""
        project = self.store.project
        data = project.data
        self._show_source(data.source)
        self.form.show_values(lambda name: getattr(data, name))
        self.form.set_row_visible("test", not data.test_source)
        test = PureWindowsPath(data.test_source).name
        self.test_button.setText(_("Without test file") if test else _("Test file …"))
        self.test_button.setToolTip(
            _("The test part is “{file}”. Take a share of the rows again.").format(file=test)
            if test
            else _("Take a file of its own as the test part")
        )
        self._show_dataset(project)
        self.again.setVisible(self.loader.was_cancelled and not self.loader.is_loading)

    def choose_source(self, source: str) -> None:
        """Take other data; its target, how it is read and what its columns are for go back to the data's own: names of
        columns that it has not would keep it from being read at all."""
        self.store.allow([source])
        if source != self.store.project.data.source:
            usual = {one.name: one.default for one in (*READING_SETTINGS, *ROLE_SETTINGS)}
            project = edits.set_data(self.store.project, source=source, target="", test_source="", **usual)
            self.store.edit(_("Choose data"), project)

    def open_file(self) -> None:
        """Ask for a file and take it; one that was moved keeps all that belongs to it."""
        source = self.loader.missing
        name = asked_file(self, _("Data file"), self.store.path, PureWindowsPath(source).name)
        if name and source:
            self.store.allow([name])
            self.store.edit(_("Find the data"), edits.find_data(self.store.project, source, name))
            self.loader.forget()  # it may be the very file that was refused
        elif name:
            self.choose_source(name)

    def open_test_file(self) -> None:
        """Ask for a file that is the test part; or go back to a share of the rows where there is one."""
        if self.store.project.data.test_source:
            self.store.edit(_("Without a test file"), edits.set_data(self.store.project, test_source=""))
            return
        name = asked_file(self, _("Test file"), self.store.path)
        if name:
            self.store.allow([name])
            self.store.edit(_("Choose a test file"), edits.set_data(self.store.project, test_source=name))

    def paste(self) -> None:
        """Take the table that is on the clipboard."""
        try:
            self.choose_source(str(keep_pasted(QGuiApplication.clipboard().text())))
        except (UserError, OSError) as mistake:
            self.store.told.emit(str(mistake))

    def open_room(self) -> "DataRoom":
        """Open the data room, or bring it to the front."""
        if self.room is None:
            from nnstudio.ui.data.room import DataRoom

            self.room = DataRoom(self.store, self.loader, self.window())
            self.room.finished.connect(self._room_closed)
            self.room.show()
        self.room.raise_()
        self.room.activateWindow()
        return self.room

    def close_room(self) -> bool:
        """Close the data room; whether it was open."""
        is_open = self.room is not None
        if self.room is not None:
            self.room.close()
        return is_open

    def _room_closed(self) -> None:
        self.room = None

    def open_folder(self) -> None:
        """Ask for a folder of pictures and take it."""
        name = QFileDialog.getExistingDirectory(self, _("Folder of pictures"))
        if name:
            self.choose_source(name)

    def _show_source(self, source: str) -> None:
        is_toy = source.startswith(PREFIX)
        generator = toy_settings(source)[1]["generator"] if is_toy else ""
        for name, form in self.toy_forms.items():
            form.setVisible(name == generator)
            form.set_row_visible("generator", source.removeprefix(PREFIX).partition("?")[0] in PLAYGROUND_TOYS)
        self.pad.setVisible(source == DRAWN)
        if is_toy:
            name, values = toy_settings(source)
            self.toy_forms[str(generator)].show_values(lambda key: values[key])
            source = PREFIX + name
        select_choice(self.source, source)
        if is_path(source):
            name = _(ON_DISK[source]) if source in ON_DISK else PureWindowsPath(source).name
            self.source.setItemText(self.source.currentIndex(), name)
        is_missing = bool(self.loader.missing)
        self.file_button.setText(_("Find …") if is_missing else _("File …"))
        self.file_button.setToolTip(
            _("Say where the data file is now")
            if is_missing
            else _("Train on a table of your own: text, a spreadsheet, Parquet, ARFF, NumPy or IDX")
        )

    def _edit_toy(self, key: str, value: Value) -> None:
        name, values = toy_settings(self.store.project.data.source)
        label = next(_(one.label) for one in TOY_SETTINGS if one.name == key)
        values = with_generator(values, value) if key == "generator" else {**values, key: value}
        source = toy_source(name, values)
        self.store.edit(
            _("Change {setting}").format(setting=label), edits.set_data(self.store.project, source=source), f"toy.{key}"
        )

    def _draw_on(self) -> None:
        dataset = self.loader.dataset_for(self.store.project.data)
        if dataset is not None:
            drawn_on(self.store, dataset)

    def _show_dataset(self, project: Project) -> None:
        dataset = self.loader.dataset_for(project.data)
        is_toy = project.data.source.startswith(PREFIX)
        self.draw_on.setVisible(is_toy and dataset is not None and can_be_drawn_on(dataset))
        if self.store.data_problem:
            self.notes.setText(self.store.data_problem)
        elif project.facts is not None:
            text = summary(project.facts)
            self.notes.setText(text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + " …")
        else:
            self.notes.setText(_("Reading the data …"))
        # Points that are still to be drawn are no mistake; what the empty pad says itself is not said twice.
        is_hint = project.data.source == DRAWN and len(self.pad.plane.points) < FEW_POINTS
        color = theme.colors().faint_text if is_hint else theme.colors().problem
        self.notes.setStyleSheet(f"color: {color};" if self.store.data_problem else "")
        self.notes.setVisible(bool(self.pad.plane.points) or not is_hint)
        columns = COLUMNS if project.data.source == DRAWN else self.loader.columns
        self._fill_target(columns, dataset.preparation.target if dataset else project.data.target)
        if dataset is None:
            self.preview.hide()
            self.pictures.hide()
        elif self.preview.property("dataset") != id(dataset):
            self.preview.setProperty("dataset", id(dataset))
            are_pictures = self.pictures.show_dataset(dataset)
            self.pictures.setVisible(are_pictures)
            self.preview.setVisible(not are_pictures)
            self._fill_preview(dataset)
        else:
            self.pictures.setVisible(self.pictures.count() > 0)
            self.preview.setVisible(self.pictures.count() == 0)

    def _fill_target(self, columns: tuple[str, ...], target: str) -> None:
        if columns != self._offered:
            self._offered = columns
            self.target.clear()
            self.target.addItems(list(columns))
            for place, name in enumerate(columns):
                self.target.setItemData(place, name)
        if target:
            select_choice(self.target, target)
        else:
            self.target.setCurrentIndex(self.target.count() - 1)

    def _fill_preview(self, dataset) -> None:  # type: ignore[no-untyped-def]
        target = dataset.preparation.target
        names = [target, *[name for name in dataset.preview.columns if name != target]][:PREVIEW_COLUMNS]
        table = dataset.preview
        self.preview.clear()
        self.preview.setRowCount(table.height)
        self.preview.setColumnCount(len(names))
        self.preview.setHorizontalHeaderLabels(names)
        for column, name in enumerate(names):
            for row, value in enumerate(table[name].to_list()):
                self.preview.setItem(row, column, QTableWidgetItem(shown(value)))
        self.preview.resizeColumnsToContents()

    def light_up(self, rows: Iterable[int]) -> None:
        """Mark the rows that are in the batch just learnt from, as far as they are among the first."""
        lit = {int(row) for row in rows}
        self.pictures.light_up(lit)
        color = theme.rgb(theme.colors().selection)
        brush = QBrush(QColor(*color, 70))
        for row in range(self.preview.rowCount()):
            for column in range(self.preview.columnCount()):
                item = self.preview.item(row, column)
                if item is not None:
                    item.setBackground(brush if row in lit else QBrush())

    def _edit(self, name: str, value: object) -> None:
        label = next(_(one.label) for one in DATA_SETTINGS if one.name == name)
        try:
            self.store.edit(
                _("Change {setting}").format(setting=label),
                edits.set_data(self.store.project, **{name: value}),
                f"data.{name}",
            )
        except UserError as mistake:
            self.store.told.emit(str(mistake))

    def _edit_target(self, name: str) -> None:
        self.store.edit(_("Change target"), edits.set_data(self.store.project, target=name))

    def _lay_out(self) -> None:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(12, 10, 12, 10)
        rows = QFormLayout()
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        source_row = QHBoxLayout()
        source_row.addWidget(self.source, 1)
        source_row.addWidget(self.file_button)
        rows.addRow(_("Data"), source_row)
        more = QHBoxLayout()
        for button in (self.folder_button, self.paste_button):
            more.addWidget(button)
        more.addStretch()
        rows.addRow("", more)
        rows.addRow(_("Target"), self.target)
        looks = QHBoxLayout()
        for button in (self.room_button, self.test_button):
            looks.addWidget(button)
        looks.addStretch()
        rows.addRow("", looks)
        layout.addLayout(rows)
        layout.addWidget(self.test_set)
        for form in self.toy_forms.values():
            layout.addWidget(form)
        layout.addWidget(self.draw_on, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.pad)
        layout.addWidget(self.form)
        layout.addWidget(self.notes)
        reading = QHBoxLayout()
        reading.addWidget(self.loading, 1)
        reading.addWidget(self.again)
        reading.addWidget(self.sample)
        reading.addStretch()
        layout.addLayout(reading)
        layout.addWidget(self.preview)
        layout.addWidget(self.pictures)
        layout.addStretch()
        self.setWidget(inside)


def shrinkable(box: QComboBox) -> None:
    """Let a list be narrower than its longest entry."""
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)


def summary(facts: DataFacts) -> str:
    """What is known of the data and everything that was done to it."""
    kind = (
        _("{count} targets: {names}").format(count=len(facts.classes), names=", ".join(facts.classes[:12]))
        if facts.task == "labels"
        else _("{count} classes: {names}").format(count=len(facts.classes), names=", ".join(facts.classes[:12]))
        if facts.task == "class"
        else _("the target is a value")
    )
    size = " × ".join(str(one) for one in facts.sample_shape)
    head = _("{rows} rows of {size} inputs, {kind}.").format(rows=Count(facts.rows), size=size, kind=kind)
    return "\n".join([head, *(f"• {note}" for note in (*role_sentences(facts.columns), *facts.notes))])
