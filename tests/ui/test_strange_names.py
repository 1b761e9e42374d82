"""Names from outside are shown as they are written: neither formatted nor taken for markup."""

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from nnstudio.data.dataset import load
from nnstudio.data.plane import plane_of
from nnstudio.project.model import DataChoice
from nnstudio.ui.plots.boundary_plot import BoundaryPlot
from nnstudio.ui.plots.curve_plot import CurvePlot, Earlier, ShownEvent
from nnstudio.ui.plots.lines import by_epoch

NAME = "{x}<b>%s&"
LOOKED_UP = "{value.__class__.__mro__}"


def test_words_on_a_curve_plot_are_shown_as_written(qtbot: QtBot) -> None:
    plot = CurvePlot("plot", "Loss", "Loss", "lowest {value} {epoch}", "{value}", 0.9)
    qtbot.addWidget(plot)
    plot.resize(900, 400)
    values = np.linspace(1.0, 0.1, 10)
    plot.show_lines([by_epoch("validation", values)])
    plot.show_happenings([ShownEvent(3, NAME), ShownEvent(4, LOOKED_UP)])
    plot.show_earlier([Earlier("run-1", NAME, by_epoch("validation", values))])
    plot.show()
    qtbot.waitExposed(plot)
    qtbot.wait(50)
    assert [line.label.textItem.toPlainText() for line in plot.ends] == [NAME, LOOKED_UP]
    assert [item.textItem.toPlainText() for item in plot.earlier_names] == [NAME]
    assert "<b>" not in plot.ends[0].toolTip()


def test_columns_on_the_axes_of_the_plane_are_shown_as_written(qtbot: QtBot) -> None:
    plot = BoundaryPlot()
    qtbot.addWidget(plot)
    plot.resize(500, 500)
    plane = plane_of(load(DataChoice("toy:circle")))
    assert plane is not None
    plot.show_plane(replace(plane, names=(NAME, NAME), remark=NAME))
    plot.show()
    qtbot.waitExposed(plot)
    for side in ("bottom", "left"):
        assert plot.getAxis(side).label.toPlainText().strip() == NAME
    assert plot.plotItem.titleLabel.item.toPlainText() == NAME
