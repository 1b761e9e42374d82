"""Where training stands, why it ended and how much patience is left, in words."""

import math
from itertools import zip_longest

from nnstudio.project.model import Run
from nnstudio.project.names import has_given_weights, is_improving, stop_text
from nnstudio.project.weights import without_weights_text
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.background.training_jobs import EarlyStopping, monitored
from nnstudio.ui.training.shown_training import State
from nnstudio.ui.training.trainer import Trainer

ENOUGH = 20
"""So many pictures a second look like one movement."""


def status(trainer: Trainer) -> str:
    """Where training stands, in one line."""
    if trainer.is_active and trainer.progress is None:
        return _("Preparing: reading the data and building the network …")
    if trainer.shown_epoch is not None:
        return _("Looking back: all views show the network after epoch {epoch}.").format(epoch=trainer.shown_epoch) + (
            " " + place(trainer) if trainer.is_active else ""
        )
    if trainer.is_active:
        return f"{state_word(trainer)}: {place(trainer)}"
    if trainer.failure:
        return _("Not trained: {reason}").format(reason=trainer.failure)
    if trainer.last_run:
        run = trainer.last_run
        words = [ending(run)] if run.weights else [without_weights_text(run)]
        return " ".join(words if trainer.is_of_now(run) else [*words, _("The project has changed since.")])
    if trainer.store.problems:
        return _("Not ready to train yet: see the line under the canvas")
    return _("Ready to train")


def state_word(trainer: Trainer) -> str:
    return {State.RUNNING: _("Training"), State.PAUSED: _("Paused"), State.STOPPING: _("Stopping")}[trainer.state]


def place(trainer: Trainer) -> str:
    """Which epoch and batch, and how fast."""
    progress = trainer.progress
    assert progress is not None
    return _("epoch {epoch} of {epochs}, batch {batch} of {batches}, {speed} samples a second").format(
        epoch=progress.epoch,
        epochs=progress.most_epochs,
        batch=progress.batch,
        batches=progress.batches,
        speed=Count(progress.samples_per_second),
    )


def drawing(pictures: float) -> str:
    """How often the views are drawn; "" where they stand still."""
    count = round(pictures)
    if count == 0:
        return ""
    words = translate_count(
        "Each view is drawn {count} time a second.", "Each view is drawn {count} times a second.", count
    ).format(count=count)
    if count < ENOUGH:
        words += " " + _("This machine is not fast enough for more.")
    return words


def ending(run: Run) -> str:
    """Why a run ended, whose weights are loaded, and whether more epochs would have helped."""
    if has_given_weights(run):
        return _("Run {number} has weights from a file; it was not trained here.").format(
            number=run.id.removeprefix("run-")
        )
    words = _("Ended after epoch {epoch} of {epochs} ({reason}). The weights of epoch {weights} are loaded.").format(
        epoch=run.epochs_run,
        epochs=max(run.epochs_run, run.training.epochs),
        reason=stop_text(run),
        weights=run.weights_epoch,
    )
    if is_improving(run):
        words += " " + _("The validation loss was still falling: carry on (Shift+F5).")
    return words


def patience_text(trainer: Trainer) -> str:
    """How much patience is used up, in words."""
    run, progress = trainer.last_run, trainer.progress
    if run and run.best_epoch:
        patience = 0 if carried_on(run) else trainer.patience
        return patience_line(waited(run), patience, run.best_epoch, run.epochs_run, run.training.monitor)
    if progress is None or not progress.stopping.best_epoch:
        return ""
    stopping = progress.stopping
    epochs = trainer.curves.epochs
    counted = stopping.epochs_without_improvement, stopping.patience
    return patience_line(*counted, stopping.best_epoch, epochs, trainer.monitor)


def patience_left(trainer: Trainer) -> tuple[int, int]:
    """How many epochs without improvement are left, and of how many; (0, 0) where nothing is counted."""
    run, progress = trainer.last_run, trainer.progress
    if run and run.best_epoch and not carried_on(run):
        patience, used = trainer.patience, waited(run)
    elif run is None and progress is not None:
        patience, used = progress.stopping.patience, progress.stopping.epochs_without_improvement
    else:
        return 0, 0
    return max(0, patience - used), patience


def carried_on(run: Run) -> bool:
    """Whether a run went on after early stopping would have ended it."""
    return any(mark.what == "patience" for mark in run.events)


def patience_line(waited: int, patience: int, best: int, epochs: int, monitor: str) -> str:
    found = {
        "validation_loss": _("Lowest validation loss in epoch {best}"),
        "validation_accuracy": _("Highest validation accuracy in epoch {best}"),
        "validation_balanced_accuracy": _("Highest balanced validation accuracy in epoch {best}"),
    }[monitor].format(best=best)
    if patience == 0:
        if best == epochs:
            return _("{found}, the last. No early stopping in this run.").format(found=found)
        words = translate_count(
            "{found}, {waited} epoch ago. No early stopping in this run.",
            "{found}, {waited} epochs ago. No early stopping in this run.",
            epochs - best,
        )
        return words.format(found=found, waited=epochs - best)
    return _("{waited} of {patience} epochs without improvement. {found}.").format(
        waited=waited, patience=patience, found=found
    )


def waited(run: Run) -> int:
    """The epochs without improvement at the end of a run, counted as early stopping counts them."""
    return stopping_of(run).epochs_without_improvement


def stopping_of(run: Run) -> EarlyStopping:
    """Early stopping as it stood at the end of a run."""
    stopping = EarlyStopping(run.training.patience, run.training.min_delta)
    history = run.history
    measured = history.validation_loss, history.validation_accuracy, history.validation_balanced_accuracy
    for epoch, one in enumerate(zip_longest(*measured, fillvalue=math.nan), start=1):
        stopping.update(epoch, monitored(run.training.monitor, *one))
    return stopping
