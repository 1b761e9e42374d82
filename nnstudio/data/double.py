"""The rows of a table as numbers of 16 digits, for a training in float64: those of samples have 7."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.dataset import Dataset
from nnstudio.data.preparation import encode_column
from nnstudio.data.scaling import exactly_scaled


def exact_inputs(dataset: Dataset) -> NDArray[np.float64]:
    """The inputs (m, *sample_shape) of all rows that samples share: exact where they are columns of numbers and
    categories, and as the samples have them where they are pictures or text."""
    import polars

    preparation, table = dataset.preparation, dataset.table
    is_plain = all(one.text is None and one.count == 1 for one in preparation.columns)
    if table is None or preparation.is_sparse or not is_plain:
        return dataset.train.all_inputs.astype(np.float64)
    parts: list[NDArray[Any]] = []
    for column in preparation.columns:
        values = table[column.name]
        if column.kind == "number" and values.dtype != polars.String:
            numbers = values.cast(polars.Float64).to_numpy()
            parts.append(exactly_scaled(numbers, column.fill, column.mean, column.scale))
        else:
            parts.append(encode_column(values, column))
    encoded = [part.reshape(table.height, -1).astype(np.float64) for part in parts]
    return np.concatenate(encoded, axis=1).reshape(table.height, *preparation.sample_shape)


def exact_targets(dataset: Dataset) -> NDArray[Any]:
    """The targets of the same rows; class numbers as they are."""
    import polars

    preparation, table = dataset.preparation, dataset.table
    if preparation.task != "value" or table is None:
        targets = dataset.train.all_targets
        return targets.astype(np.float64) if targets.dtype.kind == "f" else targets
    values = table[preparation.target].cast(polars.Float64).to_numpy()
    scaled: NDArray[np.float64] = (values - preparation.target_mean) / preparation.target_scale
    return scaled.reshape(-1, 1)
