"""Words beside an upright line stand where they hide the least of the curves."""

from itertools import combinations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnstudio.ui.plots.curve_plot import CurvePlot, Earlier, ShownEvent
from nnstudio.ui.plots.lines import by_epoch


def plot_of(qtbot: QtBot, *curves: np.ndarray) -> CurvePlot:
    plot = CurvePlot("lossPlot", "Loss", "loss", "{epoch}", "{value}", 0.92)
    qtbot.addWidget(plot)
    plot.resize(420, 220)
    plot.show()
    plot.show_lines([by_epoch(kind, values) for kind, values in zip(("training", "validation"), curves, strict=False)])
    plot.show_happenings([ShownEvent(100, "all epochs done")])
    plot.grab()
    return plot


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("at", [0.75, 0.6, 0.45, 0.3])
def test_the_words_about_the_end_keep_off_a_curve(at: float, log: bool, qtbot: QtBot) -> None:
    shares = np.full(100, at)
    shares[0], shares[1] = 0.0, 1.0  # the range
    plot = plot_of(qtbot, 10 ** (2 * shares - 1) if log else shares)
    plot.set_log(log)
    plot.grab()
    (line,) = plot.ends
    assert abs(line.label.orthoPos - at) > 0.1
    assert line.label.isVisible()


def test_words_of_two_events_and_of_the_best_epoch_stand_apart(qtbot: QtBot) -> None:
    plot = plot_of(qtbot, np.linspace(1.0, 0.0, 100))
    plot.show_happenings([ShownEvent(99, "η = 0.1"), ShownEvent(100, "all epochs done")])
    plot.show_flag(90, 0.1, 100)
    plot.grab()
    labels = [plot.flag.label, *(line.label for line in plot.ends)]
    places = [label.mapRectToScene(label.boundingRect()) for label in labels]
    assert not any(first.intersects(second) for first, second in combinations(places, 2))


def test_names_of_earlier_runs_begin_in_the_plot_and_lie_on_none(qtbot: QtBot) -> None:
    plot = plot_of(qtbot, np.linspace(1.0, 0.1, 200))
    lines = [by_epoch("validation", np.linspace(1.0, 0.1, epochs)) for epochs in (12, 14, 13)]
    words = "run 1: dropout rate p 0.2 → 0.5, optimizer Adam → SGD"
    plot.show_earlier([Earlier(f"run-{number}", words, line) for number, line in enumerate(lines)])
    plot.grab()
    places = [name.mapRectToScene(name.boundingRect()) for name in plot.earlier_names]
    assert len(places) == 3
    area = plot.plotItem.vb.sceneBoundingRect()
    assert all(place.left() >= area.left() - 1 for place in places)
    assert not any(first.adjusted(1, 1, -1, -1).intersects(second) for first, second in combinations(places, 2))
