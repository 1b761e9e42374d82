"""The plane of two inputs in the window: shown for such data alone, live while training, true to the run looked at."""

from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.ui.background import view_jobs
from nnstudio.ui.plots.boundary_plot import BoundaryPlot, class_mix, value_colors
from nnstudio.ui.window import MainWindow
from tests.ui.driving import Open

CIRCLE = paths.examples() / "circle.nnstudio"


def plot_of(window: MainWindow) -> BoundaryPlot:
    found = window.findChild(BoundaryPlot, "plotBoundary")
    assert found is not None
    return found


def shown(plot: BoundaryPlot) -> np.ndarray:
    """The colours on the plane as they are now."""
    return plot.image.image.copy()


def test_points_are_there_at_once_and_the_boundary_follows_training(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(CIRCLE)
    plot = plot_of(window)
    qtbot.waitUntil(plot.isVisible, timeout=20_000)
    assert not plot.image.isVisible()
    assert sum(len(item.data) for item in plot.points) == window.project.facts.train + window.project.facts.validation
    assert "hollow" in window.plots.legend.toolTip()
    window.store.edit("", edits.set_training(window.project, epochs=100_000, patience=0))
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(plot.image.isVisible, timeout=20_000)
    first = shown(plot)
    qtbot.waitUntil(lambda: not np.array_equal(shown(plot), first), timeout=20_000)
    window.actions_by_name["actionStop"].trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=20_000)


def test_after_training_it_is_that_of_the_weights_that_are_kept(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(CIRCLE)
    plot = plot_of(window)
    for seed in (0, 1):
        window.store.edit("", edits.set_training(window.project, epochs=30, seed=seed))
        window.actions_by_name["actionTrain"].trigger()
        qtbot.waitUntil(lambda seed=seed: len(window.project.runs) == seed + 1, timeout=20_000)
        qtbot.waitUntil(lambda: not window.trainer.is_active)
    for run in reversed(window.project.runs):
        window.trainer.show(run)
        (expected,) = view_jobs.answers_of(run, plot.plane.grid(run.preparation, run.parameters))
        qtbot.waitUntil(lambda: plot.image.image is not None, timeout=20_000)
        colors = class_mix(expected).reshape(plot.image.image.shape)
        qtbot.waitUntil(lambda colors=colors: np.array_equal(shown(plot), colors))
    window.trainer.reset()
    assert not plot.image.isVisible()


def test_other_data_has_no_plane_and_a_value_has_one(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(paths.examples() / "iris.nnstudio")
    plot = plot_of(window)
    assert not plot.isVisible()
    window.store.edit("", edits.set_data(window.project, source="toy:plane"))
    qtbot.waitUntil(lambda: plot.plane is not None and plot.plane.classes == (), timeout=20_000)
    assert plot.isVisible()


def test_a_new_language_keeps_points_and_boundary(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(CIRCLE)
    window.store.edit("", edits.set_training(window.project, epochs=3))
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(lambda: len(window.project.runs) == 1 and not window.trainer.is_active, timeout=20_000)
    window.use_language("es")
    plot = window.plots.plane
    qtbot.waitUntil(lambda: plot.plane is not None and plot.image.isVisible(), timeout=20_000)
    assert any("validación" in label.text() for label in window.plots.findChildren(QLabel))
    window.use_language("en")


def test_colours_fade_where_the_network_is_not_sure(qtbot: QtBot) -> None:
    sure, unsure, other = class_mix(np.array([[1, 0], [0.5, 0.5], [0, 1]], dtype=np.float32)).astype(int)
    assert np.ptp(unsure) <= 12 < np.ptp(sure) and not np.array_equal(sure, other)
    low, middle, high, beyond = value_colors(np.array([-1.0, 0, 1, 9]), -1, 1, 1.0)
    assert np.array_equal(high, beyond) and not np.array_equal(low, high) and not np.array_equal(middle, high)


def test_other_data_chosen_while_training_neither_ends_it_nor_is_painted(open_window: Open, qtbot: QtBot) -> None:
    for example in ("iris", "circle"):
        window = open_window(paths.examples() / f"{example}.nnstudio")
        plot = plot_of(window)
        window.store.edit("", edits.set_training(window.project, epochs=100_000, patience=0))
        window.actions_by_name["actionTrain"].trigger()
        qtbot.waitUntil(lambda window=window: window.trainer.curves.epochs > 2, timeout=20_000)
        if example == "circle":
            qtbot.waitUntil(plot.image.isVisible, timeout=20_000)
        before = plot.plane
        window.store.edit("", edits.set_data(window.project, source="toy:spiral"))
        # Both planes are alike in size, and training goes on for many epochs before the new one is found.

        def is_another(plot: BoundaryPlot = plot, before: object = before) -> bool:
            return plot.plane is not None and plot.plane is not before

        qtbot.waitUntil(is_another, timeout=20_000)
        assert plot.plane.lowest[0] > -7
        qtbot.waitUntil(lambda window=window: window.loader.choice.source == "toy:spiral", timeout=20_000)
        done = window.trainer.curves.epochs
        qtbot.waitUntil(lambda window=window, done=done: window.trainer.curves.epochs > done + 20, timeout=20_000)
        assert not plot.image.isVisible()
        window.actions_by_name["actionStop"].trigger()
        qtbot.waitUntil(lambda window=window: not window.trainer.is_active, timeout=20_000)
        assert len(window.project.runs) == 1 and not plot.image.isVisible()


def test_a_reset_while_training_leaves_no_boundary_behind(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(CIRCLE)
    plot = plot_of(window)
    window.store.edit("", edits.set_training(window.project, epochs=100_000, patience=0))
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(plot.image.isVisible, timeout=20_000)
    window.actions_by_name["actionReset"].trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=20_000)
    qtbot.waitUntil(lambda: not plot.image.isVisible(), timeout=5_000)
    assert window.trainer.curves.epochs == 0
