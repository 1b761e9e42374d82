"""Which settings a study tries follows from the study and its results alone."""

import math
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from nnstudio.project.model import Project, Study
from nnstudio.project.studies import new_study
from nnstudio.project.study_variables import parse_variable
from nnstudio.studies.proposals import GENERATION, Proposals, Values

RATE, DROPOUT = "training.learning_rate=0.0001..0.1:log", "dropout_1.rate=0..0.6"
KIND, UNITS = "training.optimizer=adam,sgd", "dense_1.units=4..8"


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    return make_project("toy:circle", "dense:8,relu,dropout:0.2,dense:out")


def study_of(project: Project, *variables: str, **given: object) -> Study:
    return new_study(project, [parse_variable(project.network, one) for one in variables], **given)  # type: ignore[arg-type]


def good_at(values: Values) -> float:
    """A result that is best at a learning rate of 0.01 with Adam."""
    distance = abs(math.log10(float(values["training.learning_rate"])) + 2)
    return distance + (0.0 if values["training.optimizer"] == "adam" else 1.0)


def test_a_grid_has_every_point_once_and_the_last_variable_varies_fastest(project: Project) -> None:
    study = study_of(project, "training.learning_rate=0.001..0.1:log:3", KIND, "dropout_1.rate=0,0.5")
    found = [tuple(Proposals(study).setting(number, {}).values()) for number in range(study.settings)]
    assert found == list(product((0.001, 0.01, 0.1), ("adam", "sgd"), (0.0, 0.5)))


def test_settings_by_chance_stay_in_their_ranges_and_do_not_depend_on_the_order(project: Project) -> None:
    study = study_of(project, RATE, DROPOUT, KIND, UNITS, method="random", settings=400)
    forwards = [Proposals(study).setting(number, {}) for number in range(400)]
    backwards = [Proposals(study).setting(number, {}) for number in reversed(range(400))]
    assert forwards == backwards[::-1]
    rates = np.array([float(one["training.learning_rate"]) for one in forwards])
    assert rates.min() >= 1e-4 and rates.max() <= 0.1
    assert abs(float((rates < 10**-2.5).mean()) - 0.5) < 0.1  # as many below the middle of the logarithm as above
    units = [one["dense_1.units"] for one in forwards]
    assert {units.count(count) > 50 for count in range(4, 9)} == {True} and set(units) == set(range(4, 9))
    other = study_of(project, RATE, DROPOUT, KIND, UNITS, method="random", settings=400, seed=1)
    assert Proposals(other).setting(0, {}) != forwards[0]


def test_tpe_proposes_the_same_whoever_asks_and_whenever(project: Project) -> None:
    study = study_of(project, RATE, DROPOUT, KIND, method="tpe", settings=30)
    steady, results = Proposals(study), dict[int, float]()
    for number in range(30):
        assert steady.is_known(number, results)
        results[number] = good_at(steady.setting(number, results))
    for start in (0, 7, 8, 29):  # of one who begins in the middle, with the results there are
        assert Proposals(study).setting(start, results) == steady.setting(start, results)
    # Within a generation nothing that came of it is needed, and the next waits for all of it.
    known = {number: result for number, result in results.items() if number < 2 * GENERATION - 1}
    assert not Proposals(study).is_known(2 * GENERATION, known)
    assert Proposals(study).setting(2 * GENERATION - 1, known) == steady.setting(2 * GENERATION - 1, results)


def test_tpe_finds_better_settings_than_chance(project: Project) -> None:
    def best_of_last(method: str, seed: int) -> float:
        study = study_of(project, RATE, DROPOUT, KIND, method=method, settings=64, seed=seed)
        proposals, results = Proposals(study), dict[int, float]()
        for number in range(64):
            results[number] = good_at(proposals.setting(number, results))
        return float(np.median([results[number] for number in range(40, 64)]))

    pairs = [(best_of_last("tpe", seed), best_of_last("random", seed)) for seed in range(5)]
    assert sum(tpe < chance / 2 for tpe, chance in pairs) == 5


def test_tpe_bears_settings_that_diverged(project: Project) -> None:
    study = study_of(project, RATE, KIND, method="tpe", settings=24)
    proposals, results = Proposals(study), dict[int, float]()
    for number in range(24):
        values = proposals.setting(number, results)
        results[number] = math.inf if values["training.optimizer"] == "sgd" else good_at(values)
    kinds = [proposals.setting(number, results)["training.optimizer"] for number in range(16, 24)]
    assert kinds.count("adam") > 4
