"""Inputs that a training is asked about, again and again: it answers after a step, as often as it can."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Probes, Reading, Request


class AskedPlaces:
    """Asks one thing; an answer from before the training or what it is about was another is none."""

    def __init__(self, request: "Request") -> None:
        self.request = request
        self._asked: tuple[Probes, object] | None = None
        self._reading: Reading | None = None

    def forget(self) -> None:
        """Give the newest answer again, though it was given."""
        self._reading = None

    def newer(self, probes: "Probes", about: object, places: Callable[[], NDArray[np.float32]]) -> "Reading | None":
        """The answer that has come since the last, None while there is none; and ask for the next. `places` are the
        inputs (n, *sample_shape) where it is asked `about` something else."""
        if self._asked is None or self._asked[0] is not probes or self._asked[1] is not about:
            self._asked = probes, about
            self._reading = probes.newest.get(self.request)  # about something else
            probes.inputs[self.request] = places()
        newest = probes.newest.get(self.request)
        probes.request(self.request)
        if newest is None or newest is self._reading:
            return None
        self._reading = newest
        return newest
