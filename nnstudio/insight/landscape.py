"""The loss around the path of a training, on a plane through the space of all weights.

Two ways to choose the plane: random directions scaled filter by filter, so that each unit's direction is as long as its
weights (Li et al. 2018, “Visualizing the Loss Landscape of Neural Nets”); or the two principal directions of the path
itself, which show where it went.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnstudio.data.dataset import Dataset
from nnstudio.project.model import Run
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.control import Control, Mode
from nnstudio.training.engine.losses import mean_loss
from nnstudio.training.engine.metrics import outputs_of
from nnstudio.training.inference import restore
from nnstudio.training.session import coded, placed

SIDE = 31
"""Places along each direction."""
SAMPLES = 1000
"""As many training samples measure the loss."""
MOST_SNAPSHOTS = 200
"""As many moments of a training make its path."""
BEYOND = 0.25
"""How far the plane reaches beyond the path, as a share of its width."""

Directions = Literal["random", "path"]


@dataclass(frozen=True)
class Landscape:
    """Losses (side, side) with rows from the lowest up, NaN where not computed yet; `across` and `up` (side,) are the
    coordinates, in lengths of the two directions.

    `paths` are (n, 2), one for each training; `explained` is the share of the paths' movement that lies in the plane.
    """

    across: NDArray[np.float64]
    up: NDArray[np.float64]
    losses: NDArray[np.float64]
    paths: tuple[NDArray[np.float64], ...]
    explained: float
    done: float


def landscape(
    run: Run, moments: Sequence[Sequence[bytes]], dataset: Dataset, directions: Directions, control: Control
) -> Iterator[Landscape]:
    """The landscape around the moments (safetensors files) of one or several trainings of a run's network, row by row.

    UserError where there are too few moments to make a path. `control` can stop it.
    """
    if sum(len(one) for one in moments) < 2:
        raise UserError(_("There is no path to draw yet: train the network for some epochs first."))
    trained = restore(run)
    model = trained.network.trained.eval()
    names = [name for name, _parameter in model.named_parameters()]
    loaded = [[vector_of(safetensors.torch.load(weights), names) for weights in one] for one in moments]
    center = loaded[0][-1]
    shifts = [torch.stack(one) - center for one in loaded]
    first, second = path_directions(torch.cat(shifts)) if directions == "path" else random_directions(model, center)
    lengths = first.dot(first), second.dot(second)
    paths = tuple(torch.stack([shift @ first / lengths[0], shift @ second / lengths[1]], 1) for shift in shifts)
    moved = torch.cat(shifts).square().sum()
    flat = torch.cat([path[:, :1] * first + path[:, 1:] * second for path in paths]).square().sum()
    everywhere = torch.cat(paths).double().numpy()
    across, up = (axis_of(everywhere[:, axis], directions == "random") for axis in (0, 1))

    samples = placed(dataset.train, dataset.preparation.task, torch.device("cpu"))
    some = coded(samples, *trained.coding).part(slice(0, SAMPLES))
    losses = np.full((SIDE, SIDE), np.nan)
    shapes = [parameter.shape for parameter in model.parameters()]
    explained = float(flat / moved) if moved > 0 else 1.0
    for row, height in enumerate(up):
        for column, width in enumerate(across):
            if control.mode is Mode.STOP:
                return
            put(model, center + width * first + height * second, shapes)
            losses[row, column] = float(
                mean_loss(trained.loss, outputs_of(model, some.inputs), some.targets, some.weights)
            )
        yield Landscape(
            across, up, losses.copy(), tuple(path.double().numpy() for path in paths), explained, (row + 1) / SIDE
        )


def vector_of(weights: dict[str, Tensor], names: Sequence[str]) -> Tensor:
    """All parameters one after another; batch norm's averages stay those of the run."""
    return torch.cat([weights[name].reshape(-1) for name in names]).double()


@torch.no_grad()
def put(model: torch.nn.Module, vector: Tensor, shapes: Sequence[torch.Size]) -> None:
    """Have a model use these parameters."""
    pieces = torch.split(vector, [shape.numel() for shape in shapes])
    for parameter, piece, shape in zip(model.parameters(), pieces, shapes, strict=True):
        parameter.copy_(piece.view(shape))


def random_directions(model: torch.nn.Module, center: Tensor) -> tuple[Tensor, Tensor]:
    """Two random directions at right angles, each unit's part as long as its weights; biases stay where they are."""
    generator = torch.Generator().manual_seed(0)
    found: list[Tensor] = []
    for _number in range(2):
        pieces = []
        for parameter in model.parameters():
            drawn = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            if parameter.dim() < 2:
                pieces.append(torch.zeros(parameter.numel(), dtype=torch.float64))
                continue
            long = parameter.detach().double().flatten(1).norm(dim=1, keepdim=True)
            drawn = drawn.flatten(1)
            pieces.append((drawn * long / drawn.norm(dim=1, keepdim=True).clamp(min=1e-12)).reshape(-1))
        found.append(torch.cat(pieces))
    first, second = found
    return first, second - first * (second.dot(first) / first.dot(first).clamp(min=1e-24))


def path_directions(shifts: Tensor) -> tuple[Tensor, Tensor]:
    """The two principal directions of a path (n, weights), of length 1."""
    # Of the n × n products: there are far fewer moments than weights.
    centered = shifts - shifts.mean(dim=0)
    values, vectors = torch.linalg.eigh(centered @ centered.t())
    found: list[Tensor] = []
    for place in (-1, -2):
        direction = centered.t() @ vectors[:, place] if len(values) >= -place else torch.zeros_like(shifts[0])
        if float(direction.norm()) < 1e-9:  # a straight path has one direction; any other will do
            direction = torch.randn(shifts.shape[1], generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        for other in found:
            direction = direction - other * direction.dot(other)
        found.append(direction / direction.norm().clamp(min=1e-12))
    return found[0], found[1]


def axis_of(places: NDArray[np.float64], is_random: bool) -> NDArray[np.float64]:
    """Coordinates that hold the path with some room; along random directions at least one length to each side."""
    lowest, highest = float(places.min()), float(places.max())
    room = BEYOND * max(highest - lowest, 1e-6)
    if is_random:
        return np.linspace(min(lowest - room, -1.0), max(highest + room, 1.0), SIDE)
    return np.linspace(lowest - room, highest + room, SIDE)
