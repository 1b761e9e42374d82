"""Early stopping: which epoch was best, and how long there was no improvement. Counts epochs."""

import math


def monitored(monitor: str, loss: float, accuracy: float, balanced_accuracy: float) -> float:
    """What early stopping makes small: the validation loss, or the share of wrong answers, 1 − accuracy, which of the
    balanced accuracy is the mean over the classes."""
    shares = {"validation_accuracy": accuracy, "validation_balanced_accuracy": balanced_accuracy}
    return 1 - shares[monitor] if monitor in shares else loss


class EarlyStopping:
    """Follows what shall become small, one `update` an epoch: the validation loss, or the share of wrong answers.
    Whichever it is, here it is called the loss.

    The best epoch is the one with the lowest. Patience runs out after `patience` epochs in a row of which none fell
    below the lowest loss by more than `min_delta`; patience 0 never does.
    """

    def __init__(self, patience: int, min_delta: float = 0.0) -> None:
        self.patience = patience
        self.min_delta = min_delta
        self.best_epoch = 0
        self.best_loss = math.inf
        self.epochs_without_improvement = 0
        self.reference = math.inf
        """What the next improvement is measured against: it must lie below this by more than `min_delta`."""
        self.reference_epoch = 0

    def update(self, epoch: int, loss: float) -> bool:
        """Take in an epoch's loss; True when it is the lowest so far."""
        if loss < self.reference - self.min_delta:
            self.reference, self.reference_epoch = loss, epoch
            self.epochs_without_improvement = 0
        else:
            self.epochs_without_improvement += 1
        if loss < self.best_loss:
            self.best_epoch, self.best_loss = epoch, loss
            return True
        return False

    @property
    def out_of_patience(self) -> bool:
        return 0 < self.patience <= self.epochs_without_improvement
