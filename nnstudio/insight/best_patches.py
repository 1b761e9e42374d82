"""What a map looks for: the parts of the training pictures for which its values are largest."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray
from torch import fx

from nnstudio.data.dataset import Dataset
from nnstudio.insight.sample_pixels import SamplePixels, colors_of, sample_pixels
from nnstudio.layers.windows import IMAGE_AXES
from nnstudio.project.model import Network, Run
from nnstudio.project.receptive_field import Field, Span, receptive_field
from nnstudio.project.shapes import Inference, infer_network
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.control import Control
from nnstudio.training.inference import restore

MOST = 9
"""As many patches of a map are kept, each of another sample."""
MOST_ROWS = 256
MOST_VALUES = 2**22
"""As many samples, and values of the largest layer, are computed at a time."""
THUMBNAIL = 48
"""Of a larger patch every k-th point is in the small picture of its map."""
NONE = -1


@dataclass(frozen=True)
class BestPatches:
    """The largest values of the maps of a convolution layer over the first `seen` of so many training samples.

    `values` (maps, 9) come from the `rows` of the data (maps, 9), and stand at `places` (maps, 9, 2) of maps with
    `size` rows and columns; the row is −1 where there are fewer samples. `fields` and `frames` tell of each what of the
    picture it is computed from, and the same without a cut at the border, by map and rank. `sheet` has the best patch
    of each map as red, green, blue and opacity (maps, h, w, 4).
    """

    layer: str
    layers: tuple[str, ...]
    values: NDArray[np.float32]
    rows: NDArray[np.int64]
    places: NDArray[np.int64]
    size: tuple[int, int]
    fields: tuple[tuple[Field | None, ...], ...]
    frames: tuple[tuple[Field, ...], ...]
    sheet: NDArray[np.uint8]
    pixels: SamplePixels
    seen: int
    samples: int


def best_patches_of(run: Run, dataset: Dataset, layer: str, control: Control) -> Iterator[BestPatches]:
    """The best patches of all maps of a layer, of the first convolution where the one named is none; again and again
    while more samples are seen. UserError for pictures, or layers, that are not there."""
    pixels, inference = sample_pixels(dataset, run.network), infer_network(run.network, run.preparation.shape)
    if pixels is None:
        raise UserError(
            _("The samples of this data are no pictures. Choose data with pictures, such as the handwritten digits.")
        )
    layers = convolutions(run.network, inference)
    if not layers:
        words = _(
            "No convolution layer of this network makes maps. Put one into it, or open the example “{example}” (menu "
            "File, Examples)."
        )
        raise UserError(words.format(example=_("Handwritten digits by convolutions")))
    chosen = layer if layer in layers else layers[0]
    model = up_to(restore(run).network.drawn.eval(), chosen)
    rows = dataset.train.rows.astype(np.int64)
    best, told = Best(inference.shapes[chosen][0]), MOST_ROWS
    for part in parts(rows, inference):
        best.take(part, model, dataset.train.all_inputs)
        if control.is_stopped:
            return
        if best.seen >= told or best.seen == len(rows):
            told = 2 * best.seen
            yield shown(best, run.network, inference, chosen, layers, pixels, dataset)


def convolutions(network: Network, inference: Inference) -> tuple[str, ...]:
    """The convolution layers that give maps, in the order of computation."""
    return tuple(
        id
        for id in inference.order
        if network.layer(id).role == "convolution" and len(inference.shapes.get(id, ())) == IMAGE_AXES
    )


def parts(rows: NDArray[np.int64], inference: Inference) -> Iterator[NDArray[np.int64]]:
    """As many samples at a time as their values have room."""
    largest = max(prod(shape) for shape in inference.shapes.values())
    step = max(1, min(MOST_ROWS, MOST_VALUES // largest))
    for start in range(0, len(rows), step):
        yield rows[start : start + step]


def up_to(model: fx.GraphModule, layer: str) -> fx.GraphModule:
    """The part of a network that gives what a layer gives; it shares the weights."""
    graph = fx.Graph()
    copies: dict[fx.Node, fx.Node] = {}
    for node in model.graph.nodes:
        copies[node] = graph.node_copy(node, lambda one: copies[one])
        if node.op == "call_module" and node.target == layer:
            graph.output(copies[node])
            break
    part = fx.GraphModule(model, graph).eval()
    part.graph.eliminate_dead_code()
    part.recompile()
    return part


class Best:
    """The largest values of each map so far (maps, 9), with their rows and their places, counted row by row."""

    def __init__(self, maps: int) -> None:
        self.values = torch.full((maps, MOST), -torch.inf)
        self.rows = torch.full((maps, MOST), NONE)
        self.places = torch.zeros((maps, MOST), dtype=torch.int64)
        self.size = 0, 0
        self.seen = 0

    @torch.no_grad()
    def take(self, rows: NDArray[np.int64], model: fx.GraphModule, all_inputs: NDArray[np.float32]) -> None:
        """See some more samples; of equal values the first stay."""
        outputs = model(torch.from_numpy(all_inputs[rows])).nan_to_num(-torch.inf, torch.inf, -torch.inf)
        self.size = outputs.shape[2], outputs.shape[3]
        values, places = (one.T for one in outputs.flatten(2).max(dim=2))
        all_values = torch.cat([self.values, values], dim=1)
        all_rows = torch.cat([self.rows, torch.from_numpy(rows).expand(len(values), -1)], dim=1)
        all_places = torch.cat([self.places, places], dim=1)
        self.values, order = (one[:, :MOST] for one in all_values.sort(dim=1, descending=True, stable=True))
        self.rows, self.places = all_rows.gather(1, order), all_places.gather(1, order)
        self.seen += len(rows)


def shown(
    best: Best,
    network: Network,
    inference: Inference,
    layer: str,
    layers: tuple[str, ...],
    pixels: SamplePixels,
    dataset: Dataset,
) -> BestPatches:
    """What was found so far, with the parts of the pictures that it comes from."""
    places = np.stack([best.places.numpy() // best.size[1], best.places.numpy() % best.size[1]], axis=2)
    cut, uncut = {}, {}
    for row, column in {(int(row), int(column)) for row, column in places.reshape(-1, 2)}:
        cut[row, column] = receptive_field(network, inference, layer, row, column)
        field = receptive_field(network, inference, layer, row, column, is_cut=False)
        assert field is not None
        uncut[row, column] = framed(field, pixels.shape)
    keys = [[(int(row), int(column)) for row, column in one] for one in places]
    fields = tuple(tuple(cut[key] for key in one) for one in keys)
    frames = tuple(tuple(uncut[key] for key in one) for one in keys)
    rows = best.rows.numpy().copy()
    sheet = thumbnails(dataset, pixels, rows[:, 0], [one[0] for one in fields], [one[0] for one in frames])
    values = best.values.numpy().copy()
    seen = best.seen, len(dataset.train)
    return BestPatches(layer, layers, values, rows, places, best.size, fields, frames, sheet, pixels, *seen)


def framed(field: Field, shape: tuple[int, int, int]) -> Field:
    """A field as it is shown: one that is larger than the picture is the whole of it."""
    spans: list[Span] = [
        span if span[1] - span[0] + 1 < size else (0, size - 1)
        for span, size in zip((field.rows, field.columns), shape[1:], strict=True)
    ]
    return Field(spans[0], spans[1])


def thumbnails(
    dataset: Dataset, pixels: SamplePixels, rows: NDArray[np.int64], fields: list[Field | None], frames: list[Field]
) -> NDArray[np.uint8]:
    """One patch for each map, all of one size."""
    height, width = np.max([one.size for one in frames], axis=0)
    step = max(1, -(-int(max(height, width)) // THUMBNAIL))
    sheet = np.zeros((len(rows), -(-height // step), -(-width // step), 4), np.uint8)
    for number, (row, field, frame) in enumerate(zip(rows.tolist(), fields, frames, strict=True)):
        patch = patch_of(dataset, pixels, row, field, frame, step)
        sheet[number, : patch.shape[0], : patch.shape[1]] = patch
    return sheet


def patch_of(
    dataset: Dataset, pixels: SamplePixels, row: int, field: Field | None, frame: Field, step: int = 1
) -> NDArray[np.uint8]:
    """A part of a training picture as red, green, blue and opacity (h, w, 4), every `step`-th point of its frame: clear
    where the value does not come from."""
    down, across = (np.arange(span[0], span[1] + 1, step) for span in (frame.rows, frame.columns))
    found = np.zeros((len(down), len(across), 4), np.uint8)
    if row == NONE or field is None:
        return found
    _channels, height, width = pixels.shape
    inside = (
        (down >= field.rows[0]) & (down <= field.rows[1]),
        (across >= field.columns[0]) & (across <= field.columns[1]),
    )
    colors = colors_of(pixels.light(dataset.train.all_inputs[[row]]))[0]
    found[..., :3] = colors[np.ix_(down.clip(0, height - 1), across.clip(0, width - 1))]
    found[..., 3] = 255
    found[~(inside[0][:, None] & inside[1][None])] = 0
    return found
