"""What layers give for one picture, live below each of them: a few of its maps side by side."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from nnstudio.layers.windows import IMAGE_AXES
from nnstudio.ui.background import view_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.live.asked_places import AskedPlaces
from nnstudio.ui.look.heatmap import stack_picture
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Dataset


class MapStacks(QObject):
    """Shows one sample of the data on its way through the network: the first that validates, or that is trained on."""

    def __init__(self, trainer: Trainer, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.trainer = trainer
        self.canvas = canvas
        self._places = AskedPlaces("stacks")
        self._drawn: tuple[object, ...] = ()
        self._task: Task | None = None
        trainer.changed.connect(self.look)
        trainer.loader.changed.connect(self.look)
        trainer.store.changed.connect(self._project_changed)

    def _project_changed(self, change: Change) -> None:
        if change.touches(Part.STRUCTURE, Part.DATA):
            self.look()

    def look(self) -> bool:
        """Show the newest maps there are; whether a training under way had newer ones."""
        dataset, probes = self.trainer.loader.dataset, self.trainer.probes
        fits = self.trainer.draws_network() and self.trainer.data == self.trainer.loader.choice
        are_pictures = dataset is not None and len(dataset.preparation.sample_shape) == IMAGE_AXES
        if dataset is None or not are_pictures or not fits or not self.canvas.network.as_neurons:
            self._drawn = ()
            self.canvas.network.show_stacks({})
            return False
        if self.trainer.is_active and probes is not None and self.trainer.shown_run is None:
            if self.canvas.is_far:
                return False
            reading = self._places.newer(probes, dataset, partial(sample_of, dataset))
            if reading is not None:
                self._drawn = ()
                self._draw(reading.stacks)
            return reading is not None
        self._look_at_run(dataset)
        return False

    def _look_at_run(self, dataset: "Dataset") -> None:
        """Ask for the maps of the weights that are shown, unless they are drawn or under way."""
        timeline = self.trainer.timeline
        newest = timeline.epochs()[-1] if timeline and timeline.epochs() else 0
        wanted = (id(self.trainer.main), self.trainer.shown_epoch, newest, id(dataset))
        if wanted == self._drawn or self._task is not None:
            return
        run = self.trainer.newest_run()
        if run is None:
            return
        self._drawn = wanted
        if not run.weights:
            self.canvas.network.show_stacks({})
            return
        self._task = Task(partial(view_jobs.stacks_of, run, sample_of(dataset)), self)
        self._task.arrived.connect(self._show)
        self._task.failed.connect(self._ended)
        self._task.done.connect(self._ended)
        self._task.start()

    def _show(self, found: "dict[str, NDArray[np.float32]]") -> None:
        if self._drawn:  # and no training has begun meanwhile
            self._draw(found)

    def _draw(self, found: "dict[str, NDArray[np.float32]]") -> None:
        """Put maps (k, height, width) below the layers, by layer."""
        self.canvas.network.show_stacks({id: stack_picture(maps) for id, maps in found.items()})

    def _ended(self, _reason: str = "") -> None:
        self._task = None
        if not self.trainer.is_active:
            self.look()  # there may be newer weights than those that were asked about


def sample_of(dataset: "Dataset") -> NDArray[np.float32]:
    """The sample (1, *sample_shape) that is looked at."""
    part = dataset.validation if len(dataset.validation) else dataset.train
    found: NDArray[np.float32] = part.all_inputs[part.rows[:1]]
    return found
