"""Below its layers a canvas shows what they give for one picture: live while a network learns, and of the run shown."""

from collections.abc import Callable

import numpy as np
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.ui.look.heatmap import stack_picture
from nnstudio.ui.window import MainWindow

Open = Callable[..., MainWindow]


def test_maps_are_shown_while_it_learns_and_of_the_run_afterwards(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    window.documents.open_example("lenet_1998")
    qtbot.waitUntil(lambda: window.project.facts is not None, timeout=20_000)
    layers = window.canvas.network.layers
    assert all(item.stack is None for item in layers.values())
    window.store.edit("", edits.set_training(window.project, epochs=100_000))
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(lambda: layers["relu_1"].stack is not None, timeout=20_000)
    first = layers["relu_1"].stack
    qtbot.waitUntil(lambda: layers["relu_1"].stack != first, timeout=20_000)
    window.actions_by_name["actionStop"].trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=20_000)
    shown = {id for id, item in layers.items() if item.stack is not None}
    assert {"input_1", "conv_1", "relu_1", "max_pool_1", "conv_2"} <= shown
    assert not shown & {"dense_1", "dense_2", "output_1", "flatten_1"}
    # Six maps of 14 × 14 with a clear line between two of them, and the input as it is.
    stack, picture = layers["max_pool_1"].stack, layers["input_1"].stack
    assert (stack.width(), stack.height()) == (6 * 15 - 1, 14) and (picture.width(), picture.height()) == (28, 28)
    window.store.edit("", edits.set_parameter(window.project, "conv_1", "filters", 3))
    assert all(item.stack is None for item in layers.values())


def test_columns_that_are_no_picture_have_none(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(paths.examples() / "iris.nnstudio")
    window.store.edit("", edits.set_training(window.project, epochs=3))
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(lambda: len(window.project.runs) == 1, timeout=20_000)
    assert all(item.stack is None for item in window.canvas.network.layers.values())


def test_maps_of_one_layer_are_on_one_scale() -> None:
    maps = np.stack([np.full((2, 2), 1.0), np.full((2, 2), 0.5)]).astype(np.float32)
    image = stack_picture(maps)
    assert (image.width(), image.height()) == (5, 2)
    assert image.pixelColor(2, 0).alpha() == 0
    assert image.pixelColor(0, 0) != image.pixelColor(3, 0)


def test_the_pointer_on_a_layer_tells_how_much_of_the_picture_a_value_sees(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    window.documents.open_example("lenet_1998")
    qtbot.waitUntil(lambda: window.project.facts is not None, timeout=20_000)
    network = window.canvas.network
    found = {id: network.field_text(network.layers[id]) for id in ("conv_1", "max_pool_1", "conv_2", "dense_1")}
    assert [text[0].split("sees ")[1] for text in list(found.values())[:3]] == [
        "5 × 5 values of the picture.",
        "6 × 6 values of the picture.",
        "14 × 14 values of the picture.",
    ]
    assert found["dense_1"] == []
