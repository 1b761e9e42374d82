"""What the window offers when a training could not go on: a batch that fits, a lower rate, going on where it was."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path, PureWindowsPath

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.project.files import write_whole
from nnstudio.project.model import DataFile, Run
from nnstudio.project.names import is_improving
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.background.training_jobs import SmallerBatch
from nnstudio.ui.shell.dialogs import ask, warn
from nnstudio.ui.store import Store
from nnstudio.ui.training.trainer import Trainer


class Suggestions(QObject):
    """`made(message, offers)` comes with something to say and, for each way on, its words and what to call."""

    made = Signal(str, object)

    def __init__(self, window: QWidget, store: Store, trainer: Trainer) -> None:
        super().__init__(window)
        self.window = window
        self.store = store
        self.trainer = trainer
        trainer.offered.connect(self.smaller_batch)
        trainer.diverged.connect(self.lower_rate)
        trainer.loader.differs.connect(self.earlier_copy)
        store.replaced.connect(self.carry_on)
        trainer.ended.connect(self.more_epochs)
        # A timer of its own: QTimer.singleShot, called within a slot, keeps what it is given for good (PySide6 6.11).
        self._ending = QTimer(self, singleShot=True, interval=0)
        self._ending.timeout.connect(self._more_epochs)
        QTimer.singleShot(0, self, self.carry_on)

    def smaller_batch(self, offer: SmallerBatch) -> None:
        """Ask whether to train with a batch that fits into memory, and do so on yes."""
        if self.trainer.is_active or self.store.project.training != offer.project.training:
            return  # somebody has gone on to something else meanwhile
        buttons = QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No
        question = f"{offer.message}\n\n" + _("Train with batches of {size}?").format(size=offer.batch_size)
        if ask(self.window, _("Not enough memory"), question, buttons) == QMessageBox.StandardButton.Yes:
            smaller = edits.set_training(self.store.project, batch_size=offer.batch_size)
            self.store.edit(_("Change {setting}").format(setting=_("Batch size")), smaller)
            self.trainer.train()

    def lower_rate(self, run: Run) -> None:
        """Offer to go on from the last good epoch with a tenth of the learning rate."""
        timeline = self.trainer.timeline
        if timeline is None:
            return
        epoch, rate = timeline.epochs()[-1], run.training.learning_rate / 10
        for mark in run.events:
            if mark.what == "learning_rate":
                rate = mark.after / 10
        words = _("Go on from epoch {epoch} with learning rate {rate:g}").format(epoch=epoch, rate=rate)
        self.made.emit(run.message, [(words, partial(self._go_on, run, epoch, rate))])

    def carry_on(self) -> None:
        """Offer to go on with a run that the end of the program has interrupted."""
        run = self.trainer.last_run
        if run is not None and run.stop_reason == "interrupted" and self.trainer.can_carry_on():
            words = _("Run {number} was interrupted; it is kept up to epoch {epoch}.").format(
                number=run.id.removeprefix("run-"), epoch=run.epochs_run
            )
            self.made.emit(words, [(_("Carry on"), self.trainer.carry_on)])

    def more_epochs(self, run: Run) -> None:
        """Offer more epochs where the last one was the best."""
        if is_improving(run) and not run.is_companion:
            self._ending.start()  # once those beside it have ended too

    def _more_epochs(self) -> None:
        run = self.trainer.last_run
        if run is not None and is_improving(run) and self.trainer.can_carry_on():
            words = _("The validation loss was still falling in the last epoch, {epoch}.").format(epoch=run.epochs_run)
            self.made.emit(words, [(_("Carry on"), self.trainer.carry_on)])

    def earlier_copy(self, words: str, copies: Sequence[DataFile]) -> None:
        """Say that the data is another now, and offer to save what the project held of it before."""
        suggestions = [(_("Save the earlier one …"), partial(self._save_copy, copy)) for copy in copies]
        self.made.emit(words, suggestions)

    def _save_copy(self, copy: DataFile) -> None:
        old = PureWindowsPath(copy.source)
        start = str(paths.home() / (old.stem + "-1" + old.suffix))
        name, _filter = QFileDialog.getSaveFileName(self.window, _("Save the earlier data"), start)
        if name:
            try:
                write_whole(Path(name), copy.content)
            except UserError as mistake:
                warn(self.window, _("The data was not saved"), str(mistake))
                return
            self.store.told.emit(_("Saved as {file}").format(file=name))

    def _go_on(self, run: Run, epoch: int, rate: float) -> None:
        if not self.trainer.is_idle():
            return
        self.trainer.show(run)  # another may be looked at by now
        label = _("Change {setting}").format(setting=_("Learning rate"))
        self.store.edit(label, edits.set_training(self.store.project, learning_rate=rate))
        self.trainer.start_from(epoch)
