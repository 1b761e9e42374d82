"""The studies of the project beside the settings: which there are, the one that is chosen, the form for a new one."""

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.project.model import Study
from nnstudio.text import Count
from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look import theme
from nnstudio.ui.store import Store
from nnstudio.ui.studies.form_fields import Draft
from nnstudio.ui.studies.runner import StudyRunner
from nnstudio.ui.studies.study_card import StudyCard
from nnstudio.ui.studies.study_form import StudyForm
from nnstudio.ui.studies.study_words import study_title

MOST_ROWS = 6
"""Lines of the list that are in sight; of more, it scrolls."""


class StudiesPanel(QStackedWidget):
    """`chosen(id)` comes with a study that is selected; `new_asked`, `room_asked`, and `rename_asked(id, name)`,
    `duplicate_asked(study)` and `delete_asked(study)` with what is to be done."""

    chosen = Signal(str)
    new_asked = Signal()
    room_asked = Signal()
    rename_asked = Signal(str, str)
    duplicate_asked = Signal(object)
    delete_asked = Signal(object)

    def __init__(self, store: Store, runner: StudyRunner) -> None:
        super().__init__()
        self.setObjectName("studies")
        self.store, self.runner = store, runner
        self.ids: list[str] = []
        self.list = QTableWidget(0, 2)
        self.list.setObjectName("studyList")
        self.list.setAccessibleName(_("Studies"))
        self.list.setHorizontalHeaderLabels([_("Study"), _("Trials")])
        header = self.list.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.verticalHeader().hide()
        self.list.setTabKeyNavigation(False)
        self.list.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.list.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.list.setEditTriggers(QTableWidget.EditTrigger.DoubleClicked | QTableWidget.EditTrigger.EditKeyPressed)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.card = StudyCard(store, runner)
        self.form = StudyForm(store)
        self.hint = QLabel(
            _(
                "A study trains the network with other settings, each from several seeds, and shows which do best on "
                "the validation part."
            ),
            wordWrap=True,
            textFormat=Qt.TextFormat.PlainText,
        )
        self.new, self.room, self.more = (
            QPushButton(words) for words in (_("New study …"), _("Study room …"), _("More"))
        )
        self.new.setObjectName("studyNew")
        self.room.setObjectName("studyRoomButton")
        self.room.setIcon(theme.icon("mdi6.chart-scatter-plot"))
        self.menu = QMenu(self.more)
        self.more.setMenu(self.menu)
        self.menu.aboutToShow.connect(lambda: self._fill(self.menu))
        self.addWidget(self._list_page())
        self.addWidget(self.form)
        self.new.clicked.connect(self.new_asked)
        self.room.clicked.connect(self.room_asked)
        self.list.itemSelectionChanged.connect(self._choose)
        self.list.itemChanged.connect(self._renamed)
        self.list.customContextMenuRequested.connect(self._show_menu)
        store.changed.connect(self.follow)
        runner.changed.connect(self._show_counts)
        self.show_studies()

    def _list_page(self) -> QWidget:
        below = QWidget()
        inside = QVBoxLayout(below)
        inside.setContentsMargins(10, 8, 10, 8)
        inside.addWidget(self.card)
        inside.addStretch()
        area = QScrollArea(widgetResizable=True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(below)
        area.setAccessibleName(_("The study that is selected"))
        buttons = QHBoxLayout()
        for button in (self.new, self.room, self.more):
            button.setAccessibleName(button.text())
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch()
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.hint)
        layout.addLayout(buttons)
        layout.addWidget(self.list)
        layout.addWidget(area, 1)
        return page

    @property
    def selected(self) -> Study | None:
        return self.card.study

    def select(self, id: str) -> None:
        """Select a study, or the newest where there is none of this id."""
        row = self.ids.index(id) if id in self.ids else len(self.ids) - 1
        if row >= 0:
            self.list.selectRow(row)

    def show_form(self, origin: Study | None = None) -> None:
        """Begin to define a study, like another where one is given."""
        self.form.begin(origin)
        self.setCurrentWidget(self.form)
        (self.form.rows[0].first_field() if self.form.rows else self.form.search.field).setFocus()

    def draft(self) -> Draft | None:
        """What is written in the form, where it is open."""
        return self.form.draft() if self.currentWidget() is self.form else None

    def go_on_with(self, draft: Draft) -> None:
        """Open the form as it was left in another language or other colours."""
        self.form.go_on_with(draft)
        self.setCurrentWidget(self.form)

    def show_list(self) -> None:
        had_focus = self.form.isAncestorOf(self.focusWidget() or self)
        self.setCurrentIndex(0)
        if had_focus:
            (self.list if self.ids else self.new).setFocus()

    # --- following --------------------------------------------------------------------------------------------------

    def follow(self, change: Change) -> None:
        if change.touches(Part.STUDIES):
            self.show_studies()
        elif change.touches(Part.RUNS):
            self._show_counts()

    def show_studies(self) -> None:
        """Show the studies that the project holds now."""
        studies = self.store.project.studies
        selected = self.card.id
        self.list.blockSignals(True)
        self.ids = [study.id for study in studies]
        self.list.setRowCount(len(studies))
        for row, study in enumerate(studies):
            title = QTableWidgetItem(study_title(study))
            title.setToolTip(study_title(study))
            count = QTableWidgetItem()
            count.setFlags(count.flags() & ~Qt.ItemFlag.ItemIsEditable)
            count.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            self.list.setItem(row, 0, title)
            self.list.setItem(row, 1, count)
        self.list.blockSignals(False)
        lines = min(MOST_ROWS, max(1, len(studies)))
        self.list.setFixedHeight(
            self.list.horizontalHeader().sizeHint().height()
            + lines * self.list.verticalHeader().defaultSectionSize()
            + 4
        )
        for widget in (self.list, self.card, self.room, self.more):
            widget.setVisible(bool(studies))
        self.hint.setVisible(not studies)
        self._show_counts()
        self.select(selected)

    def _show_counts(self) -> None:
        """How many trials each study has; one pass over all runs."""
        counts = dict.fromkeys(self.ids, 0)
        for run in self.store.project.runs:
            if run.trial is not None and run.trial.study in counts:
                counts[run.trial.study] += 1
        for row, study in enumerate(self.store.project.studies[: self.list.rowCount()]):
            item = self.list.item(row, 1)
            if item is not None:
                words = _("{done} of {trials}").format(
                    done=Count(counts.get(study.id, 0)), trials=Count(study.settings * study.seeds)
                )
                self.list.blockSignals(True)
                item.setText(f"▶ {words}" if self.runner.runs(study) else words)
                self.list.blockSignals(False)

    def _choose(self) -> None:
        rows = {index.row() for index in self.list.selectedIndexes()}
        if len(rows) == 1:
            self.card.show_study(self.ids[rows.pop()])
            self.chosen.emit(self.card.id)

    # --- what can be done with one ----------------------------------------------------------------------------------

    def _renamed(self, item: QTableWidgetItem) -> None:
        if item.column() == 0:
            self.rename_asked.emit(self.ids[item.row()], item.text())

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill(menu)
        menu.popup(self.list.viewport().mapToGlobal(place))

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        study = self.selected
        if study is None:
            return
        menu.addAction(_("&Rename"), self.rename)
        menu.addAction(_("D&uplicate …"), partial(self.duplicate_asked.emit, study))
        menu.addAction(_("&Delete"), partial(self.delete_asked.emit, study)).setEnabled(not self.runner.runs(study))

    def rename(self) -> None:
        """Have the name of the selected study typed where it stands."""
        item = self.list.item(self.ids.index(self.card.id), 0)
        if item is not None:
            self.list.setFocus()
            self.list.editItem(item)
