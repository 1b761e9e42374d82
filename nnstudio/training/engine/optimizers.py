"""The rules that turn gradients into steps: PyTorch's own kernels, called once on the flat row of all weights.

Building the classes of `torch.optim` would load half of torch's compiler, and calling them costs more than the update.
Each rule gives the numbers of the class of its name (a test compares them).
"""

from collections.abc import Callable

import torch
from torch import Tensor

from nnstudio.project.model import TrainingPlan
from nnstudio.training.engine.flat_parameters import FlatParameters

EPSILON = 1e-8
CLIP_EPSILON = 1e-6
ADAGRAD_EPSILON = 1e-10
ADAM_AVERAGES = (0.9, 0.999)
RMSPROP_AVERAGE = 0.99

Update = Callable[[], object]


def carries(plan: TrainingPlan) -> bool:
    """Whether what fills no batch at the end of an epoch waits for the next."""
    return plan.last_batch == "carried_over"


def prunes(plan: TrainingPlan) -> bool:
    """Whether L1 is a pull after each step, and no part of the loss."""
    return plan.l1 > 0 and plan.l1_rule == "pruned_at_zero"


class Optimizer:
    """Changes all weights once by their gradients. `state` is everything the rule remembers, by name.

    Weight decay acts on matrices alone: where there is one, matrices and the rest are updated in two calls. `step` is
    to be called without autograd. `learning_rate` may be changed between two steps.

    Where the last batch of an epoch is carried over, one that is not full takes no step: its gradients wait, and count
    in the next one, each row as much as every other.
    """

    def __init__(self, weights: FlatParameters, plan: TrainingPlan) -> None:
        self.state: dict[str, Tensor] = {}
        self.learning_rate = plan.learning_rate
        self.clip_norm, self._gradients = plan.clip_norm, weights.gradients
        self._batch_size, self._waiting = plan.batch_size, Waiting(self, weights.gradients) if carries(plan) else None
        self._pruning = Pruning(self, weights, plan.l1) if prunes(plan) else None
        end, matrices = len(weights.values), weights.matrices
        parts = [(0, end, 0.0)]
        if plan.weight_decay or plan.optimizer == "adamw":
            parts = [(0, matrices, plan.weight_decay), (matrices, end, 0.0)]
        self._updates = [
            self._make(plan, weights.values[start:stop], weights.gradients[start:stop], decay, f"{place}.")
            for place, (start, stop, decay) in enumerate(parts)
            if stop > start
        ]

    def step(self, rows: int) -> None:
        """Take the step of a batch of so many rows, or none where it is to wait."""
        if self._waiting:
            if rows < self._batch_size:
                self._waiting.put_aside(rows)
                return
            self._waiting.join(rows)
        if self.clip_norm:
            self.clip()
        if self._pruning:
            self._pruning.before_step()
        for update in self._updates:
            update()
        if self._pruning:
            self._pruning.after_step(self.learning_rate)

    def clip(self) -> None:
        """Shorten the gradient of all weights together, as torch.nn.utils.clip_grad_norm_ does (Pascanu et al. 2013).
        No number is asked of the device."""
        norm = torch.linalg.vector_norm(self._gradients)
        self._gradients.mul_(torch.clamp(self.clip_norm / (norm + CLIP_EPSILON), max=1.0))

    def restore(self, state: dict[str, Tensor]) -> None:
        """Remember what another optimizer of the same plan and weights remembers."""
        for name, kept in state.items():
            self.state[name].copy_(kept)

    def kept(self, name: str, like: Tensor) -> Tensor:
        """A tensor of zeros that lives as long as the optimizer."""
        self.state[name] = torch.zeros_like(like)
        return self.state[name]

    def _make(self, plan: TrainingPlan, values: Tensor, gradients: Tensor, decay: float, part: str) -> Update:
        if plan.optimizer in ("adam", "adamw"):
            return self._adam(plan, values, gradients, decay, part)
        if plan.optimizer in ("sgd", "momentum", "nesterov"):
            return self._sgd(plan, values, gradients, decay, part)
        return self._divided_by_squares(plan, values, gradients, decay, part)

    def _adam(self, plan: TrainingPlan, values: Tensor, gradients: Tensor, decay: float, part: str) -> Update:
        averages, squares = self.kept(part + "averages", values), self.kept(part + "squares", values)
        steps = self.kept(part + "steps", torch.zeros((), device=values.device))
        kernel = torch._fused_adam_ if plan.optimizer == "adam" else torch._fused_adamw_

        def update() -> None:
            steps.add_(1)
            kernel(
                [values], [gradients], [averages], [squares], [], [steps], lr=self.learning_rate,
                beta1=ADAM_AVERAGES[0], beta2=ADAM_AVERAGES[1], weight_decay=decay, eps=EPSILON, amsgrad=False,
                maximize=False,
            )  # fmt: skip

        return update

    def _sgd(self, plan: TrainingPlan, values: Tensor, gradients: Tensor, decay: float, part: str) -> Update:
        momentum = 0.0 if plan.optimizer == "sgd" else plan.momentum
        if momentum == 0 and decay == 0:
            return lambda: values.add_(gradients, alpha=-self.learning_rate)
        kept = [self.kept(part + "momentum", values)] if momentum else []

        def update() -> None:
            # The first step is none apart: on a memory of zeros it comes to the same.
            torch._fused_sgd_(
                [values], [gradients], kept, weight_decay=decay, momentum=momentum, lr=self.learning_rate,
                dampening=0.0, nesterov=plan.optimizer == "nesterov" and momentum > 0, maximize=False,
                is_first_step=False,
            )  # fmt: skip

        return update

    def _divided_by_squares(
        self, plan: TrainingPlan, values: Tensor, gradients: Tensor, decay: float, part: str
    ) -> Update:
        """Adagrad (Duchi et al. 2011: the sum of squares) and RMSprop (Hinton 2012: their running average)."""
        squares, root = self.kept(part + "squares", values), torch.empty_like(values)
        adagrad = plan.optimizer == "adagrad"

        def update() -> None:
            decayed = gradients.add(values, alpha=decay) if decay else gradients
            if adagrad:
                squares.addcmul_(decayed, decayed)
            else:
                squares.mul_(RMSPROP_AVERAGE).addcmul_(decayed, decayed, value=1 - RMSPROP_AVERAGE)
            torch.sqrt(squares, out=root)
            root.add_(ADAGRAD_EPSILON if adagrad else EPSILON)
            values.addcdiv_(decayed, root, value=-self.learning_rate)

        return update


class Waiting:
    """The gradients of rows that have not been stepped over yet: their sum, and how many rows."""

    def __init__(self, optimizer: Optimizer, gradients: Tensor) -> None:
        self.gradients = gradients
        self.sum = optimizer.kept("waiting", gradients)
        self.rows = optimizer.kept("waiting_rows", gradients.new_zeros(()))

    def put_aside(self, rows: int) -> None:
        """Keep the gradients, which are a mean over so many rows, for a later step."""
        self.sum.add_(self.gradients, alpha=rows)
        self.rows.add_(rows)

    def join(self, rows: int) -> None:
        """Make of the gradients, a mean over so many rows, that over those which wait too. Where none do, they stay
        what they are, to the bit."""
        both = self.rows + rows
        self.gradients.mul_(1 - self.rows / both).add_(self.sum / both)
        self.sum.zero_()
        self.rows.zero_()


class Pruning:
    """L1 as a pull of learning rate · L1 towards 0 after the optimizer's step, by the sign that a weight had before it.
    One that the pull carries across 0 is 0 from then on, as in TensorFlow Playground.

    Without that last rule it is the truncated gradient of Langford, Li and Zhang (2009).
    """

    def __init__(self, optimizer: Optimizer, weights: FlatParameters, l1: float) -> None:
        self.values, self.l1 = weights.values[: weights.matrices], l1
        self.pruned = optimizer.kept("pruned", self.values)
        """1 for each weight that is 0 for good."""
        self.signs = torch.zeros_like(self.values)

    def before_step(self) -> None:
        torch.sign(self.values, out=self.signs)

    def after_step(self, learning_rate: float) -> None:
        pulled = self.values.sub(self.signs, alpha=learning_rate * self.l1)
        # By their signs: the product of two small numbers would be 0.
        crossed = pulled.sign().mul_(self.values.sign()).neg_().clamp_(min=0)
        self.pruned.copy_(torch.maximum(self.pruned, crossed))
        self.values.copy_(pulled.masked_fill_(self.pruned > 0, 0.0))
