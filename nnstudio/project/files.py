"""Writing files whole or not at all, and the words for what a disk can refuse. Every file a user gets goes this way."""

import errno
import hashlib
import ntpath
import os
import re
import secrets
import shutil
import stat
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path, PurePath, PureWindowsPath

from nnstudio.project.progress import FileProgress
from nnstudio.project.running import PROGRAM, is_gone, this_program
from nnstudio.text import UserError, shown_bytes
from nnstudio.text import translate as _

PIECE = 2**24
"""Bytes that are written or read at once."""
WRITTEN = 0.8
"""The share of the whole when everything is written; then it is read again."""
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/{1,2}[^/]")
"""As in https://…; a letter before the colon is a drive of Windows, and a path has lost the second slash."""
SYSTEM_FOLDERS = ("/dev", "/proc", "/sys")
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
HELD_BY_ANOTHER = (5, 32, 33)
"""Windows' numbers for access denied, and for a file or a part of it that another program uses."""
CANNOT_RESOLVE = 1921
"""Windows' number for links that go in a circle."""
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds."""
PART = ".part"
"""The ending of what is not written whole yet."""


def write_whole(path: Path, content: bytes, backup: Path | None = None, progress: FileProgress | None = None) -> None:
    """Put `content` at `path`, whole or not at all; whatever fails, an earlier file stays as it was. UserError says
    why.

    A temporary file beside the target is written with every count checked, flushed to the disk, read again and put in
    place in one step; a symbolic link keeps pointing to the same place. What was there is kept as `backup`, if given.
    (Qt's own QSaveFile replaces a good file by a truncated one when a large write comes back short on a full disk.)
    """
    check_target(path)
    target, progress = path.resolve(), progress or FileProgress()
    temporary = Path()
    try:
        remove_leftovers(target)
        name = f"{leftover_prefix(target)}{this_program()}.{secrets.token_hex(4)}{PART}"
        handle = os.open(target.with_name(name), NEW, permissions_of(target))
        temporary = target.with_name(name)
        with os.fdopen(handle, "wb", buffering=0) as file:
            write_all(file.fileno(), content, progress)
            os.fsync(file.fileno())
        if not holds(temporary, content, progress):
            raise OSError(errno.EIO, _("what was written reads otherwise"))
        if is_there(target):  # what the system took away from the permissions asked for
            temporary.chmod(permissions_of(target))
        if backup is not None and is_there(target):
            keep(target, backup)
        put_in_place(temporary, target)
        sync_folder(target.parent)
    except (OSError, UserError) as error:
        if temporary.name:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        if isinstance(error, UserError):  # cancelled
            raise
        raise file_error(error, path, size=len(content)) from None


def keep(target: Path, backup: Path) -> None:
    """Have the file that is to be replaced under another name too; never less than one whole version under either."""
    second = backup.with_name(f"{leftover_prefix(target)}{this_program()}.bak{PART}")
    second.unlink(missing_ok=True)
    try:
        try:
            os.link(target, second)
        except OSError:  # a disk without links, as those of cameras and sticks
            shutil.copy2(target, second)
        put_in_place(second, backup)
    finally:
        with suppress(OSError):
            second.unlink(missing_ok=True)


def leftover_prefix(target: Path) -> str:
    return f".{target.name}."


def remove_leftovers(target: Path) -> None:
    """Remove what a process that was killed while it wrote this file has left beside it."""
    pattern = re.compile(re.escape(leftover_prefix(target)) + rf"({PROGRAM}|\d+)\..*" + re.escape(PART))
    try:
        found = [(path, pattern.fullmatch(path.name)) for path in target.parent.iterdir()]
    except OSError:
        return
    for path, name in found:
        with suppress(OSError):
            if name and is_gone(name.group(1), path.stat().st_mtime):
                path.unlink()


def leads_to_itself(path: Path) -> bool:
    """Whether links go in a circle. The system is asked: from Python 3.13 on `Path.resolve` does not tell."""
    try:
        path.stat()
    except OSError as error:
        return error.errno == errno.ELOOP or getattr(error, "winerror", 0) == CANNOT_RESOLVE
    return False


def check_target(path: Path) -> None:
    """UserError when the path cannot name a file, here or on the system of whom it is handed to."""
    if not is_portable(path.name):
        raise UserError(_("“{file}” cannot be used as a file name.").format(file=path.name[:80]))
    try:
        path.lstat()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise file_error(error, path) from None
    if leads_to_itself(path):
        raise UserError(_("“{file}” is a link that leads to itself. Choose another name.").format(file=path))
    if is_folder(path):
        raise UserError(_("“{file}” is a folder. Choose a file name.").format(file=path))
    if is_there(path) and not is_plain(path):
        raise UserError(_("“{file}” is not a plain file. Choose another name.").format(file=path))
    if not is_folder(path.parent):
        raise UserError(_("The folder “{folder}” does not exist. Choose another place.").format(folder=path.parent))


def check_writable(path: Path) -> None:
    """UserError when a file could not be written here: asked before work is done whose result it shall hold."""
    check_target(path)
    try:
        with tempfile.TemporaryFile(dir=path.resolve().parent):
            pass
    except OSError as error:
        raise file_error(error, path) from None


def is_portable(name: str) -> bool:
    """Whether every system takes the name: no sign that Windows keeps for itself, none of its devices (CON, NUL), and
    no dot or space at the end."""
    is_device = is_reserved(name) or is_reserved(name.split(".", maxsplit=1)[0])
    return not (is_device or FORBIDDEN.search(name) or name.endswith((".", " ")))


def is_reserved(name: str) -> bool:
    """Whether Windows keeps a name for one of its devices; Python says so in another place since 3.13."""
    if sys.version_info >= (3, 13):
        return ntpath.isreserved(name)
    return PureWindowsPath(name).is_reserved()


def free_space(folder: Path) -> str:
    try:
        return shown_bytes(shutil.disk_usage(folder).free)
    except OSError:
        return "?"


def write_all(handle: int, content: bytes, progress: FileProgress) -> None:
    """Write every byte; a short count is followed up until the system says why."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest[:PIECE]) :]
        progress.reached(WRITTEN * (1 - len(rest) / len(content)))


def holds(file: Path, content: bytes, progress: FileProgress) -> bool:
    """Whether a file holds just these bytes."""
    with file.open("rb") as opened:
        for start in range(0, len(content), PIECE):
            if opened.read(PIECE) != content[start : start + PIECE]:
                return False
            progress.reached(WRITTEN + (1 - WRITTEN) * start / len(content))
        return not opened.read(1)


def permissions_of(target: Path) -> int:
    """Those of the file that is replaced, or those that are asked for a new one, of which the system takes some."""
    return target.stat().st_mode & 0o7777 if is_there(target) else 0o666


def put_in_place(new: Path, old: Path) -> None:
    """Give a file the name of another. On Windows a virus scanner, or a program that copies files elsewhere, holds what
    was just written for a moment; that is waited for."""
    for pause in (*PAUSES, None):
        try:
            new.replace(old)
            return
        except PermissionError as error:
            if pause is None or getattr(error, "winerror", 0) not in HELD_BY_ANOTHER:
                raise
            time.sleep(pause)


def sync_folder(folder: Path) -> None:
    """Have the new name on the disk too; Windows has no such call and needs none."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_address(source: str) -> bool:
    """Whether a source is something on the Internet, which is never fetched."""
    return bool(ADDRESS.match(source))


def is_share(path: PurePath) -> bool:
    """Whether a path of Windows names another computer, or a device."""
    return path.drive.startswith("\\\\")


def is_plain(path: Path) -> bool:
    """Whether there is a file with content of its own: no folder, pipe or device, and nothing that the system shows of
    itself as if it were a file."""
    try:
        return stat.S_ISREG(path.stat().st_mode) and not is_of_the_system(path)
    except (OSError, RuntimeError, ValueError):  # closed to us; a link to itself; a name that no file can have
        return False


def is_folder_of_files(path: Path) -> bool:
    """Whether there is a folder that may be looked at, and not one in which the system shows something of itself."""
    try:
        return is_folder(path) and not is_of_the_system(path)
    except (OSError, RuntimeError, ValueError):
        return False


def is_of_the_system(path: Path) -> bool:
    return any(map(path.resolve().is_relative_to, SYSTEM_FOLDERS))


def is_there(path: Path) -> bool:
    """Whether there is something that may be looked at. In a folder that is closed to us `Path.exists` raises."""
    return os.path.exists(path)  # noqa: PTH110


def is_folder(path: Path) -> bool:
    """Whether there is a folder that may be looked at."""
    return os.path.isdir(path)  # noqa: PTH112


def files_in(folder: Path, pattern: str) -> list[Path]:
    """The files in a folder whose names fit, by name; none where it is closed to us or not there."""
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []


def sha256_of(path: Path) -> str:
    """The checksum of a file, "" for one that cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def file_error(error: OSError, path: Path, reading: bool = False, size: int = 0) -> UserError:
    """The words for an error of the disk; `size` is what was to be written."""
    if reading and isinstance(error, PermissionError):
        return UserError(_("No permission to read “{file}”.").format(file=path))
    if reading:
        return UserError(_("“{file}” could not be read: {reason}.").format(file=path, reason=error.strerror or error))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return UserError(
            _("Not saved: no permission to write in “{folder}”. Choose another place.").format(folder=path.parent)
        )
    if error.errno == errno.ENOENT:  # a folder that went meanwhile, or one that holds no files of anybody's
        return UserError(
            _("Not saved: “{folder}” is gone or takes no files. Choose another place.").format(folder=path.parent)
        )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UserError(
            _(
                "Not saved: the disk is full at “{folder}” (needs {needed}, {free} free). The earlier file is "
                "unchanged. Free some space, or choose another place."
            ).format(folder=path.parent, needed=shown_bytes(size), free=free_space(path.parent))
        )
    if error.errno in (errno.ENAMETOOLONG, errno.EINVAL):
        return UserError(_("“{file}” cannot be used as a file name.").format(file=path.name[:80]))
    return UserError(
        _("Not saved: the disk reported an error ({reason}). The earlier file is unchanged.").format(
            reason=error.strerror or error
        )
    )
