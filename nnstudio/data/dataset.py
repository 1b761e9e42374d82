"""A data choice made real: read, divided and prepared, with everything that was done to it in words."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data import preparation as preparing
from nnstudio.data.sources import RawData, read_source, shown_source
from nnstudio.data.splits import split
from nnstudio.project.model import DataChoice, DataFacts, Preparation
from nnstudio.text import Count, Mistake, translate_count
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

FEWEST_ROWS = 2


@dataclass(frozen=True)
class Samples:
    """Inputs (n, *sample_shape) as float32, and class numbers (n,) as int64 or scaled values (n, 1) as float32."""

    inputs: NDArray[np.float32]
    targets: NDArray[Any]

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True)
class Dataset:
    """The three parts of the data, how they were prepared, and what is known of them.

    `table` holds the raw rows and `parts` their numbers in each part (a test file's rows are counted after the rest).
    """

    train: Samples
    validation: Samples
    test: Samples
    preparation: Preparation
    facts: DataFacts
    table: "polars.DataFrame"
    parts: dict[str, NDArray[np.int64]]


def load(choice: DataChoice) -> Dataset:
    """Read, divide and prepare the chosen data. Mistake in words for whatever cannot be used."""
    notes: list[str] = []
    raw = with_known_targets(read_source(choice.source, choice.target), notes)
    test_raw = None
    if choice.test_source:
        test_raw = with_known_targets(matching(read_source(choice.test_source, choice.target), raw, choice), notes)
    target = raw.columns[raw.target]
    task = preparing.find_task(target, choice.task)
    classes, groups = find_classes(target, choice, notes) if task == "class" else ((), None)
    shares = [choice.validation, 0.0 if test_raw else choice.test]
    parts = split(groups if choice.stratify else None, raw.columns.height, shares, choice.seed)
    if len(parts[0]) == 0:
        raise Mistake(
            _("{rows} rows are too few for this split: none is left to train on.").format(rows=raw.columns.height)
        )
    fitted = preparing.fit(raw, choice, task, classes, parts[0], notes)
    inputs = preparing.encode_inputs(raw.columns, fitted)
    targets = preparing.encode_target(target, fitted)
    train, validation, test = (Samples(inputs[rows], targets[rows]) for rows in parts)
    numbers = dict(zip(("train", "validation", "test"), parts, strict=True))
    table = raw.columns
    if test_raw:
        test = Samples(
            preparing.encode_inputs(test_raw.columns, fitted),
            preparing.encode_target(test_raw.columns[raw.target], fitted),
        )
        numbers["test"] = np.arange(table.height, table.height + test_raw.columns.height)
        table = table.vstack(test_raw.columns.cast(table.schema))
    facts = DataFacts(
        rows=table.height,
        sample_shape=fitted.sample_shape,
        task=task,
        classes=classes,
        train=len(train),
        validation=len(validation),
        test=len(test),
        notes=(*raw.notes, *notes, *split_notes(choice, train, validation, test)),
    )
    return Dataset(train, validation, test, fitted, facts, table, numbers)


def load_part(choice: DataChoice, preparation: Preparation, part: str) -> Samples:
    """One part of the data, treated as a run's own preparation says; Mistake when there is no such part."""
    dataset = load(choice)
    rows = dataset.parts[part]
    if len(rows) == 0:
        raise Mistake(_("There is no {part} part: its share is 0. Choose another with --split.").format(part=part))
    table = dataset.table[rows]
    return Samples(
        preparing.encode_inputs(table, preparation), preparing.encode_target(table[preparation.target], preparation)
    )


def matching(test: RawData, raw: RawData, choice: DataChoice) -> RawData:
    """The test file's columns under the names of the training file's; Mistake when they do not agree."""
    if test.columns.width != raw.columns.width:
        raise Mistake(
            _("“{test}” has {found} columns and “{train}” has {expected}; they must agree.").format(
                test=shown_source(choice.test_source),
                found=test.columns.width,
                train=shown_source(choice.source),
                expected=raw.columns.width,
            )
        )
    if set(test.columns.columns) != set(raw.columns.columns):
        test = replace(
            test, columns=test.columns.rename(dict(zip(test.columns.columns, raw.columns.columns, strict=True)))
        )
    return replace(test, columns=test.columns.select(raw.columns.columns), target=raw.target)


def with_known_targets(raw: RawData, notes: list[str]) -> RawData:
    """The data without rows whose target is missing; how many is said."""
    columns = raw.columns
    if columns[raw.target].dtype.is_float():
        columns = columns.with_columns(columns[raw.target].fill_nan(None))
    kept = columns.filter(columns[raw.target].is_not_null())
    missing = columns.height - kept.height
    if missing:
        notes.append(
            translate_count(
                "The target “{name}” is missing in {count} row, which is left out.",
                "The target “{name}” is missing in {count} rows, which are left out.",
                missing,
            ).format(name=raw.target, count=missing)
        )
    if kept.height < FEWEST_ROWS:
        raise Mistake(
            _("There are {rows} rows with a target; training needs at least {least}.").format(
                rows=kept.height, least=FEWEST_ROWS
            )
        )
    return replace(raw, columns=kept)


def find_classes(
    target: "polars.Series", choice: DataChoice, notes: list[str]
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The classes and the class number of each row; Mistake when there are too few or too many of them."""
    names = preparing.class_names(target)
    classes = preparing.sorted_classes(names)
    if len(classes) < 2:
        raise Mistake(
            _("The target “{name}” has the same value in every row; there is nothing to tell apart.").format(
                name=target.name
            )
        )
    if len(classes) > preparing.MOST_CLASSES:
        raise Mistake(
            _("“{name}” has {count} different values; it does not look like a class. Choose another target.").format(
                name=target.name, count=Count(len(classes))
            )
        )
    place = {name: number for number, name in enumerate(classes)}
    numbers = np.array([place[name] for name in names], dtype=np.int64)
    for number in np.flatnonzero(np.bincount(numbers) == 1):
        notes.append(
            _("The class “{name}” has 1 row; it cannot be in both training and validation.").format(
                name=classes[number]
            )
        )
    return classes, numbers


def split_notes(choice: DataChoice, train: Samples, validation: Samples, test: Samples) -> list[str]:
    """What the split and the scaling did, in words."""
    notes = [
        _("Split with seed {seed}: {train} rows to train, {validation} to validate, {test} to test.").format(
            seed=choice.seed, train=len(train), validation=len(validation), test=len(test)
        )
    ]
    if choice.standardize:
        notes.append(
            _(
                "Every column of numbers is shifted to mean 0 and scaled to deviation 1, measured on the "
                "training part alone."
            )
        )
    return notes
