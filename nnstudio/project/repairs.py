"""What is wrong with one link, and what would mend it: each repair is a whole project to take in its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt, prod

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Shape, shown_shape
from nnstudio.project import edits
from nnstudio.project.model import Link, Project
from nnstudio.project.names import shown_name
from nnstudio.project.shapes import Inference, incoming, infer, needed_for
from nnstudio.text import UserError, translate_count
from nnstudio.text import translate as _


@dataclass(frozen=True)
class Repair:
    """One way to mend a link: what it does, in two or three words, and the project it gives."""

    label: str
    project: Project


class LinkRules:
    """Says of links that could be drawn in one network what speaks against them; fast for very many.

    What is the same for all links from one end is found once.
    """

    def __init__(self, project: Project, inference: Inference) -> None:
        self.project = project
        self.inference = inference
        self._layers = {layer.id: layer for layer in project.network.layers}
        self._sources = incoming(project.network)
        self._before: dict[str, set[str]] = {}

    def refusal(self, link: Link) -> str:
        """Why a link cannot be drawn, or does not fit by its shape; "" when it does."""
        source, target = self._layers[link.source], self._layers[link.target]
        if link.source not in self._before:
            self._before[link.source] = needed_for(link.source, self._sources)
        is_linked = link.source in self._sources[link.target]
        reason = edits.link_refusal(source, target, is_linked, self._before[link.source])
        return reason or self.mismatch(link)

    def mismatch(self, link: Link) -> str:
        """Why a link that can be drawn does not fit by its shape, in one sentence; "" when it does or cannot be
        told."""
        target = self._layers[link.target]
        declared = layer_type(target.type)
        sources = self._sources[link.target] if declared.inputs[1] != 1 else []
        joined = *(one for one in sources if one != link.source), link.source
        given = [self.inference.shapes.get(one) for one in joined]
        known = [shape for shape in given if shape is not None]
        if len(known) < max(len(given), declared.inputs[0]):
            return ""
        try:
            declared.shape(known, target.parameters)
        except UserError as mistake:
            return f"“{shown_name(target)}” {mistake}"
        outputs = self.project.facts.outputs if self.project.facts else None
        fitting = ((outputs,), *ONE_OF_TWO.get(outputs, ())) if outputs is not None else ()
        if target.role == "output" and fitting and known[0] not in fitting:
            return _("The network would give {count} values, and the data needs {outputs}.").format(
                count=known[0][0] if len(known[0]) == 1 else len(known[0]), outputs=outputs
            )
        return ""


def shape_mismatch(project: Project, inference: Inference, link: Link) -> str:
    """Why a link that could be drawn does not fit by its shape, in one sentence; "" when it does or cannot be told."""
    return LinkRules(project, inference).mismatch(link)


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


def square_image(shape: Shape | None) -> Shape | None:
    """The square image, grey or in colour, that a plain list could be the pixels of; None where it is none."""
    if shape is None or len(shape) != 1:
        return None
    sizes = [(channels, side, side) for channels in (1, 3) for side in [isqrt(shape[0] // channels)]]
    return next((size for size in sizes if prod(size) == shape[0] and size[1] > 1), None)


def ideas(before: Project, project: Project, link: Link, unfit: bool) -> Iterator[Repair]:
    """What might mend a link that is unfit, or join one with the link that it pushed away."""
    shapes = infer(project).shapes
    source, target = project.network.layer(link.source), project.network.layer(link.target)
    middle = tuple((one + other) / 2 for one, other in zip(source.position, target.position, strict=True))
    shape = shapes.get(link.source)
    if unfit and shape is not None and len(shape) > 1 and target.role not in ("reshape", "join"):
        flat, id = edits.add_layer(project, "flatten", (middle[0], middle[1] + 80))
        yield Repair(_("Flatten first"), edits.insert_on_link(flat, id, link))
    size = square_image(shape) if unfit and target.role in ("convolution", "pooling") else None
    if size is not None:
        drawn, id = edits.add_layer(project, "image", (middle[0], middle[1] + 80))
        for name, value in zip(("channels", "height", "width"), size, strict=True):
            drawn = edits.set_parameter(drawn, id, name, value)
        label = _("Take as image of {shape}").format(shape=shown_shape(size))
        yield Repair(label, edits.insert_on_link(drawn, id, link))
    outputs = project.facts.outputs if project.facts else None
    if unfit and target.role == "output" and source.role == "weighted" and outputs:
        yield Repair(units_to_set(outputs), edits.set_parameter(project, source.id, "units", outputs))
    replaced = [one for one in before.network.links if one.target == link.target and one not in project.network.links]
    if len(replaced) == 1:
        yield from joined(before, replaced[0], link, (target.position[0] - edits.COLUMN_WIDTH / 2, middle[1] + 60))


def units_to_set(units: int) -> str:
    """The label of a repair that gives a dense layer so many units."""
    return translate_count("Set {units} unit", "Set {units} units", units).format(units=units)


def joined(before: Project, old: Link, new: Link, place: tuple[float, float]) -> Iterator[Repair]:
    """Both links into one layer, by a concat between."""
    try:
        project, id = edits.add_layer(before, "concat", place)
        project = edits.insert_on_link(project, id, old)
        yield Repair(_("Join both with concat"), edits.add_link(project, new.source, id))
    except UserError:
        return
