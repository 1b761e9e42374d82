"""Unsaved work outlives the program: kept some seconds after an edit, offered at the next start, never lost."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits, recovery, running
from nnstudio.project.archive import open_project, save
from nnstudio.project.container import backup_of
from nnstudio.ui.app import create_window
from nnstudio.ui.files import autosave as rescues
from nnstudio.ui.files.autosave import Autosave
from nnstudio.ui.window import MainWindow
from tests.ui.driving import IRIS, Open


def autosave_of(window: MainWindow) -> Autosave:
    found = window.findChild(Autosave)
    assert found is not None
    return found


def test_an_edit_is_kept_by_itself_and_given_up_once_it_is_saved(
    open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rescues.AFTER < 30_000
    window = open_window(IRIS)
    autosave = autosave_of(window)
    autosave._timer.setInterval(100)
    assert not list(paths.recovery_folder().glob("*"))
    window.store.edit("more", edits.set_training(window.project, epochs=77))
    qtbot.waitUntil(lambda: autosave.safe.file.exists() and autosave._task is None, timeout=10_000)
    assert recovery.open_kept(autosave.safe.file) == window.project
    # Seen from another program it belongs to one that runs, and is not offered.
    assert recovery.left_behind(paths.recovery_folder()) == []
    assert window.documents._write(tmp_path / "mine.nnstudio")
    assert not autosave.safe.file.exists()


def left_by_a_killed_program(folder: Path, epochs: int) -> None:
    """Have another process keep a project and be killed."""
    script = f"""
import os, signal
from pathlib import Path
from nnstudio.project import edits
from nnstudio.project.archive import open_project
from nnstudio.project.recovery import RecoveryStore
project = edits.set_training(open_project(Path({str(IRIS)!r})), epochs={epochs})
RecoveryStore(Path({str(folder)!r})).keep(project, Path("/home/me/class.nnstudio"))
os.kill(os.getpid(), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode != 0


def test_work_of_a_killed_program_is_offered_and_opened_as_unsaved(qtbot: QtBot) -> None:
    folder = paths.recovery_folder()
    left_by_a_killed_program(folder, 55)
    (left,) = recovery.left_behind(folder)
    window = create_window()  # the very start, with the question in front of it
    autosave = autosave_of(window)
    qtbot.waitUntil(lambda: autosave.dialog is not None and autosave.dialog.isVisible(), timeout=10_000)
    assert autosave.dialog is not None
    words = autosave.dialog.list.item(0).text()
    assert "class.nnstudio" in words and "kept 20" in words and "its file is gone" in words
    autosave.dialog.opened.click()
    qtbot.waitUntil(lambda: window.project.training.epochs == 55, timeout=5_000)
    assert window.store.is_modified and window.store.path == Path("/home/me/class.nnstudio")
    assert not left.file.exists() and recovery.open_kept(autosave.safe.file) == window.project
    window.store.mark_saved(window.project, Path("unused.nnstudio"))
    window.close()
    window.deleteLater()


def test_what_is_declined_is_kept_for_a_week(open_window: Open, qtbot: QtBot) -> None:
    folder = paths.recovery_folder()
    autosave = autosave_of(open_window())
    left_by_a_killed_program(folder, 5)
    autosave.offer()
    qtbot.waitUntil(lambda: autosave.dialog is not None, timeout=10_000)
    assert autosave.dialog is not None
    autosave.dialog.declined.click()
    assert recovery.left_behind(folder) == []
    (kept,) = (folder / recovery.DECLINED).glob("*.nnstudio")
    assert open_project(kept).training.epochs == 5
    long_ago = time.time() - recovery.KEPT_FOR - 60
    os.utime(kept, (long_ago, long_ago))
    left_by_a_killed_program(folder, 6)
    (other,) = recovery.left_behind(folder)
    recovery.decline(other, folder)
    assert not kept.exists() and (folder / recovery.DECLINED / other.file.name).exists()


def test_what_was_declined_can_be_opened_later(open_window: Open, qtbot: QtBot) -> None:
    folder, window = paths.recovery_folder(), open_window()
    window.actions_by_name["actionPutAside"].trigger()
    qtbot.waitUntil(lambda: "no work put aside" in window.messages.label.text(), timeout=10_000)
    left_by_a_killed_program(folder, 5)
    (left,) = recovery.left_behind(folder)
    recovery.decline(left, folder)
    window.actions_by_name["actionPutAside"].trigger()
    autosave = autosave_of(window)
    qtbot.waitUntil(lambda: autosave.dialog is not None and autosave.dialog.isVisible(), timeout=10_000)
    assert autosave.dialog is not None and "class.nnstudio" in autosave.dialog.list.item(0).text()
    autosave.dialog.opened.click()
    qtbot.waitUntil(lambda: window.project.training.epochs == 5, timeout=5_000)
    assert window.store.is_modified and recovery.put_aside(folder) == []
    qtbot.waitUntil(lambda: autosave.safe.file.exists(), timeout=5_000)
    assert recovery.open_kept(autosave.safe.file) == window.project


def test_what_cannot_be_read_is_moved_aside(open_window: Open) -> None:
    folder = paths.recovery_folder()
    left_by_a_killed_program(folder, 5)
    (left,) = recovery.left_behind(folder)
    content = left.file.read_bytes()[:-40]
    left.file.write_bytes(content)
    assert recovery.left_behind(folder) == []
    assert (folder / recovery.UNREADABLE / left.file.name).read_bytes() == content
    assert autosave_of(open_window()).dialog is None


def test_a_folder_that_cannot_be_written_is_told_once(
    open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file stands here")
    monkeypatch.setattr(paths, "recovery_folder", lambda: blocked / "recovery")
    window = open_window(IRIS)
    autosave = autosave_of(window)
    window.store.edit("more", edits.set_training(window.project, epochs=77))
    autosave.keep()
    qtbot.waitUntil(lambda: "cannot be kept safe" in window.messages.label.text(), timeout=10_000)


def test_a_discarded_project_is_dropped_when_the_program_ends(
    open_window: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(IRIS)
    autosave = autosave_of(window)
    window.store.edit("more", edits.set_training(window.project, epochs=77))
    autosave.keep()
    qtbot.waitUntil(lambda: autosave.safe.file.exists() and autosave._task is None, timeout=10_000)
    asked: list[str] = []

    def discard(box: QMessageBox) -> QMessageBox.StandardButton:
        asked.append(box.button(QMessageBox.StandardButton.Discard).text())
        return QMessageBox.StandardButton.Discard

    monkeypatch.setattr(QMessageBox, "exec", discard)
    assert window.documents.may_leave()
    assert asked == ["&Discard"]  # and not what a desktop calls it
    autosave.drop()  # as `aboutToQuit` calls it
    assert not list(paths.recovery_folder().glob("*"))


def test_a_file_that_another_window_has_saved_is_not_replaced_without_a_question(
    open_window: Open, tmp_path: Path, answer_question: Callable[..., list[str]]
) -> None:
    path = tmp_path / "shared.nnstudio"
    save(open_project(IRIS), path)
    mine, other = open_window(path), open_window(path)
    other.store.edit("more", edits.set_training(other.project, epochs=33))
    assert other.documents.save()
    mine.store.edit("more", edits.set_training(mine.project, epochs=44))
    asked = answer_question(QMessageBox.StandardButton.Cancel)
    assert not mine.documents.save() and mine.store.is_modified
    assert "has been changed on the disk" in asked[0] and open_project(path).training.epochs == 33
    answer_question(QMessageBox.StandardButton.Yes)
    assert mine.documents.save() and open_project(path).training.epochs == 44
    assert open_project(backup_of(path)).training.epochs == 33  # nothing is lost all the same
    mine.store.edit("more", edits.set_training(mine.project, epochs=45))
    assert mine.documents.save() and open_project(path).training.epochs == 45  # our own file: no question


def test_work_of_a_running_program_elsewhere_is_not_offered_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state folder may be shared by machines and containers, each with process numbers of its own."""
    folder = paths.recovery_folder()
    project = open_project(IRIS)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(recovery, "this_program", lambda: "4194311-1790000000-0123abcd")
        recovery.RecoveryStore(folder).keep(project, None)
    assert recovery.left_behind(folder) == []
    long_ago = time.time() - running.SILENT_FOR - 60
    for file in folder.iterdir():
        os.utime(file, (long_ago, long_ago))
    assert len(recovery.left_behind(folder)) == 1


def test_a_number_that_was_given_again_is_another_program() -> None:
    number, start, place = running.this_program().split("-")
    assert not running.is_gone(running.this_program(), time.time())
    assert running.is_gone(f"{number}-{int(start) - 3600}-{place}", time.time())
    assert running.is_gone(number, time.time())  # of an earlier version


def test_recovered_work_may_not_read_what_was_refused(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    data = tmp_path / "private.csv"
    data.write_text("x,y\n" + "".join(f"{n},{n % 2}\n" for n in range(20)))
    project = edits.set_data(open_project(IRIS), source=str(data))
    folder = paths.recovery_folder()
    recovery.RecoveryStore(folder).keep(project, Path("/gone/a.nnstudio"), refused=frozenset([str(data)]))
    note = next(folder.glob("*.json"))
    note.write_text(note.read_text().replace(running.this_program(), "1-1-" + running.here()))
    window = open_window()
    autosave = autosave_of(window)
    qtbot.waitUntil(lambda: autosave.dialog is not None and autosave.dialog.isVisible(), timeout=10_000)
    assert autosave.dialog is not None
    autosave.dialog.opened.click()
    qtbot.waitUntil(lambda: "may not" in window.store.data_problem, timeout=20_000)
    assert window.store.refused == {str(data)}
