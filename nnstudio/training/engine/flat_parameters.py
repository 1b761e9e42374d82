"""All weights of a network in one row of memory, and all gradients in another.

The modules keep working: each parameter becomes a view. One update of one row then stands for the update of every
parameter, and one copy for a snapshot of all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise

import torch
from torch import Tensor, nn

from nnstudio.training.engine.build import BuiltNetwork

PIECE = 2**20
"""As many weights are looked at together."""


class FlatParameters:
    """The weights of a network, matrices first, then the rest (biases and scales).

    `values` and `gradients` are (n,), of the kind that the weights are; the first `matrices` of them belong to weight
    matrices, on which alone weight decay and L1 act. The memory is taken anew, or given as (values, gradients); with
    `transposed` it holds matrices as (inputs, outputs).
    """

    def __init__(
        self, network: BuiltNetwork, memory: tuple[Tensor, Tensor] | None = None, transposed: bool = False
    ) -> None:
        weighing = {network.trained.get_parameter(name) for name in network.matrices}
        ordered = sorted(network.parameters, key=lambda parameter: parameter not in weighing)
        self.parameters: list[nn.Parameter] = ordered
        self.matrix_count = len(weighing)
        self.transposed = transposed
        self.matrices = sum(parameter.numel() for parameter in weighing)
        if memory is None:
            device = ordered[0].device if ordered else torch.device("cpu")
            kind = ordered[0].dtype if ordered else None
            values = torch.empty(sum(parameter.numel() for parameter in ordered), device=device, dtype=kind)
            memory = values, torch.zeros_like(values)
        self.values, self.gradients = memory
        self.gradient_of: dict[nn.Parameter, Tensor] = {}
        for number, (parameter, (span, shape)) in enumerate(zip(ordered, self.spans(), strict=True)):
            view, gradient = self.values[span].view(shape), self.gradients[span].view(shape)
            if self.is_transposed(number):
                view, gradient = view.t(), gradient.t()
            view.copy_(parameter.detach())
            parameter.data = view
            self.gradient_of[parameter] = gradient
        self.buffers = [buffer for buffer in network.trained.buffers() if buffer.numel()]

    def spans(self) -> list[tuple[slice, torch.Size]]:
        """Where in the row each parameter stands, and the shape it has there."""
        ends = list(accumulate((parameter.numel() for parameter in self.parameters), initial=0))
        shapes = [
            parameter.shape[::-1] if self.is_transposed(number) else parameter.shape
            for number, parameter in enumerate(self.parameters)
        ]
        return [(slice(start, end), shape) for (start, end), shape in zip(pairwise(ends), shapes, strict=True)]

    def is_transposed(self, number: int) -> bool:
        """Whether the parameter of this number stands in the row as (inputs, outputs); a kernel never does."""
        return self.transposed and number < self.matrix_count and self.parameters[number].dim() == 2

    def snapshot(self) -> list[Tensor]:
        """A copy of all weights and of the averages that batch norm keeps."""
        return [self.values.clone(), *(buffer.clone() for buffer in self.buffers)]

    def restore(self, snapshot: list[Tensor]) -> None:
        """Put a copy back."""
        self.values.copy_(snapshot[0])
        for buffer, kept in zip(self.buffers, snapshot[1:], strict=True):
            buffer.copy_(kept)

    def layout(self, network: BuiltNetwork) -> "Layout":
        """Which names the parts of a snapshot have in a network's `state_dict`."""
        names = {parameter: name for name, parameter in network.trained.named_parameters()}
        parameters = [
            Part(names[parameter], span, shape, self.is_transposed(number))
            for number, (parameter, (span, shape)) in enumerate(zip(self.parameters, self.spans(), strict=True))
        ]
        buffers = [name for name, buffer in network.trained.named_buffers() if buffer.numel()]
        return Layout(tuple(parameters), tuple(buffers))

    def is_finite(self) -> bool:
        """Whether every weight is a number; asked in pieces, for the answer takes twice the memory of what is asked."""
        pieces = self.values.split(PIECE)  # type: ignore[no-untyped-call]
        return bool(torch.stack([piece.isfinite().all() for piece in pieces]).all())


@dataclass(frozen=True)
class Part:
    """One parameter in the row: its name, where it stands, and the shape it has there."""

    name: str
    span: slice
    shape: torch.Size
    transposed: bool


@dataclass(frozen=True)
class Layout:
    """Tells the parts of a snapshot apart, long after the network has gone on."""

    parameters: tuple[Part, ...]
    buffers: tuple[str, ...]

    def named(self, snapshot: list[Tensor]) -> dict[str, Tensor]:
        """A snapshot by name, as `state_dict` gives it, to be shown and kept."""
        found = {}
        for part in self.parameters:
            piece = snapshot[0][part.span].view(part.shape)
            found[part.name] = piece.t() if part.transposed else piece
        return kept_weights(found | dict(zip(self.buffers, snapshot[1:], strict=True)))

    def snapshot(self, named: Mapping[str, Tensor]) -> list[Tensor]:
        """A snapshot of what `named` gave."""
        pieces = [named[part.name].t() if part.transposed else named[part.name] for part in self.parameters]
        row = torch.cat([piece.reshape(-1) for piece in pieces]) if pieces else torch.empty(0)
        return [row, *(named[name] for name in self.buffers)]


def kept_weights(named: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights as they are kept and put to use: in float32, whatever they were learnt in."""
    return {
        name: (one.float() if one.dtype == torch.float64 else one).detach().contiguous() for name, one in named.items()
    }
