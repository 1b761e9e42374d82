"""All weights of a network in one row of memory, and all gradients in another.

The modules keep working: each parameter becomes a view. One update of one row then stands for the update of every
parameter, and one copy for a snapshot of all of them.
"""

import torch
from torch import Tensor, nn

from nnstudio.training.build import BuiltNetwork


class FlatWeights:
    """The weights of a network, matrices first, then the rest (biases and scales).

    `values` and `gradients` are (n,) float32; the first `matrices` of them belong to weight matrices, on which alone
    weight decay and L1 act.
    """

    def __init__(self, network: BuiltNetwork) -> None:
        weighing = {module.weight for module in network.weighing_modules()}
        ordered = sorted(network.parameters, key=lambda parameter: parameter not in weighing)
        self.parameters: list[nn.Parameter] = ordered
        self.matrix_count = len(weighing)
        self.matrices = sum(parameter.numel() for parameter in weighing)
        device = ordered[0].device if ordered else torch.device("cpu")
        self.values = torch.empty(sum(parameter.numel() for parameter in ordered), device=device)
        self.gradients = torch.zeros_like(self.values)
        self.gradient_of: dict[nn.Parameter, Tensor] = {}
        place = 0
        for parameter in ordered:
            end = place + parameter.numel()
            view = self.values[place:end].view(parameter.shape)
            view.copy_(parameter.detach())
            parameter.data = view
            self.gradient_of[parameter] = self.gradients[place:end].view(parameter.shape)
            place = end
        self.buffers = [buffer for buffer in network.trained.buffers() if buffer.numel()]

    def snapshot(self) -> list[Tensor]:
        """A copy of all weights and of the averages that batch norm keeps."""
        return [self.values.clone(), *(buffer.clone() for buffer in self.buffers)]

    def restore(self, snapshot: list[Tensor]) -> None:
        """Put a copy back."""
        self.values.copy_(snapshot[0])
        for buffer, kept in zip(self.buffers, snapshot[1:], strict=True):
            buffer.copy_(kept)

    def is_sound(self) -> bool:
        """Whether every weight is a number."""
        return bool(self.values.isfinite().all())
