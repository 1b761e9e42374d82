"""One optimisation step: forward, loss, gradient, update."""

from typing import Any

import torch
from torch import Tensor

from nnstudio.project.model import TrainingPlan
from nnstudio.training.build import BuiltNetwork
from nnstudio.training.losses import LOSSES


class Step:
    """Takes a batch of inputs (n, *sample_shape) and coded targets, changes the weights once, and returns the loss.

    Weight decay and L1 act on weight matrices, never on biases; the loss returned is without the L1 term, so that it
    can be compared with the validation loss.
    """

    def __init__(self, network: BuiltNetwork, loss: str, plan: TrainingPlan) -> None:
        self.model = network.trained
        self.loss = LOSSES[loss]
        self.l1 = plan.l1
        self.matrices = [parameter for parameter in network.parameters if parameter.ndim > 1]
        self.optimizer = make_optimizer(network, plan)

    def __call__(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """The loss, a scalar, and the outputs (n, k) it was computed from; both without gradient."""
        self.optimizer.zero_grad()
        outputs = self.model(inputs)
        loss = self.loss(outputs, targets)
        self.with_l1(loss).backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        return loss.detach(), outputs.detach()

    def with_l1(self, loss: Tensor) -> Tensor:
        if self.l1 == 0:
            return loss
        return loss + self.l1 * torch.stack([matrix.abs().sum() for matrix in self.matrices]).sum()


def make_optimizer(network: BuiltNetwork, plan: TrainingPlan) -> torch.optim.Optimizer:
    """PyTorch's optimizer for a plan, in its fused form where it has one (the same numbers in fewer calls)."""
    groups: list[dict[str, Any]] = [
        {"params": [one for one in network.parameters if one.ndim > 1], "weight_decay": plan.weight_decay},
        {"params": [one for one in network.parameters if one.ndim <= 1], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    rate, optim = plan.learning_rate, torch.optim
    match plan.optimizer:
        case "sgd":
            return optim.SGD(groups, lr=rate, fused=True)
        case "momentum":
            return optim.SGD(groups, lr=rate, momentum=plan.momentum, fused=True)
        case "nesterov":
            return optim.SGD(groups, lr=rate, momentum=plan.momentum, nesterov=plan.momentum > 0, fused=True)
        case "adam":
            return optim.Adam(groups, lr=rate, fused=True)
        case "adamw":
            return optim.AdamW(groups, lr=rate, fused=True)
        case "adagrad":
            return optim.Adagrad(groups, lr=rate)
        case _:
            return optim.RMSprop(groups, lr=rate)


def warm_up() -> None:
    """Have torch load what it loads at a first step, so that the first real one does not wait for it."""
    weight = torch.nn.Parameter(torch.zeros(2, 2))
    optimizer = torch.optim.SGD([weight], lr=0.1, fused=True)
    (torch.ones(1, 2) @ weight).sum().backward()  # type: ignore[no-untyped-call]
    optimizer.step()
