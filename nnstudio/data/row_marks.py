"""What is in rows, as one checksum: a run knows by it whether the rows there are now are those it was trained on."""

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from nnstudio.data.columns import ArrayColumns
from nnstudio.project.preparation import Preparation

if TYPE_CHECKING:
    from nnstudio.data.columns import Columns

MOST_CELLS = 50_000_000
"""Of more than these, the checksum of the file must do."""


def marks_of(columns: "Columns", preparation: Preparation) -> str:
    """The checksum of rows, by the columns that a preparation needs and their order."""
    import polars

    if columns.height * columns.width > MOST_CELLS:
        return ""
    found = hashlib.sha256()
    if isinstance(columns, ArrayColumns):
        found.update(np.ascontiguousarray(columns.values).tobytes())
        names = [columns.target.name] if columns.target is not None else []
    else:
        targets = preparation.classes if preparation.task == "labels" else (preparation.target,)
        names = [*(column.name for column in preparation.columns if column.count == 1), *targets]
    for name in names:
        column = columns[name]
        if column.dtype == polars.String:
            found.update("\0".join(word if word is not None else "\1" for word in column.to_list()).encode())
        else:
            found.update(column.cast(polars.Float64, strict=False).fill_null(np.nan).to_numpy().tobytes())
    return found.hexdigest()
