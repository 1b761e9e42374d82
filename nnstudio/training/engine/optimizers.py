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


class Optimizer:
    """Changes all weights once by their gradients. `state` is everything the rule remembers, by name.

    Weight decay acts on matrices alone: where there is one, matrices and the rest are updated in two calls. `step` is
    to be called without autograd. `learning_rate` may be changed between two steps.
    """

    def __init__(self, weights: FlatParameters, plan: TrainingPlan) -> None:
        self.state: dict[str, Tensor] = {}
        self.learning_rate = plan.learning_rate
        self.clip_norm, self._gradients = plan.clip_norm, weights.gradients
        end, matrices = len(weights.values), weights.matrices
        parts = [(0, end, 0.0)]
        if plan.weight_decay or plan.optimizer == "adamw":
            parts = [(0, matrices, plan.weight_decay), (matrices, end, 0.0)]
        self._updates = [
            self._make(plan, weights.values[start:stop], weights.gradients[start:stop], decay, f"{place}.")
            for place, (start, stop, decay) in enumerate(parts)
            if stop > start
        ]

    def step(self) -> None:
        if self.clip_norm:
            self.clip()
        for update in self._updates:
            update()

    def clip(self) -> None:
        """Shorten the gradient of all weights together, as torch.nn.utils.clip_grad_norm_ does (Pascanu et al. 2013).
        No number is asked of the device."""
        norm = torch.linalg.vector_norm(self._gradients)
        self._gradients.mul_(torch.clamp(self.clip_norm / (norm + CLIP_EPSILON), max=1.0))

    def restore(self, state: dict[str, Tensor]) -> None:
        """Remember what another optimizer of the same plan and weights remembers."""
        for name, kept in state.items():
            self.state[name].copy_(kept)

    def _kept(self, name: str, like: Tensor) -> Tensor:
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
        averages, squares = self._kept(part + "averages", values), self._kept(part + "squares", values)
        steps = self._kept(part + "steps", torch.zeros((), device=values.device))
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
        kept = [self._kept(part + "momentum", values)] if momentum else []

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
        squares, root = self._kept(part + "squares", values), torch.empty_like(values)
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
