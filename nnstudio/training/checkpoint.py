"""Where a training stands: all it needs to go on just as if it had never stopped."""

from dataclasses import dataclass

from torch import Tensor

from nnstudio.training.early_stopping import EarlyStopping


@dataclass(frozen=True)
class Standing:
    """Weights and averages, what the optimizer remembers, the generators of order and masks, and the course's counts.

    `epoch` epochs are complete, and `batch` batches of the next, in which `right` samples were named right; `sound` are
    the weights at the end of the last complete one. `order` is that of the epoch under way, or of the last. The rates
    are those in use, which may have been changed on the way. `turned` says how matrices lie in memory, as in
    `FlatWeights`; the generators are those of the `device`, and `engine` is the way the steps went. Of what the curves
    hold, `batches_run` losses and `marks` marks were there.
    """

    epoch: int
    batch: int
    right: int
    weights: list[Tensor]
    sound: list[Tensor]
    optimizer: dict[str, Tensor]
    learning_rate: float
    dropout_rates: dict[str, float]
    masks: Tensor
    orders: Tensor
    order: Tensor
    best: list[Tensor]
    stopping: EarlyStopping
    batches_run: int
    marks: int
    seconds: float
    turned: bool
    device: str
    engine: str
