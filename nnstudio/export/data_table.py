"""The data of a run as one CSV table with the part of each row: what an exported script trains on."""

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.dataset import Divided
from nnstudio.data.preparation import class_names
from nnstudio.project.model import Run
from nnstudio.project.preparation import Preparation


def data_csv(run: Run, divided: Divided, weights: NDArray[np.float32] | None = None) -> bytes:
    """Every row as it was read, with the part it belongs to; classes by their names. Weights (m,) of the rows as
    `divided` counts them become a column."""
    import polars

    preparation = run.preparation
    table = divided.table()
    if preparation.task == "class":
        names = polars.Series(preparation.target, class_names(table[preparation.target]), dtype=polars.String)
        table = table.with_columns(names)
    targets = preparation.classes if preparation.task == "labels" else (preparation.target,)
    kept = [column.name for column in preparation.columns]
    parts = [part for part, rows in divided.parts.items() for _row in rows]
    # Part by part and in the order in which they train, so that the same seed gives the same batches.
    rows = np.concatenate(list(divided.parts.values()))
    table = table.select([*kept, *targets])[rows].with_columns(polars.Series(part_column(preparation), parts))
    if weights is not None:
        table = table.with_columns(polars.Series(weight_column(preparation), weights[rows]))
    return table.write_csv().encode()


def part_column(preparation: Preparation) -> str:
    """The name of the column that says train, validation or test; the data may have one called "part" itself."""
    return free_name("part", preparation)


def weight_column(preparation: Preparation) -> str:
    """The name of the column that says how much a row counts."""
    return free_name("weight", preparation)


def free_name(name: str, preparation: Preparation) -> str:
    """A name, or one like it that no column of the data has."""
    taken = {preparation.target, *preparation.classes, *(column.name for column in preparation.columns)}
    while name in taken:
        name += "_"
    return name
