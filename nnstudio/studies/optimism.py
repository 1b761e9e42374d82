"""By how much the best of several settings looks too good on a validation part, by resampling its rows.

Whoever takes the best of K settings by their validation scores takes luck along with merit: the score of the winner is
too good on average even where all are equal (Cawley & Talbot, "On over-fitting in model selection and subsequent
selection bias in performance evaluation", JMLR 11, 2010). How much is found here from the rows that were kept, with the
bootstrap (Efron & Tibshirani, An Introduction to the Bootstrap, 1993), in the spirit of Tibshirani & Tibshirani ("A
bias correction for the minimum error rate in cross-validation", Annals of Applied Statistics 3, 2009).

1. The rows are drawn anew with replacement, the same ones for all settings: models that err on the same rows have their
   luck in common, and it gives none of them a lead. dev[b, k] is by how much setting k scores higher on the draw b.
2. The settings are put where they may truly be. Taken as they scored, luck would count twice, once in the scores and
   once in the draws: of equal settings the true optimism would come out as 1/√2 of itself. So the scores are shrunk
   towards their mean until their variance is what is left of it without chance: tau² = max(0, var(score) − q), where q
   is the variance that draws alone give, at its 95 % quantile, so that a lead counts as real only where chance hardly
   gives it.
3. With the scores shrinks what each varies by: a setting that had many rows wrong by bad luck would else have more luck
   in its draws than one where it truly is.
4. In each draw the winner is the highest of shrunk + dev, and what it owes to the draw is its dev. The optimism is the
   mean of that.

It is of the choice among settings alone. The best epoch of each is chosen by the same rows, which adds to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating]

DRAWS = 1000
FEWEST_DRAWS = 120
MOST_DEVIATIONS = 1_600_000
"""Numbers in dev at most: of very many settings fewer draws do, since each has many to choose from."""
MOST_CELLS = 60_000_000
"""Rows × settings that are drawn from at most; of more rows as many as that, and luck is scaled to all."""
QUANTILE = 0.95
SEED = 0


@dataclass(frozen=True)
class Optimism:
    """By how much the best of the first 1, 2 … K settings looks too good (K,), in the units of a row's score, found
    from so many rows."""

    of_first: Numbers
    rows: int

    @property
    def of_all(self) -> float:
        """That of the best of all; 0 without settings."""
        return float(self.of_first[-1]) if len(self.of_first) else 0.0


def optimism(scores: Sequence[Numbers] | Numbers, seed: int = SEED) -> Optimism:
    """The optimism of the best setting by what it scored on each row (K, n), higher is better: 1 where it was right
    and 0 where not, or minus the loss; where a setting was trained from several seeds, their mean.

    The settings stand in the order in which they were tried. What is no finite number counts as the lowest of its row.
    """
    rows = finite(np.asarray(scores, np.float32))
    count, size = rows.shape
    if count < 2 or size < 2:
        return Optimism(np.zeros(count), size)
    mean = rows.mean(axis=1, dtype=np.float64)
    dev = deviations(rows, mean, np.random.default_rng(seed))
    kept = kept_share(mean, dev)
    dev *= evened(rows.var(axis=1, dtype=np.float64), kept)
    places = mean.mean() + kept * (mean - mean.mean())
    winners = best_so_far(dev + places.astype(np.float32))
    return Optimism(np.take_along_axis(dev, winners, axis=1).mean(axis=0, dtype=np.float64), size)


def finite(rows: Numbers) -> Numbers:
    """Scores (K, n) in which infinite losses are as bad as the worst one of their row."""
    sound = np.isfinite(rows)
    if sound.all():
        return rows
    lowest = np.where(sound, rows, np.inf).min(axis=0)
    return np.where(sound, rows, np.where(np.isfinite(lowest), lowest, 0.0)).astype(rows.dtype)


def deviations(rows: Numbers, mean: Numbers, random: np.random.Generator) -> Numbers:
    """By how much each setting scores higher on draws of the rows than on all of them (B, K)."""
    count, size = rows.shape
    draws = int(np.clip(MOST_DEVIATIONS // count, FEWEST_DRAWS, DRAWS))
    taken = min(size, max(100, MOST_CELLS // count))
    if taken < size:
        rows = rows[:, np.linspace(0, size - 1, taken).astype(int)]
        mean = rows.mean(axis=1, dtype=np.float64)
    # How often each row is drawn says all of a draw, and the product of two matrices is fast.
    drawn = random.multinomial(taken, np.full(taken, 1 / taken), size=draws).astype(np.float32)
    centred = rows - mean[:, None].astype(np.float32)
    found = (drawn @ centred.T) / taken
    return np.asarray(found * np.sqrt(taken / size), np.float32)


def kept_share(mean: Numbers, dev: Numbers) -> float:
    """The share of the scores' (K,) distances from their mean that is no chance, 0 to 1."""
    variance = float(mean.var())
    by_chance = float(np.quantile(dev.var(axis=1), QUANTILE))
    return float(np.sqrt(max(0.0, variance - by_chance) / variance)) if variance > 0 else 0.0


def evened(variances: Numbers, kept: float) -> NDArray[np.float32]:
    """What the deviations of each setting are multiplied by (K,), so that its rows' variance lies between its own and
    the mean of all as its score does."""
    wanted = kept * variances + (1 - kept) * variances.mean()
    ratio = np.divide(wanted, variances, out=np.ones_like(variances), where=variances > 0)
    return np.asarray(np.sqrt(ratio), np.float32)


def best_so_far(values: Numbers) -> NDArray[np.intp]:
    """For each row of values (B, K), the place of the highest of the first 1, 2 … K; of equal ones the first."""
    highest = np.maximum.accumulate(values, axis=1)
    is_new = np.ones(values.shape, np.bool_)
    is_new[:, 1:] = highest[:, 1:] > highest[:, :-1]
    places = np.where(is_new, np.arange(values.shape[1], dtype=np.int32), 0)
    return np.asarray(np.maximum.accumulate(places, axis=1), np.intp)
