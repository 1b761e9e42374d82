"""A study run so that nothing of it is lost: what is trained goes into its journal, and in the end into the project
file."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from nnstudio import paths
from nnstudio.project.archive import open_project, save, thumbnail_of
from nnstudio.project.model import Project, Run, Study
from nnstudio.project.studies import find_study, with_trials
from nnstudio.studies.control import Event, SettingDone, StudyControl
from nnstudio.studies.journal import Journal
from nnstudio.studies.running import run_study
from nnstudio.text import UserError
from nnstudio.text import translate as _


@contextmanager
def alone(path: Path, study: Study) -> Iterator[None]:
    """Hold the study of a project file, so that no other program runs it meanwhile: the system gives it free when this
    one ends, however it ends. UserError where another has it."""
    folder = paths.locks_folder()
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(f"{path.resolve()} {study.id}".encode()).hexdigest()[:32]
    lock = FileLock(folder / f"{name}.lock")
    try:
        with lock.acquire(timeout=0):
            yield
    except Timeout:
        words = _("{study} of “{file}” is being run by another program. Wait for it, or stop it there.")
        raise UserError(words.format(study=study.id, file=path.name)) from None


def opened_with_trials(path: Path, id: str = "") -> tuple[Project, Study]:
    """The project in a file with the trials of a study that are in its journal. UserError where there is no study."""
    project = open_project(path)
    study = find_study(project, id)
    return with_trials(project, in_order(run for runs in Journal(path, study).read() for run in runs)), study


def in_order(runs: Iterable[Run]) -> list[Run]:
    """Trials by setting and seed, of each the last: so they bear the same ids whichever was trained first."""
    newest: dict[tuple[int, int], Run] = {}
    for run in runs:
        assert run.trial is not None
        newest[run.trial.setting, run.trial.seed] = run
    return [newest[place] for place in sorted(newest)]


def run_kept(
    path: Path, id: str, control: StudyControl, workers: int = 1, refused: Collection[str] = ()
) -> Iterator[Event]:
    """Run the study of a project file until it is done or stopped. Afterwards the file holds its trials."""
    study = find_study(open_project(path), id)
    with alone(path, study):
        project, study = opened_with_trials(path, id)
        journal = Journal(path, study)
        journal.mend()
        try:
            for event in run_study(project, study, control, workers, refused):
                if isinstance(event, SettingDone):
                    journal.append(event.runs)
                yield event
        finally:
            fold(path, id, journal)


def fold(path: Path, id: str, journal: Journal) -> None:
    """Put the trials of a journal into the project file, as it is now, and then remove it."""
    project, _study = opened_with_trials(path, id)
    save(project, path, thumbnail_of(path))
    journal.remove()
