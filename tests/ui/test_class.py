"""A class from beginning to end: a prediction, the run, what is behind it, the sheet, and the teacher's table; and the
same lesson given with one key."""

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QListWidget
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.cli.main import main
from nnstudio.lessons.progress import Phase
from nnstudio.ui.lessons import player
from nnstudio.ui.window import MainWindow
from tests.ui.driving import Open
from tests.ui.test_sheet import open_sheet, press

LEFT = Qt.MouseButton.LeftButton
CONTROL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
LESSON = "06-learning-rate.lesson.json"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody watches the runs here."""
    monkeypatch.setattr(player, "SECONDS_TO_WATCH", 0.1)


@pytest.fixture
def window(open_window: Open, qtbot: QtBot) -> MainWindow:
    made = open_window()
    made.lessons.open(paths.lessons() / LESSON)
    qtbot.waitUntil(lambda: made.project.facts is not None and not made.loader.is_loading)
    return made


def click(window: MainWindow, name: str) -> None:
    button = window.lessons.panel.area.widget().findChild(QAbstractButton, name)
    assert button is not None and button.isEnabled(), name
    QTest.mouseClick(button, LEFT)


def test_what_was_predicted_is_handed_in_and_trained_again(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = window.lessons.panel.findChild(QListWidget, "orderAnswer")
    second = answer.visualItemRect(answer.item(1)).center()
    QTest.mouseClick(answer.viewport(), LEFT, pos=second)
    up = next(one for one in window.lessons.panel.findChildren(QAbstractButton) if one.text() == "Up")
    QTest.mouseClick(up, LEFT)
    while window.lessons.player.asks:
        click(window, "lessonPredict")
    click(window, "lessonTrain")
    qtbot.waitUntil(lambda: window.lessons.player.phase is Phase.REVEAL, timeout=60_000)
    loss = window.plots.plot("loss")
    QCursor.setPos(loss.mapToGlobal(loss.rect().center()))
    QTest.keyClick(window, Qt.Key.Key_S, CONTROL_ALT)
    QCursor.setPos(QPoint(-10, -10))
    assert [item.view for item in window.project.sheet.items] == ["plotLoss"]
    page = tmp_path / "class" / "ana.html"
    page.parent.mkdir()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_given: (str(page), ""))
    dialog = open_sheet(window, qtbot)
    press(dialog, "Write the report …")
    qtbot.waitUntil(page.exists)
    table = tmp_path / "class.csv"
    assert main(["collect", str(page.parent), "-o", str(table), "--replay"]) == 0
    with table.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    made = window.project.predictions[-1]
    assert row["file"] == "ana.html" and row["state"] == "ok"
    assert row["lessons"] == "Learning rate: too small, good, too large"
    assert made.made in row["predictions"] and len(window.project.runs) == 3
    assert row["replay"].count("same to the bit") == 3, row["replay"]


def test_a_whole_lesson_is_given_with_one_key(window: MainWindow, qtbot: QtBot) -> None:
    playing = window.lessons.player
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert window.presenter.is_on and not window.palette_panel.isVisible()
    qtbot.waitUntil(window.lessons.panel.isVisible)
    steps = len(playing.progress.lesson.steps)
    seen, runs, presses = set(), set(), 0
    while playing.is_playing and presses < 6 * steps:
        seen.add(playing.progress.place)
        QTest.keyClick(window, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: not window.trainer.is_active and not window.loader.is_loading, timeout=60_000)
        playing.look()
        runs |= {run.id for run in window.project.runs}
        presses += 1
    assert not playing.is_playing and seen == set(range(steps)) and len(runs) >= steps
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert not window.presenter.is_on


def test_one_key_goes_back_and_the_notes_are_told(window: MainWindow, qtbot: QtBot) -> None:
    playing = window.lessons.player
    QTest.keyClick(window, Qt.Key.Key_F11)
    told = window.lessons.talk.told()
    step = playing.step
    assert step.title["en"] in told.step and step.notes["en"] in told.notes and told.predictions == 0
    assert told.next_step == playing.progress.lesson.steps[1].title["en"]
    QTest.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    while playing.progress.place == 0:
        QTest.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(window, Qt.Key.Key_Left)
    assert playing.progress.place == 0
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert not window.presenter.is_on and not window.palette_panel.isVisible(), "the question has the room again"
