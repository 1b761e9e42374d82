"""Work that is in no file yet, kept in the user's own folder, and found again after the program has died.

ID.nnstudio   the project, without its larger members and the larger pieces of its description, such as some runs
ID.parts/     those, each under its SHA-256: they are written once, and not every ten seconds as long as work goes on
ID.json       whose work it is
"""

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec

from nnstudio.project.archive import SUFFIX, Member, Told, members_of, open_project, sha256
from nnstudio.project.container import DESCRIPTION, THUMBNAIL, pack
from nnstudio.project.files import file_error, files_in, is_plain, is_there, put_in_place, write_whole
from nnstudio.project.model import Project
from nnstudio.project.progress import FileProgress
from nnstudio.project.running import is_gone, this_program
from nnstudio.text import UserError

DECLINED, UNREADABLE = "declined", "unreadable"
LARGE = 2**11
"""Bytes from which a member is kept by itself."""
RUN, CHECKSUM, MEMBERS = b"\n   {", b'\n "sha256"', b'\n "members"'
"""What begins a run in a description, or anything else in a list of the project or of what runs share: the brace at its
depth. And what begins the checksum behind all that, and the list of members."""
TOGETHER = 8
"""So many runs, one after the other, are one piece."""
SHA256 = re.compile("[0-9a-f]{64}")
KEPT_FOR = 7 * 24 * 3600
"""Seconds for which work that was declined is kept all the same."""


class Note(msgspec.Struct, frozen=True):
    """Beside a kept project: the file it belongs to, "" for none yet, the program that kept it, and the data outside
    the project's folder that it may not read."""

    path: str
    program: str = ""
    refused: tuple[str, ...] = ()


class Piece(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of a description: its text, or where that is among the parts."""

    text: str = ""
    part: Member | None = None


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
        members, listed = members_of(project, self.folder.resolve(), thumbnail)
        inside, apart = divided(members, listed)
        parts = parts_of(self.file)
        known = {one.name for one in files_in(parts, "*")}
        for name in apart.keys() - known:
            write_part(parts / name, apart[name])
        note = Note(str(path or ""), this_program(), tuple(sorted(refused)))
        write_whole(self.file.with_suffix(".json"), msgspec.json.encode(note))
        write_whole(self.file, pack(inside))
        for outdated in known - apart.keys():
            with suppress(OSError):  # it is tried again the next time
                (parts / outdated).unlink()

    def drop(self) -> None:
        """Keep nothing any more: it is saved, or not wanted."""
        remove(self.file)


def parts_of(file: Path) -> Path:
    """The folder of the larger members of a kept project."""
    return file.with_suffix(".parts")


def divided(members: Mapping[str, bytes], listed: Mapping[str, Member]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What stays in a kept file, by name, and what lies beside it, by SHA-256."""
    inside, apart = dict(members), dict[str, bytes]()
    for name, member in listed.items():
        if member.size >= LARGE and name != THUMBNAIL:
            apart[member.sha256] = inside.pop(name)
    texts = texts_of(members[DESCRIPTION])
    if len(texts) > 3:  # without runs it is small, and stays as in any other file
        pieces = [piece_of(text) for text in texts]
        apart |= {piece.part.sha256: text for piece, text in zip(pieces, texts, strict=True) if piece.part}
        inside[DESCRIPTION] = msgspec.json.encode(pieces)
    return inside, apart


def piece_of(text: bytes) -> Piece:
    return Piece(text.decode()) if len(text) < LARGE else Piece(part=Member(len(text), sha256(text)))


def texts_of(description: bytes) -> list[bytes]:
    """A description cut before each of its runs, some of which stay together, and before the list of members."""
    content, checksum, end = description.partition(CHECKSUM)
    behind, members, listed = end.partition(MEMBERS)
    first, *runs = content.split(RUN)
    cut = [RUN + run for run in runs]
    blocks = [b"".join(cut[start : start + TOGETHER]) for start in range(0, len(cut), TOGETHER)]
    return [first, *blocks, checksum + behind, members + listed]


def write_part(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise file_error(error, path) from None
    write_whole(path, content)


def open_kept(file: Path, told: Told | None = None, progress: FileProgress | None = None) -> Project:
    """A kept project, as `open_project` opens one."""

    def part(member: Member) -> bytes | None:
        if not SHA256.fullmatch(member.sha256):
            return None  # anything else could name a file elsewhere
        try:
            content = (parts_of(file) / member.sha256).read_bytes()
        except OSError:
            return None
        return content if len(content) == member.size and sha256(content) == member.sha256 else None

    def joined(description: bytes | None) -> bytes | None:
        try:
            pieces = msgspec.json.decode(description or b"", type=list[Piece])
        except msgspec.MsgspecError:
            return description  # kept whole, by a version before
        texts = [part(piece.part) if piece.part else piece.text.encode() for piece in pieces]
        return None if None in texts else b"".join(text for text in texts if text is not None)

    return open_project(file, told, progress, part, joined)


def remove(file: Path) -> None:
    for part in (file, file.with_suffix(".json"), *files_in(parts_of(file), "*")):
        with suppress(OSError):  # it is found again then
            part.unlink(missing_ok=True)
    with suppress(OSError):
        parts_of(file).rmdir()


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
            open_kept(file)
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
            open_kept(file)
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
        # The parts first: what is moved without them could not be opened.
        for part in (parts_of(file), file, file.with_suffix(".json")):
            if is_there(part):
                put_in_place(part, folder / part.name)
