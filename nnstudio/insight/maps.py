"""What single units answer over a plane of inputs, and how a layer of two units bends that plane."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.project.model import Run
from nnstudio.training.trained import restore

MOST_UNITS = 16


def maps_of(run: Run, layer: str, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """What each of the first 16 units of a layer gives (units, n) for inputs (n, *sample_shape); empty for a layer that
    is not on the way to the loss."""
    values = values_at(run, layer, inputs)
    if values is None:
        return np.empty((0, len(inputs)), np.float32)
    found: NDArray[np.float32] = values.reshape(len(inputs), -1)[:, :MOST_UNITS].T.numpy().copy()
    return found


@dataclass(frozen=True)
class Bent:
    """Points (n, 2) and the lines of a grid, each (m, 2), after a layer of two units."""

    points: NDArray[np.float32]
    lines: tuple[NDArray[np.float32], ...]


def bent(run: Run, layer: str, points: NDArray[np.float32], lines: list[NDArray[np.float32]]) -> Bent | None:
    """Where points and lines of the plane go; None for a layer that has not two units."""
    moved = values_at(run, layer, points)
    if moved is None or moved.shape[1:] != (2,):
        return None
    found = [values_at(run, layer, line) for line in lines]
    return Bent(moved.numpy().copy(), tuple(one.numpy().copy() for one in found if one is not None))


def values_at(run: Run, layer: str, inputs: NDArray[np.float32]) -> torch.Tensor | None:
    """What a layer gives (n, *shape) with dropout off; None for one that the output layer does not need."""
    model = restore(run).network.drawn.eval()
    if layer not in dict(model.named_modules()):
        return None
    found: list[torch.Tensor] = []

    def note(_module: torch.nn.Module, _given: Any, output: torch.Tensor) -> None:
        found.append(output)

    hook = model.get_submodule(layer).register_forward_hook(note)
    with torch.no_grad():
        model(torch.from_numpy(inputs))
    hook.remove()
    return found[0] if found else None
