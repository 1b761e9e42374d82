"""Points drawn by hand: the text keeps them exactly, refuses what is none, and edits change what they say."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.project import drawn_points, edits
from nnstudio.project.archive import is_path, open_project, save
from nnstudio.project.checks import check_data
from nnstudio.project.drawn_points import (
    CLASSES,
    EXTENT,
    MOST_POINTS,
    DrawnPoint,
    Points,
    added,
    class_counts,
    erased,
    format_points,
    lacking,
    moved,
    near,
    parse_points,
    point_at,
    relabelled,
)
from nnstudio.project.model import DataChoice, DataFacts, Project
from nnstudio.project.reading_settings import MOST_POINT_TEXT
from nnstudio.project.variants import data_differences
from nnstudio.text import UserError

ANYWHERE = st.floats(-2 * EXTENT, 2 * EXTENT)
POINTS = st.lists(st.builds(point_at, ANYWHERE, ANYWHERE, st.integers(0, CLASSES - 1)), max_size=60).map(tuple)
ON_PLANE = st.tuples(st.floats(-EXTENT, EXTENT), st.floats(-EXTENT, EXTENT))
RADIUS = st.floats(0.05, 3)
THREE = (DrawnPoint(0, 0, 0), DrawnPoint(1, 0, 1), DrawnPoint(5, 5, 1))


@given(POINTS)
def test_the_text_keeps_points_exactly(points: Points) -> None:
    text = format_points(points)
    assert parse_points(text) == points
    assert edits.set_data(Project(), points=text).data.points == text  # one line, of signs that can be printed


def test_the_text_of_the_most_points_fits_the_setting() -> None:
    longest = (DrawnPoint(-5.999, -5.999, 7),) * MOST_POINTS
    assert len(format_points(longest)) <= MOST_POINT_TEXT
    assert len(parse_points(format_points(longest))) == MOST_POINTS
    assert added(longest, THREE) == longest


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 2", "Drawn point 1 is “1 2”"),
        ("1 2 0;", "Drawn point 2 is “”"),
        ("1 2 0;1,5 2 0", "Drawn point 2 is “1,5 2 0”"),
        ("nan 0 0", "Drawn point 1"),
        ("1e0 0 0", "Drawn point 1"),
        ("0 0 -1", "Drawn point 1"),
        ("0 0 1.5", "Drawn point 1"),
        ("0 ٣ 0", "Drawn point 1"),
        ("0 6.5 0", "is at 0, 6.5; both must be from -6 to 6"),
        ("0 0 8", "class 8; the classes are 0 to 7"),
        (";".join(["0 0 0"] * (MOST_POINTS + 1)), "at most 10\u00a0000"),
    ],
)
def test_what_is_no_point_is_said_in_words(text: str, words: str) -> None:
    with pytest.raises(UserError, match=r"Drawn point|points are drawn") as found:
        parse_points(text)
    assert words in str(found.value)


def test_blanks_do_not_matter() -> None:
    assert parse_points("  ") == ()
    assert parse_points(" 1.5  -2 0 ; 0 0 7") == (DrawnPoint(1.5, -2, 0), DrawnPoint(0, 0, 7))


@given(POINTS, ON_PLANE, ON_PLANE, RADIUS)
def test_the_eraser_takes_what_is_near_its_way_and_nothing_else(
    points: Points, start: tuple[float, float], end: tuple[float, float], radius: float
) -> None:
    left = erased(points, start, end, radius)
    assert [one for one in points if one in left] == list(left)
    assert near(left, start, end, radius) == []
    steps = [tuple(a + (b - a) * step / 50 for a, b in zip(start, end, strict=True)) for step in range(51)]
    for number, one in enumerate(points):
        nearest = min(math.dist((one.x, one.y), step) for step in steps)
        if nearest < radius - 1e-6:
            assert number in near(points, start, end, radius)
        if nearest > radius + math.dist(start, end) / 50:
            assert number not in near(points, start, end, radius)


@given(POINTS, ON_PLANE, RADIUS, st.integers(0, CLASSES - 1))
def test_relabelling_moves_nothing(points: Points, place: tuple[float, float], radius: float, label: int) -> None:
    changed = relabelled(points, place, place, radius, label)
    assert [(one.x, one.y) for one in changed] == [(one.x, one.y) for one in points]
    chosen = near(points, place, place, radius)
    assert all(one.label == (label if number in chosen else points[number].label) for number, one in enumerate(changed))


@given(POINTS, st.data(), ANYWHERE, ANYWHERE)
def test_what_is_moved_stays_on_the_plane_and_can_be_written(
    points: Points, data: st.DataObject, across: float, up: float
) -> None:
    numbers = data.draw(st.sets(st.integers(0, len(points) - 1))) if points else set()
    changed = moved(points, numbers, across, up)
    assert parse_points(format_points(changed)) == changed and class_counts(changed) == class_counts(points)
    assert all(one == points[number] for number, one in enumerate(changed) if number not in numbers)


def test_what_is_lacking_is_said() -> None:
    assert "points of two classes" in lacking(())
    assert "of one class, 1" in lacking(THREE[1:])
    assert lacking(THREE) == ""
    assert class_counts(THREE) == [1, 2, 0, 0, 0, 0, 0, 0]


def test_a_project_keeps_them_and_one_with_points_that_cannot_be_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.nnstudio"
    project = edits.set_data(Project(), source="drawn", points=format_points(THREE))
    save(project, path)
    assert open_project(path).data == project.data
    assert not is_path(drawn_points.DRAWN)
    with pytest.raises(UserError, match="class 8"):
        check_data(DataChoice("drawn", points="0 0 8"))


def test_a_file_with_that_name_stays_a_file(tmp_path: Path) -> None:
    file = tmp_path / "drawn"
    file.write_text("a,b\n1,2\n")
    save(edits.set_data(Project(), source=str(file)), tmp_path / "a.nnstudio")
    assert open_project(tmp_path / "a.nnstudio").data.source == str(file)


def test_what_is_known_stands_with_the_classes_that_the_points_tell() -> None:
    project = edits.set_data(Project(), source="drawn", points=format_points(THREE))
    facts = DataFacts(3, (2,), "class", ("0", "1"), 1, 1, 1)
    project = edits.set_facts(project, project.data, facts)
    assert edits.set_points(project, (*THREE, THREE[0])).facts == facts
    assert edits.set_points(project, THREE[1:]).facts is None
    drawn = edits.set_points(project, (*THREE, DrawnPoint(2, 2, 5))).facts
    assert drawn is not None and drawn.classes == ("0", "1", "5") and drawn.outputs == 3 and drawn.rows == facts.rows
    assert edits.set_points(edits.set_data(project, source="toy:xor"), THREE).facts is None


def test_other_points_are_named_and_not_listed() -> None:
    one, other = DataChoice("drawn", points="0 0 0;1 1 1"), DataChoice("drawn", points="0 0 0;1 2 1", seed=1)
    assert data_differences(one, one) == []
    assert data_differences(one, other) == ["split seed 0 → 1", "other points"]
