"""What lies in a folder of pictures: the picture files below each of its sub-folders, which are the classes."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nnstudio.project.files import file_error, is_plain
from nnstudio.text import Count, UserError
from nnstudio.text import translate as _

ENDINGS = (".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".gif", ".webp", ".tif", ".tiff")
MOST_ENTRIES = 5_000_000
"""Files and folders that are looked at."""
LINKS_OF_WINDOWS = (0xA000000C, 0xA0000003)
"""The tags of symbolic links and of junctions, which are folders to all other questions."""
LOOK = 1000
"""Entries between two looks at whether more is wanted."""


@dataclass
class Found:
    """Names below the folder, with / between their parts."""

    pictures: list[str] = field(default_factory=list)
    """In an order that is the same on every system."""
    classes: list[str] = field(default_factory=list)
    """The sub-folders, those without a picture too."""
    closed: list[str] = field(default_factory=list)
    """Sub-folders that may not be looked into."""
    loose: int = 0
    """Pictures that lie in no sub-folder."""
    others: int = 0
    """Files that are no pictures by their names."""
    links: int = 0
    """Links to folders or to elsewhere, pipes, devices."""


def found_in(folder: Path, reached: Callable[[float], None]) -> Found:
    """The pictures in the sub-folders of a folder, hidden ones left out. UserError when it cannot be looked into."""
    found, seen = Found(), 0
    root = folder.resolve()
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            for entry in entries(os.path.join(folder, below)):  # noqa: PTH118
                seen += 1
                if seen % LOOK == 0:
                    check_amount(seen, folder)
                    reached(0.0)
                note(entry, below, root, found, waiting)
        except OSError as error:
            if not below:
                raise file_error(error, folder, reading=True) from None
            found.closed.append(below.rstrip("/"))
        reached(0.0)
    found.pictures.sort()
    found.classes.sort()
    found.closed.sort()
    return found


def entries(folder: str) -> Iterator["os.DirEntry[str]"]:
    """What is in a folder and not hidden."""
    with os.scandir(folder) as inside:
        for entry in inside:
            if not entry.name.startswith("."):
                yield entry


def note(entry: "os.DirEntry[str]", below: str, root: Path, found: Found, waiting: list[str]) -> None:
    """Put one thing in a folder where it belongs; a folder goes to those that wait to be looked into."""
    try:
        state = entry.stat(follow_symlinks=False)
    except OSError:  # it went meanwhile
        return
    is_link = stat.S_ISLNK(state.st_mode) or getattr(state, "st_reparse_tag", 0) in LINKS_OF_WINDOWS
    name = below + entry.name
    if stat.S_ISDIR(state.st_mode) and not is_link:
        waiting.append(f"{name}/")
        if not below:
            found.classes.append(name)
    elif not (leads_inside(Path(entry.path), root) if is_link else stat.S_ISREG(state.st_mode)):
        found.links += 1
    elif not entry.name.lower().endswith(ENDINGS):
        found.others += 1
    elif not below:
        found.loose += 1
    else:
        found.pictures.append(name)


def leads_inside(link: Path, root: Path) -> bool:
    """Whether a link leads to a file in the folder."""
    try:
        return is_plain(link) and link.resolve().is_relative_to(root)
    except (OSError, RuntimeError):
        return False


def check_amount(seen: int, folder: Path) -> None:
    if seen > MOST_ENTRIES:
        raise UserError(
            _("“{file}” holds more than {limit} files and folders. Name one that holds the pictures alone.").format(
                file=folder, limit=Count(MOST_ENTRIES)
            )
        )


def class_of(name: str) -> str:
    """The first folder in the name of a picture."""
    return name.split("/", 1)[0]


def readable(name: str) -> str:
    """A name as text: systems have names that are none."""
    return name.encode("utf-8", "surrogatepass").decode("utf-8", "backslashreplace")
