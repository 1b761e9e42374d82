"""How good a network is on some samples: its outputs, confusion matrix, R²."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call

from nnstudio.training.engine.distributed import ProcessGroup

ROWS_AT_ONCE = 4096


class Measured(NamedTuple):
    """How good a network is on all samples of a part; NaN for what they do not have: an accuracy needs classes, and a
    balanced one a single class for each sample."""

    loss: float
    accuracy: float = math.nan
    balanced_accuracy: float = math.nan


@dataclass(frozen=True)
class PreparedSamples:
    """Samples ready to be computed with: inputs (m, *sample_shape), targets coded for the loss, class numbers (m,).

    `classes` are None where the target is a value. `rows` (n,) says which of them are meant; all are where it is None.
    `weights` (m,) say how much each counts in the loss; all count 1 where it is None.
    """

    inputs: Tensor
    targets: Tensor
    classes: Tensor | None
    rows: Tensor | None = None
    weights: Tensor | None = None

    def __len__(self) -> int:
        return len(self.inputs if self.rows is None else self.rows)

    def part(self, chosen: slice | Tensor) -> "PreparedSamples":
        """Some of those that are meant, in memory of their own unless they are a slice of all."""
        rows = chosen if self.rows is None else self.rows[chosen]
        classes, weights = (one if one is None else one[rows] for one in (self.classes, self.weights))
        return PreparedSamples(self.inputs[rows], self.targets[rows], classes, weights=weights)

    def share(self, group: ProcessGroup) -> "PreparedSamples":
        """Those of them that one process of a group has, in the same memory."""
        if group.size == 1:
            return self
        return replace(self, rows=group.part(torch.arange(len(self)) if self.rows is None else self.rows))

    def to(self, device: torch.device) -> "PreparedSamples":
        """The same samples on a device."""
        moved = (one if one is None else one.to(device) for one in (self.classes, self.rows, self.weights))
        return PreparedSamples(self.inputs.to(device), self.targets.to(device), *moved)

    @property
    def mean_weight(self) -> float:
        """What a mean of weighted losses of those that are meant is divided by; 1 where all count 1."""
        if self.weights is None or len(self) == 0:
            return 1.0
        weights = self.weights if self.rows is None else self.weights[self.rows]
        return float(weights.cpu().double().mean())


@torch.no_grad()
def outputs_of(model: nn.Module, inputs: Tensor, exact: Mapping[str, Tensor] | None = None) -> Tensor:
    """The outputs (n, k) with dropout off and batch norm's averages in use, computed in large pieces. `exact` are
    tensors that stand in for some of the model's own, by their names."""
    was_training = model.training
    model.eval()
    try:
        computed: Callable[[Tensor], Tensor] = partial(functional_call, model, dict(exact)) if exact else model
        return torch.cat([computed(piece) for piece in torch.split(inputs, ROWS_AT_ONCE)])
    finally:
        model.train(was_training)


def confusion_matrix(true: Tensor, predicted: Tensor, classes: int) -> list[list[int]]:
    """How often each true class (row) was taken for each class (column)."""
    counts = torch.bincount(true * classes + predicted, minlength=classes * classes)
    matrix: list[list[int]] = counts.reshape(classes, classes).tolist()
    return matrix


def balanced_accuracy(right: Sequence[int], rows: Sequence[int]) -> float:
    """The mean of the recalls of those classes that have rows, as in scikit-learn: of each how many of its rows are
    named right. NaN where there are no rows."""
    recalls = [named / count for named, count in zip(right, rows, strict=True) if count]
    return sum(recalls) / len(recalls) if recalls else math.nan


def r_squared(outputs: Tensor, targets: Tensor) -> float:
    """1 − (sum of squared errors) / (sum of squares around the mean); NaN when all targets are equal."""
    outputs, targets = outputs.cpu().double(), targets.cpu().double()
    spread = float(((targets - targets.mean()) ** 2).sum())
    return 1 - float(((outputs - targets) ** 2).sum()) / spread if spread > 0 else math.nan
