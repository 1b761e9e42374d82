"""The verbs for studies on a server: `study run --storage`, and `study work`, which joins one from anywhere."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from nnstudio.cli import verbs
from nnstudio.cli.options import whole
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _
from nnstudio.training.interrupts import ENDING, interrupts

Answer = tuple[dict[str, Any], int]


def said(words: str) -> None:
    """A remark on what goes on, beside the progress bar."""
    tqdm.write(f"nnstudio: {words}", file=sys.stderr)


def shared_events(options: Namespace, study: str, refused: frozenset[str], control: Any) -> Iterator[Any]:
    """The events of a study of a project that is run over a server."""
    from nnstudio.studies.collecting import run_shared

    workers, heartbeat = whole(options.workers, "--workers"), whole(options.heartbeat, "--heartbeat", 1)
    return run_shared(options.project, study, options.storage, control, workers, refused, heartbeat, said)


def work(options: Namespace) -> Answer:
    """Work on a study that is on a server, until it is done."""
    from nnstudio.studies.control import StudyControl
    from nnstudio.studies.joining import joined, work_in_processes
    from nnstudio.studies.joining import work as work_here

    workers, heartbeat = whole(options.workers, "--workers", 1), whole(options.heartbeat, "--heartbeat", 1)
    control = StudyControl()
    with joined(options.url, options.study, Path(options.data), heartbeat, said) as part:
        name, server = part.shared.name, part.shared.server.name
        if not options.json:
            print(_("Working on “{name}” on {server}.").format(name=name, server=server))
        with interrupts(control.stop, ENDING) as came, WorkerBar(options) as told:
            for event in work_here(part, control) if workers == 1 else work_in_processes(part, control, workers):
                told(event)
        if not came:
            part.shared.look()
        answer = {
            "study": name,
            "server": server,
            "settings": told.settings,
            "trials": told.trials,
            "is_done": part.shared.is_done,
        }
    return verbs.finish(options, answer, lambda: print_work(told.settings), 128 + came[0] if came else 0)


class WorkerBar:
    """A progress bar that counts what this machine has trained; called with the events of a study."""

    def __init__(self, options: Namespace) -> None:
        show = options.progress or sys.stderr.isatty()
        self.bar = tqdm(unit=_("trial"), disable=not show, file=sys.stderr)
        self.settings = self.trials = self.epochs = 0

    def __enter__(self) -> "WorkerBar":
        return self

    def __exit__(self, *error: object) -> None:
        self.bar.close()

    def __call__(self, event: Any) -> None:
        self.epochs += getattr(event, "count", 0)
        runs = getattr(event, "runs", ())
        self.settings += bool(runs)
        self.trials += len(runs)
        words = translate_count("{count} epoch", "{count} epochs", self.epochs)
        self.bar.set_postfix_str(words.format(count=Count(self.epochs)), refresh=False)
        self.bar.update(len(runs))


def print_work(settings: int) -> None:
    words = translate_count("{count} setting trained here.", "{count} settings trained here.", settings)
    print(words.format(count=Count(settings)))
