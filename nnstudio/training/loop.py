"""The only training loop: a generator of events. It never touches the live project and never knows who listens."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from nnstudio.project.model import StopReason, TrainingPlan
from nnstudio.text import translate as _
from nnstudio.training.build import BuiltNetwork
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.full_pass import FullPass
from nnstudio.training.losses import predicted_classes
from nnstudio.training.measures import PreparedSamples
from nnstudio.training.step import Step
from nnstudio.training.stopping import EarlyStopping


@dataclass
class Progress:
    """Where the loop stands; written by the loop, looked at by whoever shows it."""

    batches: int
    epoch: int = 1
    batch: int = 0
    samples: int = 0
    seconds: float = 0.0
    best_epoch: int = 0
    best_loss: float = math.inf
    epochs_without_improvement: int = 0

    @property
    def samples_per_second(self) -> float:
        return self.samples / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True)
class EpochDone:
    """An epoch is complete and its numbers are in the curves."""

    epoch: int


@dataclass(frozen=True)
class Finished:
    """Training has ended, and the network holds the weights of `weights_epoch` (0: before the first was complete)."""

    reason: StopReason
    weights_epoch: int
    message: str


Event = EpochDone | Finished


class Loop:
    """One training of one network on one set of samples.

    The seed gives the order of the samples and the dropout masks, each from a generator of its own; the first weights
    come from torch's generator, seeded by the caller. The same seed
    on the same machine and device gives the same curve, bit for bit.
    """

    def __init__(
        self,
        network: BuiltNetwork,
        loss: str,
        plan: TrainingPlan,
        train: PreparedSamples,
        validation: PreparedSamples,
        curves: Curves,
        control: Control,
    ) -> None:
        self.network = network
        self.plan = plan
        self.train = train
        self.validation = validation
        self.curves = curves
        self.control = control
        self.step = Step(network, loss, plan, train)
        self.full_pass = FullPass(network.trained, validation, loss)
        self.stopping = EarlyStopping(plan.patience, plan.min_delta)
        self.progress = Progress(batches=math.ceil(len(train) / plan.batch_size))
        self.orders = torch.Generator().manual_seed(plan.seed)
        self.outputs: Tensor | None = None
        self.output_places: tuple[Tensor, ...] = ()
        self.counted = 0.0
        self.best = self.sound = self.step.weights.snapshot()
        self.best_epoch = self.sound_epoch = 0

    def events(self) -> Iterator[Event]:
        """Train until patience runs out, the epochs are done, the control says stop, or the loss is not a number.

        However it ends, the best weights are back in the network before `Finished`.
        """
        self.network.trained.train()
        self.counted = time.perf_counter()
        order = self.new_order()
        while True:
            outcome = self.epoch(order)
            if outcome is not None:
                yield self.finish(outcome)
                return
            yield EpochDone(self.progress.epoch)
            if self.stopping.out_of_patience:
                yield self.finish("patience")
                return
            if self.progress.epoch == self.plan.epochs:
                yield self.finish("epochs")
                return
            self.control.after_epoch()
            self.progress.epoch += 1
            if self.plan.shuffle == "each_epoch":
                order = self.new_order()

    @torch.no_grad()
    def epoch(self, order: Tensor) -> StopReason | None:
        """Every batch once, then a full pass over the validation samples; a reason when training must end."""
        losses: list[float] = []
        for number, rows in enumerate(torch.split(order, self.plan.batch_size)):
            self.progress.batch = number
            self.count_time()
            if not self.control.before_batch():
                return "user"
            self.counted = time.perf_counter()
            loss, outputs = self.step(rows)
            losses.append(loss.item())
            self.keep(outputs, number)
            self.curves.batch_loss.append(losses[-1])
            self.progress.batch = number + 1
            self.progress.samples += rows.shape[0]
            if not math.isfinite(losses[-1]):
                return "diverged"
            if number + 1 < self.progress.batches:
                self.control.after_batch()
        return self.measure(order, sum(losses) / len(losses))

    def count_time(self) -> None:
        """Add the seconds since the last count; those of a pause are left out."""
        now = time.perf_counter()
        self.progress.seconds += now - self.counted
        self.counted = now

    def keep(self, outputs: Tensor, number: int) -> None:
        """Put a batch's outputs aside: the accuracy is counted once an epoch, which costs less than once a batch."""
        if self.train.classes is None:
            return
        if self.outputs is None:
            self.outputs = outputs.new_empty(len(self.train), outputs.shape[1])
            self.output_places = torch.split(self.outputs, self.plan.batch_size)
        self.output_places[number].copy_(outputs)

    def measure(self, order: Tensor, train_loss: float) -> StopReason | None:
        """Close an epoch: validate, write the curves, keep the weights when they are the best."""
        if not self.step.weights.is_sound():
            return "diverged"
        self.curves.train_loss.append(train_loss)
        if self.train.classes is not None and self.outputs is not None:
            right = predicted_classes(self.outputs) == self.train.classes[order]
            self.curves.train_accuracy.append(float(right.sum()) / len(self.train))
        improved = self.validate() if len(self.validation) else True
        if improved is None:
            return "diverged"
        self.sound, self.sound_epoch = self.step.weights.snapshot(), self.progress.epoch
        if improved:
            self.best, self.best_epoch = self.sound, self.sound_epoch
        self.curves.epochs = self.progress.epoch
        self.count_time()
        self.control.after_batch()
        return None

    def validate(self) -> bool | None:
        """Whether the validation loss is the lowest so far; None when it is not a number."""
        loss, accuracy = self.full_pass()
        if not math.isfinite(loss):
            return None
        self.curves.validation_loss.append(loss)
        if self.validation.classes is not None:
            self.curves.validation_accuracy.append(accuracy)
        improved = self.stopping.update(self.progress.epoch, loss)
        self.progress.best_epoch, self.progress.best_loss = self.stopping.best_epoch, self.stopping.best_loss
        self.progress.epochs_without_improvement = self.stopping.epochs_without_improvement
        return improved

    def finish(self, reason: StopReason) -> Finished:
        """Put the right weights back and say in words why training ended."""
        if reason == "diverged" or (reason == "user" and (self.sound_epoch or not self.step.weights.is_sound())):
            # Weights of an epoch that was not completed belong to no point of the curve. Stopped within the first,
            # they are all that was learnt, and are kept.
            self.step.weights.restore(self.sound)
        weights_epoch = self.sound_epoch
        if self.plan.restore_best and len(self.validation) and self.best_epoch:
            self.step.weights.restore(self.best)
            weights_epoch = self.best_epoch
        return Finished(reason, weights_epoch, self.divergence_message(weights_epoch) if reason == "diverged" else "")

    def divergence_message(self, weights_epoch: int) -> str:
        kept = _("The weights from before the first step are kept.")
        if weights_epoch:
            kept = _("The weights of epoch {epoch} are kept.").format(epoch=weights_epoch)
        return _(
            "Training stopped in epoch {epoch}, batch {batch}: the loss is not a number any more. {kept} Try a "
            "lower learning rate: {rate:g} instead of {now:g}."
        ).format(
            epoch=self.progress.epoch,
            batch=self.progress.batch,
            kept=kept,
            rate=self.plan.learning_rate / 10,
            now=self.plan.learning_rate,
        )

    def new_order(self) -> Tensor:
        return torch.randperm(len(self.train), generator=self.orders).to(self.train.inputs.device)
