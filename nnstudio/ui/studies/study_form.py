"""The form in which a study is defined: what varies, how the next setting is chosen, and what that will take."""

import itertools
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nnstudio.project.edits import LONGEST_NAME
from nnstudio.project.model import Project, Study
from nnstudio.project.settings import CHOICE_NAMES
from nnstudio.project.shapes import all_problems, infer
from nnstudio.project.studies import MOST_SEEDS, MOST_TRIALS, SETTINGS, base, new_study
from nnstudio.project.study import Halving, Measure, Variable
from nnstudio.project.study_variables import setting_of
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look import theme
from nnstudio.ui.store import Store
from nnstudio.ui.studies.form_fields import (
    Draft,
    choice_of,
    faint,
    heading,
    number,
    plain_label,
    read_field,
    write_field,
)
from nnstudio.ui.studies.study_words import METHODS, cost_text, rungs_text, study_title, trainings_text
from nnstudio.ui.studies.variable_row import VariableRow, proposed
from nnstudio.ui.studies.variable_search import VariableSearch, value_now

MEASURES: tuple[Measure, ...] = ("validation_loss", "validation_accuracy", "validation_balanced_accuracy")
SEEDS = 5
"""So many seeds each setting has at first: fewer tell little of its spread."""


class StudyForm(QWidget):
    """`defined(study, starts)` comes with a definition, and whether it is to be run at once; `left` when it is given
    up."""

    defined = Signal(object, bool)
    left = Signal()

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.setObjectName("studyForm")
        self.setAccessibleName(_("New study"))
        self.store = store
        self.origin: Study | None = None
        """The study whose network, data and plan are taken, None for those that are drawn now."""
        self.rows: list[VariableRow] = []
        self.found: Study | None = None
        """What the fields mean, None as long as that is nothing."""
        self.name = QLineEdit(maxLength=LONGEST_NAME)
        self.name.setObjectName("studyName")
        self.name.setAccessibleName(_("Name of the study"))
        self.search = VariableSearch()
        self.adder = QPushButton(_("Vary something else …"))
        self.adder.setObjectName("studyAdd")
        self.adder.setAccessibleName(self.adder.text())
        self.method = choice_of({name: words for name, (words, _help) in METHODS.items()}, _("How settings are chosen"))
        self.method.setObjectName("studyMethod")
        self.settings = number(1, MOST_TRIALS, SETTINGS, "studySettings", _("Number of settings"))
        self.seeds = number(1, MOST_SEEDS, SEEDS, "studySeeds", _("Seeds of each setting"))
        self.measure = choice_of({name: CHOICE_NAMES[name] for name in MEASURES}, _("Chosen by"))
        self.measure.setObjectName("studyMeasure")
        self.halves = QCheckBox(_("Give up the worst early"))
        self.halves.setObjectName("studyHalving")
        self.halves.setToolTip(_("Successive halving: all begin, the best go on, fewer and longer each time"))
        self.first = number(1, 100_000, Halving().first, "studyFirst", _("Epochs before the first are given up"))
        self.factor = number(2, 100, Halving().factor, "studyFactor", _("One in so many goes on"))
        self.keeps_weights = QCheckBox(_("Keep the weights of every trial"))
        self.keeps_weights.setChecked(True)
        self.keeps_weights.setToolTip(_("Without them a trial keeps its curve, and is trained again to be looked into"))
        for box in (self.halves, self.keeps_weights):
            box.setAccessibleName(box.text())
        self.method_words, self.rungs, self.cost, self.refusal = (plain_label() for _place in range(4))
        self.refusal.setObjectName("studyProblem")
        self.defining, self.starting, self.leaving = (
            QPushButton(words) for words in (_("Define"), _("Define and run"), _("Cancel"))
        )
        self.defining.setObjectName("studyDefine")
        self.starting.setObjectName("studyStart")
        self._lay_out()
        self._connect()
        self._order_tabs()
        store.changed.connect(self.follow)
        self.begin()

    # --- how it looks -----------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """The fields, which scroll, over what they mean and the buttons, which stay."""
        area = self.area = QScrollArea(widgetResizable=True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(_("New study"))
        area.setWidget(self._fields())
        below = QWidget()
        below.setObjectName("studyFoot")
        below.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        foot = QVBoxLayout(below)
        foot.setContentsMargins(14, 6, 14, 10)
        foot.addWidget(self.refusal)
        foot.addWidget(self.cost)
        buttons = QHBoxLayout()
        for button in (self.starting, self.defining, self.leaving):
            button.setAccessibleName(button.text())
            buttons.addWidget(button)
        buttons.addStretch()
        foot.addLayout(buttons)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(area, 1)
        whole.addWidget(below)

    def _fields(self) -> QWidget:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(8)
        self.title = heading(_("New study"))
        self.about = faint(_("Varies the network, data and settings as they are now."))
        layout.addWidget(self.title)
        layout.addWidget(self.about)
        self.varied = QVBoxLayout()
        layout.addLayout(self.varied)
        layout.addWidget(self.adder, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.search)
        rows = QFormLayout()
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows.setVerticalSpacing(7)
        self.labels: dict[QWidget, QLabel] = {}
        for words, field in (
            (_("Method"), self.method),
            (_("How many settings"), self.settings),
            (_("Seeds each"), self.seeds),
            (_("Chosen by"), self.measure),
            (_("Name"), self.name),
        ):
            self.labels[field] = QLabel(words, wordWrap=True)
            self.labels[field].setBuddy(field)
            rows.addRow(self.labels[field], field)
            if field is self.method:
                rows.addRow(self.method_words)
            elif field is self.measure:
                rows.addRow(
                    faint(
                        _(
                            "The test part is not on offer: of what is chosen by it, it can no longer tell how good it "
                            "is on new data."
                        )
                    )
                )
        layout.addLayout(rows)
        layout.addWidget(self.halves)
        layout.addWidget(self._halving_fields())
        layout.addWidget(self.rungs)
        layout.addWidget(self.keeps_weights)
        layout.addStretch()
        return inside

    def _halving_fields(self) -> QWidget:
        self.halving_fields = QWidget()
        lines = QFormLayout(self.halving_fields)
        lines.setContentsMargins(18, 0, 0, 0)
        lines.addRow(QLabel(_("First epochs")), self.first)
        lines.addRow(QLabel(_("Goes on: 1 in")), self.factor)
        return self.halving_fields

    def _connect(self) -> None:
        self.search.chosen.connect(self.add)
        self.adder.clicked.connect(self._open_search)
        for field in (self.settings, self.seeds, self.first, self.factor):
            field.valueChanged.connect(lambda _value: self.check())
        for chosen in (self.method, self.measure):
            chosen.currentIndexChanged.connect(lambda _place: self.check())
        for box in (self.halves, self.keeps_weights):
            box.toggled.connect(lambda _on: self.check())
        self.name.textChanged.connect(lambda _text: self.check())
        self.defining.clicked.connect(lambda: self._define(False))
        self.starting.clicked.connect(lambda: self._define(True))
        self.leaving.clicked.connect(self.left)

    # --- what it is of ----------------------------------------------------------------------------------------------

    @property
    def project(self) -> Project:
        """The project that is varied."""
        project = self.store.project
        return project if self.origin is None else base(project, self.origin)

    def begin(self, origin: Study | None = None) -> None:
        """Begin anew: with nothing, or with all that another study says."""
        self.origin = origin
        for row in list(self.rows):
            self._take_out(row)
        self.about.setText(
            _("Varies the network, data and settings as they are now.")
            if origin is None
            else _("Varies the network, data and settings of “{study}”.").format(study=study_title(origin))
        )
        self.name.clear()
        if origin is not None:
            self._show_study(origin)
        self.search.field.clear()
        self._show_search(not self.rows)
        self.check()

    def _show_study(self, study: Study) -> None:
        for variable in study.variables:
            self._add_row(variable)
        self.method.setCurrentIndex(self.method.findData(study.method))
        self.measure.setCurrentIndex(self.measure.findData(study.measure))
        self.settings.setValue(study.settings if study.method != "grid" else SETTINGS)
        self.seeds.setValue(study.seeds)
        self.halves.setChecked(study.halving is not None)
        if study.halving is not None:
            self.first.setValue(study.halving.first)
            self.factor.setValue(study.halving.factor)
        self.keeps_weights.setChecked(study.keeps_weights)

    def _all_fields(self) -> list[QWidget]:
        fixed = self.name, self.method, self.settings, self.seeds, self.measure, self.halves, self.first, self.factor
        return [*(field for row in self.rows for field in row.fields()), *fixed, self.keeps_weights]

    def draft(self) -> Draft:
        """What is written, ready or not."""
        keys = tuple(row.key for row in self.rows)
        return Draft(self.origin, keys, tuple(read_field(field) for field in self._all_fields()))

    def go_on_with(self, draft: Draft) -> None:
        """Write again what was written before the window was made anew."""
        self.begin()
        self.origin = draft.origin
        network = self.project.network
        for key in draft.keys:
            self._add_row(proposed(setting_of(network, key), key, value_now(self.project, key)))
        for field, value in zip(self._all_fields(), draft.written, strict=True):
            write_field(field, value)
        for row in self.rows:
            row.show_kind()
        self._show_search(not self.rows)
        self.check()

    def follow(self, change: Change) -> None:
        if self.isVisible() and change.touches(
            Part.STRUCTURE, Part.DATA, Part.TRAINING, Part.FACTS, Part.PROBLEMS, Part.STUDIES
        ):
            self.check()

    # --- what varies ------------------------------------------------------------------------------------------------

    def add(self, key: str) -> None:
        """Have something vary, around the value that it has."""
        if any(row.key == key for row in self.rows):
            return
        project = self.project
        self._show_search(False)
        row = self._add_row(proposed(setting_of(project.network, key), key, value_now(project, key)))
        row.first_field().setFocus()
        self.check()
        QTimer.singleShot(0, row, partial(self.area.ensureWidgetVisible, row))  # once it has its place

    def _add_row(self, variable: Variable) -> VariableRow:
        row = VariableRow(self.project.network, variable.key, variable)
        row.changed.connect(self.check)
        row.removed.connect(lambda: self._remove(row))
        self.rows.append(row)
        self.varied.addWidget(row)
        row.show()  # now: it gets the focus
        self._order_tabs()
        return row

    def _remove(self, row: VariableRow) -> None:
        self._take_out(row)
        self._show_search(not self.rows)
        self.adder.setFocus()
        self.check()

    def _order_tabs(self) -> None:
        """Tab goes from top to bottom, whenever a row was made."""
        rows = [field for row in self.rows for field in (row.remover, *row.fields())]
        fixed = self.search.list, self.method, self.settings, self.seeds, self.measure, self.name, self.halves
        ends = self.first, self.factor, self.keeps_weights, self.starting, self.defining, self.leaving
        for before, after in itertools.pairwise([self.area, *rows, self.adder, self.search.field, *fixed, *ends]):
            self.setTabOrder(before, after)

    def _take_out(self, row: VariableRow) -> None:
        self.rows.remove(row)
        self.varied.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _open_search(self) -> None:
        self._show_search(True)
        self.search.field.setFocus()

    def _show_search(self, is_open: bool) -> None:
        self.search.setVisible(is_open)
        self.adder.setVisible(not is_open)

    # --- what it means ----------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Read all fields: what is wrong is said where it stands, and what it will take."""
        project = self.project
        is_grid = self.method.currentData() == "grid"
        self.search.show_network(project.network, frozenset(row.key for row in self.rows))
        for widget in (self.settings, self.labels[self.settings]):
            widget.setVisible(not is_grid)
        self.halving_fields.setVisible(self.halves.isChecked())
        self._offer_measures(project)
        self.method_words.setText(_(METHODS[self.method.currentData()][1]))
        variables = self._variables(is_grid)
        self.found, refusal = None, ""
        if variables is not None:
            try:
                self.found = self._study(project, variables)
            except UserError as mistake:
                refusal = str(mistake)
        self._tell(project, refusal)

    def _variables(self, is_grid: bool) -> list[Variable] | None:
        """What varies; None where a field is wrong, which is said there, or where nothing varies yet."""
        found = []
        for row in self.rows:
            row.network = self.project.network
            row.show_points(is_grid)
            try:
                found.append(row.variable())
                row.refuse("")
            except UserError as mistake:
                row.refuse(str(mistake))
        return found if self.rows and len(found) == len(self.rows) else None

    def _study(self, project: Project, variables: Sequence[Variable]) -> Study:
        """What the fields mean. UserError where that cannot be."""
        name = self.name.text().strip()
        if name and any(one.name == name for one in self.store.project.studies):
            raise UserError(_("There is a study “{name}” already.").format(name=name))
        if problem := self._problem(project):
            raise UserError(problem)
        return new_study(
            project,
            variables,
            seeds=self.seeds.value(),
            method=self.method.currentData(),
            settings=0 if self.method.currentData() == "grid" else self.settings.value(),
            measure=self.measure.currentData(),
            halving=Halving(self.first.value(), self.factor.value()) if self.halves.isChecked() else None,
            name=name,
            keeps_weights=self.keeps_weights.isChecked(),
        )

    def _problem(self, project: Project) -> str:
        """What keeps the network that is varied from being trained."""
        problems = self.store.problems if self.origin is None else all_problems(project, infer(project))
        if problems:
            return _("This network cannot be trained yet. {problem}").format(problem=problems[0].message)
        if self.origin is None and project.facts is None:
            return _("The data is being read …")
        return ""

    def _offer_measures(self, project: Project) -> None:
        """A value has no accuracy."""
        has_accuracy = project.facts is None or project.facts.task != "value"
        for widget in (self.measure, self.labels[self.measure]):
            widget.setEnabled(has_accuracy)
        if not has_accuracy:
            self.measure.setCurrentIndex(0)

    def _tell(self, project: Project, refusal: str) -> None:
        study = self.found
        self.refusal.setStyleSheet(f"color: {theme.colors().problem};")
        self.refusal.setText(refusal)
        self.refusal.setVisible(bool(refusal))
        self.rungs.setText(rungs_text(study) if study is not None else "")
        self.rungs.setVisible(study is not None and study.halving is not None)
        words = [trainings_text(study), cost_text(project, study)] if study is not None else []
        self.cost.setText("\n".join(one for one in words if one))
        self.cost.setVisible(study is not None)
        self.name.setPlaceholderText(study_title(study) if study is not None else "")
        for button in (self.defining, self.starting):
            button.setEnabled(study is not None)

    def _define(self, starts: bool) -> None:
        if self.found is not None:
            self.defined.emit(self.found, starts)

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.check()  # what changed while it was not in sight
