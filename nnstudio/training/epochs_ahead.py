"""Short epochs, several as one call: taken first and decided on afterwards, to the bit as if one by one."""

import math
import time
from collections.abc import Sequence
from copy import copy

import numpy as np
from torch import Tensor

from nnstudio.stages import NOTING, stage
from nnstudio.training.early_stopping import EarlyStopping, monitored
from nnstudio.training.engine.epoch_block import EpochBlock, TakenEpochs
from nnstudio.training.engine.evaluation import Evaluation
from nnstudio.training.engine.step import Step
from nnstudio.training.training_state import TrainingState

TOGETHER = 0.025
"""Seconds that a call may last, so that a command is heard soon."""
SETTLED = 0.03
"""Seconds before epochs are first written down, which takes about a hundredth: the start shall not wait for it."""
WORTHWHILE = 40
"""So many epochs to come make up for that."""


class EpochsAhead:
    """Takes epochs of a step for its trainings where several fit into one call.

    An epoch in which a training ends is never taken here: the networks are put back to before it, and it is left to be
    taken by itself, with all that belongs to an end.
    """

    def __init__(self, step: Step, training_states: Sequence[TrainingState], full_pass: Evaluation) -> None:
        self.step = step
        self.training_states = training_states
        self.full_pass = full_pass
        self._block: EpochBlock | None = None
        self._settled = time.perf_counter() + SETTLED
        self._took = 0.0
        self.ends_next = False
        """Whether a training ends in the next epoch, which is to be taken by itself."""
        self._taken: TakenEpochs | None = None
        self._orders: list[Tensor] = []

    def note(self, seconds: float) -> None:
        """Note how long an epoch took that was taken by itself."""
        self._took, self.ends_next = seconds, False

    def take(self) -> int:
        """Take epochs that are to be closed one after another; how many, 0 where the next is to be taken by itself."""
        count = self._count()
        if count < 2 or self._block is None:
            return 0
        began = time.perf_counter()
        self._orders = [training_state.orders_ahead(count) for training_state in self.training_states]
        self._taken = self._block.take(self._orders)
        going_on = self._going_on(self._taken)
        self.ends_next = going_on < count
        if self.ends_next:
            self._stand_after(going_on)
        self._took = (time.perf_counter() - began) / count
        return going_on

    def close(self, number: int, training_losses: Sequence[float] = ()) -> None:
        """Write the numbers of one of the epochs into the curves; the training losses where they were measured."""
        assert self._taken is not None and self._block is not None
        for place, training_state in enumerate(self.training_states):
            training_state.progress.epoch += 1
            training_state.progress.batch = 0
            training_state.take(self._taken.losses[number, :, place])
            with stage(NOTING):
                training_state.close_epoch(
                    self._taken.validation[number][place],
                    self._taken.correct[number][place],
                    training_losses[place] if training_losses else math.nan,
                    self._block.snapshot(self._taken, place, number),
                )

    def end_with(self, number: int, is_last: bool) -> None:
        """Have all stand at the end of one of the epochs taken, just as if there were no more."""
        if not is_last:
            self._stand_after(number + 1)
        for training_state, orders in zip(self.training_states, self._orders, strict=True):
            training_state.catch_up(orders[: number + 1])

    def _stand_after(self, count: int) -> None:
        """Put the networks back to where they stood after so many of the epochs. The last of these is taken again: what
        its last step leaves behind is what a probe reads."""
        assert self._block is not None and self._taken is not None
        self._block.put_back(self._taken, max(0, count - 1))
        if count:
            self._block.take([orders[count - 1 : count] for orders in self._orders])

    def _count(self) -> int:
        """How many epochs fit into one call; the last of a training is none of them."""
        left = min(one.progress.most_epochs - one.progress.epoch for one in self.training_states) - 1
        count = min(left, int(TOGETHER / self._took)) if self._took and not self.ends_next else 0
        if count < 2:
            return 0
        if self._block is None or not self._block.is_current:
            self._block = self._written(left)
        return min(count, self._block.most) if self._block else 0

    def _written(self, left: int) -> EpochBlock | None:
        """The epochs written down, once a training has gone for a while as it goes now, if enough are left."""
        now = time.perf_counter()
        if self._block is not None:  # a rate was changed, and may be again at once
            self._block, self._settled = None, now + SETTLED
        if now < self._settled or left < WORTHWHILE:
            return None
        first = self.training_states[0]
        return EpochBlock(self.step, self.full_pass, len(first.train), first.plan.batch_size)

    def _going_on(self, taken: TakenEpochs) -> int:
        """After how many of the epochs all trainings go on."""
        stopping = [copy(training_state.stopping) for training_state in self.training_states]
        for number in range(len(taken)):
            for place, training_state in enumerate(self.training_states):
                if not goes_on(training_state, stopping[place], taken, number, place):
                    return number
        return len(taken)


def goes_on(
    training_state: TrainingState, stopping: EarlyStopping, taken: TakenEpochs, number: int, place: int
) -> bool:
    """Whether a training goes on after one of the epochs, which early stopping then has taken in."""
    validation = taken.validation[number][place]
    if not taken.is_finite[number][place] or not np.isfinite(taken.losses[number, :, place]).all():
        return False
    if validation is None:
        return True
    stopping.update(training_state.progress.epoch + number + 1, monitored(training_state.plan.monitor, *validation))
    return bool(np.isfinite(validation.loss)) and not stopping.out_of_patience
