"""What a frame holds: whatever lies inside it, as it is seen. Frames grow with what an edit moves."""

from collections.abc import Collection, Iterable, Mapping

from nnstudio.project import edits
from nnstudio.project.model import Network, Position, Project, Size
from nnstudio.project.shapes import infer
from nnstudio.project.sizes import LAYER_SIZE, MARGIN, NOTE_HEIGHT, TITLE_HEIGHT, room_for

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""


def boxes(network: Network) -> dict[str, Box]:
    """The boxes of everything on the canvas by their ids, layers drawn as boxes."""
    found = {one.id: box(one.position, LAYER_SIZE) for one in network.layers}
    found |= {one.id: box(one.position, (one.width, NOTE_HEIGHT)) for one in network.notes}
    return found | {one.id: box(one.position, one.size) for one in network.frames}


def rooms(project: Project) -> dict[str, Box]:
    """The same with the room that layers need however they are drawn."""
    inference = infer(project)
    heights = {
        one.id: room_for(inference.shapes.get(one.id), inference.parameters.get(one.id, 0) > 0)
        for one in project.network.layers
    }
    layers = {one.id: box(one.position, (LAYER_SIZE[0], heights[one.id])) for one in project.network.layers}
    return boxes(project.network) | layers


def box(position: Position, size: Size) -> Box:
    return (*position, position[0] + size[0], position[1] + size[1])


def held(network: Network, id: str) -> list[str]:
    """The ids of the layers and notes whose middle lies in a frame, and of the frames that lie wholly in it."""
    every = boxes(network)
    outer = every[id]
    frames = {frame.id for frame in network.frames}
    return [
        other
        for other, one in every.items()
        if other != id and (is_within(one, outer) if other in frames else has_middle_of(outer, one))
    ]


def with_held(network: Network, ids: Iterable[str]) -> list[str]:
    """These ids, and those of all that the frames among them hold."""
    frames = {frame.id for frame in network.frames}
    found = dict.fromkeys(ids)
    for id in frames.intersection(found):
        found |= dict.fromkeys(held(network, id))
    return list(found)


def has_middle_of(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def is_within(inner: Box, outer: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def with_margin(inner: Collection[Box]) -> Box:
    """The box of a frame that holds these, with room for its title."""
    return (
        min(one[0] for one in inner) - MARGIN,
        min(one[1] for one in inner) - MARGIN - TITLE_HEIGHT,
        max(one[2] for one in inner) + MARGIN,
        max(one[3] for one in inner) + MARGIN,
    )


def add_around(
    project: Project, title: str, ids: Collection[str], heights: Mapping[str, float] | None = None
) -> tuple[Project, str]:
    """The project with a frame around these layers, notes and frames, and the frame's id.

    `heights` are those of notes as they are seen, by their ids.
    """
    every = rooms(project)
    for id, height in (heights or {}).items():
        every[id] = (*every[id][:3], every[id][1] + height)
    left, top, right, bottom = with_margin([every[id] for id in ids])
    return edits.add_frame(project, title, (left, top), (right - left, bottom - top))


def followed(before: Project, after: Project) -> Project:
    """The project after an edit that moved layers, with its frames around what they held before it.

    A frame all of whose layers went one way goes that way too, with its notes; another is drawn around its layers anew.
    """
    places = {one.id: one.position for one in before.network.layers}
    now = {one.id: one.position for one in after.network.layers if one.id in places}
    steps = {id: (now[id][0] - places[id][0], now[id][1] - places[id][1]) for id in now}
    if all(step == (0.0, 0.0) for step in steps.values()) or not before.network.frames:
        return after
    inner = rooms(after)
    notes = {one.id for one in before.network.notes}
    # From the innermost out, so that a frame around a frame sees where that one went.
    for frame in sorted(before.network.frames, key=lambda one: one.size[0] * one.size[1]):
        inside = held(before.network, frame.id)
        went = {steps[id] for id in inside if id in steps}
        if not went or went == {(0.0, 0.0)}:
            continue
        old = boxes(before.network)[frame.id]
        if len(went) == 1:
            (step,) = went
            box: Box = (old[0] + step[0], old[1] + step[1], old[2] + step[0], old[3] + step[1])
        else:
            box = with_margin([inner[id] for id in inside if id in inner and id not in notes])
        there = {one.id: one.position for one in after.network.notes}
        offset = box[0] - old[0], box[1] - old[1]
        moved = {id: (there[id][0] + offset[0], there[id][1] + offset[1]) for id in inside if id in there}
        for x, y in moved.values():
            box = (min(box[0], x - MARGIN), box[1], max(box[2], x + MARGIN), max(box[3], y + NOTE_HEIGHT + MARGIN))
        after = edits.move(after, {**moved, frame.id: (box[0], box[1])})
        after = edits.resize(after, frame.id, (box[2] - box[0], box[3] - box[1]))
        inner[frame.id] = box
    return after
