"""Which rows go to which part: by chance, each class evenly, with those that belong together, or by time."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.columns import ArrayColumns, RawData, table_of
from nnstudio.data.splits import Indices, part_sizes, split, split_together
from nnstudio.data.text_columns import is_prose
from nnstudio.project.model import DataChoice
from nnstudio.text import Count, UserError, translate_count
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars


def divided_rows(
    raw: RawData, choice: DataChoice, groups: Indices | None, shares: Sequence[float], notes: list[str]
) -> list[Indices]:
    """The rows of the training, the validation and the test part; `groups` are the classes that each part should have
    its share of, and `shares` those of the last two."""
    rows = raw.columns.height
    time, group = column_of("time", raw), column_of("group", raw)
    if time is not None:
        return by_time(time, shares, notes)
    if choice.split == "in_order":
        return in_order(np.arange(rows), shares)
    if group is not None:
        numbers = numbered(group.to_frame())
        notes.append(
            translate_count(
                "Rows with the same “{name}” are in the same part; there is {count} such group.",
                "Rows with the same “{name}” are in the same part; there are {count} such groups.",
                int(numbers.max()) + 1,
            ).format(name=group.name, count=Count(int(numbers.max()) + 1))
        )
        return split_together(numbers, None, shares, choice.seed)
    same = repeats(raw, choice)
    if same is None:
        return split(groups, rows, shares, choice.seed)
    if int(same.max()) + 1 < rows:
        notes.append(repeats_note(same))
    return split_together(same, groups, shares, choice.seed)


def column_of(role: str, raw: RawData) -> "polars.Series | None":
    """The column that has a role; None where none has."""
    name = next((name for name, one in raw.roles.items() if one == role), "")
    return raw.columns[name] if name else None


def by_time(time: "polars.Series", shares: Sequence[float], notes: list[str]) -> list[Indices]:
    """The first rows to train, the next to validate, the last to test. UserError for a time that is missing."""
    missing = time.null_count()
    if missing:
        words = translate_count(
            "The time “{name}” is missing in {count} row; it must be known to split by it.",
            "The time “{name}” is missing in {count} rows; it must be known to split by it.",
            missing,
        )
        raise UserError(words.format(name=time.name, count=Count(missing)))
    order = time.arg_sort().to_numpy().astype(np.int64)
    notes.append(
        _("The split is by “{name}”: the first rows train, the next validate, the last are the test.").format(
            name=time.name
        )
    )
    return in_order(order, shares)


def in_order(order: Indices, shares: Sequence[float]) -> list[Indices]:
    """Rows cut into the parts one after another."""
    bounds = np.cumsum([0, *part_sizes(len(order), shares)])
    return [order[start:end] for start, end in pairwise(bounds)]


def repeats(raw: RawData, choice: DataChoice) -> NDArray[np.int64] | None:
    """A number (n,) for each row, the same for those with the same inputs, where they are to stay together; None where
    each row is by itself."""
    table = raw.columns
    if choice.repeats == "apart" or (choice.repeats == "auto" and isinstance(table, ArrayColumns)):
        return None
    inputs = raw.inputs
    if choice.repeats == "auto" and not any(is_prose(table[name]) for name in inputs):
        return None
    return numbered(table_of(table).select(inputs))


def numbered(table: "polars.DataFrame") -> Indices:
    """A number (n,) for each row, the same for equal ones."""
    hashes = table.hash_rows().to_numpy()
    _different, first, number = np.unique(hashes, return_index=True, return_inverse=True)
    # Numbered as they come, for the split stays what it is whatever a library makes of a row.
    numbers: NDArray[np.int64] = first.argsort().argsort()[number].astype(np.int64)
    return numbers


def repeats_note(same: NDArray[np.int64]) -> str:
    repeated = len(same) - int(same.max()) - 1
    return translate_count(
        "{count} row repeats another; both are in the same part.",
        "{count} rows repeat others; they are in the same part.",
        repeated,
    ).format(count=Count(repeated))


def split_words(choice: DataChoice, train: int, validation: int, test: int) -> list[str]:
    """How large the parts are, in words."""
    if choice.split == "in_order":
        words = translate_count(
            "Split in the order of the rows: the first {train} row to train, then {validation} to validate, {test} to "
            "test.",
            "Split in the order of the rows: the first {train} rows to train, then {validation} to validate, {test} to "
            "test.",
            train,
        )
        return [words.format(train=Count(train), validation=Count(validation), test=Count(test))]
    return [
        translate_count(
            "Split with seed {seed}: {train} row to train, {validation} to validate, {test} to test.",
            "Split with seed {seed}: {train} rows to train, {validation} to validate, {test} to test.",
            train,
        ).format(seed=choice.seed, train=Count(train), validation=Count(validation), test=Count(test))
    ]
