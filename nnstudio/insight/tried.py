"""What a network says to a sample, and all that its layers give on the way, found in one go: asked while one draws."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.insight.map_values import MAKERS
from nnstudio.project.model import Network, Run
from nnstudio.training.inference import restore
from nnstudio.training.probes import answers, layer_outputs

MOST_MAPS = 16
"""Of a layer as many maps are shown."""
MOST_POINTS = 48
"""Of more points along a side every k-th is shown."""
MAP_AXES = 4


@dataclass(frozen=True)
class MapRow:
    """The first maps (k, h, w) of a layer that slides a window, of `count` with `size` rows and columns; `strongest` is
    the largest size of a value in any of them."""

    layer: str
    maps: NDArray[np.float32]
    count: int
    size: tuple[int, int]
    strongest: float


@dataclass(frozen=True)
class Tried:
    """The answers (n, classes) or (n, 1), what each unit gives for the first sample (units,) by layer, and its maps."""

    answers: NDArray[np.float32]
    activations: dict[str, NDArray[np.float32]]
    rows: tuple[MapRow, ...]


def tried(run: Run, inputs: NDArray[np.float32]) -> Tried:
    """Ask the network of a run about some inputs (n, *sample_shape), and look inside for the first."""
    trained = restore(run)
    found = layer_outputs(trained.network, torch.from_numpy(inputs[:1]))
    activations = {id: one[0].reshape(-1).numpy().astype(np.float32) for id, one in found.items()}
    said = answers(trained.network, trained.loss, run.preparation.task != "value", inputs)
    return Tried(said, activations, map_rows(run.network, found))


def map_rows(network: Network, outputs: dict[str, torch.Tensor]) -> tuple[MapRow, ...]:
    """The maps of the layers that slide a window over an image, in the order of computation."""
    makers = {one.id for one in network.layers if one.role in MAKERS}
    return tuple(row_of(id, one[0]) for id, one in outputs.items() if id in makers and one.dim() == MAP_AXES)


def row_of(layer: str, maps: torch.Tensor) -> MapRow:
    count, height, width = maps.shape
    step = max(1, -(-max(height, width) // MOST_POINTS))
    shown = maps[:MOST_MAPS, ::step, ::step].numpy().astype(np.float32)
    strongest = float(maps.abs().nan_to_num(0.0, 0.0).max())
    return MapRow(layer, shown, count, (height, width), strongest)
