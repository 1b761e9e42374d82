"""How much the best of several looks too good: held against simulations in which the truth is known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from nnstudio.studies import optimism as module
from nnstudio.studies.optimism import optimism

DRAWS = 25


def simulated(settings: int, rows: int, truth: float = 0.9) -> float:
    """By how many points the best of equal models looks too good, from ten thousand studies of them."""
    found = np.random.default_rng(7).binomial(rows, truth, size=(10_000, settings)) / rows
    return 100 * float(found.max(axis=1).mean() - truth)


def estimated(settings: int, rows: int, truth: float = 0.9) -> list[float]:
    """What is told of so many studies of equal models, in points."""
    random = np.random.default_rng(11)
    return [100 * optimism(random.random((settings, rows)) < truth).of_all for _draw in range(DRAWS)]


def test_twenty_equal_models_on_a_hundred_rows() -> None:
    truth = simulated(20, 100)
    assert truth == pytest.approx(5.2, abs=0.1)  # what the table of the course says
    found = estimated(20, 100)
    assert np.mean(found) == pytest.approx(truth, abs=0.3)
    assert np.abs(np.array(found) - truth).max() < 1.0
    within = np.mean(np.abs(np.array(found) - truth) < 0.5)
    assert within > 0.9


@pytest.mark.parametrize(
    ("settings", "rows", "table"),
    [(5, 100, 3.4), (50, 100, 6.1), (200, 100, 7.2), (20, 50, 7.0), (5, 1000, 1.1), (20, 1000, 1.7), (50, 1000, 2.1)],
)
def test_equal_models_as_in_the_table(settings: int, rows: int, table: float) -> None:
    assert simulated(settings, rows) == pytest.approx(table, abs=0.1)
    assert np.mean(estimated(settings, rows)) == pytest.approx(table, abs=0.5)


def test_very_different_models_are_told_apart_without_luck() -> None:
    rows = np.random.default_rng(3).random((20, 100)) < np.linspace(0.2, 0.95, 20)[:, None]
    assert 100 * optimism(rows).of_all < 0.8


def test_models_that_err_on_the_same_rows_have_no_luck_of_their_own() -> None:
    one = np.random.default_rng(3).random(100) < 0.9
    assert abs(optimism(np.tile(one, (20, 1))).of_all) < 0.002


def test_models_of_which_one_is_a_little_better() -> None:
    truths, found, true = np.linspace(0.8, 0.95, 20), [], []
    random = np.random.default_rng(5)
    for _draw in range(150):
        rows = random.random((20, 100)) < truths[:, None]
        best = int(rows.mean(axis=1).argmax())
        found.append(100 * optimism(rows).of_all)
        true.append(100 * float(rows[best].mean() - truths[best]))
    assert np.mean(found) == pytest.approx(np.mean(true), abs=0.6)


def test_losses_likewise() -> None:
    random, found, true = np.random.default_rng(5), [], []
    for _draw in range(60):
        losses: NDArray[np.float64] = random.exponential(0.3, (20, 100))
        found.append(optimism(-losses).of_all)
        true.append(0.3 - float(losses.mean(axis=1).min()))
    assert np.mean(found) == pytest.approx(np.mean(true), abs=0.006)


def test_it_grows_with_the_settings_tried_and_is_the_same_each_time() -> None:
    rows = np.random.default_rng(2).random((50, 100)) < 0.9
    found = optimism(rows)
    assert found.rows == 100 and len(found.of_first) == 50
    assert abs(found.of_first[0]) < 0.002  # nothing was chosen
    assert np.all(np.diff(found.of_first) > -0.002) and found.of_first[-1] > found.of_first[4] > found.of_first[1]
    assert np.array_equal(found.of_first, optimism(rows).of_first)
    first = optimism(rows[:5])
    assert found.of_first[4] == pytest.approx(first.of_all, abs=0.01)


def test_nothing_to_choose_from() -> None:
    assert optimism(np.ones((1, 100))).of_all == 0.0
    assert optimism(np.empty((0, 100))).of_all == 0.0
    assert optimism(np.ones((5, 100))).of_all == 0.0


def test_an_infinite_loss_is_as_bad_as_the_worst() -> None:
    losses = np.random.default_rng(2).exponential(0.3, (10, 100))
    losses[3, 5] = np.inf
    losses[4] = np.nan
    assert 0 < optimism(-losses).of_all < 1


def test_very_many_settings_are_told_from_fewer_draws() -> None:
    random = np.random.default_rng(1)
    found = 100 * optimism(random.random((3000, 100)) < 0.9).of_all
    assert found == pytest.approx(simulated(3000, 100), abs=0.5)


def test_of_very_many_rows_some_stand_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CELLS", 20 * 1000)
    found = [100 * optimism(np.random.default_rng(seed).random((20, 10_000)) < 0.9).of_all for seed in range(10)]
    assert np.mean(found) == pytest.approx(simulated(20, 10_000), abs=0.05)  # 0.55, and 1.7 on as many as are taken
