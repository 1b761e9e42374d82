"""The drawn network as a `torch.fx.GraphModule`, and its weights before the first step."""

import operator
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any

import torch
from torch import fx, nn

from nnstudio import modules
from nnstudio.data.playground_points import of_source
from nnstudio.data.seedrandom import SeededStream
from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Shape, Sparse, Tokens, TorchCall
from nnstudio.project.endings import CONTAINED, lowest_target
from nnstudio.project.model import Network, TrainingPlan
from nnstudio.project.preparation import Task
from nnstudio.project.shapes import incoming, infer_network, needed_for
from nnstudio.project.toy_source import PLAYGROUND, is_from_playground
from nnstudio.project.weights import weighing_names
from nnstudio.text import UserError
from nnstudio.training.engine.dropout import MaskedDropout
from nnstudio.training.engine.losses import class_probabilities, predicted_classes


def spread(packed: torch.Tensor, width: int) -> torch.Tensor:
    """Sparse samples (n, 2 k), the places of k values and then the values, as (n, width)."""
    places, values = packed.chunk(2, dim=1)
    return packed.new_zeros(len(packed), width).scatter_add(1, places.long(), values)


def whole_numbers(tokens: torch.Tensor) -> torch.Tensor:
    """The numbers of words, which are kept among other values, as an embedding takes them."""
    return tokens.long()


FUNCTIONS: dict[str, Callable[..., Any]] = {"torch.cat": torch.cat}

DRAWING = threading.Lock()
"""Held by whoever draws from torch's own generator."""


@dataclass(frozen=True)
class Weighing:
    """What a layer weighs its inputs by: its matrices or kernels, the biases it adds, and, where it has a table of
    connections, 1 for what is connected and 0 for what is not."""

    matrices: list[nn.Parameter]
    biases: list[nn.Parameter]
    table: torch.Tensor | None = None

    @property
    def weight(self) -> nn.Parameter:
        return self.matrices[0]

    @property
    def bias(self) -> nn.Parameter | None:
        """A bias for each unit; None where there is none, or one for each place."""
        return self.biases[0] if self.biases and self.biases[0].dim() == 1 else None


@dataclass(frozen=True)
class BuiltNetwork:
    """One set of modules under two graphs.

    `drawn` gives what the output layer shows; `trained` gives what the loss compares, which leaves out a last softmax
    or sigmoid that the loss contains. Both take a batch (n, *sample_shape). `activations` names the modules of
    `trained` that apply a function to every value by itself, `matrices` the parameters by which layers weigh their
    inputs, and `biases` those that such layers add, as their declarations say. `ends` are the ids of the input and the
    output layer. What `trained` gives is compared with `lowest` and 1 where the loss is no cross-entropy, and says yes
    above the `middle`. `learnt` counts the parameters without those that are 0 for good.
    """

    drawn: fx.GraphModule
    trained: fx.GraphModule
    activations: tuple[str, ...] = ()
    matrices: tuple[str, ...] = ()
    biases: tuple[str, ...] = ()
    ends: tuple[str, str] = ("", "")
    lowest: float = -1.0
    middle: float = 0.0
    tells_labels: bool = False
    learnt: int = 0

    def named(self, outputs: torch.Tensor) -> torch.Tensor:
        """The class numbers, or codes of labels, (…, n) that outputs (…, n, k) of `trained` stand for."""
        return predicted_classes(outputs, self.middle, self.tells_labels)

    def probabilities(self, outputs: torch.Tensor, loss: str) -> torch.Tensor:
        """A probability for each class, or of each label, (n, classes) from outputs (n, k) of `trained`."""
        return class_probabilities(outputs, loss, self.lowest, self.tells_labels)

    @property
    def parameters(self) -> list[nn.Parameter]:
        return list(self.trained.parameters())

    def weighing(self) -> dict[str, Weighing]:
        """What each layer weighs its inputs by, by layer; the scales of batch and layer norm are no such weights."""
        found: dict[str, Weighing] = {}
        for name in self.matrices:
            id = name.partition(".")[0]
            if id not in found:
                found[id] = Weighing([], [], getattr(self.trained.get_submodule(id), "table", None))
            found[id].matrices.append(self.trained.get_parameter(name))
        for name in self.biases:
            found[name.partition(".")[0]].biases.append(self.trained.get_parameter(name))
        return found

    def parameter_count(self) -> int:
        """How many numbers stand in memory."""
        return sum(parameter.numel() for parameter in self.parameters)


def always() -> None:
    """Nothing keeps the work from going on."""


def build(
    network: Network, sample_shape: Shape, loss: str, go_on: Callable[[], None] = always, task: Task = "class"
) -> BuiltNetwork:
    """The network's modules and graphs for a loss that is not "auto"; UserError when the network has a problem.

    `go_on` is called before each layer, and may raise: a large one takes seconds.
    """
    inference = infer_network(network, sample_shape)
    if inference.problems:
        raise UserError(inference.problems[0].message)
    sources = incoming(network)
    root = nn.Module()
    calls = {
        id: torch_call(network, id, [inference.shapes[source] for source in sources[id]] or [sample_shape])
        for id in inference.order
    }
    for id, call in calls.items():
        go_on()
        if call is not None and call.form == "module":
            root.add_module(id, make_module(call))
    first, output = (next(one.id for one in network.layers if one.role == role) for role in ("input", "output"))
    end = last = sources[output][0]
    if layer_type(network.layer(last).type).contained_in == loss:
        end = sources[last][0]
    drawn, trained = (trace(root, sources, calls, one, sample_shape) for one in (last, end))
    used = dict(trained.named_modules())
    activations = [one.id for one in network.layers if one.id in used and layer_type(one.type).curve is not None]
    matrices, biases = weighing_names(network, sample_shape)
    lowest = lowest_target(network, inference.shapes[output][0])
    return BuiltNetwork(
        drawn,
        trained,
        tuple(activations),
        tuple(name for name in matrices if name.partition(".")[0] in used),
        tuple(name for name in biases if name.partition(".")[0] in used),
        (first, output),
        lowest,
        0.0 if loss in CONTAINED else (lowest + 1) / 2,
        task == "labels",
        inference.total_parameters,
    )


def torch_call(network: Network, id: str, shapes: Sequence[Shape]) -> TorchCall | None:
    """The call of torch a layer stands for; None for input and output."""
    layer = network.layer(id)
    declared = layer_type(layer.type)
    return declared.call(shapes, layer.parameters) if declared.call else None


def make_module(call: TorchCall) -> nn.Module:
    """The module a call names; dropout as ours, whose masks every way of running a step shares."""
    if call.name == "nn.Dropout":
        return MaskedDropout(**call.arguments)
    there = nn if call.name.startswith("nn.") else modules
    module: nn.Module = getattr(there, call.name.removeprefix("nn."))(**call.arguments)
    return module


def trace(
    root: nn.Module, sources: dict[str, list[str]], calls: dict[str, TorchCall | None], end: str, sample_shape: Shape
) -> fx.GraphModule:
    """The graph of everything that the layer `end` needs; `calls` are in the order of computation."""
    graph = fx.Graph()
    nodes: dict[str, fx.Node] = {}
    needed = needed_for(end, sources)
    for id, call in calls.items():
        if id in needed:
            given = [nodes[source] for source in sources[id]]
            nodes[id] = add_node(graph, id, call, given) if given else add_samples(graph, sample_shape)
    graph.output(nodes[end])
    return fx.GraphModule(root, graph)


def add_samples(graph: fx.Graph, sample_shape: Shape) -> fx.Node:
    """The samples as layers take them, from what is kept of them."""
    samples = graph.placeholder("x")
    if isinstance(sample_shape, Sparse):
        return graph.call_function(spread, (samples, sample_shape[0]))
    return graph.call_function(whole_numbers, (samples,)) if isinstance(sample_shape, Tokens) else samples


def add_node(graph: fx.Graph, id: str, call: TorchCall | None, inputs: list[fx.Node]) -> fx.Node:
    if call is None:
        return inputs[0]
    if call.form == "module":
        return graph.call_module(id, tuple(inputs))
    if call.form == "sum":
        return reduce(lambda left, right: graph.call_function(operator.add, (left, right)), inputs)
    return graph.call_function(FUNCTIONS[call.name], (inputs,), dict(call.arguments))


# --- weights before the first step ----------------------------------------------------------------------------------


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Torch's own generator, from which modules draw their first weights, begun at a seed and put back afterwards.

    There is one for the whole process: of the threads that want it, one has it at a time.
    """
    with DRAWING:
        before = torch.default_generator.get_state()
        torch.default_generator.manual_seed(seed)
        try:
            yield
        finally:
            torch.default_generator.set_state(before)


def initialize(network: BuiltNetwork, plan: TrainingPlan, go_on: Callable[[], None] = always, source: str = "") -> None:
    """Draw every weight matrix by the plan's scheme from torch's own generator, and set every bias beside one. What is
    drawn is the same in float64 as in float32.

    xavier: Glorot and Bengio 2010, uniform in ±√(6 / (inputs + outputs)). he: He et al. 2015, normal with deviation
    √(2 / inputs). lecun: LeCun et al. 1989, uniform in ±2.4 / inputs, those of each unit by themselves. playground:
    uniform in ±0.5, with seed 0 from the stream that drew the points of a `source` that is a problem of TensorFlow
    Playground: what its page begins with. PyTorch's default is left as the modules drew it.
    """
    is_drawn = plan.initialization != "default"
    for layer in network.weighing().values() if is_drawn else ():
        go_on()
        for weight in layer.matrices:
            draw(weight, plan.initialization, plan.initialization_scale, layer.table)
    if plan.precision == "float64":
        network.drawn.double()
    stream = SeededStream.at(of_source(source)[1]) if follows_points(plan, source) else None
    for layer in network.weighing().values() if is_drawn else ():
        go_on()
        if stream is not None:
            for weight in layer.matrices:
                fill_from(stream, weight, layer.table)
        for bias in layer.biases:
            nn.init.constant_(bias, plan.bias_initialization)


@torch.no_grad()
def draw(weight: torch.Tensor, scheme: str, scale: float, table: torch.Tensor | None = None) -> None:
    """Draw a matrix or kernels by a scheme; what a table of connections leaves out is 0."""
    schemes: dict[str, Callable[[], Any]] = {
        "normal": lambda: nn.init.normal_(weight, 0.0, scale),
        "uniform": lambda: nn.init.uniform_(weight, -scale, scale),
        "xavier": lambda: nn.init.xavier_uniform_(weight),
        "he": lambda: nn.init.kaiming_normal_(weight),
        "lecun": lambda: nn.init.uniform_(weight, -2.4, 2.4).div_(inputs_of_each(weight, table)),
        "zeros": lambda: nn.init.zeros_(weight),
        "playground": lambda: nn.init.uniform_(weight, -0.5, 0.5),
    }
    schemes[scheme]()
    if table is not None:
        weight.mul_(table)


def follows_points(plan: TrainingPlan, source: str) -> bool:
    """Whether the first weights are the numbers that follow those of the points; another seed draws others."""
    return plan.initialization == PLAYGROUND and plan.seed == 0 and is_from_playground(source)


@torch.no_grad()
def fill_from(stream: SeededStream, weight: torch.Tensor, table: torch.Tensor | None = None) -> None:
    """The next numbers of a stream as weights: those of each unit after those of the one before."""
    numbers = [stream.number() - 0.5 for _number in range(weight.numel())]
    weight.copy_(torch.tensor(numbers, dtype=weight.dtype).view(weight.shape))
    if table is not None:
        weight.mul_(table)


def inputs_of_each(weight: torch.Tensor, table: torch.Tensor | None) -> torch.Tensor:
    """How many inputs each unit has, in a shape to divide its weights by."""
    if table is None:
        return weight.new_tensor(weight[0].numel())
    return table.expand_as(weight).flatten(1).sum(dim=1).view(-1, *[1] * (weight.dim() - 1))
