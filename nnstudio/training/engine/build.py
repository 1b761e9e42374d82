"""The drawn network as a `torch.fx.GraphModule`, and its weights before the first step."""

import operator
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any, cast

import torch
from torch import fx, nn

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Shape, TorchCall
from nnstudio.project.model import Network, TrainingPlan
from nnstudio.project.shapes import incoming, infer_network, needed_for
from nnstudio.text import UserError
from nnstudio.training.engine.dropout import MaskedDropout

FUNCTIONS: dict[str, Callable[..., Any]] = {"torch.cat": torch.cat}

DRAWING = threading.Lock()
"""Held by whoever draws from torch's own generator."""


@dataclass(frozen=True)
class BuiltNetwork:
    """One set of modules under two graphs.

    `drawn` gives what the output layer shows; `trained` gives what the loss compares, which leaves out a last softmax
    or sigmoid that the loss contains. Both take a batch (n, *sample_shape). `activations` names the modules of
    `trained` that apply a function to every value by itself, `weighing` those that weigh their inputs, and `matrices`
    the parameters they do it by, as their declarations say. `ends` are the ids of the input and the output layer.
    """

    drawn: fx.GraphModule
    trained: fx.GraphModule
    activations: tuple[str, ...] = ()
    weighing: tuple[str, ...] = ()
    matrices: tuple[str, ...] = ()
    ends: tuple[str, str] = ("", "")

    @property
    def parameters(self) -> list[nn.Parameter]:
        return list(self.trained.parameters())

    def weighing_modules(self) -> dict[str, nn.Linear | nn.Conv2d]:
        """The modules that weigh their inputs, by layer; the scales of batch and layer norm are no such weights."""
        return {id: cast(nn.Linear | nn.Conv2d, self.trained.get_submodule(id)) for id in self.weighing}

    def parameter_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters)


def always() -> None:
    """Nothing keeps the work from going on."""


def build(network: Network, sample_shape: Shape, loss: str, go_on: Callable[[], None] = always) -> BuiltNetwork:
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
    drawn, trained = (trace(root, sources, calls, one) for one in (last, end))
    used = dict(trained.named_modules())
    activations = [one.id for one in network.layers if one.id in used and layer_type(one.type).curve is not None]
    declared = {id: layer_type(network.layer(id).type) for id in used if network.has(id)}
    weighing = [id for id, one in declared.items() if one.matrices]
    matrices = [f"{id}.{name}" for id in weighing for name in declared[id].matrices]
    return BuiltNetwork(drawn, trained, tuple(activations), tuple(weighing), tuple(matrices), (first, output))


def torch_call(network: Network, id: str, shapes: Sequence[Shape]) -> TorchCall | None:
    """The call of torch a layer stands for; None for input and output."""
    layer = network.layer(id)
    declared = layer_type(layer.type)
    return declared.call(shapes, layer.parameters) if declared.call else None


def make_module(call: TorchCall) -> nn.Module:
    """The module a call names; dropout as ours, whose masks every way of running a step shares."""
    if call.name == "nn.Dropout":
        return MaskedDropout(**call.arguments)
    module: nn.Module = getattr(nn, call.name.removeprefix("nn."))(**call.arguments)
    return module


def trace(
    root: nn.Module, sources: dict[str, list[str]], calls: dict[str, TorchCall | None], end: str
) -> fx.GraphModule:
    """The graph of everything that the layer `end` needs; `calls` are in the order of computation."""
    graph = fx.Graph()
    nodes: dict[str, fx.Node] = {}
    needed = needed_for(end, sources)
    for id, call in calls.items():
        if id in needed:
            nodes[id] = add_node(graph, id, call, [nodes[source] for source in sources[id]])
    graph.output(nodes[end])
    return fx.GraphModule(root, graph)


def add_node(graph: fx.Graph, id: str, call: TorchCall | None, inputs: list[fx.Node]) -> fx.Node:
    if not inputs:
        return graph.placeholder("x")
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


def initialize(network: BuiltNetwork, plan: TrainingPlan, go_on: Callable[[], None] = always) -> None:
    """Draw every weight matrix by the plan's scheme from torch's own generator, and set every bias beside one.

    xavier: Glorot and Bengio 2010, uniform in ±√(6 / (inputs + outputs)). he: He et al. 2015, normal with deviation
    √(2 / inputs). PyTorch's default is left as the modules drew it.
    """
    if plan.initialization == "default":
        return
    for module in network.weighing_modules().values():
        go_on()
        draw(module.weight, plan.initialization, plan.initialization_scale)
        if module.bias is not None:
            nn.init.constant_(module.bias, plan.bias_initialization)


def draw(weight: torch.Tensor, scheme: str, scale: float) -> None:
    schemes: dict[str, Callable[[], Any]] = {
        "normal": lambda: nn.init.normal_(weight, 0.0, scale),
        "uniform": lambda: nn.init.uniform_(weight, -scale, scale),
        "xavier": lambda: nn.init.xavier_uniform_(weight),
        "he": lambda: nn.init.kaiming_normal_(weight),
        "zeros": lambda: nn.init.zeros_(weight),
    }
    schemes[scheme]()
