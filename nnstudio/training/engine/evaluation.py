"""The pass over all validation samples that closes an epoch: traced where they fit in one piece."""

import logging
import math
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from nnstudio.training.engine import traced
from nnstudio.training.engine.batched import Networks
from nnstudio.training.engine.distributed import SINGLE_PROCESS, ProcessGroup
from nnstudio.training.engine.metrics import ROWS_AT_ONCE, Measured, PreparedSamples, balanced_accuracy
from nnstudio.training.engine.scripted import scripted

log = logging.getLogger(__name__)


class Evaluation:
    """Mean loss and accuracies of each network over samples that stay the same, dropout off.

    Rows that count differently do so in the loss, Σ wᵢ lossᵢ / Σ wᵢ, and not in the accuracies.

    To be called without autograd.
    """

    def __init__(self, networks: Networks, samples: PreparedSamples, group: ProcessGroup = SINGLE_PROCESS) -> None:
        self.networks = networks
        self.group = group
        self.count = len(samples)
        self.mean_weight = samples.mean_weight
        self.is_balanced = samples.classes is not None and not networks.built[0].tells_labels
        self.rows_of_classes = rows_of_classes(samples) if self.is_balanced else [self.count]
        """How many samples each class has; of labels, and of values, all are counted together."""
        self.samples = samples.share(group)
        if len(self.samples) <= ROWS_AT_ONCE:
            # Once, and not before every pass.
            self.samples = self.samples.part(slice(None)).to(networks.weights[0].values.device)
        self.device = networks.weights[0].values.device
        self.kernels = self._trace()
        """The pass as a fixed list of kernels: losses (v,) and how many of each class are named right (v, classes), in
        the same memory each time; None for many samples or what cannot be traced."""
        self._pass = self.kernels or self._in_pieces
        if self.kernels and self.device.type == "cpu":
            self._pass = scripted(self.kernels, []) or self.kernels

    def __call__(self) -> list[Measured]:
        losses, correct = self._pass()
        if self.group.size > 1:
            losses, correct = losses * (len(self.samples) / self.count), correct.clone()
            self.group.add([losses, correct])
        return self.measures(losses.tolist(), correct.tolist())

    def measures(self, losses: Sequence[float], correct: Sequence[Sequence[int]]) -> list[Measured]:
        """Loss and accuracies of each network, from its loss and how many samples of each class it named right."""
        losses = [loss / self.mean_weight for loss in losses]
        if self.samples.classes is None:
            return [Measured(loss) for loss in losses]
        return [
            Measured(
                loss,
                sum(right) / self.count,
                balanced_accuracy(right, self.rows_of_classes) if self.is_balanced else math.nan,
            )
            for loss, right in zip(losses, correct, strict=True)
        ]

    def _in_pieces(self) -> tuple[Tensor, Tensor]:
        """Mean losses (v,) and how many samples of each class each network names right (v, classes)."""
        if len(self.samples) == 0:
            return torch.zeros(len(self.networks.weights), device=self.device), self._none_right()
        self.networks.train(False)
        pieces = [self._measure(piece.to(self.device)) for piece in split(self.samples)]
        self.networks.train(True)
        losses = torch.stack([losses * count for losses, _right, count in pieces]).sum(0) / len(self.samples)
        return losses, torch.stack([correct for _losses, correct, _count in pieces]).sum(0)

    def _measure(self, samples: PreparedSamples) -> tuple[Tensor, Tensor, int]:
        losses, outputs = self.networks.compute(samples.inputs, samples.targets)
        if samples.classes is None:
            return losses, self._none_right(), len(samples)
        right = self.networks.built[0].named(outputs) == samples.classes
        if not self.is_balanced:
            return losses, right.sum(dim=1, keepdim=True), len(samples)
        return losses, self._none_right().index_add(1, samples.classes, right.long()), len(samples)

    def _none_right(self) -> Tensor:
        shape = len(self.networks.weights), len(self.rows_of_classes)
        return torch.zeros(shape, dtype=torch.int64, device=self.device)

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


def rows_of_classes(samples: PreparedSamples) -> list[int]:
    """How many of the samples each class (classes,) has, up to the last that has some."""
    assert samples.classes is not None
    rows: list[int] = torch.bincount(
        samples.classes if samples.rows is None else samples.classes[samples.rows]
    ).tolist()
    return rows


def split(samples: PreparedSamples) -> Iterator[PreparedSamples]:
    """The samples in pieces of which each can be computed at once."""
    return (samples.part(slice(start, start + ROWS_AT_ONCE)) for start in range(0, len(samples), ROWS_AT_ONCE))
