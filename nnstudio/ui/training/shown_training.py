"""What the window shows of training: the networks under way or the run looked at, and the moment looked back at."""

import math
from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from nnstudio.project import variants
from nnstudio.project.model import DataChoice, Network, Project, Run
from nnstudio.project.snapshots import Snapshots, StoredSnapshots
from nnstudio.ui.background import view_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.background.training_jobs import Curves, Watched
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.store import Store

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Checkpoint, Probes, Progress, Timeline

MOST_TIMELINE_BYTES = 2**29
"""The memory that the timelines of earlier runs may take beside that of the newest."""


class State(Enum):
    READY = "ready"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"


@dataclass
class ShownNetwork:
    """One of the networks in training, or the run that is looked at, with all that is drawn of it.

    `words` say what it has other than the first; `batches` is how many batches an epoch has, 0 where that is not known.
    """

    project: Project
    curves: Curves
    words: str = ""
    watched: Watched | None = None
    run: Run | None = None
    has_ended: bool = False
    batches: int = 0


@dataclass
class CachedRun:
    """What the window still knows of a run beyond what its project holds.

    `together` are the runs it was trained beside, itself among them.
    """

    timeline: "Timeline"
    checkpoint: "Checkpoint | None"
    curves: Curves
    words: str
    batches: int
    together: tuple[str, ...] = ()


def is_same_training(run: Run, other: Run) -> bool:
    """Whether two are the same but for what a person wrote on them: no view has to ask about its weights again."""
    return run is other or replace(run, note=other.note, is_starred=other.is_starred) == other


class ShownTraining(QObject):
    """What every view looks at. `changed` comes with every new state, and when another moment is looked at.

    `tried` comes with what each unit gives for the sample that is tried out, by layer; with none when there is none.
    """

    changed = Signal()
    tried = Signal(object)

    def __init__(self, store: Store, loader: DataLoader) -> None:
        super().__init__()
        self.store = store
        self.loader = loader
        self.state = State.READY
        self.networks = [ShownNetwork(store.project, Curves())]
        self.shown_epoch: int | None = None
        """The epoch that is looked back at; None for how things are."""
        self.compared_by = "validation_loss"
        """Which curve is drawn of a few networks beside each other."""
        self.kept: OrderedDict[str, CachedRun] = OrderedDict()
        self._compared: tuple[Network | None, Network | None, bool] = None, None, False
        self._moment_run: tuple[object, int, Run] | None = None
        self._stored: tuple[bytes, StoredSnapshots | None] = b"", None

    @property
    def main(self) -> ShownNetwork:
        """The network in training, or the run that is looked at; others are compared with it."""
        return self.networks[0]

    @property
    def curves(self) -> Curves:
        return self.main.curves

    @property
    def progress(self) -> "Progress | None":
        return self.main.watched.progress if self.main.watched else None

    @property
    def probes(self) -> "Probes | None":
        return self.main.watched.probes if self.main.watched else None

    @property
    def parameters(self) -> int:
        return self.main.watched.parameters if self.main.watched else 0

    @property
    def batches(self) -> int:
        """How many batches an epoch has; 0 where no loss of a single batch is known."""
        return self.main.watched.progress.batches if self.main.watched else self.main.batches

    @property
    def iterations(self) -> int:
        """How many batches make an epoch; 0 where that is not known."""
        if self.batches or self.store.project.facts is None:
            return self.batches
        return math.ceil(self.store.project.facts.train / self.main.project.training.batch_size)

    @property
    def last_run(self) -> Run | None:
        """The run that has ended, or that is looked at."""
        return self.main.run

    @property
    def is_blank(self) -> bool:
        """Whether nothing is trained and no run is shown."""
        return self.main.watched is None and self.main.run is None

    @property
    def has_curves(self) -> bool:
        """Whether a training is under way, or a run is shown."""
        return self.is_active or not self.is_blank

    @property
    def data(self) -> DataChoice | None:
        """The data the newest training began with."""
        return self.main.project.data if self.has_curves else None

    @property
    def network(self) -> Network | None:
        """The network of the training or the run that is shown."""
        return self.main.project.network if self.has_curves else None

    @property
    def epochs(self) -> int:
        return self.main.project.training.epochs

    @property
    def patience(self) -> int:
        return self.main.project.training.patience

    @property
    def monitor(self) -> str:
        return self.main.project.training.monitor

    @property
    def timeline(self) -> Snapshots | None:
        """The moments one can go back to: those of a training of now, or those that the project holds."""
        if self.main.watched:
            return self.main.watched.timeline
        run = self.main.run
        if run is None:
            return None
        if run.id in self.kept:
            return self.kept[run.id].timeline
        if run.snapshots and self._stored[0] is not run.snapshots:
            self._stored = run.snapshots, StoredSnapshots(run.snapshots)
        return self._stored[1] if run.snapshots else None

    @property
    def shown_run(self) -> Run | None:
        """Whose weights all views show: those of the epoch looked back at, else of the run that has ended; None while a
        training goes on and is looked at as it is."""
        if self.shown_epoch is None:
            return self.last_run
        timeline = self.timeline
        if timeline is None:
            return self.last_run
        if self._moment_run is None or self._moment_run[:2] != (self.main, self.shown_epoch):
            run = self._run_at(self.shown_epoch)
            if run is None:
                return self.last_run
            self._moment_run = self.main, self.shown_epoch, run
        return self._moment_run[2]

    def _run_at(self, epoch: int) -> Run | None:
        """The run as it stood after a stored epoch; None where it is not stored any more."""
        timeline, run, dataset = self.timeline, self.last_run, self.loader.dataset_for(self.main.project.data)
        try:
            weights = timeline.weights(epoch) if timeline else b""
        except KeyError:
            return None
        if run is not None:
            return replace(run, weights=weights, weights_epoch=epoch)
        if dataset is None:
            return None
        return variants.unfinished(self.main.project, dataset.preparation, weights, epoch, self.parameters)

    def newest_run(self) -> Run | None:
        """The run whose weights are the newest that can be looked at, those of the last epoch while training goes on;
        None before the first training."""
        run, timeline = self.shown_run, self.timeline
        if run is None and timeline is not None and timeline.epochs():
            return self._run_at(timeline.epochs()[-1])
        return run

    def look_at(self, epoch: int | None) -> None:
        """Have all views show the network as it was after a stored epoch; None for as it is."""
        timeline = self.timeline
        if epoch is not None:
            epoch = timeline.nearest(epoch) if timeline and timeline.epochs() else None
        if epoch != self.shown_epoch:
            self.shown_epoch = epoch
            self.changed.emit()

    @property
    def is_active(self) -> bool:
        return self.state is not State.READY

    @property
    def tells_classes(self) -> bool:
        """Whether there is an accuracy to show."""
        facts = self.store.project.facts
        return facts is None or facts.task != "value"

    def draws_network(self) -> bool:
        """Whether the network on the canvas is that of the training or the run shown, wherever its layers stand."""
        shown, drawn = self.network, self.store.project.network
        if self._compared[0] is not shown or self._compared[1] is not drawn:
            same = shown is not None and variants.computed(shown) == variants.computed(drawn)
            self._compared = shown, drawn, same
        return self._compared[2]

    def is_of_now(self, run: Run) -> bool:
        """Whether the run that is shown was trained on the network and data as they are."""
        return run.data == self.store.project.data and self.draws_network()

    # --- what is kept -----------------------------------------------------------------------------------------------

    def show_run(self, run: Run) -> None:
        """Show a run, with those it was trained beside."""
        self.forget()
        kept = self.kept.get(run.id)
        ids = kept.together if kept else (run.id,)
        runs = {one.id: one for one in self.store.project.runs}
        shown = [run, *(runs[id] for id in ids if id in runs and id != run.id)]
        self.networks = [self._shown(one) for one in shown]
        if run.checkpoint and not len(self.curves.batch_loss):
            task = Task(partial(view_jobs.batch_losses_of, run), self)
            task.arrived.connect(partial(self._show_batches, self.main))
            task.start()

    def _shown(self, run: Run) -> ShownNetwork:
        project, kept = variants.restored(self.store.project, run), self.kept.get(run.id)
        if kept is None:
            return ShownNetwork(project, Curves.of(run.history, run.events), run=run)
        return ShownNetwork(project, kept.curves, kept.words, run=run, batches=kept.batches)

    def _show_batches(self, shown: ShownNetwork, found: tuple[list[float], int]) -> None:
        """Draw the loss of each batch too, as it was kept with where the run stood."""
        if shown is not self.main or shown.run is None or self.is_active:
            return
        losses, shown.batches = found
        curves = Curves.of(shown.run.history, shown.run.events)
        curves.batch_loss.extend(np.array(losses))
        shown.curves = curves
        self.changed.emit()

    def keep(self, shown: ShownNetwork, run: Run, checkpoint: "Checkpoint | None") -> None:
        """Keep what is still known of a run beyond what the project holds; of the oldest no more than there is room."""
        assert shown.watched is not None
        shown.run, shown.has_ended = run, True
        batches = shown.watched.progress.batches
        self.kept[run.id] = CachedRun(shown.watched.timeline, checkpoint, shown.curves, shown.words, batches)
        self.kept.move_to_end(run.id)
        together = tuple(one.run.id for one in self.networks if one.run)
        for id in together:
            self.kept[id].together = together
        while sum(kept.timeline.nbytes for kept in self.kept.values()) > MOST_TIMELINE_BYTES:
            oldest = next(iter(self.kept))
            if oldest in together:
                return
            del self.kept[oldest]

    def forget(self) -> None:
        """Show nothing; what is kept stays."""
        self.networks = [ShownNetwork(self.store.project, Curves())]
        self.shown_epoch, self._moment_run = None, None

    def follow_runs(self, project: Project) -> None:
        """The runs shown may have other weights now, or be gone."""
        runs = {run.id: run for run in project.runs}
        for id in [id for id in self.kept if id in runs and not runs[id].weights]:
            del self.kept[id]  # what was forgotten is not known here either
        for place, shown in enumerate(self.networks):
            run = runs.get(shown.run.id) if shown.run is not None else None
            if run is None or shown.run is None or is_same_training(run, shown.run):
                continue
            if shown.run.weights and not run.weights:
                self.networks[place] = self._shown(run)
                self.shown_epoch = self.shown_epoch if place else None
            else:
                shown.run = run
        if not self.is_active and self.last_run is not None and self.last_run.id not in runs:
            self.forget()
