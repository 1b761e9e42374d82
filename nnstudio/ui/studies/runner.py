"""Runs a study in the window: on a thread, its trials into the project in bunches, stopped at once and gone on with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from nnstudio.layers.spec import Value
from nnstudio.project.model import Project, Run, Study
from nnstudio.project.studies import add_study, put_trials, trials_of
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.background import study_running
from nnstudio.ui.background.study_running import (
    Complete,
    EpochsDone,
    SettingBegun,
    SettingDone,
    StudyControl,
    TrialsBeside,
)
from nnstudio.ui.background.task import Task
from nnstudio.ui.changes import Cause, Change
from nnstudio.ui.store import Store
from nnstudio.ui.studies.study_words import left_text, setting_text, study_title
from nnstudio.ui.training.trainer import Trainer

BUNCH, LONGEST = 250, 3_000
"""Milliseconds in which trials are gathered before the project takes them: at least, and at most."""
LOAD = 20
"""Taking them, and all views that follow, has at most one part in so many of the time."""


@dataclass
class Progress:
    """How far the study under way is."""

    study: Study
    done: int
    """The trials there are."""
    begun_with: int
    epochs: int = 0
    """Of all trials together, since it was started."""
    under_way: dict[int, Mapping[str, Value]] = field(default_factory=dict)
    """The settings that are trained now."""

    @property
    def trials(self) -> int:
        return self.study.settings * self.study.seeds

    @property
    def share(self) -> float:
        return min(1.0, self.done / self.trials)


class StudyRunner(QObject):
    """`changed` comes when a study begins, ends, and as it gets on; `ended` once none is under way any more."""

    changed = Signal()
    ended = Signal()

    def __init__(self, store: Store, trainer: Trainer, parent: QObject) -> None:
        super().__init__(parent)
        self.store = store
        self.trainer = trainer
        self.progress: Progress | None = None
        self.workers = 1
        """How many settings are trained at once, more than one in processes of their own."""
        self.is_stopping = False
        self._control = StudyControl()
        self._task: Task | None = None
        self._arrived: list[Run] = []
        self._generation = 0
        self._beside: tuple[TrialsBeside, ...] = ()
        """What lay beside the file and is in the project now."""
        self._clock = QElapsedTimer()
        self._bunch = QTimer(self, interval=BUNCH, singleShot=True)
        self._bunch.timeout.connect(self.take_trials)
        trainer.held_by = self.obstacle
        store.replaced.connect(self._project_replaced)
        store.changed.connect(self._project_changed)
        self._look_beside()

    @property
    def is_active(self) -> bool:
        return self._task is not None

    def runs(self, study: Study) -> bool:
        """Whether it is this study that is under way."""
        return self.progress is not None and self.progress.study.id == study.id

    def obstacle(self) -> str:
        """What keeps a network from being trained now, "" for nothing: two trainings would fight for the cores."""
        return _("A study is being run. Stop it first; it goes on later from where it was.") if self.is_active else ""

    def run(self, study: Study) -> None:
        """Train what is missing of a study."""
        if self.is_active:
            self.store.told.emit(self.obstacle())
            return
        if not self.trainer.is_idle():
            return
        # From here on it is a fact, as its trials are: undo takes the definition back no more.
        self.store.amend_past(partial(with_study, study))
        project = self.store.project
        done = sum(len(seeds) for seeds in trials_of(project, study).values())
        self.progress = Progress(study, done, done)
        self._bunch.setInterval(BUNCH)
        self._generation = self.store.generation
        self._control, self.is_stopping = StudyControl(), False
        path = self.store.path
        given = project, study, self._control, self.workers, self.store.refused, path
        self._task = Task(partial(study_running.train_study, *given), self)
        self._task.arrived.connect(self._hear)
        self._task.failed.connect(self._failed)
        self._task.ended.connect(self._ended)
        self._clock.start()
        self._task.start()
        self.changed.emit()

    def stop(self) -> Task | None:
        """Give up what is under way; the trials there are stay. Returns the task that ends; None where none is."""
        if self._task is not None:
            self._control.stop()
            self.is_stopping = True
            self.changed.emit()
        return self._task

    def _hear(self, event: Any) -> None:
        progress = self.progress
        if progress is None or self._generation != self.store.generation:
            return
        match event:
            case SettingBegun():
                progress.under_way[event.setting] = event.values
                self.changed.emit()
            case EpochsDone():
                progress.epochs += event.count
                self._begin_bunch()
            case SettingDone():
                progress.under_way.pop(event.setting, None)
                self._arrived.extend(event.runs)
                self._begin_bunch()
            case Complete():
                self.take_trials()
                self.store.told.emit(_("The study “{name}” is done.").format(name=study_title(progress.study)))

    def _begin_bunch(self) -> None:
        if not self._bunch.isActive():
            self._bunch.start()

    def take_trials(self) -> None:
        """Put the trials that have arrived into the project, and tell how far it is."""
        arrived, self._arrived = self._arrived, []
        if arrived and self.progress is not None and self._generation == self.store.generation:
            taking = QElapsedTimer()
            taking.start()
            self._put(self.progress.study, arrived)
            self._bunch.setInterval(min(LONGEST, max(BUNCH, LOAD * taking.elapsed())))
            found = trials_of(self.store.project, self.progress.study)
            self.progress.done = sum(len(seeds) for seeds in found.values())
        if self.progress is not None:
            self.changed.emit()

    def _put(self, study: Study, runs: list[Run]) -> None:
        """Into every step of the history that holds the study, each distinct list of runs once."""
        trials = self.store.numbered_trials(runs)
        made: dict[int, tuple[tuple[Run, ...], tuple[Run, ...]]] = {}

        def put(project: Project) -> Project:
            if all(one.id != study.id for one in project.studies):
                return project
            if id(project.runs) not in made:
                made[id(project.runs)] = project.runs, put_trials(project.runs, trials)
            return replace(project, runs=made[id(project.runs)][1])

        self.store.amend(put)

    def _failed(self, message: str) -> None:
        self.store.told.emit(_("The study cannot be run. {reason}").format(reason=message))

    def _ended(self) -> None:
        self._bunch.stop()
        self.take_trials()
        self._task, self.progress, self.is_stopping = None, None, False
        self.changed.emit()
        self.trainer.changed.emit()  # what can be trained has changed with it
        self.ended.emit()

    # --- the project ------------------------------------------------------------------------------------------------

    def _project_replaced(self) -> None:
        """What is under way belongs to another project, and comes too late."""
        self.stop()
        self._look_beside()

    def _project_changed(self, change: Change) -> None:
        if self.progress is not None and all(one.id != self.progress.study.id for one in change.after.studies):
            self.stop()  # deleted meanwhile
        if change.cause is Cause.SAVED and self._beside and self.store.path is not None:
            Task(partial(study_running.remove_trials_beside, self.store.path, self._beside), self).start()
            self._beside = ()

    def _look_beside(self) -> None:
        """Take over what a study run from the command line has left beside the file, when it was ended from outside."""
        self._beside = ()
        path, studies = self.store.path, self.store.project.studies
        if path is None or not studies:
            return
        task = Task(partial(study_running.trials_beside, path, studies), self)
        task.arrived.connect(partial(self._take_beside, self.store.generation))
        task.failed.connect(self.store.told)
        task.start()

    def _take_beside(self, generation: int, found: TrialsBeside) -> None:
        if generation != self.store.generation:
            return
        before = len(self.store.project.runs)
        self._beside = (*self._beside, found)
        self._put(found.study, list(found.runs))
        count = len(self.store.project.runs) - before
        if count:
            words = translate_count(
                "{count} trial of “{study}” lay beside the file: it is in the project now. Save it to keep it there.",
                "{count} trials of “{study}” lay beside the file: they are in the project now. Save it to keep them "
                "there.",
                count,
            )
            self.store.told.emit(words.format(count=Count(count), study=study_title(found.study)))

    # --- words ------------------------------------------------------------------------------------------------------

    def status(self) -> str:
        """How far the study under way is, on one line; "" where none is."""
        progress = self.progress
        if progress is None:
            return ""
        if self.is_stopping:
            return _("Stopping the study …")
        words = _("Study: {done} of {trials} trials").format(done=Count(progress.done), trials=Count(progress.trials))
        left = self.seconds_left()
        return f"{words}, {left_text(left)}" if left else words

    def seconds_left(self) -> float:
        """How long it will take yet, by what was done since it was started; 0 where that is not known."""
        progress = self.progress
        if progress is None or progress.done <= progress.begun_with:
            return 0.0
        seconds = self._clock.elapsed() / 1000
        return seconds * (progress.trials - progress.done) / (progress.done - progress.begun_with)

    def under_way_text(self) -> str:
        """Which settings are trained now, in words."""
        progress = self.progress
        if progress is None or not progress.under_way:
            return ""
        network = progress.study.network
        return "\n".join(
            _("Setting {number}: {values}").format(number=number + 1, values=setting_text(network, values))
            for number, values in sorted(progress.under_way.items())
        )


def with_study(study: Study, project: Project) -> Project:
    """The project with a study, where it has it not yet."""
    return project if any(one.id == study.id for one in project.studies) else add_study(project, study)
