"""Files dropped on the window, and ends that come from outside: nothing is lost, and no thread is joined."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.project import edits, recovery
from nnstudio.project.archive import open_project
from nnstudio.ui.window import MainWindow
from tests.ui.driving import IRIS, Open


def drop(window: MainWindow, path: Path) -> bool:
    """Drag a file from outside over the window and let it go; whether the window took it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    place, nothing = QPoint(300, 300), Qt.KeyboardModifier.NoModifier
    given = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, nothing
    entered = QDragEnterEvent(place, *given)
    QApplication.sendEvent(window, entered)
    if entered.isAccepted():
        QApplication.sendEvent(window, QDropEvent(place.toPointF(), *given))
    return entered.isAccepted()


def test_a_project_dropped_on_the_window_is_opened(open_window: Open) -> None:
    window = open_window()
    assert drop(window, IRIS)
    assert window.store.path == IRIS and len(window.project.network.layers) > 2


def test_a_table_dropped_on_the_window_becomes_the_data(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    table = tmp_path / "points.csv"
    table.write_text("x,y,side\n" + "".join(f"{n},{n % 7},{'ab'[n % 2]}\n" for n in range(60)))
    window = open_window()
    assert drop(window, table)
    assert window.project.data.source == str(table)
    qtbot.waitUntil(lambda: window.project.facts is not None and window.project.facts.rows == 60, timeout=20_000)


CHILD = """
import sys
from pathlib import Path
import nnstudio.ui.app as app
from nnstudio.project import edits
from PySide6.QtCore import QTimer
made = app.create_window
def create(project):
    window = made(project)
    QTimer.singleShot(300, window, lambda: (window.store.edit("seed", edits.set_training(window.project, seed=77)), print("edited", flush=True)))
    return window
app.create_window = create
sys.exit(app.run(Path(sys.argv[1])))
"""  # noqa: E501


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP"])
def test_ended_by_the_system_what_is_unsaved_is_kept_and_offered(number: str, tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    command = [sys.executable, "-c", CHILD, str(IRIS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=Path(__file__).parents[2]) as child:
        assert child.stdout is not None and child.stdout.readline() == b"edited\n"
        child.send_signal(getattr(signal, number))
        assert child.wait(timeout=60) == 0
    (left,) = recovery.left_behind(tmp_path / "nnstudio" / "recovery")
    assert open_project(left.file).training.seed == 77


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
