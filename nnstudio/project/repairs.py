"""What is wrong with one link, and what would mend it: each repair is a whole project to take in its place."""

from collections.abc import Iterator
from dataclasses import dataclass

from nnstudio.layers.catalogue import layer_type
from nnstudio.project import edits
from nnstudio.project.model import Link, Project
from nnstudio.project.names import shown_name
from nnstudio.project.shapes import Inference, incoming, infer
from nnstudio.text import UserError
from nnstudio.text import translate as _


@dataclass(frozen=True)
class Repair:
    """One way to mend a link: what it does, in two or three words, and the project it gives."""

    label: str
    project: Project


def shape_mismatch(project: Project, inference: Inference, link: Link) -> str:
    """Why a link that could be drawn does not fit by its shape, in one sentence; "" when it does or cannot be told."""
    target = project.network.layer(link.target)
    declared = layer_type(target.type)
    shapes = inference.shapes
    sources = incoming(project.network)[link.target] if declared.inputs[1] != 1 else []
    given = [shapes.get(source) for source in (*(one for one in sources if one != link.source), link.source)]
    known = [shape for shape in given if shape is not None]
    if len(known) < max(len(given), declared.inputs[0]):
        return ""
    try:
        declared.output_shape(known, target.parameters)
    except UserError as mistake:
        return f"“{shown_name(target)}” {mistake}"
    outputs = project.facts.outputs if project.facts else None
    if target.type == "output" and outputs is not None and known[0] not in ((outputs,), *ONE_OF_TWO.get(outputs, ())):
        return _("The network would give {count} values, and the data needs {outputs}.").format(
            count=known[0][0] if len(known[0]) == 1 else len(known[0]), outputs=outputs
        )
    return ""


# Two classes can be told by two values or by one.
ONE_OF_TWO: dict[int, tuple[tuple[int, ...], ...]] = {2: ((1,),)}


def repairs(before: Project, project: Project, link: Link) -> Iterator[Repair]:
    """What would mend a link that was just drawn; `before` is the project without it. None makes anything worse."""
    unfit = bool(shape_mismatch(before, infer(before), link))
    was = set(infer(project).problems)
    for repair in ideas(before, project, link, unfit):
        now = set(infer(repair.project).problems)
        if not now - was and (now != was or not unfit):
            yield repair


def ideas(before: Project, project: Project, link: Link, unfit: bool) -> Iterator[Repair]:
    """What might mend a link that is unfit, or join one with the link that it pushed away."""
    shapes = infer(project).shapes
    source, target = project.network.layer(link.source), project.network.layer(link.target)
    middle = tuple((one + other) / 2 for one, other in zip(source.position, target.position, strict=True))
    shape = shapes.get(link.source)
    if unfit and shape is not None and len(shape) > 1 and target.type not in ("flatten", "concat", "add"):
        flat, id = edits.add_layer(project, "flatten", (middle[0], middle[1] + 80))
        yield Repair(_("Flatten first"), edits.insert_on_link(flat, id, link))
    outputs = project.facts.outputs if project.facts else None
    if unfit and target.type == "output" and source.type == "dense" and outputs:
        yield Repair(
            _("Set {units} units").format(units=outputs), edits.set_parameter(project, source.id, "units", outputs)
        )
    replaced = [one for one in before.network.links if one.target == link.target and one not in project.network.links]
    if len(replaced) == 1:
        yield from joined(before, replaced[0], link, (target.position[0] - edits.COLUMN_WIDTH / 2, middle[1] + 60))


def joined(before: Project, old: Link, new: Link, place: tuple[float, float]) -> Iterator[Repair]:
    """Both links into one layer, by a concat between."""
    try:
        project, id = edits.add_layer(before, "concat", place)
        project = edits.insert_on_link(project, id, old)
        yield Repair(_("Join both with concat"), edits.add_link(project, new.source, id))
    except UserError:
        return
