"""Files dropped on the window, and ends that come from outside: nothing is lost, and no thread is joined."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits, recovery
from nnstudio.training import session
from nnstudio.ui.window import MainWindow
from tests.patience import PATIENCE
from tests.ui.conftest import await_training
from tests.ui.driving import IRIS, Open


def drop(window: MainWindow, place: QPoint, *files: Path | QUrl) -> bool:
    """Drag files from outside over a point of the window and let them go; whether they were taken there.

    The events go to the native window, which finds the widget under the point as it does for a hand.
    """
    data = QMimeData()
    data.setUrls([one if isinstance(one, QUrl) else QUrl.fromLocalFile(str(one)) for one in files])
    nothing = Qt.KeyboardModifier.NoModifier
    given = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, nothing
    native = window.windowHandle()
    entered, moved = QDragEnterEvent(place, *given), QDragMoveEvent(place, *given)
    QApplication.sendEvent(native, entered)
    moved.setAccepted(entered.isAccepted())  # a move begins with what was answered to the entering
    QApplication.sendEvent(native, moved)
    if moved.isAccepted():
        QApplication.sendEvent(native, QDropEvent(place.toPointF(), *given))
    return moved.isAccepted()


def middle_of(widget: QWidget, window: MainWindow) -> QPoint:
    return widget.mapTo(window, widget.rect().center())


@pytest.mark.parametrize("where", ["canvas", "palette", "plots", "settings"])
def test_a_project_dropped_anywhere_on_the_window_is_opened(where: str, open_window: Open, qtbot: QtBot) -> None:
    window = open_window(CIRCLE)
    qtbot.waitUntil(lambda: window.plots.plane.isVisible(), timeout=20_000)
    targets = {
        "canvas": window.canvas.viewport(),
        "palette": window.palette_panel.list.viewport(),
        "plots": window.plots.plane.viewport(),
        "settings": window.training_panel.viewport(),
    }
    assert drop(window, middle_of(targets[where], window), IRIS)
    qtbot.waitUntil(lambda: window.store.path == IRIS)


def test_what_is_dropped_from_elsewhere_is_told_of(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    assert drop(window, middle_of(window.canvas, window), IRIS, QUrl("https://example.org/<b>a</b>.nnstudio"))
    qtbot.waitUntil(lambda: "is no file of this computer" in window.messages.label.text())
    assert window.store.path is None


def test_a_table_dropped_on_the_window_becomes_the_data(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    table = tmp_path / "points.csv"
    table.write_text("x,y,side\n" + "".join(f"{n},{n % 7},{'ab'[n % 2]}\n" for n in range(60)))
    window = open_window()
    assert drop(window, middle_of(window.canvas, window), table)
    qtbot.waitUntil(lambda: window.project.data.source == str(table))
    qtbot.waitUntil(lambda: window.project.facts is not None and window.project.facts.rows == 60, timeout=20_000)


def test_tables_dropped_together_are_one_table_or_it_is_said_why_not(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    tables = [tmp_path / name for name in ("spring.csv", "summer.csv", "winter.csv")]
    for table in tables:
        table.write_text("x,y,side\n" + "".join(f"{n},{n % 7},{'ab'[n % 2]}\n" for n in range(60)))
    window = open_window()
    assert drop(window, middle_of(window.canvas, window), tables[0], tables[2])
    qtbot.waitUntil(lambda: "Move them alone into a folder" in window.messages.label.text())
    assert window.project.data.source == "builtin:digits"
    assert drop(window, middle_of(window.canvas, window), *tables)
    qtbot.waitUntil(lambda: window.project.data.source == str(tmp_path / "*.csv"))
    qtbot.waitUntil(lambda: window.project.facts is not None and window.project.facts.rows == 180, timeout=20_000)


CIRCLE = paths.examples() / "circle.nnstudio"

CHILD = """
import sys
from pathlib import Path
import nnstudio.ui.app as app
from nnstudio.project import edits
from PySide6.QtCore import QTimer
made = app.create_window
def create(project):
    window = made(project)
    def edit():
        window.store.edit("seed", edits.set_training(window.project, seed=76))
        window.autosave.keep()  # still being written when the last edit comes
        window.store.edit("seed", edits.set_training(window.project, seed=77))
        print("edited", flush=True)
    QTimer.singleShot(300, window, edit)
    return window
app.create_window = create
sys.exit(app.run(Path(sys.argv[1])))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP"])
def test_ended_by_the_system_what_is_unsaved_is_kept_and_offered(number: str, tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    command = [sys.executable, "-c", CHILD, str(IRIS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=Path(__file__).parents[2]) as child:
        assert child.stdout is not None and child.stdout.readline() == b"edited\n"
        child.send_signal(getattr(signal, number))
        assert child.wait(timeout=PATIENCE) == 0
    (left,) = recovery.left_behind(tmp_path / "nnstudio" / "recovery")
    assert recovery.open_kept(left.file).training.seed == 77


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_ended_where_nothing_can_be_kept_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "nnstudio").write_text("a file where a folder should be")
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    command = [sys.executable, "-c", CHILD, str(IRIS)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, env=environment, cwd=Path(__file__).parents[2]) as child:
        assert child.stdout is not None and child.stdout.readline() == b"edited\n"
        child.send_signal(signal.SIGTERM)
        _out, said = child.communicate(timeout=PATIENCE)
    assert b"Unsaved work cannot be kept safe" in said


LOGGED_OUT = """
import sys
from pathlib import Path
import nnstudio.ui.app as app
from nnstudio.project import edits
from PySide6.QtCore import QCoreApplication, QTimer
made = app.create_window
def create(project):
    window = made(project)
    window.autosave._timer.setInterval(10**9)  # nothing is kept by itself
    def edit():
        window.store.edit("seed", edits.set_training(window.project, seed=77))
        QCoreApplication.instance().commitDataRequest.emit(None)
        window.autosave._task.done.connect(lambda: print("kept", flush=True))
    QTimer.singleShot(300, window, edit)
    return window
app.create_window = create
sys.exit(app.run(Path(sys.argv[1])))
"""


def test_when_the_session_ends_work_is_safe_before_anything_is_asked(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    command = [sys.executable, "-c", LOGGED_OUT, str(IRIS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=Path(__file__).parents[2]) as child:
        assert child.stdout is not None and child.stdout.readline() == b"kept\n"
        child.kill()
    (left,) = recovery.left_behind(tmp_path / "nnstudio" / "recovery")
    assert recovery.open_kept(left.file).training.seed == 77


HANDED_OVER = """
import sys
from pathlib import Path
import nnstudio.ui.app as app
from PySide6.QtCore import QCoreApplication, QTimer, QUrl
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
made = app.create_window
def create(project):
    window = made(project)
    def look():
        if window.store.path and window.store.path.name == Path(sys.argv[2]).name:
            print(QGuiApplication.desktopFileName(), window.windowTitle(), flush=True)
            window.close()
        else:
            QTimer.singleShot(50, look)
    def hand_over():
        QCoreApplication.postEvent(QCoreApplication.instance(), QFileOpenEvent(QUrl.fromLocalFile(sys.argv[2])))
        look()
    QTimer.singleShot(300, hand_over)
    return window
app.create_window = create
sys.exit(app.run(Path(sys.argv[1])))
"""


def test_a_file_that_the_system_hands_over_is_opened_and_the_window_bears_the_programs_id(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    command = [sys.executable, "-c", HANDED_OVER, str(IRIS), str(paths.examples() / "circle.nnstudio")]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, env=environment, cwd=root)
    assert done.stdout.split()[:2] == ["nnstudio", "circle.nnstudio[*]"], done.stderr


def test_a_stop_while_a_large_network_is_prepared_ends_it_without_a_run(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    wide = window.project
    for _layer in range(4):
        wide, id = edits.add_layer(wide, "dense")
        wide = edits.set_parameter(wide, id, "units", 2000)
        wide = edits.insert_on_link(wide, id, next(one for one in wide.network.links if one.target == "output_1"))
        wide, last = edits.add_layer(wide, "dense")
        wide = edits.set_parameter(wide, last, "units", 3)
        wide = edits.insert_on_link(wide, last, next(one for one in wide.network.links if one.target == "output_1"))
    window.store.edit("wide", wide)
    window.actions_by_name["actionTrain"].trigger()
    window.actions_by_name["actionStop"].trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=60_000)
    assert not window.project.runs


def test_leaving_a_training_that_is_slow_to_end_says_so_and_can_be_given_up(
    open_window: Open,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    answer_question: Callable[[QMessageBox.StandardButton], list[str]],
) -> None:
    """A layer of very many weights is made in one piece, and no stop is heard inside it."""
    window, may_go_on, began = open_window(IRIS), threading.Event(), threading.Event()
    made = session.made_network

    def slow(*given: Any) -> Any:
        began.set()
        may_go_on.wait(PATIENCE)
        return made(*given)

    monkeypatch.setattr(session, "made_network", slow)
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(began.is_set)
    answer_question(QMessageBox.StandardButton.Yes)
    said = list[str]()

    def give_up() -> None:
        dialog = window.documents.busy.dialog
        if dialog is None or not dialog.isVisible():
            QTimer.singleShot(20, give_up)
            return
        said.append(dialog.label.text())
        QTest.mouseClick(dialog.cancelling, Qt.MouseButton.LeftButton)

    give_up()
    window.close()
    assert said == ["Stopping the training …"] and window.isVisible() and window.trainer.is_active
    may_go_on.set()
    await_training(window)
    assert not window.project.runs  # nothing was learnt
