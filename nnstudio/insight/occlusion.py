"""What of a picture an answer hangs on: a grey square is moved over it, and the probability of the true class is
watched; and the gradient of that probability by the picture."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.data.dataset import Dataset
from nnstudio.insight.sample_pixels import SamplePixels, colors_of, sample_pixels
from nnstudio.project.model import Run
from nnstudio.project.shapes import infer_network
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.control import Control
from nnstudio.training.engine.metrics import outputs_of
from nnstudio.training.inference import TrainedNetwork, restore

MOST_SIDE = 32
"""Places of the square along a side; on a larger picture it moves on, and grows, by more than a pixel."""
MOST_ROWS = 256
MOST_VALUES = 2**22
"""As many pictures, and values of the largest layer, are computed at a time."""
TOLD = 8
"""As many times it is told how far it is."""
GREY = 0.5

Spans = tuple[int, int, int, int]
"""First row, first column, last row and last column, counted from 0."""


@dataclass(frozen=True)
class Occlusion:
    """The probability of the `true` class with a grey square of `side` pixels at each place (rows, columns), not a
    number where it is not computed yet, and `probability` without one. Of a large picture every `step`-th place counts.

    `colors` (h, w, 3) is the picture, and `gradient` (h, w) the largest size, among its channels, of the derivative of
    the probability by what the network gets.
    """

    colors: NDArray[np.uint8]
    true: int
    probability: float
    shares: NDArray[np.float64]
    gradient: NDArray[np.float64]
    side: int
    step: int

    @property
    def is_whole(self) -> bool:
        return not np.isnan(self.shares).any()

    def square(self, row: int, column: int) -> Spans:
        """The pixels that the square at a place lies on."""
        return square_at((row, column), self.side, self.step, self.gradient.shape)


def square_at(place: Sequence[int], side: int, step: int, size: tuple[int, ...]) -> Spans:
    """The square around a pixel; one of even size reaches further down and to the right. At the border a part of it
    lies outside."""
    firsts = [one * step + step // 2 - (side - 1) // 2 for one in place]
    top, left = (max(0, first) for first in firsts)
    bottom, right = (min(first + side, most) - 1 for first, most in zip(firsts, size, strict=True))
    return top, left, bottom, right


def occlusion_of(
    run: Run,
    dataset: Dataset,
    inputs: NDArray[np.float32],
    true: int,
    size: int,
    control: Control,
) -> Iterator[Occlusion]:
    """Move a square of `size` pixels over a sample (1, *sample_shape) of class `true`. UserError where the samples are
    no pictures, or have no classes."""
    pixels = sample_pixels(dataset, run.network)
    if pixels is None:
        raise UserError(
            _("The samples of this data are no pictures. Choose data with pictures, such as the handwritten digits.")
        )
    if run.preparation.task != "class":
        raise UserError(_("This data has no classes, so there is no probability to watch. Choose data with classes."))
    trained = restore(run)
    unit = unit_of(pixels)
    side = size * unit
    probability, gradient = gradient_of(trained, pixels, inputs, true)
    shares = np.full([-(-one // unit) for one in pixels.shape[1:]], np.nan)
    colors = colors_of(pixels.light(inputs))[0]
    places = list(np.ndindex(shares.shape))
    told = 0
    for part in parts(places, run):
        occluded = occluded_inputs(inputs, pixels, [square_at(one, side, unit, pixels.shape[1:]) for one in part])
        found = probabilities(trained, torch.from_numpy(occluded), true)
        for place, share in zip(part, found.tolist(), strict=True):
            shares[place] = share
        if control.is_stopped:
            return
        told += len(part)
        if told * TOLD >= len(places) or part[-1] == places[-1]:
            told = 0
            yield Occlusion(colors, true, probability, shares.copy(), gradient, side, unit)


def unit_of(pixels: SamplePixels) -> int:
    """By how many pixels the square moves on, and how many count as one in its size."""
    return max(1, -(-max(pixels.shape[1:]) // MOST_SIDE))


def parts(places: list[tuple[int, ...]], run: Run) -> Iterator[list[tuple[int, ...]]]:
    """As many places at a time as the values of the network have room."""
    shapes = infer_network(run.network, run.preparation.shape).shapes.values()
    step = max(1, min(MOST_ROWS, MOST_VALUES // max(prod(shape) for shape in shapes)))
    for start in range(0, len(places), step):
        yield places[start : start + step]


def occluded_inputs(inputs: NDArray[np.float32], pixels: SamplePixels, squares: list[Spans]) -> NDArray[np.float32]:
    """A sample (1, *sample_shape) with each of some grey squares (n, *sample_shape): halfway from the darkest value of
    the data to the brightest."""
    grey = pixels.inputs(np.full((1, *pixels.shape), GREY, np.float32))[0]
    found = np.repeat(inputs.reshape(1, *pixels.shape), len(squares), axis=0)
    for one, (top, left, bottom, right) in zip(found, squares, strict=True):
        covered = slice(None), slice(top, bottom + 1), slice(left, right + 1)
        one[covered] = grey[covered]
    return found.reshape(-1, *inputs.shape[1:])


def probabilities(trained: TrainedNetwork, inputs: torch.Tensor, true: int) -> torch.Tensor:
    """The probability of a class for each of some inputs (n,)."""
    outputs = outputs_of(trained.network.trained, inputs)
    return trained.network.probabilities(outputs, trained.loss)[:, true]


def gradient_of(
    trained: TrainedNetwork, pixels: SamplePixels, inputs: NDArray[np.float32], true: int
) -> tuple[float, NDArray[np.float64]]:
    """The probability of a class, and how much it changes with each pixel (h, w): |∂p/∂x|."""
    x = torch.from_numpy(inputs.copy()).requires_grad_()
    with torch.enable_grad():
        outputs = trained.network.trained.eval()(x)
        share = trained.network.probabilities(outputs, trained.loss)[0, true]
        (gradient,) = torch.autograd.grad(share, x)
    sizes: NDArray[np.float64] = gradient.double().abs().reshape(pixels.shape).amax(dim=0).numpy()
    return float(share.detach()), sizes
