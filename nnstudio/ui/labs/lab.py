"""What all labs have in common: a window that asks a thread about the network at hand and shows the answer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QLabel, QLayout, QVBoxLayout, QWidget

from nnstudio.project.model import Run
from nnstudio.project.weights import without_weights_text
from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Dataset

LOOK = 250
"""Milliseconds between two looks at a training under way."""


Question = Callable[[], Iterator[Any]]
Show = Callable[[Any], None]


@dataclass(frozen=True)
class LabType:
    """The declaration of a lab in opened.py: what opens it in the menu, and where the class of its window is, as
    "module.Class" of this room; it is imported when the lab is first opened, and not while the program starts."""

    command: str
    text: str
    help: str
    keys: tuple[str, ...]
    window: str

    def make(self, trainer: Trainer, parent: QWidget) -> "Lab":
        module, name = self.window.split(".")
        made: Lab = getattr(import_module(f"nnstudio.ui.labs.{module}"), name)(trainer, parent)
        return made


class Lab(QDialog):
    """A window with a sentence that says what is seen, and room below it.

    `refresh` is called when there is another network, moment or data to look at. Answers come in
    the order of their questions; one that is older than what is shown is dropped.
    """

    def __init__(self, trainer: Trainer, parent: QWidget, title: str, introduction: str) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.trainer = trainer
        self.loader = trainer.loader
        self.store = trainer.store
        self.introduction = QLabel(introduction, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.message.setObjectName("labMessage")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.content = QWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(8)
        layout.addWidget(self.introduction)
        layout.addWidget(self.content, 1)
        layout.addWidget(self.message, 1)
        self.message.hide()
        self.run_shown: Run | None = None
        self._seen: tuple[object, ...] = ()
        self._held: tuple[object, ...] = (None, None, None)
        self._question = 0
        self._is_asking = False
        self._waiting: tuple[Question, Show] | None = None
        """What is asked in turn: whether an answer is under way, and the newest question that waits for its end."""
        self._answered_last = 0
        """The question whose answer is shown; a sentence in place of an answer counts as one to all before it."""
        self._timer = QTimer(self, interval=LOOK)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        trainer.changed.connect(self.look)
        self.loader.changed.connect(self.look)

    @property
    def dataset(self) -> "Dataset | None":
        """The data at hand."""
        return self.loader.dataset

    def look(self) -> None:
        """See whether there is something else to look at: another moment of a training, another run, other data."""
        timeline, run = self.trainer.timeline, self.trainer.shown_run
        newest = timeline.epochs()[-1] if run is None and timeline and timeline.epochs() else 0
        project = self.store.project
        blank = (project.network, project.training) if self.trainer.is_blank else None
        held = run, self.trainer.main.watched, self.dataset
        if (newest, blank) != self._seen or any(one is not other for one, other in zip(held, self._held, strict=True)):
            self._seen, self._held = (newest, blank), held
            self._find_run()

    def _find_run(self) -> None:
        """The run to look at; that of a network before its first step is made on a thread."""
        if self.dataset is None:
            self.say(_("The data is not read yet."))
            return
        run = self.trainer.newest_run()
        if run is not None:
            self._take(run)
        elif self.store.problems:
            self.say(_("Nothing to show yet. {problem}").format(problem=self.store.problems[0].message))
        elif self.trainer.is_blank:
            question = partial(lab_jobs.untrained, self.store.project, self.dataset)
            self.ask(question, self._take)

    def _take(self, run: Run) -> None:
        # The run brings its own preparation: other data of the same shape would be scaled wrongly without a word.
        if self.dataset is None or run.data != self.loader.choice:
            self.say(_("The run that is shown was trained on other data."))
            return
        if not run.weights:
            self.say(without_weights_text(run))
            return
        self.run_shown = run
        self.refresh()

    def refresh(self) -> None:
        """Ask about the run that is shown."""
        raise NotImplementedError

    def ask(self, question: Question, show: Show) -> Task:
        """Ask a thread, and show its answer; one that has been overtaken only if it is about the same network."""
        self._question += 1
        task = Task(question, self)
        task.arrived.connect(partial(self._answered, self._question, self._subject(), show))
        task.failed.connect(partial(self._failed, self._question))
        return task.start()

    def ask_in_turn(self, question: Question, show: Show) -> None:
        """Ask when what was asked so before is answered; of several that wait, the newest. So an answer is shown now
        and then, however fast the questions come."""
        if self._is_asking:
            self._waiting = question, show
            self._question += 1  # the answer under way is that of another question now
            return
        self._is_asking = True
        self.ask(question, show).ended.connect(self._ask_next)

    def _ask_next(self) -> None:
        self._is_asking, waiting, self._waiting = False, self._waiting, None
        if waiting is not None:
            self.ask_in_turn(*waiting)

    def _subject(self) -> tuple[object, ...]:
        """What every answer is about, however the weights change."""
        run = self.run_shown
        return () if run is None else (run.network, run.preparation, run.data)

    def _answered(self, question: int, subject: tuple[object, ...], show: Show, answer: Any) -> None:
        # An older answer is better than none: while the timeline plays, every question is overtaken.
        is_useful = question >= self._answered_last and bool(subject) and subject == self._subject()
        if question == self._question or (is_useful and show != self._take):
            self._answered_last = question
            self.message.hide()
            self.content.show()
            show(answer)

    def _failed(self, question: int, message: str) -> None:
        if question == self._question:
            self.say(message)

    def say(self, message: str) -> None:
        """Show a sentence in place of the content; what is still being computed does not take its place."""
        self._waiting = None
        self._answered_last = self._question = self._question + 1
        self.content.hide()
        self.message.setText(message)
        self.message.show()

    def done(self, result: int) -> None:
        """Closing lets go of what is still being computed."""
        self._waiting = None
        self._answered_last = self._question = self._question + 1
        self._timer.stop()
        for task in self.findChildren(Task):
            task.setParent(self.trainer)  # it ends by itself, and nobody hears it any more
        super().done(result)


def remove(layout: QLayout, widgets: Sequence[QWidget]) -> None:
    """Take widgets out of a layout for good."""
    for widget in widgets:
        layout.removeWidget(widget)
        widget.hide()
        widget.deleteLater()
