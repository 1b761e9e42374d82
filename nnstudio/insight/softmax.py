"""Softmax and cross-entropy of a few logits: probabilities, the loss −log p of the true class, and its gradient."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from nnstudio.project.model import Run
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.engine.metrics import outputs_of
from nnstudio.training.inference import restore


@dataclass(frozen=True)
class SoftmaxResult:
    """All (k,) but the loss: p = softmax(z), E = −log p of the true class, and ∂E/∂z by autograd, which is p − y."""

    probabilities: NDArray[np.float64]
    loss: float
    gradient: NDArray[np.float64]


def softmax_result(logits: NDArray[np.float64], true: int) -> SoftmaxResult:
    """What softmax and cross-entropy make of logits (k,), in double precision."""
    z = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    with torch.enable_grad():
        loss = functional.cross_entropy(z.unsqueeze(0), torch.tensor([true]))
        (gradient,) = torch.autograd.grad(loss, z)
    return SoftmaxResult(z.detach().softmax(dim=0).numpy(), float(loss.detach()), gradient.numpy())


def logits_of(run: Run, inputs: NDArray[np.float32]) -> NDArray[np.float64]:
    """What the network of a run gives for one sample (1, *sample_shape) before its softmax (classes,).

    With one output for two classes the logit of the first is 0: then softmax is the sigmoid. UserError for a value.
    """
    trained = restore(run)
    if run.preparation.task != "class" or trained.loss not in ("cross_entropy", "binary_cross_entropy"):
        raise UserError(
            _(
                "This network has no softmax with cross-entropy: they are for data with classes, with the loss "
                "“automatic” or “cross_entropy”."
            )
        )
    outputs = outputs_of(trained.network.trained, torch.from_numpy(inputs))[0].double().numpy()
    if trained.loss == "cross_entropy":
        return outputs.copy()
    if len(outputs) > 1:
        raise UserError(_("Each output has a sigmoid of its own here; softmax is for the loss “cross-entropy”."))
    return np.array([0.0, outputs[0]])
