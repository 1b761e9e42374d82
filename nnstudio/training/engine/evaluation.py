"""The pass over all validation samples that closes an epoch: traced where they fit in one piece."""

import logging
import math
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from nnstudio.training.engine import traced
from nnstudio.training.engine.batched import Networks
from nnstudio.training.engine.distributed import SINGLE_PROCESS, ProcessGroup
from nnstudio.training.engine.metrics import ROWS_AT_ONCE, PreparedSamples
from nnstudio.training.engine.scripted import scripted

log = logging.getLogger(__name__)


class Evaluation:
    """Mean loss and accuracy of each network over samples that stay the same, dropout off; no class, no accuracy (NaN).

    Rows that count differently do so in the loss, Σ wᵢ lossᵢ / Σ wᵢ, and not in the accuracy.

    To be called without autograd.
    """

    def __init__(self, networks: Networks, samples: PreparedSamples, group: ProcessGroup = SINGLE_PROCESS) -> None:
        self.networks = networks
        self.group = group
        self.count = len(samples)
        self.mean_weight = samples.mean_weight
        self.samples = samples.share(group)
        if len(self.samples) <= ROWS_AT_ONCE:
            # Once, and not before every pass.
            self.samples = self.samples.part(slice(None)).to(networks.weights[0].values.device)
        self.device = networks.weights[0].values.device
        self.kernels = self._trace()
        """The pass as a fixed list of kernels: losses (v,) and how many are named right (v,), in the same memory each
        time; None for many samples or what cannot be traced."""
        self._pass = self.kernels or self._in_pieces
        if self.kernels and self.device.type == "cpu":
            self._pass = scripted(self.kernels, []) or self.kernels

    def __call__(self) -> list[tuple[float, float]]:
        losses, correct = self._pass()
        if self.group.size > 1:
            losses, correct = losses * (len(self.samples) / self.count), correct.clone()
            self.group.add([losses, correct])
        return self.measures(losses.tolist(), correct.tolist())

    def measures(self, losses: Sequence[float], correct: Sequence[int]) -> list[tuple[float, float]]:
        """Loss and accuracy of each network, from its loss and how many samples it named right."""
        losses = [loss / self.mean_weight for loss in losses]
        if self.samples.classes is None:
            return [(loss, math.nan) for loss in losses]
        return [(loss, named / self.count) for loss, named in zip(losses, correct, strict=True)]

    def _in_pieces(self) -> tuple[Tensor, Tensor]:
        """Mean losses (v,) and how many samples each network names right (v,)."""
        if len(self.samples) == 0:
            nothing = torch.zeros(len(self.networks.weights), device=self.device)
            return nothing, nothing.long()
        self.networks.train(False)
        pieces = [self._measure(piece.to(self.device)) for piece in split(self.samples)]
        self.networks.train(True)
        losses = torch.stack([losses * count for losses, _right, count in pieces]).sum(0) / len(self.samples)
        return losses, torch.stack([correct for _losses, correct, _count in pieces]).sum(0)

    def _measure(self, samples: PreparedSamples) -> tuple[Tensor, Tensor, int]:
        losses, outputs = self.networks.compute(samples.inputs, samples.targets)
        if samples.classes is None:
            return losses, torch.zeros_like(losses), len(samples)
        return losses, (self.networks.built[0].named(outputs) == samples.classes).sum(dim=1), len(samples)

    def _trace(self) -> Callable[[], tuple[Tensor, Tensor]] | None:
        if not 0 < len(self.samples) <= ROWS_AT_ONCE:
            return None

        def function() -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
            return *self._measure(self.samples)[:2], ()

        self.networks.train(False)
        try:
            with torch.no_grad():
                made = traced.trace(function, [])
        except traced.Untraceable as reason:
            log.info("The validation pass is not traced: %s", reason)
            return None
        finally:
            self.networks.train(True)

        def run() -> tuple[Tensor, Tensor]:
            made.run()
            return made.loss, made.outputs

        return run


def split(samples: PreparedSamples) -> Iterator[PreparedSamples]:
    """The samples in pieces of which each can be computed at once."""
    return (samples.part(slice(start, start + ROWS_AT_ONCE)) for start in range(0, len(samples), ROWS_AT_ONCE))
