"""Plays a lesson in the window: begins each step, keeps what is predicted, and notices when its goal is met."""

import math
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.lessons.anchors import runs_needed
from nnstudio.lessons.conditions import Situation, holds, with_settings
from nnstudio.lessons.lesson_file import lesson_id, read_lesson
from nnstudio.lessons.measures import filled, iterations, layers_of, numbers, said
from nnstudio.lessons.meeting import met_project
from nnstudio.lessons.model import (
    CommandDone,
    Lesson,
    Order,
    RunFinished,
    Step,
    ViewOpen,
    Warn,
)
from nnstudio.lessons.names import LAYER, TRAINING_COMMANDS
from nnstudio.lessons.progress import (
    Phase,
    Progress,
    begin,
    entered,
    gone_on,
    is_over,
    made_now,
    met,
    predicted,
    prediction_text,
)
from nnstudio.lessons.starting import started
from nnstudio.project.model import Prediction, Project, Run
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.store import Store
from nnstudio.ui.training.trainer import SEEDS, Trainer

LOOK_EVERY = 250
"""Milliseconds between two looks at whether a goal is met."""
SECONDS_TO_WATCH = 3.0
TEN_SEEDS = "actionTenSeeds"


class LessonPlayer(QObject):
    """The lesson under way, if any. `changed` comes when the step, or what it waits for, is another; `looked` after
    each look at its goal, `given(name)` with a command to give, or a thing of the window to show."""

    changed = Signal()
    looked = Signal()
    given = Signal(str)

    def __init__(self, store: Store, trainer: Trainer, in_sight: Callable[[], frozenset[str]]) -> None:
        super().__init__()
        self.store = store
        self.trainer = trainer
        self.in_sight = in_sight
        self.progress: Progress | None = None
        self.before = Project()
        """The project as the step began."""
        self.goals: tuple[bool, ...] = ()
        """Which conditions of the goal hold, in their order."""
        self.warns: tuple[Warn, ...] = ()
        self._known: frozenset[str] = frozenset()
        self._commands: set[str] = set()
        self._waiting: Callable[[], object] | None = None
        self._own = False
        self._over: Callable[[], object] | None = None
        self._timer = QTimer(self, interval=LOOK_EVERY)
        self._timer.timeout.connect(self.look)
        trainer.changed.connect(self._training_changed)
        store.replaced.connect(self._project_replaced)

    @property
    def is_playing(self) -> bool:
        return self.progress is not None

    @property
    def is_preview(self) -> bool:
        """Whether what is played is only looked at, by the one who makes it."""
        return self._over is not None

    @property
    def step(self) -> Step:
        """The step that is shown; there must be a lesson."""
        assert self.progress is not None
        return self.progress.step

    @property
    def phase(self) -> Phase:
        assert self.progress is not None
        return self.progress.phase

    @property
    def asks(self) -> bool:
        """Whether an answer is waited for."""
        return self.progress is not None and self.phase in (Phase.ASK, Phase.ASK_AGAIN)

    @property
    def trains(self) -> bool:
        """Whether this step is there to train."""
        return runs_needed(self.step, len(self.before.runs)) > 0

    @property
    def is_met(self) -> bool:
        return all(self.goals)

    # --- going through ----------------------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Begin a lesson, on a copy of the project that it starts from. UserError for what is no lesson."""
        lesson = read_lesson(path)
        self.begin(lesson_id(path), lesson)

    def begin(
        self,
        id: str,
        lesson: Lesson,
        place: int = 0,
        project: Project | None = None,
        over: Callable[[], object] | None = None,
    ) -> None:
        """The first step of a lesson, or another one with the project that it begins with. UserError where it cannot
        be begun. With `over` it is a preview: that is done when it is left, and puts in place what was there."""
        if project is None:
            project = started(lesson.steps[place].start, self.store.project)
        self._own = True
        try:
            self.store.replace(replace(project, predictions=()), None, name=said(lesson.title))
        finally:
            self._own = False
        self._over = over
        self.progress = entered(begin(id, lesson), place)
        self._timer.start()
        self._begun()

    def go_on(self) -> None:
        """On to what comes next, whatever the step waits for."""
        if self.progress is None:
            return
        if is_over(self.progress):
            self.leave()
            return
        after = gone_on(self.progress)
        if after.place == self.progress.place:
            self.progress = after
            self.changed.emit()
        else:
            self._when_idle(lambda: self._enter(after.place))

    def go_back(self) -> None:
        """The step before, as the project is now; its goal is looked at anew."""
        if self.progress is not None and self.progress.place:
            place = self.progress.place - 1
            self._when_idle(lambda: self._enter(place, goes_back=True))

    def restart_step(self) -> None:
        """This step as it began, with its question; what was predicted stays in the project."""
        if self.progress is not None:
            self._when_idle(self._restart)

    def leave(self) -> None:
        """End the lesson; what was made stays."""
        if self.progress is None:
            return
        if self._over is not None:
            self._when_idle(self._end_preview)
            return
        self.end()
        self.changed.emit()
        self.store.told.emit(_("The lesson is left. What you made stays here: save it to keep it."))

    def end(self) -> None:
        """Look at nothing any more."""
        self._timer.stop()
        self._over = None
        self.progress, self.goals, self.warns = None, (), ()

    def _end_preview(self) -> None:
        over, self._over = self._over, None
        if over is not None:
            self.end()
            over()
            self.changed.emit()

    def _restart(self) -> None:
        assert self.progress is not None
        kept = tuple(one for one in self.progress.predictions if one.step != self.step.id)
        began = replace(self.before, predictions=self.store.project.predictions)
        self.store.edit(_("This step from its start"), began)
        self.trainer.reset()
        self.progress = entered(Progress(self.progress.id, self.progress.lesson, predictions=kept), self.progress.place)
        self._begun()

    def _enter(self, place: int, goes_back: bool = False) -> None:
        """Begin a step; where it cannot be begun, that is said and it goes on with what is there."""
        assert self.progress is not None
        self.progress = entered(self.progress, place)
        if not goes_back:
            try:
                project = started(self.step.start, self.store.project)
                self.store.edit(_("Begin step {number} of the lesson").format(number=place + 1), project)
            except UserError as mistake:
                self.store.told.emit(str(mistake))
        self._begun()

    def _begun(self) -> None:
        self.before = self.store.project
        self._known = frozenset(run.id for run in self.before.runs)
        self._commands.clear()
        start = self.step.start
        if start and start.run:
            run = next((one for one in self.before.runs if one.id == start.run), None)
            if run is not None:
                self.trainer.show(run)
                self.trainer.look_at(start.epoch)
        self.look()
        self.changed.emit()

    def _when_idle(self, do: Callable[[], object]) -> None:
        """Now, or when the training that is under way has stopped."""
        if self.trainer.is_active:
            self._waiting = do
            self.trainer.stop()
        else:
            do()

    def _training_changed(self) -> None:
        if self._waiting is not None and not self.trainer.is_active:
            do, self._waiting = self._waiting, None
            QTimer.singleShot(0, self, do)

    def _project_replaced(self) -> None:
        """Another project was opened: the lesson is left."""
        if self.progress is not None and not self._own:
            self.leave()

    # --- what is done in a step -------------------------------------------------------------------------------------

    def answer(
        self,
        choice: str = "",
        number: float | None = None,
        order: tuple[str, ...] = (),
        curve: tuple[tuple[float, float], ...] = (),
    ) -> None:
        """Keep what is predicted, with the time."""
        if self.progress is None or not self.asks:
            return
        made = made_now(self.progress, choice, number, order, curve)
        self.progress = predicted(self.progress, made)
        self.store.amend(lambda project: replace(project, predictions=(*project.predictions, made)))
        self.look()
        self.changed.emit()

    def run(self) -> None:
        """Train what the step asks about: the network, or one for each of the curves."""
        ask, pace = self.step.ask, self.trainer.steps_per_second
        # Slow enough to be watched: the slider keeps what the user set.
        self.trainer.steps_per_second = pace or self._watchable_pace()
        try:
            if isinstance(ask, Order):
                self._run_curves(ask)
            else:
                self.trainer.train()
        finally:
            self.trainer.steps_per_second = pace

    def _watchable_pace(self) -> float:
        """Steps a second by which a run takes as long as is good to look at, at least; 0 where that is not known."""
        steps = iterations(self.store.project) * self.store.project.training.epochs
        return steps / SECONDS_TO_WATCH if math.isfinite(steps) else 0.0

    def _run_curves(self, ask: Order) -> None:
        """Train one network for each of the curves, side by side."""
        try:
            projects = [with_settings(self.store.project, one.settings) for one in ask.curves]
        except UserError as mistake:
            self.store.told.emit(str(mistake))
            return
        by = "train_loss" if "train_loss" in ask.measure else "validation_loss"
        self.trainer.train_variants(projects, [said(one.text) for one in ask.curves], by)

    def perform(self) -> None:
        """Do what the step asks for: what is set and drawn, what is opened, and then the training."""
        try:
            self.store.edit(_("What the step asks for"), met_project(self.step, self.store.project))
        except UserError as mistake:
            self.store.told.emit(str(mistake))
        asked = [one.command for one in self.step.goal if isinstance(one, CommandDone)]
        asked += [one.view for one in self.step.goal if isinstance(one, ViewOpen)]
        if any(isinstance(one, RunFinished) and one.count == SEEDS for one in self.step.goal):
            asked = [*asked, *({TEN_SEEDS} - set(asked))]
        for name in asked:
            self.given.emit(name)
        if self.trains and not set(asked) & set(TRAINING_COMMANDS):
            self.run()
        self.look()

    def put_right(self, warn: Warn) -> None:
        """Set what a warning says is wrong."""
        try:
            self.store.edit(_("Put right"), with_settings(self.store.project, warn.repair))
        except UserError as mistake:
            self.store.told.emit(str(mistake))
        self.look()

    def command_done(self, name: str) -> None:
        """A command of the window was given."""
        if self.progress is not None:
            self._commands.add(name)
            QTimer.singleShot(0, self, self.look)

    # --- looking ----------------------------------------------------------------------------------------------------

    def situation(self) -> Situation:
        """What the conditions of the step are asked about."""
        shown = [one for one in self.trainer.networks if one.watched or one.run]
        comparable = {run.id for run in self.store.project.runs} | {one.run.id for one in shown if one.run}
        compared = len(comparable) + sum(one.run is None for one in shown)
        return Situation(
            self.before, self.store.project, frozenset(self._commands), self.in_sight(), self.ended_runs(), compared
        )

    def ended_runs(self) -> tuple[Run, ...]:
        """The runs that ended since the step began."""
        return tuple(run for run in self.store.project.runs if run.id not in self._known)

    def look(self) -> None:
        """See which conditions hold; a step whose goal is met goes on to what is behind it."""
        if self.progress is None:
            return
        found = self.situation()
        try:
            self.goals = tuple(holds(one, found) for one in self.step.goal)
            self.warns = tuple(one for one in self.step.warn if all(holds(when, found) for when in one.when))
        except UserError as mistake:
            self.store.told.emit(str(mistake))
            self.leave()
            return
        if self.phase is Phase.DO and self.goals and self.is_met and self.step.reveal and not self.trainer.is_active:
            self.progress = met(self.progress)
            self._held_against_run()
            self.changed.emit()
        self.looked.emit()

    def _held_against_run(self) -> None:
        """Note in the prediction which run it was held against."""
        made, runs = self.progress.prediction if self.progress else None, self.ended_runs()
        if made is None or not runs:
            return

        def with_run(project: Project) -> Project:
            changed = tuple(replace(one, run=runs[0].id) if one == made else one for one in project.predictions)
            return replace(project, predictions=changed)

        self.store.amend(with_run)

    @property
    def prediction(self) -> Prediction | None:
        """What was predicted in this step."""
        return self.progress.prediction if self.progress else None

    def predicted_text(self) -> str:
        """The same in words."""
        made = self.prediction
        return prediction_text(self.step.ask, made) if made and self.step.ask else ""

    def text(self, words: str) -> str:
        """A text of the step with its numbers."""
        runs = self.ended_runs()
        newest = self.trainer.last_run or (runs[-1] if runs else None)
        return filled(words, numbers(self.store.project, newest, self.curves()), self.predicted_text())

    def curves(self) -> dict[str, Run]:
        """The runs that were to be put in order, by the names of their curves: known by their settings."""
        ask, found = self.step.ask, dict[str, Run]()
        if isinstance(ask, Order):
            for one in ask.curves:
                planned = with_settings(self.before, one.settings)
                fitting = [run for run in self.ended_runs() if is_run_of(run, planned)]
                if fitting:
                    found[one.id] = fitting[-1]
        return found

    def pointed_layer(self) -> str:
        """The id of the layer that the step points at, "" for none."""
        point = self.step.point if self.progress else ""
        return point.removeprefix(LAYER) if point.startswith(LAYER) else ""


def is_run_of(run: Run, project: Project) -> bool:
    """Whether a run was made with the plan, the data and the layers of a project."""
    made, drawn = layers_of(run.network), layers_of(project.network)
    return (run.training, run.data, made) == (project.training, project.data, drawn)
