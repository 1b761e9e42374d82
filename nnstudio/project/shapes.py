"""Shapes, parameter counts and problems all through a network. Never raises, however half-built the network is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import LayerType, Shape, shown_shape
from nnstudio.project.model import DataFacts, Layer, Network, Project
from nnstudio.project.names import shown_name
from nnstudio.text import Count, UserError
from nnstudio.text import translate as _

MOST_PARAMETERS = 500_000_000
"""The largest network that is attempted: with Adam and what a run is carried on from, training it takes 24 GB."""

COUNTED = ("input", "distance")
"""Whose values are units beside those of layers that weigh their inputs."""
CLASS_LOSSES = ("cross_entropy", "binary_cross_entropy")


@dataclass(frozen=True)
class Problem:
    """Something that keeps a network from training: where (a layer's id, "network", "data" or "training"), and what."""

    where: str
    message: str


@dataclass(frozen=True)
class Inference:
    """What could be found out: shape and parameter count of each layer whose inputs are known, and the problems.

    `multiply_adds` are those of all layers for one sample, `connections` the lines from value to value, of which many
    share a weight, and `units` the values that come in and those that are weighed sums.
    """

    shapes: dict[str, Shape] = field(default_factory=dict)
    parameters: dict[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    order: tuple[str, ...] = ()
    multiply_adds: int = 0
    connections: int = 0
    units: int = 0

    @property
    def total_parameters(self) -> int:
        return sum(self.parameters.values())

    def at(self, where: str) -> list[str]:
        """The messages of the problems at one place."""
        return [problem.message for problem in self.problems if problem.where == where]


def infer(project: Project) -> Inference:
    """Shapes and problems of a project's network, as far as its data is known."""
    inference = infer_network(project.network, project.facts.shape if project.facts else None)
    problems = (*inference.problems, *output_problems(project, inference))
    problems = problems or tuple(weight_problems(project, inference)) or tuple(constant_softmaxes(project, inference))
    return replace(inference, problems=problems)


def infer_network(network: Network, sample_shape: Shape | None) -> Inference:
    """Shapes through the network in the order of computation, and what is wrong with its drawing.

    `sample_shape` is the shape of what the input layer gives, None while the data is not known.
    """
    sources = incoming(network)
    order, loop = computation_order(network, sources)
    shapes: dict[str, Shape] = {}
    parameters: dict[str, int] = {}
    problems = list(drawing_problems(network, sources, loop))
    layers = {layer.id: layer for layer in network.layers}
    multiply_adds = connections = units = 0
    for id in order:
        layer = layers[id]
        declared = layer_type(layer.type)
        given = input_shapes(layer, sources[id], shapes, sample_shape)
        if given is None or not takes(declared, layer, len(sources[id])):
            continue
        try:
            shapes[id] = declared.shape(given, layer.parameters)
            parameters[id] = declared.weights(given, layer.parameters)
            multiply_adds += declared.multiply_adds(given, layer.parameters)
            connections += declared.connections(given, layer.parameters)
            units += prod(shapes[id]) if declared.matrices or declared.role in COUNTED else 0
        except UserError as mistake:
            problems.append(Problem(id, f"“{shown_name(layer)}” {mistake}"))
    if sum(parameters.values()) > MOST_PARAMETERS:
        problems.append(too_large(network, parameters))
    return Inference(shapes, parameters, tuple(problems), tuple(order), multiply_adds, connections, units)


def incoming(network: Network) -> dict[str, list[str]]:
    """The ids that feed each layer, in the order of the links."""
    sources: dict[str, list[str]] = {layer.id: [] for layer in network.layers}
    for link in network.links:
        if link.source in sources and link.target in sources:
            sources[link.target].append(link.source)
    return sources


def needed_for(end: str, sources: dict[str, list[str]]) -> set[str]:
    """The ids that a layer's value depends on, its own among them."""
    needed, waiting = {end}, [end]
    while waiting:
        for source in sources[waiting.pop()]:
            if source not in needed:
                needed.add(source)
                waiting.append(source)
    return needed


def computation_order(network: Network, sources: dict[str, list[str]] | None = None) -> tuple[list[str], list[str]]:
    """The ids sorted so that every layer follows its inputs, and the ids on or behind a loop, which have no order.

    `sources` are those that feed each layer, where they were found already.
    """
    sources = sources or incoming(network)
    targets: dict[str, list[str]] = {id: [] for id in sources}
    waiting_for = {id: len(feeding) for id, feeding in sources.items()}
    for id, feeding in sources.items():
        for source in feeding:
            targets[source].append(id)
    order = [id for id, count in waiting_for.items() if count == 0]
    for id in order:
        for target in targets[id]:
            waiting_for[target] -= 1
            if waiting_for[target] == 0:
                order.append(target)
    done = set(order)
    return order, [id for id in sources if id not in done]


def input_shapes(
    layer: Layer, sources: Sequence[str], shapes: dict[str, Shape], sample_shape: Shape | None
) -> list[Shape] | None:
    """The shapes that enter a layer; None while one of them is not known."""
    if layer.role == "input":
        return [sample_shape] if sample_shape else None
    known = [shapes[source] for source in sources if source in shapes]
    return known if known and len(known) == len(sources) else None


def takes(declared: LayerType, layer: Layer, count: int) -> bool:
    least, most = declared.inputs
    return count >= least and (most is None or count <= most)


# --- problems -------------------------------------------------------------------------------------------------------


def drawing_problems(network: Network, sources: dict[str, list[str]], loop: list[str]) -> Iterator[Problem]:
    """What is wrong with the picture itself: missing ends, loose layers, wrong numbers of links, loops."""
    yield from end_problems(network)
    leaving = {link.source for link in network.links}
    if loop:
        yield Problem(loop[0], loop_message(network, sources, loop))
    for layer in network.layers:
        count = len(sources[layer.id])
        leads_on = layer.id in leaving or layer.role == "output"
        declared = layer_type(layer.type)
        least, most = declared.inputs
        if count == 0 and least > 0 and not leads_on:
            yield Problem(
                layer.id,
                _("“{layer}” is loose: link it into the network or delete it.").format(layer=shown_name(layer)),
            )
        elif count == 0 and least > 0:
            yield Problem(
                layer.id,
                _("“{layer}” is not connected to an input: draw a link to it.").format(layer=shown_name(layer)),
            )
        elif count < least:
            yield Problem(
                layer.id,
                _("“{layer}” joins layers and needs at least {least} links into it; it has {count}.").format(
                    layer=shown_name(layer), least=least, count=count
                ),
            )
        elif most is not None and count > most:
            yield Problem(
                layer.id,
                _("“{layer}” takes one link and has {count}; join them with a concat or an add.").format(
                    layer=shown_name(layer), count=count
                ),
            )
        elif not leads_on:
            yield Problem(
                layer.id,
                _("“{layer}” leads nowhere: draw a link from it, or delete it.").format(layer=shown_name(layer)),
            )


def end_problems(network: Network) -> Iterator[Problem]:
    """A network has one input and one output."""
    ends = {
        "input": _("The network has no input layer; add one from the palette."),
        "output": _("The network has no output layer; add one from the palette."),
    }
    for role, missing in ends.items():
        found = [layer for layer in network.layers if layer.role == role]
        if not found:
            yield Problem("network", missing)
        for extra in found[1:]:
            yield Problem(
                extra.id,
                _("“{layer}” is one too many: a network has one input and one output.").format(layer=shown_name(extra)),
            )


def loop_message(network: Network, sources: dict[str, list[str]], loop: list[str]) -> str:
    """Name the layers of one loop, found by walking links backwards until a layer comes again."""
    on_loop, walked = set(loop), [loop[0]]
    while True:
        source = next(source for source in sources[walked[-1]] if source in on_loop)
        if source in walked:
            names = [shown_name(network.layer(id)) for id in [*walked[walked.index(source) :], source]]
            return _("These layers form a loop: {names}. Delete one of the links.").format(
                names=" → ".join(reversed(names))
            )
        walked.append(source)


def too_large(network: Network, parameters: dict[str, int]) -> Problem:
    largest = max(parameters, key=lambda id: parameters[id])
    return Problem(
        largest,
        _(
            "The network would have {count} parameters, most of them in “{layer}”; the limit is "
            "{limit}. Give it fewer units."
        ).format(
            count=Count(sum(parameters.values())),
            layer=shown_name(network.layer(largest)),
            limit=Count(MOST_PARAMETERS),
        ),
    )


def output_problems(project: Project, inference: Inference) -> Iterator[Problem]:
    """Whether the network's answer fits the data's target and the loss."""
    facts = project.facts
    outputs = [layer for layer in project.network.layers if layer.role == "output" and layer.id in inference.shapes]
    if facts is None or len(outputs) != 1:
        return
    output, shape = outputs[0], inference.shapes[outputs[0].id]
    if len(shape) != 1:
        yield Problem(
            output.id,
            _("“{layer}” gets {shape} values a sample and needs a plain list; put a flatten layer before it.").format(
                layer=shown_name(output), shape=shown_shape(shape)
            ),
        )
    elif facts.task == "value" and shape != (1,):
        yield Problem(
            output.id,
            _(
                "The network gives {count} values, and the target is one value; end it with a dense layer of 1 unit."
            ).format(count=shape[0]),
        )
    elif facts.task == "labels" and shape != (len(facts.classes),):
        yield Problem(
            output.id,
            _("The network gives {count} values, and there are {labels} targets; end it with as many units.").format(
                count=shape[0], labels=len(facts.classes)
            ),
        )
    elif facts.task == "class" and shape[0] != len(facts.classes) and (shape[0] != 1 or len(facts.classes) != 2):
        yield Problem(
            output.id,
            _(
                "The network gives {count} values, and the data has {classes} classes; "
                "end it with a dense layer of {classes} units."
            ).format(count=shape[0], classes=len(facts.classes)),
        )
    else:
        yield from loss_problems(project, shape[0], facts)


def loss_problems(project: Project, outputs: int, facts: DataFacts) -> Iterator[Problem]:
    """Whether the chosen loss can compare this many outputs with this kind of target, and there is what early stopping
    is to follow."""
    if facts.task == "value" and project.training.monitor != "validation_loss":
        yield Problem(
            "training",
            _("Early stopping cannot follow the accuracy: the target is a value. Choose the validation loss for it."),
        )
    if facts.task == "labels" and project.training.monitor == "validation_balanced_accuracy":
        yield Problem(
            "training",
            _("Early stopping cannot follow the balanced accuracy of several targets. Choose another measure for it."),
        )
    loss = project.training.loss
    if loss in CLASS_LOSSES and facts.task == "value":
        yield Problem(
            "training", _("The loss {loss} needs classes, and the target is a value; choose mse.").format(loss=loss)
        )
    elif facts.task == "labels" and loss == "cross_entropy":
        yield Problem(
            "training", _("The loss cross_entropy tells one class from others; several targets need another loss.")
        )
    elif loss == "binary_cross_entropy" and outputs != 1 and facts.task != "labels":
        yield Problem(
            "training",
            _(
                "The loss binary_cross_entropy needs one output, and the network has {count}; choose cross_entropy."
            ).format(count=outputs),
        )
    elif loss == "cross_entropy" and outputs == 1:
        yield Problem(
            "training",
            _(
                "The loss cross_entropy needs one output a class, and the network has one; choose "
                "binary_cross_entropy, or give the last dense layer 2 units."
            ),
        )


def weight_problems(project: Project, inference: Inference) -> Iterator[Problem]:
    """A network without weights has nothing to learn."""
    known = len(inference.shapes) == len(project.network.layers) > 0
    if known and inference.total_parameters == 0:
        yield Problem("network", _("The network has no weights, so there is nothing to learn; add a dense layer."))


def constant_softmaxes(project: Project, inference: Inference) -> Iterator[Problem]:
    """A softmax over one value is 1 whatever that is: where no way leads past it, nothing before it can learn."""
    sources = incoming(project.network)
    inputs, outputs = ([one.id for one in project.network.layers if one.role == end] for end in ("input", "output"))
    for layer in project.network.layers:
        if layer.type != "softmax" or inference.shapes.get(layer.id) != (1,):
            continue
        past = set[str]().union(*(needed_for(end, {**sources, layer.id: []}) for end in outputs))
        if past.isdisjoint(inputs):
            words = _("“{layer}” gets one value, and the softmax of one is always 1; nothing before it can learn.")
            yield Problem(layer.id, words.format(layer=shown_name(layer)))


def measuring(network: Network, shapes: Mapping[str, Shape]) -> list[Layer]:
    """The layers that need at least 2 samples in every batch; of pictures one has values enough."""
    return [one for one in network.layers if layer_type(one.type).measures_batch and len(shapes.get(one.id, ())) == 1]


def batch_problems(project: Project, inference: Inference) -> Iterator[Problem]:
    """Batch norm cannot learn from a batch of one sample; PyTorch would refuse it in the middle of the first epoch."""
    facts, plan, shapes = project.facts, project.training, inference.shapes
    plain = measuring(project.network, shapes)
    if facts is None or not plain:
        return
    layer = plain[0]
    if plan.batch_size == 1 or facts.train % plan.batch_size == 1:
        yield Problem(
            "training",
            _(
                "“{layer}” needs at least 2 samples in every batch, and with {rows} training "
                "samples in batches of {size} the last has 1. Choose another batch size."
            ).format(layer=shown_name(layer), rows=facts.train, size=plan.batch_size),
        )


def all_problems(project: Project, inference: Inference | None = None) -> tuple[Problem, ...]:
    """Everything that keeps the project from training, as far as its data is known; `inference` where it was made."""
    inference = inference or infer(project)
    return (*inference.problems, *batch_problems(project, inference))
