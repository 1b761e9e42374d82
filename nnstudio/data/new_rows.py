"""Rows that a network is asked about: read as the training rows were, and what is odd about each of them, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from os.path import normpath
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.cells import Typing
from nnstudio.data.columns import ArrayColumns, RawData, table_of
from nnstudio.data.dataset import with_picture
from nnstudio.data.made_columns import DATE_PARTS, as_dates, with_columns_of
from nnstudio.data.plain_numbers import plain_numbers
from nnstudio.data.preparation import check_columns
from nnstudio.data.reader import Reader
from nnstudio.data.reading import AUTO, asked_of
from nnstudio.data.sources import read_source
from nnstudio.project.model import Run
from nnstudio.project.preparation import ColumnPreparation, Preparation
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

    from nnstudio.data.columns import Columns

MOST_KEPT = 200
"""Columns of new rows that stand beside the predictions: of more, the ids alone."""
LONGEST_WORD = 40
MOST_REMARKS = 4
"""Remarks on one row; then dots."""


def read_new_rows(source: str, run: Run, reader: Reader | None = None) -> RawData:
    """The rows of a source, by the reading options of a run where its file does not show others. They need no target.
    UserError as for training data."""
    asked = replace(asked_of(run.data, run.preparation.reading), sample_fraction=1.0, seed=0)  # each is asked about
    # What stands above and below the table is another matter in each file.
    skips = asked if same_kind(source, run.data.source) else replace(asked, skip=AUTO, skip_end=AUTO, header=AUTO)
    raw = read_source(
        source,
        reader=reader,
        picture=run.preparation.sample_shape,
        fit=run.data.fit,
        asked=skips,
        needs_target=False,
    )
    if run.data.image and (raw.sample_shape or raw.picture):  # of the size that the run made its own
        raw = with_picture(raw, run.data)
    remark = remark_on_test_rows(source, run)
    return replace(raw, notes=(remark, *raw.notes)) if remark else raw


def remark_on_test_rows(source: str, run: Run) -> str:
    """What is to be said where rows that a network is asked about are those of its sealed test part; "" where they are
    not. The rows alone show no number of it: whoever compares the answers with what is true makes one."""
    data, given = run.data, normpath(source)
    is_test_file = bool(data.test_source) and given == normpath(data.test_source)
    if is_test_file or (given == normpath(data.source) and not data.test_source and data.test > 0):
        words = _(
            "The test rows of run {number} are among these: to compare their answers with what is true is to open the "
            "test set. Open it instead, so that it is counted."
        )
        return words.format(number=run.id.removeprefix("run-"))
    return ""


def typed_row(cells: Mapping[str, str], run: Run) -> RawData:
    """One row whose cells were typed, read as the training file was. UserError for a cell that cannot be read."""
    import polars

    names = list(cells)
    frame = polars.DataFrame(
        {str(place): [cells[name] or None] for place, name in enumerate(names)},
        schema_overrides={str(place): polars.String for place in range(len(names))},
    )
    numbers = {column.name for column in run.preparation.columns if column.kind == "number"}
    asked = asked_of(run.data, run.preparation.reading)
    kinds = {str(place): "number" if name in numbers else "category" for place, name in enumerate(names)}
    dates = {str(place): asked.dates[name] for place, name in enumerate(names) if name in asked.dates}
    kinds |= dict.fromkeys(dates, "date")
    typing = Typing(replace(asked, kinds=kinds, dates=dates), frame.select)
    columns = typing.typed(frame.columns, plain_numbers(frame))
    called = {str(place): name for place, name in enumerate(names)}
    table = polars.DataFrame([columns[place].alias(name) for place, name in called.items()])
    return RawData(table, names[-1], notes=tuple(typing.remarks.words(called)))


def same_kind(source: str, other: str) -> bool:
    """Whether two files have the same ending."""
    return source.rpartition(".")[2].lower() == other.rpartition(".")[2].lower()


def columns_for(raw: RawData, preparation: Preparation) -> "Columns":
    """New rows under the names a network was trained with, and with what is made from others; a table without names is
    taken by its places, and pictures of very many pixels stay in their array."""
    if any(column.count > 1 for column in preparation.columns):
        return raw.columns
    names = preparation.needed
    table = table_of(raw.columns)
    if not raw.named and table.width == len(names):
        table = table.rename(dict(zip(table.columns, names, strict=True)))
    return with_columns_of(table, preparation.made)


def kept_columns(table: "Columns", preparation: Preparation) -> "list[polars.Series]":
    """What stands beside the predictions: the ids first, then the other columns, as far as they are few."""
    if isinstance(table, ArrayColumns) or any(column.count > 1 for column in preparation.columns):
        return []
    made = {one.name for one in preparation.made}
    names = [name for name in table.columns if name not in made]
    ids = [name for name in names if name in preparation.ids]
    others = [name for name in names if name not in ids] if len(names) <= MOST_KEPT else []
    return [table[name] for name in (*ids, *others)]


# --- remarks --------------------------------------------------------------------------------------------------------


def remarks_on(table: "Columns", preparation: Preparation) -> list[str]:
    """What is odd about each row, "" for nothing: words that training never saw, cells that were missing and filled,
    numbers outside the range of the training rows."""
    check_columns(table, preparation)
    said: list[list[str]] = [[] for _row in range(table.height)]
    if not isinstance(table, ArrayColumns) and not any(column.count > 1 for column in preparation.columns):
        for rows, words in found_in(table, preparation):
            for row in rows.tolist():
                said[row].append(words)
    return ["; ".join(words[:MOST_REMARKS]) + (" …" if len(words) > MOST_REMARKS else "") for words in said]


def found_in(table: "polars.DataFrame", preparation: Preparation) -> Iterator[tuple[NDArray[np.int64], str]]:
    made = {one.name: one for one in preparation.made}
    for column in preparation.columns:
        one = made.get(column.name)
        if one is not None and one.function in DATE_PARTS:
            dates = as_dates(table[one.sources[0]], one.argument)
            if one is next(other for other in made.values() if other.sources == one.sources):
                missing = np.flatnonzero(dates.is_null().to_numpy())
                yield missing, _("“{name}” is no date as those of training, and is filled").format(name=one.sources[0])
            continue
        yield from odd_cells(table[column.name], column)


def odd_cells(cells: "polars.Series", column: ColumnPreparation) -> Iterator[tuple[NDArray[np.int64], str]]:
    """The rows in which a cell is odd, with the words for it."""
    import polars

    from nnstudio.data.preparation import class_names, numbers_or_none

    name = column.name
    if column.kind == "category":
        words = polars.Series(name, class_names(cells), dtype=polars.String)
        yield rows_of(words.is_null()), _("“{name}” is missing").format(name=name)
        unseen = words.is_not_null() & ~words.is_in(list(column.categories))
        for word in words.filter(unseen).unique(maintain_order=True).to_list():
            text = _("“{name}”: “{word}” was never seen in training, and counts as none of its words")
            yield rows_of(words == word), text.format(name=name, word=word[:LONGEST_WORD])
    elif column.kind == "number":
        numbers = numbers_or_none(cells)
        values = numbers.to_numpy()
        missing = ~np.isfinite(values)
        yield (
            np.flatnonzero(missing),
            _("“{name}” is missing, too large or no number: {fill:.4g} is taken").format(name=name, fill=column.fill),
        )
        if column.lowest == column.highest == 0:
            return
        with np.errstate(invalid="ignore"):
            low, high = values < column.lowest, values > column.highest
        text = _("“{name}” is below all of training ({lowest:.6g})")
        yield np.flatnonzero(low & ~missing), text.format(name=name, lowest=column.lowest)
        text = _("“{name}” is above all of training ({highest:.6g})")
        yield np.flatnonzero(high & ~missing), text.format(name=name, highest=column.highest)


def rows_of(are_meant: "polars.Series") -> NDArray[np.int64]:
    found: NDArray[np.int64] = np.flatnonzero(are_meant.fill_null(False).to_numpy())
    return found
