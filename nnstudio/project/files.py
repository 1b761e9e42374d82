"""Writing files whole or not at all, and the words for what a disk can refuse. Every file a user gets goes this way."""

import errno
import os
import tempfile
from pathlib import Path

from nnstudio.text import Mistake
from nnstudio.text import translate as _


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path`, whole or not at all; whatever fails, an earlier file stays as it was. Mistake says why.

    A temporary file beside the target is written with every count checked, flushed to the disk and put in place in one
    step; a symbolic link keeps pointing to the same place. (Qt's own QSaveFile replaces a good file by a truncated one
    when a large write comes back short on a full disk.)
    """
    check_target(path)
    target = path.resolve()
    temporary = Path()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb", buffering=0) as file:
            write_all(file.fileno(), content)
            os.fsync(file.fileno())
        copy_permissions(target, temporary)
        temporary.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        if temporary.name:
            temporary.unlink(missing_ok=True)
        raise file_mistake(error, path) from None


def check_target(path: Path) -> None:
    """Mistake when the path cannot name a file."""
    try:
        path.lstat()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise file_mistake(error, path) from None
    if path.is_dir():
        raise Mistake(_("“{file}” is a folder. Choose a file name.").format(file=path))
    if path.exists() and not path.is_file():
        raise Mistake(_("“{file}” is not a plain file. Choose another name.").format(file=path))
    if not path.parent.is_dir():
        raise Mistake(_("The folder “{folder}” does not exist. Choose another place.").format(folder=path.parent))


def write_all(handle: int, content: bytes) -> None:
    """Write every byte; a short count is followed up until the system says why."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest[: 2**24]) :]


def copy_permissions(target: Path, temporary: Path) -> None:
    """The permissions of the file that is replaced, or those a new file gets here."""
    if target.exists():
        temporary.chmod(target.stat().st_mode & 0o7777)
    elif os.name == "posix":
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)


def sync_folder(folder: Path) -> None:
    """Have the new name on the disk too; Windows has no such call and needs none."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_mistake(error: OSError, path: Path, reading: bool = False) -> Mistake:
    """The words for an error of the disk."""
    if reading and isinstance(error, PermissionError):
        return Mistake(_("No permission to read “{file}”.").format(file=path))
    if reading:
        return Mistake(_("“{file}” could not be read: {reason}.").format(file=path, reason=error.strerror or error))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Mistake(
            _("Not saved: no permission to write in “{folder}”. Choose another place.").format(folder=path.parent)
        )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Mistake(
            _(
                "Not saved: the disk is full at “{folder}”. The earlier file is unchanged. Free some space, "
                "or choose another place."
            ).format(folder=path.parent)
        )
    if error.errno in (errno.ENAMETOOLONG, errno.EINVAL):
        return Mistake(_("“{file}” cannot be used as a file name.").format(file=path.name[:80]))
    return Mistake(
        _("Not saved: the disk reported an error ({reason}). The earlier file is unchanged.").format(
            reason=error.strerror or error
        )
    )
