"""A data choice made real: read, divided and prepared, with everything that was done to it in words."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data import preparation as preparing
from nnstudio.data.sources import RawData, read_source, shown_source
from nnstudio.data.splits import split
from nnstudio.project.model import DataChoice, DataFacts, Preparation
from nnstudio.project.settings import check_shares
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
    check_shares(choice)
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
        table = table.vstack(test_raw.columns)
        notes.extend(f"{shown_source(choice.test_source)}: {note}" for note in test_raw.notes)
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
    if preparation.target not in table.columns:
        raise Mistake(
            _("The column “{name}” is missing; the network was trained with it.").format(name=preparation.target)
        )
    return Samples(
        preparing.encode_inputs(table, preparation), preparing.encode_target(table[preparation.target], preparation)
    )


def matching(test: RawData, raw: RawData, choice: DataChoice) -> RawData:
    """The test file's columns in the order and kinds of the training file's; Mistake when they do not agree.

    Only columns without names are taken by their places.
    """
    if test.columns.width != raw.columns.width:
        raise Mistake(
            _("“{test}” has {found} columns and “{train}” has {expected}; they must agree.").format(
                test=shown_source(choice.test_source),
                found=test.columns.width,
                train=shown_source(choice.source),
                expected=raw.columns.width,
            )
        )
    names = raw.columns.columns
    columns = test.columns
    if not (test.named and raw.named):
        columns = columns.rename(dict(zip(columns.columns, names, strict=True)))
    for name in names:
        if name not in columns.columns:
            raise Mistake(
                _("“{test}” has no column “{name}”, which “{train}” has; they must agree.").format(
                    test=shown_source(choice.test_source), name=name, train=shown_source(choice.source)
                )
            )
    alike = columns.select([like(columns[name], raw.columns[name]) for name in names])
    return replace(test, columns=alike, target=raw.target)


def like(column: "polars.Series", model: "polars.Series") -> "polars.Series":
    """A column in the kind of another: numbers as the words they stand for, or words as numbers."""
    import polars

    if model.dtype == polars.String:
        return polars.Series(column.name, preparing.class_names(column), dtype=polars.String)
    if column.dtype == polars.String and model.null_count() < len(model):
        return preparing.numbers_in(column).cast(model.dtype)
    return column.cast(model.dtype, strict=False)


def with_known_targets(raw: RawData, notes: list[str]) -> RawData:
    """The data without rows whose target is missing; how many is said."""
    columns = raw.columns
    target = columns[raw.target]
    if target.dtype.is_float():
        columns = columns.with_columns(target.set(~target.is_finite(), None))
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
    numbers = np.array([place[str(name)] for name in names], dtype=np.int64)
    single = [classes[number] for number in np.flatnonzero(np.bincount(numbers) == 1)]
    if single:
        notes.append(
            translate_count(
                "The class {names} has 1 row; it cannot be in both training and validation.",
                "The classes {names} have 1 row each; they cannot be in both training and validation.",
                len(single),
            ).format(names=", ".join(f"“{name}”" for name in single[:5]) + (" …" if len(single) > 5 else ""))
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


def columns_for(raw: RawData, preparation: Preparation) -> "polars.DataFrame":
    """New rows under the names a network was trained with; a table without names is taken by its places."""
    names = [column.name for column in preparation.columns]
    if raw.named or raw.columns.width != len(names):
        return raw.columns
    return raw.columns.rename(dict(zip(raw.columns.columns, names, strict=True)))
