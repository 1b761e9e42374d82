"""The data of a run as one CSV table with the part of each row: what an exported script trains on."""

import numpy as np

from nnstudio.data.dataset import Divided
from nnstudio.data.preparation import class_names
from nnstudio.project.model import Preparation, Run


def data_csv(run: Run, divided: Divided) -> bytes:
    """Every row as it was read, with the part it belongs to; classes by their names."""
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
    table = table.select([*kept, *targets])[np.concatenate(list(divided.parts.values()))]
    return table.with_columns(polars.Series(part_column(preparation), parts)).write_csv().encode()


def part_column(preparation: Preparation) -> str:
    """The name of the column that says train, validation or test; the data may have one called "part" itself."""
    name, taken = "part", {preparation.target, *preparation.classes, *(column.name for column in preparation.columns)}
    while name in taken:
        name += "_"
    return name
