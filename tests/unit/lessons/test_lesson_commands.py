"""`nnstudio lesson list` and `lesson check`: what they answer, and with which exit status."""

import json
from pathlib import Path

import pytest

from nnstudio.cli.main import main
from tests.lessons import SHIPPED, lesson, step, written


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    status = main(["--json", *words] if words[0] == "--json" else [*words, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_a_lesson_that_is_alive_is_said_and_gives_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesson", "check", str(SHIPPED["04-cost"])]) == 0
    assert capsys.readouterr().out == "04-cost.lesson.json: 4 steps, all alive\n"


def test_a_dead_lesson_is_said_and_gives_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(lesson(step(start={"example": "circle"}, point="layer:dense_9")), tmp_path)
    assert main(["lesson", "check", str(path)]) == 2
    found = capsys.readouterr().out.splitlines()
    assert found == ["x.lesson.json: 1 step, not alive:", "  one: “layer:dense_9” is nothing that can be pointed at."]


def test_the_answer_is_one_object_where_json_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dead = written(lesson(step(start={"example": "circle"}, point="layer:dense_9")), tmp_path)
    status, found = answer(capsys, "lesson", "check", str(SHIPPED["04-cost"]), str(dead))
    assert status == 2
    assert found["problems"] == 1
    alive, broken = found["lessons"]  # type: ignore[misc]
    assert alive == {"lesson": str(SHIPPED["04-cost"]), "steps": 4, "problems": []}
    assert [one["step"] for one in broken["problems"]] == ["one"]


@pytest.mark.parametrize("content", ["{", json.dumps(lesson(surprise=1)), json.dumps(lesson(format=2))])
def test_what_is_no_lesson_gives_2_and_a_sentence(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lesson", "check", str(written(content, tmp_path))]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("nnstudio: error: ")
    assert said.out == ""


def test_all_that_ship_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    status, found = answer(capsys, "lesson", "list")
    assert status == 0
    assert [one["id"] for one in found["lessons"]] == list(SHIPPED)  # type: ignore[attr-defined]
