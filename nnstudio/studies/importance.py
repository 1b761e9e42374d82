"""How much each variable of a study matters, with a range, from thirty trials on.

PED-ANOVA (Watanabe, Bansal & Hutter, "PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary
subspaces", IJCAI 2023) by Optuna. The range is that over bootstrap resamples of the settings: a single number from few
trials is mostly chance.
"""

import logging
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.layers.spec import Value
from nnstudio.project.study import Variable
from nnstudio.studies.outcomes import Column, Outcomes, costs_of

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

FEWEST_TRIALS = 30
RESAMPLES = 30
MOST_SETTINGS = 300
"""Settings in a resample at most: more say no more, and each costs Optuna its time."""
RANGE = (0.05, 0.95)
SEED = 0


@dataclass(frozen=True)
class Importance:
    """Of one variable: the share of all importance that it has, 0 to 1, and the range of that over resamples."""

    key: str
    share: float
    low: float
    high: float


def importances(outcomes: Outcomes, seed: int = SEED) -> tuple[Importance, ...]:
    """How much each variable that takes several values matters, the most important first; none of fewer than thirty
    trials, or of a single variable."""
    columns = [column for column in outcomes.columns if len(np.unique(column.places[np.isfinite(column.places)])) > 1]
    if len(outcomes.runs) < FEWEST_TRIALS or len(columns) < 2:
        return ()
    random = np.random.default_rng(seed)
    count = len(outcomes.numbers)
    trials = optuna_trials(outcomes, columns)
    size = min(count, MOST_SETTINGS)
    found = []
    for _resample in range(RESAMPLES):
        drawn = random.integers(count, size=size)
        found.append(shares(columns, [trials[setting] for setting in drawn.tolist()]))
    everything = random.choice(count, size, replace=False) if size < count else np.arange(count)
    whole = shares(columns, [trials[setting] for setting in everything.tolist()])
    low, high = np.quantile(np.stack(found), RANGE, axis=0)
    low, high = np.minimum(low, whole), np.maximum(high, whole)
    return tuple(
        Importance(columns[place].key, float(whole[place]), float(low[place]), float(high[place]))
        for place in np.argsort(-whole, kind="stable").tolist()
    )


def shares(columns: list[Column], settings: "list[list[FrozenTrial]]") -> NDArray[np.float64]:
    """The importance of each column by these settings' trials, together 1; even where nothing differs."""
    import optuna
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

    logging.getLogger("optuna").setLevel(logging.WARNING)
    study = optuna.create_study(direction="minimize")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is experimental
        study.add_trials([trial for trials in settings for trial in trials])
        evaluator = PedAnovaImportanceEvaluator()
        keys = [column.key for column in columns]
        found = get_param_importances(study, evaluator=evaluator, params=keys, normalize=False)
    values = np.array([max(0.0, found.get(key, 0.0)) for key in keys])
    values[~np.isfinite(values)] = 0.0
    total = float(values.sum())
    return values / total if total > 0 else np.full(len(keys), 1 / len(keys))


def optuna_trials(outcomes: Outcomes, columns: list[Column]) -> "list[list[FrozenTrial]]":
    """The trials of each setting as Optuna knows them, to be made small; one without a measure is worse than all."""
    from optuna.trial import create_trial

    variables = {variable.key: variable for variable in outcomes.study.variables}
    distributions = {column.key: distribution(variables[column.key], column) for column in columns}
    costs = costs_of(outcomes.scores, outcomes.is_lower_better)
    known = costs[np.isfinite(costs)]
    worst = float(known.max() + np.ptp(known) + 1) if len(known) else 0.0
    costs = np.where(np.isfinite(costs), costs, worst)
    found: list[list[FrozenTrial]] = []
    for setting in range(len(outcomes.numbers)):
        values = outcomes.values_of(setting)
        params: dict[str, Any] = {key: in_range(variables[key], values[key]) for key in distributions if key in values}
        kinds = {key: distributions[key] for key in params}
        places = outcomes.trials_of(setting)
        found.append([create_trial(params=params, distributions=kinds, value=float(costs[place])) for place in places])
    return found


def distribution(variable: Variable, column: Column) -> "BaseDistribution":
    """What a variable's values are drawn from, in Optuna's words."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if column.choices or variable.values:
        known = column.choices or tuple(sorted(set(column.places[np.isfinite(column.places)].tolist())))
        return CategoricalDistribution(known)
    if variable.is_whole:
        return IntDistribution(round(variable.low), round(variable.high), log=variable.is_logarithmic)
    return FloatDistribution(variable.low, variable.high, log=variable.is_logarithmic)


def in_range(variable: Variable, value: Value) -> Value:
    """The value as a range takes it: a rounding error outside would be refused."""
    if variable.values or isinstance(value, str | bool):
        return value
    within = min(max(value, variable.low), variable.high)
    return round(within) if variable.is_whole else within
