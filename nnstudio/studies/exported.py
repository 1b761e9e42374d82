"""A study for other programs: a journal of Optuna, which optuna-dashboard opens, and a table. Each run is a trial,
with its seed beside it; nothing of the test part is in either."""

import csv
import io
import json
import math
import warnings
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from optuna.storages.journal import BaseJournalBackend

from nnstudio.project.model import Project, Run, Study
from nnstudio.project.studies import trials_of
from nnstudio.studies.proposals import distributions
from nnstudio.studies.state import measure_of

if TYPE_CHECKING:
    import optuna

FACTS = "epochs_run", "best_epoch", "stop_reason", "parameters", "seconds"
MEASURES = "validation_loss", "validation_accuracy", "validation_balanced_accuracy"


def in_order(project: Project, study: Study) -> Iterator[Run]:
    """The trials of a study by setting and seed."""
    for _setting, seeds in sorted(trials_of(project, study).items()):
        for _seed, run in sorted(seeds.items()):
            yield run


# --- Optuna ---------------------------------------------------------------------------------------------------------


class Lines(BaseJournalBackend):
    """A journal in memory: one that lies on the disk is locked, flushed and read again for every trial."""

    def __init__(self) -> None:
        self.logs: list[dict[str, Any]] = []

    def read_logs(self, log_number_from: int) -> Iterable[dict[str, Any]]:
        return self.logs[log_number_from:]

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        self.logs += logs

    def content(self) -> bytes:
        """As Optuna's JournalFileBackend writes them."""
        return "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in self.logs).encode()


def optuna_journal(project: Project, study: Study, name: str) -> bytes:
    """The file of a study for JournalStorage(JournalFileBackend(FILE))."""
    import optuna

    lines = Lines()
    direction = optuna.study.StudyDirection
    directions = [direction.MINIMIZE if study.measure == "validation_loss" else direction.MAXIMIZE]
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # names of measures are called experimental
            storage = optuna.storages.JournalStorage(lines)
            written = optuna.create_study(storage=storage, study_name=name, directions=directions)
            written.set_metric_names([study.measure])
    finally:
        optuna.logging.set_verbosity(verbosity)
    for key, value in (("seeds", study.seeds), ("method", study.method), ("made by", "nnstudio")):
        written.set_user_attr(key, value)
    known = distributions(study)
    for run in in_order(project, study):
        written.add_trial(optuna_trial(run, study, known))
    return lines.content()


def optuna_trial(run: Run, study: Study, known: dict[str, Any]) -> "optuna.trial.FrozenTrial":
    """A run as a trial of Optuna: what diverged or failed has no value, what was given up is pruned."""
    import optuna

    assert run.trial is not None
    params = {key: run.trial.values[key] for key in known if is_possible(known[key], run.trial.values.get(key))}
    states = optuna.trial.TrialState
    state = {"patience": states.COMPLETE, "epochs": states.COMPLETE, "pruned": states.PRUNED}.get(
        run.stop_reason, states.FAIL
    )
    value = measure_of(run, study)
    trial = optuna.create_trial(
        state=state if math.isfinite(value) else states.FAIL,
        value=value if math.isfinite(value) and state != states.FAIL else None,
        params=params,
        distributions={key: known[key] for key in params},
        intermediate_values=curve_of(run, study),
        user_attrs={
            "run": run.id,
            "setting": run.trial.setting,
            "seed": run.trial.seed,
            **{name: getattr(run, name) for name in FACTS},
            **({"message": run.message} if run.message else {}),
            **({"note": run.note} if run.note else {}),
        },
    )
    trial.datetime_start = begun(run)
    trial.datetime_complete = trial.datetime_start + timedelta(seconds=min(max(run.seconds, 0.0), 1e8))
    return trial


def is_possible(distribution: Any, value: Any) -> bool:
    """Whether Optuna takes a value for a variable; it may come from anybody's file."""
    try:
        return value is not None and bool(distribution._contains(distribution.to_internal_repr(value)))
    except (ValueError, TypeError):
        return False


def curve_of(run: Run, study: Study) -> dict[int, float]:
    """The measure by epochs, where it is a number."""
    curve = getattr(run.history, study.measure)
    return {epoch: value for epoch, value in enumerate(curve, start=1) if math.isfinite(value)}


def begun(run: Run) -> datetime:
    try:
        return datetime.fromisoformat(run.created)
    except ValueError:
        return datetime.fromisoformat("2000-01-01T00:00:00+00:00")


# --- a table --------------------------------------------------------------------------------------------------------


def csv_table(project: Project, study: Study) -> bytes:
    """A row for each run: what varied, how it ended, and the best of each measure on the validation part."""
    written = io.StringIO(newline="")
    table = csv.writer(written, lineterminator="\n")
    keys = [one.key for one in study.variables]
    table.writerow(["run", "setting", "seed", *keys, *FACTS, *(f"best {name}" for name in MEASURES)])
    for run in in_order(project, study):
        assert run.trial is not None
        values = [run.trial.values.get(key, "") for key in keys]
        facts = [getattr(run, name) for name in FACTS]
        table.writerow([run.id, run.trial.setting, run.trial.seed, *values, *facts, *map(str, bests_of(run))])
    return written.getvalue().encode()


def bests_of(run: Run) -> Iterator[float | str]:
    """The best of each measure that the run has."""
    for name in MEASURES:
        finite = [value for value in getattr(run.history, name) if math.isfinite(value)]
        yield "" if not finite else min(finite) if name == "validation_loss" else max(finite)
