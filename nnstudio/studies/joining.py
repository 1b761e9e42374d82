"""Working on a study that is on a server, from anywhere: in this process, or in several. Settings are trained as on one
machine alone (trials.py), with the same numbers to the bit."""

import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import torch

from nnstudio.project.model import Project, Run, Study
from nnstudio.studies.control import EpochsDone, SettingDone, StudyControl
from nnstudio.studies.parcels import anywhere, joined_project
from nnstudio.studies.running import INTERVAL, MOST_DEATHS, deaths_error
from nnstudio.studies.server import HEARTBEAT, Server, Tell, address, silent
from nnstudio.studies.shared import MOST_DEATHS as MOST_DEATHS_OF_A_SETTING
from nnstudio.studies.shared import Claim, SharedStudy, find
from nnstudio.studies.trials import Datasets, failed, train_setting
from nnstudio.text import UserError
from nnstudio.text import translate as _

LOOKING = 1.0
"""Seconds between two looks at what others have done."""


@dataclass(frozen=True)
class Waiting:
    """Nothing is to be done now: others are at what is left."""


Event = EpochsDone | SettingDone | Waiting


@dataclass(frozen=True)
class Invitation:
    """All that a process needs to work on a study: the address, with the password, the name there, and the project as
    this machine has it."""

    url: str
    name: str
    project: Project
    study: Study
    refused: frozenset[str] = frozenset()
    heartbeat: int = HEARTBEAT


@dataclass
class Part:
    """The part that this program has in a study on a server."""

    shared: SharedStudy
    invitation: Invitation
    datasets: Datasets = field(init=False)

    def __post_init__(self) -> None:
        self.datasets = Datasets(self.invitation.project, self.invitation.refused)


# --- joining --------------------------------------------------------------------------------------------------------


@contextmanager
def joined(url: str, name: str, folder: Path, heartbeat: int = HEARTBEAT, tell: Tell = silent) -> Iterator[Part]:
    """Join a study on a server, with files of data from this folder. UserError where that is not possible."""
    with Server(address(url), heartbeat) as server:
        server.tell = tell
        shared = find(server, name)
        project, study, copied = joined_project(shared.published, folder)
        part = Part(shared, Invitation(url, shared.name, project, study, copied, heartbeat))
        check_data(part)
        yield part


def check_data(part: Part) -> None:
    """UserError unless this machine has the data that the study was published with."""
    found, facts = part.shared.published, part.datasets.of(part.invitation.study.data).facts
    if (facts.sha256, facts.rows_sha256) != (found.data_sha256, found.rows_sha256):
        words = _("The data here is another than that of the study: “{source}”. Copy the same file to this machine.")
        raise UserError(words.format(source=Path(part.invitation.study.data.source).name))
    if found.torch != str(torch.__version__):
        words = _("The study was begun with PyTorch {theirs}; here it is {ours}: the last digits may differ.")
        part.shared.server.tell(words.format(theirs=found.torch[:40], ours=torch.__version__))


# --- working --------------------------------------------------------------------------------------------------------


def work(part: Part, control: StudyControl) -> Iterator[Event]:
    """Train settings of a study, one after the other, until all is done or this is stopped."""
    part.shared.server.gives_up = lambda: control.is_stopped
    while not control.is_stopped:
        claim = part.shared.claim()
        if claim is not None:
            yield from train_claimed(part, claim, control)
        elif part.shared.is_done:
            return
        else:
            yield Waiting()
            pause(LOOKING, control)


def train_claimed(part: Part, claim: Claim, control: StudyControl) -> Iterator[Event]:
    """Train a setting that was taken. Its trials are told of before the server has them: so they are kept though it is
    gone."""
    runs: tuple[Run, ...] = ()
    try:
        with part.shared.alive(claim):
            for answer in answers(part, claim, control):
                if isinstance(answer, tuple):
                    runs = answer
                    yield SettingDone(claim.assignment.setting, runs)
                    part.shared.finish(claim, anywhere(runs))
                else:
                    yield EpochsDone(answer)
    finally:
        if not runs:
            with suppress(UserError):
                part.shared.give_back(claim.trial)


def answers(part: Part, claim: Claim, control: StudyControl) -> Iterator[int | tuple[Run, ...]]:
    """What comes of a setting; of one over which workers have died again and again, trials that have failed."""
    project, study = part.invitation.project, part.invitation.study
    if claim.deaths >= MOST_DEATHS_OF_A_SETTING:
        words = _("The processes that trained it ended {count} times before their time; they may be short of memory.")
        yield tuple(failed(project, study, claim.assignment, words.format(count=claim.deaths), part.datasets))
        return
    yield from train_setting(project, study, claim.assignment, part.datasets, control.training())


def pause(seconds: float, control: StudyControl) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not control.is_stopped:
        time.sleep(INTERVAL)


# --- several processes ----------------------------------------------------------------------------------------------


def work_in_processes(part: Part, control: StudyControl, workers: int) -> Iterator[Event]:
    """Have several processes work on a study at once. One that dies is replaced; others train its setting again."""
    context = multiprocessing.get_context("spawn")  # torch's threads do not survive a fork
    processes: dict[Connection, Any] = {}
    deaths = 0

    def begin() -> None:
        ours, theirs = context.Pipe()
        process = context.Process(target=worker_process, args=(theirs, part.invitation), daemon=True)
        process.start()
        theirs.close()
        processes[ours] = process

    for _number in range(workers):
        begin()
    try:
        while processes:
            yield Waiting()
            if control.is_stopped:
                for connection in processes:
                    with suppress(OSError):
                        connection.send("stop")
            ready = set(wait(list(processes), INTERVAL))
            for connection in [one for one in processes if one in ready]:
                try:
                    event = connection.recv()
                except (EOFError, OSError):
                    process = processes.pop(connection)
                    process.join()
                    if process.exitcode and not control.is_stopped:
                        deaths += 1
                        if deaths >= MOST_DEATHS * workers:
                            raise deaths_error() from None
                        begin()
                    continue
                if isinstance(event, UserError):
                    raise event
                if isinstance(event, str):
                    part.shared.server.tell(event)
                    continue
                deaths = 0 if isinstance(event, SettingDone) else deaths
                yield event
    finally:
        for connection, process in processes.items():
            connection.close()  # they stop, and give back what they are at
            process.join()


def worker_process(connection: Connection, invitation: Invitation) -> None:
    """In a new process: work until all is done, or the one that started it says stop or is gone."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = StudyControl()
    threading.Thread(target=stop_on_word, args=(connection, control), daemon=True).start()
    with suppress(OSError):  # nobody listens any more
        try:
            with Server(address(invitation.url), invitation.heartbeat) as server:
                server.tell = connection.send
                for event in in_portions(work(Part(find(server, invitation.name), invitation), control)):
                    connection.send(event)
        except UserError as mistake:
            connection.send(mistake)


def stop_on_word(connection: Connection, control: StudyControl) -> None:
    with suppress(EOFError, OSError):
        connection.recv()
    control.stop()


def in_portions(events: Iterator[Event]) -> Iterator[Event]:
    """The events without those that say nothing, and epochs not one by one."""
    epochs, told = 0, time.monotonic()
    for event in events:
        epochs += event.count if isinstance(event, EpochsDone) else 0
        if epochs and (isinstance(event, SettingDone) or time.monotonic() - told > INTERVAL):
            yield EpochsDone(epochs)
            epochs, told = 0, time.monotonic()
        if isinstance(event, SettingDone):
            yield event
