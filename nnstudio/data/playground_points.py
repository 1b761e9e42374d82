"""TensorFlow Playground's six problems from its own stream of random numbers, put into its order.

The definitions are those of toys.py; here each number is drawn one after another, as its page draws them, so that the
same seed gives the same points in the same order.
"""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from nnstudio.data.seedrandom import SeededStream, State
from nnstudio.data.toys import EXTENT, PLANE_EXTENT, Floats
from nnstudio.layers.spec import Value
from nnstudio.project.toy_source import toy_settings
from nnstudio.text import UserError
from nnstudio.text import translate as _

Point = tuple[float, float, float]
"""x, y, and the label of ±1 or the target value."""
Problem = Callable[[int, float, SeededStream], list[Point]]
BUMPS = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))


@lru_cache(maxsize=8)
def drawn_points(name: str, samples: int, noise: float, seed: str) -> tuple[Floats, State]:
    """The points (n, 3) in the order in which they are walked through, and where the stream then stands: the first
    weights are drawn from there. UserError for a problem that Playground has not."""
    if name not in PROBLEMS:
        raise UserError(
            _("TensorFlow Playground has no problem “{name}”; it has: {known}.").format(
                name=name[:40], known=", ".join(PROBLEMS)
            )
        )
    stream = SeededStream(seed)
    points = PROBLEMS[name](samples, noise, stream)
    shuffle(points, stream)
    found = np.array(points)
    found.flags.writeable = False  # it is kept
    return found, stream.state


def of_source(source: str) -> tuple[Floats, State]:
    """The same, for the name of a source."""
    return of_settings(*toy_settings(source))


def of_settings(name: str, values: Mapping[str, Value]) -> tuple[Floats, State]:
    """The same, for the settings of a source."""
    return drawn_points(name, int(values["samples"]), float(values["noise"]), str(values["seed"]))


def shuffle(points: list[Point], stream: SeededStream) -> None:
    """Fisher and Yates: from the last place on, each with one at or before it."""
    for place in range(len(points) - 1, -1, -1):
        other = math.floor(stream.number() * (place + 1))
        points[place], points[other] = points[other], points[place]


def half(samples: int) -> int:
    """How many points each of two classes has."""
    return math.ceil(samples / 2)


def shifted(x: float, y: float, extent: float, noise: float, stream: SeededStream) -> tuple[float, float]:
    """Where the label of a point is taken from. Without noise too, the numbers are drawn."""
    return x + stream.between(-extent, extent) * noise, y + stream.between(-extent, extent) * noise


def circle(samples: int, noise: float, stream: SeededStream) -> list[Point]:
    points = []
    for low, high in ((0.0, 0.5 * EXTENT), (0.7 * EXTENT, EXTENT)):
        for _number in range(half(samples)):
            radius, angle = stream.between(low, high), stream.between(0, 2 * math.pi)
            x, y = radius * math.sin(angle), radius * math.cos(angle)
            across, up = shifted(x, y, EXTENT, noise, stream)
            points.append((x, y, 1.0 if math.sqrt(across * across + up * up) < 0.5 * EXTENT else -1.0))
    return points


def xor(samples: int, noise: float, stream: SeededStream) -> list[Point]:
    points = []
    for _number in range(samples):
        x, y = (one + (0.3 if one > 0 else -0.3) for one in (stream.between(-EXTENT, EXTENT) for _axis in "xy"))
        across, up = shifted(x, y, EXTENT, noise, stream)
        points.append((x, y, 1.0 if across * up >= 0 else -1.0))
    return points


def gauss(samples: int, noise: float, stream: SeededStream) -> list[Point]:
    deviation = math.sqrt(0.5 + 7 * noise)
    return [
        (label * 2 + deviation * normal(stream), label * 2 + deviation * normal(stream), label)
        for label in (1.0, -1.0)
        for _number in range(half(samples))
    ]


def normal(stream: SeededStream) -> float:
    """By Marsaglia's polar method, of whose two numbers one is used."""
    while True:
        one, other = 2 * stream.number() - 1, 2 * stream.number() - 1
        square = one * one + other * other
        if square <= 1:
            return math.sqrt(-2 * math.log(square) / square) * one


def spiral(samples: int, noise: float, stream: SeededStream) -> list[Point]:
    points, count = [], samples / 2
    for start, label in ((0.0, 1.0), (math.pi, -1.0)):
        for number in range(half(samples)):
            radius, angle = number / count * EXTENT, 1.75 * number / count * 2 * math.pi + start
            x = radius * math.sin(angle) + stream.between(-1, 1) * noise
            points.append((x, radius * math.cos(angle) + stream.between(-1, 1) * noise, label))
    return points


def plane(samples: int, noise: float, stream: SeededStream) -> list[Point]:
    return [(x, y, (across + up) / 10) for x, y, across, up in spread(samples, noise, stream)]


def multi_gauss(samples: int, noise: float, stream: SeededStream) -> list[Point]:
    return [(x, y, strongest_bump(across, up)) for x, y, across, up in spread(samples, noise, stream)]


def spread(samples: int, noise: float, stream: SeededStream) -> list[tuple[float, float, float, float]]:
    """Points all over the plane, and where their targets are taken from."""
    found = []
    for _number in range(samples):
        x, y = stream.between(-PLANE_EXTENT, PLANE_EXTENT), stream.between(-PLANE_EXTENT, PLANE_EXTENT)
        found.append((x, y, *shifted(x, y, PLANE_EXTENT, noise, stream)))
    return found


def strongest_bump(x: float, y: float) -> float:
    """The height of the bump that is strongest here; of equal ones the first."""
    heights = [sign * min(1.0, max(0.0, 1 - math.dist((x, y), (across, up)) / 2)) for across, up, sign in BUMPS]
    return max(heights, key=abs)


PROBLEMS: dict[str, Problem] = {
    "circle": circle,
    "xor": xor,
    "gauss": gauss,
    "spiral": spiral,
    "plane": plane,
    "multi-gauss": multi_gauss,
}
