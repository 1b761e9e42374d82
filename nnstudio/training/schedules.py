"""How the learning rate goes with the epochs: PyTorch's schedulers, each as a factor of the rate that was set.

A factor and no object that remembers: so a run that is carried on, or whose rate is changed by hand, has nothing to
bring back.
"""

import math
from collections.abc import Sequence

from nnstudio.project.model import TrainingPlan

THRESHOLD = 1e-4
"""By which share a loss must fall to count, as in ReduceLROnPlateau."""


def factor_of(plan: TrainingPlan, epoch: int, losses: Sequence[float]) -> float:
    """What the learning rate is multiplied by in an epoch, counted from 1, after these losses, one an epoch.

    step: StepLR, exponential: ExponentialLR, cosine: CosineAnnealingLR over all epochs (Loshchilov and Hutter 2017,
    without restarts), plateau: ReduceLROnPlateau.
    """
    done = epoch - 1
    match plan.schedule:
        case "step":
            return float(plan.schedule_factor ** (done // plan.schedule_epochs))
        case "exponential":
            return float(plan.schedule_factor**done)
        case "cosine":
            # Past the last planned epoch the rate stays what it was in that one: 0 would learn nothing.
            return 0.5 * (1 + math.cos(math.pi * min(done, plan.epochs - 1) / plan.epochs))
        case "plateau":
            return float(plan.schedule_factor ** plateaus(losses[:done], plan.schedule_epochs))
    return 1.0


def plateaus(losses: Sequence[float], patience: int) -> int:
    """How often more than `patience` epochs in a row had no loss below the lowest before them."""
    lowest, waited, count = math.inf, 0, 0
    for loss in losses:
        if loss < lowest * (1 - THRESHOLD):
            lowest, waited = loss, 0
        else:
            waited += 1
        if waited > patience:
            count, waited = count + 1, 0
    return count
