"""The curve of a run as a table in text, one row an epoch, as it stands in a project file."""

import csv
import io
import math

from nnstudio.project.model import EpochMetrics, Run

MOST_EPOCHS = 100_000
"""As many rows a curve may have: more epochs cannot be asked for (settings.py)."""


def metrics_to_csv(history: EpochMetrics) -> bytes:
    """One row an epoch; the digits given bring back the same floats, an empty cell what was not measured."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    names = [name for name in EpochMetrics.__struct_fields__ if getattr(history, name) or name == "epoch"]
    writer.writerow(names)
    columns = [["" if value != value else value for value in getattr(history, name)] for name in names]
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue().encode()


def measured(cell: str) -> float:
    """A number, or NaN where there is none."""
    return float(cell) if cell else math.nan


def csv_to_metrics(text: str) -> EpochMetrics:
    """The curve that `metrics_to_csv` wrote; ValueError for anything else."""
    if text.count("\n") > MOST_EPOCHS + 1:
        raise ValueError(text.count("\n"))
    try:
        names, *rows = csv.reader(io.StringIO(text))
    except csv.Error as error:
        raise ValueError(error) from None
    if len(set(names)) < len(names) or not set(names) <= set(EpochMetrics.__struct_fields__):
        raise ValueError(names)
    kinds = [int if name == "epoch" else measured for name in names]
    columns = zip(*([kind(cell) for kind, cell in zip(kinds, row, strict=True)] for row in rows), strict=True)
    return EpochMetrics(**dict(zip(names, columns, strict=False)))


def fits(history: EpochMetrics, run: Run) -> bool:
    """Whether a curve has an entry for each epoch of its run, in every column that it has, and for its best epoch. Of a
    run whose validation loss was no number any more the weights are of the epoch for which there is no entry."""
    last = run.epochs_run + (run.stop_reason == "diverged")
    columns = [getattr(history, name) for name in EpochMetrics.__struct_fields__[1:]]
    return (
        len(history.epoch) == run.epochs_run
        and history.epoch == tuple(range(1, run.epochs_run + 1))
        and all(len(column) in (0, run.epochs_run) for column in columns)
        and (run.best_epoch is None or (1 <= run.best_epoch <= len(history.validation_loss)))
        and 0 <= run.weights_epoch <= last
    )
