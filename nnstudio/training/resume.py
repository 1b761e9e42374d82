"""Where a training stands: all it needs to go on just as if it had never stopped."""

from copy import copy
from dataclasses import replace

import numpy as np
import torch

from nnstudio.text import Mistake
from nnstudio.text import translate as _
from nnstudio.training.checkpoint import Standing
from nnstudio.training.engine.dropout import draws_masks
from nnstudio.training.engine.step import Step
from nnstudio.training.training_state import Course


def standing_of(course: Course, step: Step, place: int, batch: int = 0, right: int = 0) -> Standing:
    """Where a course stands that has just completed an epoch, or so many batches of the one under way; `place` is its
    place in the step."""
    return Standing(
        course.sound_epoch,
        batch,
        right,
        course.weights.snapshot() if batch else course.sound,
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
        step.engine,
    )


def go_on_from(standing: Standing, course: Course, step: Step, place: int) -> None:
    """Have a new course, and its place in a new step, stand where another stood.

    On another kind of device the masks are drawn from its own generator, with other data the epoch begins anew. Mistake
    where the network is another, or what is kept of where it stood is damaged.
    """
    rates = step.dropout_rates(place)
    if not is_like(standing, course, step, place) or rates.keys() != standing.dropout_rates.keys():
        raise Mistake(_("This run cannot be carried on: what is kept of where it stood does not fit its network."))
    if not is_order(standing, course):
        # The batches of complete epochs keep their places on the curve.
        losses = course.curves.batch_loss
        losses.cut(0)
        losses.extend(np.full(standing.epoch * course.progress.batches, np.nan))
        standing = replace(standing, batch=0, right=0, order=torch.empty(0), batches_run=len(losses))
    step.weights[place].restore(standing.weights)
    step.optimizers[place].restore(standing.optimizer)
    step.change(place, learning_rate=standing.learning_rate, dropout_rates=standing.dropout_rates)
    try:
        if step.generators[place].device.type == draws_masks(torch.device(standing.device)).type:
            step.generators[place].set_state(standing.masks)
        course.stand(standing)
    except (RuntimeError, TypeError):
        raise Mistake(_("This run cannot be carried on: its random numbers are damaged.")) from None


def is_like(standing: Standing, course: Course, step: Step, place: int) -> bool:
    """Whether all tensors have the shapes and kinds of those of this course."""
    own = course.weights.snapshot()
    lists = [(kept, own) for kept in (standing.weights, standing.sound, standing.best)]
    there = step.optimizers[place].state
    if standing.optimizer.keys() != there.keys():
        return False
    lists.append((list(standing.optimizer.values()), [there[name] for name in standing.optimizer]))
    return all(
        len(kept) == len(asked) and all(one.shape == like.shape and one.dtype == like.dtype for one, like in pairs)
        for kept, asked in lists
        for pairs in [list(zip(kept, asked, strict=False))]
    )


def is_order(standing: Standing, course: Course) -> bool:
    """Whether the order is one of just the samples that the course trains on, and the place is in it: anything else
    could not be looked up. Before the first epoch there is none."""
    order = standing.order
    if order.numel() == 0:
        return standing.batch == standing.epoch == 0
    is_row = order.ndim == 1 and order.dtype in (torch.int32, torch.int64) and len(order) == len(course.train)
    if not is_row or standing.batch >= course.progress.batches:
        return False
    rows = torch.arange(len(order)) if course.train.rows is None else course.train.rows.cpu().sort().values
    return torch.equal(order.cpu().sort().values.to(rows.dtype), rows)
