"""Work that is in no file yet, kept in the user's own folder, and found again after the program has died."""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec

from nnstudio.project.archive import SUFFIX, open_project, to_bytes
from nnstudio.project.files import file_error, files_in, is_plain, is_there, put_in_place, write_whole
from nnstudio.project.model import Project
from nnstudio.project.running import is_gone, this_program
from nnstudio.text import UserError

DECLINED, UNREADABLE = "declined", "unreadable"
KEPT_FOR = 7 * 24 * 3600
"""Seconds for which work that was declined is kept all the same."""


class Note(msgspec.Struct, frozen=True):
    """Beside a kept project: the file it belongs to, "" for none yet, the program that kept it, and the data outside
    the project's folder that it may not read."""

    path: str
    program: str = ""
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """Work that a program that is gone has left: the kept file, the project's own, when each was last written, and the
    data that it may not read."""

    file: Path
    path: Path | None
    kept: datetime
    saved: datetime | None
    refused: frozenset[str] = frozenset()


class RecoveryStore:
    """Where one window keeps its unsaved work."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / f"{uuid4().hex[:16]}{SUFFIX}"

    def keep(
        self, project: Project, path: Path | None, thumbnail: bytes = b"", refused: frozenset[str] = frozenset()
    ) -> None:
        """Keep the project as it is now; UserError says why it cannot be kept. What was kept before gives way whole."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise file_error(error, self.file) from None
        note = Note(str(path or ""), this_program(), tuple(sorted(refused)))
        write_whole(self.file.with_suffix(".json"), msgspec.json.encode(note))
        write_whole(self.file, to_bytes(project, self.folder.resolve(), thumbnail))

    def drop(self) -> None:
        """Keep nothing any more: it is saved, or not wanted."""
        remove(self.file)


def remove(file: Path) -> None:
    for part in (file, file.with_suffix(".json")):
        with suppress(OSError):  # it is found again then
            part.unlink(missing_ok=True)


def left_behind(folder: Path) -> list[Found]:
    """What programs that are gone have kept, newest first; what cannot be read is moved aside and never deleted. What
    has been put aside for a week goes."""
    forget_old(folder)
    found = []
    for note_file in files_in(folder, "*.json"):
        file = note_file.with_suffix(SUFFIX)
        try:
            note = msgspec.json.decode(note_file.read_bytes(), type=Note)
            if not is_gone(note.program, note_file.stat().st_mtime):
                continue
            open_project(file)
        except (msgspec.DecodeError, OSError, UserError):
            move_aside(file, folder / UNREADABLE)
            continue
        found.append(found_work(file, note))
    return sorted(found, key=lambda one: one.kept, reverse=True)


def put_aside(folder: Path) -> list[Found]:
    """What was declined and is still kept, newest first."""
    found = []
    for file in files_in(folder / DECLINED, f"*{SUFFIX}"):
        try:
            note = msgspec.json.decode(file.with_suffix(".json").read_bytes(), type=Note)
            open_project(file)
        except (msgspec.DecodeError, OSError, UserError):
            continue
        found.append(found_work(file, note))
    return sorted(found, key=lambda one: one.kept, reverse=True)


def found_work(file: Path, note: Note) -> Found:
    path = Path(note.path) if note.path else None
    saved = written(path) if path is not None and is_plain(path) else None
    return Found(file, path, written(file), saved, frozenset(note.refused))


def written(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).astimezone()


def decline(one: Found, folder: Path) -> None:
    """Put work aside that is not wanted now."""
    move_aside(one.file, folder / DECLINED)
    with suppress(OSError):
        (folder / DECLINED / one.file.name).touch()  # the week begins now


def forget_old(folder: Path) -> None:
    """Remove what has been aside for a week."""
    for file in files_in(folder / DECLINED, f"*{SUFFIX}"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > KEPT_FOR:
                remove(file)


def move_aside(file: Path, folder: Path) -> None:
    with suppress(OSError):  # it stays where it is then, and is found again
        folder.mkdir(parents=True, exist_ok=True)
        for part in (file, file.with_suffix(".json")):
            if is_there(part):
                put_in_place(part, folder / part.name)
