"""The texts, the goal and the question of one recorded step, typed and chosen in place."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from nnstudio.lessons import recording as making
from nnstudio.lessons.conditions import MEASURE_NAMES, goal_text
from nnstudio.lessons.lesson_file import LONGEST_REST, LONGEST_TEXT
from nnstudio.lessons.measures import (
    CHANGING,
    OF_PROJECT,
    OF_RUN,
    PREDICTED,
    filled,
    measured,
    names_in,
    numbers,
    said,
    shown,
)
from nnstudio.lessons.model import Choice, Condition, MeasureBelow, Order, Step
from nnstudio.lessons.names import LAYER
from nnstudio.lessons.progress import LETTERS
from nnstudio.lessons.proposals import alternatives
from nnstudio.project.model import Project
from nnstudio.project.names import shown_name
from nnstudio.text import translate as _
from nnstudio.ui.lessons.ask_form import AskForm, number_line, value_of
from nnstudio.ui.lessons.asks import Presser
from nnstudio.ui.lessons.labels import heading, text_label
from nnstudio.ui.lessons.recorder import Recorder
from nnstudio.ui.lessons.words_field import WordsField, problem_label, show_problem
from nnstudio.ui.look import theme

FIELDS = ("title", "text", "reveal", "hint", "notes")


class StepForm(QWidget):
    """The step that the recorder shows. `point_asked` comes when the next click is to choose what is ringed."""

    point_asked = Signal()

    def __init__(self, recorder: Recorder, called: Callable[[str], str]) -> None:
        super().__init__()
        self.recorder, self.called = recorder, called
        self.words: dict[str, WordsField] = {}
        self.reads = text_label("", faint=True)
        self.problems = {name: problem_label() for name in ("goal", "ask")}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        self._add_words(layout, "title", _("Title"), 1, LONGEST_TEXT, _("What the step is called"))
        self._add_words(layout, "text", _("Text"), 4, LONGEST_TEXT, _("What the class reads before it does anything"))
        self._add_ask(layout)
        self._add_goal(layout)
        self._add_words(layout, "reveal", _("Explanation"), 4, LONGEST_REST, _("What is said when the goal is met"))
        self._add_numbers(layout)
        self._add_ring(layout)
        self._add_words(layout, "hint", _("Hint"), 2, LONGEST_REST, _("Shown to who asks for it"))
        self._add_words(layout, "notes", _("Notes for the teacher"), 2, LONGEST_REST, _("Nobody else sees them"))
        recorder.amended.connect(self.follow)
        self.follow()

    @property
    def step(self) -> Step:
        return self.recorder.draft.step

    @property
    def project(self) -> Project:
        """The project that the goal speaks of."""
        draft = self.recorder.draft
        return draft.after or draft.before or self.recorder.store.project

    # --- texts ------------------------------------------------------------------------------------------------------

    def _add_words(self, layout: QVBoxLayout, name: str, label: str, lines: int, longest: int, tip: str) -> None:
        field = WordsField(name, label, getattr(self.step, name), lines, longest, self.recorder.recording.both, tip)
        field.edited.connect(lambda words, name=name: self.recorder.edit_step(name, **{name: words}))
        self.words[name] = field
        layout.addWidget(field)

    def _add_numbers(self, layout: QVBoxLayout) -> None:
        """The menu that writes a number of the run into the explanation, and how it will read."""
        button = QToolButton()
        button.setObjectName("insertNumber")
        button.setText(_("Insert a number of the run") + " ▾")
        button.setAccessibleName(_("Insert a number of the run"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.setObjectName("numbersMenu")
        menu.aboutToShow.connect(lambda: self._fill_numbers(menu))
        button.setMenu(menu)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.reads.setObjectName("revealReads")
        layout.addWidget(self.reads)

    def _fill_numbers(self, menu: QMenu) -> None:
        menu.clear()
        run = self.recorder.draft.run or next(iter(self.project.runs[::-1]), None)
        ask = self.step.ask
        if ask is not None:
            menu.addAction(_("What was predicted")).triggered.connect(lambda _on=False: self._insert(PREDICTED))
            menu.addSeparator()
        if isinstance(ask, Order):
            for letter, curve in zip(LETTERS, ask.curves, strict=False):
                words = f"{letter}: {_(MEASURE_NAMES[ask.measure])}"
                name = f"{ask.measure}.{curve.id}"
                menu.addAction(words).triggered.connect(lambda _on=False, name=name: self._insert(name))
            menu.addSeparator()
        for name in (*OF_RUN, *OF_PROJECT):
            if name in CHANGING or (run is None and name in OF_RUN):
                continue
            words = f"{_(MEASURE_NAMES[name])}  ({shown(measured(name, self.project, run))})"
            menu.addAction(words.replace("&", "&&")).triggered.connect(lambda _on=False, name=name: self._insert(name))

    def _insert(self, name: str) -> None:
        self.words["reveal"].insert("{" + name + "}")

    # --- the question -----------------------------------------------------------------------------------------------

    def _add_ask(self, layout: QVBoxLayout) -> None:
        layout.addWidget(heading(_("Asked first"), 1.0))
        draft = self.recorder.draft
        form = AskForm(self.step.ask, self.project, draft.run, self.recorder.recording.both)
        form.edited.connect(lambda ask: self.recorder.edit_step("ask", ask=ask))
        layout.addWidget(form)
        layout.addWidget(self.problems["ask"])

    # --- the goal ---------------------------------------------------------------------------------------------------

    def _add_goal(self, layout: QVBoxLayout) -> None:
        layout.addWidget(heading(_("Done when"), 1.0))
        self.goals = QVBoxLayout()
        self.goals.setSpacing(4)
        layout.addLayout(self.goals)
        layout.addWidget(self.problems["goal"])
        self._fill_goals()

    def _fill_goals(self) -> None:
        while self.goals.count():
            item = self.goals.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.deleteLater()
        offered = self.recorder.draft.offered
        for place, condition in enumerate(offered):
            self.goals.addWidget(self._goal_row(place, condition))
        if not offered:
            self.goals.addWidget(text_label(_("Nothing was done: the step is only read."), faint=True))

    def _goal_row(self, place: int, condition: Condition) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        words = goal_text(condition, self.project, self.called)
        tick = QCheckBox()
        tick.setObjectName(f"goal_{place}")
        tick.setAccessibleName(words)
        tick.setChecked(condition in self.step.goal)
        tick.toggled.connect(lambda on: self._choose(condition, condition, on))
        label = text_label(words)
        label.setBuddy(tick)
        label.installEventFilter(Presser(label, tick.click))
        line.addWidget(tick)
        line.addWidget(label, 1)
        if isinstance(condition, MeasureBelow):
            field = number_line(f"below_{place}", words, condition.value, lambda: None)
            field.setFixedWidth(70)
            field.editingFinished.connect(lambda: self._set_below(condition, value_of(field)))
            line.addWidget(field)
        others = alternatives(condition, self.recorder.draft.before)
        if len(others) > 1:
            line.addWidget(self._others(place, condition, others))
        return row

    def _others(self, place: int, condition: Condition, others: tuple[Condition, ...]) -> QToolButton:
        """A button with the ways to ask for the same otherwise."""
        button = QToolButton(autoRaise=True)
        button.setObjectName(f"goalOtherwise_{place}")
        button.setText("▾")
        button.setToolTip(_("Ask for it otherwise"))
        button.setAccessibleName(_("Ask for it otherwise"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for one in others:
            action = menu.addAction(goal_text(one, self.project, self.called).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(one == condition)
            action.triggered.connect(partial(self._put_otherwise, condition, one))
        button.setMenu(menu)
        return button

    def _put_otherwise(self, condition: Condition, other: Condition, _is_on: bool = True) -> None:
        self._choose(condition, other, True)
        self._fill_goals()

    def _set_below(self, condition: MeasureBelow, value: float | None) -> None:
        if value is not None and value != condition.value:
            self._put_otherwise(condition, MeasureBelow(condition.measure, value))

    def _choose(self, old: Condition, new: Condition, is_on: bool) -> None:
        recorder = self.recorder
        changed = making.with_goal(recorder.recording, recorder.place, old, new, is_on)
        recorder.edit(_("change step {number}").format(number=recorder.place + 1), changed)

    # --- what is ringed ---------------------------------------------------------------------------------------------

    def _add_ring(self, layout: QVBoxLayout) -> None:
        line = QHBoxLayout()
        button = QPushButton(_("Point at …"))
        button.setObjectName("pointAt")
        button.setIcon(theme.icon("mdi6.target"))
        button.setToolTip(_("The next click on the window chooses what is ringed in this step; Esc chooses nothing"))
        button.clicked.connect(lambda _checked=False: self.point_asked.emit())
        self.pointed = text_label("")
        self.pointed.setObjectName("pointedAt")
        self.unring = QToolButton(autoRaise=True)
        self.unring.setText("×")
        self.unring.setToolTip(_("Ring nothing"))
        self.unring.setAccessibleName(_("Ring nothing"))
        self.unring.clicked.connect(lambda _checked=False: self.recorder.edit_step("point", point=""))
        for widget, stretch in ((button, 0), (self.pointed, 1), (self.unring, 0)):
            line.addWidget(widget, stretch)
        layout.addLayout(line)

    def pointed_text(self, name: str) -> str:
        """What the thing of a name is called."""
        layer = name.removeprefix(LAYER)
        if name.startswith(LAYER):
            network = self.project.network
            return shown_name(network.layer(layer)) if network.has(layer) else layer
        return self.called(name) if name else ""

    # --- following --------------------------------------------------------------------------------------------------

    def follow(self) -> None:
        """What is wrong where, how the explanation will read, what is ringed."""
        recorder = self.recorder
        if not recorder.recording.drafts or not recorder.is_open:
            return
        found = making.field_problems(recorder.draft)
        for name, field in self.words.items():
            is_typed = bool(field.words()) or recorder.complains
            field.show_problem(found.get(name, "") if is_typed else "")
        ask = self.step.ask
        is_begun = not (isinstance(ask, Choice) and len(ask.options) < 2) and not (
            isinstance(ask, Order) and len(ask.curves) < 2
        )
        is_asked = recorder.complains or is_begun
        show_problem(self.problems["ask"], found.get("ask", "") if is_asked else "")
        show_problem(self.problems["goal"], found.get("goal", "") if recorder.complains else "")
        run = recorder.draft.run or next(iter(self.project.runs[::-1]), None)
        text = said(self.step.reveal)
        reads = filled(text, numbers(self.project, run, {}), "…") if names_in({"": text}) else ""
        self.reads.setText(_("Reads: {text}").format(text=reads) if reads else "")
        self.reads.setVisible(bool(reads))
        self.pointed.setText(self.pointed_text(self.step.point) or _("nothing is ringed"))
        self.unring.setVisible(bool(self.step.point))

    def focus_first(self) -> None:
        """The keys go to the first field that is empty or wrong."""
        found = making.field_problems(self.recorder.draft)
        name = next((one for one in FIELDS if one in found), "title")
        box = next(iter(self.words[name].boxes.values()))
        box.setFocus()
