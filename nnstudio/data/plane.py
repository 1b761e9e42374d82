"""Data with two numbers a sample as points on a plane, and the grid of places on it where a network is asked."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.dataset import Dataset, Samples
from nnstudio.project.model import Preparation

MARGIN = 0.1
"""The plane reaches beyond the points by this share of their range."""

MOST_POINTS = 1000
"""As many points of each part are shown; the parts are shuffled, so the first stand for all."""

FINEST, COARSEST = 100, 32
AFFORDED = 2**25
"""As many multiply-adds the answers of a grid may cost: some milliseconds."""


@dataclass(frozen=True)
class Plane:
    """What stays the same while a network learns: all in the units of the data.

    `lowest` and `highest` (2,) bound the plane; `training` and `validation` are points (n, 2) with the class number or
    the value (n,) of each. `classes` is empty where the target is a value.
    """

    names: tuple[str, str]
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]
    classes: tuple[str, ...]
    training: NDArray[np.float64]
    training_targets: NDArray[Any]
    validation: NDArray[np.float64]
    validation_targets: NDArray[Any]

    def grid(self, preparation: Preparation, weights: int) -> NDArray[np.float32]:
        """Places in rows from the lowest up, as inputs (g · g, 2) of a network; the more weights, the coarser."""
        side = int(np.clip(np.sqrt(AFFORDED / max(1, weights)), COARSEST, FINEST))
        across, up = (np.linspace(self.lowest[axis], self.highest[axis], side) for axis in (0, 1))
        places = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
        means, scales = means_and_scales(preparation)
        return ((places - means) / scales).astype(np.float32)


def plane_of(dataset: Dataset) -> Plane | None:
    """The plane of a data set; None when its samples are not two numbers."""
    preparation = dataset.preparation
    columns = preparation.columns
    if preparation.sample_shape != (2,) or [column.kind for column in columns] != ["number", "number"]:
        return None
    means, scales = means_and_scales(preparation)

    def points(samples: Samples) -> tuple[NDArray[np.float64], NDArray[Any]]:
        shown = samples.rows[:MOST_POINTS]
        targets = samples.all_targets[shown]
        if preparation.task == "value":
            targets = targets[:, 0] * preparation.target_scale + preparation.target_mean
        return samples.all_inputs[shown] * scales + means, targets

    training, validation = points(dataset.train), points(dataset.validation)
    everywhere = np.concatenate([training[0], validation[0]])
    lowest, highest = everywhere.min(axis=0), everywhere.max(axis=0)
    margin = MARGIN * np.maximum(highest - lowest, 1e-9)
    return Plane(
        (columns[0].name, columns[1].name),
        lowest - margin,
        highest + margin,
        preparation.classes,
        *training,
        *validation,
    )


def means_and_scales(preparation: Preparation) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What each of the columns was shifted and divided by (2,)."""
    return (
        np.array([column.mean for column in preparation.columns]),
        np.array([column.scale for column in preparation.columns]),
    )
