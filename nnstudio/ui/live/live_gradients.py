"""Keeps the gradient strip and the confusion matrix true to the training under way, or to the run looked at."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from nnstudio.project.model import Run
from nnstudio.project.names import shown_name
from nnstudio.text import translate as _
from nnstudio.ui.background import view_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.plots.confusion import ConfusionPlot
from nnstudio.ui.plots.gradients import GradientStrip
from nnstudio.ui.plots.plot import Plot
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Probes, Reading


class LiveGradients(QObject):
    """Asks only for what is visible."""

    def __init__(
        self, trainer: Trainer, loader: DataLoader, gradients: GradientStrip, confusion: ConfusionPlot
    ) -> None:
        super().__init__(gradients)
        self.trainer = trainer
        self.loader = loader
        self.gradients = gradients
        self.confusion = confusion
        self._gradients: Reading | None = None
        self._confusion: Reading | None = None
        self._run: Run | None = None
        trainer.changed.connect(self.follow_run)
        loader.changed.connect(self.follow_run)

    def look_at_gradients(self) -> bool:
        """Show the newest gradients of a running training, and ask for newer ones; whether there were any."""
        probes = self._probes(self.gradients)
        if probes is None:
            return False
        reading = probes.newest.get("gradients")
        is_new = reading is not None and reading is not self._gradients
        if reading is not None and is_new:
            self._gradients = reading
            self.gradients.show_sizes(self._by_name(reading.gradient_sizes))
            self.gradients.viewport().repaint()
        probes.request("gradients")
        return is_new

    def look_at_confusion(self) -> bool:
        """The same for the confusion matrix."""
        probes = self._probes(self.confusion)
        # The data may have been changed while the network goes on learning from what it was.
        if probes is None or self.trainer.data != self.loader.choice:
            return False
        reading = probes.newest.get("confusion")
        is_new = reading is not None and reading is not self._confusion
        if reading is not None and is_new:
            self._confusion = reading
            self.confusion.show_matrix(reading.confusion, self._classes())
            self.confusion.viewport().repaint()
        probes.request("confusion")
        return is_new

    def _probes(self, plot: Plot) -> "Probes | None":
        """Where to ask for what a plot shows; None where it is not seen or shows a run that has ended."""
        return self.trainer.probes if plot.isVisible() and self.trainer.shown_run is None else None

    def follow_run(self) -> None:
        """Show the confusion of a finished run: its weights may be those of an earlier epoch than the last one seen."""
        self._follow_gradients()
        self.confusion.say(self._why_no_confusion())
        run, dataset = self.trainer.shown_run, self.loader.dataset
        if run is None or dataset is None or run.data != self.loader.choice or not self.confusion.isVisible():
            if self.trainer.probes is None:
                self.confusion.show_matrix(None, ())
            self._run = None
        elif run is not self._run:
            self._run, self._confusion = run, None
            task = Task(partial(view_jobs.confusion_of, run, dataset), self)
            task.arrived.connect(partial(self._show_run, run))
            task.failed.connect(self._show_none)
            task.start()

    def _follow_gradients(self) -> None:
        """The gradients of the last step stay when a training has ended; of other runs and moments none are known."""
        probes, shown_epoch = self.trainer.probes, self.trainer.shown_epoch
        if probes is not None and self.gradients.isVisible():
            probes.watched |= {"gradients"}  # a training may end before its first gradients are asked for
        reading = probes.newest.get("gradients") if probes and shown_epoch is None else None
        if reading is not None and reading is not self._gradients:
            self._gradients = reading
            self.gradients.show_sizes(self._by_name(reading.gradient_sizes))
        elif probes is None or shown_epoch is not None:
            self._gradients = None
            self.gradients.show_sizes({})
        is_learning = self.trainer.is_active and shown_epoch is None
        shows = reading is not None or is_learning
        self.gradients.say("" if shows else _("Shown while a network trains."))

    def _why_no_confusion(self) -> str:
        """Why there is no confusion matrix to show; "" where there is one."""
        if not self.trainer.tells_classes:
            return _("Nothing to confuse: the target is a value and no class.")
        dataset = self.loader.dataset
        if dataset is not None and not len(dataset.validation):
            return _("There are no validation samples to judge.")
        if self.trainer.is_blank and not self.trainer.is_active:
            return _("Shown once the network is trained.")
        if self.trainer.data != self.loader.choice:
            return _("The run that is shown was trained on other data.")
        return ""

    def _show_run(self, run: Run, matrix: list[list[int]] | None) -> None:
        if self._run is run:
            self.confusion.show_matrix(matrix, run.preparation.classes)

    def _show_none(self, _reason: str) -> None:
        self.confusion.show_matrix(None, ())

    def _classes(self) -> tuple[str, ...]:
        return self.loader.dataset.preparation.classes if self.loader.dataset else ()

    def _by_name(self, sizes: dict[str, float]) -> dict[str, float]:
        """The sizes by what the layers are called."""
        network = self.trainer.network
        if network is None:
            return sizes
        names = {layer.id: shown_name(layer) for layer in network.layers}
        return {names.get(id, id): size for id, size in sizes.items()}
