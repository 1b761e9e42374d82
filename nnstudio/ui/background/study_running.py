"""A study trained on a thread, and the trials that lie beside a project's file: the window's door to studies."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from nnstudio.project.files import is_plain
from nnstudio.project.model import Project, Run, Study
from nnstudio.project.studies import trials_of
from nnstudio.studies.control import EpochsDone, Event, SettingBegun, SettingDone, StudyControl

__all__ = [
    "Complete",
    "EpochsDone",
    "SettingBegun",
    "SettingDone",
    "StudyControl",
    "TrialsBeside",
    "is_complete",
    "train_study",
    "trials_beside",
]


@dataclass(frozen=True)
class Complete:
    """Every trial that there will be has come to its end."""


def train_study(
    project: Project, study: Study, control: StudyControl, workers: int, refused: frozenset[str], path: Path | None
) -> Iterator[Event | Complete]:
    """Train what is missing of a study; `path` is the project's file. UserError where the data cannot be used, or
    another program runs the study of this file."""
    from nnstudio.studies.kept import alone
    from nnstudio.studies.running import run_study

    with alone(path, study) if path is not None else nullcontext():
        yield from run_study(project, study, control, workers, refused)
    if not control.is_stopped:
        yield Complete()


def is_complete(project: Project, study: Study) -> bool:
    """Whether every trial that there will be has come to its end; some µs a trial."""
    from nnstudio.studies.state import FINAL, StudyState

    trials = trials_of(project, study)
    if study.halving is not None:
        return StudyState(study, trials).is_done
    ended = sum(run.stop_reason in FINAL for seeds in trials.values() for run in seeds.values())
    return ended >= study.settings * study.seeds


# --- beside the file ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TrialsBeside:
    """The trials of a study that lie beside a project's file, and how large the file they are in was when it was
    read."""

    study: Study
    runs: tuple[Run, ...]
    size: int


def trials_beside(path: Path, studies: tuple[Study, ...]) -> Iterator[TrialsBeside]:
    """What studies run from the command line have left beside a project's file. UserError for what cannot be read."""
    from nnstudio.studies.journal import Journal
    from nnstudio.studies.kept import in_order

    for study in studies:
        journal = Journal(path, study)
        if is_plain(journal.path):
            size = journal.path.stat().st_size
            yield TrialsBeside(study, tuple(in_order(run for runs in journal.read() for run in runs)), size)


def remove_trials_beside(path: Path, found: tuple[TrialsBeside, ...]) -> Iterator[None]:
    """Their trials are in the file now: remove what holds them, unless it has grown since or is in use."""
    from nnstudio.studies.journal import Journal
    from nnstudio.studies.kept import alone
    from nnstudio.text import UserError

    for one in found:
        try:
            with alone(path, one.study):
                journal = Journal(path, one.study)
                if is_plain(journal.path) and journal.path.stat().st_size == one.size:
                    journal.remove()
        except UserError:  # a program runs the study: its trials go into the file in the end
            continue
    yield None
