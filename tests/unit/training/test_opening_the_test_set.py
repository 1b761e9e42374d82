"""What the test set gives when it is opened: the measures of the run, the interval of Wilson, the baseline."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import binomtest

from nnstudio.data.dataset import load
from nnstudio.data.reader import Reader
from nnstudio.project.model import Project, Run
from nnstudio.text import UserError
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.inference import Measures, measure, restore
from nnstudio.training.session import Trained, train
from nnstudio.training.test_opening import measured_on_test, result_of, wilson_interval


def trained(project: Project) -> Run:
    events = train(project, load(project.data), Control(), Curves())
    return next(event.run for event in events if isinstance(event, Trained))


@pytest.mark.parametrize("correct,samples", [(0, 1), (1, 1), (0, 10), (10, 10), (7, 10), (81, 263), (9_990, 10_000)])
def test_the_interval_is_that_of_wilson(correct: int, samples: int) -> None:
    expected = binomtest(correct, samples).proportion_ci(method="wilson")
    assert wilson_interval(correct, samples) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_the_interval_covers_the_true_share_as_often_as_it_says() -> None:
    """The mean of its coverage, over shares from 0.5 to 0.95, is 95 % (Brown, Cai and DasGupta 2001)."""
    drawn = np.random.default_rng(0)
    shares = drawn.uniform(0.5, 0.95, 20_000)
    bounds = [wilson_interval(int(drawn.binomial(60, share)), 60) for share in shares]
    inside = np.mean([low <= share <= high for share, (low, high) in zip(shares, bounds, strict=True)])
    assert inside == pytest.approx(0.95, abs=0.01)


def test_a_run_is_measured_on_its_test_part(make_project: Callable[..., Project]) -> None:
    run = trained(make_project(epochs=3))
    expected = measure(restore(run), load(run.data).test)
    found = measured_on_test(run, Reader(), [])
    assert (found.loss, found.accuracy, found.samples) == (expected.loss, expected.accuracy, 30)
    assert expected.accuracy is not None
    assert (found.low, found.high) == wilson_interval(round(30 * expected.accuracy), 30)
    assert found.baseline == pytest.approx(1 / 3) and sum(map(sum, found.confusion)) == 30


def test_a_value_has_the_mean_beside_it(make_project: Callable[..., Project]) -> None:
    run = trained(make_project("builtin:diabetes", "dense:8,relu,dense:out", epochs=3))
    found = measured_on_test(run, Reader(), [])
    assert found.r2 == measure(restore(run), load(run.data).test).r2
    assert (found.accuracy, found.baseline, found.low, found.high) == (None, 0.0, 0.0, 0.0)


def test_without_a_test_part_or_a_number_nothing_is_opened(make_project: Callable[..., Project]) -> None:
    run = trained(make_project(epochs=1, data_test=0.0))
    with pytest.raises(UserError, match="There is no test part"):
        measured_on_test(run, Reader(), [])
    with pytest.raises(UserError, match="no finite loss on the test part"):
        result_of(Measures(float("nan"), 30, 0.5))
