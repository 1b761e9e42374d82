"""A network from one line: `dense:128,relu,dropout:0.2,dense:out` (the command line's --layers)."""

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Value
from nnstudio.project.arrange import chain_places
from nnstudio.project.edits import add_layer, add_link
from nnstudio.project.model import DataFacts, Project
from nnstudio.text import Mistake
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
    for place, entry in zip(chain_places(len(entries)), entries, strict=True):
        type, values = parse_entry(entry, facts.outputs)
        project, id = add_layer(project, type, place, values)
        if previous:
            project = add_link(project, previous, id)
        previous = id
    return project


def parse_entry(entry: str, outputs: int) -> tuple[str, dict[str, Value]]:
    """The type and the parameters of `type[:value][:key=value]…`; Mistake for what is not known."""
    type, *words = entry.split(":")
    if not type:
        raise Mistake(_("The list of layers has an empty place; write it like dense:128,relu,dense:out."))
    declared = layer_type(type)
    values: dict[str, Value] = {}
    for place, word in enumerate(words):
        name, equals, text = word.partition("=")
        if not equals:
            if place > 0 or not declared.parameters:
                raise Mistake(
                    _("“{entry}”: “{word}” is not understood; write settings as name=value.").format(
                        entry=entry[:60], word=word[:40]
                    )
                )
            name, text = declared.parameters[0].name, word
        parameter = declared.parameter(name)
        try:
            values[name] = outputs if text == "out" and parameter.kind == "integer" else parameter.parse(text)
        except Mistake as mistake:
            raise Mistake(f"“{entry[:60]}”: {mistake}") from None
    return type, values
