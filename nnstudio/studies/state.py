"""Where a study stands: which trials there are, which setting comes next, and which rungs of successive halving are
climbed. All of it follows from the study and the trials there are, so that whoever goes on with them does the same."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nnstudio.layers.spec import Value
from nnstudio.project.best_epoch import at_best
from nnstudio.project.model import Run, Study
from nnstudio.project.study_rungs import budgets_of, kept_settings
from nnstudio.studies.proposals import Proposals

FINAL = "patience", "epochs", "diverged", "failed"
"""Why a trial has come to its own end."""


@dataclass(frozen=True)
class Assignment:
    """A setting to be trained with all of its seeds, up to the end of epoch `budget`, 0 for all of the plan; `earlier`
    are its trials that go on from where they were given up."""

    setting: int
    values: Mapping[str, Value]
    budget: int = 0
    earlier: tuple[Run, ...] = ()


@dataclass
class StudyState:
    """The trials of a study by setting and seed, and what is under way."""

    study: Study
    trials: dict[int, dict[int, Run]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.proposals = Proposals(self.study)
        self.budgets = budgets_of(self.study)
        self.under_way: set[int] = set()
        self.results: dict[int, float] = {}
        self._members: dict[int, Sequence[int]] = {}
        self._first_missing = 0
        self.take(run for seeds in list(self.trials.values()) for run in seeds.values())

    def take(self, runs: Iterable[Run]) -> None:
        """Trials that have been trained."""
        for run in runs:
            trial = run.trial
            assert trial is not None
            self.trials.setdefault(trial.setting, {})[trial.seed] = run
            self.under_way.discard(trial.setting)
            if self.has_reached(trial.setting, self.budgets[0]):
                self.results[trial.setting] = self.result(trial.setting)

    def give_back(self, assignment: Assignment) -> None:
        """What was begun and will not be finished is to be done again."""
        self.under_way.discard(assignment.setting)
        self._first_missing = min(self._first_missing, assignment.setting)

    def next_assignment(self) -> Assignment | None:
        """What is to be trained next, which counts as under way from now on; None where nothing is left, or where it
        depends on what is under way."""
        for rung, budget in enumerate(self.budgets):
            members = self.members(rung)
            if members is None:
                return None
            for setting in members[self._first_missing if rung == 0 else 0 :]:
                if setting in self.under_way:
                    continue
                if self.has_reached(setting, budget):
                    continue
                if not self.proposals.is_known(setting, self.results):
                    return None
                if rung == 0:
                    self._first_missing = setting
                self.under_way.add(setting)
                earlier = tuple(run for run in self.trials.get(setting, {}).values() if run.stop_reason == "pruned")
                values = self.proposals.setting(setting, self.results)
                return Assignment(setting, values, budget, earlier)
        return None

    @property
    def is_done(self) -> bool:
        """Whether every trial that there will be has come to its end."""
        if self.under_way:
            return False
        last = self.members(len(self.budgets) - 1)
        return last is not None and all(self.has_reached(setting, 0) for setting in last)

    @property
    def done(self) -> int:
        """How many trials there are, ended or given up."""
        return sum(len(seeds) for seeds in self.trials.values())

    # --- successive halving -----------------------------------------------------------------------------------------

    def members(self, rung: int) -> Sequence[int] | None:
        """The settings that are trained up to the budget of this rung: all on the first, then the best of those before.
        None as long as those before are not all there (Jamieson and Talwalkar, AISTATS 2016)."""
        if rung == 0:
            return range(self.study.settings)
        if rung in self._members:
            return self._members[rung]
        assert self.study.halving is not None
        before = self.members(rung - 1)
        budget = self.budgets[rung - 1]
        if before is None or not all(self.has_reached(setting, budget) for setting in before):
            return None
        kept = kept_settings(self.study, rung)
        is_loss = self.study.measure == "validation_loss"
        results = {setting: self.result(setting, budget) for setting in before}
        ranked = sorted(before, key=lambda one: (results[one] if is_loss else -results[one], one))
        self._members[rung] = sorted(ranked[:kept])
        return self._members[rung]

    def has_reached(self, setting: int, budget: int) -> bool:
        """Whether all seeds of a setting have been trained so many epochs, 0 for all, or have ended before."""
        seeds = self.trials.get(setting, {})
        return len(seeds) >= self.study.seeds and all(
            run.stop_reason in FINAL or 0 < budget <= run.epochs_run for run in seeds.values()
        )

    def result(self, setting: int, budget: int = 0) -> float:
        """What a setting is compared by: the best of the measure up to the budget, its median over the seeds."""
        return statistics.median(measure_of(run, self.study, budget) for run in self.trials[setting].values())


def measure_of(run: Run, study: Study, budget: int = 0) -> float:
    """The study's measure at the best epoch of a run, whose weights it keeps, within so many epochs where that is not
    0; the worst there is where it has none."""
    value = at_best(run, getattr(run.history, study.measure), budget)
    return value if math.isfinite(value) else math.inf if study.measure == "validation_loss" else -math.inf
