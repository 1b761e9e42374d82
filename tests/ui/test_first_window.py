"""A start while a window is open: it takes the file, and the second program ends; one that hangs or is dead locks
nobody out."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.ui.files import first_window
from nnstudio.ui.files.first_window import FirstWindow
from nnstudio.ui.window import MainWindow
from tests.patience import PATIENCE
from tests.ui.driving import IRIS, Open

ROOT = Path(__file__).parents[2]
CIRCLE = paths.examples() / "circle.nnstudio"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="there it is a pipe, whose name is nobody's folder")

START = """
import sys
import nnstudio.ui.app as app
from nnstudio.cli.main import main
from PySide6.QtCore import QTimer
made = app.create_window
def create(project):
    window = made(project)
    print("a window of its own", window.windowTitle(), flush=True)
    QTimer.singleShot(0, window, lambda: sys.stdin.read() == "" and window.close())
    return window
app.create_window = create
sys.exit(main(sys.argv[1:]))
"""
"""The program, which tells of its window and closes it once its standard input ends."""


@pytest.fixture(autouse=True)
def runtime_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place for sockets, whose names may not be long."""
    folder = tempfile.mkdtemp()
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    yield Path(folder)
    shutil.rmtree(folder)


@pytest.fixture
def listening(open_window: Open) -> Iterator[Callable[..., MainWindow]]:
    """Opens a window that later starts turn to, as the program does."""
    made: list[FirstWindow] = []

    def make(project: Path | None = None) -> MainWindow:
        window = open_window(project)
        first = FirstWindow()
        first.listen(window.drops.open_for_start, window.drops.is_busy)
        made.append(first)
        return window

    yield make
    for first in made:
        first.close()
        first.deleteLater()


def start(*arguments: object) -> subprocess.Popen[str]:
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen([sys.executable, "-c", START, *map(str, arguments)], text=True, cwd=ROOT, **pipes)


def told(program: subprocess.Popen[str], qtbot: QtBot | None = None) -> str:
    """What a program has told when it has ended by itself with status 0, the window here being alive."""
    if qtbot is not None:
        qtbot.waitUntil(lambda: program.poll() is not None)
    out, error = program.communicate(timeout=PATIENCE)
    assert program.returncode == 0, error
    return out


def test_a_second_start_hands_its_file_over_and_ends(
    listening: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    window = listening(IRIS)
    odd = tmp_path / os.fsdecode(b"caf\xe9 \xe2\x82\xac;'.nnstudio")  # not all of it is UTF-8
    shutil.copy(CIRCLE, odd)
    assert told(start(odd), qtbot) == ""
    qtbot.waitUntil(lambda: window.store.path == odd)


def test_a_project_of_another_name_is_opened_and_not_trained_on(
    listening: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    window = listening(IRIS)
    kept = tmp_path / "circle.nnstudio.bak"
    shutil.copy(CIRCLE, kept)
    assert told(start(kept), qtbot) == ""
    qtbot.waitUntil(lambda: window.store.path == kept)


def test_a_start_without_a_file_brings_the_window_to_the_front(
    listening: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = listening(IRIS)
    window.showMinimized()
    assert told(start(), qtbot) == ""
    qtbot.waitUntil(lambda: not window.isMinimized() and window.isActiveWindow())
    assert window.store.path == IRIS


def test_unsaved_work_is_asked_about_and_stays_where_that_is_wanted(
    listening: Callable[..., MainWindow],
    qtbot: QtBot,
    answer_question: Callable[[QMessageBox.StandardButton], list[str]],
) -> None:
    window = listening(IRIS)
    window.store.edit("seed", edits.set_training(window.project, seed=77))
    asked = answer_question(QMessageBox.StandardButton.Cancel)
    assert told(start(CIRCLE), qtbot) == ""
    qtbot.waitUntil(lambda: bool(asked))
    assert window.store.path == IRIS and window.project.training.seed == 77


def test_the_file_that_is_open_already_is_only_shown(listening: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = listening(IRIS)
    window.store.edit("seed", edits.set_training(window.project, seed=77))  # nothing is asked about it
    assert told(start(IRIS), qtbot) == ""
    assert window.project.training.seed == 77


def test_where_a_question_is_open_the_file_gets_a_window_of_its_own(
    listening: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = listening(IRIS)
    box = QMessageBox(window)
    box.open()
    program = start(CIRCLE)
    assert program.stdin is not None
    program.stdin.close()
    program.stdin = None
    assert "a window of its own circle" in told(program, qtbot)
    assert told(start(), qtbot) == ""  # coming to the front asks for nothing
    box.close()
    box.deleteLater()
    assert window.store.path == IRIS


def test_a_second_window_opens_where_it_is_wanted(listening: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = listening(IRIS)
    program = start("--new-window", CIRCLE)
    assert program.stdin is not None
    program.stdin.close()
    program.stdin = None
    assert "a window of its own circle" in told(program, qtbot)
    assert window.store.path == IRIS
    assert told(start(), qtbot) == ""  # the first is still the one that is turned to


def test_when_the_first_window_is_closed_one_of_the_others_is_turned_to(qtbot: QtBot) -> None:
    windows, taken = [FirstWindow() for _number in range(3)], list[tuple[int, Path | None]]()
    for number, window in enumerate(windows):
        window.listen(lambda file, number=number: taken.append((number, file)), lambda: False)
    for closed in range(3):
        assert told(start(CIRCLE), qtbot) == ""
        qtbot.waitUntil(lambda count=closed + 1: len(taken) == count)
        windows[taken[-1][0]].close()
        if closed < 2:
            qtbot.waitUntil(lambda: first_window.connected(first_window.address()) is not None)
    assert sorted(taken) == [(0, CIRCLE), (1, CIRCLE), (2, CIRCLE)]
    for window in windows:
        window.deleteLater()
    with start(IRIS) as program:
        assert "a window of its own iris" in program.communicate("", timeout=PATIENCE)[0]


def test_a_window_that_hangs_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with start(CIRCLE) as hung:
        assert hung.stdout is not None and "own circle" in hung.stdout.readline()
        hung.send_signal(signal.SIGSTOP)
        assert "a window of its own iris" in start(IRIS).communicate("", timeout=PATIENCE)[0]
        hung.send_signal(signal.SIGCONT)
        assert hung.communicate("", timeout=PATIENCE)[0] == "" and hung.returncode == 0


def test_a_killed_program_locks_nobody_out() -> None:
    with start(CIRCLE) as killed:
        assert killed.stdout is not None and "own circle" in killed.stdout.readline()
        killed.kill()
    address = Path(first_window.address())
    if not address.exists():  # killed before it listened: what it leaves then
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(address))
    with start(IRIS) as program:
        assert program.stdout is not None and "own iris" in program.stdout.readline()
        assert program.communicate("", timeout=PATIENCE) is not None and program.returncode == 0


def test_the_socket_is_closed_to_others_and_gone_at_the_end(
    listening: Callable[..., MainWindow], runtime_folder: Path
) -> None:
    listening()
    address = Path(first_window.address())
    assert address.parent == runtime_folder and stat.S_IMODE(address.stat().st_mode) & 0o077 == 0


def test_a_folder_that_is_open_to_others_is_no_place_for_it(runtime_folder: Path) -> None:
    runtime_folder.chmod(0o777)
    assert Path(first_window.address()).parent == paths.locks_folder()


def test_what_is_no_message_of_ours_is_not_taken(listening: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = listening(IRIS)
    for sent in (
        b"nonsense\n",
        b'{"file": 3}\n',
        b"x" * 200_000,
        b'{"activation": null}\n',
        b'{"activation": "\xff"}\n',
    ):
        stranger = QLocalSocket()
        stranger.connectToServer(first_window.address())
        stranger.write(sent)
        qtbot.waitUntil(lambda stranger=stranger: stranger.state() is QLocalSocket.LocalSocketState.UnconnectedState)
        assert first_window.TAKEN not in bytes(stranger.readAll().data())
    assert window.store.path == IRIS


HANDED_OVER = """
import sys
from pathlib import Path
import nnstudio.ui.app as app
from PySide6.QtCore import QCoreApplication, QTimer, QUrl
from PySide6.QtGui import QFileOpenEvent
made = app.create_window
def hand_over():
    for url in (QUrl("https://example.org/a.nnstudio"), QUrl.fromLocalFile(sys.argv[1])):  # the first is no file
        QCoreApplication.sendEvent(QCoreApplication.instance(), QFileOpenEvent(url))
def create(project):
    hand_over()
    window = made(project)
    window.store.replaced.connect(lambda: (print(window.store.path.name, flush=True), window.close()))
    return window
app.create_window = create
sys.exit(app.run(None))
"""


def test_a_file_that_the_system_hands_over_before_the_window_is_there_waits_for_it() -> None:
    command = [sys.executable, "-c", HANDED_OVER, str(CIRCLE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT)
    assert done.stdout == "circle.nnstudio\n", done.stderr


def test_a_file_that_the_system_hands_over_waits_for_the_end_of_a_question(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    box = QMessageBox(window)
    box.open()
    elsewhere = QWidget()
    qtbot.addWidget(elsewhere)
    elsewhere.show()
    looked: list[tuple[bool, bool]] = []
    window.drops.hand_over(CIRCLE)
    elsewhere.activateWindow()  # the hand goes on with something else, and is not called back again and again
    qtbot.waitUntil(elsewhere.isActiveWindow)
    QTimer.singleShot(
        500, lambda: (looked.append((window.store.path == IRIS, elsewhere.isActiveWindow())), box.close())
    )
    qtbot.waitUntil(lambda: window.store.path == CIRCLE)
    assert looked == [(True, True)]
    box.deleteLater()


@pytest.mark.parametrize(("name", "arguments"), [("python3", "-m nnstudio --new-window"), ("nnstudio", "--new-window")])
def test_file_new_window_starts_the_program_once_more(
    name: str, arguments: str, listening: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also where it was installed with its Python inside."""
    program, noted = tmp_path / name, tmp_path / "noted"
    program.write_text(f'#!/bin/sh\necho "$@" > {noted}.part; mv {noted}.part {noted}\n')
    program.chmod(0o755)
    window = listening()
    monkeypatch.setattr(sys, "executable", str(program))
    window.actions_by_name["actionNewWindow"].trigger()
    while not noted.exists():
        QApplication.processEvents()
    assert noted.read_text() == f"{arguments}\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no such server")
def test_a_compositor_that_is_gone_is_no_display(runtime_folder: Path) -> None:
    """Qt would abort, and not say why."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "QT_QPA_PLATFORM")}
    command = [sys.executable, "-m", "nnstudio"]
    environment["WAYLAND_DISPLAY"] = "wayland-7"
    for left in (False, True):  # the socket of a killed one
        if left:
            with socket.socket(socket.AF_UNIX) as killed:
                killed.bind(str(runtime_folder / "wayland-7"))
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=PATIENCE)
        assert done.returncode == 2 and done.stderr.startswith("nnstudio: error: There is no display here"), done.stderr
