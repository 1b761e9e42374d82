"""What is asked about a whole lesson: run on a thread."""

from collections.abc import Iterator, Sequence

from nnstudio.lessons.model import Lesson
from nnstudio.training.control import Control, Mode
from nnstudio.ui.background.one_core import on_one_core

Problems = list[dict[str, str]]


@on_one_core
def checked(lesson: Lesson, languages: Sequence[str], control: Control) -> Iterator[Problems]:
    """What is dead in each step of a lesson, one after the other as it is played; nothing more once it is stopped."""
    from nnstudio.lessons.check import played_by_step

    for problems in played_by_step(lesson, languages, control):
        if control.mode is Mode.STOP:
            return
        yield problems
