"""What came of a study: medians and spreads over the seeds, ranks, and trials that diverged or were given up."""

import math
import statistics

import numpy as np
import pytest
from msgspec.structs import replace

from nnstudio.project.model import Project
from nnstudio.project.study import Variable
from nnstudio.studies.outcomes import Outcomes, outcomes_of
from nnstudio.studies.row_scores import study_optimism
from tests.studies import ACTIVATIONS, RATES, UNITS, diverged, pruned, with_study


def studied(project: Project, **given: object) -> Project:
    return with_study(project, project.runs[0], **given)  # type: ignore[arg-type]


def found(project: Project) -> Outcomes:
    return outcomes_of(project, project.studies[0])


def test_each_setting_has_its_median_and_spread_over_the_seeds(trained: Project) -> None:
    project = studied(trained)
    outcomes = found(project)
    assert len(outcomes.runs) == 60 and len(outcomes.numbers) == 12
    assert outcomes.spread.count.tolist() == [5] * 12
    for setting in range(12):
        scores = [
            run.history.validation_accuracy[-1] for run in project.runs if run.trial and run.trial.setting == setting
        ]
        assert outcomes.spread.median[setting] == pytest.approx(statistics.median(scores))
        assert outcomes.spread.low[setting] == min(scores) and outcomes.spread.high[setting] == max(scores)
        lower, upper = np.quantile(scores, [0.25, 0.75])
        assert outcomes.spread.lower_quartile[setting] == pytest.approx(lower)
        assert outcomes.spread.upper_quartile[setting] == pytest.approx(upper)
        ids = [outcomes.runs[place].id for place in outcomes.trials_of(setting)]
        assert ids == [f"t{setting}_{seed}" for seed in range(5)]
    medians = outcomes.spread.median[outcomes.ranked]
    assert np.all(np.diff(medians) <= 0)
    assert outcomes.best == outcomes.ranked[0]
    assert outcomes.values_of(0) == {"training.learning_rate": 0.0001, "dense_1.units": 8.0}


def test_of_a_loss_the_lowest_is_best(trained: Project) -> None:
    outcomes = found(studied(trained, measure="validation_loss"))
    assert outcomes.best is not None
    assert outcomes.spread.median[outcomes.best] == outcomes.spread.median.min()
    assert np.all(outcomes.spread.low <= outcomes.spread.lower_quartile)
    assert np.all(outcomes.spread.upper_quartile <= outcomes.spread.high)


def test_runs_of_other_studies_and_by_themselves_are_none_of_it(trained: Project) -> None:
    project = studied(trained)
    other = replace(project.runs[0], id="x", trial=replace(project.runs[0].trial, study="s2"))  # type: ignore[type-var]
    outcomes = found(replace(project, runs=(*trained.runs, other, *reversed(project.runs))))
    assert [run.id for run in outcomes.runs] == [run.id for run in project.runs]


def test_the_best_so_far_goes_by_the_order_in_which_settings_were_tried(trained: Project) -> None:
    outcomes = found(studied(trained))
    so_far = outcomes.spread.median[outcomes.best_so_far]
    assert so_far.tolist() == np.maximum.accumulate(outcomes.spread.median).tolist()
    assert outcomes.best_so_far[-1] == outcomes.best


def test_what_diverged_counts_as_the_worst_and_breaks_nothing(trained: Project) -> None:
    project = studied(trained, seeds=3)
    runs = list(project.runs)
    for place in (0, 3, 4, 5, 6, 7):  # one seed of the first setting, all of the second, two of the third
        runs[place] = diverged(runs[place])
    outcomes = found(replace(project, runs=tuple(runs)))
    assert math.isfinite(outcomes.spread.median[0]) and outcomes.spread.low[0] == -math.inf
    assert outcomes.spread.median[1] == -math.inf and outcomes.spread.median[2] == -math.inf
    assert set(outcomes.ranked[-2:].tolist()) == {1, 2}
    assert outcomes.is_cut_short.sum() == 6 and np.isnan(outcomes.scores).sum() == 6
    assert outcomes.best is not None and math.isfinite(outcomes.spread.median[outcomes.best])
    optimism = study_optimism(outcomes)
    assert optimism.found is not None and math.isfinite(optimism.after(12)) and math.isfinite(optimism.after(2))


def test_a_study_in_which_all_diverged_has_no_best(trained: Project) -> None:
    project = studied(trained, seeds=1)
    outcomes = found(replace(project, runs=tuple(diverged(run) for run in project.runs)))
    assert outcomes.best is None and len(outcomes.ranked) == 12
    assert study_optimism(outcomes).found is None
    nothing = found(replace(project, runs=()))
    assert nothing.best is None and len(nothing.best_so_far) == 0 and study_optimism(nothing).reason


def test_trials_that_were_given_up_have_the_measure_of_their_best_epoch(trained: Project) -> None:
    project = studied(trained, seeds=1)
    short = pruned(project.runs[0], 3)
    outcomes = found(replace(project, runs=(short, *project.runs[1:])))
    assert outcomes.scores[0] == short.history.validation_accuracy[2]
    assert outcomes.epochs.tolist() == [3] + [12] * 11 and outcomes.is_cut_short.tolist() == [True] + [False] * 11


def test_axes_are_logarithmic_where_the_values_are(trained: Project) -> None:
    ranged = Variable("training.weight_decay", low=0.001, high=0.1, is_logarithmic=True)
    plain = Variable("training.momentum", low=0.0, high=0.9)
    settings = [
        {
            "training.learning_rate": rate,
            "training.weight_decay": 0.01,
            "training.momentum": 0.5,
            "network.activation": "tanh",
            "dense_1.units": 8,
        }
        for rate in (0.1, 0.0001)
    ]
    outcomes = found(studied(trained, variables=(RATES, UNITS, ACTIVATIONS, ranged, plain), settings=settings))
    assert [one.is_logarithmic for one in outcomes.columns] == [True, False, False, True, False]
    assert outcomes.columns[0].axis_places.tolist() == pytest.approx([-1, -4])
    assert outcomes.columns[2].choices == ("relu", "tanh") and outcomes.columns[2].places.tolist() == [1, 1]
    assert outcomes.values_of(1)["network.activation"] == "tanh"


def test_luck_is_told_from_the_rows_that_were_kept(trained: Project) -> None:
    project = studied(trained, accuracy=lambda _values: 0.9, seeds=1)
    optimism = study_optimism(found(project))
    assert optimism.found is not None and optimism.found.rows == 100
    assert 100 * optimism.after(12) == pytest.approx(4.6, abs=1.2)
    assert optimism.band().shape == (12,) and abs(optimism.after(1)) < 0.002
    with_seeds = study_optimism(found(studied(trained, accuracy=lambda _values: 0.9, seeds=5)))
    assert with_seeds.after(12) < 0.6 * optimism.after(12)  # five seeds that err apart have less luck than one
    without = replace(project, runs=tuple(replace(run, validation=b"") for run in project.runs))
    assert study_optimism(found(without)).found is None and "not kept" in study_optimism(found(without)).reason


def test_settings_without_rows_are_left_out(trained: Project) -> None:
    project = studied(trained, seeds=1)
    bare = replace(project, runs=(replace(project.runs[0], validation=b""), *project.runs[1:]))
    optimism = study_optimism(found(bare))
    assert math.isnan(optimism.after(1)) and not math.isnan(optimism.after(2)) and optimism.after(12) > 0


def test_shares_of_the_data_that_vary_leave_nothing_to_compare(trained: Project) -> None:
    variable = Variable("data.validation", (0.1, 0.2))
    outcomes = found(studied(trained, variables=(variable,)))
    assert "different rows" in study_optimism(outcomes).reason
