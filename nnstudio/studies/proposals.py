"""Which settings a study tries: every point of a grid, by chance, or where TPE expects the best.

Each setting follows from the study and its number alone, and for TPE from what came of earlier generations: so the same
study tries the same settings with one worker or eight, however often it is stopped. Random numbers are seeded by the
study's seed and the setting's number; TPE proposes a generation at a time, from the generations before it.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nnstudio.layers.spec import Value
from nnstudio.project.model import Study
from nnstudio.project.study import Variable
from nnstudio.project.study_variables import grid_values, point_of

if TYPE_CHECKING:
    import optuna

GENERATION = 8
"""How many settings TPE proposes before it looks at what came of them."""
Values = dict[str, Value]


class Proposals:
    """The settings of a study by their numbers. `results` is told what came of each: the measure that the study chooses
    by, its median over the seeds; ±inf where training diverged."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self._tpe = TpeProposals(study) if study.method == "tpe" else None
        self._grid = [grid_values(study.network, one) for one in study.variables] if study.method == "grid" else []

    def is_known(self, number: int, results: Mapping[int, float]) -> bool:
        """Whether enough came of earlier settings to tell this one."""
        if self._tpe is None:
            return True
        return all(one in results for one in range(number - number % GENERATION))

    def setting(self, number: int, results: Mapping[int, float]) -> Values:
        """The values of the setting of this number."""
        if self._tpe is not None:
            return self._tpe.setting(number, results)
        if self.study.method == "random":
            return random_setting(self.study, number)
        return self._point(number)

    def _point(self, number: int) -> Values:
        """A point of the grid: the last variable varies fastest."""
        found: Values = {}
        for variable, values in zip(reversed(self.study.variables), reversed(self._grid), strict=True):
            number, place = divmod(number, len(values))
            found[variable.key] = values[place]
        return dict(reversed(found.items()))


def random_setting(study: Study, number: int) -> Values:
    """A setting drawn by chance: each variable evenly over its values, its range, or the logarithm of that."""
    random = np.random.default_rng([study.seed, number])
    found: Values = {}
    for variable in study.variables:
        if variable.values:
            found[variable.key] = variable.values[int(random.integers(len(variable.values)))]
        else:
            found[variable.key] = point_of(widened(variable), float(random.random()))
    return found


def widened(variable: Variable) -> Variable:
    """A range of whole numbers by half a step at each end, so that the ends are drawn as often as the others."""
    if not variable.is_whole or variable.is_logarithmic:
        return variable
    return Variable(variable.key, low=variable.low - 0.499, high=variable.high + 0.499, is_whole=True)


class TpeProposals:
    """Tree-structured Parzen estimators (Bergstra and others, NIPS 2011), by Optuna's own sampler: values that the
    better settings have had more often than the others."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.settings: list[Values] = []
        self._optuna: optuna.Study | None = None
        self._trials: dict[int, optuna.trial.Trial] = {}
        self._told = 0

    def setting(self, number: int, results: Mapping[int, float]) -> Values:
        while len(self.settings) <= number:
            self._propose(results)
        return self.settings[number]

    def _propose(self, results: Mapping[int, float]) -> None:
        import optuna

        number = len(self.settings)
        if self._optuna is None:
            optuna.logging.set_verbosity(optuna.logging.WARNING)
            is_loss = self.study.measure == "validation_loss"
            self._optuna = optuna.create_study(direction="minimize" if is_loss else "maximize")
        while self._told < number - number % GENERATION:
            self._optuna.tell(self._trials.pop(self._told), results[self._told])
            self._told += 1
        # A sampler of its own for each: what it draws must not depend on how many were proposed in this process.
        seed = int(np.random.SeedSequence([self.study.seed, number]).generate_state(1)[0])
        self._optuna.sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True)
        trial = self._optuna.ask(distributions(self.study))
        self._trials[number] = trial
        self.settings.append({one.key: value_of(one, trial.params[one.key]) for one in self.study.variables})


def distributions(study: Study) -> dict[str, Any]:
    """The variables of a study as Optuna knows them."""
    from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

    found: dict[str, BaseDistribution] = {}
    for one in study.variables:
        if one.values:
            found[one.key] = CategoricalDistribution(one.values)
        elif one.is_whole:
            found[one.key] = IntDistribution(math.ceil(one.low), math.floor(one.high), log=one.is_logarithmic)
        else:
            found[one.key] = FloatDistribution(one.low, one.high, log=one.is_logarithmic)
    return found


def value_of(variable: Variable, drawn: Any) -> Value:
    """A value as it stands in a trial: with six digits, so that who reads it can set it."""
    value: Value = drawn
    if variable.values or variable.is_whole:
        return value
    return min(max(float(f"{float(value):.6g}"), variable.low), variable.high)
