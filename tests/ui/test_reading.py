"""Data that takes long to be read: a bar that moves, Cancel, Read, and a window that stays alive."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.data.cells import Typing
from nnstudio.ui.window import MainWindow
from tests.patience import PATIENCE

Open = Callable[..., MainWindow]


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Semaphore]:
    """Each column of a table that is no plain numbers waits to be let through."""
    passes = threading.Semaphore(0)
    column = Typing._column

    def waiting(typing: Typing, *given: Any) -> Any:
        assert passes.acquire(timeout=PATIENCE)
        return column(typing, *given)

    monkeypatch.setattr(Typing, "_column", waiting)
    yield passes
    passes.release(10_000)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    rows = [f"a{row % 7},b{row % 5},c{row * 3 % 11},d{row * 5 % 13},{'abc'[row % 3]}" for row in range(60)]
    path.write_text("\n".join(["one,two,three,four,kind", *rows]) + "\n", encoding="utf-8")
    return path


def press(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_long_reading_shows_how_far_it_is_and_can_be_cancelled_and_begun_again(
    open_window: Open, qtbot: QtBot, table: Path, gate: threading.Semaphore
) -> None:
    window = open_window()
    panel = window.data_panel
    window.tabs.setCurrentWidget(panel)
    panel.choose_source(str(table))
    qtbot.waitUntil(lambda: not panel.bar.isHidden() and not panel.cancelling.isHidden())
    before = panel.bar.value()
    gate.release(2)
    qtbot.waitUntil(lambda: panel.bar.value() > before > 0)
    press(panel.cancelling)
    assert not panel.cancelling.isEnabled()
    gate.release(1)
    qtbot.waitUntil(lambda: "cancelled" in window.store.data_problem)
    assert "cancelled" in panel.notes.text() and panel.bar.isHidden() and not panel.again.isHidden()
    gate.release(5)
    press(panel.again)
    qtbot.waitUntil(lambda: window.project.facts is not None)
    assert window.project.facts is not None and window.project.facts.classes == ("a", "b", "c")
    assert panel.again.isHidden() and not window.store.data_problem


def test_other_data_does_not_wait_for_what_is_no_longer_wanted(
    open_window: Open, qtbot: QtBot, table: Path, gate: threading.Semaphore
) -> None:
    window = open_window()
    window.data_panel.choose_source(str(table))
    qtbot.waitUntil(lambda: window.loader.progress.share > 0.4)
    window.data_panel.choose_source("builtin:iris")
    gate.release(1)  # four of its five columns are never read
    qtbot.waitUntil(lambda: window.project.facts is not None)
    assert window.project.facts is not None and window.project.facts.rows == 150


def test_a_training_that_has_to_read_its_data_first_can_be_stopped_meanwhile(
    open_window: Open, qtbot: QtBot, table: Path, gate: threading.Semaphore
) -> None:
    window = open_window(paths.examples() / "iris.nnstudio")
    window.data_panel.choose_source(str(table))
    gate.release(5)
    qtbot.waitUntil(lambda: window.project.facts is not None)
    with table.open("a", encoding="utf-8") as file:  # otherwise the table that was read is at hand still
        file.write("a0,b0,c0,d0,a\n")
    window.loader.choice = window.loader.dataset = None  # as where a training begins before the data was read
    window.trainer.train()
    qtbot.waitUntil(lambda: window.trainer.is_active)
    window.trainer.stop()
    gate.release(1)
    qtbot.waitUntil(lambda: not window.trainer.is_active)
    assert not window.project.runs
