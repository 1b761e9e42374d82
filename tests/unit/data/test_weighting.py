"""How much each row counts: scikit-learn's weights of balanced classes, columns of weights, both, and neither."""

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from nnstudio.data.dataset import Samples
from nnstudio.data.weighting import row_weights
from nnstudio.text import UserError

CLASSES = np.array([0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 1])
TRAIN = np.array([0, 1, 2, 3, 6, 8, 9, 11])
COLUMN = np.linspace(0.0, 5.5, 12)


def test_rows_that_count_the_same_have_no_weights() -> None:
    assert row_weights(None, CLASSES, 3, balanced=False, train=TRAIN) is None


def test_balanced_classes_weigh_as_in_scikit_learn() -> None:
    found = row_weights(None, CLASSES, 3, balanced=True, train=TRAIN)
    assert found is not None and found.dtype == np.float32
    np.testing.assert_allclose(found[TRAIN], compute_sample_weight("balanced", CLASSES[TRAIN]), rtol=1e-6)


def test_only_training_rows_are_counted_and_the_others_weigh_as_their_classes() -> None:
    found = row_weights(None, CLASSES, 3, balanced=True, train=TRAIN)
    others = CLASSES.copy()
    others[[4, 5]] = 1  # rows of other parts
    changed = row_weights(None, others, 3, balanced=True, train=TRAIN)
    assert found is not None and changed is not None
    np.testing.assert_array_equal(found[TRAIN], changed[TRAIN])
    assert [len(set(found[number == CLASSES])) for number in range(3)] == [1, 1, 1]


def test_a_column_is_multiplied_with_the_classes_and_has_the_mean_1_over_the_training_rows() -> None:
    found = row_weights(COLUMN, CLASSES, 3, balanced=True, train=TRAIN)
    expected = COLUMN[TRAIN] * compute_sample_weight("balanced", CLASSES[TRAIN])
    assert found is not None
    np.testing.assert_allclose(found[TRAIN], expected / expected.mean(), rtol=1e-6)
    alone = row_weights(COLUMN * 1e300, None, 0, balanced=False, train=TRAIN)  # whose sum would be infinite
    assert alone is not None
    np.testing.assert_allclose(alone, COLUMN / COLUMN[TRAIN].mean(), rtol=1e-6)


def test_a_class_without_a_training_row_weighs_1() -> None:
    train = np.array([0, 1, 2, 3, 6])
    found = row_weights(None, CLASSES, 4, balanced=True, train=train)
    assert found is not None and found[8] == 1
    np.testing.assert_allclose(found[train], compute_sample_weight("balanced", CLASSES[train]), rtol=1e-6)


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ([1, np.nan, np.nan], "weights of 2 rows are missing"),
        ([1, -0.5, 2], "weight of 1 row is negative"),
        ([1, np.inf, -np.inf], "weights of 2 rows are negative or infinite"),
        ([0, 0, 0], "weight of every row is 0"),
        ([0, 0, 3], "weight of every training row is 0"),
    ],
)
def test_a_column_that_does_not_weigh_is_said(column: list[float], words: str) -> None:
    with pytest.raises(UserError, match=words):
        row_weights(np.array(column), None, 0, balanced=False, train=np.array([0, 1]))


def test_a_value_has_no_classes_to_balance() -> None:
    with pytest.raises(UserError, match="need a target of classes"):
        row_weights(None, None, 0, balanced=True, train=TRAIN)


def test_the_weights_of_a_part_are_those_of_its_rows() -> None:
    weights = np.arange(4, dtype=np.float32)
    rows = np.array([3, 1], np.int32)
    samples = Samples(np.zeros((4, 2), np.float32), np.zeros(4, np.int64), rows, weights)
    assert samples.weights is not None and samples.weights.tolist() == [3, 1]
    assert Samples(samples.all_inputs, samples.all_targets, rows).weights is None
