"""A sample in the units of the data: its columns and texts as they are read, or its picture."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnstudio.project.preparation import Preparation
from nnstudio.ui.look.tooltips import plain_tooltip
from nnstudio.ui.plots.confusion import shortened

if TYPE_CHECKING:
    import polars

    Texts: TypeAlias = "Mapping[str, polars.Series]"

NO_TEXTS: "Texts" = {}
WIDEST = 420
"""Pixels of a column of texts: a message is read on, or whole at the pointer."""
SHORT, LONGEST_TIP = 40, 1500
"""Letters that fit into a column, about, and that a tooltip has at most."""


def unscaled(preparation: Preparation, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """The values of a sample as they are in the data: standardised pixels show noise where the picture is empty."""
    columns = preparation.columns
    if len(columns) != inputs.size:
        return inputs
    scales, means = ([getattr(one, name) for one in columns] for name in ("scale", "mean"))
    values = inputs.reshape(-1) * np.array(scales, np.float32) + np.array(means, np.float32)
    return values.reshape(inputs.shape)


def cells_of(
    preparation: Preparation, inputs: NDArray[np.float32], count: int, texts: "Texts" = NO_TEXTS, row: int = 0
) -> list[str]:
    """The first columns of a sample in the units of the data; a category by its name, a text on one line, as `texts`
    has it in this row."""
    values = spread(preparation, inputs) if preparation.is_sparse else inputs.reshape(-1)
    place, cells = 0, []
    for column in preparation.columns[:count]:
        part = values[place : place + column.width]
        place += column.width
        if column.kind == "number":
            cells.append(f"{float(part[0]) * column.scale + column.mean:.4g}")
        elif column.kind == "text":
            cells.append(" ".join(texts[column.name][row].split()) if column.name in texts else "")
        else:
            cells.append(column.categories[int(part.argmax())] if part.any() else "")
    return cells


def spread(preparation: Preparation, packed: NDArray[np.float32]) -> NDArray[np.float32]:
    """A sparse sample (2 k,), the places of k values and then the values, as all its values (width,)."""
    places, values = np.split(packed.reshape(-1), 2)
    found = np.zeros(preparation.sample_shape, np.float32)
    np.add.at(found, places.astype(np.int64), values)
    return found


def sentence_tooltip(text: str) -> str:
    """The whole of a cell that is too long for its column; "" for a short one."""
    return plain_tooltip([shortened(text, LONGEST_TIP)]) if len(text) > SHORT else ""
