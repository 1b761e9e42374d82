"""What is done with project files on threads: opening, saving, keeping safe, finding what was left behind."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from nnstudio.project import edits, recovery
from nnstudio.project.archive import lightened, open_project, save, thumbnail_of
from nnstudio.project.files import write_whole
from nnstudio.project.model import Project
from nnstudio.project.opening_file import openings_in
from nnstudio.project.outside_data import refused_sources, remember
from nnstudio.project.progress import FileProgress
from nnstudio.project.recovery import Found, RecoveryStore
from nnstudio.project.test_seal import Opening
from nnstudio.ui.background.training_jobs import UnderWay


def with_trainings(project: Project, trainings: Sequence[UnderWay]) -> Project:
    """The project with a run of each training under way, as it stood after its last complete epoch."""
    for one in trainings:
        run = one.recorder.so_far()
        if run is not None:
            project = edits.add_run(project, replace(run, id=one.id))
    return project


@dataclass(frozen=True)
class Opened:
    """A project out of a file, in words what was left out because it is damaged, and the data it may not read."""

    project: Project
    left_out: tuple[str, ...]
    refused: frozenset[str]


def open_file(path: Path, progress: FileProgress, is_kept: bool = False) -> Iterator[Opened]:
    """Read a project file, or work that was kept."""
    left_out: list[str] = []
    project = (recovery.open_kept if is_kept else open_project)(path, left_out.append, progress)
    progress.reached(1.0)
    yield Opened(project, tuple(left_out), refused_sources(project, path))


def save_file(
    project: Project,
    trainings: Sequence[UnderWay],
    path: Path,
    thumbnail: bytes,
    refused: frozenset[str],
    progress: FileProgress,
) -> Iterator[str]:
    """Write a project file, with the trainings under way; what is to be said of it."""
    whole = with_trainings(project, trainings)
    save(whole, path, thumbnail, progress)
    remember(whole, path, refused)
    yield lightened(whole)[1]


def read_openings(path: Path, _progress: FileProgress) -> Iterator[tuple[Opening, ...]]:
    """The openings of the test set that a file knows of."""
    yield openings_in(path)


def write_text(made: Callable[[], str], path: Path) -> Iterator[Path]:
    """Write what takes a while to be made."""
    write_whole(path, made().encode())
    yield path


def keep_safe(
    safe: RecoveryStore,
    project: Project,
    trainings: Sequence[UnderWay],
    path: Path | None,
    thumbnail: bytes,
    refused: frozenset[str],
) -> Iterator[None]:
    """Keep unsaved work, and trainings under way, in the user's own folder."""
    safe.keep(with_trainings(project, trainings), path, thumbnail, refused)
    yield None


def find_put_aside(folder: Path) -> Iterator[list[tuple[Found, bytes]]]:
    """What was declined and is still kept, each with its picture."""
    yield [(one, thumbnail_of(one.file)) for one in recovery.put_aside(folder)]


def find_left_behind(folder: Path) -> Iterator[list[tuple[Found, bytes]]]:
    """What programs that are gone have kept, each with its picture."""
    yield [(one, thumbnail_of(one.file)) for one in recovery.left_behind(folder)]
