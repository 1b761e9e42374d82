"""The numbers that the views of a study draw, as CSV."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Outcomes, StudyOptimism


def settings_table(outcomes: "Outcomes", optimism: "StudyOptimism | None") -> str:
    """A row for each setting in the order tried: its values, median and spread, the best so far and its optimism."""
    keys = [column.key for column in outcomes.columns]
    spread, names = outcomes.spread, ("median", "low", "lower_quartile", "upper_quartile", "high")
    rows = []
    for setting, number in enumerate(outcomes.numbers.tolist()):
        values = outcomes.values_of(setting)
        told = [number_text(float(getattr(spread, name)[setting])) for name in names]
        so_far = number_text(float(spread.median[outcomes.best_so_far[setting]]))
        excess = number_text(math.nan if optimism is None else optimism.after(setting + 1))
        rows.append([number, *(values.get(key, "") for key in keys), int(spread.count[setting]), *told, so_far, excess])
    return csv_text(["setting", *keys, "seeds", *names, "best_so_far", "optimism"], rows)


def trials_table(outcomes: "Outcomes") -> str:
    """A row for each trial: its run, setting and seed, its values, its measure and how it ended."""
    keys = [column.key for column in outcomes.columns]
    rows = []
    for place, run in enumerate(outcomes.runs):
        values = outcomes.values_of(int(outcomes.setting_of[place]))
        trial = (run.trial.setting, run.trial.seed) if run.trial is not None else ("", "")
        score = number_text(float(outcomes.scores[place]))
        rows.append([run.id, *trial, *(values.get(key, "") for key in keys), score, run.epochs_run, run.stop_reason])
    return csv_text(["run", "setting", "seed", *keys, outcomes.study.measure, "epochs", "ended"], rows)


def curves_table(outcomes: "Outcomes") -> str:
    """A row for each epoch of each trial."""
    measure = outcomes.study.measure
    rows = [
        [run.id, epoch + 1, number_text(value)]
        for run in outcomes.runs
        for epoch, value in enumerate(getattr(run.history, measure))
    ]
    return csv_text(["run", "epoch", measure], rows)


def number_text(value: float) -> str:
    return f"{value:.10g}" if math.isfinite(value) else ""


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
