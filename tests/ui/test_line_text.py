"""Words beside an upright line stand where they hide the least of the curves."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnstudio.ui.plots.curve_plot import CurvePlot, ShownEvent
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


def test_words_of_two_events_stand_apart(qtbot: QtBot) -> None:
    plot = plot_of(qtbot, np.linspace(1.0, 0.0, 100))
    plot.show_happenings([ShownEvent(99, "η = 0.1"), ShownEvent(100, "all epochs done")])
    plot.grab()
    first, second = (line.label.orthoPos for line in plot.ends)
    assert first != second
