"""The whole of training on one screen of plain PyTorch: the page to read first.

Every backend of `engine` must give these numbers; it computes them faster, and answers pause, stop and views between
steps (loop.py). Nothing here is called while the program trains: it is the reference that the tests compare with.
"""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import CosineAnnealingLR, ExponentialLR, LRScheduler, ReduceLROnPlateau, StepLR

from nnstudio.project.model import TrainingPlan

Loss = Callable[[Tensor, Tensor], Tensor]
"""Of outputs and targets: the loss of each row (n,), or of each of its outputs (n, k)."""
Samples = tuple[Tensor, Tensor, Tensor]
"""Inputs (n, *sample_shape), the targets that the loss compares the outputs with, and how much each row counts (n,):
1, or weights whose mean over the training rows is 1."""


@dataclass
class Result:
    """The curves, one value an epoch, the best epoch, counted from 1, and what it is the best in."""

    train_loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    best_epoch: int = 0
    lowest: float = math.inf


def train(
    model: nn.Module,
    matrices: list[Tensor],
    loss_of: Loss,
    plan: TrainingPlan,
    training: Samples,
    validation: Samples,
) -> Result:
    """Train a model as a plan says, from the weights it has; it ends with those that the plan asks for.

    Weight decay and L1 pull at its weight matrices alone: a bias only shifts, and pulling at it helps nobody.

    Dropout draws from torch's own generator here, so only networks without it come to the same bits as the engine's.
    """
    inputs, targets, weights = training
    result, best_weights = Result(), copy.deepcopy(model.state_dict())
    carries, prunes = plan.last_batch == "carried_over", plan.l1_rule == "pruned_at_zero"
    rows_waiting, pruned = 0, [torch.zeros_like(matrix, dtype=torch.bool) for matrix in matrices]
    reference, epochs_without_improvement = math.inf, 0
    optimizer = make_optimizer(model, matrices, plan)
    scheduler = make_scheduler(optimizer, plan)
    shuffle = torch.Generator().manual_seed(plan.seed)  # of its own, so that the seed alone decides the order
    order = torch.arange(len(inputs))
    if plan.shuffle != "never":
        order = torch.randperm(len(inputs), generator=shuffle)

    for epoch in range(1, plan.epochs + 1):
        if epoch > 1 and plan.shuffle == "each_epoch":
            order = torch.randperm(len(inputs), generator=shuffle)

        # One epoch: every sample once, a step of the optimizer for each mini-batch.
        model.train()  # dropout acts, batch norm measures the batch
        total = 0.0
        for batch in torch.split(order, plan.batch_size):
            if rows_waiting == 0:
                optimizer.zero_grad()
            losses = loss_of(model(inputs[batch]), targets[batch]).reshape(len(batch), -1).mean(dim=1)
            loss = (weights[batch] * losses).mean()  # not divided by the weights: a heavy batch is a larger step
            total += loss.item() * len(batch)  # the last batch may be shorter and counts for less
            if not prunes:
                loss = loss + plan.l1 * sum(matrix.abs().sum() for matrix in matrices)
            if carries:  # a short batch waits, and its gradients count in the first step of the next epoch
                loss, rows_waiting = loss * len(batch), rows_waiting + len(batch)
            loss.backward()  # type: ignore[no-untyped-call]
            if carries and len(batch) < plan.batch_size:
                continue
            if carries:
                for parameter in model.parameters():
                    parameter.grad = None if parameter.grad is None else parameter.grad / rows_waiting
                rows_waiting = 0
            if plan.clip_norm:  # one step must not throw away what all before it learnt
                nn.utils.clip_grad_norm_(model.parameters(), plan.clip_norm)
            signs = [matrix.detach().sign() for matrix in matrices]
            optimizer.step()
            if prunes:
                prune(matrices, signs, pruned, optimizer.param_groups[0]["lr"] * plan.l1)
        result.train_loss.append(total / len(inputs))

        # Then a look at samples that the network does not learn from.
        model.eval()  # dropout off, batch norm by its averages
        with torch.no_grad():
            outputs = model(validation[0])
            losses = loss_of(outputs, validation[1]).reshape(len(outputs), -1).mean(dim=1)
            validation_loss = ((validation[2] * losses).sum() / validation[2].sum()).item()
        result.validation_loss.append(validation_loss)
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(validation_loss)
        elif scheduler is not None:
            scheduler.step()

        # Early stopping: keep the best weights, and stop when patience runs out.
        monitored = validation_loss
        if plan.monitor == "validation_accuracy":  # the share of wrong answers, of classes told apart by the largest
            monitored = (outputs.argmax(dim=1) != validation[1]).float().mean().item()
        if plan.monitor == "validation_balanced_accuracy":  # and the mean of these shares over the classes there are
            wrong = outputs.argmax(dim=1) != validation[1]
            shares = [wrong[validation[1] == one].float().mean() for one in torch.unique(validation[1])]
            monitored = (sum(shares) / len(shares)).item()
        if monitored < result.lowest:
            result.best_epoch, result.lowest = epoch, monitored
            best_weights = copy.deepcopy(model.state_dict())
        if monitored < reference - plan.min_delta:
            reference, epochs_without_improvement = monitored, 0
        else:
            epochs_without_improvement += 1
        if 0 < plan.patience <= epochs_without_improvement:
            break

    if plan.restore_best:
        model.load_state_dict(best_weights)
    return result


@torch.no_grad()
def prune(matrices: list[Tensor], signs: list[Tensor], pruned: list[Tensor], pull: float) -> None:
    """Pull each weight towards 0 by the sign it had before the step. One that is carried across stays 0 for good."""
    for matrix, sign, gone in zip(matrices, signs, pruned, strict=True):
        pulled = matrix - pull * sign
        gone |= matrix.sign() * pulled.sign() < 0
        matrix.copy_(torch.where(gone, 0.0, pulled))


def make_optimizer(model: nn.Module, matrices: list[Tensor], plan: TrainingPlan) -> torch.optim.Optimizer:
    """PyTorch's optimizer of a plan, with weight decay on the matrices alone."""
    others = [one for one in model.parameters() if not any(one is matrix for matrix in matrices)]
    groups = [
        {"params": parameters, "weight_decay": decay}
        for parameters, decay in ((matrices, plan.weight_decay), (others, 0.0))
        if parameters
    ]
    momentum = 0.0 if plan.optimizer == "sgd" else plan.momentum
    made: dict[str, Callable[[], torch.optim.Optimizer]] = {
        "sgd": lambda: torch.optim.SGD(groups, plan.learning_rate),
        "momentum": lambda: torch.optim.SGD(groups, plan.learning_rate, momentum),
        "nesterov": lambda: torch.optim.SGD(groups, plan.learning_rate, momentum, nesterov=momentum > 0),
        "adam": lambda: torch.optim.Adam(groups, plan.learning_rate),
        "adamw": lambda: torch.optim.AdamW(groups, plan.learning_rate),
        "rmsprop": lambda: torch.optim.RMSprop(groups, plan.learning_rate),
        "adagrad": lambda: torch.optim.Adagrad(groups, plan.learning_rate),
    }
    return made[plan.optimizer]()


def make_scheduler(optimizer: torch.optim.Optimizer, plan: TrainingPlan) -> LRScheduler | None:
    """PyTorch's scheduler of a plan; None where the rate stays as it is."""
    factor, epochs = plan.schedule_factor, plan.schedule_epochs
    made: dict[str, Callable[[], LRScheduler | None]] = {
        "constant": lambda: None,
        "step": lambda: StepLR(optimizer, epochs, factor),
        "exponential": lambda: ExponentialLR(optimizer, factor),
        "cosine": lambda: CosineAnnealingLR(optimizer, plan.epochs),
        "plateau": lambda: ReduceLROnPlateau(optimizer, factor=factor, patience=epochs),
    }
    return made[plan.schedule]()
