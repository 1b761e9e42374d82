"""What the welcome page looks up on a thread: recent files with their pictures, lessons, pictures of the examples."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from nnstudio import paths
from nnstudio.lessons.lesson_file import read_lesson, shipped
from nnstudio.lessons.model import Lesson
from nnstudio.project.archive import SUFFIX, open_project, thumbnail_of
from nnstudio.project.files import is_folder, is_plain
from nnstudio.project.history import HISTORY, history
from nnstudio.project.model import Network
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.look.theme import Colors
from nnstudio.ui.welcome.network_picture import network_picture


@dataclass(frozen=True)
class PictureForm:
    """How pictures are made: their size in points, how many pixels a point has, and the colours."""

    size: QSize
    ratio: float
    colors: Colors


@dataclass(frozen=True)
class RecentFound:
    """A recent file, its picture if it has one, and why it cannot be opened, or ""."""

    path: Path
    picture: QImage
    problem: str


@dataclass(frozen=True)
class LessonFound:
    """A lesson that comes with the program."""

    path: Path
    lesson: Lesson


@dataclass(frozen=True)
class ExampleFound:
    """The picture of an example."""

    name: str
    picture: QImage


Found = RecentFound | LessonFound | ExampleFound


def look(recent: Sequence[Path], examples: Sequence[str], form: PictureForm, stopped: Event) -> Iterator[Found]:
    """Find everything, one by one, until `stopped`."""
    for one in found_in_turn(recent, examples, form):
        if stopped.is_set():
            return
        yield one


def found_in_turn(recent: Sequence[Path], examples: Sequence[str], form: PictureForm) -> Iterator[Found]:
    # A file on a drive of the network that does not answer keeps waiting what comes after it: recent files are last.
    for path in shipped():
        try:
            yield LessonFound(path, read_lesson(path))
        except UserError:
            continue  # the list of lessons says what is wrong with it
    for name in examples:
        try:
            yield ExampleFound(name, network_picture(network_of(name), form.size, form.ratio, form.colors))
        except UserError:
            continue  # opening it says why it cannot be opened
    for path in recent:
        problem = why_not(path)
        yield RecentFound(path, QImage() if problem else scaled(thumbnail_of(path), form), problem)


def network_of(name: str) -> Network:
    """What an example draws."""
    return (history(name) if name in HISTORY else open_project(paths.examples() / f"{name}{SUFFIX}")).network


def why_not(path: Path) -> str:
    """Why a recent file cannot be opened; "" where nothing keeps it from that."""
    if is_plain(path):
        return ""
    if not is_folder(path.parent):
        return _("Its folder is not there")
    try:
        path.stat()
    except FileNotFoundError:
        return _("The file is gone")
    except OSError:
        return _("It cannot be read")
    return _("It is no plain file")


def scaled(content: bytes, form: PictureForm) -> QImage:
    """A kept picture in the size in which it is shown; an empty one for what is none."""
    picture = QImage.fromData(content)
    if picture.isNull():
        return picture
    made = picture.scaled(
        form.size * form.ratio,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    made.setDevicePixelRatio(form.ratio)
    return made
