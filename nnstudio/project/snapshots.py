"""The weights of a run as they were after some of its epochs, as they stand in a project file."""

from typing import Protocol

import safetensors
import safetensors.numpy

from nnstudio.project.model import Run
from nnstudio.project.weights import tensor_shapes
from nnstudio.text import UserError
from nnstudio.text import translate as _

EPOCHS = "epochs"
"""The tensor beside the weights: the epochs (m,) in order, 0 for before the first step."""


class Snapshots(Protocol):
    """The weights of one network by epoch, to go back to: those of a training, or those that a file holds."""

    def epochs(self) -> list[int]:
        """The epochs that one can go back to, in order."""

    def nearest(self, epoch: int) -> int:
        """The stored epoch that is nearest to this one; there must be one."""

    def weights(self, epoch: int) -> bytes:
        """The weights after a stored epoch, as a safetensors file. KeyError for one that is not stored."""

    def path(self, most: int) -> list[bytes]:
        """The weights of at most so many moments, evenly spaced, and those of the last."""


def chosen(epochs: list[int], most: int) -> list[int]:
    """At most so many of these epochs, evenly spaced, and the last."""
    step = max(1, -(-len(epochs) // most))
    return sorted({*epochs[::step], *epochs[-1:]})


def nearest(epochs: list[int], epoch: int) -> int:
    """Which of the epochs is nearest to this one; there must be one."""
    return min(epochs, key=lambda stored: abs(stored - epoch))


class StoredSnapshots:
    """Moments of a run out of its file, looked at like the timeline of a training by whoever goes back in time.

    The content is a safetensors file of every tensor of the network as (m, *shape), one place a moment.
    """

    def __init__(self, content: bytes) -> None:
        self.tensors = safetensors.numpy.load(content)
        self._epochs: list[int] = self.tensors.pop(EPOCHS).tolist()

    def epochs(self) -> list[int]:
        return list(self._epochs)

    def nearest(self, epoch: int) -> int:
        return nearest(self._epochs, epoch)

    def weights(self, epoch: int) -> bytes:
        if epoch not in self._epochs:
            raise KeyError(epoch)
        place = self._epochs.index(epoch)
        return safetensors.numpy.save({name: tensor[place, ...] for name, tensor in self.tensors.items()})

    def path(self, most: int) -> list[bytes]:
        return [self.weights(epoch) for epoch in chosen(self._epochs, most)]


def check_snapshots(run: Run) -> None:
    """UserError unless the moments of a run are a sound safetensors file of just the tensors of its network."""
    damaged = UserError(_("The weights of its earlier epochs are damaged."))
    try:
        read = dict(safetensors.deserialize(run.snapshots))  # type: ignore[no-untyped-call]
        epochs = safetensors.numpy.load(run.snapshots)[EPOCHS] if EPOCHS in read else None
    except (safetensors.SafetensorError, KeyError, ValueError):
        raise damaged from None
    if epochs is None or epochs.dtype != "int64" or epochs.ndim != 1 or len(epochs) == 0:
        raise damaged
    if epochs[0] < 0 or (epochs[1:] <= epochs[:-1]).any() or epochs[-1] > run.epochs_run:
        raise damaged
    asked = tensor_shapes(run.network, run.preparation.shape)
    if set(read) != {*asked, EPOCHS}:
        raise damaged
    kinds = {name: kind["dtype"] for name, kind in dict(safetensors.deserialize(run.weights)).items()}  # type: ignore[no-untyped-call]
    for name, shape in asked.items():
        if tuple(read[name]["shape"]) != (len(epochs), *shape) or read[name]["dtype"] != kinds[name]:
            raise damaged
