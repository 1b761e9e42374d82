"""The zip archive around a project: a plain list of members, of which all is checked before anything is unpacked."""

import errno
import io
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from nnstudio.project.files import file_error, is_plain
from nnstudio.project.progress import FileProgress
from nnstudio.text import Count, UserError
from nnstudio.text import translate as _

MOST_MEMBERS = 2**16
MOST_BYTES = 2**31
MOST_JSON_BYTES = 2**26
MOST_CURVE_BYTES = 2**24
MOST_DATA_BYTES = 2**26
MOST_PICTURE_BYTES = 2**23
DESCRIPTION, THUMBNAIL = "project.json", "thumbnail.png"
RUN_MEMBER = re.compile(
    r"runs/(run-[0-9]{1,9})/(metrics\.csv|(weights|checkpoint|snapshots|validation|state|moments)\.safetensors)"
)
SHEET_MEMBER = re.compile(r"sheet/item-[1-9][0-9]{0,8}\.png")
DATA_MEMBER = re.compile(r"data/[1-9][0-9]{0,3}(\.[a-z0-9]{1,12})?(\.gz)?")
FIXED_DATE = (1980, 1, 1, 0, 0, 0)
END, END_LENGTH = b"PK\x05\x06", 22
"""What the last bytes of an archive without a comment begin with, and how many they are."""

FOREIGN = {
    ".pt": "PyTorch",
    ".pth": "PyTorch",
    ".h5": "Keras",
    ".keras": "Keras",
    ".pkl": "Python's pickle",
    ".joblib": "scikit-learn",
    ".onnx": "ONNX",
    ".ows": "Orange",
}
"""Files of other programs, by their endings; some of them run code when they are opened."""
STARTS = {
    b"\x89HDF\r\n": "Keras",
    b"\x80\x02": "Python's pickle",
    b"\x80\x03": "Python's pickle",
    b"\x80\x04": "Python's pickle",
    b"\x80\x05": "Python's pickle",
    b"<?xml": "Orange",
}
PARTS = {"data.pkl": "PyTorch", "model.weights.h5": "Keras"}


class DamagedError(UserError):
    """A file that was sound once, as far as can be told: cut short, or with other bits than were written."""


def pack(members: Mapping[str, bytes]) -> bytes:
    """The archive of these members; the same give the same bytes. UserError where it could not be opened again."""
    is_too_large = any(len(content) > most_bytes(name) for name, content in members.items())
    if is_too_large or len(members) > MOST_MEMBERS or sum(map(len, members.values())) > MOST_BYTES:
        raise UserError(
            _("Not saved: the project holds too many runs ({count} parts, {size} bytes). Delete some of them.").format(
                count=Count(len(members)), size=Count(sum(map(len, members.values())))
            )
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, FIXED_DATE), content)
    return buffer.getvalue()


def unpack(path: Path, progress: FileProgress, wanted: Collection[str] | None = None) -> dict[str, bytes | None]:
    """The members of an archive by their names, or those that are wanted; None for one that is damaged. UserError for
    what is no sound archive, and when it was cancelled."""
    check_plain(path)
    try:
        with path.open("rb") as file:
            check_ends(file.read(8), path)
            file.seek(max(0, path.stat().st_size - END_LENGTH))
            check_tail(file.read(), path)
        with zipfile.ZipFile(path) as archive:
            check_members(archive, path)
            found, done = {}, 0
            for member in archive.infolist():
                if wanted is None or member.filename in wanted:
                    found[member.filename] = read_member(archive, member.filename)
                done += member.file_size
                progress.reached(done / path.stat().st_size)
            return found
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError):
        # Flipped bits make zipfile ask for passwords and for versions that never were.
        raise no_archive(path) from None
    except OSError as error:
        raise file_error(error, path, reading=True) from None


def read_member(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """A member whose checksum is right; None otherwise."""
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
        return None


def unexpected_part(path: Path, name: str) -> str:
    return _("“{file}” holds an unexpected part “{part}” and was not opened.").format(file=path.name, part=name[:80])


def check_plain(path: Path) -> None:
    """UserError unless there is a plain file of a size that can be a project."""
    try:
        found = path.stat()
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            raise UserError(_("“{file}” does not exist. Check the name and the folder.").format(file=path)) from None
        raise file_error(error, path, reading=True) from None
    if stat.S_ISDIR(found.st_mode):
        raise UserError(_("“{file}” is a folder, not a project file.").format(file=path))
    if not stat.S_ISREG(found.st_mode):
        raise UserError(_("“{file}” is not a plain file.").format(file=path))
    size = found.st_size
    if size == 0:
        raise UserError(_("“{file}” is empty (0 bytes). It was not opened.").format(file=path.name) + way_back(path))
    if size > 2 * MOST_BYTES:
        raise UserError(
            _("“{file}” would need {size} bytes when opened. Refused.").format(file=path.name, size=Count(size))
        )


def check_ends(start: bytes, path: Path) -> None:
    """UserError for a file that begins as another kind of file."""
    if path.suffix.lower() in FOREIGN:
        raise UserError(foreign(path, FOREIGN[path.suffix.lower()]))
    for known, program in STARTS.items():
        if start.startswith(known):
            raise UserError(foreign(path, program))
    if not start.startswith(b"PK\x03\x04"):
        raise zipfile.BadZipFile("something stands before the archive")


def check_tail(tail: bytes, path: Path) -> None:
    if not tail.startswith(END):
        raise zipfile.BadZipFile("something stands behind the archive, or its end is missing")


def check_members(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse, before anything is unpacked, what is not in the vocabulary, too much, or would grow on unpacking."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(names) > MOST_MEMBERS:
        raise UserError(
            _("“{file}” has {count} parts; the limit is {limit}.").format(
                file=path.name, count=Count(len(names)), limit=Count(MOST_MEMBERS)
            )
        )
    for name in names:
        if name.rpartition("/")[2] in PARTS:
            raise UserError(foreign(path, PARTS[name.rpartition("/")[2]]))
    counts = Counter(names)
    for name in names:
        known = RUN_MEMBER.fullmatch(name) or DATA_MEMBER.fullmatch(name) or SHEET_MEMBER.fullmatch(name)
        if not known and name not in (DESCRIPTION, THUMBNAIL):
            raise UserError(unexpected_part(path, name))
        if counts[name] > 1:
            raise UserError(
                _("“{file}” holds the part “{part}” twice and was not opened.").format(file=path.name, part=name)
            )
    if DESCRIPTION not in names:
        raise UserError(_("“{file}” is not an nnstudio project: it has no project.json.").format(file=path.name))
    size = sum(member.file_size for member in members)
    if size > MOST_BYTES:
        raise UserError(
            _("“{file}” would need {size} bytes when opened. Refused.").format(file=path.name, size=Count(size))
        )
    for member in members:
        if member.file_size > most_bytes(member.filename):
            raise UserError(
                _("The part “{part}” of “{file}” has {size} bytes; the limit is {limit}.").format(
                    part=member.filename,
                    file=path.name,
                    size=Count(member.file_size),
                    limit=Count(most_bytes(member.filename)),
                )
            )
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise UserError(
            _("“{file}” is packed in a way nnstudio does not write, and was not opened.").format(file=path.name)
        )
    if size > path.stat().st_size:  # members that share their bytes
        raise no_archive(path)


def most_bytes(member: str) -> int:
    """The size up to which a member is opened, by what it holds."""
    if member.endswith("metrics.csv"):
        return MOST_CURVE_BYTES
    if member.startswith("sheet/"):
        return MOST_PICTURE_BYTES
    if member.startswith("data/") or member == THUMBNAIL:
        return MOST_DATA_BYTES
    return MOST_JSON_BYTES if member == DESCRIPTION else MOST_BYTES


def foreign(path: Path, program: str) -> str:
    return _(
        "“{file}” is a file of {program}. nnstudio opens no files of other programs that can run code. Draw its layers "
        "here, and train them on the same data."
    ).format(file=path.name, program=program)


def no_archive(path: Path) -> UserError:
    """What is wrong with a file that is no archive, and where an earlier version may be."""
    with path.open("rb") as file:
        start = file.read(8)
    if start[:2] == b"PK":
        return DamagedError(_("“{file}” is cut short or damaged.").format(file=path.name) + way_back(path))
    if start[:4] == b"\x89PNG":
        return UserError(_("“{file}” is not an nnstudio project (it looks like a PNG image).").format(file=path.name))
    return UserError(_("“{file}” is not an nnstudio project.").format(file=path.name))


def way_back(path: Path) -> str:
    """Where the version before the last saving is, if there is one."""
    backup = backup_of(path)
    if not is_plain(backup):
        return ""
    return " " + _("The version before it was last saved is beside it: open “{backup}”.").format(backup=backup.name)


def backup_of(path: Path) -> Path:
    return path.with_name(path.name + ".bak")
