"""Which program a file belongs to, and whether it still runs.

A process number alone does not tell: it is given again, and another machine or container that shares the folder counts
numbers of its own. So a program bears its number, its start and where it runs, in a text that can stand in file names.
"""

import hashlib
import os
import platform
import re
import time
from contextlib import suppress
from pathlib import Path

import psutil

PROGRAM = r"(\d+)-(\d+)-([0-9a-f]{8})"
"""Process number, second of its start, and where."""
SAME_START = 5
"""Seconds by which the same start may be reckoned otherwise, when the clock was set meanwhile."""
SILENT_FOR = 24 * 3600
"""Seconds after which a program elsewhere, which cannot be asked, counts as gone."""


def this_program() -> str:
    return f"{os.getpid()}-{int(psutil.Process().create_time())}-{here()}"


def here() -> str:
    """Where process numbers mean what they mean here: this machine and, on Linux, this container."""
    place = platform.node()
    with suppress(OSError):
        place += str(Path("/proc/self/ns/pid").readlink())
    return hashlib.sha256(place.encode(errors="replace")).hexdigest()[:8]


def is_gone(program: str, last_written: float) -> bool:
    """Whether the program has ended that wrote a file, the last time at this second since 1970."""
    known = re.fullmatch(PROGRAM, program)
    if known is None:
        return True  # a file of an earlier version
    number, started, place = known.groups()
    if place != here():
        return time.time() - last_written > SILENT_FOR
    try:
        return bool(abs(psutil.Process(int(number)).create_time() - int(started)) > SAME_START)
    except (psutil.Error, OverflowError, ValueError):
        return True
