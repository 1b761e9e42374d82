"""The lessons that come with the program: alive, asking first, short, and whole in both languages."""

import re
from collections.abc import Iterator

import msgspec
import pytest

from nnstudio.lessons.check import missing_texts, played, texts_of
from nnstudio.lessons.lesson_file import read_lesson, write_lesson
from nnstudio.lessons.measures import PLACE
from nnstudio.lessons.model import Ask, Condition, Lesson, MeasureBelow
from nnstudio.text import LANGUAGES
from tests.lessons import SHIPPED

NUMBER = re.compile(r"\d+(?:[.\u00a0]\d+)*")

every_lesson = pytest.mark.parametrize("id", SHIPPED)


def lessons() -> Iterator[Lesson]:
    for path in SHIPPED.values():
        yield read_lesson(path)


def kind(value: object) -> str:
    return str(value.__struct_config__.tag)  # type: ignore[attr-defined]


def test_there_is_one_for_each_of_the_fourteen_topics() -> None:
    assert [id[:2] for id in SHIPPED] == [f"{number:02}" for number in range(1, 15)]


@every_lesson
def test_every_step_can_be_played(id: str) -> None:
    assert played(read_lesson(SHIPPED[id])) == []


@every_lesson
def test_it_asks_before_it_shows_and_leaves_room_to_play(id: str) -> None:
    lesson = read_lesson(SHIPPED[id])
    assert 3 <= len(lesson.steps) <= 6
    assert lesson.minutes <= 5
    assert any(step.ask for step in lesson.steps)
    assert all(step.reveal for step in lesson.steps)
    assert any(step.ask is None and any(isinstance(one, MeasureBelow) for one in step.goal) for step in lesson.steps)


@every_lesson
def test_its_texts_are_there_in_both_languages_and_tell_the_same_numbers(id: str) -> None:
    lesson = read_lesson(SHIPPED[id])
    assert missing_texts(lesson) == []
    for words in (lesson.title, lesson.summary, *(one for step in lesson.steps for one in texts_of(step))):
        told = [sorted(NUMBER.findall(PLACE.sub(r" \1 ", words[code]))) for code in LANGUAGES if words]
        assert all(one == told[0] for one in told), words
        if words and len(words["en"]) > 30 and re.search(r"[a-z]{4}", words["en"]):
            assert words["en"] != words["es"]


@every_lesson
def test_it_is_written_as_it_is_read(id: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    lesson = read_lesson(SHIPPED[id])
    path = tmp_path / "again.lesson.json"
    write_lesson(lesson, path)
    assert msgspec.to_builtins(read_lesson(path)) == msgspec.to_builtins(lesson)


def test_together_they_use_every_way_of_asking_and_nearly_every_condition() -> None:
    asks = {kind(step.ask) for lesson in lessons() for step in lesson.steps if step.ask}
    assert asks == {kind(one) for one in Ask.__args__}
    conditions = {kind(one) for lesson in lessons() for step in lesson.steps for one in step.goal}
    assert {kind(one) for one in Condition.__args__} - conditions == {"shape"}
    assert any(step.warn for lesson in lessons() for step in lesson.steps)
    assert any(step.ask and step.ask.again for lesson in lessons() for step in lesson.steps)
