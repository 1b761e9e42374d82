"""Reads files of data from where they lie, or else from the copies that a project keeps of small ones."""

import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import BinaryIO

from nnstudio.data.room import check_growth, check_memory, most_unpacked
from nnstudio.project.edits import labels_of
from nnstudio.project.files import file_error, is_there, sha256_of
from nnstudio.project.model import DataFile
from nnstudio.project.progress import FileProgress
from nnstudio.text import UserError
from nnstudio.text import translate as _

MOST_BYTES = 2**32
PIECE = 2**22
"""Bytes that are read between two looks at whether more is wanted."""
READ = 0.3
"""What of the work on a file is done when its bytes are there."""
MOST_KEPT = 2**22
"""Bytes of a file that is kept in the project whole, so that the project can be handed to a class."""


class Reader:
    """Reads files, and remembers what they were: `read` for the project to keep, `notes` for the user to know.

    `progress` hears how far it is, and ends it where no more is wanted.
    """

    def __init__(
        self, kept: Sequence[DataFile] = (), refused: Collection[str] = (), progress: FileProgress | None = None
    ) -> None:
        self.kept = kept
        self.refused = refused
        """Files that may not be read, nor looked for."""
        self.read: list[DataFile] = []
        self.notes: list[str] = []
        self.progress = progress or FileProgress()
        self.span = (0.0, 1.0)
        """The shares of all the work between which the file that is read now lies."""
        self.unpacked: dict[Path, bytes] = {}
        """What was in a file that was read, under the path that its reading goes by. It is nowhere on the disk."""

    def reached(self, share: float) -> None:
        """So much of the file is done. UserError when no more is wanted."""
        begin, end = self.span
        self.progress.reached(begin + share * (end - begin))

    def has(self, path: Path) -> bool:
        """Whether there is a file, or a copy of it."""
        return path in self.unpacked or self.is_here(path) or self._copy(path) is not None

    def is_here(self, path: Path) -> bool:
        """Whether there is something under this name that may be read."""
        return not self.is_refused(path) and is_there(path)

    def is_refused(self, path: Path) -> bool:
        # The labels that belong to images are read with them.
        return any(str(path) == source or str(path) in labels_of(source) for source in self.refused)

    def _copy(self, path: Path) -> DataFile | None:
        """The newest copy that the project keeps of a file."""
        copies = [file for file in self.kept if file.source == str(path) and file.content]
        return copies[-1] if copies else None

    def open(self, path: Path) -> BinaryIO | Path:
        """What a library reads the file from: its path, or the content of its copy. UserError when it cannot be
        read."""
        if path in self.unpacked:
            return io.BytesIO(self.unpacked[path])
        copy = None if self.is_here(path) else self._copy(path)
        if copy is not None:
            said = _("“{file}” is not here; the copy kept in the project is used.")
            if self.is_refused(path):
                said = _("“{file}” is outside the project's folder; the copy kept in the project is used.")
            self.notes.append(said.format(file=path.name))
            self.read.append(copy)
            return io.BytesIO(copy.content)
        try:
            size = path.stat().st_size
            content = path.read_bytes() if size <= MOST_KEPT else b""
        except OSError as error:
            raise file_error(error, path, reading=True) from None
        sha256 = hashlib.sha256(content).hexdigest() if content else sha256_of(path)
        self.read.append(DataFile(str(path), sha256, size, content))
        return io.BytesIO(content) if content else path

    def bytes(self, path: Path) -> bytes:
        """The file's bytes, unpacked when gzipped, within a limit that is checked before memory is taken."""
        opened = self.open(path)
        try:
            with opened.open("rb") if isinstance(opened, Path) else opened as file:
                packed, size = file.read(2) == b"\x1f\x8b", self.read[-1].size
                file.seek(0)
                most = min(MOST_BYTES, most_unpacked(size)) if packed else MOST_BYTES
                check_memory(min(size, MOST_BYTES), path)
                with gzip.GzipFile(fileobj=file) if packed else file as unpacked:
                    content = in_pieces(
                        unpacked, most + 1, lambda read: self.reached(READ * min(1.0, read / max(1, size)))
                    )
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise UserError(_("“{file}” is damaged: it cannot be unpacked.").format(file=path.name)) from None
        except OSError as error:
            raise file_error(error, path, reading=True) from None
        if packed:
            check_growth(len(content), size, path)
        if len(content) > MOST_BYTES:
            raise UserError(_("“{file}” holds more than {limit} GB. Use a part of it.").format(file=path.name, limit=4))
        return content

    @property
    def sha256(self) -> str:
        """One checksum for all that was read; that of the file where it was one, "" for none."""
        sums = [file.sha256 for file in self.read]
        return sums[0] if len(sums) == 1 else hashlib.sha256("".join(sums).encode()).hexdigest() if sums else ""


def in_pieces(file: BinaryIO | gzip.GzipFile, most: int, hear: Callable[[int], None]) -> bytes:
    """At most so many bytes of a file; how many there are so far is told after each piece."""
    content = bytearray()
    while len(content) < most and (piece := file.read(min(PIECE, most - len(content)))):
        content += piece
        hear(len(content))
    return bytes(content)
