"""Points drawn by hand as data: two inputs and a class, or what there is to draw first."""

import numpy as np
import pytest

from nnstudio.data.dataset import load
from nnstudio.data.sources import read_source
from nnstudio.project.drawn_points import format_points, parse_points, point_at
from nnstudio.project.model import DataChoice
from nnstudio.text import UserError

RING = tuple(
    point_at((1 + 3 * label) * np.cos(turn), (1 + 3 * label) * np.sin(turn), label)
    for label in (0, 1)
    for turn in np.linspace(0, 6, 20)
)


def test_points_are_two_inputs_and_a_class() -> None:
    raw = read_source("drawn", points="1.5 -2 0;0 0.25 3")
    assert raw.columns.columns == ["x1", "x2", "label"] and raw.target == "label"
    assert raw.columns.rows() == [(1.5, -2.0, 0), (0.0, 0.25, 3)]


def test_they_are_split_and_scaled_like_any_other_data() -> None:
    dataset = load(DataChoice("drawn", points=format_points(RING)))
    facts = dataset.facts
    assert (facts.rows, facts.sample_shape, facts.task, facts.classes) == (40, (2,), "class", ("0", "1"))
    assert (facts.train, facts.validation, facts.test) == (24, 8, 8)
    scales = np.array([[one.mean, one.scale] for one in dataset.preparation.columns])
    there = dataset.train.all_inputs * scales[:, 1] + scales[:, 0]
    assert np.allclose(there, [(one.x, one.y) for one in RING], atol=1e-5)
    assert dataset.train.all_targets.tolist() == [one.label for one in RING]


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ("", "Draw points of two classes"),
        ("0 0 2;1 1 2", "of one class, 2"),
        ("0 0", "Drawn point 1"),
        ("0 0 0;1 1 1", "2 rows are too few for this split"),
    ],
)
def test_what_cannot_be_learnt_from_says_what_to_draw(points: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        load(DataChoice("drawn", points=points))


def test_four_points_are_enough_when_none_is_held_out() -> None:
    xor = "-1 -1 0;1 1 0;-1 1 1;1 -1 1"
    assert len(parse_points(xor)) == 4
    assert load(DataChoice("drawn", points=xor, validation=0.0, test=0.0)).facts.train == 4
