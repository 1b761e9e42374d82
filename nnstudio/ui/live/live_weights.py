"""Keeps the weights on the canvas true: those of the training under way, or of the run that is looked at."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from nnstudio.project.model import Run
from nnstudio.ui.background import view_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.training.shown_training import State
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Weights


class LiveWeights(QObject):
    """Feeds the weights to a canvas that draws neurons; while it does not, nothing is asked for."""

    def __init__(self, trainer: Trainer, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.trainer = trainer
        self.canvas = canvas
        self._reading: object = None
        self._masks: object = None
        self._run: Run | None = None
        trainer.changed.connect(self.look)
        trainer.store.changed.connect(self._project_changed)

    def show_neurons(self, on: bool) -> None:
        """Draw small layers neuron by neuron, with their weights, or all as boxes."""
        self.canvas.network.show_as_neurons(on)
        self._reading, self._run = None, None
        self.look()

    def _project_changed(self, change: Change) -> None:
        if change.touches(Part.STRUCTURE, Part.RUNS, Part.FACTS):
            self.look()

    def look(self) -> bool:
        """Show the newest weights of a running training, and ask for newer ones; otherwise those of the run shown.
        Whether there was anything new."""
        before = self._reading, self._masks
        if self.canvas.network.as_neurons:
            self._follow()
        return before != (self._reading, self._masks)

    def _follow(self) -> None:
        probes, run = self.trainer.probes, self.trainer.shown_run
        if probes is None or run is not None:
            self._hide_masks()
            self._reading = None  # to be shown again when this moment is no longer looked at
            self._follow_run(run)  # its weights may be those of an earlier epoch than the last one seen
            return
        reading = probes.newest.get("weights")
        if not self.trainer.draws_network():
            self._reading = None  # shown again when the drawing is that of the training again
            self._show({})
        elif reading is not None and reading is not self._reading:
            self._reading = reading
            self._show(reading.weights)
        masks = probes.newest.get("masks")
        # At full speed a mask would be gone before it is seen.
        is_slow = self.trainer.steps_per_second > 0 or self.trainer.state is State.PAUSED
        if is_slow and masks is not None and self.trainer.draws_network():
            if masks is not self._masks:
                self._masks = masks
                self.canvas.network.show_masks(masks.masks)
        else:
            self._hide_masks()
        if self.trainer.is_active and not self.canvas.is_far:  # from afar no weight is drawn
            probes.request("weights")
            if is_slow:
                probes.request("masks")

    def _hide_masks(self) -> None:
        """Nothing is switched off where nothing is trained."""
        if self._masks is not None:
            self._masks = None
            self.canvas.network.show_masks({})

    def _follow_run(self, run: Run | None) -> None:
        if run is None or not self.trainer.draws_network():
            self._run = None
            self._show({})
        elif run is not self._run:
            self._run = run
            task = Task(partial(view_jobs.weights_of, run), self)
            task.arrived.connect(partial(self._show_run, run))
            task.failed.connect(self._show_none)
            task.start()

    def _show_run(self, run: Run, weights: "dict[str, Weights]") -> None:
        if self._run is run:
            self._show(weights)

    def _show_none(self, _reason: str) -> None:
        self._show({})

    def _show(self, weights: "dict[str, Weights]") -> None:
        if weights or self.canvas.network.weights:
            self.canvas.network.show_weights(weights)
