"""Networks beside each other in the window: the twin without dropout, other pairs, ten starts, new seeds."""

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.data.dataset import load
from nnstudio.project import edits, variants
from nnstudio.project.model import Project
from nnstudio.training import epochs_ahead, loop
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.session import Trained
from nnstudio.training.session import train as train_events
from nnstudio.ui.window import MainWindow
from tests.ui.driving import IRIS, Open, click_run, run_cells, train

OVERFITTING = paths.examples() / "overfitting.nnstudio"


def choose(window: MainWindow, key: str) -> None:
    """Choose with the mouse, from the list that opens."""
    box = window.comparison_picker
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    QTest.qWait(QApplication.doubleClickInterval() + 50)  # until then a click in the list is that which opened it
    entries = box.view()
    assert entries.isVisible()
    place = entries.visualRect(box.model().index(box._keys.index(key), 0)).center()
    QTest.mouseMove(entries.viewport(), place)
    QTest.mouseClick(entries.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not entries.isVisible() and window.trainer.comparison == key


def with_dropout(window: MainWindow) -> None:
    """Put a dropout layer into the example."""
    window.store.edit("dropout", insert_dropout(window.project, "relu_2")[0])


def insert_dropout(project: Project, after: str) -> tuple[Project, str]:
    """The project with a dropout layer behind another, and its id."""
    project, id = edits.add_layer(project, "dropout", parameters={"rate": 0.5})
    link = next(one for one in project.network.links if one.source == after)
    project = edits.add_link(edits.remove(project, links=[link]), after, id)
    return edits.add_link(project, id, link.target), id


def test_the_twin_is_the_network_without_dropout_trained_alone(
    open_window: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every epoch is measured: how many there would be time for depends on the machine.
    monkeypatch.setattr(loop, "MEASURING", math.inf)
    monkeypatch.setattr(epochs_ahead, "TOGETHER", 0.0)
    window = open_window(OVERFITTING)
    with_dropout(window)
    window.store.edit("", edits.set_training(window.project, epochs=60))
    window.actions_by_name["actionDropout"].trigger()
    choose(window, "dropout")
    assert "without dropout" in window.messages.label.text()
    train(window, qtbot)
    own, twin = window.project.runs
    assert twin.is_companion and not own.is_companion
    alone = variants.without_dropout(window.project)
    for event in train_events(alone, load(alone.data), Control(), Curves(), spare_cores=1):
        if isinstance(event, Trained):
            single = event.run
    np.testing.assert_allclose(twin.history.validation_loss, single.history.validation_loss, rtol=1e-5)
    np.testing.assert_allclose(twin.history.train_loss, single.history.train_loss, rtol=1e-5)
    plot = window.plots.plot("dropout")
    assert plot.isVisible() and {"training", "full_pass", "validation", "other_validation"} <= set(plot.lines)
    assert len(own.history.train_loss_full_pass) == 60
    assert np.isfinite(own.history.train_loss_full_pass).all()
    np.testing.assert_array_equal(plot.lines["other_validation"].values, twin.history.validation_loss)
    # With dropout acting the loss is higher than that of the same weights with it off.
    assert own.history.train_loss[-1] > own.history.train_loss_full_pass[-1]
    words = window.plots.comparison.text()
    assert f"{min(own.history.validation_loss):.4g} in epoch {own.best_epoch}" in words
    assert f"{min(twin.history.validation_loss):.4g} in epoch {twin.best_epoch}" in words


def test_any_other_pair_is_named_by_its_differences(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=5, patience=0))
    found = variants.choices(window.project)
    assert "dropout" not in found and {"activation:relu", "width:2", "optimizer:sgd"} <= set(found)
    choose(window, "optimizer:sgd")
    train(window, qtbot)
    assert [run.training.optimizer for run in window.project.runs] == ["adam", "sgd"]
    assert run_cells(window, "changed")[0] == "optimizer Adam → SGD"
    assert "optimizer SGD" in window.plots.comparison.text()
    # The pair is looked at again as a pair.
    window.actions_by_name["actionReset"].trigger()
    assert window.plots.comparison.isHidden()
    click_run(window, 1)
    assert len(window.trainer.networks) == 2 and "other_validation" in window.plots.plot("loss").lines


def test_ten_starts_are_a_median_and_a_range(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=8, patience=0))
    window.actions_by_name["actionTenSeeds"].trigger()
    qtbot.waitUntil(lambda: len(window.project.runs) == 10 and not window.trainer.is_active, timeout=60_000)
    assert [run.training.seed for run in window.project.runs] == list(range(10))
    table = np.array([run.history.validation_loss for run in window.project.runs])
    np.testing.assert_allclose(window.plots.plot("loss").lines["middle"].values, np.median(table, axis=0))
    np.testing.assert_allclose(window.plots.plot("loss").edges["spread"][1].getData()[1], table.max(axis=0))
    lowest = table.min(axis=1)
    assert f"from {lowest.min():.4g} to {lowest.max():.4g}" in window.plots.comparison.text()
    assert "0 diverged" in window.plots.comparison.text()


def test_same_start_gives_the_same_curve_and_a_new_seed_another(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=5, patience=0))
    train(window, qtbot)
    for name in ("actionSameStart", "actionNewSeed"):
        window.actions_by_name[name].trigger()
        qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=30_000)
    first, same, other = (run.history.train_loss for run in window.project.runs)
    assert first == same != other
    assert window.project.training.seed == 1 and window.project.runs[-1].training.seed == 1
    window.actions_by_name["actionUndo"].trigger()
    assert window.project.training.seed == 0


def test_slow_motion_shows_the_masks_of_each_batch(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    project, id = insert_dropout(window.project, "tanh_1")
    window.store.edit("dropout", edits.set_training(project, epochs=1000, patience=0))
    item = window.canvas.network.layers[id]
    window.actions_by_name["actionStepBatch"].trigger()
    qtbot.waitUntil(lambda: item.mask is not None, timeout=20_000)
    first = item.mask
    assert first is not None and 0.2 < first.mean() < 0.8
    window.findChild(QSlider, "paceSlider").setValue(3)
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(lambda: item.mask is not None and not np.array_equal(item.mask, first), timeout=20_000)
    window.actions_by_name["actionStop"].trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active and item.mask is None, timeout=20_000)


@pytest.mark.parametrize("key", ["width:2", "activation:relu"])
def test_networks_of_other_structure_take_turns_and_can_be_carried_on(
    open_window: Open, qtbot: QtBot, key: str
) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=4, patience=0))
    choose(window, key)
    train(window, qtbot)
    window.actions_by_name["actionCarryOn"].trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=30_000)
    assert [run.epochs_run for run in window.project.runs] == [8, 8]
