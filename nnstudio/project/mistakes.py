"""Mistakes in the shapes of a network, and the one change that mends each: tried before it is offered."""

from collections.abc import Callable, Iterator
from itertools import islice

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Shape, Sparse, Tokens, pair, shown_shape
from nnstudio.layers.windows import IMAGE_AXES, SAME
from nnstudio.project import edits
from nnstudio.project.arrange import settled_on_link
from nnstudio.project.endings import Mendable, removal
from nnstudio.project.model import Layer, Link, Project
from nnstudio.project.repairs import Repair, square_image, units_to_set
from nnstudio.project.shapes import Inference, Problem, incoming, infer, input_shapes
from nnstudio.text import UserError, translate_count
from nnstudio.text import translate as _

MOST_LOOKED_AT = 3
"""Of more problems with shapes only the first are looked into: each costs some looks through the network."""

Idea = tuple[str, Callable[[], Project]]
"""What a change does, in two or three words, and the project it gives."""


def shape_repairs(project: Project, inference: Inference) -> Iterator[Mendable]:
    """Problems of layers that cannot take what comes in, each with the first change after which it is gone; what reads
    the data otherwise cannot be tried."""
    wrong = [one for one in inference.problems if project.network.has(one.where)]
    for problem in islice(wrong, MOST_LOOKED_AT):
        layer = project.network.layer(problem.where)
        sources = incoming(project.network)[layer.id]
        sample = project.facts.shape if project.facts else None
        given = input_shapes(layer, sources, inference.shapes, sample)
        if given is None or len(sources) != 1:
            continue
        for label, change in ideas(project, layer, Link(sources[0], layer.id), given[0]):
            try:
                mended = change()
            except UserError:
                continue
            if project.data != mended.data or is_gone(mended, problem, layer):
                yield Mendable(problem, Repair(label, mended))
                break


def is_gone(mended: Project, problem: Problem, layer: Layer) -> bool:
    """Whether a problem is gone, and its layer takes what comes in; an output may still give the wrong number."""
    after = infer(mended)
    return problem not in after.problems and (layer.role == "output" or not after.at(layer.id))


def ideas(project: Project, layer: Layer, link: Link, shape: Shape) -> Iterator[Idea]:
    """What might mend a layer that cannot take a shape, the likeliest first."""
    yield from of_kind(project, layer, link, shape)
    if layer.role == "output" and len(shape) == 1 and project.facts:
        yield of_end(project, link, project.facts.outputs)
    yield from of_window(project, layer, shape)
    if layer.parameters.get("groups", 1) != 1:
        yield _("Set groups = 1"), lambda: edits.set_parameter(project, layer.id, "groups", 1)


def of_kind(project: Project, layer: Layer, link: Link, shape: Shape) -> Iterator[Idea]:
    """A layer between, or a setting of the data, that makes of the shape what the layer takes."""
    declared = layer_type(layer.type)
    if isinstance(shape, Tokens):
        type = "embedding" if declared.category == "sequence" else "embedding_bag"
        label = _("Insert {layer}").format(layer=_(layer_type(type).label).lower())
        yield label, lambda: inserted(project, type, link)
    if declared.reads_tokens and isinstance(project.facts and project.facts.shape, Sparse):
        yield _("Take the text as tokens"), lambda: edits.set_data(project, text="tokens")
    if len(shape) > 1:
        yield _("Insert flatten"), lambda: inserted(project, "flatten", link)
    size = square_image(shape) if declared.category == "image" else None
    if size is not None:
        label = _("Take as image of {shape}").format(shape=shown_shape(size))
        if project.network.layer(link.source).role == "input":
            yield label, lambda: edits.set_data(project, image="x".join(str(one) for one in size))
        values = dict(zip(("channels", "height", "width"), size, strict=True))
        yield label, lambda: inserted(project, "image", link, values)
    if len(shape) == 1 and declared.category == "sequence":
        yield _("Take as sequence"), lambda: inserted(project, "sequence", link)


def of_end(project: Project, link: Link, outputs: int) -> Idea:
    """As many values as the data asks for, from the dense layer that is there or from one behind it."""
    source = project.network.layer(link.source)
    if source.role == "weighted":
        return units_to_set(outputs), lambda: edits.set_parameter(project, source.id, "units", outputs)
    label = translate_count("Insert a dense layer of {units} unit", "Insert a dense layer of {units} units", outputs)
    return label.format(units=outputs), lambda: inserted(project, "dense", link, {"units": outputs})


def of_window(project: Project, layer: Layer, shape: Shape) -> Iterator[Idea]:
    """Other numbers for a window that does not fit; a pooling with nothing left to pool goes."""
    if len(shape) != IMAGE_AXES or "kernel_size" not in layer.parameters:
        return
    kernel = pair(layer.parameters["kernel_size"])
    if layer.role == "pooling" and min(shape[1:]) < max(kernel):
        yield _("One pooling too many: remove it"), lambda: removal(project, [layer]).project
    if layer.parameters["padding"] == SAME:
        odd = [size - 1 + size % 2 for size in kernel]
        yield with_number(project, layer, "kernel_size", odd)
    most = [size // 2 for size in kernel] if layer.role == "pooling" else [(size - 1) // 2 for size in kernel]
    yield with_number(project, layer, "padding", most)
    yield with_number(
        project, layer, "kernel_size", [min(one, two) for one, two in zip(kernel, shape[1:], strict=True)]
    )


def with_number(project: Project, layer: Layer, name: str, size: list[int]) -> Idea:
    """Another value for one of a layer's sizes."""
    value = f"{size[0]}x{size[1]}"
    label = _("Set {setting} = {value}").format(
        setting=_(layer_type(layer.type).parameter(name).label).lower(),
        value=size[0] if size[0] == size[1] else shown_shape(tuple(size)),
    )
    return label, lambda: edits.set_parameter(project, layer.id, name, value)


def inserted(project: Project, type: str, link: Link, values: dict[str, int] | None = None) -> Project:
    """The project with a layer set into a link, behind the layer that it comes from."""
    project, id = edits.add_layer(project, type, project.network.layer(link.source).position, values)
    return settled_on_link(edits.insert_on_link(project, id, link), id)
