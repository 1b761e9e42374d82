"""The lab of maps: a window follows pointer, keys and Play, and its numbers add up to what PyTorch gives."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QSlider, QWidget
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.cli.main import main
from nnstudio.project import edits
from nnstudio.ui.labs.cells import Cells, PlaceMap, text_color, texts_of
from nnstudio.ui.labs.map_strip import MapStrip
from nnstudio.ui.labs.map_words import added, span_text, written
from nnstudio.ui.labs.maps_lab import MapsLab
from tests.ui.driving import IRIS, Open, hover, opened_lab

CONVOLUTIONS = paths.examples() / "convolutions.nnstudio"

OpenLab = Callable[..., MapsLab]


@pytest.fixture
def open_lab(open_window: Open, qtbot: QtBot) -> OpenLab:
    def open_it(path: Path = CONVOLUTIONS) -> MapsLab:
        window = open_window(path)
        window.actions_by_name["actionMapsLab"].trigger()
        lab = opened_lab(window, "actionMapsLab", MapsLab, qtbot)
        qtbot.waitUntil(lambda: lab.maps is not None and lab.content.isVisible(), timeout=20_000)
        return lab

    return open_it


def choose_layer(lab: MapsLab, qtbot: QtBot, name: str) -> None:
    """By keyboard, as somebody without a mouse."""
    lab.layers.setFocus()
    for _entry in range(lab.layers.count()):
        QTest.keyClick(lab.layers, Qt.Key.Key_Up)
    while lab.layers.currentText() != name:
        QTest.keyClick(lab.layers, Qt.Key.Key_Down)
    id = {name: id for id, name in lab._named}[name]
    qtbot.waitUntil(lambda: lab.maps is not None and lab.maps.layer == id, timeout=10_000)


def middle_of(view: PlaceMap, row: int, column: int) -> QPoint:
    return view.rect_of(row, column, row, column).center().toPoint()


def point(lab: MapsLab, row: int, column: int) -> None:
    hover(lab.target, QPointF(middle_of(lab.target, row, column)))


def numbers_in(text: str) -> list[float]:
    return [float(one.replace("−", "-")) for one in re.findall(r"(?<![\d.])−?\d+\.\d+", text)]


def check_shown(lab: MapsLab) -> None:
    """What stands there is of the place that is marked, and adds up."""
    assert lab.maps is not None and lab.value is not None
    row, column = lab.place
    given = lab.maps.outputs[lab.map, row, column]
    assert (lab.value.map, lab.value.row, lab.value.column) == (lab.map, row, column)
    assert lab.value.total == pytest.approx(given, abs=1e-6)
    assert lab.target.framed == [(row, column, row, column)]
    assert numbers_in(lab.sum.text().split("\n")[0])[-1] == pytest.approx(given, abs=1e-4)
    assert lab.maps.gradients is not None
    error = float(lab.maps.gradients.leaving[lab.map, row, column])
    assert lab.back.text().startswith(f"Back: ∂E/∂y = {written(error, 6)}")
    assert f"Map {lab.map + 1}, row {row + 1}, column {column + 1} " in lab.where.text() and "✓" in lab.where.text()
    np.testing.assert_array_equal(lab.middle.window_cells.values, lab.value.inputs[lab.channel - lab.value.channels[0]])


def test_the_pointer_shows_the_window_of_a_value_and_its_sum(open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab()
    assert lab.maps is not None and lab.maps.layer == "conv_1"
    point(lab, 3, 5)
    check_shown(lab)
    assert lab.value is not None and lab.value.bias is not None and lab.value.products is not None
    total, bias, value = numbers_in(lab.sum.text())
    assert total == pytest.approx(lab.value.products.sum(), abs=1e-4) and bias == pytest.approx(
        lab.value.bias, abs=1e-4
    )
    assert total + bias == pytest.approx(value, abs=2e-4)
    assert "rows 3 to 5, columns 5 to 7." in lab.where.text()
    assert lab.incoming.view.framed == [(3, 5, 5, 7)]  # counted with the row and the column of padding
    products = lab.middle.product_cells.values
    np.testing.assert_array_equal(products, lab.middle.kernel_cells.values * lab.middle.window_cells.values)
    point(lab, 0, 7)
    check_shown(lab)
    assert lab.incoming.view.framed == [(0, 7, 2, 9)] and "and padding" in lab.where.text()
    assert not lab.middle.window_cells.inside[0].any() and not lab.middle.window_cells.inside[:, 2].any()
    assert lab.where.text() in lab.target.accessibleDescription()
    lab.close()


def test_a_click_holds_a_place_and_another_one_lets_go(open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab()
    QTest.mouseClick(lab.target, Qt.MouseButton.LeftButton, pos=middle_of(lab.target, 2, 2))
    assert lab.place == (2, 2) and lab.hold.isChecked()
    for row in range(8):  # over the whole map, and nothing follows
        point(lab, row, 6)
    assert lab.place == (2, 2)
    QTest.keyClick(lab.target, Qt.Key.Key_Right)
    assert lab.place == (2, 3) and lab.hold.isChecked()  # what is held is moved by keys alone
    check_shown(lab)
    QTest.mouseClick(lab.target, Qt.MouseButton.LeftButton, pos=middle_of(lab.target, 2, 3))
    assert not lab.hold.isChecked()
    point(lab, 6, 1)
    check_shown(lab)
    lab.close()


def test_keys_alone_do_everything(open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab()
    assert lab.focusWidget() is lab.target
    lab.go_to(0, 6)
    for key, place in (
        (Qt.Key.Key_Right, (0, 7)),
        (Qt.Key.Key_Right, (1, 0)),
        (Qt.Key.Key_Left, (0, 7)),
        (Qt.Key.Key_Down, (1, 7)),
        (Qt.Key.Key_Home, (1, 0)),
        (Qt.Key.Key_Up, (0, 0)),
        (Qt.Key.Key_Up, (0, 0)),
        (Qt.Key.Key_Left, (0, 0)),
        (Qt.Key.Key_End, (0, 7)),
    ):
        QTest.keyClick(lab.target, key)
        assert lab.place == place
        check_shown(lab)
    QTest.keyClick(lab.target, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert lab.place == (7, 7)
    QTest.keyClick(lab.target, Qt.Key.Key_Right)
    assert lab.place == (7, 7)
    QTest.keyClick(lab.target, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert lab.place == (0, 0)
    QTest.keyClick(lab.target, Qt.Key.Key_PageUp)
    assert lab.map == 0
    QTest.keyClick(lab.target, Qt.Key.Key_PageDown)
    assert lab.map == 1 and lab.outgoing.number.value() == 2
    check_shown(lab)
    QTest.keyClick(lab.target, Qt.Key.Key_Return)
    assert lab.hold.isChecked() and lab.isVisible() and not lab.clock.isActive()
    QTest.keyClick(lab.target, Qt.Key.Key_Space)
    assert lab.clock.isActive() and lab.play.text() == "Pause"
    QTest.keyClick(lab.target, Qt.Key.Key_Space)
    assert not lab.clock.isActive() and lab.play.text() == "Play"
    choose_layer(lab, qtbot, "Convolution 2")
    check_shown(lab)
    lab.close()


def test_a_map_comes_about_value_by_value(open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab()
    lab.speed.setValue(lab.speed.maximum())
    assert lab.target.shown is None
    lab.play.click()
    assert lab.place == (0, 0) and lab.target.shown == 1
    point(lab, 6, 6)  # what plays is not led astray
    assert lab.place == (0, 0)
    qtbot.waitUntil(lambda: lab.place >= (1, 2), timeout=20_000)
    lab.play.click()
    paused = lab.place
    assert lab.target.shown == paused[0] * 8 + paused[1] + 1
    check_shown(lab)
    lab.play.click()
    assert lab.place == paused  # it goes on where it was
    lab.clock.stop()
    lab._explain(7, 6)
    lab.clock.start()
    qtbot.waitUntil(lambda: not lab.clock.isActive(), timeout=10_000)
    assert lab.place == (7, 7) and lab.target.shown is None and lab.play.text() == "Play"
    lab.play.click()
    assert lab.place == (0, 0)
    QTest.keyClick(lab.target, Qt.Key.Key_Down)
    assert not lab.clock.isActive() and lab.place == (1, 0) and lab.target.shown is None
    lab.close()


def test_channels_of_a_map_have_their_sums_and_are_chosen_by_hand(open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab()
    choose_layer(lab, qtbot, "Convolution 2")
    assert lab.maps is not None and lab.maps.inputs.shape == (8, 8, 8) and lab.maps.outputs.shape == (16, 8, 8)
    lab.go_to(4, 4)
    check_shown(lab)
    assert lab.value is not None
    captions = [float(one.replace("−", "-")) for one in lab.incoming.strip.captions]
    np.testing.assert_allclose(captions, lab.value.sums, atol=5e-4)
    signed = lab.sum.text().split("\n")[1].replace("− ", "−").replace("+ ", "")
    np.testing.assert_allclose(numbers_in(signed), lab.value.sums, atol=5e-4)
    strip = lab.incoming.strip
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.slot_of(5).center())
    assert lab.channel == 5 and lab.incoming.number.value() == 6 and strip.accessibleDescription() == "6 of 8"
    check_shown(lab)
    QTest.keyClick(strip, Qt.Key.Key_Left)
    assert lab.channel == 4
    lab.incoming.number.setFocus()
    QTest.keyClick(lab.incoming.number, Qt.Key.Key_Up)
    assert lab.channel == 5
    maps: MapStrip = lab.outgoing.strip
    QTest.mouseClick(maps, Qt.MouseButton.LeftButton, pos=maps.slot_of(2).center())
    assert lab.map == 2 and lab.channel == 5
    check_shown(lab)
    QTest.keyClick(maps, Qt.Key.Key_Down)
    assert lab.map > 2
    lab.close()


def test_pooling_shows_which_value_has_won(open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab()
    choose_layer(lab, qtbot, "Max pooling 1")
    assert lab.maps is not None and lab.maps.outputs.shape == (16, 4, 4)
    lab.go_to(1, 2)
    check_shown(lab)
    assert lab.value is not None and lab.value.winner is not None
    assert lab.middle.window_cells.framed == [(*lab.value.winner, *lab.value.winner)]
    assert not lab.middle.kernel_cells.isVisible() and not lab.middle.product_cells.isVisible()
    assert "the largest" in lab.sum.text() and "the largest at row" in lab.where.text()
    QTest.mouseClick(lab.incoming.strip, Qt.MouseButton.LeftButton, pos=lab.incoming.strip.slot_of(3).center())
    assert lab.channel == 3 and lab.map == 3  # the one map that it is made into
    check_shown(lab)
    choose_layer(lab, qtbot, "Convolution 1")
    assert lab.middle.kernel_cells.isVisible() and lab.map == 0
    lab.close()


def test_groups_means_and_no_bias(tmp_path: Path, open_lab: OpenLab, qtbot: QtBot) -> None:
    path = tmp_path / "groups.nnstudio"
    layers = (
        "image,conv:4:kernel_size=7:padding=3:bias=false,conv:8:groups=2:stride=2,"
        "avg_pool:2:stride=1:padding=1,adaptive_avg_pool:3,flatten,dense:out"
    )
    assert main(["new", str(path), "--data", "builtin:digits", "--layers", layers]) == 0
    lab = open_lab(path)
    assert "no bias" in lab.sum.text() and lab.middle.kernel_cells.has_numbers()
    check_shown(lab)
    choose_layer(lab, qtbot, "Convolution 2")
    QTest.mouseClick(lab.incoming.strip, Qt.MouseButton.LeftButton, pos=lab.incoming.strip.slot_of(3).center())
    assert lab.channel == 3 and lab.map == 4 and lab.incoming.strip.captions[:2] == ["", ""]
    check_shown(lab)
    choose_layer(lab, qtbot, "Average pooling 1")
    lab.go_to(0, 0)
    assert "divided by 4" in lab.sum.text() and "and padding" in lab.where.text()
    check_shown(lab)
    choose_layer(lab, qtbot, "Adaptive pooling 1")
    check_shown(lab)
    lab.close()


def test_another_sample_brings_other_maps(open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab()
    before = lab.maps
    lab.go_to(2, 6)
    lab.picker.number.setFocus()
    QTest.keyClick(lab.picker.number, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: lab.maps is not before, timeout=10_000)
    assert lab.place == (2, 6)
    check_shown(lab)
    lab.close()


def test_maps_follow_a_training_and_what_is_looked_at_stays(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(CONVOLUTIONS)
    window.labs.show("actionMapsLab")
    lab = window.labs.open["actionMapsLab"]
    assert isinstance(lab, MapsLab)
    qtbot.waitUntil(lambda: lab.maps is not None, timeout=20_000)
    choose_layer(lab, qtbot, "Convolution 2")
    lab._choose_map(7)
    lab.go_to(3, 2)
    before = lab.maps
    window.store.edit("", edits.set_training(window.project, epochs=100_000, patience=0))
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(lambda: lab.maps is not before and window.trainer.timeline is not None, timeout=30_000)
    later = lab.maps
    qtbot.waitUntil(lambda: lab.maps is not later, timeout=30_000)
    assert (lab.map, lab.place) == (7, (3, 2)) and lab.maps is not None and lab.maps.layer == "conv_2"
    check_shown(lab)
    window.actions_by_name["actionStop"].trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=20_000)
    lab.close()


def test_the_answer_about_a_layer_that_was_left_is_dropped(open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab()
    old = lab.maps
    assert old is not None
    choose_layer(lab, qtbot, "Convolution 2")
    new = lab.maps
    lab._show(old)
    assert lab.maps is new
    lab.close()


def test_a_network_without_maps_is_told_and_shown_when_it_has_some(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    lab = window.labs.show("actionMapsLab")
    assert isinstance(lab, MapsLab)
    qtbot.waitUntil(lambda: "Put a convolution or a pooling layer" in lab.message.text(), timeout=20_000)
    assert lab.message.isVisible() and not lab.content.isVisible()
    lab.play.click()
    assert not lab.clock.isActive()
    window.documents.open_example("convolutions")
    qtbot.waitUntil(lambda: lab.maps is not None and lab.content.isVisible(), timeout=20_000)
    check_shown(lab)
    assert lab.focusWidget() is lab.target
    lab.close()


def test_the_small_picture_of_the_chosen_map_is_scrolled_to(tmp_path: Path, open_lab: OpenLab, qtbot: QtBot) -> None:
    path = tmp_path / "many.nnstudio"
    layers = "image,conv:70:kernel_size=8:padding=4,max_pool:2,flatten,dense:out"
    assert main(["new", str(path), "--data", "builtin:digits", "--layers", layers]) == 0
    lab = open_lab(path)
    assert not lab.middle.kernel_cells.has_numbers() and lab.outgoing.number.maximum() == 70
    width, height = lab.middle.kernel_cells._cell()
    assert width == height  # what has no numbers is a picture
    lab.outgoing.number.setFocus()
    lab.outgoing.number.selectAll()
    QTest.keyClicks(lab.outgoing.number, "65")
    assert lab.map == 64
    strip = lab.outgoing.strip
    qtbot.waitUntil(lambda: strip.visibleRegion().contains(strip.slot_of(64).center()))
    choose_layer(lab, qtbot, "Max pooling 1")
    lab._choose_map(60)  # before the pictures of the layer are laid out
    qtbot.waitUntil(lambda: strip.visibleRegion().contains(strip.slot_of(60).center()))
    qtbot.waitUntil(lambda: lab.incoming.strip.visibleRegion().contains(lab.incoming.strip.slot_of(60).center()))
    check_shown(lab)
    lab.close()


def test_every_control_has_a_name(open_lab: OpenLab) -> None:
    lab = open_lab()
    controls = [
        widget
        for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QSlider, Cells, MapStrip)
        for widget in lab.content.findChildren(kind)
        if isinstance(widget, QWidget) and widget.objectName() != "qt_spinbox_lineedit"
    ]
    assert len(controls) >= 14 and not [one for one in controls if not one.accessibleName()]
    assert lab.outgoing.scale.accessibleDescription() and lab.middle.kernel_cells.accessibleDescription()
    lab.close()


def test_weights_that_are_no_numbers_are_shown_as_such(open_lab: OpenLab) -> None:
    from dataclasses import replace

    lab = open_lab()
    assert lab.maps is not None and lab.maps.weights is not None
    weights = lab.maps.weights.copy()
    weights[0, 0, 0, 0], weights[0, 0, 1, 1] = np.nan, np.inf
    lab._show(replace(lab.maps, weights=weights, outputs=lab.maps.outputs * np.nan, inputs=lab.maps.inputs * 0))
    lab.grab()
    assert "nan" in lab.sum.text()
    lab.close()


# --- words ----------------------------------------------------------------------------------------------------------


def test_numbers_and_spans_are_written_short() -> None:
    assert written(-0.0) == "0.0000" and written(1e-7) == "1e−07" and written(-1.5, 2) == "−1.50"
    assert texts_of(-0.123456) == ["−0.123", "−0.12", "−0.1"] and texts_of(-0.0)[0] == "0"
    assert added([0.5, -0.25]) == "0.500 − 0.250" and added([1.0] * 20).endswith(" + …")
    assert span_text(np.array([-1, 0, 1]), 5) == "1 to 2" and span_text(np.array([4, 5]), 5) == "5"
    assert span_text(np.array([0, 2, 4]), 5) == "1, 3, 5" and span_text(np.array([-2, -1]), 5) == "–"


def test_digits_stand_out_on_every_colour() -> None:
    assert text_color(QColor("#ffffff")) == QColor("#000000") and text_color(QColor("#2a2e35")) == QColor("#ffffff")
