"""What a command of the window is, and the menus that commands are in."""

from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

from nnstudio.text import mark


@dataclass(frozen=True)
class Command:
    """One command; `keys` are what Qt calls standard for this system, or typed out.

    A switch stays on or off; `switch` says which at first, None that the command is none. The keys of one that is
    there `everywhere` are heard in every window of the program.
    """

    name: str
    menu: str
    text: str
    help: str
    keys: tuple[str | QKeySequence.StandardKey, ...] = ()
    icon: str = ""
    switch: bool | None = None
    everywhere: bool = False


FILE, EDIT, VIEW, TRAINING, INSIDE, LESSON, PRESENTING, HELP = (
    mark("&File"),
    mark("&Edit"),
    mark("&View"),
    mark("&Training"),
    mark("&Inside"),
    mark("&Lesson"),
    mark("&Presenting"),
    mark("&Help"),
)
