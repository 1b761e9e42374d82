"""The tools of the pad for points: what each does to the points while it is dragged. No Qt here."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from nnstudio.project.drawn_points import (
    EXTENT,
    Place,
    Points,
    added,
    erased,
    moved,
    near,
    point_at,
    relabelled,
)
from nnstudio.text import mark

Step = Callable[[Points, Place, Place], Points]
"""From the points and a stretch of the way to the points after it."""


@dataclass(frozen=True)
class Tool:
    """A tool and its words; `edit` is what one stroke of it is called in the history. With a ring it works on a whole
    surrounding, and shows which."""

    name: str
    label: str
    key: str
    icon: str
    help: str
    edit: str
    has_ring: bool = True


TOOLS = (
    Tool("brush", mark("Brush"), "B", "mdi6.spray", mark("Drag to spray points"), mark("Spray points")),
    Tool("point", mark("Point"), "P", "mdi6.circle-medium", mark("Each click is a point"), mark("Draw a point"), False),
    Tool(
        "move",
        mark("Move"),
        "M",
        "mdi6.cursor-move",
        mark("Drag the points inside the ring elsewhere"),
        mark("Move points"),
    ),
    Tool(
        "relabel",
        mark("Change class"),
        "R",
        "mdi6.palette-outline",
        mark("Drag over points to give them the chosen class"),
        mark("Change the class of points"),
    ),
    Tool(
        "erase",
        mark("Erase"),
        "E",
        "mdi6.eraser",
        mark("Drag over points; the right mouse button erases with every tool"),
        mark("Erase points"),
    ),
)
TOOL_OF = {tool.name: tool for tool in TOOLS}


@dataclass(frozen=True)
class Settings:
    """What is chosen around the pad: the tool, the class, and the brush (radius in units of the plane, points a
    step)."""

    tool: str = "brush"
    label: int = 0
    radius: float = 0.5
    density: int = 4


def stroke(settings: Settings, points: Points, press: Place, reach: float, random: Random) -> Step:
    """What the chosen tool does from where it was pressed on; it takes hold of points no farther than `reach`."""
    if settings.tool == "brush":
        return Spray(settings, random)
    if settings.tool == "erase":
        return lambda now, start, end: erased(now, start, end, settings.radius)
    if settings.tool == "relabel":
        return lambda now, start, end: relabelled(now, start, end, settings.radius, settings.label)
    if settings.tool == "move":
        held = near(points, press, press, max(reach, settings.radius))
        start = within(press)
        # From where they were, so that a group that was pushed against the border comes back as it was.
        return lambda _now, _start, end: moved(points, held, within(end)[0] - start[0], within(end)[1] - start[1])
    # One point, which follows the hand until the button is let go.
    return lambda _now, _start, end: added(points, [point_at(*end, settings.label)])


def within(place: Place) -> Place:
    """The nearest place on the plane."""
    return min(max(place[0], -EXTENT), EXTENT), min(max(place[1], -EXTENT), EXTENT)


class Spray:
    """Points at random inside the ring, so many again whenever the hand is a radius farther."""

    def __init__(self, settings: Settings, random: Random) -> None:
        self.settings = settings
        self.random = random
        self._last: Place | None = None

    def __call__(self, points: Points, _start: Place, end: Place) -> Points:
        if self._last is None:
            self._last = end
            return added(points, self._cloud(end))
        across, up = end[0] - self._last[0], end[1] - self._last[1]
        steps = int(math.hypot(across, up) / self.settings.radius)
        for _step in range(steps):
            share = self.settings.radius / math.hypot(across, up)
            self._last = self._last[0] + share * across, self._last[1] + share * up
            points = added(points, self._cloud(self._last))
        return points

    def _cloud(self, middle: Place) -> Points:
        made = []
        for _number in range(self.settings.density):
            away, turn = self.settings.radius * math.sqrt(self.random.random()), self.random.uniform(0, math.tau)
            x, y = middle[0] + away * math.cos(turn), middle[1] + away * math.sin(turn)
            if max(abs(x), abs(y)) <= EXTENT:
                made.append(point_at(x, y, self.settings.label))
        return tuple(made)
