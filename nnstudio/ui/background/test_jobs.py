"""Opening the test set on a thread: a run is measured, and the opening is in the project's file before anybody sees its
number."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nnstudio.project.model import Project, Run
from nnstudio.project.opening_file import write_opening
from nnstudio.project.openings import new_opening
from nnstudio.project.progress import FileProgress
from nnstudio.project.test_seal import Opening, TestResult
from nnstudio.ui.background.one_core import on_one_core


@dataclass(frozen=True)
class Look:
    """What was seen of the test part, and in words what had to be done for it."""

    opening: Opening
    notes: tuple[str, ...]


def looked(
    project: Project, run: Run, expected: str, path: Path | None, refused: frozenset[str], progress: FileProgress
) -> Iterator[Look]:
    """Measure a run on its test part, and write that down in the project's file where there is one. UserError where
    either cannot be, or it was cancelled: then nothing was opened."""
    for result, notes in measured(project, run, refused, progress):
        progress.reached(1.0)
        opening = new_opening(run, expected, result)
        if path is not None:
            write_opening(path, opening, progress)
        yield Look(opening, notes)


@on_one_core
def measured(
    project: Project, run: Run, refused: frozenset[str], progress: FileProgress
) -> Iterator[tuple[TestResult, tuple[str, ...]]]:
    """What a run gives on the test part of its data."""
    from nnstudio.data.reader import Reader
    from nnstudio.training.test_opening import measured_on_test

    notes: list[str] = []
    yield measured_on_test(run, Reader(project.files, refused, progress), notes), tuple(notes)


def turned(path: Path, entry: Opening, progress: FileProgress) -> Iterator[Opening]:
    """Write into the project's file that the seal was lifted, or put on again."""
    write_opening(path, entry, progress)
    yield entry
