"""One sample through a small network and the error back through it: every factor of the chain rule as a number.

Forward: x = Σ w y + w₀ for a dense layer, y = g(x) for an activation. Backward: ∂E/∂x = ∂E/∂y · g′(x), then
∂E/∂w = ∂E/∂x · y and ∂E/∂y = Σ w · ∂E/∂x for the layer before (Rumelhart, Hinton and Williams 1986). These products are
computed here one by one, in double precision, and then compared with what PyTorch's autograd gives.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, fx, nn

from nnstudio.layers import activations
from nnstudio.layers.catalogue import layer_type
from nnstudio.project.model import Network, Run
from nnstudio.project.names import shown_name
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.engine.dropout import MaskedDropout
from nnstudio.training.engine.losses import LOSSES, code_targets
from nnstudio.training.inference import TrainedNetwork, restore

Numbers = NDArray[np.float64]

MOST_UNITS = 16
"""Of more units a layer the numbers could not be read."""

PASSING = (nn.Flatten, MaskedDropout)
"""What lets values through as they are, when nothing is trained."""


@dataclass(frozen=True)
class LayerTrace:
    """What happens at one layer: (n,) enters and (m,) leaves; then the error's derivatives by what left and entered.

    A dense layer has `weights` (m, n) and `biases` (m,), with the error's derivatives by them; an activation has the
    `slopes` g′(x) (m,) of its function.
    """

    id: str
    type: str
    name: str
    inputs: Numbers
    outputs: Numbers
    by_outputs: Numbers
    by_inputs: Numbers
    slopes: Numbers | None = None
    weights: Numbers | None = None
    biases: Numbers | None = None
    by_weights: Numbers | None = None
    by_biases: Numbers | None = None


@dataclass(frozen=True)
class BackpropTrace:
    """A sample's way through a network and back. `outputs` are what the loss compares with `target`.

    `probabilities` are there where the loss contains a softmax or a sigmoid. `difference` is the largest difference of
    any derivative here from autograd's.
    """

    sample: Numbers
    target: Numbers
    outputs: Numbers
    probabilities: Numbers | None
    loss_name: str
    loss: float
    stages: tuple[LayerTrace, ...]
    difference: float


def backprop_trace_of(run: Run, inputs: NDArray[np.float32], target: NDArray[Any]) -> BackpropTrace:
    """The way of one sample (1, *sample_shape) with its target (1, …) through the network of a run."""
    return walk(restore(run), run.network, inputs, target)


def walk(trained: TrainedNetwork, network: Network, inputs: NDArray[np.float32], target: NDArray[Any]) -> BackpropTrace:
    """The way through a network that is a chain of small dense layers and activations; UserError otherwise."""
    model = deepcopy(trained.network.trained).double().eval()
    names = chain_of(model)
    modules = [model.get_submodule(name) for name in names]
    check_sizes(network, names, modules, inputs.size)
    coded = code_targets(torch.from_numpy(target), *trained.coding)
    coded = coded.double() if coded.is_floating_point() else coded
    values = [torch.from_numpy(inputs).double().requires_grad_()]
    for module in modules:
        values.append(module(values[-1]))
        values[-1].retain_grad()
    error = LOSSES[trained.loss](values[-1], coded)
    error.backward()  # type: ignore[no-untyped-call]

    stages: list[LayerTrace] = []
    goal = target_numbers(coded, trained.loss, values[-1].shape[1])
    arriving, probabilities = loss_derivative(trained.loss, flat(values[-1]), goal)
    for name, module, before, after in reversed(list(zip(names, modules, values[:-1], values[1:], strict=True))):
        stage = stage_of(network, name, module, flat(before), flat(after), arriving)
        stages.insert(0, stage)
        arriving = stage.by_inputs
    difference = largest_difference(stages, modules, values)
    return BackpropTrace(
        flat(values[0]),
        goal,
        flat(values[-1]),
        probabilities,
        trained.loss,
        float(error.detach()),
        tuple(stages),
        difference,
    )


def chain_of(model: fx.GraphModule) -> list[str]:
    """The modules of a network one after the other; UserError where it branches."""
    names: list[str] = []
    last: fx.Node | None = None
    for node in model.graph.nodes:
        if node.op == "placeholder":
            last = node
        elif node.op == "call_module" and node.args == (last,):
            names.append(str(node.target))
            last = node
        elif node.op != "output":
            raise UserError(_("One sample can be followed through a chain of layers only; this network branches."))
    return names


def check_sizes(network: Network, names: list[str], modules: list[nn.Module], inputs: int) -> None:
    """UserError for layers of another kind or of more units than can be read."""
    sizes = [inputs]
    for name, module in zip(names, modules, strict=True):
        layer = network.layer(name)
        if layer.role == "weighted":
            sizes.append(len(module.get_parameter("weight")))
        elif not isinstance(module, PASSING) and layer_type(layer.type).curve is None:
            words = _("“{layer}” cannot be followed by hand yet: dense layers, activations and dropout can.")
            raise UserError(words.format(layer=shown_name(layer)))
    if max(sizes) > MOST_UNITS:
        words = _("The widest layer has {size} units or inputs; up to {most} can be read here. Take a smaller network.")
        raise UserError(words.format(size=max(sizes), most=MOST_UNITS))


def flat(values: Tensor) -> Numbers:
    found: Numbers = values.detach().reshape(-1).numpy().copy()
    return found


def target_numbers(coded: Tensor, loss: str, outputs: int) -> Numbers:
    """The target as numbers (k,): 1 for the true class and 0 for the others, those of smoothed labels, or the value."""
    if loss == "cross_entropy" and not coded.is_floating_point():
        found: Numbers = np.eye(outputs)[int(coded)]
        return found
    return flat(coded)


def loss_derivative(loss: str, outputs: Numbers, target: Numbers) -> tuple[Numbers, Numbers | None]:
    """∂E/∂(outputs) (k,) of one sample, and the probabilities that the loss contains.

    With softmax or sigmoid inside the loss the derivative is p − t; of a mean over k squared errors 2 (y − t) / k.
    """
    if loss == "cross_entropy":
        probabilities = activations.softmax(outputs)
        return probabilities - target, probabilities
    if loss == "binary_cross_entropy":
        probabilities = activations.sigmoid(outputs)
        return (probabilities - target) / len(outputs), probabilities
    errors = outputs - target
    plain: dict[str, Callable[[Numbers], Numbers]] = {
        "mse": lambda errors: 2 * errors,
        "half_mse": lambda errors: errors,
        "mae": np.sign,
    }
    return plain[loss](errors) / len(outputs), None


def stage_of(
    network: Network, name: str, module: nn.Module, inputs: Numbers, outputs: Numbers, by_outputs: Numbers
) -> LayerTrace:
    """One layer, and the error carried back through it by the chain rule."""
    layer = network.layer(name)
    title = shown_name(layer)
    if layer.role == "weighted":
        module = cast(nn.Linear, module)
        weights = module.weight.detach().numpy().copy()
        biases = None if module.bias is None else module.bias.detach().numpy().copy()
        return LayerTrace(
            name, layer.type, title, inputs, outputs, by_outputs, weights.T @ by_outputs, None, weights, biases,
            np.outer(by_outputs, inputs), None if biases is None else by_outputs.copy(),
        )  # fmt: skip
    if isinstance(module, PASSING):
        return LayerTrace(name, layer.type, title, inputs, outputs, by_outputs, by_outputs.copy())
    declared = layer_type(layer.type)
    assert declared.curve is not None
    slopes = np.asarray(declared.curve(layer.parameters).derivative(inputs), float)
    if slopes.ndim == 2:  # softmax: every output depends on every input
        return LayerTrace(name, layer.type, title, inputs, outputs, by_outputs, slopes.T @ by_outputs)
    return LayerTrace(name, layer.type, title, inputs, outputs, by_outputs, by_outputs * slopes, slopes)


def largest_difference(stages: list[LayerTrace], modules: list[nn.Module], values: list[Tensor]) -> float:
    """How far any derivative by the chain rule is from the one that autograd has left."""
    found = [0.0]
    for stage, module, before, after in zip(stages, modules, values[:-1], values[1:], strict=True):
        pairs: list[tuple[Numbers | None, Tensor | None]] = [
            (stage.by_inputs, before.grad),
            (stage.by_outputs, after.grad),
        ]
        if stage.by_weights is not None:
            module = cast(nn.Linear, module)
            pairs += [
                (stage.by_weights, module.weight.grad),
                (stage.by_biases, None if module.bias is None else module.bias.grad),
            ]
        for ours, theirs in pairs:
            if ours is not None and theirs is not None and ours.size:
                found.append(float(np.abs(ours.reshape(-1) - flat(theirs)).max()))
    return max(found)
