"""A small map of the plane for each neuron, shown when the pointer rests on it: what that unit alone answers where."""

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
from nnstudio.ui.look.heatmap import signed_picture
from nnstudio.ui.plots.boundary_plot import BoundaryPlot
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Plane

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
