"""One training, beside its weights: the order of samples, curves, early stopping, the best weights and the end."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnstudio.project.model import StopReason, TrainingPlan
from nnstudio.text import translate as _
from nnstudio.training.build import BuiltNetwork
from nnstudio.training.curves import Curves
from nnstudio.training.flat import FlatWeights
from nnstudio.training.measures import PreparedSamples
from nnstudio.training.probes import Probes, Reading, weights_of
from nnstudio.training.stopping import EarlyStopping
from nnstudio.training.team import ALONE, Team


@dataclass
class Progress:
    """Where a training stands; written by the loop, looked at by whoever shows it.

    `samples` were stepped over in `seconds`, those of pauses left out; both are brought up to date 30 times a second.
    """

    batches: int
    epoch: int = 0
    batch: int = 0
    samples: int = 0
    seconds: float = 0.0
    best_epoch: int = 0
    best_loss: float = math.inf
    epochs_without_improvement: int = 0

    @property
    def samples_per_second(self) -> float:
        return self.samples / self.seconds if self.seconds > 0 else 0.0


class Course:
    """One network's training from the first epoch to its end, fed by the loop with what each step gives.

    `variant` is its number among those trained side by side. The seed gives the order of the samples, from a generator
    of its own. `ended` says why the training is over.
    """

    def __init__(
        self,
        variant: int,
        network: BuiltNetwork,
        plan: TrainingPlan,
        weights: FlatWeights,
        train: PreparedSamples,
        curves: Curves,
        team: Team = ALONE,
    ) -> None:
        self.variant = variant
        self.network = network
        self.plan = plan
        self.weights = weights
        self.train = train
        self.team = team
        self.curves = curves
        self.probes = Probes()
        self.ended: StopReason | None = None
        self.stopping = EarlyStopping(plan.patience, plan.min_delta)
        self.progress = Progress(batches=math.ceil(len(train) / plan.batch_size))
        self.orders = torch.Generator().manual_seed(plan.seed)
        self.batches: tuple[Tensor, ...] = ()
        self.best = self.sound = weights.snapshot()
        self.best_epoch = self.sound_epoch = 0
        beginning = Reading(0, 0, np.empty(0, np.int64), weights=weights_of(network))
        self.probes.keep(frozenset({"weights"}), beginning)

    def begin_epoch(self) -> None:
        """Draw the order of the samples, anew or once as the plan says."""
        self.progress.epoch += 1
        self.progress.batch = 0
        if not self.batches or self.plan.shuffle == "each_epoch":
            self.batches, self.order = (), torch.empty(0)  # let go of the last order before there is another
            order = torch.randperm(len(self.train), generator=self.orders).to(self.train.inputs.device)
            self.order = order if self.train.rows is None else self.train.rows[order]
            self.batches = torch.split(self.order, self.plan.batch_size)

    def take(self, losses: NDArray[Any]) -> None:
        """Note the losses (n,) of the next batches; the first that is not a number ends the training."""
        if self.ended:
            return
        sound = np.isfinite(losses)
        if not sound.all():
            losses = losses[: int(sound.argmin()) + 1]
            self.ended = "diverged"
        self.curves.batch_loss.extend(losses)
        self.progress.batch += len(losses)

    def count_time(self, seconds: float) -> None:
        """Note how long the training has taken so far, and how many samples it has stepped over in that time."""
        progress = self.progress
        self.progress.seconds = seconds
        epochs, batches = progress.epoch - 1, progress.batch
        progress.samples = epochs * len(self.train) + min(batches * self.plan.batch_size, len(self.train))

    def rows(self) -> Tensor:
        """The rows (n,) of this epoch's batches, as far as they are this process's."""
        if self.team.size == 1:
            return self.order
        return torch.cat([self.team.part(batch) for batch in self.batches])

    def close_epoch(self, validation: tuple[float, float] | None, right: float) -> None:
        """Write an epoch's numbers into the curves, keep the weights when they are the best, see whether it is over.

        `validation` is the loss and the accuracy of the full pass; None without validation samples. `right` is how many
        training samples were named right.
        """
        if self.ended:
            return
        if not self.weights.is_sound() or (validation and not math.isfinite(validation[0])):
            self.ended = "diverged"
            return
        self.curves.train_loss.append(float(self.curves.batch_loss.values[-len(self.batches) :].mean()))
        if self.train.classes is not None:
            self.curves.train_accuracy.append(right / len(self.train))
        improved = self._take_validation(*validation) if validation else True
        self.sound, self.sound_epoch = self.weights.snapshot(), self.progress.epoch
        if improved:
            self.best, self.best_epoch = self.sound, self.sound_epoch
        self.curves.epochs = self.progress.epoch
        if self.stopping.out_of_patience:
            self.ended = "patience"
        elif self.progress.epoch == self.plan.epochs:
            self.ended = "epochs"

    def _take_validation(self, loss: float, accuracy: float) -> bool:
        """Whether the validation loss is the lowest so far."""
        self.curves.validation_loss.append(loss)
        if self.train.classes is not None:
            self.curves.validation_accuracy.append(accuracy)
        improved = self.stopping.update(self.progress.epoch, loss)
        self.progress.best_epoch, self.progress.best_loss = self.stopping.best_epoch, self.stopping.best_loss
        self.progress.epochs_without_improvement = self.stopping.epochs_without_improvement
        return improved

    def settle(self) -> int:
        """Put the right weights back when the training has ended; the epoch they are of, 0 before the first."""
        if self.ended == "diverged" or (self.ended == "user" and (self.sound_epoch or not self.weights.is_sound())):
            # Weights of an epoch that was not completed belong to no point of the curve. Stopped within the first,
            # they are all that was learnt, and are kept.
            self.weights.restore(self.sound)
        if self.plan.restore_best and len(self.curves.validation_loss) and self.best_epoch:
            self.weights.restore(self.best)
            return self.best_epoch
        return self.sound_epoch

    def message(self, weights_epoch: int) -> str:
        """What to tell the user about the end; empty when there is nothing beyond its reason."""
        if self.ended != "diverged":
            return ""
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
