"""Starts, controls and ends training in the window."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QTimer, Signal

from nnstudio.project import edits, variants
from nnstudio.project.model import Project, Run
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.background import training_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.background.training_jobs import (
    ColumnsRead,
    Control,
    Curves,
    DataReady,
    FileMissing,
    Mode,
    Prepared,
    RunFinished,
    SampleFits,
    SmallerBatch,
    TrainingRequest,
    UnderWay,
)
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.store import Store
from nnstudio.ui.training.live_rates import LiveRates
from nnstudio.ui.training.shown_training import ShownNetwork, ShownTraining, State

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Checkpoint

ENDED = "patience", "epochs"
"""Why a run has come to its own end."""
SEEDS = 10


class Trainer(ShownTraining):
    """Starts, controls and ends training. `started` comes when one begins, `ended` with every finished run.

    `offered` comes with a batch size that should fit where there was not enough memory for the one of the plan,
    `diverged` with a run whose loss was no number any more.
    """

    started = Signal()
    ended = Signal(object)
    offered = Signal(object)
    diverged = Signal(object)

    def __init__(self, store: Store, loader: DataLoader) -> None:
        super().__init__(store, loader)
        self.comparison = ""
        """What the network is compared with when it is trained, as `variants.choices` calls it."""
        self.steps_per_second = 0.0
        self.held_by: Callable[[], str] = lambda: ""
        """What else takes the cores, in words, so that no training can begin; "" for nothing."""
        self.measures_training = False
        """Whether somebody looks at the training loss with dropout off."""
        self.rates = LiveRates(store)
        self.device = ""
        self.failure = ""
        self._control = Control()
        self._task: Task | None = None
        self._starts: list[TrainingRequest] = []
        self._reset_when_done = False
        self._offer: SmallerBatch | None = None
        self._diverged: Run | None = None
        store.replaced.connect(self._project_replaced)
        store.changed.connect(self._project_changed)
        if store.project.runs:
            self.show(store.project.runs[-1])

    # --- commands ---------------------------------------------------------------------------------------------------

    def train(self) -> None:
        """Start, or go on after a pause."""
        self._go(Mode.RUN)

    def step_batch(self) -> None:
        self._go(Mode.BATCH)

    def step_epoch(self) -> None:
        self._go(Mode.EPOCH)

    def train_again(self) -> None:
        """The same plan from the same first weights."""
        if not self.is_active:
            self._go(Mode.RUN)

    def train_new_seed(self) -> None:
        """Other first weights and another order: the next seed, which becomes that of the plan."""
        if not self.is_active:
            _same, other = variants.seeds(self.store.project, 2)
            self.store.edit(_("New seed"), other)
            self._go(Mode.RUN)

    def train_seeds(self) -> None:
        """The same plan from ten starts at once."""
        if self._may_start():
            projects = variants.seeds(self.store.project, SEEDS)
            words = [_("seed {seed}").format(seed=project.training.seed) for project in projects]
            self._start([self._new(project) for project in projects], words, Mode.RUN)

    def train_variants(self, projects: Sequence[Project], words: Sequence[str], by: str = "validation_loss") -> None:
        """Several plans at once, each with what it is called; drawn and compared by this curve."""
        if self._may_start():
            self.compared_by = by
            self._start([self._new(project) for project in projects], words, Mode.RUN)

    def pause(self) -> None:
        if self.is_active:
            self._control.command(Mode.PAUSE)
            self._enter(State.PAUSED)

    def stop(self) -> Task | None:
        """End after this batch; what was learnt is kept as a run. Returns the task that ends; None where none is."""
        if not self.is_active:
            return None
        self._control.command(Mode.STOP)
        self._enter(State.STOPPING)
        return self._task

    def reset(self) -> None:
        """Back to before the first step, with empty curves; a training under way is stopped and kept as a run."""
        self._reset_when_done = self.is_active
        if self.is_active:
            self.stop()
        else:
            self._forget()
            self._enter(State.READY)

    def set_pace(self, steps: float) -> None:
        """So many steps a second, 0 for as many as can be."""
        self.steps_per_second = steps
        self._control.set_pace(steps)

    def show(self, run: Run) -> None:
        """Show an earlier run's curve in place of the newest one, with those it was trained beside."""
        if not self.is_active:
            self._forget()
            self.show_run(run)
            self.device = run.device
            self._enter(State.READY)

    def can_carry_on(self) -> bool:
        """Whether the run shown can go on just where it stood."""
        run = self.last_run
        return run is not None and not self.is_active and self._is_resumable(run)

    def _is_resumable(self, run: Run) -> bool:
        kept = self.kept.get(run.id)
        return bool(run.checkpoint) or (kept is not None and kept.checkpoint is not None)

    def carry_on(self) -> None:
        """Go on with the run that has ended, past where it stopped, and with those it was trained beside."""
        run = self.last_run
        if self._is_held():
            return
        if run is None or not self.can_carry_on():
            self.store.told.emit(_("This run cannot be carried on: where it stood is not in the project."))
            return
        try:
            variants.check_resumable(self.store.project, run)
        except UserError as mistake:
            self.store.told.emit(str(mistake))
            return
        going_on = [one for one in self.networks if one.run is not None and self._is_resumable(one.run)]
        if run.stop_reason not in ENDED:  # those beside it that had ended stay as they are
            going_on = [one for one in going_on if one.run is not None and one.run.stop_reason not in ENDED]
        self._start([self._resumed(one) for one in going_on], [one.words for one in going_on], Mode.RUN)

    def _resumed(self, shown: ShownNetwork) -> TrainingRequest:
        """A run that goes on where it stood, by what the window knows of it or else by what its file holds."""
        assert shown.run is not None
        kept = self.kept.get(shown.run.id)
        known = kept.checkpoint if kept else None
        return TrainingRequest(
            variants.restored(self.store.project, shown.run),
            kept.curves if kept else Curves.of(shown.run.history, shown.run.events),
            self.measures_training,
            shown.run,
            resumes=True,
            checkpoint=known,
            timeline=kept.timeline if kept else None,
        )

    def carry_on_with(self, run: Run) -> None:
        """Show a run and carry it on."""
        if self.is_idle():
            if run is not self.last_run:
                self.show(run)
            self.carry_on()

    def start_from(self, epoch: int) -> None:
        """Begin a new run, with the plan as it is now, from the weights that the run shown had after an epoch."""
        timeline, run = self.timeline, self.last_run
        if run is None or timeline is None or not self._may_start():
            return
        epoch = timeline.nearest(epoch)
        given = self.measures_training, run, timeline.weights(epoch), epoch
        self._start([TrainingRequest(self.store.project, Curves(), *given)], [""], Mode.RUN)

    def load_weights(self, epoch: int) -> None:
        """Have the run that is shown keep the weights of another epoch; an edit that can be undone."""
        timeline, run = self.timeline, self.last_run
        if run is None or timeline is None:
            self.look_at(epoch)
            return
        epoch = timeline.nearest(epoch)
        changed = replace(self._as_noted(run), weights=timeline.weights(epoch), weights_epoch=epoch)
        self.shown_epoch = None
        self.store.edit(
            _("Load the weights of epoch {epoch}").format(epoch=epoch), edits.add_run(self.store.project, changed)
        )
        self.changed.emit()
        self.store.told.emit(
            _("Run {number} has the weights of epoch {epoch} now.").format(
                number=run.id.removeprefix("run-"), epoch=epoch
            )
        )

    def under_way(self) -> list[UnderWay]:
        """The trainings that have begun and not ended, with the ids that their runs have or will get."""
        number = int(self.store.free_run_id().removeprefix("run-"))
        found = []
        for shown, start in zip(self.networks, self._starts, strict=False):
            if shown.watched is None or not self.is_active or shown.has_ended:
                continue
            id = start.run.id if start.run and start.resumes else f"run-{number}"
            number += id == f"run-{number}"
            found.append(UnderWay(shown.watched.recorder, id))
        return found

    # --- the task ---------------------------------------------------------------------------------------------------

    def is_idle(self) -> bool:
        """Whether no training is under way; that one is, is said."""
        if self.is_active:
            self.store.told.emit(_("A network is being trained. Stop it first."))
        return not self.is_active

    def _is_held(self) -> bool:
        """Whether something else takes the cores, which is said."""
        if words := self.held_by():
            self.store.told.emit(words)
        return bool(words)

    def _may_start(self) -> bool:
        """Whether a training can begin; what keeps it from that is said."""
        if not self.is_idle() or self._is_held():
            return False
        if self.store.problems:
            self.store.told.emit(_("Training cannot start. {problem}").format(problem=self.store.problems[0].message))
            return False
        return True

    def _new(self, project: Project) -> TrainingRequest:
        return TrainingRequest(project, Curves(), self.measures_training)

    def measure_training(self, on: bool) -> None:
        """Have every epoch end with a full pass over the training samples too, or not."""
        self.measures_training = on
        for shown in self.networks:
            if shown.watched:
                shown.watched.probes.measures_training = on

    def _go(self, mode: Mode) -> None:
        if self.is_active:
            self.shown_epoch = None
            self._control.command(mode)
            if self.state is not State.PREPARING:
                self._enter(State.RUNNING)
            return
        if not self._may_start():
            return
        project = self.store.project
        found = variants.choices(project).get(self.comparison) if self.comparison else None
        starts, words = [self._new(project)], [""]
        if self.comparison and found is None:
            self.store.told.emit(_("What the network was to be compared with is the same as it now, or gone."))
        if found is not None:
            starts.append(self._new(found[1]))
            words.append(found[0])
        self._start(starts, words, mode)

    def _start(self, starts: Sequence[TrainingRequest], words: Sequence[str], mode: Mode) -> None:
        self._forget()
        self._starts = list(starts)
        self.networks = [
            ShownNetwork(start.project, start.curves, one) for start, one in zip(starts, words, strict=True)
        ]
        self._control = Control(mode)
        self._control.set_pace(self.steps_per_second)
        self.rates.begin(rates_at(starts[0]), self._control)
        dataset, control = self.loader.dataset_for(starts[0].project.data), self._control
        refused = self.store.refused
        self._task = Task(lambda: training_jobs.train(starts, dataset, control, refused), self)
        self._task.arrived.connect(self._arrived)
        self._task.failed.connect(self._failed)
        self._task.done.connect(self._done)
        self._enter(State.PREPARING)
        self.started.emit()
        self._task.start()

    def _arrived(self, event: Any) -> None:
        match event:
            case DataReady() | ColumnsRead() | FileMissing() | SampleFits():
                self.loader.hear(event)
            case Prepared():
                self.device = event.device
                for shown, watched in zip(self.networks, event.watched, strict=True):
                    shown.watched = watched
                checkpoint = event.watched[0].recorder.training_state.checkpoint
                self.rates.correct(project_with_rates(self._starts[0].project, checkpoint))
                if event.remark:
                    self.store.told.emit(event.remark)
                if self.state is State.PREPARING:
                    self._enter(State.RUNNING)
            case RunFinished():
                self._keep_run(event)
            case SmallerBatch():
                self.failure = event.message
                self._offer = event if self.state is not State.STOPPING else None

    def _keep_run(self, finished: RunFinished) -> None:
        shown, start = self.networks[finished.variant], self._starts[finished.variant]
        if len(shown.curves.batch_loss) == 0 or shown.watched is None:
            return
        # A run that went on stays the same run; others that ended beside it have taken numbers meanwhile.
        id = start.run.id if start.run and start.resumes else self.store.free_run_id()
        run = self._as_noted(replace(finished.run, id=id, is_companion=shown is not self.main))
        self.keep(shown, run, finished.checkpoint)
        self.store.amend(lambda project: edits.add_run(project, run))
        self.ended.emit(run)
        if run.message:
            self.store.told.emit(run.message)
        if run.stop_reason == "diverged" and shown is self.main:
            self._diverged = run  # offered once those beside it have ended too

    def _as_noted(self, run: Run) -> Run:
        """The run with what a person wrote on it, also while it went on."""
        known = next((one for one in self.store.project.runs if one.id == run.id), run)
        return replace(run, note=known.note, is_starred=known.is_starred)

    def _failed(self, message: str) -> None:
        self.failure = message
        self.store.told.emit(message)
        self._done()

    def _done(self) -> None:
        self._task = None
        self.rates.end()
        if self._offer is not None:
            QTimer.singleShot(0, self, partial(self.offered.emit, self._offer))
            self._offer = None
        if self._diverged is not None:
            QTimer.singleShot(0, self, partial(self.diverged.emit, self._diverged))
            self._diverged = None
        if self._reset_when_done:
            self._reset_when_done = False
            self._forget()
        self._enter(State.READY)

    def look(self) -> None:
        """Notice that a step has ended in a pause; called by whoever draws."""
        if self.state is State.RUNNING and self._control.mode is Mode.PAUSE:
            self._enter(State.PAUSED)

    # --- the project ------------------------------------------------------------------------------------------------

    def _project_replaced(self) -> None:
        """Another project: its newest run is shown, or nothing."""
        self.kept.clear()
        self.comparison = ""
        runs = self.store.project.runs
        if runs:
            self.show(runs[-1])
        else:
            self.reset()

    def _project_changed(self, change: Change) -> None:
        trained = Part.STRUCTURE, Part.DATA, Part.TRAINING
        if change.touches(*trained):
            self.failure = ""
        runs = change.after.runs
        if change.touches(Part.RUNS):
            self.follow_runs(change.after)
            if not self.has_curves and len(runs) > len(change.before.runs):
                self.show(runs[-1])  # one that was deleted is back
        if not self.is_active and change.touches(*trained, Part.FACTS, Part.RUNS, Part.PROBLEMS):
            self.changed.emit()

    def _forget(self) -> None:
        self.forget()
        self.failure = ""

    def _enter(self, state: State) -> None:
        self.state = state
        self.changed.emit()


def rates_at(start: TrainingRequest) -> Project:
    """The project with the rates that a training begins with: those in use where a run goes on."""
    return project_with_rates(start.project, start.checkpoint)


def project_with_rates(project: Project, checkpoint: "Checkpoint | None") -> Project:
    """The project with the rates in use where a training stands."""
    if checkpoint is None:
        return project
    for id, rate in checkpoint.dropout_rates.items():
        project = edits.set_parameter(project, id, "rate", rate)
    return edits.set_training(project, learning_rate=checkpoint.learning_rate)
