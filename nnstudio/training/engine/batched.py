"""What a step computes with: one network, or several of one structure stacked so that one kernel serves them all.

Stacked by `torch.func`: parameters, buffers and dropout masks get a first dimension, one place a network, and
`torch.vmap` runs the modules of the first of them on all. Each network's weights are a row of the common memory, so
that it can be measured, kept and put back by itself.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

import torch
from torch import Tensor, nn

from nnstudio.project.model import TrainingPlan
from nnstudio.training.engine.build import BuiltNetwork
from nnstudio.training.engine.dropout import MaskedDropout, Masks
from nnstudio.training.engine.flat_parameters import FlatParameters
from nnstudio.training.engine.losses import LOSSES, loss_of_each
from nnstudio.training.engine.optimizers import prunes

Shapes = list[tuple[int, ...]]


class BatchMasks(Protocol):
    """The dropout masks of a batch: drawn anew in place, and put where the modules find them."""

    def draw(self) -> None: ...

    def bits(self, count: int) -> list[Tensor]:
        """The random bits of so many draws in a row, a row each."""

    def take(self, bits: Sequence[Tensor]) -> None:
        """The masks of a draw whose bits are there."""

    def put(self) -> None: ...

    def of(self, number: int) -> dict[str, Tensor]:
        """The masks (n, *shape) of one network by the name of the layer."""


class Networks(Protocol):
    """The networks that learn together, v of them; one to a `FlatParameters`.

    `leaves` are the tensors the loss is differentiated by, `places` where these gradients belong.
    """

    built: list[BuiltNetwork]
    loss: str
    weights: list[FlatParameters]
    leaves: list[Tensor]
    places: list[Tensor]

    def train(self, mode: bool) -> None:
        """Dropout and batch norm as in training, or as in use."""

    def compute(self, inputs: Tensor, targets: Tensor, own_rows: bool = False) -> tuple[Tensor, Tensor]:
        """Losses (v,) and outputs (v, n, k) of inputs (n, *sample_shape), or (v, n, *sample_shape) with `own_rows`."""

    def penalties(self) -> Tensor | None:
        """The L1 terms (v,); None where no plan has one."""

    def make_masks(self, shapes: Shapes, rows: int, generators: Sequence[torch.Generator]) -> BatchMasks:
        """Masks for batches of this many rows; `shapes` are those of one sample at each dropout layer."""

    def only(self, chosen: Sequence[int]) -> "Networks":
        """Some of them, with their weights as they are, in memory of their own."""


def multiplied_in(plan: TrainingPlan, model: nn.Module, device: torch.device) -> AbstractContextManager[object]:
    """Matrices multiplied in bfloat16 where a plan says mixed precision, and while it learns: it is measured as it
    will be used, in float32."""
    if plan.precision != "mixed" or not model.training:
        return nullcontext()
    return torch.autocast(device.type, torch.bfloat16, cache_enabled=False)


def measurable(outputs: Tensor) -> Tensor:
    """Outputs as losses take them: in float32, where mixed precision gave them shorter."""
    return outputs if outputs.dtype == torch.float64 else outputs.float()


def penalty_of(plan: TrainingPlan) -> float:
    """How much the absolute weights count in what is minimised."""
    return 0.0 if prunes(plan) else plan.l1


def networks_of(
    networks: Sequence[BuiltNetwork], plans: Sequence[TrainingPlan], loss: str, transposed: bool = False
) -> Networks:
    """Networks of one structure, ready to learn together. One alone that goes on from a stack stays `transposed`."""
    if len(networks) == 1:
        return SingleNetwork(networks[0], plans[0], loss, transposed)
    return StackedNetworks(networks, plans, loss)


class SingleNetwork:
    """One network. Its parameters are what is differentiated. Left over from a stack, its matrices stay
    `transposed`."""

    def __init__(self, network: BuiltNetwork, plan: TrainingPlan, loss: str, transposed: bool = False) -> None:
        self.network = network
        self.built = [network]
        self.plan = plan
        self.loss = loss
        self.weights = [FlatParameters(network, transposed=transposed)]
        self.leaves: list[Tensor] = list(self.weights[0].parameters)
        self.places = list(self.weights[0].gradient_of.values())

    def train(self, mode: bool) -> None:
        self.network.trained.train(mode)

    def compute(self, inputs: Tensor, targets: Tensor, own_rows: bool = False) -> tuple[Tensor, Tensor]:
        with multiplied_in(self.plan, self.network.trained, inputs.device):
            outputs = measurable(self.network.trained(inputs))
        return LOSSES[self.loss](outputs, targets).reshape(1), outputs.unsqueeze(0)

    def penalties(self) -> Tensor | None:
        matrices = self.leaves[: self.weights[0].matrix_count]
        l1 = penalty_of(self.plan)
        if l1 == 0 or not matrices:
            return None
        return l1 * torch.stack([matrix.abs().sum() for matrix in matrices]).sum().reshape(1)

    def make_masks(self, shapes: Shapes, rows: int, generators: Sequence[torch.Generator]) -> BatchMasks:
        layers = dropout_layers(self.network)
        drawn = [(layer, shape) for layer, shape in zip(layers, shapes, strict=True) if layer.p > 0]
        names = {module: name for name, module in self.network.trained.named_modules()}
        size = sum(rows * torch.Size(shape).numel() for _layer, shape in drawn)
        memory = torch.ones(size, device=self.weights[0].values.device)
        return Masks(drawn, rows, generators[0], memory, [names[layer] for layer, _shape in drawn])

    def only(self, chosen: Sequence[int]) -> Networks:
        return self


class StackedNetworks:
    """Several networks of one structure; `values` and `gradients` are (v, n), a row for each network."""

    def __init__(self, networks: Sequence[BuiltNetwork], plans: Sequence[TrainingPlan], loss: str) -> None:
        self.built = list(networks)
        self.plans = list(plans)
        self.loss = loss
        self.model = networks[0].trained
        self.buffers = stacked_buffers([network.trained for network in networks])
        count, size = len(networks), networks[0].parameter_count()
        first_parameter = next(iter(networks[0].parameters))
        self.values = first_parameter.new_empty(count, size, requires_grad=False)
        self.gradients = torch.zeros_like(self.values)
        self.weights = [
            # Matrices are turned so that the gradient of a stacked product comes out as it lies in memory.
            FlatParameters(network, (self.values[row], self.gradients[row]), transposed=True)
            for row, network in enumerate(networks)
        ]
        first = self.weights[0]
        self.leaves = [rows_of(self.values, span, shape).requires_grad_() for span, shape in first.spans()]
        self.places = [rows_of(self.gradients, span, shape) for span, shape in first.spans()]
        names = {id(parameter): name for name, parameter in self.model.named_parameters()}
        self.names = [names[id(parameter)] for parameter in first.parameters]
        self.layers = dropout_layers(networks[0])
        self.layer_names = {module: name for name, module in self.model.named_modules()}
        self.masks: dict[MaskedDropout, Tensor] = {}

    def train(self, mode: bool) -> None:
        for network in self.built:
            network.trained.train(mode)

    def compute(self, inputs: Tensor, targets: Tensor, own_rows: bool = False) -> tuple[Tensor, Tensor]:
        rows = 0 if own_rows else None
        masks = self.masks if self.model.training else {}
        try:
            with multiplied_in(self.plans[0], self.model, inputs.device):
                outputs: Tensor = measurable(
                    torch.vmap(self._outputs_of_one, in_dims=(0, 0, 0, rows))(self.leaves, self.buffers, masks, inputs)
                )
        finally:
            for layer in masks:
                layer.mask = None  # what `vmap` hands to the modules is of no use outside
        if not own_rows:
            targets = targets.expand(len(outputs), *targets.shape)
        return loss_of_each(self.loss, outputs, targets), outputs

    def _outputs_of_one(
        self,
        leaves: list[Tensor],
        buffers: dict[str, Tensor],
        masks: dict[MaskedDropout, Tensor],
        inputs: Tensor,
    ) -> Tensor:
        for layer, mask in masks.items():
            layer.mask = mask
        is_transposed = self.weights[0].is_transposed
        parameters = [leaf.t() if is_transposed(number) else leaf for number, leaf in enumerate(leaves)]
        state = dict(zip(self.names, parameters, strict=True)) | buffers
        outputs: Tensor = torch.func.functional_call(self.model, state, (inputs,))
        return outputs

    def penalties(self) -> Tensor | None:
        matrices = self.leaves[: self.weights[0].matrix_count]
        l1 = [penalty_of(plan) for plan in self.plans]
        if not any(l1) or not matrices:
            return None
        weights = torch.tensor(l1, dtype=self.values.dtype, device=self.values.device)
        return weights * torch.stack([matrix.abs().flatten(1).sum(1) for matrix in matrices]).sum(0)

    def make_masks(self, shapes: Shapes, rows: int, generators: Sequence[torch.Generator]) -> BatchMasks:
        return StackedMasks(self, shapes, rows, generators)

    def only(self, chosen: Sequence[int]) -> Networks:
        if len(chosen) == 1:
            return SingleNetwork(self.built[chosen[0]], self.plans[chosen[0]], self.loss, transposed=True)
        return StackedNetworks([self.built[one] for one in chosen], [self.plans[one] for one in chosen], self.loss)


class StackedMasks:
    """The masks of stacked networks, each drawn from the generator of its own. A rate of 0 leaves ones."""

    def __init__(
        self, stack: StackedNetworks, shapes: Shapes, rows: int, generators: Sequence[torch.Generator]
    ) -> None:
        self.stack = stack
        layers = [dropout_layers(network) for network in stack.built]
        used = [place for place in range(len(shapes)) if any(one[place].p > 0 for one in layers)]
        sizes = [rows * torch.Size(shapes[place]).numel() for place in used]
        row = torch.ones(len(layers), sum(sizes), device=stack.values.device)
        self.drawn = [
            Masks([(one[place], shapes[place]) for place in used], rows, generator, memory)
            for one, generator, memory in zip(layers, generators, row, strict=True)
        ]
        self.masks = {
            stack.layers[place]: piece.view(len(layers), rows, *shapes[place])
            for place, piece in zip(used, torch.split(row, sizes, dim=1), strict=True)
        }

    def draw(self) -> None:
        for masks in self.drawn:
            masks.draw()

    def bits(self, count: int) -> list[Tensor]:
        return [bits for masks in self.drawn for bits in masks.bits(count)]

    def take(self, bits: Sequence[Tensor]) -> None:
        left = list(bits)
        for masks in self.drawn:
            if masks.needs_bits:
                masks.take([left.pop(0)])

    def put(self) -> None:
        self.stack.masks = self.masks

    def of(self, number: int) -> dict[str, Tensor]:
        return {self.stack.layer_names[layer]: rows[number] for layer, rows in self.masks.items()}


def rows_of(memory: Tensor, span: slice, shape: torch.Size) -> Tensor:
    """One parameter of every network, (v, *shape), as a view of (v, n) memory."""
    return memory[:, span].view(len(memory), *shape)


def stacked_buffers(models: Sequence[nn.Module]) -> dict[str, Tensor]:
    """Every buffer of all models by name, (v, *shape); each model's own becomes a view of its row."""
    stacked = {
        name: torch.stack([model.get_buffer(name) for model in models]) for name, _buffer in models[0].named_buffers()
    }
    for name, rows in stacked.items():
        path, _dot, attribute = name.rpartition(".")
        for model, row in zip(models, rows, strict=True):
            setattr(model.get_submodule(path), attribute, row)
    return stacked


def dropout_layers(network: BuiltNetwork) -> list[MaskedDropout]:
    return [module for module in network.trained.modules() if isinstance(module, MaskedDropout)]


def dropout_shapes(network: BuiltNetwork, inputs: Tensor) -> Shapes:
    """The shape of one sample at each dropout layer, found by sending one sample through."""
    found: dict[nn.Module, tuple[int, ...]] = {}

    def note(module: nn.Module, given: tuple[Tensor, ...], output: Tensor) -> None:
        found[module] = tuple(output.shape[1:])

    layers = dropout_layers(network)
    hooks = [layer.register_forward_hook(note) for layer in layers]
    network.trained.eval()
    with torch.no_grad():
        network.trained(inputs[:1].to(next(iter(network.trained.parameters()), inputs).device))
    for hook in hooks:
        hook.remove()
    return [found[layer] for layer in layers]
