"""The state of training in the window: ready, preparing, running, paused, stopping; and what the run gives so far."""

from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.project import edits
from nnstudio.project.model import DataChoice, History, Network, Project, Run
from nnstudio.project.names import stop_words
from nnstudio.text import Count
from nnstudio.text import translate as _
from nnstudio.ui import worker
from nnstudio.ui.data_loader import DataLoader
from nnstudio.ui.store import Store
from nnstudio.ui.worker import (
    Control,
    Curves,
    DataReady,
    EarlyStopping,
    EpochReached,
    Mode,
    Prepared,
    RunFinished,
    SmallerBatch,
    Task,
)

if TYPE_CHECKING:
    from nnstudio.training.course import Progress
    from nnstudio.training.probes import Probes

LONGEST_STOP = 30.0


class State(Enum):
    READY = "ready"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"


class Trainer(QObject):
    """Starts, reins and ends training. `changed` comes with every new state, `ended` with every finished run.

    `offered` comes with a batch size that should fit where there was not enough memory for the one of the plan.
    """

    changed = Signal()
    ended = Signal(object)
    offered = Signal(object)

    def __init__(self, store: Store, loader: DataLoader) -> None:
        super().__init__()
        self.store = store
        self.loader = loader
        self.state = State.READY
        self.curves = Curves()
        self.progress: Progress | None = None
        self.probes: Probes | None = None
        self.parameters = 0
        self.data: DataChoice | None = None
        """The data the newest training began with."""
        self.network: Network | None = None
        """The network of the training or the run that is shown."""
        self._compared: tuple[Network | None, Network | None, bool] = None, None, False
        self.device = ""
        self.last_run: Run | None = None
        self.failure = ""
        self.batches = 0
        self.epochs = 0
        self.patience = 0
        self._control = Control()
        self._task: Task | None = None
        self._reset_when_done = False
        self._offer: SmallerBatch | None = None
        store.replaced.connect(self._project_replaced)
        store.changed.connect(self._project_changed)

    # --- commands ---------------------------------------------------------------------------------------------------

    def train(self) -> None:
        """Start, or go on after a pause."""
        self._go(Mode.RUN)

    def step_batch(self) -> None:
        self._go(Mode.BATCH)

    def step_epoch(self) -> None:
        self._go(Mode.EPOCH)

    def pause(self) -> None:
        if self.is_active:
            self._control.command(Mode.PAUSE)
            self._enter(State.PAUSED)

    def stop(self) -> None:
        """End after this batch; what was learnt is kept as a run."""
        if self.is_active:
            self._control.command(Mode.STOP)
            self._enter(State.STOPPING)

    def reset(self) -> None:
        """Back to before the first step, with empty curves; a training under way is stopped and kept as a run."""
        self._reset_when_done = self.is_active
        if self.is_active:
            self.stop()
        else:
            self._forget()
            self._enter(State.READY)

    def show(self, run: Run) -> None:
        """Show an earlier run's curve in place of the newest one."""
        if not self.is_active:
            self._forget()
            self.curves = curves_of(run.history)
            self.last_run, self.network = run, run.network
            self.epochs = run.training.epochs
            self.patience = run.training.patience
            self.device = run.device
            self._enter(State.READY)

    def wait(self, seconds: float = LONGEST_STOP) -> bool:
        """Wait until the thread has ended and its run is kept; False when it does not end in time."""
        return self._task is None or self._task.join(seconds)

    @property
    def is_active(self) -> bool:
        return self.state is not State.READY

    @property
    def tells_classes(self) -> bool:
        """Whether there is an accuracy to show."""
        facts = self.store.project.facts
        return facts is None or facts.task == "class"

    # --- words ------------------------------------------------------------------------------------------------------

    def status(self) -> str:
        """Where training stands, in one line."""
        if self.is_active and self.progress is None:
            return _("Preparing: reading the data and building the network …")
        if self.is_active and self.progress:
            return f"{self._state_word()}: {self._place()}"
        if self.failure:
            return _("Not trained: {reason}").format(reason=self.failure)
        if self.last_run:
            return ending(self.last_run) + (
                "" if self._is_of_now(self.last_run) else " " + _("The project has changed since.")
            )
        return (
            _("Not ready to train yet: see the line under the canvas") if self.store.problems else _("Ready to train")
        )

    def draws_network(self) -> bool:
        """Whether the network on the canvas is that of the training or the run shown, wherever its layers stand."""
        drawn = self.store.project.network
        if self._compared[0] is not self.network or self._compared[1] is not drawn:
            same = self.network is not None and without_places(self.network) == without_places(drawn)
            self._compared = self.network, drawn, same
        return self._compared[2]

    def _is_of_now(self, run: Run) -> bool:
        """Whether the run that is shown was trained on the network and data as they are."""
        return run.data == self.store.project.data and self.draws_network()

    def patience_words(self) -> str:
        """How much patience is used up, in words."""
        if self.last_run and self.last_run.best_epoch:
            best, epochs = self.last_run.best_epoch, self.last_run.epochs_run
            return patience_line(waited(self.last_run), self.patience, best, epochs)
        progress = self.progress
        if progress is None or not progress.best_epoch:
            return ""
        return patience_line(
            progress.epochs_without_improvement, self.patience, progress.best_epoch, self.curves.epochs
        )

    def _state_word(self) -> str:
        return {State.RUNNING: _("Training"), State.PAUSED: _("Paused"), State.STOPPING: _("Stopping")}[self.state]

    def _place(self) -> str:
        progress = self.progress
        assert progress is not None
        return _("epoch {epoch} of {epochs}, batch {batch} of {batches}, {speed} samples a second").format(
            epoch=progress.epoch,
            epochs=self.epochs,
            batch=progress.batch,
            batches=progress.batches,
            speed=Count(progress.samples_per_second),
        )

    # --- the task ---------------------------------------------------------------------------------------------------

    def _go(self, mode: Mode) -> None:
        if self.is_active:
            self._control.command(mode)
            if self.state is not State.PREPARING:
                self._enter(State.RUNNING)
            return
        if self.store.problems:
            self.store.told.emit(_("Training cannot start. {problem}").format(problem=self.store.problems[0].message))
            return
        self._start(mode)

    def _start(self, mode: Mode) -> None:
        project = self.store.project
        self._forget()
        self.data, self.network = project.data, project.network
        self._control, self.curves = Control(mode), Curves()
        self.epochs, self.patience = project.training.epochs, project.training.patience
        dataset, control, curves = self.loader.dataset_for(project.data), self._control, self.curves
        self._task = Task(lambda: worker.train(project, dataset, control, curves), self)
        self._task.arrived.connect(self._arrived)
        self._task.failed.connect(self._failed)
        self._task.done.connect(self._done)
        self._enter(State.PREPARING)
        self._task.start()

    def _arrived(self, event: Any) -> None:
        match event:
            case DataReady():
                self.loader.take(event)
            case Prepared():
                self.progress, self.device, self.batches = event.progress, event.device, event.progress.batches
                self.probes, self.parameters = event.probes, event.parameters
                if event.remark:
                    self.store.told.emit(event.remark)
                if self.state is State.PREPARING:
                    self._enter(State.RUNNING)
            case EpochReached():
                pass
            case RunFinished():
                self._keep_run(event.run)
            case SmallerBatch():
                self.failure = event.message
                self._offer = event if self.state is not State.STOPPING else None

    def _keep_run(self, run: Run) -> None:
        if len(self.curves.batch_loss) == 0:
            return
        self.last_run = run
        self.store.amend(lambda project: edits.add_run(project, run))
        self.ended.emit(run)
        if run.message:
            self.store.told.emit(run.message)

    def _failed(self, message: str) -> None:
        self.failure = message
        self.store.told.emit(message)
        self._done()

    def _done(self) -> None:
        self._task = None
        if self._offer is not None:
            QTimer.singleShot(0, self, partial(self.offered.emit, self._offer))
            self._offer = None
        if self._reset_when_done:
            self._reset_when_done = False
            self._forget()
        self._enter(State.READY)

    def look(self) -> None:
        """Notice that a step has ended in a pause; called by whoever draws."""
        if self.state is State.RUNNING and self._control.mode is Mode.PAUSE:
            self._enter(State.PAUSED)

    def _project_replaced(self) -> None:
        """Another project: its newest run is shown, or nothing."""
        runs = self.store.project.runs
        if runs:
            self.show(runs[-1])
        else:
            self.reset()

    def _project_changed(self, before: Project, after: Project) -> None:
        if self.failure and (before.network, before.data, before.training) != (
            after.network,
            after.data,
            after.training,
        ):
            self.failure = ""
        edited = without_places(before.network) != without_places(after.network) or before.training != after.training
        if self.is_active and edited:
            self.store.told.emit(_("The training under way goes on with the network and settings it began with."))
        if not self.is_active:
            self.changed.emit()

    def _forget(self) -> None:
        self.curves, self.progress, self.last_run, self.failure, self.batches = Curves(), None, None, "", 0
        self.probes = None

    def _enter(self, state: State) -> None:
        self.state = state
        self.changed.emit()


def without_places(network: Network) -> Network:
    """The network as it is computed, wherever its layers stand and whatever is written on and beside them."""
    layers = tuple(replace(one, position=(0.0, 0.0), name="") for one in network.layers)
    return replace(network, layers=layers, notes=(), frames=())


def ending(run: Run) -> str:
    """Why a run ended and whose weights are loaded."""
    return _(
        "Ended after epoch {epoch} of {epochs} ({reason}). The weights of epoch {weights} are loaded. "
        "{speed} samples a second."
    ).format(
        epoch=run.epochs_run,
        epochs=run.training.epochs,
        reason=stop_words(run),
        weights=run.weights_epoch,
        speed=Count(run.samples_per_second),
    )


def patience_line(waited: int, patience: int, best: int, epochs: int) -> str:
    if patience == 0:
        return _("Lowest validation loss in epoch {best}, {waited} epochs ago. No early stopping (patience 0).").format(
            best=best, waited=epochs - best
        )
    return _("{waited} of {patience} epochs without improvement. Lowest validation loss in epoch {best}.").format(
        waited=waited, patience=patience, best=best
    )


def waited(run: Run) -> int:
    """The epochs without improvement at the end of a run, counted as early stopping counts them."""
    stopping = EarlyStopping(run.training.patience, run.training.min_delta)
    for epoch, loss in enumerate(run.history.validation_loss, start=1):
        stopping.update(epoch, loss)
    return stopping.epochs_without_improvement


def curves_of(history: History) -> Curves:
    """A finished run's curve in the form in which a running one is drawn."""
    curves = Curves()
    for name in History.__struct_fields__[1:]:
        for value in getattr(history, name):
            getattr(curves, name).append(value)
    curves.epochs = len(history.epoch)
    return curves
