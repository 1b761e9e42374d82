"""How soon the window can be used, and what that takes of the processor, beside an empty Qt window.

python3 packaging/develop.py bench start [--rounds N] [--frozen PROGRAM]

Watched from outside, so that a frozen program is measured as it is: the window can be used once the main thread waits
in its event loop and goes on waiting. Linux alone. QT_QPA_PLATFORM=xcb measures on a screen, else there is none.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import PySide6

from tests.bench import tables

RESULTS = Path(__file__).parent / "results" / "start.md"
EMPTY = """
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication(["empty"])
window = QMainWindow()
window.show()
application.exec()
"""
LOOK_EVERY = 0.002
WAITING = 0.15
"""Seconds that the main thread must wait for what comes from outside, to count as done; torch is loaded 0.7 s later."""
LONGEST = 60.0
SHARE, REST = 1.5, 0.6
"""What is asked: at most so often the empty window, and so many seconds of processor more."""


@dataclass(frozen=True)
class Start:
    """From the start of the process to a window that can be used, in seconds."""

    elapsed: float
    processor: float


def start(command: list[str], environment: dict[str, str]) -> Start:
    """Start a program with a window, see when it can be used, and end it."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return watch(process, began)
    finally:
        process.kill()
        process.wait()


def watch(process: subprocess.Popen[bytes], began: float) -> Start:
    """The first moment from which on the main thread waits."""
    reached: Start | None = None
    while time.perf_counter() < began + LONGEST:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode} before there was a window")
        now = Start(time.perf_counter() - began, processor_time(process.pid))
        if not waits_for_events(process.pid):
            reached = None
        elif reached is None:
            reached = now
        elif now.elapsed - reached.elapsed > WAITING:
            return reached
        time.sleep(LOOK_EVERY)
    raise RuntimeError(f"{process.args!r} has no window after {LONGEST:g} s")


def waits_for_events(process: int) -> bool:
    """Whether the main thread is in poll(2), where Qt's event loop waits, and not for the disk, a lock or its turn."""
    return "poll" in Path(f"/proc/{process}/wchan").read_text()


def processor_time(process: int) -> float:
    """Seconds of processor that all threads of a process took, by its clock; clock_getcpuclockid(3) has the number."""
    return time.clock_gettime((~process << 3) | 2)


def settled_home(folder: str) -> dict[str, str]:
    """The environment of a person without settings yet, alike for all that are measured."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PYTHON"))}
    # A program that is installed is compiled; a clone may be one in which nothing is written.
    compiled = {"PYTHONPYCACHEPREFIX": str(Path(folder, "compiled"))}
    return own | compiled | {"HOME": folder, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}


def main(rounds: int = 9, frozen: Path | None = None) -> int:
    commands = {"an empty window": [sys.executable, "-c", EMPTY], "nnstudio": [sys.executable, "-m", "nnstudio"]}
    if frozen is not None:
        commands["nnstudio, frozen"] = [str(frozen)]
    found: dict[str, list[Start]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as home:
        environment = settled_home(home)
        for command in commands.values():  # what is read from the disk lies in memory from now on
            start(command, environment)
        for _round in range(rounds):
            for name, command in commands.items():
                found[name].append(start(command, environment))
    tables.keep(RESULTS, report(found, environment["QT_QPA_PLATFORM"], rounds))
    return 0


def report(found: dict[str, list[Start]], platform: str, rounds: int) -> list[str]:
    """Each beside the empty window."""
    processor = {name: [one.processor for one in starts] for name, starts in found.items()}
    elapsed = {name: [one.elapsed for one in starts] for name, starts in found.items()}
    empty = sorted(processor["an empty window"])[rounds // 2]
    asked = f"at most {SHARE * empty + REST:.2f}"
    programs = [name for name in found if name != "an empty window"]
    return [
        "# The start",
        "",
        "From the start of the process until the main thread waits for events, with the welcome page, beside an empty "
        f"QMainWindow. Medians and ranges of {rounds} rounds in turn; Python {sys.version.split()[0]}, PySide6 "
        f"{PySide6.__version__}, {platform}. Asked: {SHARE:g} × the empty window and {REST:g} s of processor. "
        "`python3 packaging/develop.py bench start --frozen build/linux/frozen/nnstudio/nnstudio`.",
        "",
        "Processor, s:",
        "",
        *tables.medians(processor, dict.fromkeys(programs, asked)),
        "",
        "Time, s:",
        "",
        *tables.medians(elapsed, {}),
    ]
