"""NumPy's files as they are handed out: archives in parts, targets in columns, samples alone, one array as a table."""

import gzip
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnstudio.data.arrays import read_npy
from nnstudio.data.columns import ArrayColumns, RawData
from nnstudio.data.dataset import load
from nnstudio.data.reader import Reader
from nnstudio.data.sources import read_source
from nnstudio.project.model import DataChoice
from nnstudio.text import UserError

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.normal(size=(12, 4)), np.arange(12) % 3


def archive(folder: Path, **arrays: Any) -> str:
    np.savez(folder / "a.npz", **arrays)
    return str(folder / "a.npz")


def targets(raw: RawData) -> list[Any]:
    return raw.columns["target"].to_list()


def test_kerass_archives_have_a_test_part_of_their_own(tmp_path: Path) -> None:
    raw = read_source(archive(tmp_path, x_train=X, y_train=Y, x_test=X[:5], y_test=Y[:5]))
    assert raw.columns.height == 12 and raw.sample_shape == (4,)
    assert raw.test is not None and raw.test.columns.height == 5 and targets(raw.test) == Y[:5].tolist()
    assert raw.notes == ("“a.npz” has a test part of its own: 5 samples.",)


def test_medmnists_archives_join_what_is_validated_with_to_what_is_trained_with(tmp_path: Path) -> None:
    pictures = RANDOM.integers(0, 255, (12, 6, 6, 3), np.uint8)
    parts = {"train": slice(0, 7), "val": slice(7, 9), "test": slice(9, 12)}
    arrays = {f"{name}_images": pictures[rows] for name, rows in parts.items()}
    arrays |= {f"{name}_labels": Y[rows, None] for name, rows in parts.items()}
    raw = read_source(archive(tmp_path, **arrays))
    assert raw.sample_shape == (3, 6, 6) and targets(raw) == Y[:9].tolist()
    assert raw.test is not None and raw.test.sample_shape == (3, 6, 6) and targets(raw.test) == Y[9:].tolist()
    assert "2 samples to validate with (“val_images”) were joined to those to train with." in raw.notes


def test_parts_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    source = archive(tmp_path, x_train=X, y_train=Y, x_val=X[:, :3], y_val=Y)
    with pytest.raises(UserError, match=r"“x_train” \(12×4\) and “x_val” \(12×3\) of “a.npz” do not fit together"):
        read_source(source)


@pytest.mark.parametrize(
    "target",
    [Y[:, None], np.eye(3)[Y], np.eye(3, dtype=bool)[Y], np.eye(3, dtype=np.uint8)[Y]],
    ids=["column", "one-hot", "true and false", "bytes"],
)
def test_targets_in_a_column_or_one_hot_are_class_numbers(target: Any, tmp_path: Path) -> None:
    raw = read_source(archive(tmp_path, X=X, labels=target))
    assert targets(raw) == Y.tolist()
    assert load(DataChoice(str(tmp_path / "a.npz"))).facts.classes == ("0", "1", "2")


def test_targets_as_bytes_are_words(tmp_path: Path) -> None:
    assert targets(read_source(archive(tmp_path, x=X, y=np.array([b"a", b"b"] * 6))))[:2] == ["a", "b"]


@pytest.mark.parametrize("target", [np.ones((12, 2)), np.arange(24).reshape(12, 2), np.ones((12, 1, 1))])
def test_several_targets_a_sample_are_refused_with_their_shape(target: Any, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"The targets “y” of “a.npz” are 12×.* values; there must be one for each"):
        read_source(archive(tmp_path, x=X, y=target))


def test_names_that_do_not_fit_are_listed_with_their_shapes(tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"needs samples under the name x .* It holds: inputs \(12×4\), outputs \(12\)\."
    ):
        read_source(archive(tmp_path, inputs=X, outputs=Y))


def test_objects_are_refused_in_words_and_never_unpickled(tmp_path: Path) -> None:
    ran = tmp_path / "ran"

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (ran,)

    source = archive(tmp_path, x=X, y=np.array([Evil()] * 12, dtype=object))
    with pytest.raises(UserError, match=r"“y” in “a.npz” holds objects of Python, which can run code and are not read"):
        read_source(source)
    (tmp_path / "b.npy").write_bytes(np_object(Evil()))
    with pytest.raises(UserError, match=r"“b.npy” holds object, not plain numbers"):
        read_source(str(tmp_path / "b.npy"))
    assert not ran.exists()


def np_object(one: object) -> bytes:
    """An array file of one object."""
    header = repr({"descr": "|O", "fortran_order": False, "shape": (1, 1)}).ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + pickle.dumps([[one]])


def test_endless_numbers_in_arrays_count_as_missing_and_are_told(tmp_path: Path) -> None:
    spoilt = X.copy()
    spoilt[0, 0], spoilt[1, 0], spoilt[2, 3], spoilt[3, 1] = np.inf, -1e31, -np.inf, np.nan
    raw = read_source(archive(tmp_path, x=spoilt, y=Y))
    assert raw.notes == (
        "“0” holds 2 numbers that are infinite or too large; they count as missing.",
        "“3” holds 1 number that is infinite or too large; it counts as missing.",
    )
    assert isinstance(raw.columns, ArrayColumns) and np.isnan(raw.columns.values).sum() == 4
    everywhere = read_source(archive(tmp_path, x=np.full((12, 9), np.inf, np.float32), y=Y))
    assert everywhere.notes == ("108 numbers in 9 columns are infinite or too large; they count as missing.",)


def test_endless_targets_are_told_too(tmp_path: Path) -> None:
    raw = read_source(archive(tmp_path, x=X, y=np.where(Y == 0, np.inf, 0.5)))
    assert raw.notes == ("“target” holds 4 numbers that are infinite or too large; they count as missing.",)


def test_samples_alone_can_be_predicted_and_not_learnt(tmp_path: Path) -> None:
    source = archive(tmp_path, x=X)
    with pytest.raises(UserError, match=r"It holds: x \(12×4\)"):
        read_source(source)
    raw = read_source(source, needs_target=False)
    assert raw.target == "" and raw.columns.columns == ["0", "1", "2", "3"] and raw.inputs == raw.columns.columns
    assert raw.columns.width == 4 and raw.columns.head(2).shape == (2, 4)
    for names in ({"x_test": X}, {"x_train": X, "x_test": X, "y_test": Y}, {"x_train": X, "y_train": Y, "x_test": X}):
        assert read_source(archive(tmp_path, **names), needs_target=False).columns.height == 12


# --- one array ------------------------------------------------------------------------------------------------------


def saved(folder: Path, array: Any) -> Path:
    np.save(folder / "a.npy", array)
    return folder / "a.npy"


def test_an_array_is_a_table_whose_last_column_is_the_target(tmp_path: Path) -> None:
    path = saved(tmp_path, np.column_stack([X, Y]))
    raw = read_source(str(path))
    assert raw.target == "column 5" and not raw.named and raw.columns["column 5"].to_list() == Y.tolist()
    assert read_source(str(path), target="2").target == "column 2"
    assert load(DataChoice(str(path))).facts.sample_shape == (4,)
    whole = read_source(str(saved(tmp_path, np.asfortranarray(np.arange(6).reshape(2, 3).astype(">i4")))))
    assert whole.columns.head(2).rows() == [(0, 1, 2), (3, 4, 5)]


def test_an_array_of_pictures_can_be_predicted(tmp_path: Path) -> None:
    raw = read_source(str(saved(tmp_path, np.zeros((5, 6, 6)))), needs_target=False)
    assert raw.sample_shape == (1, 6, 6) and raw.target == "" and raw.columns.height == 5


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((3, 4, 5)), "is an array of 3×4×5 values. A table is needed"),
        (np.zeros(3), "is an array of 3 values. A table is needed"),
        (np.zeros((3, 1)), "is an array of 3×1 values. A table is needed"),
        (np.zeros((0, 4)), "“a.npy” is empty"),
        (np.zeros((2, 2), complex), "holds complex128, not plain numbers"),
        (np.zeros(2, [("a", "f8"), ("b", "i4")]), "not plain numbers, and cannot be used"),
        (np.array([["a", "b"]]), "holds <U1, not plain numbers"),
        (np.zeros((2, 20_001), np.int8), "has 20\u00a0001 columns; the limit is 20\u00a0000"),
    ],
)  # fmt: skip
def test_an_array_that_is_no_table_is_refused_with_what_it_is(array: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=words):
        read_source(str(saved(tmp_path, array)))


@pytest.mark.parametrize("spoil", ["cut", "parentheses", "no array", "endless", "packed"])
def test_an_array_file_that_is_not_what_it_says_is_damaged(spoil: str, tmp_path: Path) -> None:
    path = saved(tmp_path, X)
    sound = path.read_bytes()
    path.write_bytes(
        {
            "cut": sound[:-1],
            "parentheses": b"\x93NUMPY\x01\x00\x60\x00" + b"(" * 96,
            "no array": b"x,y\n1,2\n",
            "endless": sound.replace(b"(12, 4)", b"(10000000, 4)").replace(b"       ", b"", 1),
            "packed": gzip.compress(sound),
        }[spoil]
    )
    with pytest.raises(UserError, match="is damaged, or no array of NumPy"):
        read_npy(path, Reader())
