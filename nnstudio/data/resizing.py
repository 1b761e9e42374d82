"""Pictures that lie in an array made another size: between its own pixels values are taken in proportion."""

import numpy as np
from numpy.typing import NDArray

from nnstudio.layers.spec import Shape


def resized(pictures: NDArray[np.float32], shape: Shape, fit: str) -> NDArray[np.float32]:
    """Pictures (n, channels, height, width) as (n, *shape), of as many channels. `fit` "crop" cuts off what is too
    long, "pad" puts borders of the least value where it is too short, "stretch" does neither."""
    height, width = pictures.shape[2:]
    scales = shape[1] / height, shape[2] / width
    if fit != "stretch":
        scales = (max(scales), max(scales)) if fit == "crop" else (min(scales), min(scales))
    sizes = [max(1, round(size * scale)) for size, scale in zip((height, width), scales, strict=True)]
    down, across = proportions(height, sizes[0]), proportions(width, sizes[1])
    scaled = np.einsum("ij,ncjk,lk->ncil", down, pictures, across, optimize=True)
    found = np.full((len(pictures), *shape), pictures.min(), np.float32)
    # Where the one is larger than the other, its middle.
    inner = [(max(0, (size - asked) // 2), min(size, asked)) for size, asked in zip(sizes, shape[1:], strict=True)]
    outer = [(max(0, (asked - size) // 2), min(size, asked)) for size, asked in zip(sizes, shape[1:], strict=True)]
    (top, rows), (left, columns) = inner
    (below, _rows), (beside, _columns) = outer
    found[:, :, below : below + rows, beside : beside + columns] = scaled[:, :, top : top + rows, left : left + columns]
    return found


def proportions(size: int, asked: int) -> NDArray[np.float32]:
    """How much of each of the old places is in each of the new ones (asked, size); every row sums to 1."""
    middle = (np.arange(asked) + 0.5) * size / asked - 0.5
    middle = middle.clip(0, size - 1)
    lower = np.floor(middle).astype(int)
    share = middle - lower
    found = np.zeros((asked, size), np.float32)
    found[np.arange(asked), lower] = 1 - share
    found[np.arange(asked), np.minimum(lower + 1, size - 1)] += share
    return found
