"""Rows from Python's memory as files of data: data frames of any library become Parquet, arrays NumPy's own.

So they are read by the very rules for files, and a project keeps them inside.
"""

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias

import narwhals.stable.v2 as nw

from nnstudio.data.reader import MOST_KEPT
from nnstudio.project.given_data import ARRAYS, FRAME, given_file
from nnstudio.project.model import DataFile
from nnstudio.text import Count, UserError, shown_bytes
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import os

    import narwhals
    import numpy as np
    import polars
    import torch
    from narwhals.stable.v2.typing import IntoDataFrame
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.generic] | torch.Tensor
    Rows: TypeAlias = str | os.PathLike[str] | IntoDataFrame | nw.DataFrame[Any] | Array
    """A path or the name of a source, a data frame, or samples (n, …) as an array."""
    Samples: TypeAlias = Rows | tuple[Array, Array]
    """Likewise with targets: a data frame has them in a column, arrays beside them, (n, …) and (n,)."""

MOST_AXES_OF_A_TABLE = 2


def is_named(data: object) -> bool:
    """Whether data is named and not given: a path, or a source like `builtin:iris`."""
    return isinstance(data, str) or hasattr(data, "__fspath__")


def training_file(data: Any) -> DataFile:
    """Samples with their targets as a file that a project keeps inside. UserError for what is no table, and for what is
    too large to be kept there."""
    if isinstance(data, tuple):
        file = arrays_file(*checked_arrays(data))
    elif (frame := as_frame(data)) is not None:
        file = frame_file(frame)
    else:
        raise UserError(no_table(data))
    if file.size > MOST_KEPT:
        words = _(
            "This data takes {size} as a file, and a project keeps at most {limit} inside. Write it to a file "
            "(Parquet, CSV or npz), and give the path of that."
        )
        raise UserError(words.format(size=shown_bytes(file.size), limit=shown_bytes(MOST_KEPT)))
    return file


def rows_file(data: Any, names: Sequence[str], needs_array: bool) -> DataFile:
    """Rows that a network is asked about, as a file. An array of a table's two axes is taken by the places of its
    columns, which are those of `names`; as samples of one array where the network has learnt from such."""
    import numpy

    if (frame := as_frame(data)) is not None:
        return frame_file(frame)
    samples = as_array(data)
    if samples.ndim > MOST_AXES_OF_A_TABLE or needs_array:
        return given_file(ARRAYS, ".npz", packed(x=texts_of(samples)))
    rows = samples[None] if samples.ndim == 1 else samples
    if rows.dtype.kind in "OU" and rows.shape[1] == len(names):  # a file of NumPy's would have no words
        return table_file({name: rows[:, place] for place, name in enumerate(names)})
    buffer = io.BytesIO()
    numpy.save(buffer, texts_of(rows), allow_pickle=False)
    return given_file(ARRAYS, ".npy", buffer.getvalue())


# --- data frames ----------------------------------------------------------------------------------------------------


def as_frame(data: Any) -> "nw.DataFrame[Any] | None":
    """A data frame of any library through narwhals; None for what is none. UserError for one that cannot be used."""
    try:
        frame = nw.from_native(data, pass_through=True)
        if isinstance(frame, nw.LazyFrame):
            raise UserError(_("This frame is lazy and holds no rows yet. Give what its collect() returns."))
        if not isinstance(frame, nw.DataFrame):
            return None
        frame.schema  # noqa: B018 - two columns of one name are told here
    except nw.exceptions.NarwhalsError as error:
        raise UserError(_("The data frame cannot be read: {reason}").format(reason=str(error)[:300])) from None
    return frame


def frame_file(frame: "nw.DataFrame[Any]") -> DataFile:
    """A data frame as Parquet: its columns by name, without an index."""
    buffer = io.BytesIO()
    as_polars(frame).write_parquet(buffer, compression="zstd")
    return given_file(FRAME, ".parquet", buffer.getvalue())


def as_polars(frame: "nw.DataFrame[Any]") -> "polars.DataFrame":
    """A data frame as one of polars, without pyarrow, which pandas may lack. UserError for a column of mixed kinds."""
    import polars

    if frame.implementation.is_polars():
        native: polars.DataFrame = frame.to_native()
        return native
    columns = []
    for name, column in zip(frame.columns, frame.iter_columns(), strict=True):
        try:
            columns.append(polars.Series(str(name), values_of(column), strict=True))
        except (TypeError, polars.exceptions.PolarsError):
            words = _("The column “{name}” holds values of several kinds. Make them all numbers or all text.")
            raise UserError(words.format(name=str(name)[:60])) from None
    return polars.DataFrame(columns)


def values_of(column: "nw.Series[Any] | narwhals.Series[Any]") -> Any:
    """The values of a column: an array where all are numbers, otherwise a list with None for what is missing."""
    missing = column.is_null()
    if column.dtype.is_numeric() and not missing.any() and not column.dtype.is_decimal():
        return column.to_numpy()
    pairs = zip(column.to_list(), missing.to_list(), strict=True)
    return [None if is_missing else value for value, is_missing in pairs]


def like(table: "polars.DataFrame", given: Any) -> Any:
    """A table as a data frame of the library that the given one is of, with the same index where that has one."""
    frame = as_frame(given)
    if frame is None:
        return nw.from_native(table)
    native: Any = table
    if not frame.implementation.is_polars():
        values = {one.name: values_of(nw.from_native(one, series_only=True)) for one in table.get_columns()}
        native = nw.from_dict(values, backend=frame.implementation).to_native()
        index = nw.maybe_get_index(frame)
        if index is not None:
            native.index = index
    return nw.from_native(native) if isinstance(given, nw.DataFrame) else native


# --- arrays ---------------------------------------------------------------------------------------------------------


def as_array(data: Any) -> "NDArray[Any]":
    """Numbers, text or objects as an array of NumPy. UserError for what is none."""
    import numpy

    if not hasattr(data, "__array__"):
        raise UserError(no_table(data))
    detached = data.detach().cpu() if hasattr(data, "detach") else data
    try:
        array = numpy.asarray(detached)
    except TypeError:  # NumPy has no bfloat16
        array = numpy.asarray(detached.double())
    if array.dtype.kind not in "biufUSO" or array.ndim == 0:
        raise UserError(no_table(data))
    return array


def column_of(values: "NDArray[Any]") -> "NDArray[Any] | list[Any]":
    """The values of a column: of objects yes and no, or numbers, where all are such, and otherwise text, with None for
    what is missing."""
    import numpy

    if values.dtype.kind != "O":
        return values
    found = [None if is_missing(value) else value for value in values]
    there = [value for value in found if value is not None]
    kinds: list[tuple[Any, type]] = [(bool | numpy.bool_, bool), (Real | Decimal, float), (object, str)]
    make = next(make for kind, make in kinds if all(isinstance(value, kind) for value in there))
    return [None if value is None else make(value) for value in found]


def is_missing(value: object) -> bool:
    """Whether an object stands for no value: None, NaN, and what pandas has for them."""
    is_nan = isinstance(value, Real | Decimal) and value != value
    return value is None or is_nan or type(value).__name__ in ("NAType", "NaTType")


def texts_of(array: "NDArray[Any]") -> "NDArray[Any]":
    """An array without objects: as text, "" for what is missing."""
    import numpy

    if array.dtype.kind != "O":
        return array
    texts = ["" if is_missing(value) else str(value) for value in array.flat]
    return numpy.array(texts, dtype=str).reshape(array.shape)


def checked_arrays(pair: tuple[Any, ...]) -> "tuple[NDArray[Any], NDArray[Any]]":
    """Samples (n, …) and targets (n,) of a pair. UserError where they do not fit together."""
    if len(pair) != 2:
        raise UserError(no_table(pair))
    samples, targets = as_array(pair[0]), as_array(pair[1])
    targets = targets[:, 0] if targets.ndim == 2 and targets.shape[1] == 1 else targets
    if samples.ndim < MOST_AXES_OF_A_TABLE or targets.ndim != 1 or len(samples) != len(targets):
        words = _("Samples (n, …) and targets (n,) must be as many; found {samples} and {targets}.")
        raise UserError(words.format(samples=shape_words(samples), targets=shape_words(targets)))
    return samples, targets


def shape_words(array: "NDArray[Any]") -> str:
    return "×".join(str(Count(size)) for size in array.shape)


def arrays_file(samples: "NDArray[Any]", targets: "NDArray[Any]") -> DataFile:
    """Samples (n, k) as a table of the columns x1 … xk and y; those of more axes (pictures) as NumPy's archive."""
    if samples.ndim > MOST_AXES_OF_A_TABLE:
        return given_file(ARRAYS, ".npz", packed(x=texts_of(samples), y=texts_of(targets)))
    return table_file({**{f"x{place + 1}": samples[:, place] for place in range(samples.shape[1])}, "y": targets})


def table_file(columns: "Mapping[str, NDArray[Any]]") -> DataFile:
    """Columns (n,) by name as Parquet."""
    import polars

    table = polars.DataFrame({name: column_of(values) for name, values in columns.items()})
    return frame_file(nw.from_native(table, eager_only=True))


def packed(**arrays: "NDArray[Any]") -> bytes:
    import numpy

    buffer = io.BytesIO()
    numpy.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def no_table(data: object) -> str:
    words = _(
        "“{type}” is no table. Give a data frame (polars, pandas, pyarrow), samples and targets as arrays (X, y), or a "
        "path."
    )
    return words.format(type=type(data).__name__[:60])
