"""A study run on this machine: one setting after the other in this process, or several at once in processes of their
own. What is trained, and what comes of it, is the same either way."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event as SharedEvent

from msgspec.structs import replace

from nnstudio.project.model import Project, Run, Study
from nnstudio.project.studies import trials_of
from nnstudio.studies.control import EpochsDone, Event, SettingBegun, SettingDone, StudyControl
from nnstudio.studies.state import Assignment, StudyState
from nnstudio.studies.trials import Datasets, train_setting
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.control import Control, Mode

INTERVAL = 0.2
"""Seconds between two looks at how far the workers are."""
MOST_DEATHS = 3
"""A setting whose worker dies so often is not tried again."""


def run_study(
    project: Project, study: Study, control: StudyControl, workers: int = 1, refused: Collection[str] = ()
) -> Iterator[Event]:
    """Train what is missing of a study, until it is done or stopped. The trials there are stand in the project; whoever
    iterates keeps those that come. UserError where the data cannot be used, or workers die again and again."""
    state = StudyState(study, trials_of(project, study))
    if workers > 1:
        yield from run_in_processes(project, study, state, control, workers, refused)
        return
    datasets = Datasets(project, refused)
    while not control.is_stopped and (assignment := state.next_assignment()) is not None:
        yield from run_here(project, study, state, assignment, datasets, control)


def run_here(
    project: Project,
    study: Study,
    state: StudyState,
    assignment: Assignment,
    datasets: Datasets,
    control: StudyControl,
) -> Iterator[Event]:
    """One setting, in this process."""
    yield SettingBegun(assignment.setting, assignment.values)
    for answer in train_setting(project, study, assignment, datasets, control.training()):
        if isinstance(answer, tuple):
            state.take(answer)
            yield SettingDone(assignment.setting, answer)
        else:
            yield EpochsDone(answer)
    if assignment.setting in state.under_way:
        state.give_back(assignment)


# --- several processes ----------------------------------------------------------------------------------------------


def run_in_processes(
    project: Project,
    study: Study,
    state: StudyState,
    control: StudyControl,
    workers: int,
    refused: Collection[str],
) -> Iterator[Event]:
    """As many settings at once as there are workers. One that dies is replaced, and its setting trained again."""
    context = multiprocessing.get_context("spawn")  # torch's threads do not survive a fork
    epochs, stopping = context.Value("Q", 0), context.Event()
    deaths: dict[int, int] = {}
    told = 0
    project = replace(project, runs=(), studies=())  # what it has trained is not needed to train more
    while not control.is_stopped:
        pool = ProcessPoolExecutor(
            workers, mp_context=context, initializer=begin_worker, initargs=(project, study, refused, epochs, stopping)
        )
        futures: dict[Future[tuple[Run, ...] | None], Assignment] = {}
        try:
            while True:
                while len(futures) < workers and (assignment := state.next_assignment()) is not None:
                    futures[pool.submit(work, assignment)] = assignment
                    yield SettingBegun(assignment.setting, assignment.values)
                if not futures:
                    return
                done, _waiting = wait(futures, INTERVAL, FIRST_COMPLETED)
                if control.is_stopped:
                    stopping.set()
                if epochs.value > told:
                    yield EpochsDone(epochs.value - told)
                    told = epochs.value
                for future in done:
                    runs = future.result()
                    assignment = futures.pop(future)
                    if runs is not None:
                        state.take(runs)
                        yield SettingDone(assignment.setting, runs)
                if control.is_stopped and all(one.done() for one in futures):
                    return
        except BrokenProcessPool:
            for assignment in futures.values():
                state.give_back(assignment)
                deaths[assignment.setting] = deaths.get(assignment.setting, 0) + 1
            if max(deaths.values(), default=0) >= MOST_DEATHS:
                raise deaths_error() from None
        finally:
            stopping.set()
            pool.shutdown(wait=True, cancel_futures=True)
        stopping.clear()


def deaths_error() -> UserError:
    return UserError(
        _(
            "The processes that train the study end again and again before their time. The system may be short of "
            "memory: take fewer of them with --workers."
        )
    )


@dataclass
class WorkersPart:
    """What a worker process knows."""

    project: Project
    study: Study
    datasets: Datasets
    epochs: "Synchronized[int]"
    stopping: SharedEvent


HERE: list[WorkersPart] = []
"""The part of this process where it is a worker."""


def begin_worker(
    project: Project,
    study: Study,
    refused: Collection[str],
    epochs: "Synchronized[int]",
    stopping: SharedEvent,
) -> None:
    """In a new process: Ctrl-C is for the one that started it, without which it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    HERE[:] = [WorkersPart(project, study, Datasets(project, refused), epochs, stopping)]


def end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def work(assignment: Assignment) -> tuple[Run, ...] | None:
    """Train a setting in a worker process; None where it was stopped."""
    (ours,) = HERE
    control = Control()
    for answer in train_setting(ours.project, ours.study, assignment, ours.datasets, control):
        if isinstance(answer, tuple):
            return answer
        with ours.epochs.get_lock():
            ours.epochs.value += answer
        if ours.stopping.is_set():
            control.command(Mode.STOP)
    return None
