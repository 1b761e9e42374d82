"""The lab that lies on purpose: the best of many networks chosen by the test part, and beside it the honest choice."""

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from nnstudio.project.model import Project
from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.background.training_jobs import Control, Mode
from nnstudio.ui.labs.choosing_plots import CandidatesPlot, LiesPlot
from nnstudio.ui.labs.choosing_words import average, story
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import Choice
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Answers, By, Choices

COUNTS, USUAL_COUNT = (5, 20, 50), 20
SIZES, USUAL_SIZE = (20, 50, 100, 200), 50
FRAME = 8
"""The pixels of the frame's width."""
STRIPE = 0.6
"""How much of the ground is in every second stripe of the frame: it is told from a plain border without its colour."""
SMALLEST = 820, 520


class ChoosingLab(Lab):
    """Looks at the network of the canvas, and at no run: the candidates are trained here and not kept."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(
            trainer,
            parent,
            _("Choosing by the test set"),
            _(
                "Many candidates (the network of the canvas from other seeds, at three learning rates) are trained on "
                "a copy, and the best is chosen. No row of the project's own test set is in the copy: that set stays "
                "sealed and unopened. Of the rows that no candidate has learnt, some are the validation part, some "
                "stand in for a test set, and the rest is fresh."
            ),
        )
        self.setObjectName("choosingLab")
        self.answers: Answers | None = None
        self.choices: Choices | None = None
        self.division = 0
        self._of: tuple[object, ...] | None = None
        """What the answers were computed of."""
        self._looked_at: Project | None = None
        self._control = Control()
        self._task: Task | None = None
        self._make_controls()
        self.candidates, self.lies = CandidatesPlot(), LiesPlot()
        self.words, self.average = (QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText) for _one in range(2))
        self.words.setObjectName("choosingStory")
        self.words.setFont(sized(self.words.font(), 1.0, bold=True))
        self.average.setObjectName("choosingAverage")
        self._lay_out()
        self.compute.clicked.connect(self._press)
        self.lying.toggled.connect(self._turn)
        self.anew.clicked.connect(self._divide_anew)
        for choice in (self.count, self.size_of_parts):
            choice.currentIndexChanged.connect(self._choose)
        self.setMinimumSize(*SMALLEST)
        resize_on_screen(self, 1080, 660)
        self._show(None)
        self._write_banner()
        self.look()
        self.compute.setFocus()

    # --- what is there ----------------------------------------------------------------------------------------------

    def _make_controls(self) -> None:
        self.count, self.size_of_parts = Choice(), Choice()
        for choice, numbers, usual, name in (
            (self.count, COUNTS, USUAL_COUNT, _("Candidates")),
            (self.size_of_parts, SIZES, USUAL_SIZE, _("Rows in the validation part, and in the test part")),
        ):
            for number in numbers:
                choice.addItem(str(number), number)
            choice.setCurrentIndex(numbers.index(usual))
            choice.setAccessibleName(name)
        self.compute = QPushButton()
        self.compute.setAutoDefault(False)
        self.progress = QProgressBar()
        self.progress.setAccessibleName(_("Progress"))
        self.progress.setRange(0, 100)
        self.lying = QCheckBox(_("Choose by the &test part instead"))
        self.lying.setObjectName("switchLying")
        self.lying.setAccessibleName(_("Choose by the test part instead"))
        self.anew = QPushButton(_("&Divide anew"))
        self.anew.setAccessibleName(_("Divide the rows anew"))
        self.anew.setToolTip(_("Other rows by chance; nothing is trained again"))
        self.anew.setAutoDefault(False)
        self.banner = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.banner.setObjectName("choosingBanner")
        self.banner.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.banner.setFont(sized(self.banner.font(), 1.15, bold=True))
        self.banner.setMargin(5)
        for hidden in (self.progress, self.anew):
            policy = hidden.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            hidden.setSizePolicy(policy)
        self.progress.hide()
        self._name_button()

    def _lay_out(self) -> None:
        asked, turned, plots = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for name, field in ((_("Candidates"), self.count), (_("Rows in each part"), self.size_of_parts)):
            asked.addWidget(QLabel(name))
            asked.addWidget(field)
            asked.addSpacing(10)
        asked.addWidget(self.compute)
        asked.addWidget(self.progress, 1)
        turned.addWidget(self.lying)
        turned.addStretch(1)
        turned.addWidget(self.anew)
        plots.addWidget(self.candidates, 3)
        plots.addWidget(self.lies, 2)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(asked)
        layout.addLayout(turned)
        layout.addWidget(self.banner)
        layout.addLayout(plots, 1)
        layout.addWidget(self.words)
        layout.addWidget(self.average)
        self.setContentsMargins(FRAME, FRAME, FRAME, FRAME)

    @property
    def by(self) -> "By":
        """The part that the best is chosen by."""
        return "test" if self.lying.isChecked() else "validation"

    # --- the project ------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Other data, another network or other settings make what was computed old."""
        project = self.store.project
        if project is self._looked_at and self.dataset is self._known:
            return
        self._looked_at, self._known = project, self.dataset
        self.refresh()

    _known: object = None

    def refresh(self) -> None:
        if self.dataset is None:
            self.say(_("The data is not read yet."))
            return
        if self.store.problems:
            self.say(_("Nothing to show yet. {problem}").format(problem=self.store.problems[0].message))
            return
        self.message.hide()
        self.content.show()
        subject = subject_of(self.store.project)
        if self._of is not None and subject != self._of:
            self._control.command(Mode.STOP)
            self._of = self.answers = None
            self._show(None, _("The project has changed since. Train the candidates again."))

    # --- computing --------------------------------------------------------------------------------------------------

    def _name_button(self) -> None:
        self.compute.setText(_("Cancel") if self._task else _("T&rain the candidates"))
        self.compute.setAccessibleName(_("Cancel") if self._task else _("Train the candidates"))

    def _press(self) -> None:
        if self._task is not None:
            self._control.command(Mode.STOP)
        else:
            self._ask()

    def _choose(self) -> None:
        """Another number of candidates or size: what is there is divided again, and what is lacking trained."""
        if self.answers is not None or self._task is not None:
            self._control.command(Mode.STOP)
            self._ask()

    def _ask(self) -> None:
        if self.dataset is None or self.store.problems:
            return
        self._of = subject_of(self.store.project)
        self._control = Control()
        count, rows = self.count.currentData(), self.size_of_parts.currentData()
        given = self.store.project, self.answers, count, rows, self._control, self.store.refused
        task = Task(partial(lab_jobs.choosing_answers, *given), self)
        task.arrived.connect(partial(self._arrived, task))
        task.failed.connect(partial(self._failed_to_choose, task))
        task.ended.connect(partial(self._ended, task))
        self._task = task
        self.progress.setValue(0)
        self.progress.setVisible(lab_jobs.missing(self.answers, count))
        self._name_button()
        task.start()

    def _arrived(self, task: Task, found: Any) -> None:
        if task is not self._task or self._control.mode is Mode.STOP:
            return
        if isinstance(found, float):
            self.progress.setValue(round(100 * found))
            return
        self.answers, choices = found
        self.division = 0
        self._show(choices)

    def _failed_to_choose(self, task: Task, message: str) -> None:
        if task is self._task:
            self._show(None, message)

    def _ended(self, task: Task) -> None:
        if task is self._task:
            self._task = None
            self.progress.hide()
            self._name_button()

    def done(self, result: int) -> None:
        self._control.command(Mode.STOP)
        super().done(result)

    # --- showing ----------------------------------------------------------------------------------------------------

    def _show(self, choices: "Choices | None", message: str = "") -> None:
        """Show what choosing comes to, or say why there is nothing."""
        self.choices = choices
        self.candidates.show_choices(choices, self.division, self.by)
        self.lies.show_choices(choices, self.division, self.by)
        self.candidates.say("" if choices else message or _("Press “Train the candidates”: some seconds of training."))
        self.anew.setVisible(choices is not None)
        self.lies.setVisible(choices is not None)
        self._write()

    def _turn(self) -> None:
        self._write_banner()
        self.candidates.turn(self.by)
        self.lies.show_choices(self.choices, self.division, self.by)
        self._write()
        self.update()

    def _divide_anew(self) -> None:
        if self.choices is not None:
            self.division = (self.division + 1) % self.choices.divisions
            self.candidates.show_choices(self.choices, self.division, self.by)
            self.lies.show_choices(self.choices, self.division, self.by)
            self._write()

    def _write(self) -> None:
        self.words.setText(story(self.choices, self.division, self.by) if self.choices else "")
        self.average.setText(average(self.choices) if self.choices else "")
        self.candidates.setAccessibleDescription(self.words.text())
        self.lies.setAccessibleDescription(self.average.text())

    def _write_banner(self) -> None:
        colors = theme.colors()
        if self.by == "test":
            words, ground = _("⚠ This chooses by the test set: it lies on purpose"), colors.problem
            ink = theme.clearer_on(ground, "#ffffff", "#000000")
        else:
            words, ground, ink = _("This chooses by the validation part, as it should be"), colors.surface, colors.text
        self.banner.setText(words)
        self.banner.setStyleSheet(f"#choosingBanner {{ background: {ground}; color: {ink}; border-radius: 4px; }}")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.by == "validation":
            return
        outside, inside = QPainterPath(), QPainterPath()
        outside.addRect(QRectF(self.rect()))
        inside.addRect(QRectF(self.rect()).adjusted(FRAME, FRAME, -FRAME, -FRAME))
        painter = QPainter(self)
        colors, frame = theme.colors(), outside.subtracted(inside)
        painter.fillPath(frame, QColor(colors.problem))
        stripes = QColor(theme.mixed(colors.problem, colors.background, STRIPE))
        painter.fillPath(frame, QBrush(stripes, Qt.BrushStyle.BDiagPattern))


def subject_of(project: Project) -> tuple[object, ...]:
    """What the candidates depend on: where the layers lie on the canvas is not of it."""
    layers = tuple((one.id, one.type, one.parameters) for one in project.network.layers)
    return layers, project.network.links, project.data, project.training
