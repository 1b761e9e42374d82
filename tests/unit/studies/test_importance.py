"""Which variable matters: told from thirty trials on, and with a range."""

import numpy as np
import pytest
from msgspec.structs import replace

from nnstudio.project.model import Project
from nnstudio.project.study import Variable
from nnstudio.studies.importance import importances
from nnstudio.studies.outcomes import outcomes_of
from tests.studies import ACTIVATIONS, RATES, UNITS, diverged, with_study

pytest.importorskip("optuna")


def test_none_below_thirty_trials_or_of_a_single_variable(trained: Project) -> None:
    run = trained.runs[0]
    few = with_study(trained, run, seeds=2)
    assert len(few.runs) == 24 and importances(outcomes_of(few, few.studies[0])) == ()
    single = with_study(trained, run, variables=(RATES,), seeds=10)
    assert importances(outcomes_of(single, single.studies[0])) == ()


def test_what_matters_stands_first_with_a_range(trained: Project) -> None:
    run = trained.runs[0]
    project = with_study(trained, run, variables=(UNITS, RATES, ACTIVATIONS), seeds=3, rows=1000)
    found = importances(outcomes_of(project, project.studies[0]))
    assert found[0].key == "training.learning_rate"
    assert sum(one.share for one in found) == pytest.approx(1)
    assert all(0 <= one.low <= one.share <= one.high <= 1 for one in found)
    assert found == importances(outcomes_of(project, project.studies[0]))


def test_ranges_and_what_diverged(trained: Project) -> None:
    rate = Variable("training.learning_rate", low=0.0001, high=0.1, is_logarithmic=True)
    units = Variable("dense_1.units", low=8, high=64, is_whole=True)
    random = np.random.default_rng(4)
    settings = [
        {"training.learning_rate": float(10 ** random.uniform(-4, -1)), "dense_1.units": int(random.integers(8, 65))}
        for _number in range(60)
    ]
    project = with_study(trained, trained.runs[0], variables=(rate, units), settings=settings, seeds=1, rows=1000)
    runs = (*(diverged(run) for run in project.runs[:5]), *project.runs[5:])
    found = importances(outcomes_of(replace(project, runs=runs), project.studies[0]))
    assert len(found) == 2 and found[0].key == "training.learning_rate" and found[0].low < found[0].high
