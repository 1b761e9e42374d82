"""A study trained on a thread, and the trials that lie beside a project's file: the window's door to studies."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnstudio.layers.spec import Value
from nnstudio.project.files import is_plain
from nnstudio.project.model import Project, Run, Study
from nnstudio.project.studies import trials_of

if TYPE_CHECKING:
    from nnstudio.studies.running import StudyControl


class StudyStop:
    """Stops a study from the main thread; what controls the training is made on the study's own."""

    def __init__(self) -> None:
        self.is_asked = False
        self._control: StudyControl | None = None
        self._lock = threading.Lock()

    def stop(self) -> None:
        """Give up what is under way: it is trained again later."""
        with self._lock:
            self.is_asked = True
            if self._control is not None:
                self._control.stop()

    def take(self, control: "StudyControl") -> None:
        with self._lock:
            self._control = control
            if self.is_asked:
                control.stop()


@dataclass(frozen=True)
class Begun:
    """A setting that is trained from now on."""

    setting: int
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Epochs:
    """So many more epochs, of all trials together."""

    count: int


@dataclass(frozen=True)
class Trained:
    """The trials of a setting, ended or given up for others."""

    setting: int
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Complete:
    """Every trial that there will be has come to its end."""


def train_study(
    project: Project, study: Study, stop: StudyStop, workers: int, refused: frozenset[str], path: Path | None
) -> Iterator[Begun | Epochs | Trained | Complete]:
    """Train what is missing of a study; `path` is the project's file. UserError where the data cannot be used, or
    another program runs the study of this file."""
    from nnstudio.studies.kept import alone
    from nnstudio.studies.running import EpochsDone, SettingBegun, StudyControl, run_study

    control = StudyControl()
    stop.take(control)
    with alone(path, study) if path is not None else nullcontext():
        for event in run_study(project, study, control, workers, refused):
            match event:
                case SettingBegun():
                    yield Begun(event.setting, event.values)
                case EpochsDone():
                    yield Epochs(event.count)
                case _:
                    yield Trained(event.setting, event.runs)
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
