"""The drawn network as the lines of a PyTorch module, from the same calls that build the one that trains."""

import ast
import importlib.util
from collections.abc import Iterator

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Shape, TorchCall, shown_shape
from nnstudio.project.model import Network
from nnstudio.project.shapes import incoming, infer_network


def module_lines(network: Network, sample_shape: Shape, leave_out: str = "") -> Iterator[tuple[str, str]]:
    """Each line of a class `Network`, with the id of the layer it stands for or "".

    `leave_out` is the id of a last layer that the loss contains.
    """
    inference = infer_network(network, sample_shape)
    sources = incoming(network)
    calls = {id: call for id, call in calls_of(network, sample_shape).items() if id != leave_out}
    yield "", "class Network(nn.Module):"
    yield "", "    def __init__(self):"
    yield "", "        super().__init__()"
    for id, call in calls.items():
        if call.form == "module":
            yield id, f"        self.{id} = {call.code()}"
    yield "", ""
    yield "", f"    def forward(self, x):  # {shown_shape(sample_shape)} values a sample"
    names = variable_names(network, inference.order)
    for id in inference.order:
        inputs = [names[source] for source in sources[id]]
        if id in calls and calls[id].form == "module":
            yield id, f"        {names[id]} = self.{id}({inputs[0]})"
        elif id in calls:
            yield id, f"        {names[id]} = {calls[id].code(inputs)}"
        elif inputs:
            names[id] = inputs[0]
    output = next(layer.id for layer in network.layers if layer.role == "output")
    yield output, f"        return {names[output]}"


def calls_of(network: Network, sample_shape: Shape) -> dict[str, TorchCall]:
    """The call of torch each layer stands for, by layer in the order of computation; input and output have none."""
    inference, sources = infer_network(network, sample_shape), incoming(network)
    calls = {}
    for id in inference.order:
        layer = network.layer(id)
        shapes = [inference.shapes[source] for source in sources[id]] or [sample_shape]
        declared = layer_type(layer.type).call
        if declared is not None:
            calls[id] = declared(shapes, layer.parameters)
    return calls


def own_modules(network: Network, sample_shape: Shape) -> list[str]:
    """The lines of those of nnstudio's own modules that a network has, with two empty ones behind each; they need
    torch, nn and torch.nn.functional as F."""
    names = [call.name for call in calls_of(network, sample_shape).values() if call.form == "module"]
    lines = list[str]()
    for name in dict.fromkeys(name for name in names if not name.startswith("nn.")):
        lines += [*source_of(name), "", ""]
    return lines


def source_of(name: str, module: str = "nnstudio.modules") -> list[str]:
    """The lines of a class or function of a module of ours, as they are and without the kinds of what they take."""
    spec = importlib.util.find_spec(module)
    source = spec.loader.get_source(module) if spec and spec.loader else None  # type: ignore[attr-defined]
    body = ast.parse(source or "").body
    wanted = next(one for one in body if isinstance(one, ast.ClassDef | ast.FunctionDef) and one.name == name)
    if isinstance(wanted, ast.ClassDef):
        wanted.body = [one for one in wanted.body if not isinstance(one, ast.AnnAssign)]
    for node in ast.walk(wanted):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
    lines = list[str]()
    for line in ast.unparse(wanted).splitlines():
        lines += ["", line] if line.startswith("    def ") and lines[-1] else [line]
    return lines


def variable_names(network: Network, order: tuple[str, ...]) -> dict[str, str]:
    """The variable that holds each layer's output: `x` along a plain chain, the layer's own name where it branches."""
    sources = incoming(network)
    targets: dict[str, int] = {}
    for link in network.links:
        targets[link.source] = targets.get(link.source, 0) + 1
    branching = any(count > 1 for count in targets.values()) or any(len(given) > 1 for given in sources.values())
    return {id: "x" if not branching or not sources[id] else id for id in order}
