"""Where layers stand: a left-to-right layout, and inserting a layer into a chain."""

import math
from collections.abc import Sequence

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Shape
from nnstudio.project import edits
from nnstudio.project.edits import COLUMN_WIDTH
from nnstudio.project.frames import followed
from nnstudio.project.model import Link, Network, Position, Project
from nnstudio.project.shapes import computation_order, incoming, infer_network
from nnstudio.project.sizes import room_for

ROW_HEIGHT, ROW_GAP = 120.0, 36.0
LONGEST_ROW = 5
"""As many stand in one row whatever their number."""
ASPECT = 2.2
"""The width of a canvas divided by its height."""


def chain_places(types: Sequence[str], row_height: float = ROW_HEIGHT) -> list[Position]:
    """Places for a plain chain: short ones in one row, longer ones in rows of about equal length, read like text.

    Long ones fill a sheet as wide as the canvas is, so that they can be seen whole. No row begins with a dense layer:
    its weights are drawn from its neighbour on the left.
    """
    count = len(types)
    longest = row_length(count, row_height)
    rows = max(1, math.ceil(count / longest))
    columns = math.ceil(count / rows)
    places: list[Position] = []
    row = column = 0
    for type in types:
        if column > columns or (column == columns and layer_type(type).role != "weighted"):
            row, column = row + 1, 0
        places.append((column * COLUMN_WIDTH, row * row_height))
        column += 1
    return places


def row_length(columns: int, row_height: float) -> int:
    """How many of so many columns stand in a row, so that all rows together are about as wide as the canvas is."""
    return max(LONGEST_ROW, round(math.sqrt(ASPECT * row_height * columns / COLUMN_WIDTH)))


def arranged(project: Project, sample_shape: Shape | None = None, width: float = 0.0) -> Project:
    """The project laid out from left to right, a plain chain in rows, anything else in columns; frames follow.

    Rows are as far apart as their layers need, drawn as neurons too. The shape of a sample is that of the project's
    data where it is left out; a chain that `width` has room for stands in one row.
    """
    order, loop = computation_order(project.network)
    shape = project.facts.shape if project.facts else sample_shape
    inference = infer_network(project.network, shape)
    rooms = [room_for(inference.shapes.get(id), inference.parameters.get(id, 0) > 0) for id in order]
    row_height = max(ROW_HEIGHT, max(rooms, default=0.0) + ROW_GAP)
    if not loop and is_chain(project.network):
        types = [project.network.layer(id).type for id in order]
        in_one_row = len(types) * COLUMN_WIDTH <= width
        placed = [(place * COLUMN_WIDTH, 0.0) for place in range(len(types))]
        places = dict(zip(order, placed if in_one_row else chain_places(types, row_height), strict=True))
    else:
        places = column_places(project.network, [*order, *loop], loop, row_height)
    return followed(project, edits.move(project, places))


def is_chain(network: Network) -> bool:
    """Whether every layer but one has one input, and every layer but one leads to one other."""
    sources = [link.source for link in network.links]
    targets = [link.target for link in network.links]
    joined = len(network.links) == len(network.layers) - 1
    return joined and len(set(sources)) == len(sources) and len(set(targets)) == len(targets)


def column_places(
    network: Network, order: list[str], loop: list[str], row_height: float = ROW_HEIGHT
) -> dict[str, Position]:
    """Each layer one column right of the last of its inputs; layers of one column share its height. Many columns stand
    in bands below each other, read like text.

    Layers on a loop, which have no order, come in columns of their own at the end.
    """
    sources = incoming(network)
    column: dict[str, int] = {}
    for id in order:
        known = [column[source] + 1 for source in sources[id] if source in column]
        column[id] = max(column.values(), default=-1) + 1 if id in loop else max(known, default=0)
    count = max(column.values(), default=-1) + 1
    height: dict[str, float] = {}
    most = 1
    for number in range(count):
        members = [id for id in order if column[id] == number]
        members.sort(key=lambda id: mean_height(sources[id], height))
        most = max(most, len(members))
        for row, id in enumerate(members):
            height[id] = (row - (len(members) - 1) / 2) * row_height
    length = row_length(count, most * row_height)
    return {
        id: (place % length * COLUMN_WIDTH, height[id] + place // length * most * row_height)
        for id, place in column.items()
    }


def mean_height(sources: list[str], height: dict[str, float]) -> float:
    """Near its inputs, so that links cross little."""
    known = [height[source] for source in sources if source in height]
    return sum(known) / len(known) if known else 0.0


def insert_after(project: Project, id: str, type: str) -> tuple[Project, str]:
    """The project with a new layer behind the layer `id`, taking over its outgoing links, and the new layer's id.

    Without a layer to follow, the new one comes before the output, or stands alone. What stands to the right makes
    room.
    """
    network = project.network
    sources = incoming(network)
    output = next((layer.id for layer in network.layers if layer.role == "output"), "")
    if not id or network.layer(id).role == "output":
        id = sources[output][0] if output and sources[output] else ""
    if not id:
        return edits.add_layer(project, type, free_place(project))
    before = network.layer(id)
    place = (before.position[0] + COLUMN_WIDTH, before.position[1])
    outgoing = [link for link in network.links if link.source == id]
    project = with_room(project, id, place)
    project, new = edits.add_layer(project, type, place)
    role = layer_type(type).role
    if role == "input" or (role == "output" and output):
        return project, new  # an end more is for the user to place and link
    if role == "output":
        return edits.add_link(project, id, new), new  # nothing leaves it: what came behind stays linked
    # In place, so that a layer that joins keeps the order of its inputs.
    moved = [Link(new, link.target) if link in outgoing else link for link in project.network.links]
    project = edits.with_network(project, links=tuple(moved))
    return edits.add_link(project, id, new), new


def settled_on_link(project: Project, id: str) -> Project:
    """The project with a layer that was set into a link standing behind the layer before it, and what stands to the
    right of that moved on."""
    (source,) = incoming(project.network)[id]
    before = project.network.layer(source)
    place = before.position[0] + COLUMN_WIDTH, before.position[1]
    return edits.move(with_room(project, id, place), {id: place})


def with_room(project: Project, id: str, place: Position) -> Project:
    """The project with what stands in the same row from a place on moved right, when something stands there."""
    in_row = [
        layer
        for layer in project.network.layers
        if layer.id != id
        and abs(layer.position[1] - place[1]) < ROW_HEIGHT / 2
        and layer.position[0] > place[0] - COLUMN_WIDTH / 2
    ]
    if not any(layer.position[0] < place[0] + COLUMN_WIDTH for layer in in_row):
        return project
    moved = {layer.id: (layer.position[0] + COLUMN_WIDTH, layer.position[1]) for layer in in_row}
    return followed(project, edits.move(project, moved))


def free_place(project: Project) -> Position:
    """Below everything else."""
    layers = project.network.layers
    if not layers:
        return 0.0, 0.0
    return min(layer.position[0] for layer in layers), max(layer.position[1] for layer in layers) + 110.0
