"""What training makes small: how targets are coded for it, how much each row counts, how its outputs are read."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from nnstudio.project.preparation import Task

Loss = Callable[..., Tensor]
"""Of outputs, targets and PyTorch's `reduction`: the mean () when left out, or "none"."""


def half_mse(outputs: Tensor, targets: Tensor, reduction: str = "mean") -> Tensor:
    """½ (out − target)², the mean over the batch: TensorFlow Playground's loss."""
    return 0.5 * functional.mse_loss(outputs, targets, reduction=reduction)


LOSSES: dict[str, Loss] = {
    "cross_entropy": functional.cross_entropy,
    "binary_cross_entropy": functional.binary_cross_entropy_with_logits,
    "mse": functional.mse_loss,
    "half_mse": half_mse,
    "mae": functional.l1_loss,
}


def mean_over_outputs(losses: Tensor) -> Tensor:
    """The loss of each row (n,), from what PyTorch's losses call "none": (n,) or (n, k)."""
    return losses if losses.dim() == 1 else losses.mean(dim=1)


def mean_loss(loss: str, outputs: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
    """The mean loss () of rows that were looked at, Σ wᵢ lossᵢ / Σ wᵢ with weights (n,)."""
    if weights is None:
        return LOSSES[loss](outputs, targets)
    return (weights * mean_over_outputs(LOSSES[loss](outputs, targets, reduction="none"))).sum() / weights.sum()


# --- rows that count differently ------------------------------------------------------------------------------------

WEIGHTED = "weighted_"
"""What the name of a loss begins with that reads each row's weight off one more column of the targets.

So weights come to a step the way its targets do, and a step without them is what it was.
"""


def weighted(loss: Loss) -> Loss:
    """A loss of rows that count differently: the mean of wᵢ · lossᵢ over the rows of a batch.

    It is not divided by the weights of the batch: these have the mean 1 over the training rows, so a batch of many
    heavy rows counts for more, and a step minimises what the epoch's loss is.
    """

    def of(outputs: Tensor, targets: Tensor, reduction: str = "mean") -> Tensor:
        targets, weights = targets[:, :-1], targets[:, -1]
        if loss is functional.cross_entropy and targets.shape[1] == 1:
            targets = targets.squeeze(1).long()
        losses = weights * mean_over_outputs(loss(outputs, targets, reduction="none"))
        return losses.mean() if reduction == "mean" else losses

    return of


LOSSES |= {WEIGHTED + name: weighted(loss) for name, loss in LOSSES.items()}


def with_weights(targets: Tensor, weights: Tensor) -> Tensor:
    """Coded targets (n,) or (n, c) with the weights (n,) as the last column, as weighted losses take them (n, 1 + c).

    A number with decimals holds every class number there can be exactly.
    """
    return torch.cat([targets.view(len(targets), -1).to(weights.dtype), weights.unsqueeze(1)], dim=1)


def loss_of_each(loss: str, outputs: Tensor, targets: Tensor) -> Tensor:
    """The mean losses (v,) of several networks' outputs (v, n, k), for targets (v, n) or (v, n, k)."""
    networks = len(outputs)
    if loss == "cross_entropy" or loss.startswith(WEIGHTED):
        outputs, targets = outputs.flatten(0, 1), targets.flatten(0, 1)
    return LOSSES[loss](outputs, targets, reduction="none").view(networks, -1).mean(dim=1)


# --- targets --------------------------------------------------------------------------------------------------------


def code_targets(
    targets: Tensor, loss: str, task: Task, outputs: int, label_smoothing: float = 0.0, lowest: float | None = None
) -> Tensor:
    """Targets in the shape and code the loss compares with, so that nothing is ever broadcast.

    Class numbers (n,) become themselves for cross-entropy, 0 and 1 (n, 1) for binary cross-entropy, and for another
    loss `lowest` and 1: (n, 1) for one output, where that is −1 if nothing else is said, and one-hot (n, outputs) for
    more, where it is 0. Labels (n, outputs) of 0 and 1 become `lowest` and 1 likewise. Values (n, 1) stay.

    `label_smoothing` ε makes probabilities of the targets of both cross-entropies: (1 − ε) of what they are and ε
    shared by all classes, as in torch.nn.CrossEntropyLoss (Szegedy et al. 2016).
    """
    if task == "value":
        return targets
    if loss == "cross_entropy" and not label_smoothing:
        return targets
    if loss == "cross_entropy":
        certain = functional.one_hot(targets, outputs).to(torch.float32)
        return certain * (1 - label_smoothing) + label_smoothing / outputs
    if task == "class" and (outputs == 1 or loss == "binary_cross_entropy"):
        targets = targets.unsqueeze(1)
    elif task == "class":
        targets = functional.one_hot(targets, outputs)
    if loss == "binary_cross_entropy":
        return targets.to(torch.float32) * (1 - label_smoothing) + label_smoothing / 2
    if lowest is None:
        lowest = -1.0 if outputs == 1 else 0.0
    return lowest + (1 - lowest) * targets.to(torch.float32)


def label_code(labels: Tensor) -> Tensor:
    """One number (…, n) for each set of labels (…, n, k), so that sets are compared as classes are."""
    places = torch.arange(labels.shape[-1], device=labels.device)
    return (labels.long() << places).sum(dim=-1)


def predicted_classes(outputs: Tensor, middle: float = 0.0, are_labels: bool = False) -> Tensor:
    """The class numbers (…, n) that outputs (…, n, k) stand for: the largest, or for one output whether it is above the
    middle; of labels the code of those whose outputs are."""
    if are_labels:
        return label_code(outputs > middle)
    return (outputs[..., 0] > middle).long() if outputs.shape[-1] == 1 else outputs.argmax(dim=-1)


def class_probabilities(outputs: Tensor, loss: str, lowest: float | None = None, are_labels: bool = False) -> Tensor:
    """A probability for each class (n, classes), or of each label, from the outputs that the loss compares (n, k)."""
    if loss == "cross_entropy":
        return outputs.softmax(dim=1)
    if lowest is None:
        lowest = -1.0 if outputs.shape[1] == 1 else 0.0
    if outputs.shape[1] == 1 or are_labels:
        share = (outputs - lowest) / (1 - lowest)
        found = outputs.sigmoid() if loss == "binary_cross_entropy" else share.clamp(0, 1)
        return found if are_labels else torch.cat([1 - found, found], dim=1)
    probabilities = ((outputs - lowest) / (1 - lowest)).clamp(min=0)
    total = probabilities.sum(dim=1, keepdim=True)
    return torch.where(
        total > 0, probabilities / total.clamp(min=1e-12), torch.full_like(probabilities, 1 / probabilities.shape[1])
    )
