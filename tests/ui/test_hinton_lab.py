"""The Hinton diagram shows the weights of a run under the names of what they weigh; keys and pointer tell one."""

import numpy as np
import safetensors.numpy
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.ui.labs.hinton_lab import HintonLab
from nnstudio.ui.window import MainWindow
from tests.ui.driving import Open, opened_lab


def opened(window: MainWindow, qtbot: QtBot, example: str) -> HintonLab:
    window.documents.open_example(example)
    qtbot.waitUntil(lambda: window.project.facts is not None, timeout=20_000)
    window.store.edit("", edits.set_training(window.project, epochs=5))
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(lambda: len(window.project.runs) == 1 and not window.trainer.is_active, timeout=20_000)
    window.actions_by_name["actionHintonLab"].trigger()
    lab = opened_lab(window, "actionHintonLab", HintonLab, qtbot)
    qtbot.waitUntil(lambda: lab.diagram.values.size > 0, timeout=20_000)
    return lab


def test_weights_and_biases_stand_under_the_names_of_the_columns(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    lab = opened(window, qtbot, "symmetry_1986")
    weights = safetensors.numpy.load(window.project.runs[0].weights)
    expected = np.concatenate([weights["dense_1.weight"], weights["dense_1.bias"][:, None]], axis=1)
    np.testing.assert_allclose(lab.diagram.values, expected)
    assert lab.diagram.columns == ["x1", "x2", "x3", "x4", "x5", "x6", "bias"]
    lab.diagram.setFocus()
    for _key in range(3):
        QTest.keyClick(lab.diagram, Qt.Key.Key_Right)
    assert lab.diagram.place == (0, 2)
    assert lab.diagram.accessibleDescription().startswith("unit 1, x3: ")
    area, side = lab.diagram._area(), lab.diagram._side()
    assert lab.diagram.cell_at(QPointF(area.left() + 2.5 * side, area.top() + 1.5 * side)) == (1, 2)
    assert lab.diagram.cell_at(QPointF(2, 2)) is None


def test_a_layer_behind_a_choice_of_columns_has_their_names(open_window: Open, qtbot: QtBot) -> None:
    lab = opened(open_window(), qtbot, "family_trees_1986")
    assert lab.diagram.columns[:2] == ["Christopher", "Penelope"] and len(lab.diagram.columns) == 25
    QTest.keyClick(lab.layers, Qt.Key.Key_Down)
    assert lab.diagram.columns[:2] == ["father", "mother"]


def test_kernels_alone_are_told_in_a_sentence(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(paths.examples() / "iris.nnstudio")
    window.actions_by_name["actionHintonLab"].trigger()
    lab = window.labs.open["actionHintonLab"]
    qtbot.waitUntil(lambda: lab.diagram.values.size > 0, timeout=20_000)
    assert [lab.layers.itemText(place) for place in range(lab.layers.count())] == ["Dense 1", "Dense 2"]
