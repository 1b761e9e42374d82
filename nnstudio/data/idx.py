"""The IDX files of MNIST and its kin: images in one, their labels in another."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from nnstudio.data.arrays import from_array
from nnstudio.data.columns import RawData
from nnstudio.data.reader import Reader
from nnstudio.project.edits import labels_of
from nnstudio.text import UserError
from nnstudio.text import translate as _

IMAGES, LABELS = 2051, 2049
NAME = re.compile(r"[-.]idx[123]-(ubyte|int)")
LABELS_NAME, MANY_LABELS_NAME = re.compile(r"labels[-.]idx1"), re.compile(r"labels[-.]idx2")


def is_idx(name: str) -> bool:
    """Whether a file is one of these, by its name."""
    return bool(NAME.search(name))


def read_idx(path: Path, reader: Reader, needs_target: bool = True) -> RawData:
    """The images file of an IDX pair, with the labels file beside it; where no target is needed, without one if there
    is none."""
    if MANY_LABELS_NAME.search(path.name) or LABELS_NAME.search(path.name):
        raise UserError(needs_pair(path))
    labels_path = next((one for one in map(Path, labels_of(str(path))) if reader.has(one)), None)
    if labels_path is None and needs_target:
        check_many_labels(path, reader)
        raise UserError(needs_pair(path))
    images = idx_array(path, reader, IMAGES, 3)
    labels = idx_array(labels_path, reader, LABELS, 1) if labels_path else None
    return from_array(images[:, None, :, :], labels, path)


def needs_pair(path: Path) -> str:
    return _(
        "“{file}” needs its pair: name the images file (…images-idx3-ubyte) and keep the labels file "
        "(…labels-idx1-ubyte) beside it."
    ).format(file=path.name)


def check_many_labels(path: Path, reader: Reader) -> None:
    """UserError where the only labels there are have several numbers for each image, as QMNIST's."""
    for labels in map(Path, labels_of(str(path))):
        many = labels.with_name(labels.name.replace("idx1-ubyte", "idx2-int"))
        if reader.is_here(many):
            raise UserError(
                _(
                    "The labels in “{file}” are several numbers for each image, which cannot be read. Use a file of "
                    "one label each (…labels-idx1-ubyte)."
                ).format(file=many.name)
            )


def idx_array(path: Path, reader: Reader, magic: int, dimensions: int) -> Any:
    """The array in one IDX file: a big-endian magic number and sizes, then unsigned bytes."""
    content = reader.bytes(path)
    header = np.frombuffer(content[: 4 * (dimensions + 1)], dtype=">u4")
    if len(header) != dimensions + 1 or header[0] != magic:
        raise UserError(_("“{file}” is not the IDX file its name says.").format(file=path.name))
    sizes = tuple(int(size) for size in header[1:])
    body = np.frombuffer(content, dtype=np.uint8, offset=4 * (dimensions + 1))
    if body.size != np.prod(sizes, dtype=object):
        raise UserError(_("“{file}” is cut short or damaged.").format(file=path.name))
    return body.reshape(sizes)
