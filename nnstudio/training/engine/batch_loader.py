"""How the rows of a batch come to where a step computes: from samples on the device, or streamed from the computer."""

from dataclasses import dataclass
from itertools import cycle
from typing import Protocol

import torch
from torch import Tensor

from nnstudio.training.engine.metrics import PreparedSamples

AHEAD = 4
"""So many batches are under way at once while samples are streamed."""


class BatchLoader(Protocol):
    def fill(self, rows: Tensor, inputs: Tensor, targets: Tensor) -> None:
        """Put the samples of these rows (n,) into inputs (n, *sample_shape) and targets (n, …) on the device."""


def batch_loader_for(samples: PreparedSamples, device: torch.device) -> BatchLoader:
    """The feed for samples that lie on the device, or beside it because they do not fit."""
    return DeviceLoader(samples) if samples.inputs.device == device else StreamingLoader(samples, device)


class DeviceLoader:
    """Samples that lie on the device as a whole."""

    def __init__(self, samples: PreparedSamples) -> None:
        self.samples = samples

    def fill(self, rows: Tensor, inputs: Tensor, targets: Tensor) -> None:
        torch.index_select(self.samples.inputs, 0, rows, out=inputs)
        torch.index_select(self.samples.targets, 0, rows, out=targets)


class StreamingLoader:
    """Samples in the computer's own memory: each batch is gathered there, and goes over while the device still works.

    The device copies from pinned memory by itself; so there are several places in turn, and one is written again only
    when its batch has arrived.
    """

    def __init__(self, samples: PreparedSamples, device: torch.device) -> None:
        self.samples = samples
        self.device = device
        self._places = cycle([Place() for _number in range(AHEAD)])

    def fill(self, rows: Tensor, inputs: Tensor, targets: Tensor) -> None:
        place = next(self._places)
        if place.left is not None:
            place.left.synchronize()
        pinned = self.device.type == "cuda"
        for there, source, name in (
            (inputs, self.samples.inputs, "inputs"),
            (targets, self.samples.targets, "targets"),
        ):
            here = place.memory(name, there, pinned)
            torch.index_select(source, 0, rows, out=here)
            there.copy_(here, non_blocking=pinned)
        if pinned:
            place.left = torch.cuda.current_stream(self.device).record_event()


@dataclass
class Place:
    """Memory for one batch on its way; `left` tells when the device has taken it."""

    left: torch.cuda.Event | None = None

    def __post_init__(self) -> None:
        self._memory: dict[tuple[str, torch.Size], Tensor] = {}

    def memory(self, name: str, like: Tensor, pinned: bool) -> Tensor:
        """Memory of the shape and kind of the tensor it goes to; the last batch of an epoch has a shape of its own."""
        key = name, like.shape
        if key not in self._memory:
            self._memory[key] = torch.empty(like.shape, dtype=like.dtype, pin_memory=pinned)
        return self._memory[key]
