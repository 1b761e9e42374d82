"""Where a training stands at the end of an epoch: all it needs to go on just as if it had never stopped."""

from copy import copy
from dataclasses import dataclass

from torch import Tensor

from nnstudio.training.course import Course
from nnstudio.training.step import Step
from nnstudio.training.stopping import EarlyStopping


@dataclass(frozen=True)
class Standing:
    """Weights and averages, what the optimizer remembers, the generators of order and masks, and the course's counts.

    The rates are those in use, which may have been changed on the way. `turned` says how matrices lie in memory, as in
    `FlatWeights`; the generators are those of the `device`. Of what the curves hold, `batches_run` losses and `marks`
    marks belong to complete epochs.
    """

    epoch: int
    weights: list[Tensor]
    optimizer: dict[str, Tensor]
    learning_rate: float
    dropout_rates: dict[str, float]
    masks: Tensor
    orders: Tensor
    order: Tensor
    best: list[Tensor]
    stopping: EarlyStopping
    batches_run: int
    marks: int
    seconds: float
    turned: bool
    device: str


def standing_of(course: Course, step: Step, place: int) -> Standing:
    """Where a course stands that has just completed an epoch; `place` is its place in the step."""
    return Standing(
        course.progress.epoch,
        course.sound,
        {name: tensor.clone() for name, tensor in step.optimizers[place].state.items()},
        step.optimizers[place].learning_rate,
        step.dropout_rates(place),
        step.generators[place].get_state(),
        course.orders.get_state(),
        course.order,
        course.best,
        copy(course.stopping),
        len(course.curves.batch_loss),
        len(course.curves.marks),
        course.progress.seconds,
        course.weights.turned,
        str(course.weights.values.device),
    )


def go_on_from(standing: Standing, course: Course, step: Step, place: int) -> None:
    """Have a new course, and its place in a new step, stand where another stood."""
    step.weights[place].restore(standing.weights)
    step.optimizers[place].restore(standing.optimizer)
    step.change(place, learning_rate=standing.learning_rate, dropout_rates=standing.dropout_rates)
    step.generators[place].set_state(standing.masks)
    course.stand(standing)
