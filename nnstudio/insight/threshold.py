"""The threshold of a two-class answer: what is found, missed and falsely alarmed at it, and the curves over all."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.data.dataset import Samples
from nnstudio.insight.largest_errors import picture_size
from nnstudio.project.model import Run
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.engine.metrics import outputs_of
from nnstudio.training.inference import restore

Numbers = NDArray[np.float64]

PROBABLE = ("cross_entropy", "binary_cross_entropy")
"""The losses whose outputs are log-odds."""
BINS = 40
FINEST = 500
"""A curve is drawn to such a part of its side; what is finer is left out."""
MARGIN = 0.02
"""The share by which the range of scores that are no probabilities is wider than they are."""


@dataclass(frozen=True)
class Counts:
    """The samples by truth and answer: found, falsely alarmed, missed, and rightly let pass. What would be divided by
    nothing is NaN."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def precision(self) -> float:
        """Of what is answered positive, the share that is."""
        return ratio(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float:
        """Of the positives, the share that is found."""
        return ratio(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def false_positive_rate(self) -> float:
        """Of the negatives, the share that is falsely alarmed."""
        return ratio(self.false_positives, self.false_positives + self.true_negatives)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        wrong = self.false_positives + self.false_negatives
        return ratio(2 * self.true_positives, 2 * self.true_positives + wrong)

    @property
    def accuracy(self) -> float:
        right = self.true_positives + self.true_negatives
        return ratio(right, right + self.false_positives + self.false_negatives)


@dataclass(frozen=True)
class Curve:
    """A curve over all thresholds, from the highest to the lowest, and the area below it; NaN where a class is missing.

    Its points are `across` (n,) and `up` (n,); of these `outline` has as many as can be seen.
    """

    across: Numbers
    up: Numbers
    area: float
    outline: tuple[Numbers, Numbers]


@dataclass(frozen=True)
class TwoClassScores:
    """The samples of one part by how surely each is of the positive class, each class sorted once.

    A sample is answered positive where its score is at least the threshold. Of each class those come first that are
    farthest from being right: `positive_scores` (p,) ascend and `negative_scores` (n,) descend; `positive_rows` and
    `negative_rows` are their rows as the data counts them. `thresholds` (t,) are all different scores, falling, with so
    many positives and negatives at each or above. The threshold can be anywhere in `span`; `histogram` says how many
    positives and how many negatives lie in each of its equal parts. At `default` the network's own answer is given.
    """

    positive: int
    is_probability: bool
    default: float
    positive_scores: Numbers
    positive_rows: NDArray[np.int32]
    negative_scores: Numbers
    negative_rows: NDArray[np.int32]
    thresholds: Numbers
    positives_at: NDArray[np.int64]
    negatives_at: NDArray[np.int64]
    span: tuple[float, float]
    histogram: tuple[NDArray[np.int64], NDArray[np.int64]]
    roc: Curve
    precision_recall: Curve
    picture_size: tuple[int, int] | None = None

    @property
    def positives(self) -> int:
        return len(self.positive_scores)

    @property
    def negatives(self) -> int:
        return len(self.negative_scores)

    @property
    def share(self) -> float:
        """The share of positives: the precision of whoever answers all positive."""
        return ratio(self.positives, self.positives + self.negatives)

    @property
    def majority(self) -> tuple[int, float]:
        """The more frequent class, and the accuracy of whoever always answers it."""
        most = max(self.positives, self.negatives)
        is_positive = self.positives > self.negatives
        return self.positive if is_positive else 1 - self.positive, ratio(most, self.positives + self.negatives)

    def counts(self, threshold: float) -> Counts:
        """What is answered at a threshold: two binary searches, however many samples there are."""
        missed = int(np.searchsorted(self.positive_scores, threshold, side="left"))
        alarmed = self.negatives - int(np.searchsorted(self.negative_scores[::-1], threshold, side="left"))
        return Counts(self.positives - missed, alarmed, missed, self.negatives - alarmed)

    def threshold_of_precision(self, wished: float) -> float | None:
        """The threshold with the highest recall among those with at least this precision, and of these the one with
        the fewest false alarms; None where there is none."""
        answered = self.positives_at + self.negatives_at
        good = np.flatnonzero((self.positives_at > 0) & (self.positives_at >= wished * answered - 1e-9))
        if not len(good):
            return None
        first = np.searchsorted(self.positives_at, self.positives_at[good[-1]], side="left")
        return float(self.thresholds[first])


NO_CURVE = Curve(np.empty(0), np.empty(0), math.nan, (np.empty(0), np.empty(0)))


def two_class_scores(run: Run, samples: Samples, positive: int | None = None) -> TwoClassScores:
    """How surely a run takes each sample for the positive class, which is the rarer one where it is left out.

    With a cross-entropy the score is the probability. Another loss gives none: then it is the output itself, or with
    two outputs what the positive one has more than the other. UserError for a network without two classes.
    """
    trained = restore(run)
    if run.preparation.task != "class" or len(run.preparation.classes) != 2 or trained.outputs > 2:
        raise UserError(
            _(
                "A threshold divides two classes, and this network answers with {what}. Choose data with two classes, "
                "such as breast cancer or a toy problem."
            ).format(what=answer_of(run))
        )
    network = trained.network
    outputs = outputs_of(network.trained, torch.from_numpy(samples.inputs)).double()
    margins = outputs[:, 0] if outputs.shape[1] == 1 else outputs[:, 1] - outputs[:, 0]
    if not bool(margins.isfinite().all()):
        raise UserError(_("The network's answers are no numbers any more: there is nothing to divide."))
    classes = samples.targets
    if positive is None:
        positive = int(2 * np.count_nonzero(classes) <= len(classes))
    is_probability = trained.loss in PROBABLE
    default = network.middle if outputs.shape[1] == 1 else 0.0
    if positive == 0:
        margins, default = -margins, 0.0 - default  # which is never −0
    if is_probability:
        margins, default = margins.sigmoid(), 0.5
    size = picture_size(run.network, run.preparation)
    return scores_of(margins.numpy(), classes == positive, samples.rows, positive, default, is_probability, size)


def answer_of(run: Run) -> str:
    """What a network answers with, in words."""
    if run.preparation.task != "class":
        return _("a value")
    return _("{count} classes").format(count=len(run.preparation.classes))


def scores_of(
    scores: Numbers,
    is_positive: NDArray[np.bool_],
    rows: NDArray[np.int32],
    positive: int = 1,
    default: float = 0.5,
    is_probability: bool = True,
    picture_size: tuple[int, int] | None = None,
) -> TwoClassScores:
    """Scores, truths and rows (n,) of samples, at least one, sorted, with both curves; `default` is the threshold at
    which the network answers."""
    order = np.argsort(-scores, kind="stable")
    falling, truth, rows = scores[order], is_positive[order], rows[order]
    ends = np.append(np.flatnonzero(np.diff(falling)), len(falling) - 1)
    thresholds = falling[ends]
    found, alarmed = (np.cumsum(one, dtype=np.int64)[ends] for one in (truth, ~truth))
    span = (0.0, 1.0) if is_probability else span_of(thresholds, default)
    return TwoClassScores(
        positive=positive,
        is_probability=is_probability,
        default=default,
        positive_scores=falling[truth][::-1].copy(),
        positive_rows=rows[truth][::-1],
        negative_scores=falling[~truth][::-1].copy()[::-1],  # ascending in memory, for `counts` to search
        negative_rows=rows[~truth],
        thresholds=thresholds,
        positives_at=found,
        negatives_at=alarmed,
        span=span,
        histogram=(np.histogram(falling[truth], BINS, span)[0], np.histogram(falling[~truth], BINS, span)[0]),
        roc=roc_of(found, alarmed),
        precision_recall=precision_recall_of(found, alarmed),
        picture_size=picture_size,
    )


def span_of(thresholds: Numbers, default: float) -> tuple[float, float]:
    """A range with all of these falling scores in it, and the threshold at which the network answers."""
    lowest, highest = min(default, float(thresholds[-1])), max(default, float(thresholds[0]))
    room = MARGIN * (highest - lowest) or 1.0
    return lowest - room, highest + room


def roc_of(found: NDArray[np.int64], alarmed: NDArray[np.int64]) -> Curve:
    """The share of positives found over the share of negatives falsely alarmed, from (0, 0) to (1, 1)."""
    if not found[-1] or not alarmed[-1]:
        return NO_CURVE
    across = np.concatenate([[0.0], alarmed / alarmed[-1]])
    up = np.concatenate([[0.0], found / found[-1]])
    return Curve(across, up, float(np.trapezoid(up, across)), thinned(across, up))


def precision_recall_of(found: NDArray[np.int64], alarmed: NDArray[np.int64]) -> Curve:
    """Precision over recall, from (0, 1); the area is the average precision: precision summed over steps of recall, as
    what lies between two points cannot be reached. So it is drawn in steps, level up to each point."""
    if not found[-1]:
        return NO_CURVE
    recall = np.concatenate([[0.0], found / found[-1]])
    precision = np.concatenate([[1.0], found / (found + alarmed)])
    area = float(np.sum(np.diff(recall) * precision[1:]))
    return Curve(recall, precision, area, thinned(np.repeat(recall, 2)[:-1], np.repeat(precision, 2)[1:]))


def thinned(across: Numbers, up: Numbers) -> tuple[Numbers, Numbers]:
    """Points without those that lie where the one before does, as finely as a curve is drawn, and with the last."""
    cells = np.stack([np.round(across * FINEST), np.round(up * FINEST)])
    kept = np.concatenate([[True], (np.diff(cells) != 0).any(axis=0)])
    kept[-1] = True
    return across[kept], up[kept]


def ratio(part: int, whole: int) -> float:
    """A share; NaN of nothing."""
    return part / whole if whole else math.nan
