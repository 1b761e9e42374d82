"""Numbers brought to one scale: filled where they are missing, shifted and divided."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Reached = Callable[[float], None]
"""Hears what share of some work is done."""
Floats = NDArray[np.float32]

SMALLEST_SCALE = 1e-12
"""A deviation below this share of the mean is rounding."""


def mean_and_scale(values: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and standard deviation; the deviation of a constant counts as 1, so that it becomes 0 and not infinite."""
    mean = float(values.mean())
    return mean, sound_scale(mean, float(values.std()))


def sound_scale(mean: float, scale: float) -> float:
    """A deviation to divide by: that of a constant, which may be but rounding, counts as 1."""
    return scale if scale > SMALLEST_SCALE * max(1.0, abs(mean)) else 1.0


def scaled(numbers: NDArray[np.float64], fill: Any, mean: Any, scale: Any) -> Floats:
    """Numbers (n, …) filled where they are none, shifted and scaled; one number for all, or one for each column."""
    result: Floats = exactly_scaled(numbers, fill, mean, scale).astype(np.float32)
    return result


def exactly_scaled(numbers: NDArray[np.float64], fill: Any, mean: Any, scale: Any) -> NDArray[np.float64]:
    """The same with all digits."""
    filled = np.where(np.isfinite(numbers), numbers, fill)
    result: NDArray[np.float64] = (filled - mean) / scale
    return result
