"""The panel of lessons: the list of them, or the step under way with its question, its goal and what is behind it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.lessons.conditions import goal_text
from nnstudio.lessons.lesson_file import read_lesson, shipped
from nnstudio.lessons.measures import said
from nnstudio.lessons.model import Star, Warn
from nnstudio.lessons.progress import Phase
from nnstudio.text import UserError, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.lessons.asks import Question, question
from nnstudio.ui.lessons.labels import framed, heading, put_in, text_label
from nnstudio.ui.lessons.player import LessonPlayer
from nnstudio.ui.lessons.plot_answers import PlotAnswer
from nnstudio.ui.lessons.recorder import Recorder
from nnstudio.ui.lessons.recorder_panel import RecorderPage
from nnstudio.ui.look import theme

WIDTH = 300
MET, UNMET = "✓", "○"
SIDE = 14


class LessonPanel(QWidget):
    """`chosen(path)` comes with a lesson of the list, `file_asked` when another file is wanted; `new_asked` and
    `edit_asked` when one is to be made."""

    chosen = Signal(object)
    file_asked = Signal()
    new_asked = Signal()
    edit_asked = Signal()

    def __init__(
        self, player: LessonPlayer, recorder: Recorder, answers: PlotAnswer, called: Callable[[str], str]
    ) -> None:
        super().__init__()
        self.setObjectName("lessons")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(_("Lesson"))
        self.setMinimumWidth(round(WIDTH * theme.text_scale()))
        self.player = player
        self.recorder = recorder
        self.answers = answers
        self.called = called
        self.question: Question | None = None
        self.marks: list[QLabel] = []
        self.warnings: QVBoxLayout | None = None
        self.predict: QPushButton | None = None
        self.onward = QPushButton()
        self._shown_warns: tuple[Warn, ...] | None = None
        self.area = QScrollArea(widgetResizable=True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.foot = QWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.foot)
        self._is_listed = False
        self.page = RecorderPage(recorder, called)
        layout.addWidget(self.page, 1)
        self._lay_out_making()
        layout.addWidget(self.making)
        self._lay_out_foot()
        player.changed.connect(self.fill)
        recorder.changed.connect(self.fill)
        player.looked.connect(self.follow)
        colors = theme.colors()
        self.setStyleSheet(
            f"#lessons {{ background: {colors.surface}; }}"
            f"#lessonBox {{ background: {colors.background}; border: 1px solid {colors.grid}; border-radius: 8px; }}"
            f"#lessonReveal {{ background: {colors.background}; border: 1px solid {colors.grid}; "
            f"border-left: 4px solid {colors.flag}; border-radius: 8px; }}"
            f"#lessonWarn {{ background: {colors.note}; border: 1px solid {colors.border}; border-radius: 8px; }}"
        )
        self.fill()

    def _lay_out_foot(self) -> None:
        self.back, self.again = QToolButton(autoRaise=True), QToolButton(autoRaise=True)
        for button, icon, words, do in (
            (self.back, "mdi6.arrow-left", _("Back one step"), self.player.go_back),
            (self.again, "mdi6.restore", _("This step from its start"), self.player.restart_step),
        ):
            button.setIcon(theme.icon(icon))
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.clicked.connect(lambda _checked=False, do=do: do())
        self.onward.setObjectName("lessonOnward")
        self.onward.clicked.connect(lambda _checked=False: self.player.go_on())
        line = QHBoxLayout(self.foot)
        line.setContentsMargins(SIDE - 6, 8, SIDE, 10)
        line.addWidget(self.back)
        line.addWidget(self.again)
        line.addStretch()
        line.addWidget(self.onward)

    # --- filling ----------------------------------------------------------------------------------------------------

    def fill(self) -> None:
        """Show the step as it is now, or the list."""
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(SIDE, 12, SIDE, 12)
        layout.setSpacing(10)
        self.question, self.predict, self.warnings, self.marks = None, None, None, []
        self._shown_warns = None
        # All lessons are read for the list: for nothing while nobody sees it.
        self._is_listed = not self.player.is_playing and self.isVisible()
        if self.player.is_playing:
            self._fill_step(layout)
        else:
            self.answers.clear()
        if self._is_listed:
            self._fill_list(layout)
        layout.addStretch()
        put_in(self.area, inside)
        self.foot.setVisible(self.player.is_playing)
        makes = self.recorder.is_open and not self.player.is_playing
        self.area.setVisible(not makes)
        self.page.setVisible(makes)
        self.making.setVisible(not makes and not self.player.is_playing)
        self.follow()

    def _fill_list(self, layout: QVBoxLayout) -> None:
        layout.addWidget(heading(_("Lessons"), 1.15))
        words = _("Each asks first, then trains, then explains. What you have open is asked about before it is left.")
        layout.addWidget(text_label(words, faint=True))
        for path in shipped():
            try:
                lesson = read_lesson(path)
            except UserError as mistake:
                layout.addWidget(text_label(str(mistake)))
                continue
            minutes = translate_count("{count} minute", "{count} minutes", lesson.minutes).format(count=lesson.minutes)
            button = LessonRow(said(lesson.title), f"{said(lesson.summary)} {minutes}".strip())
            button.pressed_once.connect(partial(self.chosen.emit, path))
            layout.addWidget(button)
        other = QPushButton(_("Open a lesson file …"))
        other.clicked.connect(lambda _checked=False: self.file_asked.emit())
        layout.addWidget(other, 0, Qt.AlignmentFlag.AlignLeft)

    def _lay_out_making(self) -> None:
        """Under the list, always in sight: to make a lesson."""
        self.making = QWidget()
        line = QHBoxLayout(self.making)
        line.setContentsMargins(SIDE, 8, SIDE, 10)
        for name, words, tip, asked in (
            ("newLesson", _("New lesson"), _("Make one: each step is recorded while you do it"), self.new_asked),
            ("editLesson", _("Edit a lesson …"), _("Go on with a lesson that is a file"), self.edit_asked),
        ):
            button = QPushButton(words)
            button.setObjectName(name)
            button.setToolTip(tip)
            button.clicked.connect(lambda _checked=False, asked=asked: asked.emit())
            line.addWidget(button, 1)

    def _fill_step(self, layout: QVBoxLayout) -> None:
        player = self.player
        assert player.progress is not None
        lesson, step = player.progress.lesson, player.step
        head = QHBoxLayout()
        place = _("Step {number} of {count}").format(number=player.progress.place + 1, count=len(lesson.steps))
        name = _("Preview") if player.is_preview else said(lesson.title)
        head.addWidget(text_label(f"{name} · {place}", faint=True), 1)
        leave = QToolButton(autoRaise=True)
        leave.setText("×")
        leave.setObjectName("lessonLeave")
        words = _("Leave the lesson (Esc); what you made stays")
        leave.setToolTip(_("Back to the recorder (Esc); nothing is lost") if player.is_preview else words)
        leave.setAccessibleName(_("Leave the lesson"))
        leave.clicked.connect(lambda _checked=False: player.leave())
        head.addWidget(leave, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(head)
        layout.addWidget(heading(said(step.title), 1.15))
        layout.addWidget(text_label(player.text(said(step.text))))
        if step.hint:
            self._fill_hint(layout)
        if player.asks:
            self._fill_question(layout)
        else:
            self._fill_prediction(layout)
            self._fill_goal(layout)
            warnings = QVBoxLayout()
            layout.addLayout(warnings)
            self.warnings = warnings
        if player.phase is Phase.REVEAL and step.reveal:
            box, inside = framed("lessonReveal")
            inside.addWidget(text_label(player.text(said(step.reveal))))
            layout.addWidget(box)

    def _fill_hint(self, layout: QVBoxLayout) -> None:
        words = text_label(self.player.text(said(self.player.step.hint)), faint=True)
        words.hide()
        button = QToolButton(autoRaise=True)
        button.setCheckable(True)
        button.setText(_("Hint"))
        button.setIcon(theme.icon("mdi6.lightbulb-outline"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.toggled.connect(words.setVisible)
        layout.addWidget(button)
        layout.addWidget(words)

    def _fill_question(self, layout: QVBoxLayout) -> None:
        player, ask = self.player, self.player.step.ask
        assert ask is not None
        box, inside = framed("lessonBox")
        again = player.phase is Phase.ASK_AGAIN
        title = _("What do you expect?")
        if again:
            title = _("You said: {prediction}. Talk to your neighbour, then answer once more.").format(
                prediction=player.predicted_text() or _("your curve")
            )
        inside.addWidget(heading(title, 1.0))
        self.answers.clear()
        self.question = question(ask, player.store.project.training.epochs, self.answers)
        inside.addWidget(self.question)
        self.predict = QPushButton(_("That is my prediction"))
        self.predict.setObjectName("lessonPredict")
        self.predict.clicked.connect(lambda _checked=False: self.give_answer())
        self.question.answered.connect(self.follow)
        inside.addWidget(self.predict)
        layout.addWidget(box)

    def _fill_prediction(self, layout: QVBoxLayout) -> None:
        """What was said, without a judgement; and the button that shows how it is."""
        player = self.player
        made = player.prediction
        self.answers.show_prediction(made, isinstance(player.step.ask, Star))
        if made is not None:
            words = player.predicted_text()
            reply = _("You said: {prediction}. See how it is.").format(prediction=words) if words else ""
            if made.curve:
                reply = _("Your curve stays on the plot. See how it is.")
            label = text_label(reply)
            label.setObjectName("lessonReply")
            layout.addWidget(label)
        if player.trains and player.phase is Phase.DO:
            button = QPushButton(_("Train"))
            button.setObjectName("lessonTrain")
            button.setIcon(theme.icon("mdi6.play"))
            button.clicked.connect(lambda _checked=False: player.run())
            layout.addWidget(button)

    def _fill_goal(self, layout: QVBoxLayout) -> None:
        for condition in self.player.step.goal:
            line = QHBoxLayout()
            sign = QLabel(UNMET)
            sign.setFixedWidth(18)
            self.marks.append(sign)
            line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(text_label(goal_text(condition, self.player.store.project, self.called)), 1)
            layout.addLayout(line)

    # --- following --------------------------------------------------------------------------------------------------

    def give_answer(self) -> None:
        """Keep the answer that stands in the question."""
        found = self.question.answer() if self.question else None
        if found is not None:
            self.player.answer(**found)

    def follow(self) -> None:
        """Ticks, warnings and buttons as they are now."""
        player = self.player
        if not player.is_playing:
            return
        colors = theme.colors()
        for sign, is_met in zip(self.marks, player.goals, strict=False):
            sign.setText(MET if is_met else UNMET)
            sign.setStyleSheet(f"color: {colors.success if is_met else colors.faint_text}; font-weight: 600;")
            sign.setAccessibleName(_("done") if is_met else _("to do"))
        if self.predict is not None and self.question is not None:
            self.predict.setEnabled(self.question.answer() is not None)
        if self.warnings is not None and player.warns != self._shown_warns:
            self._show_warnings(self.warnings)
        assert player.progress is not None
        waits = player.asks or (player.phase is Phase.DO and bool(player.goals) and not player.is_met)
        at_end = player.progress.is_last and not waits and (player.phase is Phase.REVEAL or not player.step.reveal)
        words = _("Go on anyway") if waits else _("End") if at_end else _("Next")
        self.onward.setText(words)
        self.onward.setDefault(not waits)
        self.back.setEnabled(player.progress.place > 0)

    def _show_warnings(self, layout: QVBoxLayout) -> None:
        while layout.count():
            item = layout.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.deleteLater()
        self._shown_warns = self.player.warns
        for warn in self.player.warns:
            box, inside = framed("lessonWarn")
            inside.addWidget(text_label(said(warn.text)))
            if warn.repair:
                button = QPushButton(_("Put right"))
                button.setObjectName("lessonPutRight")
                button.clicked.connect(lambda _checked=False, warn=warn: self.player.put_right(warn))
                inside.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            layout.addWidget(box)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_listed and not self.player.is_playing:
            self.fill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.player.is_playing:
            self.player.leave()
            return
        super().keyPressEvent(event)


class LessonRow(QFrame):
    """A lesson of the list. `pressed_once` comes with a click or a key."""

    pressed_once = Signal()

    def __init__(self, title: str, summary: str) -> None:
        super().__init__()
        self.setObjectName("lessonBox")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(2)
        layout.addWidget(heading(title, 1.0))
        if summary:
            layout.addWidget(text_label(summary, faint=True))

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave, QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            on = event.type() in (QEvent.Type.Enter, QEvent.Type.FocusIn)
            edge = theme.colors().selection
            self.setStyleSheet(f"#lessonBox {{ border-color: {edge}; }}" if on else "")
        if event.type() == QEvent.Type.MouseButtonRelease:
            self.pressed_once.emit()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed_once.emit()
            return
        super().keyPressEvent(event)
