"""The numbers a run gives while it trains: written by the loop, looked at by whoever draws, without signals or locks.

A writer fills a place and then raises the count; a reader takes the count first, so what it reads is complete.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.project.model import EpochMetrics, RunEvent

FIRST_LENGTH = 1024


class Series:
    """A growing row of numbers. One thread appends; any thread reads `values`."""

    def __init__(self) -> None:
        self._places = np.empty(FIRST_LENGTH)
        self._count = 0

    def append(self, value: float) -> None:
        count = self._count
        if count == len(self._places):
            self.extend(np.array([value]))
        else:
            self._places[count] = value
            self._count = count + 1

    def extend(self, values: NDArray[np.floating[Any]]) -> None:
        """Append several values (n,) at once."""
        count = self._count + len(values)
        if count > len(self._places):
            longer = np.empty(max(count, 2 * len(self._places)))
            longer[: self._count] = self._places[: self._count]
            self._places = longer
        self._places[self._count : count] = values
        self._count = count

    def cut(self, count: int) -> None:
        """Forget all but the first so many. A reader may still hold a view of what was there."""
        self._places, self._count = self._places.copy(), min(count, self._count)

    @property
    def values(self) -> NDArray[np.float64]:
        """What has been written so far, as a view."""
        count = self._count
        return self._places[:count]

    def __len__(self) -> int:
        return self._count


class Curves:
    """Everything one run draws: a loss for each batch, and losses and accuracies for each epoch."""

    def __init__(self) -> None:
        self.batch_loss = Series()
        self.train_loss = Series()
        self.validation_loss = Series()
        self.train_accuracy = Series()
        self.validation_accuracy = Series()
        self.validation_balanced_accuracy = Series()
        """NaN for several targets, which are no single class, and in epochs before it was measured."""
        self.train_loss_full_pass = Series()
        """NaN for an epoch in which it was not measured."""
        self.events: list[RunEvent] = []
        """What was changed on the way; appended to."""
        self.epochs = 0
        """Complete epochs; raised after every series has the epoch's entry."""

    @classmethod
    def of(cls, history: EpochMetrics, events: Sequence[RunEvent]) -> "Curves":
        """The curve of a run in the form in which a running one is drawn, without the loss of each batch."""
        curves = cls()
        for name in EpochMetrics.__struct_fields__[1:]:
            getattr(curves, name).extend(np.array(getattr(history, name), dtype=np.float64))
        curves.events = list(events)
        curves.epochs = len(history.epoch)
        # Where the run goes on, an epoch's place is its number.
        if not history.train_loss_full_pass:
            curves.train_loss_full_pass.extend(np.full(curves.epochs, np.nan))
        if history.validation_accuracy and not history.validation_balanced_accuracy:
            curves.validation_balanced_accuracy.extend(np.full(curves.epochs, np.nan))
        return curves

    def history(self, epochs: int | None = None) -> EpochMetrics:
        """The complete epochs, or so many of them, as a frozen value."""
        epochs = self.epochs if epochs is None else epochs
        columns = {name: getattr(self, name).values[:epochs] for name in EpochMetrics.__struct_fields__[1:]}
        whole = {name: tuple(values.tolist()) for name, values in columns.items() if np.isfinite(values).any()}
        return EpochMetrics(epoch=tuple(range(1, epochs + 1)), **whole)
