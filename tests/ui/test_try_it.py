"""A trained network answers: to a sample, to a row that is typed, to a digit drawn with the mouse; its neurons light
up."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.cli.main import main
from nnstudio.data.dataset import load
from nnstudio.insight.best_patches import up_to
from nnstudio.project import edits
from nnstudio.project.archive import save
from nnstudio.project.history import history
from nnstudio.training.inference import restore
from nnstudio.ui.labs.try_lab import TryLab
from nnstudio.ui.look.heatmap import picture_on_scale
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import move
from tests.ui.driving import Open, train
from tests.unit.insight.pictures import COLORS, color_pictures

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
    (side, _width), ink = picture.size_of, picture.values[0]
    column = ink[:, side // 2 - 1 : side // 2 + 1].max(axis=1)
    assert (column[side // 4 : 3 * side // 4] > 0.5).all()  # and draws a line all the same
    qtbot.waitUntil(lambda: f"{answer_of(window, lab._inputs).max():.1%}"[:-1] in lab.answer.text())


def check_maps(window: MainWindow, lab: TryLab) -> bool:
    """Whether the rows are those of the picture as it is drawn now, each on the scale that stands beside it."""
    model, inputs = restore(window.project.runs[-1]).network.drawn, torch.from_numpy(lab._inputs)
    layers = [one for one in window.project.network.layers if one.role in ("convolution", "pooling")]
    assert len(lab.maps.rows) == len(layers) and lab.maps.isVisible()
    for row, layer in zip(lab.maps.rows, layers, strict=True):
        with torch.no_grad():
            given = up_to(model, layer.id)(inputs)[0].numpy()
        if not np.isclose(row.scale.strongest, np.abs(given).max(), rtol=1e-4):
            return False
        count, height, width = given.shape
        assert row.maps.count == min(count, 16)
        told = f"16 of {count} maps" if count > 16 else f"{count} maps"
        assert told in row.title.text() and f"{height} × {width}" in row.title.text()
        expected = picture_on_scale(given[:16].reshape(-1, width), row.scale.strongest)
        assert row.maps._sheet == expected
    return True


@pytest.mark.parametrize("example", ["convolutions", "lenet"])
def test_all_maps_answer_while_one_draws(example: str, open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    path = paths.examples() / "convolutions.nnstudio"
    if example == "lenet":  # images of 28 × 28, and a layer of 120 maps
        path = tmp_path / "lenet.nnstudio"
        project = history("lenet_1998")
        save(edits.set_facts(project, project.data, load(project.data).facts), path)
    window = open_window(path)
    window.store.edit("", edits.set_training(window.project, epochs=1))
    train(window, qtbot)
    window.actions_by_name["actionTryLab"].trigger()
    lab = window.labs.open["actionTryLab"]
    assert isinstance(lab, TryLab)
    qtbot.waitUntil(lambda: bool(lab.answer.text()))
    picture = lab.picture
    assert picture.isVisible() and not lab.area.isVisible() and not lab.inks.isVisible()
    assert picture.values.shape == ((1, 28, 28) if example == "lenet" else (1, 8, 8))
    qtbot.waitUntil(lambda: check_maps(window, lab))
    QTest.mouseClick(lab.clear, Qt.MouseButton.LeftButton)
    place = QPoint(picture.width() // 2, picture.height() // 3)
    QTest.mousePress(picture, Qt.MouseButton.LeftButton, pos=place)
    for step in range(1, 30):  # faster than answers come: the last stroke is answered all the same
        move(picture, place + QPoint(0, step * 3))
    assert picture.values.max() > 0.7
    qtbot.waitUntil(lambda: check_maps(window, lab))
    qtbot.waitUntil(lambda: f"{answer_of(window, lab._inputs).max():.1%}"[:-1] in lab.answer.text())
    QTest.mouseRelease(picture, Qt.MouseButton.LeftButton, pos=place)
    lab.close()


def test_keys_alone_draw_and_rub_out(trained_lab: Callable[[str], tuple[MainWindow, TryLab]], qtbot: QtBot) -> None:
    _window, lab = trained_lab("digits")
    picture = lab.picture
    QTest.mouseClick(lab.clear, Qt.MouseButton.LeftButton)
    picture.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Space):
        QTest.keyClick(picture, key)
    assert picture.place == (2, 3) and picture.values[0, 2, 3] == 1
    assert picture.accessibleDescription() == "row 3, column 4"
    assert (lab._inputs != lab.pixels.inputs(np.zeros((1, 1, 8, 8), np.float32)).reshape(1, 64)).any()  # type: ignore[union-attr]
    QTest.keyClick(picture, Qt.Key.Key_Delete)
    assert picture.values[0, 2, 3] == 0
    for _step in range(9):
        QTest.keyClick(picture, Qt.Key.Key_Left)
    assert picture.place == (2, 0)
    lab.close()


def test_pictures_in_colour_are_drawn_on_in_colour(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "colors.nnstudio"
    assert main(["new", str(path), "--data", color_pictures(made(tmp_path / "pictures")), "--layers", COLORS]) == 0
    window = open_window(path)
    window.actions_by_name["actionTryLab"].trigger()
    lab = window.labs.open["actionTryLab"]
    assert isinstance(lab, TryLab)
    qtbot.waitUntil(lambda: bool(lab.answer.text()) and len(lab.maps.rows) == 2)
    picture = lab.picture
    assert lab.inks.isVisible() and picture.values.shape == (3, 9, 9)
    lab.inks.setFocus()
    while lab.inks.currentText() != "Blue":
        QTest.keyClick(lab.inks, Qt.Key.Key_Down)
    QTest.mouseClick(lab.clear, Qt.MouseButton.LeftButton)
    assert (picture.values == 1).all()
    middle = picture.area().center().toPoint()
    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, pos=middle)
    red, _green, blue = picture.values[:, 4, 4]
    assert blue > 0.8 and red < 0.2 and picture.values[:, 0, 0].tolist() == [1, 1, 1]
    lab.close()


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder
