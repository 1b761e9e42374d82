"""The lab “What a map looks for”: patches and occlusion by pointer and keys, on the run that is shown."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.cli.main import main
from nnstudio.insight.best_patches import up_to
from nnstudio.insight.occlusion import square_at
from nnstudio.project import edits
from nnstudio.training.inference import restore
from nnstudio.ui.labs.looks_lab import LooksLab
from nnstudio.ui.look.heatmap import laid_over, picture_on_scale, rgb_image
from tests.ui.driving import IRIS, Open, hover, opened_lab
from tests.unit.insight.pictures import COLORS, color_pictures

CONVOLUTIONS = paths.examples() / "convolutions.nnstudio"

OpenLab = Callable[..., LooksLab]


@pytest.fixture
def open_lab(open_window: Open, qtbot: QtBot) -> OpenLab:
    def open_it(path: Path = CONVOLUTIONS) -> LooksLab:
        window = open_window(path)
        window.actions_by_name["actionLooksLab"].trigger()
        return opened_lab(window, "actionLooksLab", LooksLab, qtbot)

    return open_it


def wait_for_patches(lab: LooksLab, qtbot: QtBot, layer: str) -> None:
    def is_there() -> bool:
        found = lab.patches.patches
        return found is not None and found.layer == layer and found.seen == found.samples

    qtbot.waitUntil(is_there)


def turn_to_occlusion(lab: LooksLab, qtbot: QtBot) -> None:
    """By keyboard, from the tab bar."""
    lab.tabs.tabBar().setFocus()
    QTest.keyClick(lab.tabs.tabBar(), Qt.Key.Key_Right)
    assert lab.page is lab.occlusion
    qtbot.waitUntil(lambda: lab.occlusion.found is not None and lab.occlusion.found.is_whole)


def check_patches(lab: LooksLab) -> None:
    """What stands there is of the patch that is chosen, and its value that of the network."""
    page = lab.patches
    found, dataset, run = page.patches, page.dataset, lab.run_shown
    assert found is not None and dataset is not None and run is not None
    row, (down, across) = int(found.rows[page.map, page.rank]), found.places[page.map, page.rank]
    with torch.no_grad():
        given = up_to(restore(run).network.drawn, found.layer)(torch.from_numpy(dataset.train.inputs))[:, page.map]
    place = dataset.train.rows.tolist().index(row)
    assert float(given[place, down, across]) == pytest.approx(float(found.values[page.map, page.rank]), abs=1e-4)
    assert float(given.max()) == pytest.approx(float(found.values[page.map, 0]), abs=1e-4)
    name = dataset.preparation.classes[int(dataset.train.all_targets[row])]
    assert page.sample_title.text() == f"Training sample, row {row + 1}, class {name}"
    assert f"at row {down + 1}, column {across + 1} of the map" in page.where.text()
    assert page.nine.captions[page.rank].endswith(f" · {name}")
    assert page.number.value() == page.map + 1 and page.all.current == page.map and page.nine.current == page.rank
    field = found.fields[page.map][page.rank]
    assert field is not None
    assert page.sample.framed == (field.rows[0], field.columns[0], field.rows[1], field.columns[1])


def test_patches_are_chosen_by_pointer_and_by_keys(open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab()
    wait_for_patches(lab, qtbot, "conv_1")
    page = lab.patches
    assert lab.focusWidget() is page.nine and page.nine.count == 9 and page.all.count == 8
    check_patches(lab)
    QTest.keyClick(page.nine, Qt.Key.Key_Right)
    QTest.keyClick(page.nine, Qt.Key.Key_Down)
    assert page.rank == 4  # three in a row
    check_patches(lab)
    QTest.mouseClick(page.nine, Qt.MouseButton.LeftButton, pos=page.nine.slot_of(8).center())
    assert page.rank == 8
    check_patches(lab)
    QTest.mouseClick(page.all, Qt.MouseButton.LeftButton, pos=page.all.slot_of(5).center())
    assert page.map == 5
    check_patches(lab)
    QTest.keyClick(page.all, Qt.Key.Key_Left)
    assert page.map == 4
    page.number.setFocus()
    QTest.keyClick(page.number, Qt.Key.Key_Up)
    assert page.map == 5
    check_patches(lab)
    page.layers.setFocus()
    QTest.keyClick(page.layers, Qt.Key.Key_Down)
    wait_for_patches(lab, qtbot, "conv_2")
    assert page.all.count == 16 and page.map == 0 and page.layers.currentText() == "Convolution 2"
    check_patches(lab)
    lab.close()


def test_the_best_patch_of_each_map_stands_in_its_place(open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab()
    wait_for_patches(lab, qtbot, "conv_1")
    found = lab.patches.patches
    assert found is not None
    assert lab.patches.all._sheet == rgb_image(found.sheet.reshape(-1, *found.sheet.shape[2:]))
    assert found.sheet.shape == (8, 3, 3, 4)
    lab.close()


def test_patches_follow_a_training(open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab()
    wait_for_patches(lab, qtbot, "conv_1")
    lab.patches.choose_map(3)
    before, window = lab.patches.patches, lab.parent()
    window.store.edit("", edits.set_training(window.project, epochs=3, patience=0))  # type: ignore[attr-defined]
    window.actions_by_name["actionTrain"].trigger()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not window.trainer.is_active)  # type: ignore[attr-defined]

    def is_of_the_run() -> bool:
        found, run = lab.patches.patches, window.project.runs[-1]  # type: ignore[attr-defined]
        if found is before or found is None or found.seen < found.samples or found.layer != "conv_1":
            return False
        dataset = window.loader.dataset  # type: ignore[attr-defined]
        with torch.no_grad():
            given = up_to(restore(run).network.drawn, "conv_1")(torch.from_numpy(dataset.train.inputs))
        return bool(np.allclose(given.amax(dim=(0, 2, 3)), found.values[:, 0], atol=1e-4))

    qtbot.waitUntil(is_of_the_run)
    assert lab.patches.map == 3
    check_patches(lab)
    lab.close()


def check_occlusion(lab: LooksLab, row: int, column: int) -> None:
    """What stands there is the answer to the picture with the square at a place."""
    page, run = lab.occlusion, lab.run_shown
    found, pixels = page.found, None if lab.patches.patches is None else lab.patches.patches.pixels
    assert found is not None and run is not None and pixels is not None and page.place == (row, column)
    inputs = page.picker.inputs()
    light = pixels.light(inputs)
    top, left, bottom, right = square_at((row, column), found.side, found.step, pixels.shape[1:])
    light[0, :, top : bottom + 1, left : right + 1] = 0.5
    asked = torch.from_numpy(np.concatenate([inputs, pixels.inputs(light).reshape(inputs.shape)]))
    with torch.no_grad():
        shares = restore(run).network.trained(asked).softmax(dim=1)[:, page.picker.true_class()]
    assert found.probability == pytest.approx(float(shares[0]), abs=1e-5)
    assert found.shares[row, column] == pytest.approx(float(shares[1]), abs=1e-5)
    framed = (top // found.step, left // found.step, bottom // found.step, right // found.step)
    assert page.over.framed == [framed] and page.slope.framed == [(top, left, bottom, right)]
    assert page.where.text().startswith(f"Square on rows {top + 1} to {bottom + 1}, columns {left + 1} to {right + 1}:")


def test_occlusion_is_looked_at_by_pointer_and_by_keys(open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab()
    wait_for_patches(lab, qtbot, "conv_1")
    turn_to_occlusion(lab, qtbot)
    page = lab.occlusion
    found = page.found
    assert found is not None and lab.focusWidget() is page.over and found.side == 3
    check_occlusion(lab, 4, 4)
    hover(page.over, page.over.rect_of(1, 6, 1, 6).center())
    check_occlusion(lab, 1, 6)
    hover(page.slope, page.slope.rect_of(0, 0, 0, 0).center())
    check_occlusion(lab, 0, 0)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right):
        QTest.keyClick(page.over, key)
    check_occlusion(lab, 1, 1)
    changes = found.shares - found.probability
    assert page.over._image == laid_over(found.colors, changes, page.over_scale.strongest)
    assert page.slope._image == picture_on_scale(found.gradient, page.slope_scale.strongest)
    page.size_of.setFocus()
    QTest.keyClick(page.size_of, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: page.found is not None and page.found.side == 4 and page.found.is_whole)
    check_occlusion(lab, 1, 1)
    sample = page.picker.number.value()
    QTest.keyClick(page.over, Qt.Key.Key_PageDown)
    assert page.picker.number.value() == sample + 1
    before = page.found
    qtbot.waitUntil(lambda: page.found is not before and page.found is not None and page.found.is_whole)
    check_occlusion(lab, 1, 1)
    lab.close()


def test_colours_are_looked_at_too(open_lab: OpenLab, qtbot: QtBot, tmp_path: Path) -> None:
    folder, path = tmp_path / "pictures", tmp_path / "colors.nnstudio"
    folder.mkdir()
    assert main(["new", str(path), "--data", color_pictures(folder), "--layers", COLORS]) == 0
    lab = open_lab(path)
    wait_for_patches(lab, qtbot, "conv_1")
    check_patches(lab)
    turn_to_occlusion(lab, qtbot)
    check_occlusion(lab, 4, 4)
    lab.close()


def test_a_dense_network_of_pictures_has_occlusion_alone(open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab(paths.examples() / "digits.nnstudio")
    page = lab.patches
    qtbot.waitUntil(lambda: "Put one into it" in page.message.text())
    assert page.message.isVisible() and not page.body.isVisible() and lab.content.isVisible()
    turn_to_occlusion(lab, qtbot)
    assert lab.occlusion.body.isVisible() and lab.occlusion.words.text()
    lab.close()


def test_samples_that_are_no_pictures_are_told_and_pictures_are_shown_after_them(
    open_lab: OpenLab, qtbot: QtBot
) -> None:
    lab = open_lab(IRIS)
    qtbot.waitUntil(lambda: "no pictures" in lab.patches.message.text())
    lab.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: "no pictures" in lab.occlusion.message.text())
    lab.tabs.setCurrentIndex(0)
    lab.parent().documents.open_example("convolutions")  # type: ignore[attr-defined]
    wait_for_patches(lab, qtbot, "conv_1")
    assert lab.patches.body.isVisible() and not lab.patches.message.isVisible()
    check_patches(lab)
    lab.close()


def test_all_that_takes_the_focus_has_a_name_and_texts_are_plain(open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab()
    wait_for_patches(lab, qtbot, "conv_1")
    turn_to_occlusion(lab, qtbot)
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox)
    focused = [one for one in lab.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    for widget in focused:
        if isinstance(widget, kinds) or type(widget).__module__.startswith("nnstudio"):
            assert widget.accessibleName() or getattr(widget, "text", str)(), widget
    labels = [one for one in lab.findChildren(QLabel) if one.objectName() or len(one.text()) > 20]
    assert all(one.textFormat() == Qt.TextFormat.PlainText for one in labels)
    lab.close()
