"""Samples that are pictures as light from 0 to 1, and back to what the network gets; and as colours for the eye."""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.dataset import Dataset
from nnstudio.layers.windows import Image
from nnstudio.project.model import Network
from nnstudio.project.sample_picture import picture_shape_of
from nnstudio.project.shapes import infer_network

COLORS = 3
"""The channels of a colour picture; of any other number the mean is shown, as ink on paper."""
MOST_LOOKED_AT = 2**20
"""Of as many values the darkest and the brightest are found."""


@dataclass(frozen=True)
class SamplePixels:
    """How the pictures of some data are scaled: `means` and `scales` (c, h, w) turn what the network gets into the
    values of the data, of which the `lowest` is shown as 0 and the `highest` as 1."""

    shape: Image
    means: NDArray[np.float32]
    scales: NDArray[np.float32]
    lowest: float
    highest: float

    @property
    def is_color(self) -> bool:
        return self.shape[0] == COLORS

    def light(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Pictures (n, c, h, w) from 0 to 1 of samples (n, *sample_shape) as the network gets them."""
        raw = inputs.reshape(-1, *self.shape) * self.scales + self.means
        found: NDArray[np.float32] = np.clip((raw - self.lowest) / (self.highest - self.lowest), 0.0, 1.0)
        return found.astype(np.float32)

    def inputs(self, light: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the network gets for pictures (n, c, h, w), in the same form."""
        raw = self.lowest + light * (self.highest - self.lowest)
        return ((raw - self.means) / self.scales).astype(np.float32)


def sample_pixels(dataset: Dataset, network: Network) -> SamplePixels | None:
    """How the samples are drawn as pictures; None where they are none."""
    preparation = dataset.preparation
    shape = picture_shape_of(network, infer_network(network, preparation.shape), preparation)
    counts = [one.width for one in preparation.columns]
    if shape is None or sum(counts) != prod(shape) or not len(dataset.train):
        return None
    means, scales = (
        np.repeat(np.array([getattr(one, name) for one in preparation.columns], np.float32), counts).reshape(shape)
        for name in ("mean", "scale")
    )
    rows = dataset.train.rows[: max(1, MOST_LOOKED_AT // prod(shape))]
    raw = dataset.train.all_inputs[rows].reshape(-1, *shape) * scales + means
    lowest, highest = float(raw.min()), float(raw.max())
    return SamplePixels(shape, means, scales, lowest, max(highest, lowest + 1e-6))


def colors_of(light: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Red, green and blue (…, h, w, 3) of pictures (…, c, h, w) from 0 to 1; what has no colour is dark ink on white
    paper."""
    if light.shape[-3] == COLORS:
        shown = np.moveaxis(light, -3, -1)
    else:
        shown = np.repeat(1.0 - light.mean(axis=-3)[..., None], COLORS, axis=-1)
    return np.ascontiguousarray(np.rint(255 * shown).astype(np.uint8))
