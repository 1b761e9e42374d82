"""Keeps the plot of the plane true to the network: asks it while it trains, and asks the run that is looked at."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from nnstudio.project.model import Run
from nnstudio.ui import worker
from nnstudio.ui.data_loader import DataLoader
from nnstudio.ui.plots.boundary_plot import BoundaryPlot
from nnstudio.ui.trainer import Trainer
from nnstudio.ui.worker import Task

if TYPE_CHECKING:
    from nnstudio.data.plane import Plane


class Boundary(QObject):
    """Feeds a `BoundaryPlot`, which is shown for data with two numbers a sample alone; `changed` with other data."""

    changed = Signal()

    def __init__(self, trainer: Trainer, loader: DataLoader, plot: BoundaryPlot) -> None:
        super().__init__(plot)
        self.trainer = trainer
        self.loader = loader
        self.plot = plot
        self._dataset: object = None
        self._reading: object = None
        self._run: Run | None = None
        plot.hide()
        loader.changed.connect(self.follow_data)
        trainer.changed.connect(self.follow_run)
        self.follow_data()
        self.follow_run()

    def follow_data(self) -> None:
        """Show the points of the data at hand."""
        dataset = self.loader.dataset
        if dataset is self._dataset:
            return
        self._dataset, self._run, self._reading = dataset, None, None
        self.plot.show_plane(worker.plane_of(dataset) if dataset else None)
        self.plot.setVisible(self.plot.plane is not None)
        self.changed.emit()
        self.follow_run()

    def look(self) -> None:
        """Show the newest answers of a running training, and ask for newer ones."""
        probes, plane, dataset = self.trainer.probes, self.plot.plane, self.loader.dataset
        # The data may have been changed while the network goes on learning from what it was.
        if probes is None or plane is None or dataset is None or self.trainer.data != self.loader.choice:
            return
        if self.trainer.shown_run is not None:
            return
        if not self.plot.isVisible():
            return
        if probes.inputs is None:
            probes.inputs = plane.grid(dataset.preparation, self.trainer.parameters)
        reading = probes.newest.get("answers")
        if reading is not None and reading is not self._reading and reading.answers is not None:
            self._reading = reading
            self.plot.show_answers(reading.answers, dataset.preparation)
        probes.ask("answers")

    def follow_run(self) -> None:
        """Show the answers of a finished run: its weights may be those of an earlier epoch than the last one seen."""
        run, plane = self.trainer.shown_run, self.plot.plane
        if run is self._run and run is not None:
            return
        self._run = None
        if run is None or plane is None or run.data != self.loader.choice:
            if self.trainer.probes is None:
                self.plot.hide_answers()
            return
        self._run = run
        task = Task(partial(worker.answers_of, run, plane.grid(run.preparation, run.parameters)), self)
        task.arrived.connect(partial(self._show_run, run, plane))
        task.failed.connect(self.plot.hide_answers)
        task.start()

    def _show_run(self, run: Run, plane: "Plane", answers: NDArray[np.float32]) -> None:
        if self.trainer.shown_run is run and self.plot.plane is plane:
            self.plot.show_answers(answers, run.preparation)
