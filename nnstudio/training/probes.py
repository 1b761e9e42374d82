"""A look inside a network while it learns: asked for by whoever shows it, answered after the next step, else free.

A probe reads what the step has left behind: its gradients, its dropout masks, its batch. The activations are computed
once more on that batch, with the weights as they are after the step and with dropout as it was in it.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nnstudio.training.engine.build import BuiltNetwork
from nnstudio.training.engine.dropout import MaskedDropout
from nnstudio.training.engine.metrics import outputs_of
from nnstudio.training.engine.step import LastStep

Request = Literal["gradients", "activations", "masks", "snapshot", "answers", "maps", "stacks", "weights", "confusion"]

Inputs = Mapping[Request, NDArray[np.float32]]

OF_EPOCHS: frozenset[Request] = frozenset({"confusion"})
"""What is answered at the end of an epoch; everything else is after a step."""

BINS = 40
ROWS = 256
"""As many samples of a batch tell how its activations are distributed; more would hold up the training."""
MOST_WEIGHTS = 32
"""Of a larger matrix of weights every k-th row and column is read."""
MOST_STACKED, LONGEST_SIDE = 6, 64
"""So many maps of a layer are shown for one picture, and so many values along a side of each."""
MOST_UNITS = 16
"""Of layers with more units none is asked what it gives."""
FLAT = 0.05
"""A derivative below this lets hardly any gradient through."""


@dataclass(frozen=True)
class Activation:
    """What enters an activation function, and where on its curve that lies.

    `counts` (40,) over equal bins from `lowest` to `highest`; `dead` is the share of the `units` whose derivative is 0
    for every sample of the batch, `flat` the share of values at which it is below 0.05.
    """

    counts: NDArray[np.int64]
    lowest: float
    highest: float
    dead: float
    flat: float
    units: int = 0


@dataclass(frozen=True)
class Weights:
    """What one layer has learnt: a matrix (units, inputs) and biases (units,), which may be none. Of a convolution the
    units are its filters and the inputs its channels, each with a `kernel` (height, width) of weights in a row.

    Where there are more than 32 units or inputs, every `step[0]`-th unit and every `step[1]`-th input is here.
    """

    matrix: NDArray[np.float32]
    biases: NDArray[np.float32]
    shape: tuple[int, int]
    step: tuple[int, int] = (1, 1)
    kernel: tuple[int, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """All weights and buffers as they were at one moment, for `FlatParameters.restore`."""

    tensors: list[Tensor]


@dataclass(frozen=True)
class Reading:
    """The answer to one list of requests; what was not requested is empty. Everything is keyed by the id of the layer.

    `gradients` are the norms ‖∂E/∂θ‖ over each layer's weights and biases, `gradient_sizes` the means of |∂E/∂θ|, which
    can be compared between layers of different size; `confusion` counts the validation samples of each class (row)
    that were taken for each (column), after this epoch or, in a pause, at this moment; `masks` tell for each sample of
    the batch (n, *shape) which units were on; `answers` are what the network says to the inputs asked about, as
    `answers` gives them, and `maps` what each unit of a small layer gives for them (units, n); `stacks` are some maps
    (k, height, width) that layers give for one picture; `rows` are the samples
    of the batch, counted as the data is.
    """

    epoch: int
    batch: int
    rows: NDArray[np.integer[Any]]
    gradients: dict[str, float] = field(default_factory=dict)
    gradient_sizes: dict[str, float] = field(default_factory=dict)
    activations: dict[str, Activation] = field(default_factory=dict)
    masks: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    snapshot: Snapshot | None = None
    answers: NDArray[np.float32] | None = None
    maps: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    stacks: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    weights: dict[str, Weights] = field(default_factory=dict)
    confusion: list[list[int]] | None = None


class Probes:
    """Where one thread leaves its requests and another the answer."""

    def __init__(self) -> None:
        self.requests: frozenset[Request] = frozenset()
        self.watched: frozenset[Request] = frozenset({"weights", "masks"})
        """What is read once more where training stands still, so that what is shown then is what it stopped at."""
        self.newest: dict[Request, Reading] = {}
        """The newest answer to each request: what one asks for does not take another's answer away."""
        self.inputs: dict[Request, NDArray[np.float32]] = {}
        """What to ask the network about when its answers or maps are requested: (n, *sample_shape)."""
        self.known: frozenset[Request] = frozenset()
        """What has been answered since the last step."""
        self._asked: dict[Request, NDArray[np.float32]] = {}
        self.measures_training = False
        """Whether every epoch ends with a full pass over the training samples too."""

    def request(self, *requests: Request) -> None:
        """Request a reading of the next step; `newest` holds the answers."""
        self.requests |= frozenset(requests)
        self.watched |= frozenset(requests)

    def answer(self, requests: frozenset[Request], reading: Reading, inputs: Inputs | None = None) -> None:
        """Leave the answer to some requests; `inputs` are what the network was asked about."""
        self.requests -= requests
        self.newest |= dict.fromkeys(requests, reading)
        self.known |= requests
        self._asked |= {request: asked for request, asked in (inputs or {}).items() if request in requests}

    def unknown(self) -> frozenset[Request]:
        """What is requested or watched and has not been answered since the last step, or is asked of other inputs."""
        known = {request for request in self.known if self.inputs.get(request) is self._asked.get(request)}
        return (self.requests | self.watched) - known


def read(
    last_step: LastStep, requests: frozenset[Request], epoch: int, batch: int, inputs: Inputs | None = None
) -> Reading:
    """Everything that was requested, in memory of its own; `inputs` are what the network is asked about."""
    # Whoever asks may have other data before him by now.
    about = {one: asked for one, asked in (inputs or {}).items() if asked.shape[1:] == last_step.inputs.shape[1:]}
    answered, mapped = None, {}
    if "answers" in requests and "answers" in about:
        answered = answers(last_step.network, last_step.loss, last_step.tells_classes, about["answers"])
    if "maps" in requests and "maps" in about:
        mapped = maps(last_step.network, about["maps"])
    norms, sizes = gradients(last_step) if "gradients" in requests else ({}, {})
    return Reading(
        epoch,
        batch,
        last_step.rows.cpu().numpy(),
        norms,
        sizes,
        activations(last_step) if "activations" in requests else {},
        {name: (mask != 0).cpu().numpy() for name, mask in last_step.masks.items()} if "masks" in requests else {},
        Snapshot(last_step.weights.snapshot()) if "snapshot" in requests else None,
        answered,
        mapped,
        stacks(last_step.network, about["stacks"]) if "stacks" in requests and "stacks" in about else {},
        weights_of(last_step.network) if "weights" in requests else {},
    )


def weights_of(network: BuiltNetwork) -> dict[str, Weights]:
    """The weights and biases of every layer that weighs its inputs, of a large one some."""
    found = {}
    for name, layer in network.weighing().items():
        units, inputs, *kernel = layer.weight.shape
        step = math.ceil(units / MOST_WEIGHTS), math.ceil(inputs / MOST_WEIGHTS)
        biases = np.empty(0, np.float32) if layer.bias is None else own_array(layer.bias[:: step[0]])
        found[name] = Weights(
            own_array(layer.weight[:: step[0], :: step[1]].flatten(1)),
            biases,
            (units, inputs),
            step,
            (1, *kernel)[-2:] if kernel else (),
        )
    return found


def own_array(values: Tensor) -> NDArray[np.float32]:
    """A copy, which stays as it is while the network learns on."""
    copied: NDArray[np.float32] = values.detach().to("cpu", torch.float32, copy=True).contiguous().numpy()
    return copied


def answers(network: BuiltNetwork, loss: str, tells_classes: bool, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """A probability for each class (n, classes), or the value (n, 1) as the loss compares it; dropout is off."""
    like = next(iter(network.trained.parameters()))
    with torch.no_grad():
        outputs = outputs_of(network.trained, torch.from_numpy(inputs).to(like))
        given = network.probabilities(outputs, loss) if tells_classes else outputs
        found: NDArray[np.float32] = given.float().cpu().numpy()
    return found


def maps(network: BuiltNetwork, inputs: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """What each unit of every layer of up to 16 gives (units, n) for inputs (n, *sample_shape), dropout off."""
    like = next(iter(network.trained.parameters()))
    given = layer_outputs(network, torch.from_numpy(inputs).to(like))
    small = {id: values for id, values in given.items() if values.dim() == 2 and values.shape[1] <= MOST_UNITS}
    return {id: own_array(values.T) for id, values in small.items()}


def stacks(network: BuiltNetwork, inputs: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """The first maps (k, height, width) that each layer gives for one picture (1, channels, height, width), dropout
    off; of large ones every second value, or fewer."""
    like = next(iter(network.trained.parameters()))
    found = {}
    for id, values in layer_outputs(network, torch.from_numpy(inputs).to(like)).items():
        if values.dim() == 4 and values[0, 0].numel() > 1:
            step = math.ceil(max(values.shape[2:]) / LONGEST_SIDE)
            found[id] = own_array(values[0, :MOST_STACKED, ::step, ::step])
    return found


@torch.no_grad()
def layer_outputs(network: BuiltNetwork, inputs: Tensor) -> dict[str, Tensor]:
    """What every layer gives (n, *shape) for some inputs, dropout off, by layer; in one pass. Input and output are
    among the layers."""
    model, found = network.drawn, dict[str, Tensor]()
    hooks = [
        module.register_forward_hook(lambda _module, _given, output, id=id: found.__setitem__(id, output))
        for id, module in model.named_children()
    ]
    was_training = model.training
    model.eval()
    try:
        answer = model(inputs)
    finally:
        model.train(was_training)
        for hook in hooks:
            hook.remove()
    return found | dict(zip(network.ends, (inputs, answer), strict=True))


def gradients(last_step: LastStep) -> tuple[dict[str, float], dict[str, float]]:
    """The norm of each layer's gradient, and the mean size of its parts, weights and biases together."""
    of_layer: dict[str, list[Tensor]] = {}
    for name, parameter in last_step.network.trained.named_parameters():
        of_layer.setdefault(name.rpartition(".")[0], []).append(last_step.weights.gradient_of[parameter])
    flat = {name: torch.cat([gradient.reshape(-1) for gradient in found]) for name, found in of_layer.items()}
    return (
        {name: float(gradient.norm()) for name, gradient in flat.items()},
        {name: float(gradient.abs().mean()) for name, gradient in flat.items()},
    )


def activations(last_step: LastStep) -> dict[str, Activation]:
    """How the inputs of every activation function are distributed, and how much gradient they let through."""
    entering = entering_values(last_step)
    return {
        name: distribution(values, last_step.network.trained.get_submodule(name)) for name, values in entering.items()
    }


def entering_values(last_step: LastStep) -> dict[str, Tensor]:
    """What enters each activation function (n, *shape), as in training but without a trace left in batch norm."""
    model = last_step.network.trained
    buffers = [buffer.clone() for buffer in model.buffers()]
    layers = {name: module for name, module in model.named_modules() if isinstance(module, MaskedDropout)}
    before = {name: layer.mask for name, layer in layers.items()}
    for name, layer in layers.items():
        layer.mask = last_step.masks[name][:ROWS] if name in last_step.masks else None
    try:
        with torch.no_grad(), entering(last_step.network) as found:
            model(last_step.inputs[:ROWS])
    finally:
        for name, layer in layers.items():
            layer.mask = before[name]
        for buffer, kept in zip(model.buffers(), buffers, strict=True):
            buffer.copy_(kept)
    return found


@contextmanager
def entering(network: BuiltNetwork) -> Iterator[dict[str, Tensor]]:
    """Have every pass through the network leave here what enters each activation function, by the layer's id."""
    found = dict[str, Tensor]()
    hooks = [
        network.trained.get_submodule(name).register_forward_pre_hook(
            lambda module, given, name=name: found.__setitem__(name, given[0].detach())
        )
        for name in network.activations
    ]
    try:
        yield found
    finally:
        for hook in hooks:
            hook.remove()


def distribution(values: Tensor, function: nn.Module) -> Activation:
    """The histogram of values, and the derivative of the function there, by autograd."""
    values = values.detach().requires_grad_()
    with torch.enable_grad():
        (slope,) = torch.autograd.grad(function(values).sum(), values)
    values, slope = values.detach(), slope.abs()
    lowest, highest = (float(bound) for bound in values.aminmax())
    if not np.isfinite([lowest, highest]).all():
        return Activation(np.zeros(BINS, np.int64), lowest, highest, float("nan"), float("nan"), values[0].numel())
    counts = torch.histc(values, BINS, lowest, highest).long().cpu().numpy()
    dead = (slope == 0).all(dim=0).float().mean()
    flat = float((slope < FLAT).float().mean())
    return Activation(counts, lowest, highest, float(dead), flat, values[0].numel())
