"""The page of the recorder in the panel of lessons: the steps, a step that is being done, or the texts of one."""

from collections.abc import Callable
from dataclasses import replace as with_changes

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.lessons import recording as making
from nnstudio.lessons.conditions import goal_text
from nnstudio.lessons.lesson_file import LONGEST_TEXT
from nnstudio.lessons.measures import said
from nnstudio.lessons.proposals import proposed
from nnstudio.text import translate as _
from nnstudio.ui.lessons.labels import framed, heading, put_in, text_label
from nnstudio.ui.lessons.recorder import Recorder, Stage
from nnstudio.ui.lessons.step_form import StepForm
from nnstudio.ui.lessons.step_list import StepList
from nnstudio.ui.lessons.words_field import WordsField, language_name, languages_typed
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import NumberBox

SIDE = 14


class RecorderPage(QWidget):
    """`save_asked` comes when the lesson is to be written, `leave_asked` when the page is to be left, `point_asked`
    when the next click is to choose what is ringed."""

    save_asked = Signal()
    leave_asked = Signal()
    point_asked = Signal()

    def __init__(self, recorder: Recorder, called: Callable[[str], str]) -> None:
        super().__init__()
        self.setObjectName("recorder")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(_("The lesson that is being made"))
        self.recorder, self.called = recorder, called
        self.form: StepForm | None = None
        self.area = QScrollArea(widgetResizable=True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.foot = QVBoxLayout()
        self.foot.setContentsMargins(SIDE, 8, SIDE, 10)
        self.foot.setSpacing(6)
        self.seen: QVBoxLayout | None = None
        self.steps: StepList | None = None
        self.title_field: WordsField | None = None
        self._lines: list[str] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.area, 1)
        self.problem = text_label("")
        self.problem.setObjectName("lessonProblem")
        self.problem.setStyleSheet(f"color: {theme.colors().problem}; padding: 0 {SIDE}px;")
        self.problem.hide()
        layout.addWidget(self.problem)
        layout.addLayout(self.foot)
        recorder.changed.connect(self.fill)
        recorder.amended.connect(self.follow)
        recorder.seen.connect(self.show_seen)
        recorder.check.looked.connect(self.show_check)
        self.fill()

    # --- filling ----------------------------------------------------------------------------------------------------

    def fill(self) -> None:
        """Show the page of this moment."""
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(SIDE, 10, SIDE, 12)
        layout.setSpacing(10)
        self.form, self.seen, self.title_field, self.steps = None, None, None, None
        clear(self.foot)
        self.problem.hide()
        match self.recorder.stage:
            case Stage.STEPS:
                self._fill_steps(layout)
            case Stage.RECORDING:
                self._fill_recording(layout)
            case Stage.STEP:
                self._fill_step(layout)
        layout.addStretch()
        put_in(self.area, inside)
        self.follow()
        self.focus_first()

    def focus_first(self) -> None:
        """The keys go to what is to be typed first."""
        if self.form is not None:
            self.form.focus_first()
        elif self.title_field is not None and not self.recorder.recording.title:
            next(iter(self.title_field.boxes.values())).setFocus()

    def _head(self, layout: QVBoxLayout, words: str, leave: str, do: Callable[[], object], sign: str = "×") -> None:
        """What page this is, and the way out of it."""
        line = QHBoxLayout()
        button = tool_button(sign, leave, do)
        button.setObjectName("recorderBack")
        title = heading(words, 1.15)
        if sign != "×":
            line.addWidget(button)
        line.addWidget(title, 1)
        if sign == "×":
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(line)

    def _fill_steps(self, layout: QVBoxLayout) -> None:
        recorder = self.recorder
        self._head(layout, _("Your lesson"), _("Leave the recorder"), self.leave_asked.emit)
        both = recorder.recording.both
        field = WordsField(
            "lessonTitle", _("Title"), recorder.recording.title, 1, LONGEST_TEXT, both, _("What it is about")
        )
        field.edited.connect(self._set_title)
        self.title_field = field
        layout.addWidget(field)
        layout.addWidget(self._switch())
        layout.addWidget(heading(_("Steps"), 1.0))
        if recorder.recording.drafts:
            self._fill_list(layout)
        else:
            words = _(
                "A step begins with what is in the window now. Set it up first, or open an example; then press “Record "
                "a step” and do what the class shall do."
            )
            layout.addWidget(text_label(words, faint=True))
        self.undo = QPushButton(theme.icon("mdi6.undo"), "")
        self.undo.setObjectName("recorderUndo")
        self.undo.clicked.connect(lambda _checked=False: recorder.undo())
        layout.addWidget(self.undo, 0, Qt.AlignmentFlag.AlignLeft)
        self._fill_check(layout)
        self._fill_steps_foot()

    def _set_title(self, words: dict[str, str]) -> None:
        recording = self.recorder.recording
        self.recorder.edit(_("change the title"), with_changes(recording, title=words), "title")

    def _switch(self) -> QCheckBox:
        """Type every text in the other language too."""
        others = [language_name(code) for code in languages_typed(True)[1:]]
        switch = QCheckBox(_("Type every text in {language} too").format(language=", ".join(others)))
        switch.setObjectName("bothLanguages")
        switch.setChecked(self.recorder.recording.both)
        switch.toggled.connect(self._set_both)
        return switch

    def _set_both(self, on: bool) -> None:
        recorder = self.recorder
        recorder.edit(_("languages"), with_changes(recorder.recording, both=on))
        recorder.changed.emit()

    def _fill_list(self, layout: QVBoxLayout) -> None:
        recorder = self.recorder
        self.steps = steps = StepList(recorder)
        for number, words in enumerate(making.in_words(recorder.recording, said), 1):
            steps.addItem(f"{number}   {words}")
        steps.fit()
        steps.setCurrentRow(recorder.place)
        layout.addWidget(steps)
        line = QHBoxLayout()
        line.setSpacing(2)
        edit = QPushButton(_("Edit"))
        edit.setObjectName("editStep")
        edit.clicked.connect(lambda _checked=False: recorder.show_step(steps.currentRow()))
        line.addWidget(edit)
        for name, icon, words, do in (
            ("stepUp", "mdi6.arrow-up", _("Up"), lambda: recorder.move(steps.currentRow(), steps.currentRow() - 1)),
            (
                "stepDown",
                "mdi6.arrow-down",
                _("Down"),
                lambda: recorder.move(steps.currentRow(), steps.currentRow() + 1),
            ),
            (
                "goToEnd",
                "mdi6.ray-end-arrow",
                _("Bring the window to where this step ends"),
                lambda: recorder.go_to_end(steps.currentRow()),
            ),
            ("deleteStep", "mdi6.delete-outline", _("Delete"), lambda: recorder.delete(steps.currentRow())),
        ):
            button = tool_button("", words, do)
            button.setObjectName(name)
            button.setIcon(theme.icon(icon))
            line.addWidget(button)
        line.addStretch()
        minutes = NumberBox()
        minutes.setObjectName("lessonMinutes")
        minutes.setRange(1, 90)
        minutes.setValue(recorder.recording.minutes)
        minutes.setSuffix(" " + _("min"))
        minutes.setAccessibleName(_("How many minutes it takes"))
        minutes.setToolTip(_("How many minutes it takes"))
        minutes.valueChanged.connect(self._set_minutes)
        line.addWidget(minutes)
        layout.addLayout(line)

    def _set_minutes(self, minutes: int) -> None:
        recording = self.recorder.recording
        self.recorder.edit(_("minutes"), with_changes(recording, minutes=minutes), "minutes")

    def _fill_steps_foot(self) -> None:
        recorder = self.recorder
        record = QPushButton(theme.drawn_icon("mdi6.record-circle", "#d02020", "#d02020"), _("Record a step"))
        record.setObjectName("recordStep")
        record.setToolTip(_("Take the state, and make a goal of what is done next (Shift+F3)"))
        record.clicked.connect(lambda _checked=False: recorder.record())
        self.foot.addWidget(record)
        line = QHBoxLayout()
        for name, words, tip, do in (
            ("previewLesson", _("Preview"), _("Play it from the chosen step; Esc comes back"), self._preview),
            (
                "checkLesson",
                _("Check"),
                _("Play every step without a screen, and say what is dead"),
                recorder.start_check,
            ),
            ("saveLesson", _("Save …"), _("Write the lesson to a file"), self.save_asked.emit),
        ):
            button = QPushButton(words)
            button.setObjectName(name)
            button.setToolTip(tip)
            button.setEnabled(bool(recorder.recording.drafts))
            button.clicked.connect(lambda _checked=False, do=do: do())
            line.addWidget(button, 1)
        self.foot.addLayout(line)

    def _preview(self) -> None:
        self.recorder.preview(self.steps.currentRow() if self.steps else 0)

    # --- checking ---------------------------------------------------------------------------------------------------

    def _fill_check(self, layout: QVBoxLayout) -> None:
        self.check_box = QVBoxLayout()
        layout.addLayout(self.check_box)
        self.show_check()

    def show_check(self) -> None:
        """How far the check is, or what it found."""
        if self.recorder.stage is not Stage.STEPS:
            return
        clear(self.check_box)
        check = self.recorder.check
        if check.is_running:
            bar = QProgressBar(minimum=0, maximum=check.count, value=check.done, textVisible=False)
            bar.setAccessibleName(_("Check"))
            cancel = QPushButton(_("Cancel"))
            cancel.setObjectName("cancelCheck")
            cancel.clicked.connect(lambda _checked=False: check.stop())
            line = QHBoxLayout()
            line.addWidget(bar, 1)
            line.addWidget(cancel)
            words = _("Playing step {number} of {count} …").format(
                number=min(check.done + 1, check.count), count=check.count
            )
            self.check_box.addWidget(text_label(words, faint=True))
            self.check_box.addLayout(line)
        elif check.failure:
            self.check_box.addWidget(text_label(check.failure))
        elif check.problems is not None:
            self._show_found(check.problems)

    def _show_found(self, problems: list[dict[str, str]]) -> None:
        box, inside = framed("lessonReveal" if not problems else "lessonWarn")
        box.setProperty("found", len(problems))
        recording = self.recorder.recording
        if not problems:
            inside.addWidget(text_label(_("All alive: every step can be done.")))
        ids = [draft.step.id for draft in recording.drafts]
        for problem in problems:
            place = ids.index(problem["step"]) if problem["step"] in ids else 0
            words = _("Step {number}: {reason}").format(number=place + 1, reason=problem["message"])
            inside.addWidget(text_label(words))
        spoken = making.languages_of(recording)
        if len(spoken) == 1:
            words = _("Its texts are in {language} alone.").format(language=language_name(spoken[0]))
            inside.addWidget(text_label(words, faint=True))
        self.check_box.addWidget(box)

    # --- a step being done ------------------------------------------------------------------------------------------

    def _fill_recording(self, layout: QVBoxLayout) -> None:
        recorder = self.recorder
        box, inside = framed("recordingBox")
        colors = theme.colors()
        box.setStyleSheet(
            f"#recordingBox {{ background: {colors.background}; border: 2px solid {colors.problem}; "
            "border-radius: 8px; }"
        )
        inside.addWidget(heading(_("● Recording step {number}").format(number=recorder.number), 1.15))
        words = _(
            "Do what the class shall do: change settings, add layers, train, open a lab. Then press “That was it”."
        )
        inside.addWidget(text_label(words))
        layout.addWidget(box)
        layout.addWidget(heading(_("Done so far"), 1.0))
        seen = QVBoxLayout()
        seen.setSpacing(4)
        layout.addLayout(seen)
        self.seen, self._lines = seen, []
        self.show_seen()
        line = QHBoxLayout()
        cancel = QPushButton(_("Cancel"))
        cancel.setObjectName("cancelStep")
        cancel.setToolTip(_("Record nothing; what was done stays in the project"))
        cancel.clicked.connect(lambda _checked=False: recorder.give_up_step())
        done = QPushButton(_("That was it"))
        done.setObjectName("endStep")
        done.setToolTip(_("End the step, and go on to its texts (Shift+F3)"))
        done.setDefault(True)
        done.clicked.connect(lambda _checked=False: recorder.end_step())
        line.addWidget(cancel)
        line.addWidget(done, 1)
        self.foot.addLayout(line)

    def show_seen(self) -> None:
        """What would become the goal by now."""
        if self.seen is None or not self.recorder.is_recording:
            return
        project = self.recorder.store.project
        offered = [one.condition for one in proposed(self.recorder.doing()) if one.is_ticked]
        lines = [goal_text(one, project, self.called) for one in offered] or [_("nothing yet")]
        if lines != self._lines:
            clear(self.seen)
            self._lines = lines
            for words in lines:
                self.seen.addWidget(text_label(words, faint=not offered))

    # --- the texts of a step ----------------------------------------------------------------------------------------

    def _fill_step(self, layout: QVBoxLayout) -> None:
        recorder = self.recorder
        count = len(recorder.recording.drafts)
        words = _("Step {number} of {count}").format(number=recorder.number, count=count)
        self._head(layout, words, _("All steps"), recorder.show_steps, "←")
        layout.addWidget(self._switch())
        self.form = StepForm(recorder, self.called)
        self.form.point_asked.connect(self.point_asked)
        layout.addWidget(self.form)
        again = QPushButton(_("Do this step anew"))
        again.setObjectName("recordAgain")
        again.setToolTip(_("Go back to where it begins, and record its goal again; its texts stay"))
        again.clicked.connect(lambda _checked=False: recorder.record(again=True))
        layout.addWidget(again, 0, Qt.AlignmentFlag.AlignLeft)
        line = QHBoxLayout()
        preview = QPushButton(_("Preview"))
        preview.setObjectName("previewStep")
        preview.setToolTip(_("Play the lesson from this step; Esc comes back"))
        preview.clicked.connect(lambda _checked=False: recorder.preview(recorder.place))
        done = QPushButton(_("Steps"))
        done.setObjectName("allSteps")
        done.setToolTip(_("All steps"))
        done.clicked.connect(lambda _checked=False: recorder.show_steps())
        record = QPushButton(theme.drawn_icon("mdi6.record-circle", "#d02020", "#d02020"), _("Next step"))
        record.setObjectName("recordNext")
        record.setToolTip(_("Record the next step (Shift+F3)"))
        record.clicked.connect(lambda _checked=False: recorder.record())
        for button, stretch in ((preview, 0), (done, 0), (record, 1)):
            line.addWidget(button, stretch)
        self.foot.addLayout(line)

    # --- following --------------------------------------------------------------------------------------------------

    def follow(self) -> None:
        """What can be undone, and what is wrong, as it is now."""
        recorder = self.recorder
        if recorder.stage is not Stage.STEPS:
            return
        self.undo.setVisible(bool(recorder.undo_label))
        self.undo.setText(_("Undo: {what}").format(what=recorder.undo_label))
        self.show_check()

    def say(self, problem: str) -> None:
        """Say what keeps the lesson from being saved."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.focus_first()


def tool_button(sign: str, words: str, do: Callable[[], object]) -> QToolButton:
    button = QToolButton(autoRaise=True)
    button.setText(sign)
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.clicked.connect(lambda _checked=False: do())
    return button


def clear(layout: QVBoxLayout | QHBoxLayout) -> None:
    """Take everything out of a layout."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            return
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif isinstance(inner, QVBoxLayout | QHBoxLayout):
            clear(inner)
