"""Files that hold numbers as such: Parquet tables, NumPy archives, and the IDX pair of MNIST."""

import math
import zipfile
import zlib
from pathlib import Path
from tokenize import TokenError
from typing import Any, BinaryIO
from zipfile import BadZipFile

import numpy as np

from nnstudio.data.columns import ArrayColumns, RawData
from nnstudio.data.reader import Reader
from nnstudio.data.room import check_growth, check_memory
from nnstudio.project.edits import labels_of
from nnstudio.text import Count, UserError, translate_count
from nnstudio.text import translate as _

IDX_IMAGES, IDX_LABELS = 2051, 2049
PICTURE_AXES = 4
"""Samples, channels, height and width."""
COLOURS = (1, 3)
"""How many channels a picture has: grey, or red, green and blue."""
NPY = np.lib.format
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
NUMBER_BYTES, TEXT_BYTES = 8, 60
"""What a number and a text take in memory, about."""
COPIES = 2
"""While they are read, columns stand in memory as they come and as they are used."""


def read_parquet(path: Path, reader: Reader) -> RawData:
    """A Parquet table of numbers, text and true/false; the last column is the target."""
    import polars

    opened = reader.open(path)
    try:
        check_parquet(opened, path, reader.read[-1].size)
        frame = polars.read_parquet(opened)
    except (polars.exceptions.PolarsError, polars.exceptions.PanicException, OSError):
        raise UserError(_("“{file}” is damaged or not Parquet.").format(file=path.name)) from None
    for name, kind in frame.schema.items():
        if not (kind.is_numeric() or kind in (polars.String, polars.Boolean, polars.Categorical, polars.Date)):
            raise UserError(
                _("“{name}” in “{file}” holds {kind}; only numbers, text and true/false can be used.").format(
                    name=name, file=path.name, kind=kind
                )
            )
    texts = [name for name, kind in frame.schema.items() if kind in (polars.Categorical, polars.Date)]
    frame = frame.with_columns([polars.col(name).cast(polars.String) for name in texts])
    decimals = [name for name, kind in frame.schema.items() if isinstance(kind, polars.Decimal)]
    frame = frame.with_columns([polars.col(name).cast(polars.Float64) for name in decimals])
    if frame.height == 0 or frame.width == 0:
        raise UserError(_("“{file}” has column names but no rows.").format(file=path.name))
    return RawData(frame, frame.columns[-1])


def check_parquet(opened: BinaryIO | Path, path: Path, size: int) -> None:
    """UserError for a table too large for its file or for the memory, by the rows and kinds that it declares."""
    import polars

    table = polars.scan_parquet(opened)
    rows = int(table.select(polars.len()).collect().item())
    width = sum(NUMBER_BYTES if kind.is_numeric() else TEXT_BYTES for kind in table.collect_schema().values())
    check_growth(rows * width, size, path)
    check_memory(COPIES * rows * width, path)


def read_npz(path: Path, reader: Reader) -> RawData:
    """A NumPy archive with samples under x, X or data, and targets under y, Y, target or labels."""
    opened = reader.open(path)
    try:
        check_npz(opened, path, reader.read[-1].size)
        with np.load(opened, allow_pickle=False) as archive:
            samples = next(archive[name] for name in ("x", "X", "data") if name in archive)
            targets = next(archive[name] for name in ("y", "Y", "target", "labels") if name in archive)
    except StopIteration:
        raise UserError(
            _("“{file}” needs samples under the name x and targets under the name y.").format(file=path.name)
        ) from None
    except DAMAGED:
        raise UserError(
            _("“{file}” is damaged, or holds objects that are not numbers.").format(file=path.name)
        ) from None
    if samples.dtype.kind not in "biuf" or targets.dtype.kind not in "biufU" or targets.ndim != 1:
        raise UserError(
            _("“{file}” must hold plain numbers as samples and one target for each.").format(file=path.name)
        )
    samples, notes = channels_first(samples)
    return from_array(samples, targets, path, notes)


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


def check_npz(opened: BinaryIO | Path, path: Path, size: int) -> None:
    """UserError for arrays that are too large for their file or for the memory; ValueError for one that says it is
    larger than its part of the archive."""
    with zipfile.ZipFile(opened) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
        check_growth(unpacked, size, path)
        check_memory(COPIES * unpacked, path)
        for member in archive.infolist():
            with archive.open(member) as part:
                version = NPY.read_magic(part)
                header = (
                    np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
                )
                shape, _is_transposed, kind = header(part)
            if math.prod(shape) * kind.itemsize > member.file_size:
                raise ValueError(member.filename)
    if not isinstance(opened, Path):
        opened.seek(0)


def read_idx(path: Path, reader: Reader) -> RawData:
    """The images file of an IDX pair, with the labels file beside it."""
    labels_path = path.with_name(labels_of(path.name))
    if "labels-idx1" in path.name or not reader.has(labels_path):
        raise UserError(
            _(
                "“{file}” needs its pair: name the images file (…images-idx3-ubyte) and keep the labels file "
                "(…labels-idx1-ubyte) beside it."
            ).format(file=path.name)
        )
    images = idx_array(path, reader, IDX_IMAGES, 3)
    labels = idx_array(labels_path, reader, IDX_LABELS, 1)
    return from_array(images[:, None, :, :], labels, path)


def idx_array(path: Path, reader: Reader, magic: int, dimensions: int) -> Any:
    """The array in one IDX file: a big-endian magic number and sizes, then unsigned bytes."""
    content = reader.bytes(path)
    header = np.frombuffer(content[: 4 * (dimensions + 1)], dtype=">u4")
    if len(header) != dimensions + 1 or header[0] != magic:
        raise UserError(_("“{file}” is not the IDX file its name says.").format(file=path.name))
    sizes = tuple(int(size) for size in header[1:])
    body = np.frombuffer(content, dtype=np.uint8, offset=4 * (dimensions + 1))
    if body.size != np.prod(sizes, dtype=object):
        raise UserError(_("“{file}” is cut short or damaged.").format(file=path.name))
    return body.reshape(sizes)


def from_array(samples: Any, targets: Any, path: Path, notes: tuple[str, ...] = ()) -> RawData:
    """Columns from an array of samples (n, …) and targets (n,)."""
    import polars

    if len(samples) != len(targets) or samples.ndim < 2 or samples.size == 0 or samples.size > MOST_VALUES:
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
    columns = ArrayColumns(samples.reshape(len(samples), -1), names_of(shape), polars.Series("target", targets))
    return RawData(columns, "target", tuple(int(size) for size in shape), notes)


def names_of(shape: tuple[int, ...]) -> list[str]:
    """A name for each place in a sample."""
    return ["×".join(str(place) for place in places) for places in np.ndindex(*shape)]
