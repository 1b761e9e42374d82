"""The most memory that a program of its own takes."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PEAK = """
import resource, subprocess, sys
subprocess.run([sys.executable, *sys.argv[1:]], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(used if sys.platform == "darwin" else used * 1024)
"""


def peak(*arguments: str) -> int:
    """The most bytes that Python holds when it is started with these arguments. A small program asks for it: one
    inherits the peak of the one that started it."""
    if sys.platform == "win32":
        raise SystemExit("peak memory is measured on Linux and macOS alone")
    command = [sys.executable, "-c", PEAK, *arguments]
    return int(subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout)
