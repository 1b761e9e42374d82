"""A data choice made real: read, divided and prepared, with everything that was done to it in words."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data import preparation as preparing
from nnstudio.data.arrays import names_of
from nnstudio.data.columns import ArrayColumns, RawData, chosen, table_of
from nnstudio.data.reader import Reader
from nnstudio.data.resizing import resized
from nnstudio.data.sources import read_source, shown_source
from nnstudio.data.splits import split, split_together
from nnstudio.data.text_columns import is_prose, texts_of
from nnstudio.layers.spec import Shape, picture_shape, shown_shape
from nnstudio.layers.windows import IMAGE_AXES
from nnstudio.project.model import DataChoice, DataFacts, DataFile, Preparation, Task
from nnstudio.project.progress import FileProgress
from nnstudio.project.settings import check_shares
from nnstudio.stages import DIVIDING, PREPARING, READING, stage
from nnstudio.text import Count, UserError, translate_count
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

    from nnstudio.data.columns import Columns

FEWEST_ROWS = 2
PREVIEW_ROWS = 30
READ, FITTED = 0.7, 0.85
"""What of the work is done when the files are read, and when it is known how their columns become numbers."""


@dataclass(frozen=True)
class Samples:
    """One part of the data: those `rows` (n,) of arrays which all parts share, so that nothing is held twice.

    `all_inputs` are (m, *sample_shape) as float32, `all_targets` class numbers (m,) as int64 or scaled values (m, 1) as
    float32.
    """

    all_inputs: NDArray[np.float32]
    all_targets: NDArray[Any]
    rows: NDArray[np.int32]

    @property
    def inputs(self) -> NDArray[np.float32]:
        """This part's inputs (n, *sample_shape), as a copy."""
        return self.all_inputs[self.rows]

    @property
    def targets(self) -> NDArray[Any]:
        """This part's targets, as a copy."""
        return self.all_targets[self.rows]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Dataset:
    """The three parts of the data, how they were prepared, and what is known of them.

    `preview` holds the first rows as they were read, `files` what they were read from. `texts` has each column of text
    as it was read, by name, as `rows` of the training and the validation part count: numbers do not tell them again.
    """

    train: Samples
    validation: Samples
    test: Samples
    preparation: Preparation
    facts: DataFacts
    preview: "polars.DataFrame"
    files: tuple[DataFile, ...] = ()
    texts: "Mapping[str, polars.Series]" = field(default_factory=dict)


@dataclass(frozen=True)
class Divided:
    """Data as it was read, without the rows that have no target, and which rows go to which part.

    `test` is a test file of its own, whose rows are counted after the rest.
    """

    raw: RawData
    test: RawData | None
    task: Task
    classes: tuple[str, ...]
    parts: dict[str, NDArray[np.int64]]
    notes: tuple[str, ...]

    def part(self, name: str) -> "Columns":
        """The rows of one part, as they are kept."""
        rows, first = self.parts[name], self.raw.columns.height
        if name == "test" and self.test:
            return chosen(self.test.columns, rows - first)
        return chosen(self.raw.columns, rows)

    def table(self) -> "polars.DataFrame":
        """All rows, in the order in which `parts` counts them."""
        rows = table_of(self.raw.columns)
        return rows.vstack(table_of(self.test.columns)) if self.test else rows


def load(
    choice: DataChoice,
    kept: Sequence[DataFile] = (),
    refused: Collection[str] = (),
    progress: FileProgress | None = None,
) -> Dataset:
    """Read, divide and prepare the chosen data, from the copies `kept` in a project where files are gone or `refused`.
    UserError in words for whatever cannot be used, and where `progress` is told that no more is wanted."""
    reader = Reader(kept, refused, progress)
    divided = divide(choice, reader)
    with stage(PREPARING):
        return prepared(choice, divided, reader)


def prepared(choice: DataChoice, divided: Divided, reader: Reader) -> Dataset:
    """Data that was read and divided, with everything in it as numbers."""
    raw, parts = divided.raw, divided.parts
    notes = list(divided.notes)
    reader.span = (READ, FITTED)
    fitted = preparing.fit(raw, choice, divided.task, divided.classes, parts["train"], notes, reader.reached)
    preview = raw.columns.head(PREVIEW_ROWS)
    texts = texts_of(raw.columns, fitted)
    targets = preparing.encode_targets(raw.columns, fitted)
    reader.span = (FITTED, 1.0)
    inputs = preparing.encode_inputs(raw.columns, fitted, in_place=True, reached=reader.reached)
    train, validation, test = (Samples(inputs, targets, rows.astype(np.int32)) for rows in parts.values())
    if divided.test:
        columns = divided.test.columns
        test = Samples(
            preparing.encode_inputs(columns, fitted),
            preparing.encode_targets(columns, fitted),
            np.arange(columns.height, dtype=np.int32),
        )
        notes.extend(f"{shown_source(choice.test_source)}: {note}" for note in divided.test.notes)
    has_numbers = any(column.kind == "number" for column in fitted.columns)
    facts = DataFacts(
        rows=len(inputs) + (len(test) if divided.test else 0),
        sample_shape=fitted.sample_shape,
        task=divided.task,
        classes=divided.classes,
        vocabulary=fitted.vocabulary,
        is_sparse=fitted.is_sparse,
        train=len(train),
        validation=len(validation),
        test=len(test),
        notes=(
            *reader.notes,
            *raw.notes,
            *notes,
            *split_notes(choice, train, validation, test, has_numbers),
        ),
        sha256=reader.sha256,
    )
    return Dataset(train, validation, test, fitted, facts, preview, tuple(reader.read), texts)


def divide(choice: DataChoice, reader: Reader | None = None) -> Divided:
    """Read the chosen data and divide its rows. UserError in words for whatever cannot be used."""
    check_shares(choice)
    reader = reader or Reader()
    notes: list[str] = []
    test_raw = None
    middle = READ / 2 if choice.test_source else READ
    with stage(READING):
        reader.span = (0.0, middle)
        shape = picture_shape(choice.image)
        given = read_source(choice.source, choice.target, reader, shape, choice.fit, choice.points)
        raw = with_known_targets(with_picture(given, choice), notes)
        if choice.test_source:
            reader.span = (middle, READ)
            shape = raw.sample_shape or ()
            test = with_picture(read_source(choice.test_source, choice.target, reader, shape, choice.fit), choice)
            test_raw = with_known_targets(matching(test, raw, choice), notes)
    with stage(DIVIDING):
        return split_up(choice, raw, test_raw, notes)


def split_up(choice: DataChoice, raw: RawData, test_raw: RawData | None, notes: list[str]) -> Divided:
    """Data as it was read, with its rows divided into parts."""
    target = raw.columns[raw.target]
    task: Task = "labels" if raw.labels else preparing.find_task(target, choice.task)
    classes = raw.classes or find_classes(target, notes) if task == "class" else raw.labels
    groups = preparing.class_numbers(target, classes) if task == "class" and choice.stratify else None
    shares = [choice.validation, 0.0 if test_raw else choice.test]
    same = repeats(raw, choice)
    if same is None:
        parts = split(groups, raw.columns.height, shares, choice.seed)
    else:
        parts = split_together(same, groups, shares, choice.seed)
        notes.append(repeats_note(same))
    if len(parts[0]) == 0:
        raise UserError(
            _("{rows} rows are too few for this split: none is left to train on.").format(rows=raw.columns.height)
        )
    numbers = dict(zip(("train", "validation", "test"), parts, strict=True))
    if test_raw:
        numbers["test"] = np.arange(raw.columns.height, raw.columns.height + test_raw.columns.height)
    return Divided(raw, test_raw, task, classes, numbers, tuple(notes))


def with_picture(raw: RawData, choice: DataChoice) -> RawData:
    """The data with its rows as the pictures that the choice says they are: columns laid out, or pictures made that
    size. UserError where they cannot be."""
    shape, there = picture_shape(choice.image), raw.sample_shape or raw.picture
    if not shape or raw.sample_shape == shape:
        return raw
    names = raw.inputs
    for name in names:
        if not raw.columns[name].dtype.is_numeric():
            raise UserError(_("The column “{name}” holds words, which are no pixels.").format(name=name))
    if there and len(there) == IMAGE_AXES and there != shape:
        if there[0] != shape[0]:
            words = _("The pictures have {found} channels; {asked} were asked for. Set data.image to as many.")
            raise UserError(words.format(found=there[0], asked=shape[0]))
        return enlarged(raw, there, shape, choice.fit)
    if len(names) != prod(shape):
        raise UserError(
            _("A picture of {shape} has {places} values, and there are {count} columns beside the target.").format(
                shape=shown_shape(shape), places=Count(prod(shape)), count=Count(len(names))
            )
        )
    return replace(raw, sample_shape=shape)


def enlarged(raw: RawData, there: Shape, shape: Shape, fit: str) -> RawData:
    """The data with its pictures made another size."""
    table, target = raw.columns, raw.columns[raw.target]
    values = table.values if isinstance(table, ArrayColumns) else table.select(raw.inputs).to_numpy()
    pictures = resized(values.reshape(-1, *there).astype(np.float32), shape, fit)
    note = _("The pictures of {found} are made {asked}.").format(found=shown_shape(there), asked=shown_shape(shape))
    columns = ArrayColumns(pictures.reshape(len(pictures), -1), names_of(shape), target)
    return replace(raw, columns=columns, sample_shape=shape, notes=(*raw.notes, note))


def repeats(raw: RawData, choice: DataChoice) -> NDArray[np.int64] | None:
    """A number (n,) for each row, the same for those with the same inputs, where they are to stay together; None where
    each row is by itself."""
    table = raw.columns
    if choice.repeats == "apart" or (choice.repeats == "auto" and isinstance(table, ArrayColumns)):
        return None
    inputs = raw.inputs
    if choice.repeats == "auto" and not any(is_prose(table[name]) for name in inputs):
        return None
    hashes = table_of(table).select(inputs).hash_rows().to_numpy()
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


def load_part(choice: DataChoice, preparation: Preparation, part: str, reader: Reader | None = None) -> Samples:
    """One part of the data, treated as a run's own preparation says; UserError when there is no such part."""
    divided = divide(choice, reader)
    if len(divided.parts[part]) == 0:
        raise UserError(_("There is no {part} part: its share is 0. Choose another with --split.").format(part=part))
    table = divided.part(part)
    if preparation.target not in table.columns:
        raise UserError(
            _("The column “{name}” is missing; the network was trained with it.").format(name=preparation.target)
        )
    inputs = preparing.encode_inputs(table, preparation)
    targets = preparing.encode_targets(table, preparation)
    return Samples(inputs, targets, np.arange(len(inputs), dtype=np.int32))


def matching(test: RawData, raw: RawData, choice: DataChoice) -> RawData:
    """The test file's columns in the order and kinds of the training file's; UserError when they do not agree.

    Only columns without names are taken by their places.
    """
    if test.columns.width != raw.columns.width:
        raise UserError(
            _("“{test}” has {found} columns and “{train}” has {expected}; they must agree.").format(
                test=shown_source(choice.test_source),
                found=test.columns.width,
                train=shown_source(choice.source),
                expected=raw.columns.width,
            )
        )
    names = raw.columns.columns
    both = isinstance(test.columns, ArrayColumns) and isinstance(raw.columns, ArrayColumns)
    if both and test.columns.columns == names:
        return replace(test, target=raw.target)  # as it lies, without a table of very many columns
    columns = table_of(test.columns)
    if not (test.named and raw.named):
        columns = columns.rename(dict(zip(columns.columns, names, strict=True)))
    for name in names:
        if name not in columns.columns:
            raise UserError(
                _("“{test}” has no column “{name}”, which “{train}” has; they must agree.").format(
                    test=shown_source(choice.test_source), name=name, train=shown_source(choice.source)
                )
            )
    alike = columns.select([like(columns[name], raw.columns[name]) for name in names])
    return replace(test, columns=alike, target=raw.target, labels=raw.labels)


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
    target = raw.columns[raw.target]
    known = target.is_not_null()
    kept = raw.columns.filter(known & target.is_finite() if target.dtype.is_float() else known)
    missing = raw.columns.height - kept.height
    if missing:
        notes.append(
            translate_count(
                "The target “{name}” is missing in {count} row, which is left out.",
                "The target “{name}” is missing in {count} rows, which are left out.",
                missing,
            ).format(name=raw.target, count=missing)
        )
    if kept.height < FEWEST_ROWS:
        raise UserError(
            _("There are {rows} rows with a target; training needs at least {least}.").format(
                rows=kept.height, least=FEWEST_ROWS
            )
        )
    return replace(raw, columns=kept)


def find_classes(target: "polars.Series", notes: list[str]) -> tuple[str, ...]:
    """The classes; UserError when there are too few or too many of them."""
    counts = target.alias("value").value_counts(name="rows")
    rows = Counter[str | None]()
    for name, count in zip(preparing.class_names(counts["value"]), counts["rows"], strict=True):
        rows[name] += count
    classes = preparing.sorted_classes(list(rows))
    if len(classes) < 2:
        raise UserError(
            _("The target “{name}” has the same value in every row; there is nothing to tell apart.").format(
                name=target.name
            )
        )
    if len(classes) > preparing.MOST_CLASSES:
        raise UserError(
            _("“{name}” has {count} different values; it does not look like a class. Choose another target.").format(
                name=target.name, count=Count(len(classes))
            )
        )
    single = [name for name in classes if rows[name] == 1]
    if single:
        notes.append(
            translate_count(
                "The class {names} has 1 row; it cannot be in both training and validation.",
                "The classes {names} have 1 row each; they cannot be in both training and validation.",
                len(single),
            ).format(names=", ".join(f"“{name}”" for name in single[:5]) + (" …" if len(single) > 5 else ""))
        )
    return classes


def split_notes(choice: DataChoice, train: Samples, validation: Samples, test: Samples, has_numbers: bool) -> list[str]:
    """What the split and the scaling did, in words."""
    notes = [
        _("Split with seed {seed}: {train} rows to train, {validation} to validate, {test} to test.").format(
            seed=choice.seed, train=len(train), validation=len(validation), test=len(test)
        )
    ]
    if choice.standardize and train.all_inputs.ndim == 1 + IMAGE_AXES:
        notes.append(
            _(
                "The pixels of each channel are shifted to mean 0 and scaled to deviation 1 all together, measured on "
                "the training part alone."
            )
        )
    elif choice.standardize and has_numbers:
        notes.append(
            _(
                "Every column of numbers is shifted to mean 0 and scaled to deviation 1, measured on the "
                "training part alone."
            )
        )
    if changes := augmentations(choice, train.all_inputs.ndim == 1 + IMAGE_AXES):
        words = _("Augmentation, of training samples alone and anew in every epoch: {changes}.")
        notes.append(words.format(changes=", ".join(changes)))
    return notes


def augmentations(choice: DataChoice, are_pictures: bool) -> list[str]:
    """What is done to training samples in every epoch, in words."""
    found = []
    if are_pictures and choice.augment_shift:
        found.append(_("shifted by up to {pixels} pixels").format(pixels=choice.augment_shift))
    if are_pictures and choice.augment_mirror:
        found.append(_("half of them mirrored"))
    if choice.augment_noise:
        found.append(_("noise of deviation {deviation:g}").format(deviation=choice.augment_noise))
    return found


def columns_for(raw: RawData, preparation: Preparation) -> "Columns":
    """New rows under the names a network was trained with; a table without names is taken by its places, and pictures
    of very many pixels stay in their array."""
    if any(column.count > 1 for column in preparation.columns):
        return raw.columns
    names = [column.name for column in preparation.columns]
    table = table_of(raw.columns)
    if raw.named or table.width != len(names):
        return table
    return table.rename(dict(zip(table.columns, names, strict=True)))
