"""Samples that differ in one text: what a network gets where another text stands in a row, all else as it is."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.words import tokens_of, weights_of
from nnstudio.project.preparation import Preparation

Floats = NDArray[np.float32]


def inputs_with(preparation: Preparation, bases: Floats, name: str, texts: Sequence[str]) -> Floats:
    """The samples `bases` (n, *as they are kept), in each of which a text takes the place of its own in the column of
    this name: (n, *as samples are kept), sparse ones packed as `encode_sparse` does."""
    column = next(one for one in preparation.columns if one.name == name)
    assert column.text is not None
    if not preparation.is_sparse:
        return tokens_of(texts, column.text, column.categories)  # of one text alone: there is nothing beside it
    start = start_of(preparation, name)
    places, values = np.split(bases, 2, axis=1)
    is_beside = (places < start) | (places >= start + column.width)
    kept = is_beside.any(axis=0)
    rows = weights_of(texts, column.text, column.categories)
    beside = np.where(is_beside, values, 0.0)[:, kept]
    parts = places[:, kept], rows.places + start, beside, rows.values
    return np.concatenate([part.astype(np.float32) for part in parts], axis=1)


def start_of(preparation: Preparation, name: str) -> int:
    """Where the values of a column begin in a sample."""
    start = 0
    for column in preparation.columns:
        if column.name == name:
            return start
        start += column.width
    raise KeyError(name)
