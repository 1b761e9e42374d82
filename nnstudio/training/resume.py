"""Where a training stands: all it needs to go on just as if it had never stopped."""

from copy import copy
from dataclasses import replace

import numpy as np
import torch

from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.checkpoint import Checkpoint
from nnstudio.training.engine.dropout import draws_masks
from nnstudio.training.engine.step import Step
from nnstudio.training.training_state import TrainingState


def checkpoint_of(
    training_state: TrainingState, step: Step, place: int, batch: int = 0, correct: int = 0
) -> Checkpoint:
    """Where a training stands that has just completed an epoch, or so many batches of the one under way; `place` is its
    place in the step."""
    return Checkpoint(
        training_state.last_complete_epoch,
        batch,
        correct,
        training_state.weights.snapshot() if batch else training_state.last_complete,
        training_state.last_complete,
        {name: tensor.clone() for name, tensor in step.optimizers[place].state.items()},
        training_state.learning_rate,
        step.dropout_rates(place),
        step.generators[place].get_state(),
        training_state.shuffle_generator.get_state(),
        training_state.permutation,
        training_state.best,
        copy(training_state.stopping),
        len(training_state.curves.batch_loss),
        len(training_state.curves.events),
        training_state.progress.seconds,
        training_state.weights.transposed,
        str(training_state.weights.values.device),
        step.backend_text,
    )


def resume_from(checkpoint: Checkpoint, training_state: TrainingState, step: Step, place: int) -> None:
    """Have a new training, and its place in a new step, stand where another stood.

    On another kind of device the masks are drawn from its own generator, with other data the epoch begins anew.
    UserError where the network is another, or what is kept of where it stood is damaged.
    """
    rates = step.dropout_rates(place)
    if not is_like(checkpoint, training_state, step, place) or rates.keys() != checkpoint.dropout_rates.keys():
        raise UserError(_("This run cannot be carried on: what is kept of where it stood does not fit its network."))
    if not is_order(checkpoint, training_state):
        # The batches of complete epochs keep their places on the curve.
        losses = training_state.curves.batch_loss
        losses.cut(0)
        losses.extend(np.full(checkpoint.epoch * training_state.progress.batches, np.nan))
        checkpoint = replace(checkpoint, batch=0, correct=0, permutation=torch.empty(0), batches_run=len(losses))
    step.weights[place].restore(checkpoint.weights)
    step.optimizers[place].restore(checkpoint.optimizer)
    step.change(place, learning_rate=checkpoint.learning_rate, dropout_rates=checkpoint.dropout_rates)
    try:
        if step.generators[place].device.type == draws_masks(torch.device(checkpoint.device)).type:
            step.generators[place].set_state(checkpoint.masks)
        training_state.stand(checkpoint)
    except (RuntimeError, TypeError):
        raise UserError(_("This run cannot be carried on: its random numbers are damaged.")) from None


def is_like(checkpoint: Checkpoint, training_state: TrainingState, step: Step, place: int) -> bool:
    """Whether all tensors have the shapes and kinds of those of this training."""
    own = training_state.weights.snapshot()
    lists = [(kept, own) for kept in (checkpoint.weights, checkpoint.last_complete, checkpoint.best)]
    there = step.optimizers[place].state
    if checkpoint.optimizer.keys() != there.keys():
        return False
    lists.append((list(checkpoint.optimizer.values()), [there[name] for name in checkpoint.optimizer]))
    return all(
        len(kept) == len(asked) and all(one.shape == like.shape and one.dtype == like.dtype for one, like in pairs)
        for kept, asked in lists
        for pairs in [list(zip(kept, asked, strict=False))]
    )


def is_order(checkpoint: Checkpoint, training_state: TrainingState) -> bool:
    """Whether the order is one of just the samples that the training trains on, and the place is in it: anything else
    could not be looked up. Before the first epoch there is none."""
    permutation = checkpoint.permutation
    if permutation.numel() == 0:
        return checkpoint.batch == checkpoint.epoch == 0
    is_row = (
        permutation.ndim == 1
        and permutation.dtype in (torch.int32, torch.int64)
        and len(permutation) == len(training_state.train)
    )
    if not is_row or checkpoint.batch >= training_state.progress.batches:
        return False
    rows = (
        torch.arange(len(permutation))
        if training_state.train.rows is None
        else training_state.train.rows.cpu().sort().values
    )
    return torch.equal(permutation.cpu().sort().values.to(rows.dtype), rows)
