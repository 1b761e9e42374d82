"""What the data room asks about a table, and what a network answers for new rows: run on threads."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnstudio.project.model import DataFile, Run
from nnstudio.ui.background.one_core import on_one_core

if TYPE_CHECKING:
    import numpy as np
    import polars
    from numpy.typing import NDArray

    from nnstudio.data.sketches import Sketch


def sketches_of(table: "polars.DataFrame", names: Sequence[str]) -> "Iterator[tuple[str, Sketch]]":
    """Some columns drawn small, one after the other."""
    from nnstudio.data.sketches import sketch

    for name in names:
        yield name, sketch(table[name])


def rows_of(
    table: "polars.DataFrame", search: str, name: str, descending: bool
) -> "Iterator[NDArray[np.int64] | None]":
    """The rows that hold a text, in the order of a column; None where that is all rows as they are."""
    import numpy as np

    from nnstudio.data.sketches import rows_with, sorted_rows

    if not search and not name:
        yield None
        return
    order = sorted_rows(table[name], descending) if name else np.arange(table.height)
    if search:
        found = np.zeros(table.height, bool)
        found[rows_with(table, search)] = True
        order = order[found[order]]
    yield order


@on_one_core
def flattery_of(run: Run, kept: Sequence[DataFile], refused: Collection[str]) -> Iterator[float | None]:
    """By how much a run is flattered that was scaled before splitting."""
    from nnstudio.insight.flattery import flattered

    yield flattered(run, kept, refused)


@dataclass(frozen=True)
class Predicted:
    """New rows with their predictions, and what was said of their reading; how many of them have a remark."""

    table: "polars.DataFrame"
    notes: tuple[str, ...]
    odd: int


@on_one_core
def predicted(run: Run, source: str) -> Iterator[Predicted]:
    """What the network of a run answers for the rows of a file."""
    from nnstudio.data.new_rows import columns_for, read_new_rows
    from nnstudio.training.inference import predict_rows, restore

    raw = read_new_rows(source, run)
    table = predict_rows(restore(run), columns_for(raw, run.preparation))
    yield Predicted(table, raw.notes, int((table["remark"] != "").sum()))


@on_one_core
def predicted_row(run: Run, cells: Mapping[str, str]) -> Iterator[Predicted]:
    """What the network of a run answers for one row, whose cells were typed by the names of their columns."""
    from nnstudio.data.new_rows import columns_for, typed_row
    from nnstudio.training.inference import predict_rows, restore

    raw = typed_row(cells, run)
    table = predict_rows(restore(run), columns_for(raw, run.preparation))
    yield Predicted(table, raw.notes, int((table["remark"] != "").sum()))


def saved(table: "polars.DataFrame", path: Path) -> Iterator[Path]:
    """A table written as CSV, whole or not at all."""
    import io

    from nnstudio.project.files import check_target, write_whole

    check_target(path)
    buffer = io.BytesIO()
    table.write_csv(buffer)
    write_whole(path, buffer.getvalue())
    yield path
