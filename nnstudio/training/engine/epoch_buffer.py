"""What the steps of an epoch give, kept on the device until somebody looks: reading it back makes a GPU wait."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from nnstudio.training.engine.losses import predicted_classes
from nnstudio.training.engine.metrics import ROWS_AT_ONCE

MOST_OUTPUTS = 2**24
"""As many values of outputs are kept over an epoch."""
EVERY = slice(None)


class EpochBuffer:
    """The losses of each batch for v networks, and their outputs where these tell classes.

    `sizes` are the rows of each batch, and `named` gives the class numbers that outputs stand for. The same memory
    serves every epoch. Reading classes off the outputs once an epoch costs less than once a batch; only where the
    outputs of an epoch are large, the classes alone are kept.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        networks: int,
        device: torch.device,
        keeps_outputs: bool,
        named: Callable[[Tensor], Tensor] = predicted_classes,
    ) -> None:
        self.named = named
        self.sizes = list(sizes)
        self.losses = torch.zeros(len(self.sizes), networks, device=device)
        self.keeps_outputs = keeps_outputs
        self._places_of_losses = self.losses.unbind()
        self._outputs: Tensor | None = None
        self._keeps_classes = False
        self._places_of_outputs: tuple[Tensor, ...] = ()
        self._seen = 0

    def begin(self, first: int = 0) -> None:
        """Start with the batch of this number; what was there of earlier ones is not looked at again."""
        self._seen = first

    def keep(self, number: int, losses: Tensor, outputs: Tensor) -> None:
        """Put aside what a step has given: losses (v,) and outputs (v, n, k)."""
        self._places_of_losses[number].copy_(losses)
        if not self.keeps_outputs:
            return
        self._take_room(outputs.shape, outputs.dtype)
        kept = self.named(outputs) if self._keeps_classes else outputs
        self._places_of_outputs[number].copy_(kept)

    def places(self, start: int, stop: int, shape: torch.Size) -> tuple[Tensor, Tensor | None] | None:
        """Where losses (c, v) and outputs (c, v, n, k) of batches of one size go, when a step gives outputs of this
        shape (v, n, k); None for the outputs where none are kept, and for both where classes alone are."""
        if not self.keeps_outputs:
            return self.losses[start:stop], None
        self._take_room(shape, torch.get_default_dtype())
        if self._keeps_classes or self._outputs is None:
            return None
        networks, size, values = shape
        outputs = self._outputs[:, start * size : stop * size]
        return self.losses[start:stop], outputs.view(networks, -1, size, values).transpose(0, 1)

    def _take_room(self, shape: torch.Size, kind: torch.dtype) -> None:
        """Memory for the outputs of an epoch, whose steps give them in this shape (v, n, k)."""
        if self._outputs is not None:
            return
        networks, _rows, values = shape
        self._keeps_classes = networks * sum(self.sizes) * values > MOST_OUTPUTS
        whole = (networks, sum(self.sizes), *([] if self._keeps_classes else [values]))
        kept = torch.int64 if self._keeps_classes else kind
        self._outputs = torch.empty(whole, dtype=kept, device=self.losses.device)
        self._places_of_outputs = torch.split(self._outputs, self.sizes, dim=1)

    def new_losses(self, batches: int) -> NDArray[Any]:
        """The losses (n, v) up to so many batches that have not been read yet."""
        start, self._seen = self._seen, batches
        new: NDArray[Any] = self.losses[start:batches].cpu().numpy()
        return new

    def count_correct(self, place: int, rows: Tensor, classes: Tensor, batches: slice = EVERY) -> Tensor:
        """How many samples () one of the networks named right in these batches, when those of the epoch were `rows`
        (n,).

        Counted in pieces: what is made on the way stays small beside the data.
        """
        correct = torch.zeros((), dtype=torch.int64, device=classes.device)
        if self._outputs is not None:
            start, stop = (sum(self.sizes[:bound]) for bound in batches.indices(len(self.sizes))[:2])
            pieces = (torch.split(one[start:stop], ROWS_AT_ONCE) for one in (self._outputs[place], rows))
            for outputs, chosen in zip(*pieces, strict=True):
                named = outputs if self._keeps_classes else self.named(outputs)
                correct += (named.to(classes.device) == classes[chosen]).sum()
        return correct
