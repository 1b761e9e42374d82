"""The weights of a training as they were after each epoch, so that whoever watches can go back in time."""

import threading

import safetensors.torch
import torch
from torch import Tensor

from nnstudio.project.model import Run
from nnstudio.project.snapshots import EPOCHS, StoredSnapshots, chosen, nearest
from nnstudio.training.engine.flat_parameters import Layout

MOST_BYTES = 2**28
"""The memory that the moments of one training may take."""
MOST_SNAPSHOTS = 1000
"""As many moments tell as much on a slider."""
MOST_STORED_BYTES = 2**23
MOST_STORED = 100
"""What of them goes into the project file."""


class Timeline:
    """Moments of one training by epoch; 0 is before the first step.

    Where they take too much memory, every second of them is let go; the first, the best and the last are always there.
    One thread keeps moments, any thread looks.
    """

    def __init__(self, layout: Layout, most_bytes: int = MOST_BYTES, most_moments: int = MOST_SNAPSHOTS) -> None:
        self.layout = layout
        self.most_bytes = most_bytes
        self.most_moments = most_moments
        self.best = 0
        self._spacing = 1
        self._moments: dict[int, list[Tensor]] = {}
        self._lock = threading.Lock()

    def keep(self, epoch: int, snapshot: list[Tensor], is_best: bool = False) -> None:
        """Put aside the weights after an epoch. The snapshot is kept as it is, in the computer's own memory."""
        kept = [tensor.cpu() for tensor in snapshot]
        with self._lock:
            if is_best:
                self._let_go(self.best)
                self.best = epoch
            self._let_go(max(self._moments, default=0))
            self._moments[epoch] = kept
            size = sum(tensor.nbytes for tensor in kept)
            while len(self._moments) > 3 and (
                len(self._moments) > self.most_moments or len(self._moments) * size > self.most_bytes
            ):
                self._spacing *= 2
                last = max(self._moments)
                for one in list(self._moments):
                    if one != last:
                        self._let_go(one)

    def _let_go(self, epoch: int) -> None:
        """Forget a moment that is neither in step with the others nor the best."""
        if epoch % self._spacing and epoch != self.best:
            self._moments.pop(epoch, None)

    def epochs(self) -> list[int]:
        """The epochs that one can go back to, in order."""
        with self._lock:
            return sorted(self._moments)

    @property
    def nbytes(self) -> int:
        """The memory that all moments take."""
        with self._lock:
            return sum(tensor.nbytes for moment in self._moments.values() for tensor in moment)

    def nearest(self, epoch: int) -> int:
        """The stored epoch that is nearest to this one; there must be one."""
        return nearest(self.epochs(), epoch)

    def path(self, most: int) -> list[bytes]:
        """The weights of at most so many moments, evenly spaced, and those of the last; as `weights` gives them."""
        with self._lock:
            snapshots = [self._moments[epoch] for epoch in chosen(sorted(self._moments), most)]
        return [safetensors.torch.save(self.layout.named(snapshot)) for snapshot in snapshots]

    def weights(self, epoch: int) -> bytes:
        """The weights after a stored epoch, as a safetensors file. KeyError for one that is not stored."""
        with self._lock:
            snapshot = self._moments[epoch]
        return safetensors.torch.save(self.layout.named(snapshot))

    def stored(self, last: int, most_bytes: int = MOST_STORED_BYTES) -> bytes:
        """As many moments up to the `last` epoch as there is room for, the first, the best and the last among them, for
        a project file; b"" where there is no room for these."""
        with self._lock:
            moments, best = {epoch: one for epoch, one in self._moments.items() if epoch <= last}, self.best
        size = sum(tensor.nbytes for tensor in next(iter(moments.values()), []))
        most = min(MOST_STORED, most_bytes // max(1, size) - 2)
        if not moments or most < 1:
            return b""
        epochs = sorted({*chosen(sorted(moments), most), best} & moments.keys())
        named = [self.layout.named(moments[epoch]) for epoch in epochs]
        tensors = {name: torch.stack([one[name] for one in named]) for name in named[0]}
        return safetensors.torch.save({**tensors, EPOCHS: torch.tensor(epochs)})

    def take(self, earlier: StoredSnapshots, best: int) -> None:
        """Have the moments of a run that goes on."""
        for epoch in earlier.epochs():
            snapshot = self.layout.snapshot(safetensors.torch.load(earlier.weights(epoch)))
            self.keep(epoch, snapshot, is_best=epoch == best)


def timeline_of(layout: Layout, run: Run | None, most_bytes: int = MOST_STORED_BYTES) -> Timeline:
    """A timeline for a network that begins, or for one that goes on with a run, with the moments that are known."""
    timeline = Timeline(layout, most_bytes)
    if run is not None and run.snapshots:
        timeline.take(StoredSnapshots(run.snapshots), run.best_epoch or 0)
    return timeline
