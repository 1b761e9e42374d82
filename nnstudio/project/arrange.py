"""Where layers stand: a left-to-right layout, and inserting a layer into a chain."""

from nnstudio.project import edits
from nnstudio.project.edits import COLUMN_WIDTH
from nnstudio.project.model import Position, Project
from nnstudio.project.shapes import computation_order, incoming


def arranged(project: Project, column_width: float, row_height: float) -> Project:
    """The project with each layer one column right of the last of its inputs; layers of one column share its height.

    Layers on a loop, which have no order, come in a column of their own at the end.
    """
    network = project.network
    sources = incoming(network)
    order, loop = computation_order(network)
    column: dict[str, int] = {}
    for id in order:
        column[id] = max((column[source] + 1 for source in sources[id]), default=0)
    for id in loop:
        column[id] = max(column.values(), default=-1) + 1
    height: dict[str, float] = {}
    for number in range(max(column.values(), default=-1) + 1):
        members = [id for id in [*order, *loop] if column[id] == number]
        members.sort(key=lambda id: mean_height(sources[id], height))
        for row, id in enumerate(members):
            height[id] = (row - (len(members) - 1) / 2) * row_height
    return edits.move(project, {id: (column[id] * column_width, height[id]) for id in column})


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
    output = next((layer.id for layer in network.layers if layer.type == "output"), "")
    if not id or id == output:
        id = sources[output][0] if output and sources[output] else ""
    if not id:
        return edits.add_layer(project, type, free_place(project))
    before = network.layer(id)
    place = (before.position[0] + COLUMN_WIDTH, before.position[1])
    outgoing = [link for link in network.links if link.source == id]
    project = with_room(project, id, place) if outgoing else project
    project, new = edits.add_layer(project, type, place)
    if type == "input":
        return project, new
    project = edits.add_link(project, id, new)
    if type != "output":
        project = edits.remove(project, links=outgoing)
        for link in outgoing:
            project = edits.add_link(project, new, link.target)
    return project, new


def with_room(project: Project, id: str, place: Position) -> Project:
    """The project with everything behind a layer moved right, when something stands where the next one would."""
    behind = edits.reachable(project.network, id) - {id}
    crowded = any(
        layer.id in behind and layer.position[0] < place[0] + COLUMN_WIDTH for layer in project.network.layers
    )
    if not crowded:
        return project
    return edits.move(
        project,
        {
            layer.id: (layer.position[0] + COLUMN_WIDTH, layer.position[1])
            for layer in project.network.layers
            if layer.id in behind
        },
    )


def free_place(project: Project) -> Position:
    """Below everything else."""
    layers = project.network.layers
    if not layers:
        return 0.0, 0.0
    return min(layer.position[0] for layer in layers), max(layer.position[1] for layer in layers) + 110.0
