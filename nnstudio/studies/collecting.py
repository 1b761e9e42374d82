"""A study of a project file over a server: published there, and its trials collected into the file."""

import dataclasses
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from msgspec.structs import replace

from nnstudio import __version__
from nnstudio.project.archive import open_project, save, thumbnail_of
from nnstudio.project.model import Project, Study
from nnstudio.project.studies import definition, find_study, trials_of
from nnstudio.studies.control import SettingDone, StudyControl
from nnstudio.studies.joining import (
    LOOKING,
    Event,
    Invitation,
    Part,
    Waiting,
    check_data,
    pause,
    work,
    work_in_processes,
)
from nnstudio.studies.journal import Journal, checksum
from nnstudio.studies.kept import alone, fold, opened_with_trials
from nnstudio.studies.parcels import anywhere, at_home, published
from nnstudio.studies.server import HEARTBEAT, Server, Tell, address, silent
from nnstudio.studies.shared import open_studies, put_up
from nnstudio.studies.state import StudyState
from nnstudio.studies.trials import Datasets
from nnstudio.text import UserError
from nnstudio.text import translate as _


def publish(server: Server, path: Path, invitation: Invitation) -> Part:
    """Put a study of a project file on a server, where it is not there yet."""
    project, study = invitation.project, invitation.study
    dataset = Datasets(project, invitation.refused).of(study.data)
    parcel = published(study, dataset.files, dataset.facts, str(torch.__version__))
    ending = f" {study.id} {checksum(study)[:8]}"
    # Its project may have been called otherwise then.
    name = next((one for one in open_studies(server) if one.endswith(ending)), path.stem[:80] + ending)
    shared = put_up(server, name, parcel, __version__)
    if definition(shared.study) != definition(study):
        raise UserError(
            _("“{name}” on {server} is another study. Take another database.").format(name=name, server=server.name)
        )
    part = Part(shared, dataclasses.replace(invitation, name=name))
    check_data(part)
    return part


def run_shared(
    path: Path,
    id: str,
    url: str,
    control: StudyControl,
    workers: int = 1,
    refused: Collection[str] = (),
    heartbeat: int = HEARTBEAT,
    tell: Tell = silent,
) -> Iterator[Event]:
    """Run the study of a project file over a server, until it is done or stopped; 0 workers only collect what others
    have trained. Afterwards the file holds its trials."""
    study = find_study(open_project(path), id)
    with alone(path, study), Server(address(url), heartbeat, makes_tables=True) as server:
        server.tell = tell
        project, study = opened_with_trials(path, study.id)
        part = publish(server, path, Invitation(url, "", without_runs(project), study, frozenset(refused), heartbeat))
        note_url(path, study, server.name)
        journal = Journal(path, study)
        journal.mend()
        try:
            for event in Collecting(part, StudyState(study, trials_of(project, study))).events(control, workers):
                if isinstance(event, SettingDone):
                    journal.append(event.runs)
                yield event
        finally:
            fold(path, study.id, journal)


def without_runs(project: Project) -> Project:
    return replace(project, runs=(), studies=())


def note_url(path: Path, study: Study, url: str) -> None:
    """Write into the project file where the study is shared, without the password."""
    if study.url == url:
        return
    project = open_project(path)
    studies = tuple(replace(one, url=url) if one.id == study.id else one for one in project.studies)
    save(replace(project, studies=studies), path, thumbnail_of(path))


@dataclass
class Collecting:
    """What of a study on a server is here already."""

    part: Part
    here: StudyState
    looked: float = -LOOKING

    def events(self, control: StudyControl, workers: int) -> Iterator[Event]:
        """Work, and collect what others have trained, until all is here."""
        self.part.shared.server.gives_up = lambda: control.is_stopped
        self.part.shared.look()
        self.give()
        self.part.shared.supply()
        for event in self.own(control, workers):
            if isinstance(event, SettingDone):
                self.here.take(event.runs)
            yield event
            if time.monotonic() - self.looked >= LOOKING:
                yield from self.collected()
        yield from self.collected()

    def own(self, control: StudyControl, workers: int) -> Iterator[Event]:
        """What is trained on this machine."""
        if workers == 1:
            yield from work(self.part, control)
        elif workers:
            yield from work_in_processes(self.part, control, workers)
        else:
            while not control.is_stopped and not self.part.shared.is_done:
                yield Waiting()
                pause(LOOKING, control)

    def give(self) -> None:
        """Put on the server what is here and not there: from before the study was shared, or while the server was
        gone."""
        shared, state = self.part.shared, self.part.shared.state
        for setting in range(self.here.study.settings):
            budget = next((one for one in reversed(self.here.budgets) if self.here.has_reached(setting, one)), None)
            if budget is None or state.has_reached(setting, budget):
                continue
            if not state.proposals.is_known(setting, state.results):
                shared.look()  # it follows from those that were just given
            if state.proposals.is_known(setting, state.results):
                runs = [self.here.trials[setting][seed] for seed in sorted(self.here.trials[setting])]
                shared.add(setting, budget, anywhere(runs))
        shared.look()

    def collected(self) -> Iterator[Event]:
        """What others have trained since the last look."""
        shared = self.part.shared
        shared.look()
        if not shared.is_done:
            shared.supply()
        for (setting, budget), (_number, parcel) in sorted(shared.done.items(), key=lambda one: one[1]):
            if not self.here.has_reached(setting, budget):
                runs = at_home(shared.trials(setting, parcel), self.part.invitation.study)
                self.here.take(runs)
                yield SettingDone(setting, runs)
        self.looked = time.monotonic()
