"""A step as it is written down for a block, in which it comes again and again: whole, with its batch and its masks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from nnstudio.training.engine.batch_loader import DeviceLoader
from nnstudio.training.engine.batched import BatchMasks

Results = tuple[Tensor, Tensor]
"""Losses (v,), and outputs (v, n, k)."""


@dataclass(frozen=True)
class Iteration:
    """A step on batches of one size, which reads `inputs` and `targets`: v losses, and outputs of a shape (v, n, k).

    It is given a row of each of its stacks: the rows of its samples, where its losses go, where its outputs go if these
    are kept, and the random bits of its masks.
    """

    step: Callable[[], Results]
    batch_loader: DeviceLoader
    inputs: Tensor
    targets: Tensor
    masks: BatchMasks
    losses: int
    outputs: torch.Size
    keeps_outputs: bool

    def __call__(self, given: Sequence[Tensor]) -> None:
        rows, losses, *rest = given
        self.batch_loader.fill(rows, self.inputs, self.targets)
        self.masks.take(rest[1:] if self.keeps_outputs else rest)
        results = self.step()
        losses.copy_(results[0])
        if self.keeps_outputs:
            rest[0].copy_(results[1])

    def places(self, *count: int) -> list[Tensor]:
        """Where so many steps (…) put their losses (…, v) and, if these are kept, their outputs (…, v, n, k)."""
        kept = [torch.empty(*count, *self.outputs)] if self.keeps_outputs else []
        return [torch.empty(*count, self.losses), *kept]

    def examples(self, *count: int) -> list[Tensor]:
        """Stacks of so many steps (…) on the first sample, with no random bits: to write the step down with."""
        bits = [torch.zeros(*count, *one.shape[1:], dtype=one.dtype) for one in self.masks.bits(0)]
        return [torch.zeros(*count, len(self.inputs), dtype=torch.int64), *self.places(*count), *bits]
