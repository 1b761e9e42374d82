"""Points drawn by hand on the plane of the toy problems, and the text that keeps them: `x y class;x y class`."""

import math
import re
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from nnstudio.text import Count, UserError
from nnstudio.text import translate as _

DRAWN = "drawn"
"""What data of such points is called, where another has the name of a toy problem or of a file."""
COLUMNS = ("x1", "x2", "label")
EXTENT = 6.0
"""The plane reaches from minus this to this, both ways: TensorFlow Playground's, in which the toy problems lie."""
MOST_POINTS = 10_000
CLASSES = 8
DECIMALS = 3
NUMBER = r"-?\d{1,9}(?:\.\d{1,12})?"
POINT = re.compile(rf"\s*({NUMBER})\s+({NUMBER})\s+(\d{{1,3}})\s*", re.ASCII)

Place = tuple[float, float]


class DrawnPoint(Struct, frozen=True):
    """A point on the plane, and the number of its class."""

    x: float
    y: float
    label: int


Points = tuple[DrawnPoint, ...]

# --- the text -------------------------------------------------------------------------------------------------------


def point_at(x: float, y: float, label: int) -> DrawnPoint:
    """A point where the text can say that it is: no finer than that, and on the plane."""
    return DrawnPoint(on_plane(x), on_plane(y), label)


def on_plane(value: float) -> float:
    return round(min(max(value, -EXTENT), EXTENT), DECIMALS) + 0.0  # no −0, which the text would tell from 0


def parse_points(text: str) -> Points:
    """The points that a text holds; UserError for what is none, and for more of them than can be."""
    if not text.strip():
        return ()
    parts = text.split(";")
    if len(parts) > MOST_POINTS:
        raise UserError(
            _("{count} points are drawn; at most {most} can be.").format(
                count=Count(len(parts)), most=Count(MOST_POINTS)
            )
        )
    return tuple(parse_point(part, number) for number, part in enumerate(parts, 1))


def parse_point(text: str, number: int) -> DrawnPoint:
    found = POINT.fullmatch(text)
    if found is None:
        raise UserError(
            _(
                "Drawn point {number} is “{text}”. A point is x, y and the number of its class, as in 1.5 -2 0; a "
                "semicolon stands between two."
            ).format(number=number, text=text[:40])
        )
    x, y, label = float(found[1]), float(found[2]), int(found[3])
    if max(abs(x), abs(y)) > EXTENT:
        raise UserError(
            _("Drawn point {number} is at {x:g}, {y:g}; both must be from {lowest:g} to {highest:g}.").format(
                number=number, x=x, y=y, lowest=-EXTENT, highest=EXTENT
            )
        )
    if label >= CLASSES:
        raise UserError(
            _("Drawn point {number} is of class {label}; the classes are 0 to {last}.").format(
                number=number, label=label, last=CLASSES - 1
            )
        )
    return point_at(x, y, label)


def format_points(points: Iterable[DrawnPoint]) -> str:
    """The text from which `parse_points` makes the same points."""
    return ";".join([f"{one.x:g} {one.y:g} {one.label}" for one in points])


def lacking(points: Sequence[DrawnPoint]) -> str:
    """What is to be drawn before there is something to learn, "" when there is."""
    labels = {one.label for one in points}
    if not labels:
        return _("Draw points of two classes: choose a colour, drag over the pad, then choose another and drag again.")
    if len(labels) == 1:
        return _("All points drawn are of one class, {label}. Choose another colour and draw points of it too.").format(
            label=labels.pop()
        )
    return ""


# --- edits ----------------------------------------------------------------------------------------------------------


def added(points: Points, more: Iterable[DrawnPoint]) -> Points:
    """The points with more of them, as far as there is room."""
    return (*points, *more)[: max(MOST_POINTS, len(points))]


def near(points: Sequence[DrawnPoint], start: Place, end: Place, radius: float) -> list[int]:
    """The numbers of the points that are no farther than this from the way between two places."""
    left, right = min(start[0], end[0]) - radius, max(start[0], end[0]) + radius
    low, high = min(start[1], end[1]) - radius, max(start[1], end[1]) + radius
    return [
        number
        for number, one in enumerate(points)
        if left <= one.x <= right and low <= one.y <= high and distance((one.x, one.y), start, end) <= radius
    ]


def distance(place: Place, start: Place, end: Place) -> float:
    """How far a place is from the way between two others."""
    across, up = end[0] - start[0], end[1] - start[1]
    length = across * across + up * up
    share = ((place[0] - start[0]) * across + (place[1] - start[1]) * up) / length if length else 0.0
    share = min(max(share, 0.0), 1.0)
    return math.hypot(place[0] - start[0] - share * across, place[1] - start[1] - share * up)


def erased(points: Points, start: Place, end: Place, radius: float) -> Points:
    """The points without those near the way between two places."""
    gone = set(near(points, start, end, radius))
    return tuple(one for number, one in enumerate(points) if number not in gone) if gone else points


def relabelled(points: Points, start: Place, end: Place, radius: float, label: int) -> Points:
    """The points with those near the way between two places in another class."""
    changed = list(points)
    for number in near(points, start, end, radius):
        changed[number] = DrawnPoint(changed[number].x, changed[number].y, label)
    return tuple(changed)


def moved(points: Points, numbers: Collection[int], across: float, up: float) -> Points:
    """The points with some of them elsewhere; none leaves the plane."""
    changed = list(points)
    for number in numbers:
        one = changed[number]
        changed[number] = point_at(one.x + across, one.y + up, one.label)
    return tuple(changed)


def class_counts(points: Iterable[DrawnPoint]) -> list[int]:
    """How many points each class has."""
    counts = [0] * CLASSES
    for one in points:
        counts[one.label] += 1
    return counts
