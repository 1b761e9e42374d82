"""The data panel: what lies on this computer is offered, a folder of pictures is taken, and pictures are shown."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nnstudio.ui.data import panel
from nnstudio.ui.window import MainWindow

Open = Callable[..., MainWindow]


def pictures_in(folder: Path) -> Path:
    """Twelve small pictures in colour of two classes."""
    random = np.random.default_rng(0)
    for number in range(12):
        path = folder / ("cats", "dogs")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (8, 10, 3), np.uint8)).save(path)
    return folder


def test_a_folder_of_pictures_is_chosen_and_its_pictures_are_shown(
    open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    window.show_data()
    folder = pictures_in(tmp_path / "pets")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_given: str(folder))
    QTest.mouseClick(window.data_panel.folder_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.project.facts is not None and window.project.facts.rows == 12, timeout=20_000)
    assert window.project.facts.sample_shape == (3, 8, 10) and window.project.facts.classes == ("cats", "dogs")
    shown = window.data_panel.pictures
    qtbot.waitUntil(shown.isVisible, timeout=20_000)
    assert shown.count() == 12 and {shown.item(row).text() for row in range(12)} == {"cats", "dogs"}
    assert window.data_panel.preview.isHidden()
    window.data_panel.choose_source("builtin:iris")
    qtbot.waitUntil(lambda: window.data_panel.preview.isVisible(), timeout=20_000)
    assert shown.isHidden()


def test_what_lies_on_this_computer_is_offered(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "train-images-idx3-ubyte.gz"
    there.write_bytes(b"x")
    monkeypatch.setattr(panel, "ON_DISK", {str(there): "Clothes", str(tmp_path / "gone.gz"): "Gone"})
    window = open_window()
    source = window.data_panel.source
    offered = [source.itemText(place) for place in range(source.count())]
    assert "Clothes" in offered and "Gone" not in offered
