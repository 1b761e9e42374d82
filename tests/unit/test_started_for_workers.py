"""An installed program may be its own `sys.executable`: what multiprocessing wants of a Python is asked of it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = """
import multiprocessing, sys
from concurrent.futures import ProcessPoolExecutor

multiprocessing.set_executable(sys.argv[1])
context = multiprocessing.get_context("spawn")
event = context.Event()  # needs the process that clears semaphores away
with ProcessPoolExecutor(2, mp_context=context) as pool:
    print(list(pool.map(abs, [-1, -2, -3])), event.is_set())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the program here is a script of the shell")
@pytest.mark.parametrize("flags", [(), ("-I", "-B", "-X", "utf8")], ids=["as typed", "as an installed program"])
def test_a_program_that_is_its_own_python_starts_workers(flags: tuple[str, ...], tmp_path: Path) -> None:
    program = tmp_path / "nnstudio"
    program.write_text(f'#!/bin/sh\ncd "{ROOT}" && exec "{sys.executable}" -m nnstudio "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    command = [sys.executable, *flags, "-c", SCRIPT, str(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=80)
    assert (done.stdout, done.stderr) == ("[1, 2, 3] False\n", "")
