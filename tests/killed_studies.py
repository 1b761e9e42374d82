"""Runs the study of a project file in processes that are killed with SIGKILL, and says what is left in the end.

python -m tests.killed_studies writes PROJECT FOLDER           once before every write, each time from the beginning
python -m tests.killed_studies random PROJECT FOLDER COUNT     COUNT times at a random instant, and then to the end

Prints a checksum of the trials of a run that was never stopped, and of each that was killed, as JSON. Processes are
forked from one that has loaded torch and computed nothing, so that a kill costs little.
"""

import hashlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import torch

from nnstudio.project.archive import open_project
from nnstudio.project.model import Project
from nnstudio.project.studies import find_study, trials_of
from nnstudio.studies import kept, running, trials
from nnstudio.studies.control import StudyControl

WRITES = "write", "fsync", "replace", "truncate", "unlink", "rename", "open"


def main(mode: str, project: str, folder: str, *rest: str) -> dict[str, Any]:
    torch.set_num_threads(1)
    given, room = Path(project), Path(folder)
    whole = fresh(given, room, "whole")
    began = time.monotonic()
    child(partial(run, whole))
    took = time.monotonic() - began
    found = {"whole": checksum(whole), "trials": count(whole)}
    if mode == "writes":
        return found | {"killed": killed_at_every_write(given, room)}
    return found | {"killed": killed_at_random(given, room, int(rest[0]), took)}


def fresh(project: Path, room: Path, name: str) -> Path:
    path = room / f"{name}.nnstudio"
    shutil.copy(project, path)
    return path


def run(path: Path) -> None:
    """The study, to its end."""
    for _event in kept.run_kept(path, "", StudyControl()):
        pass


def child(work: Callable[[], object], dies_after: float | None = None) -> bool:
    """Do something in a child process, which is killed after so many seconds; whether it came to its end."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if dies_after is not None:
        time.sleep(dies_after)
        os.kill(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        raise SystemExit("a study failed")
    return os.WIFEXITED(status)


def killed_at_every_write(given: Path, room: Path) -> list[str]:
    found = []
    while True:
        path = fresh(given, room, f"write-{len(found)}")
        if child(partial(dying, path, len(found))):
            return found
        child(partial(run, path))
        found.append(checksum(path))
        for one in room.glob(f"{path.name}*"):
            one.unlink()


def dying(path: Path, last: int) -> None:
    """Run the study, and be killed before the write of this number; only those of files near the project count."""
    done = 0

    def counted(name: str) -> None:
        before = getattr(os, name)

        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal done
            if name != "open" or (len(arguments) > 1 and arguments[1] & (os.O_WRONLY | os.O_RDWR)):
                if done == last:
                    os.kill(os.getpid(), signal.SIGKILL)
                done += 1
            return before(*arguments, **named)

        setattr(os, name, call)

    for name in WRITES:
        counted(name)
    run(path)


def killed_at_random(given: Path, room: Path, kills: int, took: float) -> list[str]:
    chance, path, done = random.Random(0), fresh(given, room, "random"), 0
    while done < kills:
        if child(partial(run, path), chance.random() * took):
            path = fresh(given, room, "random")  # it was done before: begin again, for there are kills left
        done += 1
    child(partial(run, path))
    return [checksum(path)]


def count(path: Path) -> int:
    return sum(1 for run in open_project(path).runs if run.trial)


def checksum(path: Path) -> str:
    return checksum_of(open_project(path))


def checksum_of(project: Project) -> str:
    """One of all trials of a project: what was tried, every number of their curves, weights and validation rows."""
    study, found = find_study(project), hashlib.sha256()
    runs = [seeds[seed] for _setting, seeds in sorted(trials_of(project, study).items()) for seed in sorted(seeds)]
    assert len(runs) == sum(1 for run in project.runs if run.trial)  # none twice
    for one in runs:
        what = one.trial, one.history, one.stop_reason, one.epochs_run, one.best_epoch, one.weights_epoch
        found.update(msgspec.json.encode(what) + one.weights + one.validation)
    return found.hexdigest()


if __name__ == "__main__":
    assert running and trials  # loaded before the first fork
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
