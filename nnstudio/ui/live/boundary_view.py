"""What the network answers on a plane through its inputs: asked while it trains, and asked of the run looked at."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal

from nnstudio.project.made_inputs import two_sources
from nnstudio.project.model import Run
from nnstudio.project.preparation import Preparation
from nnstudio.text import mark
from nnstudio.ui.background import view_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.live.asked_places import AskedPlaces
from nnstudio.ui.live.paint_now import paint_now
from nnstudio.ui.live.view import Switch, View, ViewType
from nnstudio.ui.plots.boundary_plot import BoundaryPlot
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Dataset, Plane

    Asked = tuple[Dataset | None, tuple[int, int] | None]


class BoundaryView(View):
    """There for data with two numbers a sample, or all made from two, and for other data when it is switched on.

    `changed` comes with another plane.
    """

    changed = Signal()

    def __init__(self, trainer: Trainer, loader: DataLoader) -> None:
        self.plane = BoundaryPlot()
        super().__init__(trainer, loader, self.plane)
        self.is_on = False
        self._asked: Asked = None, None
        self._places = AskedPlaces("answers")
        self._run: Run | None = None
        self.plane.hide()
        self.plane.axes_chosen.connect(self.follow_data)
        loader.changed.connect(self.follow_data)
        trainer.changed.connect(self.follow_run)
        self.follow_data()
        self.follow_run()

    def set_on(self, on: bool) -> None:
        """Show a plane of data with more than two numbers a sample too, or not."""
        self.is_on = on
        self.follow_data()

    def follow_data(self) -> None:
        """Show the points of the data at hand, on the plane that is chosen."""
        dataset = self.loader.dataset
        is_plane = dataset is not None and has_plane(dataset.preparation)
        wanted = dataset if dataset is not None and (is_plane or self.is_on) else None
        if dataset is not self.plane.dataset:
            self.plane.offer_axes(dataset)
        asked = wanted, self.plane.axes
        if asked[0] is self._asked[0] and asked[1] == self._asked[1]:
            return
        self._asked = asked
        if wanted is None:
            self._show_plane(asked, None)
            return
        task = Task(partial(view_jobs.plane_of, wanted, self.plane.axes), self)
        task.arrived.connect(partial(self._show_plane, asked))
        task.failed.connect(partial(self._show_none, asked))
        task.start()

    def _show_plane(self, asked: "Asked", plane: "Plane | None") -> None:
        if asked is not self._asked:
            return
        self._run = None
        self._places.forget()
        self.plane.show_plane(plane)
        self.plane.setVisible(plane is not None)
        self.changed.emit()
        self.follow_run()

    def _show_none(self, asked: "Asked", _message: str) -> None:
        """Rather no plane than that of other data."""
        self._show_plane(asked, None)

    def look(self) -> bool:
        """Show the newest answers of a running training, and ask for newer ones; whether there were any."""
        probes, plane, dataset = self.trainer.probes, self.plane.plane, self.loader.dataset
        # The data may have been changed while the network goes on learning from what it was.
        if probes is None or plane is None or dataset is None or self.trainer.data != self.loader.choice:
            return False
        if self.trainer.shown_run is not None or not self.plane.isVisible():
            return False
        preparation = dataset.preparation
        reading = self._places.newer(probes, plane, lambda: plane.grid(preparation, self.trainer.parameters))
        if reading is None or reading.answers is None:
            return False
        self.plane.show_answers(reading.answers, preparation)
        paint_now(self.plane)
        return True

    def follow_run(self) -> None:
        """Show the answers of a finished run: its weights may be those of an earlier epoch than the last one seen."""
        run, plane = self.trainer.shown_run, self.plane.plane
        if run is self._run and run is not None:
            return
        self._run = None
        dataset = self.loader.dataset
        if (
            run is None
            or plane is None
            or dataset is None
            or run.data != self.loader.choice
            # A file that was "found" may be another after all, with other inputs than the run has.
            or run.preparation.sample_shape != dataset.preparation.sample_shape
        ):
            if self.trainer.probes is None:
                self.plane.hide_answers()
            return
        self._run = run
        self._places.forget()  # to be shown again when this moment is no longer looked at
        task = Task(partial(view_jobs.answers_of, run, plane.grid(run.preparation, run.parameters)), self)
        task.arrived.connect(partial(self._show_run, run, plane))
        task.failed.connect(self.plane.hide_answers)
        task.start()

    def _show_run(self, run: Run, plane: "Plane", answers: NDArray[np.float32]) -> None:
        if self.trainer.shown_run is run and self.plane.plane is plane:
            self.plane.show_answers(answers, run.preparation)


def has_plane(preparation: Preparation) -> bool:
    """Whether two numbers say all of a sample."""
    return preparation.sample_shape == (2,) or two_sources(preparation) is not None


VIEW = ViewType(
    "boundary",
    BoundaryView,
    Switch(
        "actionPlane",
        mark("Decision &boundary of many inputs"),
        mark("Show a plane through data with more than two columns, and what the network answers on it"),
        ("Ctrl+Shift+B",),
    ),
)
