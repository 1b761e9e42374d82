"""What is filled between two lines of a plot is really painted."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from nnstudio.ui.plots.curve_plot import CurvePlot
from nnstudio.ui.plots.lines import by_epoch


def plot_of_losses(qtbot: QtBot) -> CurvePlot:
    plot = CurvePlot("plot", "Loss", "Loss", "{value} {epoch}", "{value}", 0.9)
    qtbot.addWidget(plot)
    plot.resize(500, 300)
    low, high = np.full(20, 1.0), np.full(20, 3.0)
    plot.show_lines([by_epoch("full_pass", low), by_epoch("validation", high)], is_live=True)
    plot.show()
    qtbot.waitExposed(plot)
    return plot


def pixel_between(plot: CurvePlot) -> int:
    """The colour in the middle between the two lines."""
    image = plot.grab().toImage()
    box = plot.plotItem.vb
    (left, right), (bottom, top) = box.viewRange()
    place = plot.mapFromScene(box.mapViewToScene(QPointF((left + right) / 2 + 0.3, (bottom + top) / 2 + 0.07)))
    return image.pixelColor(place).rgb()


@pytest.mark.parametrize("is_log", [False, True])
@pytest.mark.parametrize("name", ["gap", "spread"])
def test_a_gap_and_the_band_of_many_starts_have_a_colour(qtbot: QtBot, name: str, is_log: bool) -> None:
    plot = plot_of_losses(qtbot)
    plot.set_log(is_log)
    qtbot.wait(50)
    empty = pixel_between(plot)
    lines = list(plot.lines.values())
    plot.show_lines(lines, [name], is_live=True)
    if name == "spread":
        plot.show_range(lines[0].values, lines[1].values)
    qtbot.wait(50)
    assert pixel_between(plot) != empty


def test_the_shade_after_the_best_epoch_reaches_from_the_bottom_to_the_top(qtbot: QtBot) -> None:
    """Of other values too, which come while it is shown, and with the range another."""
    plot = plot_of_losses(qtbot)
    box = plot.plotItem.vb

    def pixels(epoch: float) -> set[int]:
        image = plot.grab().toImage()
        _across, (bottom, top) = box.viewRange()
        heights = [bottom + share * (top - bottom) for share in (0.03, 0.3, 0.62, 0.97)]
        places = [plot.mapFromScene(box.mapViewToScene(QPointF(epoch, height))) for height in heights]
        return {image.pixelColor(place).rgb() for place in places}

    plot.show_flag(5, 1.0, 20)
    for scale in (1.0, 40.0, 0.01):
        values = np.full(20, 2.2 * scale)
        plot.show_lines([by_epoch("validation", values), by_epoch("full_pass", values / 2)], is_live=True)
        shaded, plain = pixels(12.4), pixels(2.4)
        assert len(shaded) == len(plain) == 1 and shaded != plain, scale
