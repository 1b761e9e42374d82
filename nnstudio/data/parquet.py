"""Parquet tables: what each kind of column becomes, and which columns cannot be used and are left out."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from nnstudio.data.columns import RawData
from nnstudio.data.finite import finite
from nnstudio.data.reader import Reader
from nnstudio.data.reading import USUAL, Asked
from nnstudio.data.room import check_growth, check_memory
from nnstudio.data.row_sample import RowSample, none_left
from nnstudio.text import UserError, translate_count
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

NUMBER_BYTES, TEXT_BYTES = 8, 60
"""What a number and a text take in memory, about."""
COPIES = 3
"""Columns stand in memory as they come, as they are used, and as a network takes them: 2.7 times their size."""
UNNAMED_INDEX = re.compile(r"__index_level_\d+__")
"""How pandas calls an index without a name."""
INDEX = "index"
MOST_METADATA = 2**20
SHOWN = 12


def read_parquet(path: Path, reader: Reader, asked: Asked = USUAL) -> RawData:
    """A Parquet table; the last column is the target. Dates, times and categories are text (dates as 2024-05-31),
    durations seconds, decimal fractions numbers; columns without a value and columns of lists, records or bytes are
    left out, and that is said. An index of pandas comes first, and where it is one column it names the rows."""
    import polars

    opened = reader.open(path)
    sample = RowSample(asked)
    try:
        schema = schema_of(opened)
        kept = [name for name, kind in schema.items() if is_usable(kind)]
        check_parquet(opened, [schema[name] for name in kept], path, reader.read[-1].size, sample)
        index = [name for name in index_of(opened) if name in kept]
        frame = rows_of(opened, kept, sample, reader) if kept else polars.DataFrame()
    except (polars.exceptions.PolarsError, polars.exceptions.PanicException, OSError):
        raise UserError(_("“{file}” is damaged or not Parquet.").format(file=path.name)) from None
    notes = left_out([name for name in schema if name not in kept])
    if not [name for name in kept if name not in index]:
        raise UserError(_("“{file}” has no column of numbers, text, dates or true/false.").format(file=path.name))
    if frame.height == 0 and sample.seen:
        raise UserError(none_left(sample.seen, asked))
    if frame.height == 0:
        raise UserError(_("“{file}” has column names but no rows.").format(file=path.name))
    frame, row_names = with_index_first(frame, index, notes)
    columns = [finite(usable(column), notes) for column in frame.get_columns()]
    return RawData(
        polars.DataFrame(columns), frame.columns[-1], notes=tuple(notes), row_names=row_names, rows_read=sample.seen
    )


def rows_of(opened: BinaryIO | Path, names: list[str], sample: RowSample, reader: Reader) -> "polars.DataFrame":
    """The rows that are taken, of some columns: all at once, or those of a sample while the file is read piece by
    piece."""
    import polars

    if sample.takes_all:
        return polars.read_parquet(again(opened), columns=names)
    rows = row_count(opened)
    table = polars.scan_parquet(again(opened)).select(names)
    pieces = []
    for piece in table.collect_batches(maintain_order=True):
        pieces.append(sample.of(piece))
        reader.reached(sample.seen / rows)
    return polars.concat(pieces) if pieces else polars.DataFrame()


def row_count(opened: BinaryIO | Path) -> int:
    import polars

    return int(polars.scan_parquet(again(opened)).select(polars.len()).collect().item())


def schema_of(opened: BinaryIO | Path) -> "dict[str, polars.DataType]":
    import polars

    return dict(polars.scan_parquet(again(opened)).collect_schema())


def again(opened: BinaryIO | Path) -> BinaryIO | Path:
    """What is read once more from its beginning."""
    if not isinstance(opened, Path):
        opened.seek(0)
    return opened


def check_parquet(
    opened: BinaryIO | Path, kinds: "Sequence[polars.DataType]", path: Path, size: int, sample: RowSample
) -> None:
    """UserError for a table too large for its file or for the memory, by the rows and kinds that it declares."""
    rows = row_count(opened)
    width = sum(NUMBER_BYTES if kind.is_numeric() else TEXT_BYTES for kind in kinds)
    check_growth(rows * width, size, path)
    check_memory(round(COPIES * sample.fraction * rows * width), path, sample.fraction)


# --- the index ------------------------------------------------------------------------------------------------------


def index_of(opened: BinaryIO | Path) -> list[str]:
    """The columns that pandas says, or shows by their names, are its index."""
    import polars

    said: object = None
    try:
        words = polars.read_parquet_metadata(again(opened)).get("pandas", "")
        said = json.loads(words).get("index_columns") if len(words) <= MOST_METADATA else None
    except (ValueError, AttributeError, RecursionError):
        pass
    named = [name for name in said if isinstance(name, str)] if isinstance(said, list) else []
    unnamed = [name for name in schema_of(opened) if UNNAMED_INDEX.fullmatch(name)]
    return list(dict.fromkeys([*named, *unnamed]))


def with_index_first(frame: "polars.DataFrame", index: list[str], notes: list[str]) -> "tuple[polars.DataFrame, str]":
    """The table with its index before all columns, under names that can be read, and which column names the rows."""
    if not index:
        return frame, ""
    frame = frame.select([*index, *(name for name in frame.columns if name not in index)])
    taken = set(frame.columns)
    names = {name: free_name(taken) if UNNAMED_INDEX.fullmatch(name) else name for name in index}
    shown = ", ".join(f"“{name}”" for name in names.values())
    notes.append(
        _("The index of pandas was read as {names}, which come first.").format(names=shown)
        if len(names) > 1
        else _("The index of pandas was read as {name}; it names the rows.").format(name=shown)
    )
    return frame.rename(names), next(iter(names.values())) if len(names) == 1 else ""


def free_name(taken: set[str]) -> str:
    """The word index, with a number where a column is called so."""
    name, count = INDEX, 1
    while name in taken:
        count += 1
        name = f"{INDEX} ({count})"
    taken.add(name)
    return name


# --- the columns ----------------------------------------------------------------------------------------------------


def is_usable(kind: "polars.DataType") -> bool:
    """Whether a kind of column can be made numbers or text."""
    import polars

    texts = (polars.String, polars.Boolean, polars.Categorical, polars.Enum)
    return kind.is_numeric() or kind.is_temporal() or any(kind == one for one in texts)


def left_out(names: Sequence[str]) -> list[str]:
    """What is said of columns that cannot be used."""
    if not names:
        return []
    shown = ", ".join(f"“{name}”" for name in names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
    words = translate_count(
        "{names} is left out: it holds no values, or lists, records or bytes.",
        "{names} are left out: they hold no values, or lists, records or bytes.",
        len(names),
    )
    return [words.format(names=shown)]


def usable(column: "polars.Series") -> "polars.Series":
    """A column as numbers or text."""
    import polars

    kind = column.dtype
    if isinstance(kind, polars.Decimal):
        return column.cast(polars.Float64)
    if kind.is_integer():
        # Whole numbers stay whole, for beyond 2^53 two of them would be one.
        exact = column.cast(polars.Int64, strict=False)
        return exact if exact.null_count() == column.null_count() else column.cast(polars.String)
    if isinstance(kind, polars.Datetime):
        return moments(column.dt.replace_time_zone(None) if kind.time_zone else column)
    if isinstance(kind, polars.Duration):
        return (column.dt.total_nanoseconds() / 10**9).alias(column.name)
    if kind.is_numeric() or kind in (polars.String, polars.Boolean):
        return column
    return column.cast(polars.String)


def moments(column: "polars.Series") -> "polars.Series":
    """Dates with a time as text, the time left out where it is midnight in every row."""
    import polars

    if (column.dt.truncate("1d") == column).fill_null(True).all():
        return column.dt.strftime("%Y-%m-%d")
    whole = (column.dt.truncate("1s") == column).fill_null(True).all()
    return column.dt.strftime("%Y-%m-%d %H:%M:%S" if whole else "%Y-%m-%d %H:%M:%S%.f").cast(polars.String)
