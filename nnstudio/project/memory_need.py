"""About how much memory a network takes while it learns, from its shapes alone."""

import math

from nnstudio.project.model import Project, TrainingPlan
from nnstudio.project.shapes import Inference

FLOAT = 4
"""The bytes of a float32; a float64 has twice as many."""
COPIES = 4
"""A value of a layer's output is there as itself, as its gradient, and on the way to each."""
KEPT = {"sgd": 0, "momentum": 1, "nesterov": 1, "adam": 2, "adamw": 2, "rmsprop": 1, "adagrad": 1}
"""How many numbers an optimizer keeps for each weight."""


def weights_need(inference: Inference) -> int:
    """The bytes of the weights themselves."""
    return FLOAT * inference.total_parameters


def step_need(inference: Inference, batch_size: int) -> int:
    """About how many bytes a step takes beside the weights: every layer's output for every sample of the batch."""
    values = sum(math.prod(shape) for shape in inference.shapes.values())
    return FLOAT * COPIES * values * batch_size


def state_need(plan: TrainingPlan, inference: Inference) -> int:
    """The bytes of all that is as large as the weights, at the end of an epoch, where there is most of it.

    Weights, gradients and one copy made on the way; the weights of the last epoch, of this one and of the best; and
    what the optimizer keeps three times: itself, and where the run can be carried on from, of both epochs.
    """
    kept = KEPT[plan.optimizer] + (plan.last_batch == "carried_over") + (plan.l1_rule == "pruned_at_zero")
    return width(plan) * (6 + 3 * kept) * weights_need(inference)


def width(plan: TrainingPlan) -> int:
    """How many float32 a number takes."""
    return 2 if plan.precision == "float64" else 1


def learning_need(project: Project, inference: Inference) -> int:
    """About how many bytes learning takes: all that is as large as the weights, and a step."""
    plan = project.training
    rows = project.facts.train if project.facts else plan.batch_size
    return state_need(plan, inference) + width(plan) * step_need(inference, min(plan.batch_size, rows))
