"""What a class has handed in: the sheets and projects of a folder, each opened or told why not.

All of it is a stranger's. Files are only read, up to a size; a project in them is opened as strictly as any, and
what is wrong with one costs the others nothing.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nnstudio.handing_in.attached import open_attached
from nnstudio.project.archive import SUFFIX, open_project
from nnstudio.project.container import DamagedError
from nnstudio.project.files import file_error, is_folder_of_files, is_plain
from nnstudio.project.model import Project
from nnstudio.text import UserError, shown_bytes
from nnstudio.text import translate as _

MOST_BYTES = 2**28
"""What a file handed in may have."""
MOST_FILES = 5_000
DEEPEST = 8
"""Folders within folders that are looked into."""
PAGES = (".html", ".htm")
READ = (SUFFIX, *PAGES)
NOT_READ = (".pdf", ".zip", ".7z", ".rar", ".mhtml")
"""What is handed in for a sheet and cannot be collected; that is said."""


@dataclass(frozen=True)
class HandedIn:
    """A file and the project in it. `state` is "ok", "damaged" or "refused", `reason` why; `path` is what its data is
    looked for beside."""

    name: str
    path: Path
    project: Project | None
    state: str
    reason: str = ""

    @property
    def state_text(self) -> str:
        return f"{self.state}: {self.reason}" if self.reason else self.state


def files_in(folder: Path) -> list[Path]:
    """The files of a folder and of those within it that may be sheets or projects, by name. UserError where there is no
    such folder, and for very many."""
    if not is_folder_of_files(folder):
        raise UserError(_("“{folder}” is no folder that can be read.").format(folder=folder))
    found: list[Path] = []
    root = folder.resolve()
    for inside, folders, names in os.walk(root):  # links are not followed
        depth = len(Path(inside).relative_to(root).parts)
        folders[:] = sorted(one for one in folders if not one.startswith(".") and depth < DEEPEST)
        found += [Path(inside, name) for name in names if is_wanted(name)]
        if len(found) > MOST_FILES:
            raise UserError(_("“{folder}” holds more than {count} files.").format(folder=folder, count=MOST_FILES))
    return sorted(found, key=lambda path: path.relative_to(root).as_posix().casefold())


def is_wanted(name: str) -> bool:
    return name.lower().endswith(READ + NOT_READ) and not name.startswith(".")


def handed_in(folder: Path) -> Iterator[HandedIn]:
    """Each file of a folder, opened one after the other."""
    root = folder.resolve()
    for path in files_in(folder):
        yield opened(path, path.relative_to(root).as_posix())


def opened(path: Path, name: str) -> HandedIn:
    """A file that was handed in."""
    try:
        return HandedIn(name, path, project_of(path), "ok")
    except DamagedError as mistake:
        return HandedIn(name, path, None, "damaged", str(mistake))
    except UserError as mistake:
        return HandedIn(name, path, None, "refused", str(mistake))
    except MemoryError:
        return HandedIn(name, path, None, "refused", _("There is not enough memory for this."))
    except Exception as error:
        # Made to break the reader, or a fault of the reader's: the others are in the table all the same.
        reason = _("it cannot be read ({error}).").format(error=type(error).__name__)
        return HandedIn(name, path, None, "refused", reason)


def project_of(path: Path) -> Project:
    """The project in a file that was handed in. UserError for what is none, or not to be opened."""
    if not is_plain(path):
        raise UserError(_("“{file}” is not a plain file.").format(file=path.name))
    if path.name.lower().endswith(NOT_READ):
        words = _("“{file}” cannot be collected: hand in the report as HTML, or the project.")
        raise UserError(words.format(file=path.name))
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            words = _("“{file}” has {size}; what is handed in has {limit} at most.")
            raise UserError(words.format(file=path.name, size=shown_bytes(size), limit=shown_bytes(MOST_BYTES)))
        if path.name.lower().endswith(PAGES):
            return open_attached(path.read_bytes(), path)
    except OSError as error:
        raise file_error(error, path, reading=True) from None
    return open_project(path)
