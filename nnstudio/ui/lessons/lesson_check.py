"""Has a lesson played on a thread, step by step, and keeps what is dead in it."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from nnstudio.lessons.model import Lesson
from nnstudio.ui.background import lesson_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.background.training_jobs import Control, Mode


class LessonCheck(QObject):
    """The check under way, or what the last one found. `looked` comes with each step, and at the end."""

    looked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.done, self.count = 0, 0
        """How many steps were played, and how many there are."""
        self.problems: list[dict[str, str]] | None = None
        """What is dead; None where nobody has checked the lesson as it is."""
        self.failure = ""
        self._found: list[dict[str, str]] = []
        self._task: Task | None = None
        self._control = Control()

    @property
    def is_running(self) -> bool:
        return self._task is not None

    def start(self, lesson: Lesson, languages: list[str]) -> None:
        """Play a lesson; one that is being played is given up."""
        self.stop()
        self.done, self.count, self.problems, self.failure = 0, len(lesson.steps), None, ""
        self._found = []
        self._control = Control()
        self._task = Task(partial(lesson_jobs.checked, lesson, languages, self._control), self)
        self._task.arrived.connect(partial(self._arrived, self._control))
        self._task.failed.connect(partial(self._failed, self._control))
        self._task.done.connect(partial(self._ended, self._control))
        self._task.start()
        self.looked.emit()

    def stop(self) -> None:
        """Give the check up."""
        if self._task is not None:
            self._control.command(Mode.STOP)
            self._task = None
            self.looked.emit()

    def forget(self) -> None:
        """The lesson is another now: what was found is not true any more."""
        self.stop()
        self.problems, self.failure = None, ""

    def _arrived(self, control: Control, problems: list[dict[str, str]]) -> None:
        if control is self._control and self._task is not None:
            self.done += 1
            self._found.extend(problems)
            self.looked.emit()

    def _failed(self, control: Control, message: str) -> None:
        if control is self._control and self._task is not None:
            self._task, self.failure = None, message
            self.looked.emit()

    def _ended(self, control: Control) -> None:
        if control is self._control and self._task is not None:
            self._task, self.problems = None, self._found
            self.looked.emit()
