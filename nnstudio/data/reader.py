"""Reads files of data from where they lie, or else from the copies that a project keeps of small ones."""

import gzip
import hashlib
import io
import sys
import zlib
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, cast

from msgspec.structs import replace

from nnstudio.data.room import check_growth, check_memory, most_unpacked
from nnstudio.project.edits import labels_of
from nnstudio.project.files import file_error, is_there, sha256_of
from nnstudio.project.given_data import is_given
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
        self,
        kept: Sequence[DataFile] = (),
        refused: Collection[str] = (),
        progress: FileProgress | None = None,
        prefers_copies: bool = False,
    ) -> None:
        self.prefers_copies = prefers_copies
        """Whether a copy is taken where the file itself is there too."""
        self.kept = kept
        self.refused = refused
        """Files that may not be read, nor looked for."""
        self.read: list[DataFile] = []
        self.notes: list[str] = []
        self.progress = progress or FileProgress()
        self._hashing: dict[int, Future[str]] = {}
        self.share_read = 0.0
        """What of the file that is read now has been read."""
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

    def open(self, path: Path, hashes: bool = True) -> BinaryIO | Path:
        """What a library reads the file from: its path, or the content of its copy. UserError when it cannot be
        read. Without `hashes`, the checksum of a large file is found meanwhile, and `settle` waits for it."""
        if path in self.unpacked:
            return io.BytesIO(self.unpacked[path])
        copy = self._copy(path) if self.prefers_copies or not self.is_here(path) else None
        if copy is not None:
            said = _("“{file}” is not here; the copy kept in the project is used.")
            if self.is_refused(path):
                said = _("“{file}” is outside the project's folder; the copy kept in the project is used.")
            if not is_given(copy):
                self.notes.append(said.format(file=path.name))
            self.read.append(copy)
            return io.BytesIO(copy.content)
        try:
            size = path.stat().st_size
            content = path.read_bytes() if size <= MOST_KEPT else b""
        except OSError as error:
            raise file_error(error, path, reading=True) from None
        if content or hashes:
            sha256 = hashlib.sha256(content).hexdigest() if content else sha256_of(path)
        else:
            sha256 = ""
            self._hashing[len(self.read)] = hashing(path)
        self.read.append(DataFile(str(path), sha256, size, content))
        return io.BytesIO(content) if content else path

    def again(self, path: Path, is_held: bool = True) -> Callable[[], BinaryIO]:
        """Opens the file's bytes, unpacked when gzipped, as often as wanted. Those that are to be held in memory as
        they are have a limit. What is read from it tells how far it is."""
        opened = self.open(path, hashes=False)
        size = self.read[-1].size
        content = b"" if isinstance(opened, Path) else opened.read()

        def open_again() -> BinaryIO:
            try:
                raw = (
                    cast(BinaryIO, opened.open("rb", buffering=0)) if isinstance(opened, Path) else io.BytesIO(content)
                )
                packed = raw.read(2) == b"\x1f\x8b"
                raw.seek(0)
            except OSError as error:
                raise file_error(error, path, reading=True) from None
            most = MOST_BYTES if is_held else sys.maxsize
            most = min(most, most_unpacked(size)) if packed else most
            return cast(BinaryIO, CountedBytes(raw, path, size, most, packed, self._heard))

        return open_again

    def _heard(self, share: float) -> None:
        self.share_read = share

    def settle(self) -> None:
        """Have the checksums of all files that were read."""
        for place, sha256 in self._hashing.items():
            self.read[place] = replace(self.read[place], sha256=sha256.result())
        self._hashing.clear()

    def bytes(self, path: Path) -> bytes:
        """The file's bytes, unpacked when gzipped, within a limit that is checked before memory is taken."""
        open_again = self.again(path)
        check_memory(min(self.read[-1].size, MOST_BYTES), path)
        content = bytearray()
        with open_again() as file:
            while piece := file.read(PIECE):
                content += piece
                self.reached(READ * self.share_read)
        self.settle()
        return bytes(content)

    @property
    def sha256(self) -> str:
        """One checksum for all that was read; that of the file where it was one, "" for none."""
        sums = [file.sha256 for file in self.read]
        return sums[0] if len(sums) == 1 else hashlib.sha256("".join(sums).encode()).hexdigest() if sums else ""


def hashing(path: Path) -> "Future[str]":
    """The checksum of a file, found on a thread."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="checksum")
    found = pool.submit(sha256_of, path)
    pool.shutdown(wait=False)
    return found


class CountedBytes(io.RawIOBase):
    """A file that is read, unpacked when gzipped: not more than `most` bytes come out of it."""

    def __init__(
        self, raw: BinaryIO, path: Path, size: int, most: int, packed: bool, heard: Callable[[float], None]
    ) -> None:
        super().__init__()
        self.raw, self.path, self.size, self.most, self.packed, self.heard = raw, path, size, most, packed, heard
        self.file = gzip.GzipFile(fileobj=raw) if packed else raw
        self.count = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer at the end. UserError for a damaged file, and for one that holds too much."""
        try:
            content = self.file.read(size)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise UserError(_("“{file}” is damaged: it cannot be unpacked.").format(file=self.path.name)) from None
        except OSError as error:
            raise file_error(error, self.path, reading=True) from None
        self.count += len(content)
        if self.packed:
            check_growth(self.count, self.size, self.path)
        if self.count > self.most:
            raise UserError(
                _("“{file}” holds more than {limit} GB. Use a part of it.").format(file=self.path.name, limit=4)
            )
        self.heard(min(1.0, self.raw.tell() / max(1, self.size)))
        return content

    def close(self) -> None:
        self.file.close()
        self.raw.close()
        super().close()
