"""A trained network answers: to a sample, to a row that is typed, to a digit drawn with the mouse; its neurons light
up, and the test part is measured when it is asked for."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.training.inference import measure, restore
from nnstudio.ui.labs.try_lab import TryLab
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import move
from tests.ui.driving import Open, train

Try = Callable[[MainWindow], TryLab]


@pytest.fixture
def trained_lab(open_window: Open, qtbot: QtBot) -> Callable[[str], tuple[MainWindow, TryLab]]:
    def make(example: str) -> tuple[MainWindow, TryLab]:
        window = open_window(paths.examples() / f"{example}.nnstudio")
        window.store.edit("", edits.set_training(window.project, epochs=8))
        train(window, qtbot)
        window.actions_by_name["actionTryLab"].trigger()
        lab = window.labs.open["actionTryLab"]
        assert isinstance(lab, TryLab)
        qtbot.waitUntil(lambda: bool(lab.answer.text()))
        return window, lab

    return make


def answer_of(window: MainWindow, values: np.ndarray) -> np.ndarray:
    """What PyTorch says."""
    with torch.no_grad():
        return restore(window.project.runs[-1]).network.trained(torch.from_numpy(values)).softmax(1).numpy()[0]


def test_a_typed_row_is_answered_and_its_neurons_light_up(
    trained_lab: Callable[[str], tuple[MainWindow, TryLab]], qtbot: QtBot
) -> None:
    window, lab = trained_lab("iris")
    fields = [field for field in lab.fields.values() if isinstance(field, QLineEdit)]
    preparation = window.project.runs[-1].preparation
    for field, typed in zip(fields, ("6.3", "2.9", "5.6", "1.8"), strict=True):
        QTest.mouseClick(field, Qt.MouseButton.LeftButton)
        field.selectAll()
        QTest.keyClicks(field, typed)
    pairs = zip((6.3, 2.9, 5.6, 1.8), preparation.columns, strict=True)
    row = np.array([[(value - column.mean) / column.scale for value, column in pairs]], np.float32)
    expected = answer_of(window, row)
    best = preparation.classes[int(expected.argmax())]
    qtbot.waitUntil(lambda: best in lab.answer.text() and f"{expected.max():.1%}"[:-1] in lab.answer.text())
    item = window.canvas.network.layers["dense_1"]
    with torch.no_grad():
        first = restore(window.project.runs[-1]).network.drawn.get_submodule("dense_1")(torch.from_numpy(row))
    qtbot.waitUntil(lambda: item.activations is not None and np.allclose(item.activations, first[0], atol=1e-5))
    lab.close()
    assert item.activations is None


def test_a_digit_is_drawn_with_the_mouse(trained_lab: Callable[[str], tuple[MainWindow, TryLab]], qtbot: QtBot) -> None:
    window, lab = trained_lab("digits")
    QTest.mouseClick(lab.clear, Qt.MouseButton.LeftButton)
    picture = lab.picture
    assert picture.isVisible() and picture.values.max() == 0
    place = QPoint(picture.width() // 2, picture.height() // 4)
    QTest.mousePress(picture, Qt.MouseButton.LeftButton, pos=place)
    move(picture, place + QPoint(0, picture.height() // 2))  # a quick hand is seen at two places only
    QTest.mouseRelease(picture, Qt.MouseButton.LeftButton, pos=place)
    column = picture.values[:, picture.side // 2 - 1 : picture.side // 2 + 1].max(axis=1)
    assert (column[picture.side // 4 : 3 * picture.side // 4] > 0.5).all()  # and draws a line all the same
    qtbot.waitUntil(lambda: f"{answer_of(window, lab._inputs).max():.1%}"[:-1] in lab.answer.text())


def test_the_test_part_is_measured_when_it_is_asked_for(
    trained_lab: Callable[[str], tuple[MainWindow, TryLab]], qtbot: QtBot
) -> None:
    window, lab = trained_lab("iris")
    assert not lab.test_words.text()
    QTest.mouseClick(lab.test_button, Qt.MouseButton.LeftButton)
    dataset = window.loader.dataset
    assert dataset is not None
    measures = measure(restore(window.project.runs[-1]), dataset.test)
    qtbot.waitUntil(lambda: f"{len(dataset.test)} samples: loss {measures.loss:.4g}" in lab.test_words.text())
    assert measures.accuracy is not None and f"{measures.accuracy:.1%}"[:-1] in lab.test_words.text()
