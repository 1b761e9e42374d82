"""What came of the settings of a study, as far as the choice of the next ones depends on it: so much is read by every
machine that works on a study, and no weights."""

import math

from msgspec import Struct
from msgspec.structs import replace

from nnstudio.project.model import EpochMetrics, Run, StopReason, Study
from nnstudio.project.preparation import Preparation
from nnstudio.project.study import Trial
from nnstudio.project.study_rungs import budgets_of
from nnstudio.studies.state import measure_of
from nnstudio.text import UserError
from nnstudio.text import translate as _


class SeedResult(Struct, frozen=True, forbid_unknown_fields=True):
    """What came of one seed of a setting, as far as the choice of the next settings depends on it: the best of the
    measure up to the budget of each rung."""

    seed: int
    epochs: int
    reason: StopReason
    best: tuple[float, ...]


class SettingResults(Struct, frozen=True, forbid_unknown_fields=True):
    """What came of the seeds of a setting."""

    seeds: tuple[SeedResult, ...]


def result_of(run: Run, study: Study) -> SeedResult:
    assert run.trial is not None
    best = tuple(measure_of(run, study, budget) for budget in budgets_of(study))
    return SeedResult(run.trial.seed, run.epochs_run, run.stop_reason, best)


def run_of(result: SeedResult, study: Study, setting: int) -> Run:
    """A run of which only that is known what the choice of the next settings depends on."""
    budgets = budgets_of(study)
    if not (0 <= result.seed < study.seeds and result.epochs >= 0 and len(result.best) == len(budgets)):
        raise UserError(_("the outcome of a setting cannot be"))
    places = [min(budget, result.epochs) for budget in budgets[:-1]] + [min(result.epochs, max(budgets) + 1)]
    curve = [math.nan] * max(1, *places)
    for place, best in zip(places, result.best, strict=True):
        curve[max(0, place - 1)] = best
    return Run(
        id="",
        created="",
        network=study.network,
        data=study.data,
        training=study.training,
        preparation=Preparation((), (), "value", ""),
        stop_reason=result.reason,
        epochs_run=places[-1],
        best_epoch=None,
        weights_epoch=0,
        device="",
        parameters=0,
        seconds=0.0,
        samples_per_second=0.0,
        history=replace(EpochMetrics(), **{study.measure: tuple(curve)}),
        trial=Trial(study.id, setting, result.seed, {}),
    )
