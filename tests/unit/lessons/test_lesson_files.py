"""A lesson's file is strict, and whatever stands in it is data."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from nnstudio.lessons.lesson_file import MOST_BYTES, read_lesson
from nnstudio.lessons.measures import filled
from nnstudio.lessons.starting import started
from nnstudio.project.model import Project
from nnstudio.text import UserError
from tests.lessons import SHIPPED, Raw, lesson, made, places, raw, step, words, written

CHOICE = {"type": "choice", "options": [{"id": "a", "text": words("a")}, {"id": "b", "text": words("b")}]}


def refusal(content: Raw | str | bytes, folder: Path) -> str:
    with pytest.raises(UserError) as said:
        read_lesson(written(content, folder))
    return str(said.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lesson(surprise=1), "“surprise” is not known"),
        (lesson(step(surprise=1)), "“surprise” is not known"),
        (lesson(format=2), "newer nnstudio (format 2)"),
        (lesson(format=0), "names no format"),
        (lesson(format=True), "names no format"),
        (lesson(format="1"), "names no format"),
        (lesson(steps=[]), "from 1 to 60 steps"),
        (lesson(step(), step()), "an id of its own"),
        (lesson(step(id="")), "an id of its own"),
        (lesson(step(text=words("x" * 201))), "1 to 200 characters"),
        (lesson(step(hint=words("x" * 2001))), "1 to 2000 characters"),
        (lesson(step(text={"en": "  ", "es": "x"})), "1 to 200 characters"),
        (lesson(step(text={"fr": "Bonjour"})), "“fr” is no language"),
        (lesson(title={}), "there is no text"),
        (lesson(summary={"fr": "Bonjour"}), "“fr” is no language"),
        (lesson(minutes=0), "from 1 to 600 minutes"),
        (lesson(minutes="5"), "“minutes” must be a whole number"),
        (lesson(step(text=words("{nothing}"))), "“nothing” is no measure"),
        (lesson(step(text=words("{0.__class__}"))), "“0” is no measure"),
        (lesson(step(point="nowhere")), "nothing that can be pointed at"),
        (lesson(step(show=["nowhere"])), "nothing that can be shown"),
        (lesson(step(allow=["actionQuit"])), "no command that a lesson can allow"),
        (lesson(step(do={"units": "3"})), "is no setting"),
        (lesson(step(start={"settings": {"training.speed": "3"}})), "“training.speed” is no setting"),
        (lesson(step(start={"epoch": -1})), "begins at epoch 0"),
        (lesson(step(expect=[{"measure": "luck", "value": 1}])), "“luck” is no measure"),
        (lesson(step(expect=[{"measure": "seconds", "value": 1}])), "is another each time"),
        (lesson(step(goal=[{"type": "wishful"}])), "wishful"),
        (lesson(step(goal=[{"type": "run_finished", "count": 10**9}])), "what is counted is from 1 to 50"),
        (lesson(step(goal=[{"type": "run_finished", "count": 0}])), "what is counted is from 1 to 50"),
        (
            lesson(step(goal=[{"type": "command_done", "command": "actionQuit"}])),
            "no command that a lesson can ask for",
        ),
        (lesson(step(goal=[{"type": "layer_there", "layer": "os.system"}])), "os.system"),
        (lesson(step(ask={**CHOICE, "answer": "c"})), "“c” is none of the answers"),
        (lesson(step(ask={**CHOICE, "options": CHOICE["options"][:1]})), "from 2 to 12 answers"),
        (lesson(step(ask={"type": "number", "lowest": 2, "highest": 1, "answer": 1})), "between two bounds"),
        (lesson(step(ask={"type": "number", "lowest": 0, "highest": 1, "answer": 2})), "lies between its bounds"),
        (lesson(step(ask={"type": "number", "lowest": 0, "highest": 1})), "either a measure or an answer"),
        (lesson(step(ask={"type": "sketch", "measure": "weights"})), "only these curves"),
        ("[]", "not valid"),
        ("{", "not valid"),
        ('{"format": 1, "format": 1}', "stands there twice"),
        (json.dumps(lesson()).replace('"Do it."', "NaN", 1), "NaN is not a number"),
        (json.dumps(lesson(minutes=5)).replace("5", "1e999"), "out of range"),
        (json.dumps(lesson(minutes=5)).replace("5", "9" * 30), "out of range"),
        ('{"format": 1, "title": ' + "[" * 100 + "]" * 100 + "}", "nested too deeply"),
        (b'{"format": 1, "title": "\xff"}', "UTF-8"),
        (b" " * (MOST_BYTES + 1), "larger than a lesson can be"),
    ],
)
def test_what_is_no_lesson_is_refused_in_words(content: Raw | str | bytes, said: str, tmp_path: Path) -> None:
    assert said in refusal(content, tmp_path)


def test_the_step_with_the_mistake_is_named(tmp_path: Path) -> None:
    found = refusal(lesson(step(), step(id="two", point="nowhere")), tmp_path)
    assert "x.lesson.json" in found
    assert "step 2 (“two”)" in found


@pytest.mark.parametrize("text", ["<b>bold</b>", "../../etc/passwd", "{0!r}", "{}", "%s %d", "{{7*7}}", "file:///etc"])
def test_a_text_is_shown_as_it_stands(text: str, tmp_path: Path) -> None:
    found = made(lesson(step(id=text, title=words(text), text=words(text))), tmp_path).steps[0]
    assert (found.id, found.title["en"]) == (text, text)
    assert filled(found.text["es"], lambda name: 7.0) == text


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        read_lesson(tmp_path / "none.lesson.json")


VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 10**12, 10**19, 1e308, 5e-324, "", "x" * 5000, "\0", "/", "%s{0}\n", [], {}, [0], [["a"]],
)  # fmt: skip


@pytest.mark.parametrize("id", SHIPPED)
def test_whatever_stands_in_its_place_is_taken_or_refused_in_words(id: str, tmp_path: Path) -> None:
    """Many leaves of a lesson, one by one, are something else: reading and beginning raise only words."""
    content, chance = raw(id), random.Random(id)
    refused = 0
    leaves = len(list(places(content)))
    for number in chance.sample(range(leaves), min(leaves, 80)):
        spoilt = copy.deepcopy(content)
        holder, key, _name = list(places(spoilt))[number]
        holder[key] = chance.choice(VALUES)
        try:
            for one in made(spoilt, tmp_path).steps:
                started(one.start, Project())
        except UserError:
            refused += 1
    assert refused
