"""Writes an opening of the test set into a project file at once: whoever has seen the number cannot leave the count
behind by closing the window without saving."""

from pathlib import Path

from nnstudio.project.archive import open_project, save, thumbnail_of
from nnstudio.project.openings import with_opening
from nnstudio.project.progress import FileProgress
from nnstudio.project.test_seal import Opening
from nnstudio.text import UserError


def openings_in(path: Path) -> tuple[Opening, ...]:
    """The entries in a project file; none where there is no sound one."""
    try:
        return open_project(path).openings
    except UserError:
        return ()


def write_opening(path: Path, opening: Opening, progress: FileProgress | None = None) -> None:
    """Add an entry to the project as it is in its file, and leave the rest of it as it is. UserError where the file
    cannot be read whole, or not be written."""
    project = open_project(path, progress=progress)
    save(with_opening(project, opening), path, thumbnail_of(path), progress)
