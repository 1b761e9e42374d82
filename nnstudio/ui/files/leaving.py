"""The question that is asked before a training is left."""

from PySide6.QtWidgets import QMessageBox, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.files.progress_dialog import ForegroundTask
from nnstudio.ui.shell.dialogs import ask
from nnstudio.ui.training.trainer import Trainer


def may_end_training(window: QWidget, trainer: Trainer, busy: ForegroundTask) -> bool:
    """Whether no training is under way, or the user wants it stopped; then it has ended when this returns."""
    if not trainer.is_active:
        return True
    answer = ask(
        window,
        _("Stop training?"),
        _("The network is being trained. What it has learnt so far is kept as a run if you stop now."),
        QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel,
    )
    if answer != QMessageBox.StandardButton.Yes:
        return False
    ending = trainer.stop()
    return ending is None or busy.await_end(_("Stopping the training …"), ending)
