"""The pass over all validation samples that closes an epoch: traced where they fit in one piece."""

import logging
import math

import torch
from torch import Tensor, nn

from nnstudio.training import traced
from nnstudio.training.losses import LOSSES, predicted_classes
from nnstudio.training.measures import ROWS_AT_ONCE, PreparedSamples, outputs_of

log = logging.getLogger(__name__)


class FullPass:
    """Mean loss and accuracy over samples that stay the same, dropout off; the accuracy of a value is NaN.

    To be made after the weights have found their place (`FlatWeights`), and called without autograd.
    """

    def __init__(self, model: nn.Module, samples: PreparedSamples, loss: str) -> None:
        self.model = model
        self.samples = samples
        self.loss = LOSSES[loss]
        self._traced = self._trace()

    def __call__(self) -> tuple[float, float]:
        if self._traced is not None:
            loss, right = self._traced.run()
        else:
            loss, right = self.measured(outputs_of(self.model, self.samples.inputs))
        accuracy = math.nan if self.samples.classes is None else float(right) / len(self.samples)
        return float(loss), accuracy

    def measured(self, outputs: Tensor) -> tuple[Tensor, Tensor]:
        """The mean loss () of these outputs (n, k), and how many of them () name the right class."""
        loss = self.loss(outputs, self.samples.targets)
        if self.samples.classes is None:
            return loss, outputs
        return loss, (predicted_classes(outputs) == self.samples.classes).sum()

    def _trace(self) -> traced.Traced | None:
        """The pass as a fixed list of kernels; None for many samples and for what cannot be traced."""
        if not 0 < len(self.samples) <= ROWS_AT_ONCE:
            return None

        def function() -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
            return *self.measured(self.model(self.samples.inputs)), ()

        was_training = self.model.training
        self.model.eval()
        try:
            with torch.no_grad():
                return traced.trace(function, [])
        except traced.Untraceable as reason:
            log.info("The validation pass is not traced: %s", reason)
            return None
        finally:
            self.model.train(was_training)
