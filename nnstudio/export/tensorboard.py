"""Curves of runs as the event files that TensorBoard reads: a folder for each run, a number for each epoch."""

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from nnstudio.export.description import layers_of, written
from nnstudio.packages import adding
from nnstudio.project.files import files_in, write_whole
from nnstudio.project.model import EpochMetrics, Run
from nnstudio.text import UserError
from nnstudio.text import translate as _

TAGS = {
    "train_loss": "loss/train",
    "train_loss_full_pass": "loss/train_full_pass",
    "validation_loss": "loss/validation",
    "train_accuracy": "accuracy/train",
    "validation_accuracy": "accuracy/validation",
    "validation_balanced_accuracy": "accuracy/validation_balanced",
}
"""What each series of a curve is called there; a slash makes one chart of several."""
EXTRA = "nnstudio[tensorboard]"


def write_events(runs: Sequence[Run], folder: Path) -> list[Path]:
    """Write the curves of some runs, each into a folder of its own under `folder`. What was written there of the same
    runs before is replaced. UserError without the package, or without a curve."""
    told = [run for run in runs if run.history.epoch]
    if not told:
        raise UserError(_("There is no curve to export: none of these runs has an epoch."))
    files = {folder / run.id / file_name(run): event_bytes(run) for run in told}
    for path, content in files.items():
        make_folder(path.parent)
        write_whole(path, content)
    return list(files)


def make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        words = _("The folder “{folder}” cannot be made: {reason}.")
        raise UserError(words.format(folder=folder, reason=error.strerror or error)) from None


def began(run: Run) -> float:
    """When a run began, in seconds of Unix; 0 where it does not say."""
    try:
        return datetime.fromisoformat(run.created).timestamp()
    except ValueError:
        return 0.0


def file_name(run: Run) -> str:
    """What its file is called; the same each time, so that a curve is never there twice."""
    return f"events.out.tfevents.{began(run):010.0f}.nnstudio"


def event_bytes(run: Run) -> bytes:
    """The event file of one run: its settings and layers as texts, and each series with the times of its epochs.
    UserError where tensorboardX is not installed."""
    try:
        from tensorboardX import SummaryWriter
    except ImportError:
        words = _("Curves for TensorBoard are written by the package tensorboardX, which is not installed: {command}")
        raise UserError(words.format(command=adding(EXTRA))) from None
    start, epochs = began(run), max(1, run.epochs_run)
    with tempfile.TemporaryDirectory() as folder:
        with SummaryWriter(folder, write_to_disk=True) as writer:
            for name, text in texts_of(run).items():
                writer.add_text(name, text, 0, walltime=start)
            for series in EpochMetrics.__struct_fields__[1:]:
                for epoch, value in zip(run.history.epoch, getattr(run.history, series), strict=False):
                    if value == value:  # NaN: nobody looked in this epoch
                        time = start + run.seconds * epoch / epochs
                        writer.add_scalar(TAGS[series], value, epoch, walltime=time)
        (file,) = files_in(Path(folder), "*")
        return file.read_bytes()


def texts_of(run: Run) -> dict[str, str]:
    """What stands under "Text": JSON in a code block of Markdown."""
    told = {
        "settings": msgspec.to_builtins(run.training),
        "data": msgspec.to_builtins(run.data),
        "layers": layers_of(run),
    }
    return {name: f"```\n{written(value)}\n```" for name, value in told.items()}
