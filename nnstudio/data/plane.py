"""Samples as points on a plane, and the grid of places on it where a network is asked.

Data with two numbers a sample is its own plane, and so are two columns that all inputs are made from. Of other data, a
plane goes through two chosen columns with all others at their mean, or along the first two principal components of the
training samples (Pearson 1901).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.dataset import Dataset, Samples
from nnstudio.data.made_columns import function_of
from nnstudio.data.scaling import scaled
from nnstudio.project.made_inputs import two_sources
from nnstudio.project.preparation import Preparation
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

MARGIN = 0.1
"""The plane reaches beyond the points by this share of their range."""

MOST_POINTS = 1000
"""As many points of each part are shown; the parts are shuffled, so the first stand for all."""

MOST_MEASURED = 1000
"""As many training samples decide means and principal components."""

MAP_SIDE = 24
"""Places along each side of the maps that are drawn in the neurons."""
FINEST, COARSEST = 100, 32
AFFORDED = 2**25
"""As many multiply-adds the answers of a grid may cost: some milliseconds."""

Axes = tuple[int, int]
"""Two columns, counted from 0."""


@dataclass(frozen=True)
class Plane:
    """What stays the same while a network learns.

    `lowest` and `highest` (2,) bound the plane; `training` and `validation` are points (n, 2) on it with the class
    number or the value (n,) of each, and the row of each in the data. `classes` is empty where the target is a value.
    A place p is `center` + Σ (p − `shift`) / `scale` · `directions` as an input of the network, (d,) all in a row;
    `remark` says what was done to the other columns, "" where there are none.
    """

    names: tuple[str, str]
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]
    classes: tuple[str, ...]
    training: NDArray[np.float64]
    training_targets: NDArray[Any]
    training_rows: NDArray[np.integer[Any]]
    validation: NDArray[np.float64]
    validation_targets: NDArray[Any]
    center: NDArray[np.float64]
    directions: NDArray[np.float64]
    shift: NDArray[np.float64]
    scale: NDArray[np.float64]
    remark: str = ""
    is_of_sources: bool = False
    """Whether it is that of the columns which all inputs are made from: a place is made into inputs as a row is."""

    def inputs_at(self, places: NDArray[np.float64], preparation: Preparation) -> NDArray[np.float32]:
        """Places (n, 2) as inputs (n, *sample_shape) of a network."""
        if self.is_of_sources:
            return made_inputs(dict(zip(self.names, places.T, strict=True)), preparation)
        inputs = self.center + (places - self.shift) / self.scale @ self.directions
        return inputs.astype(np.float32).reshape(-1, *preparation.sample_shape)

    def grid(self, preparation: Preparation, weights: int) -> NDArray[np.float32]:
        """Places in rows from the lowest up, as inputs (g · g, *sample_shape); the more weights, the coarser."""
        return self.square(preparation, int(np.clip(np.sqrt(AFFORDED / max(1, weights)), COARSEST, FINEST)))

    def map_places(self, preparation: Preparation) -> NDArray[np.float32]:
        """The places of a neuron's map as inputs (24 · 24, *sample_shape), in rows from the highest down."""
        places = self.square(preparation, MAP_SIDE)
        return np.ascontiguousarray(places.reshape(MAP_SIDE, MAP_SIDE, -1)[::-1]).reshape(places.shape)

    def square(self, preparation: Preparation, side: int) -> NDArray[np.float32]:
        """So many places each way, in rows from the lowest up, as inputs (side · side, *sample_shape)."""
        across, up = (np.linspace(self.lowest[axis], self.highest[axis], side) for axis in (0, 1))
        return self.inputs_at(np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2), preparation)


def plane_of(dataset: Dataset, axes: Axes | None = None) -> Plane | None:
    """The plane of a data set: its two columns, or the chosen ones, or the principal components of more.

    None for samples of fewer than two numbers.
    """
    preparation = dataset.preparation
    width = int(np.prod(preparation.sample_shape))
    places = number_places(preparation)
    if (width < 2 and not two_sources(preparation)) or len(dataset.train) == 0:
        return None
    if axes is None and two_sources(preparation) and dataset.table is not None:
        return of_sources(dataset, dataset.table)
    if axes is None and width == 2 and len(places) == 2:
        axes = 0, 1
    if axes is None or not set(axes) <= set(places):
        return through_components(dataset, width)
    return through_columns(dataset, width, axes, places)


def columns_of(preparation: Preparation) -> dict[int, str]:
    """The columns of numbers a plane can go through, by number."""
    return {one: preparation.columns[one].name for one in number_places(preparation)}


def number_places(preparation: Preparation) -> dict[int, int]:
    """Where each column of numbers stands among a sample's values; a category takes as many as it has."""
    found, place = {}, 0
    for number, column in enumerate(preparation.columns):
        if column.kind == "number":
            found[number] = place
        place += 1 if column.kind == "number" else len(column.categories)
    return found


def through_columns(dataset: Dataset, width: int, axes: Axes, places: dict[int, int]) -> Plane:
    """The plane of two columns in the units of the data, all others at their mean over the training samples."""
    columns = dataset.preparation.columns
    first, second = (columns[axis] for axis in axes)
    directions = np.zeros((2, width))
    for row, axis in enumerate(axes):
        directions[row, places[axis]] = 1.0
    center = np.zeros(width)
    remark = ""
    if width > 2:
        center = flat(dataset.train).mean(axis=0)
        center[[places[axis] for axis in axes]] = 0.0
        remark = _("all other columns at their mean")
    shift, scale = np.array([first.mean, second.mean]), np.array([first.scale, second.scale])
    return made(dataset, (first.name, second.name), center, directions, shift, scale, remark)


def of_sources(dataset: Dataset, table: "polars.DataFrame") -> Plane:
    """The plane of the two columns that all inputs are made from, in the units of the data."""
    import polars

    names = two_sources(dataset.preparation)
    assert names is not None
    columns = table.select(names).cast(polars.Float64).get_columns()
    # What is missing stands where it is filled in: at the middle of its column.
    values: NDArray[np.float64] = np.stack([one.fill_null(strategy="mean").to_numpy() for one in columns], axis=1)
    nowhere = np.zeros(2)

    def points(samples: Samples) -> NDArray[np.float64]:
        return values[samples.rows[:MOST_POINTS]]

    plane = bounded(dataset, names, points, nowhere, np.zeros((2, 2)), nowhere, np.ones(2), "")
    return replace(plane, is_of_sources=True)


def made_inputs(columns: dict[str, NDArray[np.float64]], preparation: Preparation) -> NDArray[np.float32]:
    """Values of columns (n,) as inputs (n, *sample_shape), which are these or made from them."""
    made = {one.name: one for one in preparation.made}
    found = []
    for column in preparation.columns:
        if column.name in made:
            one = made[column.name]
            with np.errstate(all="ignore"):
                values = function_of(one.function, [columns[source] for source in one.sources])
        else:
            values = columns[column.name]
        found.append(scaled(values, column.fill, column.mean, column.scale))
    return np.stack(found, axis=1).reshape(-1, *preparation.sample_shape)


def through_components(dataset: Dataset, width: int) -> Plane:
    """The plane of the first two principal components of the prepared training samples."""
    some = flat(dataset.train).astype(np.float64)
    center = some.mean(axis=0)
    _left, strengths, vectors = np.linalg.svd(some - center, full_matrices=False)
    variances = strengths**2
    directions, variances = np.vstack([vectors, np.eye(2, width)])[:2], np.append(variances, [0.0, 0.0])
    # Which way a component points is arbitrary: its largest part is made positive.
    directions *= np.sign(directions[[0, 1], np.abs(directions).argmax(axis=1)])[:, None]
    shares = variances[:2] / max(variances.sum(), 1e-12)
    names = tuple(
        _("component {number} ({share:.0%} of the variance)").format(number=number, share=share)
        for number, share in zip((1, 2), shares, strict=True)
    )
    remark = _("principal components of all columns; what lies beside the plane is at its mean")
    return made(dataset, (names[0], names[1]), center, directions, np.zeros(2), np.ones(2), remark)


def made(
    dataset: Dataset,
    names: tuple[str, str],
    center: NDArray[np.float64],
    directions: NDArray[np.float64],
    shift: NDArray[np.float64],
    scale: NDArray[np.float64],
    remark: str,
) -> Plane:
    """A plane with the points of training and validation on it."""

    def points(samples: Samples) -> NDArray[np.float64]:
        found: NDArray[np.float64] = flat_rows(samples, samples.rows[:MOST_POINTS]) - center
        return found @ directions.T * scale + shift

    return bounded(dataset, names, points, center, directions, shift, scale, remark)


def bounded(
    dataset: Dataset,
    names: tuple[str, str],
    points: Callable[[Samples], NDArray[np.float64]],
    center: NDArray[np.float64],
    directions: NDArray[np.float64],
    shift: NDArray[np.float64],
    scale: NDArray[np.float64],
    remark: str,
) -> Plane:
    """A plane that reaches a little beyond the points (n, 2) of training and validation."""
    preparation = dataset.preparation

    def with_targets(samples: Samples) -> tuple[NDArray[np.float64], NDArray[Any]]:
        targets = samples.all_targets[samples.rows[:MOST_POINTS]]
        if preparation.task == "value":
            targets = targets[:, 0] * preparation.target_scale + preparation.target_mean
        return points(samples), targets

    training, validation = with_targets(dataset.train), with_targets(dataset.validation)
    everywhere = np.concatenate([training[0], validation[0]])
    lowest, highest = everywhere.min(axis=0), everywhere.max(axis=0)
    margin = MARGIN * np.maximum(highest - lowest, 1e-9)
    return Plane(
        names,
        lowest - margin,
        highest + margin,
        preparation.classes,
        training[0],
        training[1],
        dataset.train.rows[:MOST_POINTS],
        validation[0],
        validation[1],
        center,
        directions,
        shift,
        scale,
        remark,
    )


def flat(samples: Samples) -> NDArray[np.float32]:
    """The samples' inputs (n, d), as many as decide a plane."""
    return flat_rows(samples, samples.rows[:MOST_MEASURED])


def flat_rows(samples: Samples, rows: NDArray[np.int32]) -> NDArray[np.float32]:
    # Not −1 for the width: of no rows at all it could not be told.
    return samples.all_inputs[rows].reshape(len(rows), math.prod(samples.all_inputs.shape[1:]))
