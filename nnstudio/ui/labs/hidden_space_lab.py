"""The bent space: where the points and the grid of the plane go in a layer of two units."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.project.names import shown_name
from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import Choice
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.plots.boundary_plot import SHAPES, class_color, value_colors
from nnstudio.ui.plots.plot import Plot
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import HiddenSpace


class HiddenSpaceLab(Lab):
    """Follows a training epoch by epoch: what could not be parted by a line comes apart."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(
            trainer,
            parent,
            _("The hidden space"),
            _(
                "A layer of two units moves every point of the plane to another one: the grid shows how. What comes "
                "after it can part the classes by a straight line only, so training bends the space until that works."
            ),
        )
        self.setObjectName("bentLab")
        self.layers = Choice()
        self.layers.setAccessibleName(_("Layer"))
        self.plot = Plot()
        self.plot.setAccessibleName(_("The hidden space"))
        self.plot.hideButtons()
        self.plot.apply_theme()
        self.grid_lines = pyqtgraph.PlotDataItem(connect="finite")
        self.plot.addItem(self.grid_lines)
        self.points: list[pyqtgraph.ScatterPlotItem] = []
        self._ids: tuple[str, ...] = ()
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.layers)
        layout.addWidget(self.plot, 1)
        self.layers.activated.connect(self.refresh)
        resize_on_screen(self, 560, 600)
        self.look()

    def refresh(self) -> None:
        if self.dataset is not None and self.run_shown is not None:
            place = self.layers.currentIndex()
            layer = self._ids[place] if 0 <= place < len(self._ids) else ""
            self.ask(partial(lab_jobs.hidden_space_of, self.run_shown, self.dataset, layer), self._show)

    def _show(self, bent: "HiddenSpace") -> None:
        assert self.run_shown is not None
        if bent.layers != self._ids:
            self._ids = bent.layers
            self.layers.clear()
            self.layers.addItems([shown_name(self.run_shown.network.layer(id)) for id in bent.layers])
            self.layers.setCurrentIndex(self._ids.index(bent.layer))  # later it is the user's: an answer may be late
        colors = theme.colors()
        gap = np.full((1, 2), np.nan, np.float32)
        joined = np.concatenate([part for line in bent.lines for part in (line, gap)]) if bent.lines else gap
        self.grid_lines.setPen(pyqtgraph.mkPen(colors.border, width=1))
        self.grid_lines.setData(joined[:, 0], joined[:, 1])
        for item in self.points:
            self.plot.removeItem(item)
        self.points = []
        classes = self.run_shown.preparation.classes
        if classes:
            for number in range(len(classes)):
                self._scatter(bent.points[bent.targets == number], class_color(number), SHAPES[number % len(SHAPES)])
        else:
            targets = bent.targets.astype(float)
            shades = value_colors(targets, float(targets.min()), float(targets.max()), 1.0)
            brushes = [pyqtgraph.mkBrush(*(int(part) for part in shade)) for shade in shades]
            self._scatter(bent.points, brushes, "o")
        spans = [(float(axis.min()), float(axis.max())) for axis in bent.points.T]
        self.plot.setAccessibleDescription(
            _("{count} points; unit 1 from {left:.2g} to {right:.2g}, unit 2 from {low:.2g} to {high:.2g}").format(
                count=len(bent.points), left=spans[0][0], right=spans[0][1], low=spans[1][0], high=spans[1][1]
            )
        )
        for side, number in (("bottom", 1), ("left", 2)):
            self.plot.getAxis(side).setLabel(_("unit {number}").format(number=number), color=colors.faint_text)

    def _scatter(self, places: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]", brush: object, shape: str) -> None:
        item = pyqtgraph.ScatterPlotItem(
            pos=places, brush=brush, symbol=shape, size=8, pen=pyqtgraph.mkPen(theme.colors().surface)
        )
        self.points.append(item)
        self.plot.addItem(item)
