"""NumPy's arrays: archives of samples and targets, one array as a table, and the columns that arrays become."""

import math
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tokenize import TokenError
from typing import Any, BinaryIO
from zipfile import BadZipFile

import numpy as np

from nnstudio.data.array_rows import array_rows, header
from nnstudio.data.columns import ArrayColumns, RawData
from nnstudio.data.finite import finite, finite_array
from nnstudio.data.reader import Reader
from nnstudio.data.reading import USUAL, Asked
from nnstudio.data.room import check_growth, check_memory
from nnstudio.text import Count, UserError, shown_path, translate_count
from nnstudio.text import translate as _

SAMPLES: dict[str, tuple[str, ...]] = {
    "all": ("x", "data", "images", "samples", "features"),
    "train": ("x_train", "train_x", "train_images", "training_images", "train_data"),
    "validation": ("x_val", "val_x", "x_valid", "x_validation", "val_images", "validation_images"),
    "test": ("x_test", "test_x", "test_images", "test_data"),
}
"""What the samples of each part are called in the archives there are: those of Keras, MedMNIST and others."""
TARGETS: dict[str, tuple[str, ...]] = {
    "all": ("y", "target", "labels", "targets", "label"),
    "train": ("y_train", "train_y", "train_labels", "training_labels", "train_targets"),
    "validation": ("y_val", "val_y", "y_valid", "y_validation", "val_labels", "validation_labels"),
    "test": ("y_test", "test_y", "test_labels", "test_targets"),
}
NUMBERS, TARGET_KINDS = "biuf", "biufU"
"""NumPy's letters for kinds of values."""
MOST_LISTED = 12
MOST_COLUMNS = 20_000
PICTURE_AXES = 4
"""Samples, channels, height and width."""
COLOURS = (1, 3)
"""How many channels a picture has: grey, or red, green and blue."""
DAMAGED = (
    ValueError,
    SyntaxError,
    TokenError,
    OSError,
    EOFError,
    zlib.error,
    BadZipFile,
    NotImplementedError,
    RuntimeError,
)
"""What comes of archives and arrays that are not what they say: flipped bits ask for passwords and unknown packings."""
MOST_VALUES = 2**31
MOST_PLACES = 2**20
"""Values that one sample may have."""
NUMBER_BYTES = 8
"""What a number takes in memory."""
COPIES = 2
"""While they are read, columns stand in memory as they come and as they are used."""
Header = tuple[tuple[int, ...], "np.dtype[Any]"]
"""The shape of an array and the kind of its values."""


# --- archives of arrays ---------------------------------------------------------------------------------------------


def read_npz(path: Path, reader: Reader, needs_target: bool = True, asked: Asked = USUAL) -> RawData:
    """A NumPy archive with samples and targets, under x and y, or in parts: x_train, y_train, x_test and y_test as
    Keras has them, train_images and so on as MedMNIST. Samples to validate with are joined to those to train with; a
    test part becomes `test`. Without targets it is columns alone, where none are needed."""
    opened = reader.open(path)
    try:
        headers = check_npz(opened, path, reader.read[-1].size, asked.sample_fraction)
        found = found_parts(headers, path, needs_target)
        with np.load(opened, allow_pickle=False) as archive:
            arrays = {name: rows_in(archive, name, asked) for pair in found.values() for name in pair if name}
    except DAMAGED:
        raise UserError(
            _("“{file}” is damaged, or holds objects that are not numbers.").format(file=path.name)
        ) from None
    samples, targets, notes = joined(found, arrays, path)
    raw = data_of(samples, targets, path, tuple(notes))
    if asked.sample_fraction < 1:
        parts = [part for part in ("all", "train", "validation") if part in found and found[part][1]]
        raw = replace(raw, rows_read=sum(headers[found[part][0]][0][0] for part in parts))
    if targets is None or "test" not in found or not found["test"][1]:
        return raw
    names = found["test"]
    test = data_of(arrays[names[0]], target_numbers(arrays[names[1]], path, names[1]), path)
    if asked.sample_fraction < 1:
        test = replace(test, rows_read=headers[names[0]][0][0])
    said = translate_count(
        "“{file}” has a test part of its own: {count} sample.",
        "“{file}” has a test part of its own: {count} samples.",
        test.columns.height,
    ).format(file=path.name, count=Count(test.columns.height))
    return replace(raw, test=test, notes=(*raw.notes, said))


def found_parts(headers: Mapping[str, Header], path: Path, needs_target: bool) -> dict[str, tuple[str, str]]:
    """The names of the samples and targets of each part; that of targets "" where there are none. UserError that lists
    what there is, where names do not fit or arrays hold objects."""
    known = {name.lower(): name for name in sorted(headers)}
    found = dict[str, tuple[str, str]]()
    for part, names in SAMPLES.items():
        samples = next((known[name] for name in names if name in known), "")
        targets = next((known[name] for name in TARGETS[part] if name in known), "")
        if samples and (targets or not needs_target):
            found[part] = samples, targets
    if "all" in found:
        found = {"all": found["all"]}
    elif "train" not in found and not needs_target and found:
        found = {"all": next(iter(found.values()))}
    elif "train" not in found:
        raise UserError(
            _(
                "“{file}” needs samples under the name x and targets under the name y, or x_train, y_train, x_test and "
                "y_test. It holds: {names}."
            ).format(file=path.name, names=shown_arrays(headers))
        )
    for name in (name for pair in found.values() for name in pair if name):
        if headers[name][1].hasobject:
            raise UserError(
                _(
                    "“{name}” in “{file}” holds objects of Python, which can run code and are not read. Save it as "
                    "numbers or as text (dtype str)."
                ).format(name=name, file=path.name)
            )
    return found


def shown_arrays(headers: Mapping[str, Header]) -> str:
    """The arrays of an archive with their shapes."""
    shown = [f"{shown_path(name)[:40]} ({shown_shape(shape)})" for name, (shape, _kind) in headers.items()]
    return ", ".join(shown[:MOST_LISTED]) + (" …" if len(shown) > MOST_LISTED else "")


def shown_shape(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape))


def joined(found: Mapping[str, tuple[str, str]], arrays: Mapping[str, Any], path: Path) -> tuple[Any, Any, list[str]]:
    """The samples and the targets, None for no targets, of all parts but that to test with."""
    names, targets = found["all"] if "all" in found else found["train"]
    samples = checked_samples(arrays[names], path)
    if not targets:
        return samples, None, []
    labels = target_numbers(arrays[targets], path, targets)
    if "validation" not in found or not found["validation"][1]:
        return samples, labels, []
    more_names, more_targets = found["validation"]
    more, more_labels = arrays[more_names], target_numbers(arrays[more_targets], path, more_targets)
    if more.shape[1:] != samples.shape[1:] or more_labels.dtype.kind != labels.dtype.kind:
        raise UserError(
            _("“{one}” ({shape}) and “{other}” ({others}) of “{file}” do not fit together.").format(
                one=names,
                shape=shown_shape(samples.shape),
                other=more_names,
                others=shown_shape(more.shape),
                file=path.name,
            )
        )
    note = translate_count(
        "{count} sample to validate with (“{name}”) was joined to those to train with.",
        "{count} samples to validate with (“{name}”) were joined to those to train with.",
        len(more),
    ).format(count=Count(len(more)), name=more_names)
    return np.concatenate([samples, more]), np.concatenate([labels, more_labels]), [note]


def checked_samples(samples: Any, path: Path) -> Any:
    """Samples (n, …); numbers in a row are one to a sample."""
    if samples.dtype.kind not in NUMBERS or samples.ndim == 0:
        raise UserError(
            _("“{file}” must hold plain numbers as samples and one target for each.").format(file=path.name)
        )
    return samples[:, None] if samples.ndim == 1 else samples


def target_numbers(targets: Any, path: Path, name: str) -> Any:
    """Targets (n,): a column is laid flat, and a 1 among zeros (one-hot) tells the number of the class."""
    if targets.dtype.kind == "S":
        targets = np.char.decode(targets, "utf-8", "replace")
    if targets.dtype.kind not in TARGET_KINDS:
        raise UserError(
            _("“{file}” must hold plain numbers as samples and one target for each.").format(file=path.name)
        )
    if targets.ndim == 2 and targets.shape[1] == 1:
        return targets[:, 0]
    if targets.ndim == 2 and is_one_hot(targets):
        return targets.argmax(axis=1)
    if targets.ndim != 1:
        raise UserError(
            _("The targets “{name}” of “{file}” are {shape} values; there must be one for each sample.").format(
                name=name, file=path.name, shape=shown_shape(targets.shape)
            )
        )
    return targets


def is_one_hot(targets: Any) -> bool:
    """Whether each row is a single 1 among zeros."""
    return bool(
        targets.dtype.kind in NUMBERS and ((targets == 0) | (targets == 1)).all() and (targets.sum(axis=1) == 1).all()
    )


def data_of(samples: Any, targets: Any, path: Path, notes: tuple[str, ...] = ()) -> RawData:
    """Columns from samples of any axes and their targets, with what was done to them."""
    samples, said = channels_first(checked_samples(samples, path))
    raw = from_array(samples, targets, path, (*notes, *said))
    told = list[str]()
    columns = raw.columns
    if not isinstance(columns, ArrayColumns):
        return raw
    target = columns.target if columns.target is None else finite(columns.target, told)
    values = finite_array(columns.values, columns.names, told)
    return replace(raw, columns=ArrayColumns(values, columns.names, target), notes=(*raw.notes, *told))


def check_npz(opened: BinaryIO | Path, path: Path, size: int, fraction: float) -> dict[str, Header]:
    """What the arrays say they are, by their names. UserError for arrays that are too large for their file or for the
    memory; ValueError for one that says it is larger than its part of the archive."""
    headers = dict[str, Header]()
    with zipfile.ZipFile(opened) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
        check_growth(unpacked, size, path)
        check_memory(round(COPIES * fraction * unpacked), path, fraction)
        for member in archive.infolist():
            with archive.open(member) as part:
                shape, kind = header_of(part)
            if math.prod(shape) * kind.itemsize > member.file_size and not kind.hasobject:
                raise ValueError(member.filename)
            headers[member.filename.removesuffix(".npy")] = shape, kind
    if not isinstance(opened, Path):
        opened.seek(0)
    return headers


def header_of(part: Any) -> Header:
    """The shape and the kind of values that an array declares; ValueError for what is none."""
    shape, _is_by_column, kind = header(part)
    return shape, kind


# --- one array ------------------------------------------------------------------------------------------------------


def read_npy(path: Path, reader: Reader, needs_target: bool = True, asked: Asked = USUAL) -> RawData:
    """One NumPy array: a table (n, k) of numbers whose last column is the target; where no target is needed, samples
    of any axes."""
    opened = reader.open(path)
    size = reader.read[-1].size if path not in reader.unpacked else len(reader.unpacked[path])
    try:
        with opened.open("rb") if isinstance(opened, Path) else opened as file:
            shape, kind = header_of(file)
            check_array(shape, kind, path, needs_target)
            needed = COPIES * math.prod(shape) * max(NUMBER_BYTES, kind.itemsize)
            check_memory(round(needed * asked.sample_fraction), path, asked.sample_fraction)
            if math.prod(shape) * kind.itemsize > size:
                raise ValueError(path.name)
            file.seek(0)
            array = array_rows(file, asked)
    except DAMAGED:
        raise UserError(_("“{file}” is damaged, or no array of NumPy.").format(file=path.name)) from None
    raw = table_of_numbers(array) if array.ndim == 2 else data_of(array, None, path)
    return replace(raw, rows_read=shape[0]) if asked.sample_fraction < 1 else raw


def rows_in(archive: Any, name: str, asked: Asked) -> Any:
    """The rows of one array in an archive that are taken."""
    if asked.sample_fraction >= 1:
        return archive[name]
    member = next(one for one in archive.zip.namelist() if one.removesuffix(".npy") == name)
    with archive.zip.open(member) as part:
        return array_rows(part, asked)


def check_array(shape: tuple[int, ...], kind: "np.dtype[Any]", path: Path, needs_target: bool) -> None:
    """UserError for an array that is no table of numbers."""
    if kind.kind not in NUMBERS:
        raise UserError(
            _("“{file}” holds {kind}, not plain numbers, and cannot be used.").format(
                file=path.name, kind=str(kind)[:60]
            )
        )
    if math.prod(shape) == 0:
        raise UserError(_("“{file}” is empty.").format(file=path.name))
    if len(shape) == 2 and shape[1] > MOST_COLUMNS:
        raise UserError(
            _("“{file}” has {count} columns; the limit is {limit}.").format(
                file=path.name, count=Count(shape[1]), limit=Count(MOST_COLUMNS)
            )
        )
    if needs_target and (len(shape) != 2 or shape[1] < 2):
        raise UserError(
            _(
                "“{file}” is an array of {shape} values. A table is needed: a row for each sample, its target last. "
                "For pictures, save samples x and targets y together (numpy.savez)."
            ).format(file=path.name, shape=shown_shape(shape))
        )


def table_of_numbers(array: Any) -> RawData:
    """The columns of an array, under their numbers."""
    import polars

    notes = list[str]()
    # Called as those of a text table without names: kept in files and read in another language later.
    names = [f"column {place + 1}" for place in range(array.shape[1])]
    columns = [
        finite(polars.Series(name, np.ascontiguousarray(array[:, place])), notes) for place, name in enumerate(names)
    ]
    return RawData(polars.DataFrame(columns), names[-1], notes=tuple(notes), named=False)


# --- columns of arrays ----------------------------------------------------------------------------------------------


def channels_first(samples: Any) -> tuple[Any, tuple[str, ...]]:
    """Pictures with an axis for their channels before height and width, where it is missing or comes last; and words
    for what was done."""
    if samples.ndim == PICTURE_AXES - 1:
        return samples[:, None], (
            _("Each sample has {height}×{width} values and is taken for a picture of 1 channel.").format(
                height=samples.shape[1], width=samples.shape[2]
            ),
        )
    if samples.ndim == PICTURE_AXES and samples.shape[-1] in COLOURS and samples.shape[1] not in COLOURS:
        words = translate_count(
            "The last axis of the samples, {count} value long, was put first: it is taken for the channel of pictures.",
            "The last axis of the samples, {count} values long, was put first: it is taken for the channels of "
            "pictures.",
            samples.shape[-1],
        )
        return np.moveaxis(samples, -1, 1), (words.format(count=samples.shape[-1]),)
    return samples, ()


def from_array(samples: Any, targets: Any, path: Path, notes: tuple[str, ...] = ()) -> RawData:
    """Columns from an array of samples (n, …) and targets (n,), None for rows to predict that have none."""
    import polars

    if (
        (targets is not None and len(samples) != len(targets))
        or samples.ndim < 2
        or samples.size == 0
        or samples.size > MOST_VALUES
    ):
        raise UserError(
            _("“{file}” must hold one target for each sample, and at least one sample.").format(file=path.name)
        )
    shape = samples.shape[1:]
    if math.prod(shape) > MOST_PLACES:
        raise UserError(
            _("Each sample of “{file}” has {count} values; the limit is {limit}.").format(
                file=path.name, count=Count(math.prod(shape)), limit=Count(MOST_PLACES)
            )
        )
    check_memory(NUMBER_BYTES * samples.size, path)
    target = polars.Series("target", targets) if targets is not None else None
    columns = ArrayColumns(samples.reshape(len(samples), -1), names_of(shape), target)
    return RawData(columns, "target" if targets is not None else "", tuple(int(size) for size in shape), notes)


def names_of(shape: tuple[int, ...]) -> list[str]:
    """A name for each place in a sample."""
    return ["×".join(str(place) for place in places) for places in np.ndindex(*shape)]
