"""Small layers drawn neuron by neuron, with the weights that PyTorch has, while they are learnt and afterwards."""

from pathlib import Path

import numpy as np
import safetensors.numpy
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.project.model import Link
from nnstudio.ui.canvas.items import LayerItem
from nnstudio.ui.canvas.links import LinkItem
from nnstudio.ui.window import MainWindow
from tests.ui.driving import IRIS, Hands, Open, train

CIRCLE = paths.examples() / "circle.nnstudio"
DIGITS = paths.examples() / "digits.nnstudio"


def shown_weights(window: MainWindow, id: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    weights = window.canvas.network.layers[id].weights
    assert weights is not None
    return weights.matrix


def test_small_layers_are_neurons_and_large_ones_boxes(open_window: Open) -> None:
    window = open_window(DIGITS)
    layers = window.canvas.network.layers
    assert {id: item.units for id, item in layers.items() if item.units} == {
        "dense_3": 10,
        "softmax_1": 10,
        "output_1": 10,
    }
    window.actions_by_name["actionNeurons"].trigger()
    assert not any(item.units for item in layers.values())


def test_the_weights_are_those_that_are_learnt(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(CIRCLE)
    scene = window.canvas.network
    assert scene.links[Link("tanh_1", "dense_2")].weights() is None
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(lambda: "dense_2" in scene.weights, timeout=20_000)
    first = shown_weights(window, "dense_2").copy()
    qtbot.waitUntil(lambda: not np.array_equal(shown_weights(window, "dense_2"), first), timeout=20_000)
    assert scene.links[Link("tanh_1", "dense_2")].weights() is not None
    window.trainer.stop()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=20_000)
    kept = safetensors.numpy.load(window.project.runs[-1].weights)["dense_2.weight"]
    qtbot.waitUntil(lambda: np.array_equal(shown_weights(window, "dense_2"), kept), timeout=20_000)


def test_after_one_batch_the_weights_of_that_batch_are_seen(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(CIRCLE)
    window.actions_by_name["actionStepBatch"].trigger()
    qtbot.waitUntil(lambda: "dense_1" in window.canvas.network.weights, timeout=20_000)
    qtbot.waitUntil(lambda: window.trainer.probes.newest["weights"].batch == 1, timeout=20_000)  # type: ignore[union-attr]
    qtbot.waitUntil(
        lambda: window.canvas.network.weights is window.trainer.probes.newest["weights"].weights,  # type: ignore[union-attr]
        timeout=20_000,
    )


def test_weights_of_another_network_are_not_shown(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(CIRCLE)
    train_a_little(window, qtbot)
    qtbot.waitUntil(lambda: bool(window.canvas.network.weights), timeout=20_000)
    window.store.edit("Units", edits.set_parameter(window.project, "dense_1", "units", 5))
    assert not window.canvas.network.weights
    window.actions_by_name["actionUndo"].trigger()
    qtbot.waitUntil(lambda: bool(window.canvas.network.weights), timeout=20_000)


def test_large_layers_show_their_weights_as_a_picture(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(DIGITS)
    window.store.edit("", edits.set_training(window.project, epochs=1))
    train(window, qtbot)
    layers = window.canvas.network.layers
    qtbot.waitUntil(lambda: layers["dense_1"].shows_picture, timeout=20_000)
    assert layers["dense_3"].units == 10 and layers["dense_3"].shows_picture  # from 64 to 10
    assert not layers["relu_1"].shows_picture


def test_plus_and_minus_are_above_the_neurons(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    window.canvas.zoom_in()
    item = window.canvas.network.layers["dense_1"]
    before = item.units
    hand(window).click(window.canvas.mapFromScene(item.mapToScene(item.plus_place.center())))
    assert item.units == before + 1
    hand(window).click(window.canvas.mapFromScene(item.mapToScene(item.minus_place.center())))
    assert item.units == before
    assert window.store.edit_labels == ["Change Units"]


def test_links_are_drawn_between_columns(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    link = Link("tanh_1", "dense_2")
    window.store.edit("", edits.remove(window.project, links=[link]))
    hands = hand(window)
    hands.drag(hands.port("tanh_1", "output"), hands.port("dense_2", "input"))
    assert link in window.project.network.links


def test_a_neuron_tells_its_numbers(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(CIRCLE)
    train_a_little(window, qtbot)
    qtbot.waitUntil(lambda: bool(window.canvas.network.weights), timeout=20_000)
    item = window.canvas.network.layers["dense_2"]
    point = window.canvas.mapFromScene(item.neuron_places()[1])
    help = QHelpEvent(QEvent.Type.ToolTip, point, window.canvas.viewport().mapToGlobal(point))
    QApplication.sendEvent(window.canvas.viewport(), help)
    text = QToolTip.text()
    assert "Dense 2, unit 2" in text and text.count("w(Tanh 1 ") == 4
    weight = shown_weights(window, "dense_2")[1, 0]
    assert f"w(Tanh 1 1) = {weight:+.3f}".replace("-", "−") in text
    QToolTip.hideText()


def test_the_switch_is_remembered(open_window: Open) -> None:
    window = open_window(IRIS)
    QTest.keyClick(window, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    assert not window.canvas.network.as_neurons
    assert not open_window(IRIS).canvas.network.as_neurons


def train_a_little(window: MainWindow, qtbot: QtBot) -> None:
    window.store.edit("", edits.set_training(window.project, epochs=3))
    train(window, qtbot)


def test_a_line_between_neurons_tells_its_weight(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(CIRCLE)
    train_a_little(window, qtbot)
    qtbot.waitUntil(lambda: bool(window.canvas.network.weights), timeout=20_000)
    link = window.canvas.network.links[Link("tanh_1", "dense_2")]
    number = link.pairs().index((3, 1))
    words = window.canvas.network.weight_text(link.threads()[number].pointAt(0.3))
    weight = shown_weights(window, "dense_2")[1, 3]
    assert f"w(Tanh 1 4 → Dense 2 2) = {weight:+.3f}".replace("-", "−") in words


def test_any_line_between_neurons_selects_the_link(open_window: Open, hand: Hands) -> None:
    window = open_window(CIRCLE)
    link = window.canvas.network.links[Link("input_1", "dense_1")]
    for number in (0, len(link.pairs()) - 1):
        window.canvas.network.clearSelection()
        hand(window).click(window.canvas.mapFromScene(link.threads()[number].pointAt(0.4)))
        assert window.canvas.network.selected_links() == [link.link]


def test_a_link_that_skips_layers_goes_around_them(open_window: Open) -> None:
    window = open_window(IRIS)
    project, add = edits.add_layer(window.project, "add")
    for source, target in (("tanh_1", add), ("dense_1", add), (add, "dense_2")):
        project = edits.add_link(project, source, target)
    window.store.edit("Add", project)
    window.actions_by_name["actionArrange"].trigger()
    scene = window.canvas.network
    skipping, straight = scene.links[Link("dense_1", add)], scene.links[Link("tanh_1", add)]
    between = scene.layers["tanh_1"]
    assert skipping.goes_around and not skipping.by_neurons and not straight.goes_around and straight.by_neurons
    assert not runs_through(skipping, between)
    window.actions_by_name["actionNeurons"].trigger()
    assert not runs_through(skipping, between)


def runs_through(link: LinkItem, layer: LayerItem) -> bool:
    box = layer.box.translated(layer.pos())
    return any(box.contains(link.path().pointAtPercent(place / 100)) for place in range(101))


def test_a_picture_for_print_has_nothing_to_press(open_window: Open, tmp_path: Path) -> None:
    window = open_window(IRIS)
    window.canvas.save_picture(tmp_path / "network.svg")
    drawing = (tmp_path / "network.svg").read_text()
    assert "Dense 1" in drawing and "−" not in drawing
