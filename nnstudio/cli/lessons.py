"""The verbs for lessons: `lesson list`, and `lesson check`, which plays every step without a screen."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from nnstudio.lessons.lesson_file import lesson_id, read_lesson, shipped
from nnstudio.lessons.measures import said
from nnstudio.text import translate as _
from nnstudio.text import translate_count

Answer = tuple[dict[str, Any], int]
DONE, MISTAKE = 0, 2


def list_lessons(options: Namespace) -> Answer:
    """The lessons that come with the program."""
    found = []
    for path in shipped():
        lesson = read_lesson(path)
        found.append(
            {"id": lesson_id(path), "title": said(lesson.title), "steps": len(lesson.steps), "minutes": lesson.minutes}
        )
    if not options.json:
        for one in found:
            print(f"{one['id']}  {one['title']}")
    return {"lessons": found}, DONE


def check(options: Namespace) -> Answer:
    """Play every step of a lesson, in every language, and say what is dead."""
    from nnstudio.lessons.check import played

    answers, dead = list[dict[str, Any]](), 0
    for path in options.files or shipped():
        lesson = read_lesson(Path(path))
        problems = played(lesson)
        dead += len(problems)
        answers.append({"lesson": str(path), "steps": len(lesson.steps), "problems": problems})
        if not options.json:
            print_problems(Path(path), len(lesson.steps), problems)
    return {"lessons": answers, "problems": dead}, MISTAKE if dead else DONE


def print_problems(path: Path, steps: int, problems: list[dict[str, str]]) -> None:
    words = translate_count("{count} step", "{count} steps", steps).format(count=steps)
    print(f"{path.name}: {words}, " + (_("all alive") if not problems else _("not alive:")))
    for problem in problems:
        print(f"  {problem['step']}: {problem['message']}")
