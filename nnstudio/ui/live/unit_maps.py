"""A small map of the plane in each neuron, live, and larger where the pointer rests: what that unit alone answers."""

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QIODevice, QObject, Qt
from PySide6.QtGui import QImage

from nnstudio.project.model import Run
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.live.asked_places import AskedPlaces
from nnstudio.ui.look.heatmap import round_maps, signed_picture
from nnstudio.ui.plots.boundary_plot import BoundaryPlot
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Plane, Probes

SIDE = 96
"""Pixels of a map's side."""


class UnitMaps(QObject):
    """Makes the maps of a layer when one of its neurons is first asked about, on the plane that the plot shows."""

    def __init__(self, trainer: Trainer, canvas: Canvas, plot: BoundaryPlot) -> None:
        super().__init__(canvas)
        self.trainer = trainer
        self.canvas = canvas
        self.plot = plot
        self._made: dict[str, tuple[tuple[object, ...], NDArray[np.float32]]] = {}
        self._asked: set[str] = set()
        canvas.network.map_of = self.html
        self._task: Task | None = None
        self._drawn: tuple[object, ...] = ()
        self._places = AskedPlaces("maps")
        trainer.changed.connect(self.look)
        plot.plane_changed.connect(self.look)
        trainer.store.changed.connect(self._project_changed)
        self.look()

    # --- in the neurons ---------------------------------------------------------------------------------------------

    def _project_changed(self, change: Change) -> None:
        if change.touches(Part.STRUCTURE, Part.DATA):
            self.look()

    def look(self) -> bool:
        """Show the newest maps there are; whether a training under way had newer ones."""
        plane, network, probes = self.plot.plane, self.canvas.network, self.trainer.probes
        fits = self.trainer.draws_network() and self.trainer.data == self.trainer.loader.choice
        if plane is None or not network.as_neurons or not fits:
            self._drawn = ()
            network.show_maps({})
            return False
        if self.trainer.is_active and probes is not None and self.trainer.shown_run is None:
            return self._look_at_training(probes, plane)
        self._look_at_run(plane)
        return False

    def _look_at_training(self, probes: "Probes", plane: "Plane") -> bool:
        """Show what a step has given, and ask for newer."""
        dataset = self.trainer.loader.dataset
        if dataset is None:
            return False
        preparation = dataset.preparation
        reading = self._places.newer(probes, plane, lambda: plane.map_places(preparation))
        if reading is None:
            return False
        self._drawn = ()
        self._draw(reading.maps)
        return True

    def _look_at_run(self, plane: "Plane") -> None:
        """Ask for the maps of the weights that are shown, unless they are drawn or under way."""
        timeline = self.trainer.timeline
        newest = timeline.epochs()[-1] if timeline and timeline.epochs() else 0
        wanted = self.trainer.main, self.trainer.shown_epoch, newest, plane
        is_same = len(self._drawn) == len(wanted) and all(
            one is other or (isinstance(one, int) and one == other)
            for one, other in zip(self._drawn, wanted, strict=True)
        )
        if is_same or self._task is not None:
            return
        run = self.trainer.newest_run()
        if run is None:
            return
        self._drawn = wanted
        if not run.weights:
            self.canvas.network.show_maps({})
            return
        self._task = Task(partial(lab_jobs.all_unit_responses_of, run, plane), self)
        self._task.arrived.connect(self._show)
        self._task.failed.connect(self._ended)
        self._task.done.connect(self._ended)
        self._task.start()

    def _show(self, found: "dict[str, NDArray[np.float32]]") -> None:
        if self._drawn:  # and no training has begun meanwhile
            self._draw(found)

    def _draw(self, found: "dict[str, NDArray[np.float32]]") -> None:
        """Put maps (units, side · side) into the neurons, by layer."""
        sides = {id: math.isqrt(values.shape[1]) for id, values in found.items()}
        self.canvas.network.show_maps(
            {id: round_maps(values.reshape(-1, sides[id], sides[id])) for id, values in found.items()}
        )

    def _ended(self, _reason: str = "") -> None:
        self._task = None
        if not self.trainer.is_active:
            self.look()  # there may be newer weights than those that were asked about

    # --- in a tip ---------------------------------------------------------------------------------------------------

    def html(self, layer: str, unit: int) -> str:
        """The map as an image for a tooltip; "" while there is none. A newer one is asked for and shown later."""
        plane, timeline = self.plot.plane, self.trainer.timeline
        if plane is None or not self.trainer.draws_network() or self.trainer.data != self.trainer.loader.choice:
            return ""
        newest = timeline.epochs()[-1] if timeline and timeline.epochs() else 0
        shown_epoch = self.trainer.shown_run, newest, plane
        known = self._made.get(layer)
        fresh = known is not None and known[0][0] is shown_epoch[0] and known[0][1] == newest and known[0][2] is plane
        run = None if fresh or layer in self._asked else self.trainer.newest_run()
        if run is not None:
            self._ask(run, layer, plane, shown_epoch)
        maps = known[1] if known is not None and known[0][2] is plane else None
        return as_html(image_of(maps[unit])) if maps is not None and unit < len(maps) else ""

    def _ask(self, run: Run, layer: str, plane: "Plane", shown_epoch: tuple[object, ...]) -> None:
        self._asked.add(layer)
        task = Task(partial(lab_jobs.unit_responses_of, run, layer, plane), self)
        task.arrived.connect(partial(self._arrived, layer, shown_epoch))
        task.failed.connect(partial(self._failed, layer))
        task.start()

    def _arrived(self, layer: str, shown_epoch: tuple[object, ...], maps: NDArray[np.float32]) -> None:
        self._asked.discard(layer)
        self._made[layer] = shown_epoch, maps
        self.canvas.network.show_tip_again()

    def _failed(self, layer: str, _reason: str) -> None:
        self._asked.discard(layer)


def image_of(values: NDArray[np.float32]) -> QImage:
    """A map in blue and orange; up is up."""
    image = signed_picture(values[::-1])
    return image.scaled(SIDE, SIDE, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


def as_html(image: QImage) -> str:
    """An image that a tooltip can hold."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return f'<img src="data:image/png;base64,{buffer.data().toBase64().toStdString()}"/><br/>'
