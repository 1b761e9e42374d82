"""Points drawn by hand as columns: x1, x2 and the class."""

import numpy as np

from nnstudio.data.columns import RawData
from nnstudio.project.drawn_points import COLUMNS, lacking, parse_points
from nnstudio.text import UserError


def drawn(text: str) -> RawData:
    """The points that a text holds; UserError where it holds none, of one class alone, or something else."""
    import polars

    points = parse_points(text)
    if words := lacking(points):
        raise UserError(words)
    places = np.array([(one.x, one.y) for one in points])
    labels = np.array([one.label for one in points], np.int64)
    columns = (places[:, 0], places[:, 1], labels)
    return RawData(polars.DataFrame(dict(zip(COLUMNS, columns, strict=True))), COLUMNS[-1])
