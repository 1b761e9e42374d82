"""Mistakes with shapes that people make: each is told with its sizes, and one change mends it."""

import re

import pytest

from nnstudio.project import edits
from nnstudio.project.layer_list import with_stack
from nnstudio.project.mistakes import shape_repairs
from nnstudio.project.model import DataFacts, Project
from nnstudio.project.repairs import units_to_set
from nnstudio.project.shapes import infer

LETTERS = tuple("abcdefghij")


def drawn(layers: str, shape: tuple[int, ...], vocabulary: int = 0, is_sparse: bool = False) -> Project:
    facts = DataFacts(99, shape, "class", LETTERS, 99, 0, 0, vocabulary=vocabulary, is_sparse=is_sparse)
    return with_stack(edits.set_facts(Project(), Project().data, facts), layers, facts)


@pytest.mark.parametrize(
    ("layers", "shape", "words", "label"),
    [
        ("conv:4,relu,dense:out", (1, 8, 8), "gets 4 × 6 × 6 values.*flatten", "Insert flatten"),
        ("conv:10,relu", (1, 8, 8), "gets 10 × 6 × 6 values.*flatten", "Insert flatten"),
        ("lstm:4:give=all,dense:out", (6, 3), "gets 6 × 4 values.*flatten", "Insert flatten"),
        ("conv:4,flatten,dense:out", (64,), "gets 64 values.*needs an image", "Take as image of 1 × 8 × 8"),
        ("relu,conv:4,flatten,dense:out", (64,), "gets 64 values.*needs an image", "Take as image of 1 × 8 × 8"),
        (
            "conv:4:kernel_size=5,flatten,dense:out",
            (1, 3, 3),
            "window of 5 × 5, and only 3 × 3.*padding of 1",
            "Set padding = 2",
        ),
        (
            "conv:4:kernel_size=3x9,flatten,dense:out",
            (1, 8, 4),
            "window of 3 × 9, and only 8 × 4",
            "Set padding = 1 × 4",
        ),
        (
            "conv:4:kernel_size=4:padding=same,flatten,dense:out",
            (1, 8, 8),
            "“same” with a kernel of 4 × 4",
            "Set kernel size = 3",
        ),
        (
            "max_pool,max_pool,flatten,dense:out",
            (4, 2, 2),
            "window of 2 × 2, and only 1 × 1",
            "One pooling too many: remove it",
        ),
        (
            "max_pool:3:padding=2,flatten,dense:out",
            (4, 8, 8),
            "padding of 2 × 2; at a kernel size of 3 × 3",
            "Set padding = 1",
        ),
        ("conv:4:groups=2,flatten,dense:out", (3, 8, 8), "3 channels.*2 groups", "Set groups = 1"),
        ("dense:7", (5,), "gives 7 values, and the data has 10 classes", "Set 10 units"),
        ("dense:7,relu", (5,), "gives 7 values, and the data has 10 classes", "Insert a dense layer of 10 units"),
        ("lstm:4,dense:out", (12,), "gets 12 values.*needs a sequence", "Take as sequence"),
    ],
)
def test_a_mistake_is_told_with_its_sizes_and_one_change_mends_it(
    layers: str, shape: tuple[int, ...], words: str, label: str
) -> None:
    project = drawn(layers, shape)
    inference = infer(project)
    (found,) = shape_repairs(project, inference)
    assert found.problem in inference.problems
    assert re.search(words, found.problem.message), found.problem.message
    assert found.repair.label == label
    if found.repair.project.data == project.data:
        assert infer(found.repair.project).problems == () or label == "Insert flatten"
    else:
        assert found.repair.project.data.image == "1x8x8"


@pytest.mark.parametrize(
    ("layers", "label"), [("lstm:4,dense:out", "Insert embedding"), ("dense:out", "Insert embedding bag")]
)
def test_the_numbers_of_words_need_an_embedding(layers: str, label: str) -> None:
    project = drawn(layers, (20,), vocabulary=100)
    (found,) = shape_repairs(project, infer(project))
    assert "numbers of words, which are no values" in found.problem.message
    assert found.repair.label == label and infer(found.repair.project).problems == ()


def test_an_embedding_needs_the_text_as_tokens() -> None:
    project = drawn("embedding_bag:4,dense:out", (500,), is_sparse=True)
    (found,) = shape_repairs(project, infer(project))
    assert found.repair.label == "Take the text as tokens" and found.repair.project.data.text == "tokens"


def test_a_sound_network_has_none() -> None:
    project = drawn("conv:4,flatten,dense:out", (1, 8, 8))
    assert not list(shape_repairs(project, infer(project)))


def test_one_unit_is_one() -> None:
    assert units_to_set(1) == "Set 1 unit" and units_to_set(2) == "Set 2 units"
