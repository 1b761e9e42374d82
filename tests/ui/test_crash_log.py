"""An error that nobody caught is shown and the program goes on; a crash is told of at the next start."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nnstudio.project.running import SILENT_FOR
from nnstudio.ui.shell.crash_log import CrashLog
from tests.patience import PATIENCE

START = """
import os, sys, threading
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from nnstudio import paths
home = Path(sys.argv[1])
paths.settings_file = lambda: home / "settings.ini"
paths.recovery_folder = lambda: home / "recovery"
paths.log_folder = lambda: home / "logs"
from nnstudio.ui import app
from nnstudio.ui.shell.crash_log import CrashReports
from nnstudio.ui.window import MainWindow

def window():
    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))

def report():
    dialog = window().findChild(CrashReports).dialog
    return dialog.report.toPlainText() if dialog else ""

def raise_here():
    raise RuntimeError("a slot failed")

def raise_in_thread():
    threading.Thread(target=raise_here).start()

def start(*acts):
    # The program as from the command line, and each thing so many seconds after its start.
    real = app.create_window
    def create(project):
        made = real(project)
        for what, seconds in acts:
            QTimer.singleShot(int(1000 * seconds), what)
        return made
    app.create_window = create
    app.run(None)
"""

SLOT = """
def look():
    if report().count("RuntimeError: a slot failed") < 2:
        QTimer.singleShot(50, look)  # a thread's error comes when it comes
        return
    window().findChild(CrashReports).dialog.copied.click()
    assert "a slot failed" in QApplication.clipboard().text()
    window().store.mark_saved(window().project, home / "x.nnstudio")
    window().close()
    print("went on")

start((raise_here, 0.5), (raise_in_thread, 1.0), (look, 2.0))
"""

CRASH = """
import faulthandler
start((faulthandler._sigsegv, 0.5))
"""

NEXT = """
def look():
    print(report())
    window().close()

start((look, 1.0))
"""


def run(script: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "LANGUAGE": "en"}
    command = [sys.executable, "-c", START + script, str(home)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=PATIENCE)


def test_errors_of_slots_and_threads_are_shown_and_the_program_goes_on(tmp_path: Path) -> None:
    done = run(SLOT, tmp_path)
    assert "went on" in done.stdout and done.returncode == 0, done.stderr
    assert not list((tmp_path / "logs").glob("*.log"))  # it ended as it should


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks about a crash in a window of its own")
def test_a_crash_is_told_of_once_at_the_next_start(tmp_path: Path) -> None:
    assert run(CRASH, tmp_path).returncode != 0
    told = run(NEXT, tmp_path)
    assert "Segmentation fault" in told.stdout, told.stderr
    assert len(list((tmp_path / "logs").glob("crash-*.log"))) == 1
    assert "Segmentation fault" not in run(NEXT, tmp_path).stdout


def test_the_log_of_a_program_that_runs_elsewhere_is_no_crash(tmp_path: Path) -> None:
    elsewhere = tmp_path / "1-1790000000-0123abcd.log"
    elsewhere.write_text("it runs")
    assert CrashLog(tmp_path).crashes() == []
    long_ago = time.time() - SILENT_FOR - 60
    os.utime(elsewhere, (long_ago, long_ago))
    assert CrashLog(tmp_path).crashes() == ["it runs"]
