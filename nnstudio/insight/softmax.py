"""Softmax and cross-entropy of a few logits: probabilities, the loss −log p of the true class, and its gradient."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional


@dataclass(frozen=True)
class Softened:
    """All (k,) but the loss: p = softmax(z), E = −log p of the true class, and ∂E/∂z by autograd, which is p − y."""

    probabilities: NDArray[np.float64]
    loss: float
    gradient: NDArray[np.float64]


def softened(logits: NDArray[np.float64], true: int) -> Softened:
    """What softmax and cross-entropy make of logits (k,), in double precision."""
    z = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    with torch.enable_grad():
        loss = functional.cross_entropy(z.unsqueeze(0), torch.tensor([true]))
        (gradient,) = torch.autograd.grad(loss, z)
    return Softened(z.detach().softmax(dim=0).numpy(), float(loss.detach()), gradient.numpy())
