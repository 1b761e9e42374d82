"""One training, beside its weights: the order of samples, curves, early stopping, the best weights and the end."""

import math
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnstudio.project.model import RunEvent, StopReason, TrainingPlan
from nnstudio.training.curves import Curves
from nnstudio.training.early_stopping import EarlyStopping, monitored
from nnstudio.training.engine.build import BuiltNetwork
from nnstudio.training.engine.distributed import SINGLE_PROCESS, ProcessGroup
from nnstudio.training.engine.flat_parameters import FlatParameters
from nnstudio.training.engine.metrics import Measured, PreparedSamples
from nnstudio.training.probes import Probes, Reading, weights_of
from nnstudio.training.schedules import Schedule
from nnstudio.training.timeline import Timeline

if TYPE_CHECKING:
    from nnstudio.training.checkpoint import Checkpoint


@dataclass
class Progress:
    """Where a training stands; written by the loop, looked at by whoever shows it.

    `samples` were stepped over in `seconds`, those of pauses left out; both are brought up to date 30 times a second.
    `stopping` is brought up to date once an epoch.
    """

    batches: int
    most_epochs: int
    stopping: EarlyStopping
    epoch: int = 0
    batch: int = 0
    samples: int = 0
    seconds: float = 0.0

    @property
    def samples_per_second(self) -> float:
        return self.samples / self.seconds if self.seconds > 0 else 0.0


class TrainingState:
    """One network's training from the first epoch to its end, fed by the loop with what each step gives.

    `variant` is its number among those trained side by side. The seed gives the order of the samples, from a generator
    of its own. `ended` says why the training is over.
    """

    def __init__(
        self,
        variant: int,
        network: BuiltNetwork,
        plan: TrainingPlan,
        weights: FlatParameters,
        train: PreparedSamples,
        curves: Curves,
        group: ProcessGroup = SINGLE_PROCESS,
    ) -> None:
        self.variant = variant
        self.network = network
        self.plan = plan
        self.weights = weights
        self.train = train
        self.group = group
        self.curves = curves
        self.probes = Probes()
        self.timeline: Timeline | None = None
        """Where the weights after every epoch are put aside, for whoever wants to go back."""
        self.checkpoint: Checkpoint | None = None
        """How to go on from the end of the last epoch that was completed."""
        self.schedule = Schedule(plan)
        self.learning_rate = plan.learning_rate
        """The one that was set, which may have been changed on the way; a schedule multiplies it."""
        self.ended: StopReason | None = None
        self.cannot_be_validated = False
        """Whether it ended because the loss of the validation samples alone is not a number."""
        self.stopping = EarlyStopping(plan.patience, plan.min_delta)
        self.progress = Progress(math.ceil(len(train) / plan.batch_size), plan.epochs, self.stopping)
        self.shares = np.full(self.progress.batches, float(plan.batch_size))
        """How many samples each batch of an epoch has; the last may be short."""
        self.shares[-1] = len(train) - plan.batch_size * (self.progress.batches - 1)
        self.shuffle_generator = torch.Generator().manual_seed(plan.seed)
        self.best = self.last_complete = weights.snapshot()
        self.best_epoch = self.last_complete_epoch = 0
        self.seconds_before = 0.0
        self.correct_before = 0
        """How many samples were named right in the batches of this epoch that were taken before it was gone on with."""
        self.is_within = False
        """Whether it is to go on within an epoch that was begun elsewhere."""
        self.permutation = torch.empty(0)
        self.batches: tuple[Tensor, ...] = ()
        self._show_weights()

    def _show_weights(self) -> None:
        """Leave the weights as they are now to whoever shows them: nothing has been asked for yet."""
        reading = Reading(self.progress.epoch, 0, np.empty(0, np.int64), weights=weights_of(self.network))
        self.probes.answer(frozenset({"weights"}), reading)

    def begin_epoch(self) -> int:
        """Draw the order of the samples, anew or once as the plan says; the number of the epoch's first batch, which is
        not 0 where it is gone on with."""
        if self.is_within:
            self.is_within = False
            return self.progress.batch
        self.progress.epoch += 1
        self.progress.batch = self.correct_before = 0
        if not self.batches or self.plan.shuffle == "each_epoch":
            self.batches, self.permutation = (), torch.empty(0)  # let go of the last order before there is another
            self._take_order(self._draw_order(self.shuffle_generator))
        return 0

    def _draw_order(self, generator: torch.Generator) -> Tensor:
        """The rows (n,) of the samples in an order that is drawn, or in their own."""
        if self.plan.shuffle == "never":
            permutation = torch.arange(len(self.train), device=self.train.inputs.device)
        else:
            permutation = torch.randperm(len(self.train), generator=generator).to(self.train.inputs.device)
        return permutation if self.train.rows is None else self.train.rows[permutation]

    def _take_order(self, order: Tensor) -> None:
        self.permutation = order
        self.batches = torch.split(order, self.plan.batch_size)

    def orders_ahead(self, count: int) -> Tensor:
        """The orders (c, n) of so many epochs to come; at least one was begun, and none of these."""
        if self.plan.shuffle != "each_epoch":
            return self.permutation.expand(count, -1)
        generator = self.shuffle_generator.clone_state()
        return torch.stack([self._draw_order(generator) for _epoch in range(count)])

    def catch_up(self, orders: Tensor) -> None:
        """Have the generator and the batches be as at the end of epochs that had these orders (c, n)."""
        if self.plan.shuffle == "each_epoch":
            for _order in orders:
                torch.randperm(len(self.train), generator=self.shuffle_generator)
            self._take_order(orders[-1].clone())

    @property
    def scheduled_rate(self) -> float:
        """The learning rate of the epoch under way: what was set, times what the schedule makes of it."""
        curves = self.curves
        losses = curves.validation_loss.values if len(curves.validation_loss) else curves.train_loss.values
        return self.learning_rate * self.schedule.factor(self.progress.epoch, losses)

    def take(self, losses: NDArray[Any]) -> None:
        """Note the losses (n,) of the next batches; the first that is not a number ends the training."""
        if self.ended:
            return
        last_complete = np.isfinite(losses)
        if not last_complete.all():
            losses = losses[: int(last_complete.argmin()) + 1]
            self.ended = "diverged"
        self.curves.batch_loss.extend(losses)
        self.progress.batch += len(losses)

    def count_time(self, seconds: float) -> None:
        """Note how long the training has taken so far, and how many samples it has stepped over in that time."""
        progress = self.progress
        self.progress.seconds = self.seconds_before + seconds
        epochs, batches = progress.epoch - 1, progress.batch
        progress.samples = epochs * len(self.train) + min(batches * self.plan.batch_size, len(self.train))

    def rows(self) -> Tensor:
        """The rows (n,) of this epoch's batches, as far as they are this process's."""
        if self.group.size == 1:
            return self.permutation
        return torch.cat([self.group.part(batch) for batch in self.batches])

    def close_epoch(
        self,
        validation: Measured | None,
        correct: float,
        training: float = math.nan,
        snapshot: list[Tensor] | None = None,
    ) -> None:
        """Write an epoch's numbers into the curves, keep the weights when they are the best, see whether it is over.

        `validation` is what the full pass measured; None without validation samples. `correct` is how
        many training samples were named right, `training` the loss of a full pass over them where there was one.
        `snapshot` are the weights after the epoch where they are not those of now, and known to be numbers.
        """
        if self.ended:
            return
        if snapshot is None and not self.weights.is_finite():
            self.ended = "diverged"
            return
        snapshot = snapshot or self.weights.snapshot()
        if validation and not math.isfinite(validation.loss):
            # What was learnt in this epoch is sound, though the curve of the validation loss has no point for it.
            self.ended, self.cannot_be_validated = "diverged", True
            self.last_complete, self.last_complete_epoch = snapshot, self.progress.epoch
            return
        losses = self.curves.batch_loss.values[-len(self.shares) :]
        self.curves.train_loss.append(float((losses * self.shares).sum() / self.shares.sum()))
        self.curves.train_loss_full_pass.append(training)
        if self.train.classes is not None:
            self.curves.train_accuracy.append(correct / len(self.train))
        improved = self._take_validation(validation) if validation else True
        self.last_complete, self.last_complete_epoch = snapshot, self.progress.epoch
        if improved:
            self.best, self.best_epoch = self.last_complete, self.last_complete_epoch
        if self.timeline is not None:
            self.timeline.keep(self.last_complete_epoch, self.last_complete, improved)
        self.curves.epochs = self.progress.epoch
        if self.stopping.out_of_patience:
            self.ended = "patience"
        elif self.progress.epoch == self.progress.most_epochs:
            self.ended = "epochs"

    def _take_validation(self, validation: Measured) -> bool:
        """Whether the epoch is the best so far."""
        self.curves.validation_loss.append(validation.loss)
        if self.train.classes is not None:
            self.curves.validation_accuracy.append(validation.accuracy)
            self.curves.validation_balanced_accuracy.append(validation.balanced_accuracy)
        return self.stopping.update(self.progress.epoch, monitored(self.plan.monitor, *validation))

    def keep_timeline(self, timeline: Timeline) -> None:
        """Put the weights aside from now on, those before the first step among them."""
        self.timeline = timeline
        timeline.keep(self.last_complete_epoch, self.last_complete)

    def stand(self, checkpoint: "Checkpoint") -> None:
        """Stand where another training of the same network and plan stood, with the same curves."""
        self.progress.epoch = self.last_complete_epoch = checkpoint.epoch
        self.progress.batch = self.progress.batches
        self.is_within = checkpoint.batch > 0
        if self.is_within:
            self.progress.epoch += 1
            self.progress.batch, self.correct_before = checkpoint.batch, checkpoint.correct
        self.last_complete, self.best = checkpoint.last_complete, checkpoint.best
        self.shuffle_generator.set_state(checkpoint.shuffle_generator)
        self.permutation = checkpoint.permutation.to(self.train.inputs.device)
        self.stopping = copy(checkpoint.stopping)
        self.best_epoch = self.stopping.best_epoch or checkpoint.epoch
        self.learning_rate = checkpoint.learning_rate
        self.seconds_before = checkpoint.seconds
        self.curves.batch_loss.cut(checkpoint.batches_run)
        del self.curves.events[checkpoint.events :]
        if len(self.permutation) and (self.is_within or self.plan.shuffle != "each_epoch"):
            self._take_order(self.permutation)
        self.checkpoint = checkpoint
        if self.stopping.out_of_patience:
            # Carried on past the stop, to see what it would have spared.
            self.stopping.patience = 0
            self.curves.events.append(RunEvent(checkpoint.epoch, "patience"))
        if checkpoint.epoch >= self.progress.most_epochs:
            self.progress.most_epochs = checkpoint.epoch + self.plan.epochs
        self.progress.stopping = self.stopping
        self._show_weights()

    def settle(self) -> int:
        """Put the right weights back when the training has ended; the epoch they are of, 0 before the first."""
        if self.ended == "diverged" or (
            self.ended == "user" and (self.last_complete_epoch or not self.weights.is_finite())
        ):
            # Weights of an epoch that was not completed belong to no point of the curve. Stopped within the first,
            # they are all that was learnt, and are kept.
            self.weights.restore(self.last_complete)
        if self.plan.restore_best and len(self.curves.validation_loss) and self.best_epoch:
            self.weights.restore(self.best)
            return self.best_epoch
        return self.last_complete_epoch

    def mark(self, batch: int, what: str, before: float, after: float) -> None:
        """Note on the curves that a rate was changed before the batch of this number, counted from 0."""
        epoch = self.progress.epoch - 1 + batch / self.progress.batches
        self.curves.events.append(RunEvent(epoch, what, before, after))
