"""In the window: data outside a project's folder is asked for with its whole path, and stored only when it is read."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from nnstudio.project import edits
from nnstudio.project.archive import open_project, save
from nnstudio.project.model import Project
from nnstudio.ui.window import MainWindow
from tests.ui.driving import Open


def asked() -> QMessageBox:
    (box,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible()]
    return box


def answer(label: str, qtbot: QtBot) -> None:
    box = asked()
    button: QAbstractButton = next(one for one in box.buttons() if one.text() == label)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.wait(1)


def stored(window: MainWindow, path: Path) -> list[bytes]:
    """What a saving puts into the file."""
    window.store.edit("more", edits.set_training(window.project, epochs=window.project.training.epochs + 1))
    assert window.documents._write(path)
    return [file.content for file in open_project(path).files]


def test_it_is_asked_for_and_nothing_is_stored_before(
    open_window: Open, qtbot: QtBot, homework: Path, private: Path
) -> None:
    window = open_window(homework)
    box = asked()
    assert str(private) in box.text() and "homework.nnstudio" in box.text()
    assert box.textFormat() == Qt.TextFormat.PlainText
    QTest.keyClick(box, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: bool(window.store.data_problem), timeout=20_000)
    assert str(private) in window.store.data_problem
    assert stored(window, homework) == []
    window.documents.open(homework)  # refused is not allowed, at the next opening neither
    answer("&Read it", qtbot)
    qtbot.waitUntil(lambda: window.loader.dataset is not None, timeout=20_000)
    assert stored(window, homework) == [private.read_bytes()]
    window.documents.open(homework)
    qtbot.waitUntil(lambda: window.loader.dataset is not None, timeout=20_000)
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible()]


def test_a_file_that_was_refused_can_be_chosen_after_all(
    open_window: Open, qtbot: QtBot, homework: Path, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(homework)
    answer("Do &not read it", qtbot)
    qtbot.waitUntil(lambda: bool(window.store.data_problem), timeout=20_000)
    assert window.data_panel.file_button.text() == "Find …"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(private), ""))
    window.tabs.setCurrentWidget(window.data_panel)
    QTest.mouseClick(window.data_panel.file_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.loader.dataset is not None, timeout=20_000)
    assert not window.store.data_problem


def test_data_of_the_users_own_is_not_asked_about(
    open_window: Open, qtbot: QtBot, private: Path, tmp_path: Path
) -> None:
    window = open_window()
    window.data_panel.choose_source(str(private))
    qtbot.waitUntil(lambda: window.loader.dataset is not None and window.project.facts is not None, timeout=20_000)
    (tmp_path / "mine").mkdir()
    assert stored(window, tmp_path / "mine" / "a.nnstudio") == [private.read_bytes()]
    window.documents.open(tmp_path / "mine" / "a.nnstudio")
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible()]
    assert window.store.refused == frozenset()


def test_a_name_cannot_hide_the_path(
    private: Path, open_window: Open, qtbot: QtBot, tmp_path: Path, make_project: Callable[..., Project]
) -> None:
    odd = private.parent / "a\n\u202egnp.csv"
    odd.write_text(private.read_text())
    path = tmp_path / "downloads" / "a.nnstudio"
    path.parent.mkdir()
    save(replace(make_project(str(odd)), files=()), path)
    open_window(path)
    assert r"a\n\u202egnp.csv" in asked().text()
    answer("Do &not read it", qtbot)
