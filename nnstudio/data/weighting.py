"""How much each row counts in the loss: by a column of weights, by how rare its class is, or by both."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.text import Count, UserError, translate_count
from nnstudio.text import translate as _

Weights = NDArray[np.float64]


def row_weights(
    weight_column: NDArray[Any] | None,
    class_numbers: NDArray[np.int64] | None,
    classes: int,
    balanced: bool,
    train: NDArray[np.int64],
) -> NDArray[np.float32] | None:
    """A weight (m,) for each row, with the mean 1 over the rows `train` (n,); None where all rows count the same.

    The numbers of the column (m,), of which a missing one is NaN, are multiplied with the weights of the rows' classes
    where these are to be balanced. UserError for a column that does not weigh, and for a target without classes.
    """
    if weight_column is None and not balanced:
        return None
    factors: list[Weights] = []
    if weight_column is not None:
        factors.append(checked(weight_column))
    if balanced:
        if class_numbers is None:
            raise UserError(_("Balanced class weights need a target of classes. Set data.class_weights to none."))
        factors.append(balanced_weights(class_numbers[train], classes)[class_numbers])
    weights = np.prod(factors, axis=0)
    mean = float(weights[train].mean())
    if mean == 0:
        raise UserError(_("The weight of every training row is 0, so that none of them would be learnt from."))
    found: NDArray[np.float32] = (weights / mean).astype(np.float32)
    return found


def balanced_weights(class_numbers: NDArray[np.int64], classes: int) -> Weights:
    """A weight (classes,) for each class by the class numbers (n,) of the training rows: n / (k · its rows), where k
    classes have some, as scikit-learn's class_weight="balanced". A class without rows weighs 1."""
    counts = np.bincount(class_numbers, minlength=classes)
    weights: Weights = len(class_numbers) / (np.count_nonzero(counts) * np.maximum(counts, 1.0))
    weights[counts == 0] = 1.0
    return weights


def checked(column: NDArray[Any]) -> Weights:
    """A column of weights (m,), the largest of them 1, so that no sum of them is infinite. UserError for a weight that
    is missing, infinite or negative, and where all are 0."""
    weights = column.astype(np.float64)
    missing = int(np.isnan(weights).sum())
    if missing:
        words = translate_count(
            "The weight of {count} row is missing. Every row needs a number from 0 up.",
            "The weights of {count} rows are missing. Every row needs a number from 0 up.",
            missing,
        )
        raise UserError(words.format(count=Count(missing)))
    wrong = int((np.isinf(weights) | (weights < 0)).sum())
    if wrong:
        words = translate_count(
            "The weight of {count} row is negative or infinite. Every row needs a number from 0 up.",
            "The weights of {count} rows are negative or infinite. Every row needs a number from 0 up.",
            wrong,
        )
        raise UserError(words.format(count=Count(wrong)))
    if not weights.any():
        raise UserError(_("The weight of every row is 0, so that none of them counts."))
    largest: np.float64 = weights.max()
    return weights / largest
