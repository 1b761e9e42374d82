"""What came of a study: for each trial the measure that is chosen by, for each setting its median and spread over the
seeds, ranked, and how the best came about. Arrays throughout: a study may have ten thousand trials."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nnstudio.layers.spec import Value
from nnstudio.project.best_epoch import at_best
from nnstudio.project.model import Project, Run, Study
from nnstudio.project.study import Variable

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]
Marks = NDArray[np.bool_]

ENDED_BY_ITSELF = ("patience", "epochs")
"""Stop reasons of a training that went as far as its plan wanted; all others ended before."""
LOGARITHMIC_FROM = 20.0
"""Named values are evenly spaced in their logarithm where the largest is so many times the smallest."""


@dataclass(frozen=True)
class Column:
    """One variable along the settings: a place on its axis for each (k,), NaN where a setting has none.

    Of numbers the place is the value itself; of choices it is the number of the choice, from 0.
    """

    key: str
    places: Numbers
    choices: tuple[Value, ...] = ()
    is_logarithmic: bool = False

    def value(self, setting: int) -> Value | None:
        """What a setting has; None where it has none."""
        place = self.places[setting]
        if not math.isfinite(place):
            return None
        return self.choices[int(place)] if self.choices else float(place)

    @cached_property
    def axis_places(self) -> Numbers:
        """The places as they are evenly spaced on the axis: logarithms where it is logarithmic (k,)."""
        return np.log10(self.places) if self.is_logarithmic else self.places


@dataclass(frozen=True)
class Spread:
    """Of values by group, each (k,): how many there are, their median, range and quartiles; those that are worst may be
    infinite."""

    count: Places
    median: Numbers
    low: Numbers
    high: Numbers
    lower_quartile: Numbers
    upper_quartile: Numbers


@dataclass(frozen=True)
class Outcomes:
    """A study's trials (n) by setting and seed, and its settings (k) in the order in which they were tried.

    `scores` is the measure at the best epoch, NaN where there is no finite one: such a trial counts as the worst of
    all. `spread` is in the measure's own units, its worst values infinite. `ranked` are the settings, the best first.
    """

    study: Study
    runs: tuple[Run, ...]
    scores: Numbers
    epochs: Places
    is_cut_short: Marks
    setting_of: Places
    numbers: Places
    columns: tuple[Column, ...]
    spread: Spread
    ranked: Places

    @property
    def is_lower_better(self) -> bool:
        return self.study.measure == "validation_loss"

    @property
    def best(self) -> int | None:
        """The best setting by its median; None where no trial has a finite measure."""
        found = int(self.ranked[0]) if len(self.ranked) else None
        return found if found is not None and math.isfinite(self.spread.median[found]) else None

    @cached_property
    def place_of(self) -> dict[str, int]:
        """Each trial's place by the id of its run."""
        return {run.id: place for place, run in enumerate(self.runs)}

    @cached_property
    def first_of(self) -> Places:
        """Where the trials of each setting begin (k + 1)."""
        return np.concatenate([[0], np.cumsum(self.spread.count)]).astype(np.intp)

    @cached_property
    def best_so_far(self) -> Places:
        """The best setting of the first 1, 2 … k that were tried (k,); of equal ones the first."""
        costs = costs_of(self.spread.median, self.is_lower_better)
        lowest = np.minimum.accumulate(costs)
        is_new = np.ones(len(costs), np.bool_)
        is_new[1:] = lowest[1:] < lowest[:-1]
        return np.maximum.accumulate(np.where(is_new, np.arange(len(costs)), 0)).astype(np.intp)

    def trials_of(self, setting: int) -> range:
        """The places of a setting's trials, by seed."""
        return range(int(self.first_of[setting]), int(self.first_of[setting + 1]))

    def typical_trial(self, setting: int) -> int:
        """The trial of a setting that lies nearest to its median."""
        places = self.trials_of(setting)
        away = np.abs(self.scores[places.start : places.stop] - self.spread.median[setting])
        return places.start + (int(np.nanargmin(away)) if np.isfinite(away).any() else 0)

    def values_of(self, setting: int) -> dict[str, Value]:
        """What varies, of a setting, by key."""
        found = {column.key: column.value(setting) for column in self.columns}
        return {key: value for key, value in found.items() if value is not None}

    def column(self, key: str) -> Column:
        """The column of a variable; KeyError when there is none."""
        return next(column for column in self.columns if column.key == key)


def outcomes_of(project: Project, study: Study) -> Outcomes:
    """What came of a study so far: of every run of the project that is a trial of it."""
    trials = sorted(
        (run.trial.setting, run.trial.seed, place)
        for place, run in enumerate(project.runs)
        if run.trial is not None and run.trial.study == study.id
    )
    runs = tuple(project.runs[place] for _setting, _seed, place in trials)
    tried = np.array([setting for setting, _seed, _place in trials], np.intp)
    numbers, first, setting_of = np.unique(tried, return_index=True, return_inverse=True)
    scores = np.array([score_of(run, study.measure) for run in runs], float)
    is_lower_better = study.measure == "validation_loss"
    spread = spread_of(scores, setting_of, len(numbers), is_lower_better)
    return Outcomes(
        study,
        runs,
        scores,
        np.array([run.epochs_run for run in runs], np.intp),
        np.array([run.stop_reason not in ENDED_BY_ITSELF for run in runs], np.bool_),
        setting_of.astype(np.intp),
        numbers,
        tuple(column_of(variable, [runs[place] for place in first]) for variable in study.variables),
        spread,
        np.argsort(costs_of(spread.median, is_lower_better), kind="stable"),
    )


def score_of(run: Run, measure: str) -> float:
    """The measure at the best epoch of a run, at its last where no epoch is the best; NaN where there is none."""
    value = at_best(run, getattr(run.history, measure))
    return value if math.isfinite(value) else math.nan


def costs_of(values: Numbers, is_lower_better: bool) -> Numbers:
    """The values as what is to be small; infinite where there is none."""
    costs = values if is_lower_better else -values
    return np.where(np.isnan(costs), np.inf, costs)


def spread_of(scores: Numbers, group_of: Places, groups: int, is_lower_better: bool) -> Spread:
    """The spread of scores (n,) over the trials of each group; a trial without a score counts as infinitely bad."""
    costs = costs_of(scores, is_lower_better)
    order = np.lexsort((costs, group_of))
    costs = costs[order]
    count = np.bincount(group_of, minlength=groups).astype(np.intp)
    start = np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.intp) if groups else count
    sign = 1.0 if is_lower_better else -1.0
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    best, lower, median, upper, worst = (sign * at_share(costs, start, count, share) for share in shares)
    if is_lower_better:
        return Spread(count, median, best, worst, lower, upper)
    return Spread(count, median, worst, best, upper, lower)


def at_share(costs: Numbers, start: Places, count: Places, share: float) -> Numbers:
    """The value this far into each sorted group, between two neighbours in proportion; infinite if one of them is."""
    where = share * (count - 1)
    below = np.floor(where).astype(np.intp)
    above = np.ceil(where).astype(np.intp)
    first, second = costs[start + below], costs[start + above]
    is_known = np.isfinite(second)
    between = first + (np.where(is_known, second, 0.0) - np.where(is_known, first, 0.0)) * (where - below)
    return np.where(is_known, between, np.where(above == below, first, np.inf))


def column_of(variable: Variable, runs: Sequence[Run]) -> Column:
    """The places of a variable's values, those that the first trials of the settings have."""
    values = [None if run.trial is None else run.trial.values.get(variable.key) for run in runs]
    if are_numbers(variable.values) and all(value is None or is_number(value) for value in values):
        places = np.array([math.nan if value is None else float(value) for value in values], float)
        return Column(variable.key, places, (), is_logarithmic(variable, places))
    choices = tuple(dict.fromkeys([*variable.values, *(value for value in values if value is not None)]))
    number = {repr(choice): place for place, choice in enumerate(choices)}
    return Column(variable.key, np.array([number.get(repr(value), math.nan) for value in values], float), choices)


def is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def are_numbers(values: Sequence[Value]) -> bool:
    """Whether named values are all numbers, as those of a range are."""
    return all(is_number(value) for value in values)


def is_logarithmic(variable: Variable, places: Numbers) -> bool:
    """Whether its axis is: said of a range; of named values where they are spaced so."""
    known = places[np.isfinite(places)]
    if not len(known) or known.min() <= 0:
        return False
    if not variable.values:
        return variable.is_logarithmic
    return variable.is_logarithmic or float(known.max() / known.min()) >= LOGARITHMIC_FROM
