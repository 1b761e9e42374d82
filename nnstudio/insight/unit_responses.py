"""What single units answer over a plane of inputs, and how a layer of two units bends that plane."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.data.dataset import Dataset
from nnstudio.data.plane import Plane, plane_of
from nnstudio.project.made_inputs import two_sources
from nnstudio.project.model import Run
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.inference import restore
from nnstudio.training.probes import MOST_UNITS, maps

SIDE = 40
"""Places along each side of a unit's map."""
LINES, ALONG = 15, 60
"""As many lines of the grid each way, and places along each."""
MOST_POINTS = 1000


def unit_responses_of(run: Run, layer: str, plane: Plane) -> NDArray[np.float32]:
    """What each of the first 16 units of a layer gives over the plane (units, 40, 40), rows from the lowest up.

    Empty for a layer that is not on the way to the output.
    """
    values = values_at(run, layer, plane.square(run.preparation, SIDE))
    if values is None:
        return np.empty((0, SIDE, SIDE), np.float32)
    found: NDArray[np.float32] = values.flatten(1)[:, :MOST_UNITS].T.numpy().copy()
    return found.reshape(-1, SIDE, SIDE)


def all_unit_responses(run: Run, plane: Plane) -> dict[str, NDArray[np.float32]]:
    """What each unit of every layer of up to 16 gives over the plane, (units, 24 · 24) by layer; found in one pass."""
    return maps(restore(run).network, plane.map_places(run.preparation))


@dataclass(frozen=True)
class HiddenSpace:
    """Training points (n, 2) after a layer of two units, with their targets (n,), and the lines of the plane's grid.

    Each line is (m, 2); there are none where the data is no plane. `layers` are the layers of two units there are.
    """

    layer: str
    layers: tuple[str, ...]
    points: NDArray[np.float32]
    targets: NDArray[Any]
    lines: tuple[NDArray[np.float32], ...]


def bent(run: Run, dataset: Dataset, layer: str = "") -> HiddenSpace:
    """Where points and grid go in a layer of two units, the last of them when none is named; UserError without one."""
    rows = dataset.train.rows[:MOST_POINTS]
    inputs = dataset.train.all_inputs[rows]
    sizes = {one.id: values_at(run, one.id, inputs[:1]) for one in run.network.layers}
    pairs = tuple(id for id, values in sizes.items() if values is not None and values.shape[1:] == (2,))
    if not pairs:
        raise UserError(_("No layer has just two units, whose values would be points on a plane. Give one two units."))
    chosen = layer if layer in pairs else pairs[-1]
    is_plane = dataset.preparation.sample_shape == (2,) or two_sources(dataset.preparation) is not None
    plane = plane_of(dataset) if is_plane else None
    lines = [] if plane is None else grid_lines(plane)
    moved = [values_at(run, chosen, plane.inputs_at(line, run.preparation)) for line in lines if plane]
    points = values_at(run, chosen, inputs)
    assert points is not None
    targets = dataset.train.all_targets[rows]
    return HiddenSpace(
        chosen,
        pairs,
        points.numpy().copy(),
        targets.reshape(len(rows)),
        tuple(one.numpy().copy() for one in moved if one is not None),
    )


def grid_lines(plane: Plane) -> list[NDArray[np.float64]]:
    """Lines across the plane and up it, each as places (m, 2)."""
    found = []
    for axis in (0, 1):
        along = np.linspace(plane.lowest[axis], plane.highest[axis], ALONG)
        for height in np.linspace(plane.lowest[1 - axis], plane.highest[1 - axis], LINES):
            line = np.full((ALONG, 2), height)
            line[:, axis] = along
            found.append(line)
    return found


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
