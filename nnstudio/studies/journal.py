"""The trials of a study under way, in a file beside its project: each setting is added as soon as it is trained, so
that whatever ends the program, at most what was under way is trained again.

A record is its length and SHA-256, then the trials as msgpack. One that is cut short was never finished, and is cut
off. When the study ends its trials go into the project file, and the journal goes.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from nnstudio.project.checks import check_runs
from nnstudio.project.files import file_error, is_plain
from nnstudio.project.model import Run, Study
from nnstudio.project.studies import definition
from nnstudio.text import UserError
from nnstudio.text import translate as _

MARK = b"NNS1"
HEAD = len(MARK) + 8 + 32
MOST_RECORD = 2**31


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """The trials of a setting; `study` is the checksum of the study they belong to."""

    study: str
    runs: tuple[Run, ...]


class Journal:
    """The journal of a study of a project file."""

    def __init__(self, project: Path, study: Study) -> None:
        self.path = project.with_name(f"{project.name}.{study.id}.trials")
        self._study = checksum(study)

    def read(self) -> Iterator[tuple[Run, ...]]:
        """The trials of each setting, in the order in which they were trained. UserError for what cannot be read, but
        for a last record that is cut short."""
        for record, _end in self._records():
            if record.study == self._study:
                yield record.runs

    def _records(self) -> Iterator[tuple[Record, int]]:
        """Each sound record, and the place where it ends."""
        if not is_plain(self.path):
            return
        with self.path.open("rb") as file:
            while True:
                head = file.read(HEAD)
                if len(head) < HEAD or not head.startswith(MARK):
                    return
                size = int.from_bytes(head[len(MARK) : len(MARK) + 8], "little")
                content = file.read(size) if size <= MOST_RECORD else b""
                if len(content) < size or hashlib.sha256(content).digest() != head[-32:]:
                    return
                yield self._record(content), file.tell()

    def _record(self, content: bytes) -> Record:
        """A record whose bytes are those that were written. UserError for one that this version did not write."""
        try:
            record = msgspec.msgpack.decode(content, type=Record)
            check_runs([replace(run, id=f"run-{place + 1}") for place, run in enumerate(record.runs)])
        except (msgspec.MsgspecError, UserError) as error:
            raise UserError(
                _("“{file}” holds trials that cannot be read: {reason} Move it away to run the study anew.").format(
                    file=self.path.name, reason=error
                )
            ) from None
        return record

    def append(self, runs: Sequence[Run]) -> None:
        """Add the trials of a setting; they are on the disk when this returns. UserError says why they cannot be
        written."""
        content = msgspec.msgpack.encode(Record(self._study, tuple(runs)))
        size = len(content).to_bytes(8, "little")
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
            try:
                write_all(handle, MARK + size + hashlib.sha256(content).digest() + content)
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise file_error(error, self.path) from None

    def mend(self) -> None:
        """Cut off a record that was never finished: what is added behind it would not be found."""
        end = 0
        for _record, place in self._records():
            end = place
        try:
            if is_plain(self.path) and self.path.stat().st_size > end:
                os.truncate(self.path, end)
        except OSError as error:
            raise file_error(error, self.path) from None

    def remove(self) -> None:
        """The trials are in the project file now."""
        with suppress(FileNotFoundError):
            self.path.unlink()


def checksum(study: Study) -> str:
    """By which it is told whether trials are those of a study."""
    return hashlib.sha256(definition(study)).hexdigest()


def write_all(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]
