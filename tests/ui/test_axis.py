"""The numbers at the axes of a plot can be read at every size."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPicture
from pytestqt.qtbot import QtBot

from nnstudio.ui.plots.curve_plot import CurvePlot
from nnstudio.ui.plots.lines import Line


def numbers(plot: CurvePlot, side: str) -> list[tuple[QRectF, str]]:
    """Where numbers stand at an axis as it is drawn, and what they are."""
    picture = QPicture()
    painter = QPainter(picture)
    *_lines, words = plot.getAxis(side).generateDrawSpecs(painter)
    painter.end()
    return [(QRectF(place), text) for place, _flags, text in words if text]


@pytest.mark.parametrize("is_log", [False, True])
@pytest.mark.parametrize("epochs", [3, 40, 800, 99_000])
def test_no_number_stands_on_another(epochs: int, is_log: bool, qtbot: QtBot) -> None:
    plot = CurvePlot("plotLoss", "Loss", "Loss", "{value}", "{value}", 0.9)
    qtbot.addWidget(plot)
    plot.show_lines([Line("training", np.arange(1.0, epochs + 1), np.geomspace(3.0, 1e-9, epochs))])
    plot.set_log(is_log)
    plot.show()
    for width, height in ((130, 120), (160, 150), (240, 200), (420, 260), (900, 500)):
        plot.resize(width, height)
        plot.grab()
        for side in ("bottom", "left"):
            found = numbers(plot, side)
            assert len(found) > 1 or min(width, height) < 200, (width, side, found)
            axis, whole = plot.getAxis(side), QRectF(plot.viewport().rect())
            assert all(whole.contains(axis.mapRectToScene(place)) for place, _text in found), (width, side, found)
            places = sorted((place for place, _text in found), key=lambda one: (one.x(), one.y()))
            for first, second in pairwise(places):
                assert not first.intersects(second), (width, side, found)


def test_a_logarithmic_axis_within_one_power_of_ten_has_numbers(qtbot: QtBot) -> None:
    plot = CurvePlot("plotLoss", "Loss", "Loss", "{value}", "{value}", 0.9)
    qtbot.addWidget(plot)
    plot.set_log(True)
    plot.show_lines([Line("training", np.arange(1.0, 31), np.linspace(0.9, 0.15, 30))])
    plot.resize(400, 300)
    plot.show()
    plot.grab()
    assert [text for _place, text in numbers(plot, "left")] == ["0.2", "0.5"]
