"""The IDX pair under the names that it goes by, and its images alone."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from nnstudio.data.reader import Reader
from nnstudio.data.sources import read_source
from nnstudio.project.edits import labels_of
from nnstudio.text import UserError

PICTURES = np.arange(5 * 4 * 3, dtype=np.uint8).reshape(5, 4, 3)
IMAGES = np.array([2051, 5, 4, 3], ">u4").tobytes() + PICTURES.tobytes()
LABELS = np.array([2049, 5], ">u4").tobytes() + bytes([1, 0, 2, 1, 0])


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
        ("t10k-images.idx3-ubyte", "t10k-labels-idx1-ubyte"),
        ("t10k-images-idx3-ubyte.gz", "t10k-labels.idx1-ubyte.gz"),
        ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte"),
        ("emnist-letters-train-images-idx3-ubyte.gz", "emnist-letters-train-labels-idx1-ubyte.gz"),
        ("train-images-idx3-ubyte/train-images-idx3-ubyte", "train-labels-idx1-ubyte/train-labels-idx1-ubyte"),
        ("train-images.idx3-ubyte/train-images.idx3-ubyte", "train-labels.idx1-ubyte/train-labels.idx1-ubyte"),
    ],
)
def test_labels_are_found_beside_their_images(images: str, labels: str, tmp_path: Path) -> None:
    path = put(tmp_path, images, IMAGES)
    put(tmp_path, labels, LABELS)
    raw = read_source(str(path))
    assert raw.sample_shape == (1, 4, 3) and raw.columns["target"].to_list() == [1, 0, 2, 1, 0]
    # A project that may not read the images may not read their labels either.
    assert Reader(refused=[str(path)]).is_refused(tmp_path / labels)


def test_other_files_have_no_labels() -> None:
    assert labels_of("/away/shop.csv") == () == labels_of("/images-idx3/shop.csv")
    assert labels_of("C:\\a\\train-images-idx3-ubyte")[0] == "C:\\a\\train-labels-idx1-ubyte"


def test_images_alone_can_be_predicted_and_not_learnt(tmp_path: Path) -> None:
    path = put(tmp_path, "new-images-idx3-ubyte.gz", IMAGES)
    with pytest.raises(UserError, match="needs its pair"):
        read_source(str(path))
    raw = read_source(str(path), needs_target=False)
    assert raw.target == "" and raw.columns.width == 12 and raw.sample_shape == (1, 4, 3)


def test_labels_of_several_numbers_are_refused_in_words(tmp_path: Path) -> None:
    path = put(tmp_path, "qmnist-train-images-idx3-ubyte.gz", IMAGES)
    labels = put(tmp_path, "qmnist-train-labels-idx2-int.gz", b"")
    with pytest.raises(UserError, match=f"The labels in “{labels.name}” are several numbers for each image"):
        read_source(str(path))
    for one in (labels, put(tmp_path, "train-labels.idx1-ubyte", LABELS)):
        with pytest.raises(UserError, match="name the images file"):
            read_source(str(one))
