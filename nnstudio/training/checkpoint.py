"""Where a training stands: all it needs to go on just as if it had never stopped."""

from dataclasses import dataclass

from torch import Tensor

from nnstudio.training.early_stopping import EarlyStopping


@dataclass(frozen=True)
class Checkpoint:
    """Weights and averages, what the optimizer remembers, the generators of order and masks, and the training's counts.

    `epoch` epochs are complete, and `batch` batches of the next, in which `correct` samples were named right;
    `last_complete` are the weights at the end of the last complete one. `permutation` is that of the epoch under way,
    or of the last. The rates are those in use, which may have been changed on the way. `transposed` says how matrices
    lie in memory, as in `FlatParameters`; the generators are those of the `device`, and `backend` is the way the steps
    went. Of what the curves hold, `batches_run` losses and `events` marks were there.
    """

    epoch: int
    batch: int
    correct: int
    weights: list[Tensor]
    last_complete: list[Tensor]
    optimizer: dict[str, Tensor]
    learning_rate: float
    dropout_rates: dict[str, float]
    masks: Tensor
    shuffle_generator: Tensor
    permutation: Tensor
    best: list[Tensor]
    stopping: EarlyStopping
    batches_run: int
    events: int
    seconds: float
    transposed: bool
    device: str
    backend: str
