"""What is in a zip archive, read into memory within limits that are checked first: nothing goes to the disk, and no
name in an archive is ever used as a path."""

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from nnstudio.data.room import check_growth, check_memory
from nnstudio.text import Count, UserError
from nnstudio.text import translate as _

MOST_MEMBERS = 4096
PIECE = 2**20
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Those that are unpacked piece by piece; of others a few bytes may become any number at once."""
COPIES = 2
"""What was unpacked stands in memory beside what is made of it."""
IS_ENCRYPTED = 0x1
DAMAGED = (ValueError, OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)
"""What comes of archives that are not what they say: flipped bits ask for passwords and unknown packings."""


def members_of(
    opened: BinaryIO | Path, path: Path, size: int, wanted: Callable[[str], bool], packed: int = 0
) -> dict[str, bytes]:
    """The wanted members of an archive of `size` bytes, by their names. UserError for one that is damaged, protected,
    or would unpack into too much; `packed` is the size of the file it lies in, where that is another."""
    try:
        with zipfile.ZipFile(opened) as archive:
            found = [member for member in archive.infolist() if is_file(member.filename) and wanted(member.filename)]
            check_members(found, path, packed or size)
            return {member.filename: content_of(archive, member) for member in found}
    except DAMAGED:
        raise UserError(_("“{file}” is damaged: it cannot be unpacked.").format(file=path.name)) from None


def is_file(name: str) -> bool:
    """Whether a name in an archive is no folder's."""
    return not name.endswith("/")


def check_members(found: list[zipfile.ZipInfo], path: Path, size: int) -> None:
    """UserError for members that are too many, too large together, or locked."""
    if len(found) > MOST_MEMBERS:
        raise UserError(
            _("“{file}” has {count} parts; the limit is {limit}.").format(
                file=path.name, count=Count(len(found)), limit=Count(MOST_MEMBERS)
            )
        )
    if any(member.flag_bits & IS_ENCRYPTED for member in found):
        raise UserError(locked(path))
    unpacked = sum(member.file_size for member in found)
    check_growth(unpacked, size, path)
    check_memory(COPIES * unpacked, path)


def locked(path: Path) -> str:
    return _("“{file}” is protected by a password. Save it without one and choose it again.").format(file=path.name)


def content_of(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The bytes of a member, never more than it says it has; ValueError for a packing that cannot be held to that."""
    if member.compress_type not in PACKINGS:
        raise ValueError(member.filename)
    content = bytearray()
    with archive.open(member) as part:
        while piece := part.read(PIECE):
            content += piece
    if len(content) != member.file_size:
        raise EOFError(member.filename)
    return bytes(content)


def archive_of(members: dict[str, bytes]) -> bytes:
    """An archive of these members and nothing else: what reads it cannot come upon what was not checked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()
