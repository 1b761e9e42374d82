"""Small networks for pictures, and data for them: grey and in colour."""

from pathlib import Path

import numpy as np

from nnstudio.data.dataset import Dataset, load
from nnstudio.insight.untrained import untrained
from nnstudio.layers.spec import Shape
from nnstudio.project import edits
from nnstudio.project.history import Drawing
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import Network, Project, Run

DIGITS = "image,conv:4:padding=1,relu,max_pool:2,conv:6:kernel_size=2:stride=2,flatten,dense:out"
COLORS = "conv:5:kernel_size=3:stride=2,relu,conv:12:kernel_size=2,flatten,dense:out"


def drawn(shape: Shape, entries: str) -> Network:
    drawing = Drawing(shape)
    drawing.add(entries)
    return drawing.network()


def started(source: str, layers: str = DIGITS) -> tuple[Run, Dataset]:
    """A network before its first step, and its data."""
    project = edits.set_data(Project(), source=source)
    dataset = load(project.data)
    project = with_stack(edits.set_facts(project, project.data, dataset.facts), layers, dataset.facts)
    return untrained(project, dataset.preparation), dataset


def color_pictures(folder: Path, count: int = 60, side: int = 9) -> str:
    """Pictures of two kinds, red above and blue below or the other way round, as a folder of files."""
    from PIL import Image

    chosen = np.random.default_rng(3)
    for number in range(count):
        name = ("sunset", "sea")[number % 2]
        (folder / name).mkdir(exist_ok=True)
        pixels = chosen.integers(0, 60, (side, side, 3), np.uint8)
        halves = (pixels[: side // 2], pixels[side // 2 :])[:: 1 if number % 2 else -1]
        halves[0][..., 0] += 180
        halves[1][..., 2] += 180
        Image.fromarray(pixels).save(folder / name / f"{number:03}.png")
    return str(folder)
