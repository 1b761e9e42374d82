"""A sample in the units of the data: its columns as texts, or its picture."""

import numpy as np
from numpy.typing import NDArray

from nnstudio.project.model import Preparation


def unscaled(preparation: Preparation, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """The values of a sample as they are in the data: standardised pixels show noise where the picture is empty."""
    columns = preparation.columns
    if len(columns) != inputs.size:
        return inputs
    scales, means = ([getattr(one, name) for one in columns] for name in ("scale", "mean"))
    values = inputs.reshape(-1) * np.array(scales, np.float32) + np.array(means, np.float32)
    return values.reshape(inputs.shape)


def cells_of(preparation: Preparation, inputs: NDArray[np.float32], count: int) -> list[str]:
    """The first columns of a sample in the units of the data; a category by its name."""
    values, place, cells = inputs.reshape(-1), 0, []
    for column in preparation.columns[:count]:
        if column.kind == "number":
            cells.append(f"{float(values[place]) * column.scale + column.mean:.4g}")
            place += 1
        else:
            part = values[place : place + len(column.categories)]
            cells.append(column.categories[int(part.argmax())] if part.any() else "")
            place += len(column.categories)
    return cells
