"""Which rows train, which validate, which test.

Written here and not taken from a library: the seed stands in project files, so the split it makes may never change.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def split(groups: NDArray[np.int64] | None, rows: int, shares: Sequence[float], seed: int) -> list[Indices]:
    """Row numbers of each part, shuffled by the seed: one part a share, and what is left over first.

    With `groups` (the class of each row) every part gets the same share of each class, as near as whole rows allow.
    """
    random = np.random.default_rng(seed)
    order = random.permutation(rows)
    sizes = part_sizes(rows, shares)
    if groups is not None:
        order = order[stratified_order(groups[order])]
    bounds = np.cumsum([0, *sizes])
    parts = [order[start:end] for start, end in pairwise(bounds)]
    return [random.permutation(part) for part in parts]


def split_together(same: Indices, groups: Indices | None, shares: Sequence[float], seed: int) -> list[Indices]:
    """`split` for rows of which those of the same number (n,) stay in one part; the shares are of the numbers."""
    numbers, first = np.unique(same, return_index=True)
    parts = split(None if groups is None else groups[first], len(numbers), shares, seed)
    random = np.random.default_rng(seed)
    return [random.permutation(np.flatnonzero(np.isin(same, part))) for part in parts]


def part_sizes(rows: int, shares: Sequence[float]) -> list[int]:
    """Whole numbers of rows for the rest and for each share; a share above 0 gets at least one."""
    sizes = [max(1, round(rows * share)) if share > 0 else 0 for share in shares]
    return [max(0, rows - sum(sizes)), *sizes]


def stratified_order(groups: NDArray[np.int64]) -> Indices:
    """An order in which every stretch holds each group in its share of the whole.

    A row's place is the middle of its slot when its group is spread evenly over 0 to 1.
    """
    place = np.empty(len(groups))
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    return np.argsort(place, kind="stable")
