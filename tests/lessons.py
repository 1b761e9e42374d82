"""Lessons for tests: small ones as what a file holds, and the places in them that can be spoilt."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nnstudio.lessons.lesson_file import SUFFIX, lesson_id, read_lesson, shipped
from nnstudio.lessons.model import Lesson

Raw = dict[str, Any]
SHIPPED = {lesson_id(path): path for path in shipped()}


def words(text: str) -> dict[str, str]:
    return {"en": text, "es": text}


def step(**parts: Any) -> Raw:
    """A step with a title and a text, and what else it is given."""
    return {"id": "one", "title": words("A step"), "text": words("Do it."), **parts}


def lesson(*steps: Raw, **parts: Any) -> Raw:
    """A lesson of these steps, or of one that does nothing."""
    return {"format": 1, "title": words("A lesson"), "steps": list(steps or [step()]), **parts}


def raw(id: str) -> Raw:
    """What the file of a lesson that ships holds."""
    found: Raw = json.loads(SHIPPED[id].read_text(encoding="utf-8"))
    return found


def written(content: Raw | str | bytes, folder: Path) -> Path:
    """A lesson's file with this in it."""
    path = folder / f"x{SUFFIX}"
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def made(content: Raw, folder: Path) -> Lesson:
    """The lesson that a file with this in it gives."""
    return read_lesson(written(content, folder))


def places(found: Any, key: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Every leaf of a description: what holds it, its key or place there, and the last name on the way to it."""
    for place, value in list(found.items() if isinstance(found, dict) else enumerate(found)):
        name = place if isinstance(place, str) else key
        if isinstance(value, dict | list):
            yield from places(value, name)
        else:
            yield found, place, name
