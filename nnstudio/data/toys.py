"""Toy problems in the plane: TensorFlow Playground's six, as it defines them, and scikit-learn's moons.

Each takes the number of points, the noise (0 to 1; Playground's slider divided by 100) and a random generator, and
gives points (n, 2) and labels of ±1 or target values (n,).
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Toy = Callable[[int, float, np.random.Generator], tuple[Floats, Floats]]

EXTENT = 5.0
PLANE_EXTENT = 6.0


def circle(samples: int, noise: float, random: np.random.Generator) -> tuple[Floats, Floats]:
    """A disc (+1) inside a ring (−1); noise shifts the point that the label is taken from, not the point drawn."""
    inside = samples // 2
    radius = np.concatenate(
        [
            random.uniform(0, 0.5 * EXTENT, inside),
            random.uniform(0.7 * EXTENT, EXTENT, samples - inside),
        ]
    )
    angle = random.uniform(0, 2 * math.pi, samples)
    points = radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    shifted = points + random.uniform(-EXTENT, EXTENT, points.shape) * noise
    return points, np.where(np.hypot(shifted[:, 0], shifted[:, 1]) < 0.5 * EXTENT, 1.0, -1.0)


def xor(samples: int, noise: float, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Four quadrants, kept 0.3 away from the axes; +1 where x and y have one sign."""
    points = random.uniform(-EXTENT, EXTENT, (samples, 2))
    points += np.where(points > 0, 0.3, -0.3)
    shifted = points + random.uniform(-EXTENT, EXTENT, points.shape) * noise
    return points, np.where(shifted[:, 0] * shifted[:, 1] >= 0, 1.0, -1.0)


def gauss(samples: int, noise: float, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Two round clouds at (2, 2) and (−2, −2); the variance goes from 0.5 without noise to 4 at noise 0.5."""
    deviation = math.sqrt(0.5 + 7 * noise)
    labels = np.where(np.arange(samples) < samples // 2, 1.0, -1.0)
    return 2 * labels[:, None] + deviation * random.standard_normal((samples, 2)), labels


def spiral(samples: int, noise: float, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Two arms of 1¾ turns, half a turn apart; noise moves the points."""
    arms = []
    for start, count in ((0.0, samples // 2), (math.pi, samples - samples // 2)):
        share = np.arange(count) / count
        angle = 1.75 * 2 * math.pi * share + start
        arms.append((EXTENT * share)[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1))
    points = np.concatenate(arms) + random.uniform(-1, 1, (samples, 2)) * noise
    return points, np.where(np.arange(samples) < samples // 2, 1.0, -1.0)


def moons(samples: int, noise: float, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Two half circles that reach into each other, as scikit-learn's make_moons gives them; noise is the deviation of
    each point."""
    outer = np.linspace(0, math.pi, samples // 2)
    inner = np.linspace(0, math.pi, samples - samples // 2)
    points = np.concatenate(
        [
            np.stack([np.cos(outer), np.sin(outer)], axis=1),
            np.stack([1 - np.cos(inner), 1 - np.sin(inner) - 0.5], axis=1),
        ]
    )
    # Its generator too, so that a seed gives the points it always gave.
    shaken = np.random.RandomState(int(random.integers(2**31)))
    points += shaken.normal(scale=noise, size=points.shape)
    return points, np.where(np.arange(samples) < samples // 2, -1.0, 1.0)


def plane(samples: int, noise: float, random: np.random.Generator) -> tuple[Floats, Floats]:
    """A tilted plane: the target is (x + y) / 10, taken from the shifted point."""
    points = random.uniform(-PLANE_EXTENT, PLANE_EXTENT, (samples, 2))
    shifted = points + random.uniform(-PLANE_EXTENT, PLANE_EXTENT, points.shape) * noise
    return points, shifted.sum(axis=1) / 10


def multi_gauss(samples: int, noise: float, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Six bumps of +1 and −1 and radius 2; each point takes the bump that is strongest there."""
    bumps = np.array([(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)])
    points = random.uniform(-PLANE_EXTENT, PLANE_EXTENT, (samples, 2))
    shifted = points + random.uniform(-PLANE_EXTENT, PLANE_EXTENT, points.shape) * noise
    distance = np.linalg.norm(shifted[:, None, :] - bumps[None, :, :2], axis=2)
    height = bumps[:, 2] * np.clip(1 - distance / 2, 0, 1)
    strongest = np.abs(height).argmax(axis=1)
    return points, height[np.arange(samples), strongest]


CLASS_TOYS: dict[str, Toy] = {"circle": circle, "xor": xor, "gauss": gauss, "spiral": spiral, "moons": moons}
VALUE_TOYS: dict[str, Toy] = {"plane": plane, "multi-gauss": multi_gauss}
