"""How the learning rate goes with the epochs: PyTorch's schedulers, each as a factor of the rate that was set.

A factor, which the epoch and the losses so far decide: so a run that is carried on, or whose rate is changed by hand,
has nothing to bring back.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.project.model import TrainingPlan

THRESHOLD = 1e-4
"""By which share a loss must fall to count, as in ReduceLROnPlateau."""


class Schedule:
    """The schedule of a plan."""

    def __init__(self, plan: TrainingPlan) -> None:
        self.plan = plan
        self._plateau = Plateau(plan.schedule_epochs)

    def factor(self, epoch: int, losses: NDArray[np.floating[Any]]) -> float:
        """What the learning rate is multiplied by in an epoch, counted from 1, after these losses, one an epoch.

        step: StepLR, exponential: ExponentialLR, cosine: CosineAnnealingLR over all epochs (Loshchilov and Hutter 2017,
        without restarts), plateau: ReduceLROnPlateau.
        """
        plan, done = self.plan, epoch - 1
        match plan.schedule:
            case "step":
                return float(plan.schedule_factor ** (done // plan.schedule_epochs))
            case "exponential":
                return float(plan.schedule_factor**done)
            case "cosine":
                # Past the last planned epoch the rate stays what it was in that one: 0 would learn nothing.
                return 0.5 * (1 + math.cos(math.pi * min(done, plan.epochs - 1) / plan.epochs))
            case "plateau":
                return float(plan.schedule_factor ** self._plateau.count(losses))
        return 1.0


class Plateau:
    """How often more than `patience` epochs in a row had no loss below the lowest before them."""

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self._forget()

    def _forget(self) -> None:
        self.seen, self.lowest, self.waited, self.found = 0, math.inf, 0, 0

    def count(self, losses: NDArray[np.floating[Any]]) -> int:
        """The same of these losses, of which those that were seen before are not gone through again."""
        if len(losses) < self.seen:  # a run that is carried on from earlier
            self._forget()
        for loss in losses[self.seen :].tolist():
            if loss < self.lowest * (1 - THRESHOLD):
                self.lowest, self.waited = loss, 0
            else:
                self.waited += 1
            if self.waited > self.patience:
                self.found, self.waited = self.found + 1, 0
        self.seen = len(losses)
        return self.found
