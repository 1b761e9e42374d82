"""The threshold of two classes, against scikit-learn on random scores with ties, and on runs of every kind of end."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from msgspec.structs import replace
from numpy.typing import NDArray
from sklearn import metrics

from nnstudio.data.dataset import Samples, load
from nnstudio.insight.threshold import FINEST, Counts, TwoClassScores, scores_of, two_class_scores
from nnstudio.project.model import Project, Run
from nnstudio.text import UserError
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.inference import measure, restore
from nnstudio.training.session import Trained, train

Make = Callable[..., Project]
Random = tuple[NDArray[np.float64], NDArray[np.bool_], TwoClassScores]


def run_of(project: Project) -> Run:
    events = train(project, load(project.data), Control(), Curves())
    return next(event.run for event in events if isinstance(event, Trained))


@pytest.fixture(params=[(0, 300, 20), (1, 2000, 7), (2, 500, 10**6), (3, 40, 3), (4, 2, 10**6)], ids=str)
def drawn(request: pytest.FixtureRequest) -> Random:
    """Random scores that know something of the truth, of which many are equal."""
    seed, count, levels = request.param
    generator = np.random.default_rng(seed)
    truth = generator.random(count) < 0.3
    truth[:2] = True, False
    scores = np.round(np.clip(generator.normal(0.35 + 0.3 * truth, 0.2), 0, 1) * levels) / levels
    return scores, truth, scores_of(scores, truth, np.arange(count, dtype=np.int32))


def test_areas_are_those_of_scikit_learn(drawn: Random) -> None:
    scores, truth, found = drawn
    assert found.roc.area == pytest.approx(metrics.roc_auc_score(truth, scores), abs=1e-12)
    average = metrics.average_precision_score(truth, scores)
    assert found.precision_recall.area == pytest.approx(average, abs=1e-12)


def test_curves_are_those_of_scikit_learn(drawn: Random) -> None:
    scores, truth, found = drawn
    across, up, _thresholds = metrics.roc_curve(truth, scores, drop_intermediate=False)
    np.testing.assert_allclose(found.roc.across, across)
    np.testing.assert_allclose(found.roc.up, up)
    precision, recall, thresholds = metrics.precision_recall_curve(truth, scores)
    np.testing.assert_allclose(found.precision_recall.across, recall[::-1])
    np.testing.assert_allclose(found.precision_recall.up, precision[::-1])
    np.testing.assert_array_equal(found.thresholds, thresholds[::-1])


def test_counts_and_shares_are_those_of_scikit_learn_at_every_threshold(drawn: Random) -> None:
    scores, truth, found = drawn
    for threshold in [*np.linspace(-0.1, 1.1, 25), *np.unique(scores)[:40]]:
        answers = scores >= threshold
        counts = found.counts(threshold)
        expected = metrics.confusion_matrix(truth, answers, labels=[False, True])
        assert [
            [counts.true_negatives, counts.false_positives],
            [counts.false_negatives, counts.true_positives],
        ] == expected.tolist()
        assert counts.accuracy == pytest.approx(metrics.accuracy_score(truth, answers))
        assert counts.recall == pytest.approx(metrics.recall_score(truth, answers))
        if answers.any():
            assert counts.precision == pytest.approx(metrics.precision_score(truth, answers))
            assert counts.f1 == pytest.approx(metrics.f1_score(truth, answers))
        else:
            assert math.isnan(counts.precision)


def test_the_points_of_a_threshold_lie_on_both_curves(drawn: Random) -> None:
    _scores, _truth, found = drawn
    roc, precise = found.roc, found.precision_recall
    for place, threshold in enumerate(found.thresholds, start=1):
        counts = found.counts(threshold)
        assert (counts.false_positive_rate, counts.recall) == (roc.across[place], roc.up[place])
        assert (counts.recall, counts.precision) == (precise.across[place], precise.up[place])


@pytest.mark.parametrize("wished", [0.3, 0.6, 0.9, 0.99, 1.0])
def test_a_wished_precision_is_reached_with_the_highest_recall(drawn: Random, wished: float) -> None:
    scores, _truth, found = drawn
    able = [one for one in (found.counts(level) for level in np.unique(scores)) if one.precision >= wished - 1e-12]
    able = [one for one in able if one.true_positives]
    threshold = found.threshold_of_precision(wished)
    if not able:
        assert threshold is None
        return
    assert threshold is not None
    reached = found.counts(threshold)
    assert reached.precision >= wished - 1e-12
    best = max(able, key=lambda one: (one.recall, one.precision))
    assert (reached.recall, reached.precision) == (best.recall, best.precision)


def test_the_lists_begin_with_what_is_most_wrong(drawn: Random) -> None:
    scores, truth, found = drawn
    counts = found.counts(0.5)
    missed = found.positive_rows[: counts.false_negatives]
    assert sorted(missed) == np.flatnonzero(truth & (scores < 0.5)).tolist()
    assert (np.diff(scores[missed]) >= 0).all()
    alarmed = found.negative_rows[: counts.false_positives]
    assert sorted(alarmed) == np.flatnonzero(~truth & (scores >= 0.5)).tolist()
    assert (np.diff(scores[alarmed]) <= 0).all()
    np.testing.assert_array_equal(scores[found.positive_rows], found.positive_scores)
    np.testing.assert_array_equal(scores[found.negative_rows], found.negative_scores)


def test_what_is_drawn_of_a_curve_is_short_and_has_both_ends() -> None:
    generator = np.random.default_rng(5)
    truth = generator.random(100_000) < 0.1
    found = scores_of(generator.normal(2.0 * truth), truth, np.arange(100_000, dtype=np.int32), is_probability=False)
    for curve in (found.roc, found.precision_recall):
        across, up = curve.outline
        assert len(across) == len(up) < 10 * FINEST
        assert across[0] == 0
        assert (across[-1], up[-1]) == (curve.across[-1], curve.up[-1])
    across, up = found.precision_recall.outline
    assert np.sum(np.diff(across) * up[1:]) == pytest.approx(found.precision_recall.area, abs=0.01)
    assert sum(int(one.sum()) for one in found.histogram) == 100_000


def test_nothing_is_divided_by_nothing() -> None:
    nothing = Counts(0, 0, 0, 0)
    assert all(math.isnan(one) for one in (nothing.precision, nothing.recall, nothing.f1, nothing.accuracy))
    assert math.isnan(nothing.false_positive_rate)
    assert Counts(0, 0, 3, 5).f1 == 0 and Counts(0, 2, 0, 5).precision == 0
    rows = np.arange(3, dtype=np.int32)
    for truth in (np.zeros(3, bool), np.ones(3, bool)):
        alone = scores_of(np.array([0.1, 0.5, 0.9]), truth, rows)
        assert math.isnan(alone.roc.area)
        assert math.isnan(alone.precision_recall.area) == (not truth.any())
        assert (alone.threshold_of_precision(0.99) is None) == (not truth.any())
        assert alone.majority[1] == 1.0


@pytest.mark.parametrize(
    ("loss", "end"),
    [
        ("binary_cross_entropy", "dense:1"),
        ("cross_entropy", "dense:2"),
        ("mse", "dense:1"),
        ("mse", "dense:2"),
        ("mae", "dense:1,tanh"),
        ("mse", "dense:1,sigmoid"),
    ],
)
@pytest.mark.parametrize("positive", [0, 1])
def test_the_answers_at_the_usual_threshold_are_those_of_the_network(
    make_project: Make, loss: str, end: str, positive: int
) -> None:
    project = make_project("builtin:breast_cancer", f"dense:4,tanh,{end}", epochs=3, loss=loss)
    run = run_of(project)
    dataset = load(project.data)
    found = two_class_scores(run, dataset.validation, positive)
    assert found.positive == positive and found.is_probability == (loss in ("binary_cross_entropy", "cross_entropy"))
    low, high = found.span
    assert low <= found.thresholds.min() and found.thresholds.max() <= high and low < found.default < high
    measures = measure(restore(run), dataset.validation)
    assert measures.confusion is not None
    counts = found.counts(found.default)
    assert counts.accuracy == pytest.approx(measures.accuracy)
    by_class = [[counts.true_negatives, counts.false_positives], [counts.false_negatives, counts.true_positives]]
    assert (by_class if positive else [row[::-1] for row in by_class[::-1]]) == measures.confusion


def test_the_rarer_class_is_positive_and_the_other_is_the_baseline(make_project: Make) -> None:
    project = make_project("builtin:breast_cancer", "dense:4,tanh,dense:out", epochs=2)
    run, dataset = run_of(project), load(project.data)
    for samples in (dataset.validation, dataset.train):
        rarer = int(np.bincount(samples.targets, minlength=2).argmin())
        found = two_class_scores(run, samples)
        assert found.positive == rarer
        assert found.majority == (1 - rarer, float(np.mean(samples.targets != rarer)))
        assert two_class_scores(run, samples, 1 - rarer).majority == found.majority
        assert found.share == np.mean(samples.targets == rarer)
        assert sorted([*found.positive_rows, *found.negative_rows]) == sorted(samples.rows)
        np.testing.assert_array_equal(samples.all_targets[found.positive_rows], rarer)


def test_probabilities_near_one_are_told_apart(make_project: Make) -> None:
    """In single precision a sigmoid is 1 from 17 on, and all that is surer would be equal."""
    project = make_project("builtin:breast_cancer", "dense:1", epochs=1, data_standardize=False)
    run = run_of(project)
    inputs = np.zeros((3, *run.preparation.sample_shape), np.float32)
    weights = restore(run).network.trained.state_dict()["dense_1.weight"][0]
    direction = (weights / weights.norm() ** 2).numpy()
    inputs += direction * np.array([[20.0], [25.0], [30.0]], np.float32)
    samples = Samples(inputs, np.array([1, 0, 1]), np.arange(3, dtype=np.int32))
    assert len(two_class_scores(run, samples, 1).thresholds) == 3


@pytest.mark.parametrize(
    ("source", "layers", "words"),
    [("builtin:iris", "dense:4,tanh,dense:out", "3 classes"), ("builtin:diabetes", "dense:1", "a value")],
)
def test_other_networks_are_refused_in_words(make_project: Make, source: str, layers: str, words: str) -> None:
    project = make_project(source, layers, epochs=1)
    with pytest.raises(UserError, match=f"two classes.*{words}"):
        two_class_scores(run_of(project), load(project.data).validation)


def test_answers_that_are_no_numbers_are_refused_in_words(make_project: Make) -> None:
    import safetensors.torch

    project = make_project("builtin:breast_cancer", "dense:1", epochs=1)
    run = run_of(project)
    weights = {name: torch.full_like(one, torch.nan) for name, one in safetensors.torch.load(run.weights).items()}
    broken = replace(run, weights=safetensors.torch.save(weights))
    with pytest.raises(UserError):
        two_class_scores(broken, load(project.data).validation)
