"""Which class of the validation samples is taken for which: of the training under way, or of the run looked at."""

from functools import partial
from typing import TYPE_CHECKING

from nnstudio.project.model import Run
from nnstudio.project.weights import without_weights_text
from nnstudio.text import mark
from nnstudio.text import translate as _
from nnstudio.ui.background import view_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.live.paint_now import paint_now
from nnstudio.ui.live.view import Switch, View, ViewType
from nnstudio.ui.plots.confusion import ConfusionPlot
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Reading


class ConfusionView(View):
    """Asks a training under way, and answers with the weights of a finished run."""

    def __init__(self, trainer: Trainer, loader: DataLoader) -> None:
        self.matrix = ConfusionPlot()
        super().__init__(trainer, loader, self.matrix)
        self.matrix.hide()
        self._reading: Reading | None = None
        self._run: Run | None = None
        trainer.changed.connect(self.draw)
        loader.changed.connect(self.draw)

    @property
    def _is_of_this_data(self) -> bool:
        """Whether the data at hand are those it learns from: they may have been changed meanwhile."""
        return self.trainer.data == self.loader.choice

    def look(self) -> bool:
        probes, dataset = self.trainer.probes, self.loader.dataset
        if probes is None or not self.matrix.isVisible() or self.trainer.shown_run is not None:
            return False
        if not self._is_of_this_data or dataset is None:
            return False
        reading = probes.newest.get("confusion")
        is_new = reading is not None and reading is not self._reading
        if reading is not None and is_new:
            self._reading = reading
            self.matrix.show_matrix(reading.confusion, dataset.preparation.classes)
            paint_now(self.matrix)
        probes.request("confusion")
        return is_new

    def draw(self) -> None:
        """Show the confusion of a finished run: its weights may be those of an earlier epoch than the last one seen."""
        self.matrix.say(self._why_none())
        run, dataset = self.trainer.shown_run, self.loader.dataset
        if run is None or dataset is None or run.data != self.loader.choice or not self.matrix.isVisible():
            if self.trainer.probes is None:
                self.matrix.show_matrix(None, ())
            self._run = None
        elif run is not self._run:
            self._run, self._reading = run, None
            task = Task(partial(view_jobs.confusion_of, run, dataset), self)
            task.arrived.connect(partial(self._show_run, run))
            task.failed.connect(self._show_none)
            task.start()

    def _why_none(self) -> str:
        """Why there is no confusion matrix to show; "" where there is one."""
        if not self.trainer.tells_classes:
            return _("Nothing to confuse: the target is a value and no class.")
        dataset = self.loader.dataset
        if dataset is not None and not len(dataset.validation):
            return _("There are no validation samples to judge.")
        if not self.trainer.has_curves:
            return _("Shown once the network is trained.")
        if not self._is_of_this_data:
            return _("The run that is shown was trained on other data.")
        run = self.trainer.shown_run
        if run is not None and not run.weights:
            return without_weights_text(run)
        return ""

    def _show_run(self, run: Run, matrix: list[list[int]] | None) -> None:
        if self._run is run:
            self.matrix.show_matrix(matrix, run.preparation.classes)

    def _show_none(self, _reason: str) -> None:
        self.matrix.show_matrix(None, ())


VIEW = ViewType(
    "confusion",
    ConfusionView,
    Switch(
        "actionConfusion",
        mark("&Confusion matrix"),
        mark("Show which class of the validation samples is taken for which"),
        ("Ctrl+Shift+C",),
    ),
)
