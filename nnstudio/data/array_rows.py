"""The rows of an array in NumPy's format: all, or a random sample of them taken while the file is read."""

import math
from typing import Any, BinaryIO

import numpy as np

from nnstudio.data.reading import Asked
from nnstudio.data.row_sample import RowSample, none_left
from nnstudio.text import UserError

NPY = np.lib.format
PIECE = 2**22
"""Bytes that are read at once."""


def array_rows(part: BinaryIO, asked: Asked) -> Any:
    """The array (n, …) that begins here, or those of its rows that are taken. ValueError for what is none; UserError
    where no row is left."""
    sample = RowSample(asked)
    if sample.takes_all:
        return NPY.read_array(part, allow_pickle=False)
    shape, is_by_column, kind = header(part)
    if not shape or kind.hasobject:
        raise ValueError(shape)
    if is_by_column:  # a row of it lies all over the file
        whole = np.frombuffer(part.read(math.prod(shape) * kind.itemsize), kind).reshape(shape, order="F")
        kept = [whole[sample.mask(len(whole))]]
    else:
        kept = list(pieces_of(part, shape, kind, sample))
    if not sample.taken:
        raise UserError(none_left(sample.seen, asked))
    return np.concatenate(kept)


def pieces_of(part: BinaryIO, shape: tuple[int, ...], kind: "np.dtype[Any]", sample: RowSample) -> Any:
    """The rows that are taken of each piece of an array whose rows follow each other."""
    width = math.prod(shape[1:]) * kind.itemsize
    step = max(1, PIECE // max(1, width))
    for start in range(0, shape[0], step):
        rows = min(step, shape[0] - start)
        content = part.read(rows * width)
        values = np.frombuffer(content, kind).reshape(rows, *shape[1:])  # ValueError where it is cut short
        yield values[sample.mask(rows)]


def header(part: BinaryIO) -> tuple[tuple[int, ...], bool, "np.dtype[Any]"]:
    """The shape that an array declares, whether its columns follow each other and not its rows, and the kind of its
    values; ValueError for what is none."""
    read = NPY.read_array_header_1_0 if NPY.read_magic(part) == (1, 0) else NPY.read_array_header_2_0
    shape, is_by_column, kind = read(part)
    return shape, is_by_column, kind
