"""What the check finds in lessons made wrong on purpose: one test a mistake, none of which trains."""

from pathlib import Path
from typing import Any

import pytest

from nnstudio.lessons.anchors import runs_needed
from nnstudio.lessons.check import played
from tests.lessons import Raw, lesson, made, step, words

RING = {"example": "circle"}


def messages(folder: Path, *steps: Raw, **parts: Any) -> list[str]:
    return [one["message"] for one in played(made(lesson(*steps, **parts), folder))]


def test_a_step_that_only_reads_is_whole(tmp_path: Path) -> None:
    assert messages(tmp_path, step(start=RING)) == []


@pytest.mark.parametrize(
    "parts",
    [
        {"title": {"en": "Only English"}},
        {"hint": {"es": "Solo español"}},
        {"ask": {"type": "choice", "options": [{"id": "a", "text": words("a")}, {"id": "b", "text": {"en": "b"}}]}},
    ],
)
def test_a_language_that_is_missing_is_said(parts: Raw, tmp_path: Path) -> None:
    found = messages(tmp_path, step(start=RING, **parts))
    assert len(found) == 1
    assert "there is no text in" in found[0]


def test_a_language_that_the_summary_lacks_is_said(tmp_path: Path) -> None:
    assert messages(tmp_path, step(start=RING), summary={"en": "Only English"}) == ["there is no text in “es”."]


def test_a_number_that_one_language_does_not_tell_is_said(tmp_path: Path) -> None:
    found = messages(tmp_path, step(start=RING, reveal={"en": "{parameters} and {epochs}", "es": "{parameters}"}))
    assert found == ["its text in “es” does not tell all the numbers that another language does."]


def test_a_goal_that_is_met_from_the_start_is_said(tmp_path: Path) -> None:
    goal = [{"type": "setting_is", "setting": "training.optimizer", "value": "sgd"}]
    assert messages(tmp_path, step(start=RING, goal=goal)) == ["its goal is met before anything is done."]


def test_a_warning_that_cannot_come_about_is_said(tmp_path: Path) -> None:
    when = [
        {"type": "setting_is", "setting": "training.optimizer", "value": "adam"},
        {"type": "setting_is", "setting": "training.optimizer", "value": "sgd"},
    ]
    warn = [{"when": when, "text": words("Both at once.")}]
    assert messages(tmp_path, step(start=RING, warn=warn)) == ["what it warns of cannot come about."]


def test_a_repair_that_puts_nothing_right_is_said(tmp_path: Path) -> None:
    when = [{"type": "setting_at_least", "setting": "training.learning_rate", "value": 1}]
    warn = [{"when": when, "text": words("Too long."), "repair": {"training.learning_rate": "2"}}]
    assert messages(tmp_path, step(start=RING, warn=warn)) == ["what it warns of is still there when it was put right."]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"goal": [{"type": "command_done", "command": "actionArrange"}]}, "actionArrange"),
        ({"goal": [{"type": "view_open", "view": "chainLab"}]}, "actionChainLab"),
    ],
)
def test_a_command_that_is_needed_and_not_allowed_is_said(parts: Raw, said: str, tmp_path: Path) -> None:
    found = messages(tmp_path, step(start=RING, allow=["actionUndo"], **parts))
    assert found == [f"it asks for “{said}” and does not allow it."]
    assert messages(tmp_path, step(start=RING, allow=["actionUndo", said], **parts)) == []


def test_a_run_that_is_not_allowed_is_said(tmp_path: Path) -> None:
    start = {"example": "iris", "settings": {"training.epochs": "1"}}
    found = messages(tmp_path, step(start=start, goal=[{"type": "run_finished"}], allow=["actionUndo"]))
    assert found == ["it asks for a run and does not allow to train."]


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ({"run": "run-1"}, "there is no run-1 when the step begins."),
        ({"example": "nowhere"}, "nowhere"),
        ({"example": "../../etc/passwd"}, "There is no example"),
        ({"example": "circle", "settings": {"dense_9.units": "3"}}, "dense_9"),
        ({"example": "circle", "settings": {"training.learning_rate": "fast"}}, "fast"),
        ({"layers": "dense:4"}, "data has been read"),
        ({"project": {"network": {"layers": 3}}, "format": 9}, "not valid"),
        ({"project": {}, "format": 99}, "newer nnstudio"),
        ({"project": {"data": {"source": "/etc/passwd"}}, "format": 9}, "from within nnstudio"),
        ({"project": {"data": {"source": "drawn.csv"}}, "format": 9}, "from within nnstudio"),
        ({"project": {"data": {"source": "toy:xor", "test_source": "\\\\host\\share\\x.csv"}}, "format": 9}, "within"),
    ],
)
def test_a_start_that_cannot_be_is_said(start: Raw, said: str, tmp_path: Path) -> None:
    found = messages(tmp_path, step(start=start if "run" not in start else {**RING, **start}))
    assert found
    assert said in found[0]


def test_a_step_may_not_begin_behind_the_end_of_a_run(tmp_path: Path) -> None:
    first = step(start={"example": "iris", "settings": {"training.epochs": "2"}}, goal=[{"type": "run_finished"}])
    assert messages(tmp_path, first, step(id="two", start={"run": "run-1", "epoch": 2})) == []
    found = messages(tmp_path, first, step(id="two", start={"run": "run-1", "epoch": 3}))
    assert found == ["run-1 has 2 epochs; the step begins at 3."]


@pytest.mark.parametrize("number", ["{gap_at_end}", "{parameters.other}", "{weight:dense_9:0:0}", "{best_epoch.a}"])
def test_a_number_that_is_not_there_is_said(number: str, tmp_path: Path) -> None:
    found = messages(tmp_path, step(start=RING, reveal=words(f"It is {number}.")))
    assert found == [f"its text tells {number.strip('{}')}, which there is not."]


def test_a_number_that_is_another_each_time_is_no_number_to_rely_on(tmp_path: Path) -> None:
    start = {"example": "iris", "settings": {"training.epochs": "1"}}
    found = messages(tmp_path, step(start=start, goal=[{"type": "run_finished"}], reveal=words("{seconds} s")))
    assert found == ["its text tells seconds, which is another each time."]


@pytest.mark.parametrize(
    ("parts", "count"),
    [
        ({}, 0),
        ({"ask": {"type": "number", "lowest": 0, "highest": 9, "measure": "parameters"}}, 0),
        ({"ask": {"type": "number", "lowest": 0, "highest": 9, "answer": 3}}, 0),
        ({"ask": {"type": "number", "lowest": 0, "highest": 9, "measure": "best_epoch"}}, 1),
        ({"ask": {"type": "star"}}, 1),
        ({"ask": {"type": "sketch"}}, 1),
        ({"goal": [{"type": "measure_below", "measure": "gap_at_end", "value": 1}]}, 1),
        ({"goal": [{"type": "run_finished", "count": 4}]}, 4),
        ({"goal": [{"type": "runs_compared", "count": 3}]}, 3),
    ],
)
def test_as_many_runs_are_made_as_a_step_needs(parts: Raw, count: int, tmp_path: Path) -> None:
    assert runs_needed(made(lesson(step(**parts)), tmp_path).steps[0]) == count


def test_runs_that_are_there_can_be_compared(tmp_path: Path) -> None:
    found = made(lesson(step(goal=[{"type": "runs_compared", "count": 3}])), tmp_path).steps[0]
    assert [runs_needed(found, there) for there in range(5)] == [3, 2, 1, 0, 0]
