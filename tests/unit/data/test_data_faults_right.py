"""What was right already, and is to stay so; and what is worth a word before training."""

import gzip
from pathlib import Path

import pytest

from nnstudio.data.sources import read_source
from nnstudio.text import UserError
from tests.unit.data.faults import cells, loaded, rows, words, write


@pytest.mark.parametrize(
    "labels",
    [
        ("perro", "gato"),
        ("sí", "no", "quizás"),
        ("True", "False"),
        ("-1", "1"),
        ("0", "1", "2"),
        ("猫", "犬"),
        ("a b", "a  c"),
        (">50K", "<=50K"),
        ("A+", "A-", "B+"),
        ("1.0", "2.0"),
        ("p(x)", "#1", "=2"),
    ],
)
def test_labels_of_any_kind_are_classes(labels: tuple[str, ...], tmp_path: Path) -> None:
    text = "a,y\n" + "".join(f"{n * 7 % 61},{labels[n % len(labels)]}\n" for n in range(60))
    dataset = loaded(tmp_path, text)
    expected = {label.removesuffix(".0") for label in labels}
    assert {name.capitalize() if name in ("true", "false") else name for name in dataset.facts.classes} == expected
    assert dataset.facts.rows == 60 and len(set(dataset.train.targets.tolist())) == len(labels)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le-with-mark", "utf-8-sig", "utf-8"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_give_the_same_cells(encoding: str, end: str, tmp_path: Path) -> None:
    text = ("größe,b,y\n" + rows("{m},ñ{c},{c}", 20)).replace("\n", end)
    content = ("\ufeff" + text).encode("utf-16-le") if "mark" in encoding else text.encode(encoding)
    dataset = loaded(tmp_path, content)
    assert cells(dataset, "größe")[:2] == [0.5, 7.5] and cells(dataset, "b")[:2] == ["ña", "ñb"]
    assert dataset.facts.rows == 20


def test_a_packed_file_that_is_cut_off_is_refused_and_a_whole_one_read(tmp_path: Path) -> None:
    packed = gzip.compress(("a,b,y\n" + rows("{m},{n}.25,{c}", 5000)).encode())
    assert read_source(str(write(tmp_path, packed, "a.csv.gz"))).columns.height == 5000
    for size in (len(packed) - 5, len(packed) // 2, 30):
        with pytest.raises(UserError, match=r"a.csv.gz"):
            read_source(str(write(tmp_path, packed[:size], "a.csv.gz")))


def test_a_question_mark_is_missing_and_decimal_commas_are_numbers(tmp_path: Path) -> None:
    text = "a;b;y\n" + "".join(f"{n},5;{'?' if n % 9 == 0 else n % 7};{'ab'[n % 2]}\n" for n in range(60))
    dataset = loaded(tmp_path, text)
    assert cells(dataset, "a")[:2] == [0.5, 1.5] and cells(dataset, "b")[:2] == [None, 1]
    assert "“b” is missing in 7 rows (“?”)." in words(dataset)


# --- worth a word ---------------------------------------------------------------------------------------------------


def test_few_rows_and_uneven_classes_and_what_is_right_by_itself_are_said(tmp_path: Path) -> None:
    """F: before training."""
    few = loaded(tmp_path, "a,y\n" + rows("{m},{c}", 40))
    assert "Only 24 rows train: what is measured on so few is much by chance." in words(few)
    text = "a,y\n" + "".join(f"{n * 7 % 61},{'rare' if n % 10 == 0 else 'usual'}\n" for n in range(200))
    uneven = loaded(tmp_path, text)
    assert uneven.facts.class_rows == (12, 108) and uneven.facts.baseline == pytest.approx(0.9)
    assert "Who always answers “usual” is right in 90.0% of the validation part" in words(uneven)
    assert "“usual” is 90.0% of the training rows." in words(uneven) and "Only" not in words(uneven)
    unlooked_at = loaded(tmp_path, text, validation=0.0)
    assert "Who always answers “usual” is right in 90.0% of the training part" in words(unlooked_at)
