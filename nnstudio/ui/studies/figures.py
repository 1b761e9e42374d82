"""What is computed of a study on threads while its trials keep coming: its optimism, and which variable matters."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.ui.background import study_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.studies.trial_plot import is_same_study

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Outcomes

SOON = 30
"""Milliseconds after which it is begun with: what is seen comes first, and a thread would take its time."""
SETTLED = 1500
"""Milliseconds without another trial after which all is computed anew."""
JOBS = {"optimism": (study_jobs.study_optimism, 0.02), "importance": (study_jobs.importances_of, 0.2)}
"""Each with by how much the trials grow until it is computed again before that: a training may need the processor."""


class StudyFigures(QObject):
    """`found(name, outcomes, figure)` comes with each of `JOBS` and of what it is, `failed(words)` where one failed."""

    found = Signal(str, object, object)
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._newest: Outcomes | None = None
        self._last: dict[str, Outcomes] = {}
        """Of what each was last computed, or is."""
        self._tasks: dict[str, Task] = {}
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._settled = QTimer(self, singleShot=True, interval=SETTLED)
        for timer in (self._soon, self._settled):
            timer.timeout.connect(self._look)

    def compute(self, outcomes: "Outcomes") -> None:
        """Compute all of the newest outcomes, when it is time."""
        self._newest = outcomes
        self._soon.start()
        self._settled.start()

    @property
    def is_busy(self) -> bool:
        """Whether there is something newer to come."""
        return self._newest is not None and (
            bool(self._tasks) or any(self._last.get(name) is not self._newest for name in JOBS)
        )

    def _look(self) -> None:
        for name in JOBS:
            if name not in self._tasks and self._is_due(name):
                self._begin(name)

    def _is_due(self, name: str) -> bool:
        newest, last = self._newest, self._last.get(name)
        if newest is None or newest is last:
            return False
        if last is None or not is_same_study(last, newest) or not self._settled.isActive():
            return True
        return len(newest.runs) >= (1 + JOBS[name][1]) * len(last.runs)

    def _begin(self, name: str) -> None:
        outcomes = self._newest
        if outcomes is None:
            return
        self._last[name] = outcomes
        task = self._tasks[name] = Task(partial(JOBS[name][0], outcomes), self)
        task.arrived.connect(partial(self.found.emit, name, outcomes))
        task.failed.connect(self.failed)
        task.ended.connect(partial(self._end, name))
        task.start()

    def _end(self, name: str) -> None:
        del self._tasks[name]
        self._look()
