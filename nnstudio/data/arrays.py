"""Files that hold numbers as such: Parquet tables, NumPy archives, and the IDX pair of MNIST."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from nnstudio.data.columns import ArrayColumns, RawData
from nnstudio.data.reader import Reader
from nnstudio.project.edits import labels_of
from nnstudio.text import UserError
from nnstudio.text import translate as _

IDX_IMAGES, IDX_LABELS = 2051, 2049
MOST_VALUES = 2**31


def read_parquet(path: Path, reader: Reader) -> RawData:
    """A Parquet table of numbers, text and true/false; the last column is the target."""
    import polars

    try:
        frame = polars.read_parquet(reader.open(path))
    except (polars.exceptions.PolarsError, OSError):
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


def read_npz(path: Path, reader: Reader) -> RawData:
    """A NumPy archive with samples under x, X or data, and targets under y, Y, target or labels."""
    try:
        with np.load(reader.open(path), allow_pickle=False) as archive:
            samples = next(archive[name] for name in ("x", "X", "data") if name in archive)
            targets = next(archive[name] for name in ("y", "Y", "target", "labels") if name in archive)
    except StopIteration:
        raise UserError(
            _("“{file}” needs samples under the name x and targets under the name y.").format(file=path.name)
        ) from None
    except (ValueError, OSError, EOFError, zipfile.BadZipFile):
        raise UserError(
            _("“{file}” is damaged, or holds objects that are not numbers.").format(file=path.name)
        ) from None
    if samples.dtype.kind not in "biuf" or targets.dtype.kind not in "biufU" or targets.ndim != 1:
        raise UserError(
            _("“{file}” must hold plain numbers as samples and one target for each.").format(file=path.name)
        )
    return from_array(samples, targets, path)


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


def from_array(samples: Any, targets: Any, path: Path) -> RawData:
    """Columns from an array of samples (n, …) and targets (n,)."""
    import polars

    if len(samples) != len(targets) or samples.ndim < 2 or samples.size == 0 or samples.size > MOST_VALUES:
        raise UserError(
            _("“{file}” must hold one target for each sample, and at least one sample.").format(file=path.name)
        )
    shape = samples.shape[1:]
    names = ["×".join(str(place) for place in places) for places in np.ndindex(*shape)]
    columns = ArrayColumns(samples.reshape(len(samples), -1), names, polars.Series("target", targets))
    return RawData(columns, "target", tuple(int(size) for size in shape))
