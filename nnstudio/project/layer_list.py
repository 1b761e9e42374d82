"""Layers from one line, `dense:128,relu,dropout:0.2,dense:out`: a network (the command line's --layers) or a part."""

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Value
from nnstudio.project.arrange import arranged, insert_after
from nnstudio.project.edits import COLUMN_WIDTH, add_layer, add_link, set_parameter
from nnstudio.project.model import DataFacts, Position, Project
from nnstudio.text import UserError, mark
from nnstudio.text import translate as _


def with_stack(project: Project, spec: str, facts: DataFacts) -> Project:
    """The project with a chain of layers from input to output; `out` stands for what the data needs."""
    entries = [entry.strip() for entry in spec.split(",")]
    types = [entry.split(":")[0] for entry in entries]
    if types[0] != "input":
        entries.insert(0, "input")
    if types[-1] != "output":
        entries.append("output")
    previous = ""
    for entry in entries:
        type, values = parse_entry(entry, facts.outputs)
        project, id = add_layer(project, type, (0.0, 0.0), values)
        if previous:
            project = add_link(project, previous, id)
        previous = id
    return arranged(project, facts.shape)


def parse_entry(entry: str, outputs: int) -> tuple[str, dict[str, Value]]:
    """The type and the parameters of `type[:value][:key=value]…`; UserError for what is not known."""
    type, *words = entry.split(":")
    if not type:
        raise UserError(_("The list of layers has an empty place; write it like dense:128,relu,dense:out."))
    declared = layer_type(type)
    values: dict[str, Value] = {}
    for place, word in enumerate(words):
        name, equals, text = word.partition("=")
        if not equals:
            if place > 0 or not declared.parameters:
                raise UserError(
                    _("“{entry}”: “{word}” is not understood; write settings as name=value.").format(
                        entry=entry[:60], word=word[:40]
                    )
                )
            name, text = declared.parameters[0].name, word
        parameter = declared.parameter(name)
        try:
            values[name] = outputs if text == "out" and parameter.kind == "integer" else parameter.parse(text)
        except UserError as mistake:
            raise UserError(f"“{entry[:60]}”: {mistake}") from None
    return type, values


# Parts that are often drawn: what they are called, their layers, and what they are for.
READY_MADE: dict[str, tuple[str, str, str]] = {
    "dense_block": (
        mark("Dense block"),
        "dense:64,relu,dropout:0.2",
        mark("A dense layer, its ReLU, and dropout against learning by heart."),
    ),
    "normalised_block": (
        mark("Normalised block"),
        "dense:64,batch_norm,relu",
        mark("A dense layer whose values are brought to one scale before its ReLU."),
    ),
    "classifier_head": (
        mark("Classifier head"),
        "dense:out,softmax",
        mark("As many units as the data has classes, and a softmax that makes probabilities of them."),
    ),
    "lenet_head": (
        mark("LeNet head"),
        "flatten,dense:120,relu,dense:84,relu,dense:out,softmax",
        mark("What LeNet-5 ends in: the maps as one list, two dense layers, and a probability for each class."),
    ),
    "residual_block": (
        mark("Residual block"),
        "conv:16:padding=same,batch_norm,relu,conv:16:padding=same,batch_norm,add,relu",
        mark("Two convolutions, and a link past the second that adds what was there before: depth without fading."),
    ),
}
"""A layer that joins is linked from the first layer of its part too."""


def append_part(project: Project, id: str, spec: str) -> tuple[Project, list[str]]:
    """The project with a part set behind the layer `id`, as `insert_after` sets one layer; and the new ids."""
    ids: list[str] = []
    for type, values in parsed(project, spec):
        project, id = insert_after(project, id, type)
        for name, value in values.items():
            project = set_parameter(project, id, name, value)
        ids.append(id)
        if layer_type(type).role == "join":
            project = add_link(project, ids[0], id)
    return project, ids


def add_part(project: Project, spec: str, place: Position) -> tuple[Project, list[str]]:
    """The project with a part in a row from a place on, linked within itself; and the new ids."""
    ids: list[str] = []
    for number, (type, values) in enumerate(parsed(project, spec)):
        project, id = add_layer(project, type, (place[0] + number * COLUMN_WIDTH, place[1]), values)
        if ids:
            project = add_link(project, ids[-1], id)
        ids.append(id)
        if layer_type(type).role == "join":
            project = add_link(project, ids[0], id)
    return project, ids


def parsed(project: Project, spec: str) -> list[tuple[str, dict[str, Value]]]:
    outputs = project.facts.outputs if project.facts else 1
    return [parse_entry(entry, outputs) for entry in spec.split(",")]
