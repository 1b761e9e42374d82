"""A data choice made real: read, divided and prepared, with everything that was done to it in words."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data import preparation as preparing
from nnstudio.data import quality
from nnstudio.data.arrays import names_of
from nnstudio.data.columns import ArrayColumns, RawData, chosen, table_of
from nnstudio.data.layout import one_column_words
from nnstudio.data.made_columns import with_columns_of, with_made
from nnstudio.data.matching import matching
from nnstudio.data.parts import divided_rows, split_words
from nnstudio.data.reader import Reader
from nnstudio.data.reading import AUTO, KEPT_FOR_NEW_ROWS, Asked, asked_of
from nnstudio.data.resizing import resized
from nnstudio.data.roles import with_named_kinds, with_roles
from nnstudio.data.row_marks import marks_of
from nnstudio.data.sources import GENERATED, read_source, shown_source, with_target
from nnstudio.data.text_columns import texts_of
from nnstudio.data.weighting import row_weights
from nnstudio.layers.spec import Shape, picture_shape, shown_shape
from nnstudio.layers.windows import IMAGE_AXES
from nnstudio.project.model import DataChoice, DataFacts, DataFile
from nnstudio.project.preparation import Preparation, Task
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
    float32. `all_weights` (m,) say how much each row counts in the loss (weighting.py); all count 1 where it is None.
    """

    all_inputs: NDArray[np.float32]
    all_targets: NDArray[Any]
    rows: NDArray[np.int32]
    all_weights: NDArray[np.float32] | None = None

    @property
    def inputs(self) -> NDArray[np.float32]:
        """This part's inputs (n, *sample_shape), as a copy."""
        return self.all_inputs[self.rows]

    @property
    def targets(self) -> NDArray[Any]:
        """This part's targets, as a copy."""
        return self.all_targets[self.rows]

    @property
    def weights(self) -> NDArray[np.float32] | None:
        """How much each row of this part counts (n,), as a copy; None where all count the same."""
        return None if self.all_weights is None else self.all_weights[self.rows]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Dataset:
    """The three parts of the data, how they were prepared, and what is known of them.

    `preview` holds the first rows as they were read, `table` all of them where they are no pictures, in the order in
    which `rows` count; `files` what they were read from. `texts` has each column of text as it was read, by name, as
    `rows` of the training and the validation part count: numbers do not tell them again.
    """

    train: Samples
    validation: Samples
    test: Samples
    preparation: Preparation
    facts: DataFacts
    preview: "polars.DataFrame"
    table: "polars.DataFrame | None" = None
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
    choice = with_named_kinds(choice, raw.columns.columns)
    measured_on = parts["train"]
    if choice.scale_on == "all_rows":
        measured_on = np.arange(raw.columns.height)
        notes.append(quality.wrong_way())
    fitted = preparing.fit(raw, choice, divided.task, divided.classes, measured_on, notes, reader.reached)
    preview = raw.columns.head(PREVIEW_ROWS)
    texts = texts_of(raw.columns, fitted)
    targets = preparing.encode_targets(raw.columns, fitted)
    marks = marks_of(raw.columns, fitted) if reader.read else ""
    weights = weights_of(choice, divided, targets)
    reader.span = (FITTED, 1.0)
    inputs = preparing.encode_inputs(raw.columns, fitted, in_place=True, reached=reader.reached)
    train, validation, test = (Samples(inputs, targets, rows.astype(np.int32), weights) for rows in parts.values())
    if divided.test:
        columns = divided.test.columns
        test = Samples(
            preparing.encode_inputs(columns, fitted),
            preparing.encode_targets(columns, fitted),
            np.arange(columns.height, dtype=np.int32),
        )
        source = shown_source(choice.test_source or choice.source)
        notes.extend(f"{source}: {note}" for note in divided.test.notes)
    has_numbers = any(column.kind == "number" for column in fitted.columns)
    found = quality.measured(divided.task, divided.classes, train.targets, validation.targets)
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
            *split_words(choice, len(train), len(validation), len(test)),
            *scaling_notes(choice, train, has_numbers),
            *quality.words(divided.task, divided.classes, found, len(train), choice),
        ),
        sha256=reader.sha256,
        target=raw.target,
        columns=quality.with_left_out(raw.facts, fitted),
        reading=raw.reading,
        class_rows=found.class_rows,
        baseline=found.baseline,
        rows_sha256=marks,
    )
    table = None if isinstance(raw.columns, ArrayColumns) else raw.columns
    return Dataset(train, validation, test, fitted, facts, preview, table, tuple(reader.read), texts)


def weights_of(choice: DataChoice, divided: Divided, targets: NDArray[Any]) -> NDArray[np.float32] | None:
    """How much each row counts; None where all count the same."""
    import polars

    name = next((name for name, role in divided.raw.roles.items() if role == "weight"), "")
    column = None
    if name:
        numbers = divided.raw.columns[name].cast(polars.Float64, strict=False)
        column = numbers.to_numpy()
    numbers_of_classes = targets if divided.task == "class" else None
    is_balanced = choice.class_weights == "balanced"
    return row_weights(column, numbers_of_classes, len(divided.classes), is_balanced, divided.parts["train"])


def divide(choice: DataChoice, reader: Reader | None = None, first_rows: int | None = None) -> Divided:
    """Read the chosen data and divide its rows, or only its first ones. UserError in words for whatever cannot be
    used."""
    check_shares(choice)
    reader = reader or Reader()
    notes: list[str] = []
    test_raw = None
    middle = READ / 2 if choice.test_source else READ
    with stage(READING):
        reader.span = (0.0, middle)
        asked = asked_of(choice)
        given = read_source(
            choice.source, choice.target, reader, picture_shape(choice.image), choice.fit, asked, choice.points
        )
        check_columns(given, choice)
        proposes = not choice.source.startswith(GENERATED)
        raw = with_roles(given, choice, proposes)
        raw = with_known_targets(with_picture(raw, choice), notes)
        if first_rows is not None:
            raw = replace(raw, columns=raw.columns.slice(0, first_rows))
        test_given = (
            with_target(given.test, choice.target, choice.source) if given.test and choice.target else given.test
        )
        if choice.test_source:
            reader.span = (middle, READ)
            shape = raw.sample_shape or ()
            test_given = read_source(choice.test_source, "", reader, shape, choice.fit, for_test(asked, raw))
        if test_given is not None:
            test_raw = with_known_targets(matching(with_picture(test_given, choice), raw, choice), notes, is_test=True)
    with stage(DIVIDING):
        return split_up(choice, raw, test_raw, notes)


def check_columns(raw: RawData, choice: DataChoice) -> None:
    """UserError for a text that no separator cuts into columns: it has nothing beside the target."""
    separator = next((one for one in raw.reading if one.option == "separator"), None)
    if separator is not None and raw.columns.width < 2:
        raise UserError(one_column_words(separator, shown_source(choice.source)))


def for_test(asked: Asked, raw: RawData) -> Asked:
    """How a test file is read: as the training file turned out to be."""
    found = {fact.option: fact.value for fact in raw.reading if fact.option in KEPT_FOR_NEW_ROWS}
    return replace(asked, skip=AUTO, skip_end=AUTO, sheet="", dates=raw.dates, **found)  # type: ignore[arg-type]


def split_up(choice: DataChoice, raw: RawData, test_raw: RawData | None, notes: list[str]) -> Divided:
    """Data as it was read, with its rows divided into parts and the columns made that are made of others."""
    target = raw.columns[raw.target]
    task: Task = "labels" if raw.labels else preparing.find_task(target, choice.task)
    classes = raw.classes or find_classes(target, notes) if task == "class" else raw.labels
    if task == "value":
        check_varies(target)
    groups = preparing.class_numbers(target, classes) if task == "class" and choice.stratify else None
    shares = [choice.validation, 0.0 if test_raw else choice.test]
    parts = divided_rows(raw, choice, groups, shares, notes)
    if len(parts[0]) == 0:
        raise UserError(
            _("{rows} rows are too few for this split: none is left to train on.").format(rows=raw.columns.height)
        )
    numbers = dict(zip(("train", "validation", "test"), parts, strict=True))
    made = with_made(raw, choice, parts[0], notes)
    if test_raw:
        numbers["test"] = np.arange(raw.columns.height, raw.columns.height + test_raw.columns.height)
        if made.made:
            test_raw = replace(test_raw, columns=with_columns_of(table_of(test_raw.columns), made.made))
    return Divided(made, test_raw, task, classes, numbers, tuple(notes))


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


def with_known_targets(raw: RawData, notes: list[str], is_test: bool = False) -> RawData:
    """The data without rows whose target is missing; how many is said. UserError where too few are left: one is enough
    to test."""
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
    least = 1 if is_test else FEWEST_ROWS
    if kept.height < least:
        words = translate_count(
            "There is {rows} row with a target; at least {least} are needed.",
            "There are {rows} rows with a target; at least {least} are needed.",
            kept.height,
        )
        raise UserError(words.format(rows=kept.height, least=least))
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


def check_varies(target: "polars.Series") -> None:
    """UserError for a target that is the same in every row."""
    if target.n_unique() < 2:
        raise UserError(
            _("The target “{name}” has the same value in every row; there is nothing to learn.").format(
                name=target.name
            )
        )


def scaling_notes(choice: DataChoice, train: Samples, has_numbers: bool) -> list[str]:
    """What the scaling did, in words."""
    notes = []
    if choice.standardize and train.all_inputs.ndim == 1 + IMAGE_AXES:
        notes.append(
            _(
                "The pixels of each channel are shifted to mean 0 and scaled to deviation 1 all together, measured on "
                "the training part alone."
            )
        )
    elif choice.standardize and has_numbers and choice.scale_on == "training":
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
