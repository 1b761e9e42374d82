"""How good a network is on some samples: its outputs, confusion matrix, R²."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

ROWS_AT_ONCE = 8192


@dataclass(frozen=True)
class PreparedSamples:
    """Samples on the device: inputs (n, *sample_shape), targets coded for the loss, and class numbers (n,) if any."""

    inputs: Tensor
    targets: Tensor
    classes: Tensor | None

    def __len__(self) -> int:
        return len(self.inputs)


@torch.no_grad()
def outputs_of(model: nn.Module, inputs: Tensor) -> Tensor:
    """The outputs (n, k) with dropout off and batch norm's averages in use, computed in large pieces."""
    was_training = model.training
    model.eval()
    try:
        return torch.cat([model(piece) for piece in torch.split(inputs, ROWS_AT_ONCE)])
    finally:
        model.train(was_training)


def confusion_matrix(true: Tensor, predicted: Tensor, classes: int) -> list[list[int]]:
    """How often each true class (row) was taken for each class (column)."""
    counts = torch.bincount(true * classes + predicted, minlength=classes * classes)
    matrix: list[list[int]] = counts.reshape(classes, classes).tolist()
    return matrix


def r_squared(outputs: Tensor, targets: Tensor) -> float:
    """1 − (sum of squared errors) / (sum of squares around the mean); NaN when all targets are equal."""
    outputs, targets = outputs.cpu().double(), targets.cpu().double()
    spread = float(((targets - targets.mean()) ** 2).sum())
    return 1 - float(((outputs - targets) ** 2).sum()) / spread if spread > 0 else math.nan
