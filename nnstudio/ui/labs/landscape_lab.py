"""The loss landscape: the loss on a plane through all weights, with the path that training took, from above."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.background.training_jobs import Control, Mode
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.look import projector, theme
from nnstudio.ui.look.fields import Choice
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.plots.plot import Plot
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Landscape, Timeline

LEVELS = 10
"""Lines of equal loss, evenly spaced in the logarithm."""


class LandscapeLab(Lab):
    """Computed when asked for, row by row; several starts that were trained together are drawn together."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(
            trainer,
            parent,
            _("Loss landscape"),
            _(
                "All weights together are one point in a space of many dimensions, and the loss is the height there. "
                "This is a plane through that space, seen from above: dark is low. The line is the path of training; "
                "★ is where it ended."
            ),
        )
        self.setObjectName("landscapeLab")
        self.directions = Choice()
        self.directions.setAccessibleName(_("Directions"))
        self.directions.addItem(_("Principal directions of the path"), "path")
        self.directions.addItem(_("Random directions, scaled unit by unit"), "random")
        self.compute = QPushButton(_("Compute"))
        self.compute.setAccessibleName(self.compute.text())
        self.progress = QProgressBar()
        self.progress.setAccessibleName(_("Progress"))
        self.progress.setRange(0, 100)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.progress.hide()
        self.plot = Plot()
        self.plot.setAccessibleName(_("Loss landscape"))
        self.plot.setObjectName("plotLandscape")
        self.image = pyqtgraph.ImageItem(axisOrder="row-major")
        self.image.setColorMap(pyqtgraph.colormap.get("viridis"))
        self.plot.addItem(self.image)
        self.drawn: list[pyqtgraph.GraphicsObject] = []
        self.words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.words.setObjectName("landscapeWords")
        top = QHBoxLayout()
        for widget in (self.directions, self.compute, self.progress):
            top.addWidget(widget, 1 if widget is self.progress else 0)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.words)
        self.plot.apply_theme()
        self.plot.say(_("Press Compute: the loss is measured at hundreds of places, row by row."))
        self._control = Control()
        self._task: Task | None = None
        self.compute.clicked.connect(self._press)
        resize_on_screen(self, 720, 640)
        self.look()

    def refresh(self) -> None:
        """Another run: what was computed stays until it is asked for again."""
        if not self._timelines():
            self.say(_("There is no path to draw yet: train the network for some epochs first."))
        else:
            self.message.hide()
            self.content.show()

    def _timelines(self) -> list["Timeline"]:
        """The timelines of the runs shown whose networks are alike."""
        networks = self.trainer.networks
        found = []
        for shown in networks:
            kept = self.trainer.kept.get(shown.run.id) if shown.run else None
            timeline = shown.watched.timeline if shown.watched else kept.timeline if kept else None
            alike = shown.project.network == networks[0].project.network
            if timeline is not None and alike and len(timeline.epochs()) > 1:
                found.append(timeline)
        return found

    def _press(self) -> None:
        if self._task is not None:
            self._control.command(Mode.STOP)
            return
        timelines = self._timelines()
        if self.run_shown is None or self.dataset is None or not timelines:
            return
        self._control = Control()
        self.compute.setText(_("Cancel"))
        self.progress.show()
        self.plot.say("")
        chosen = self.directions.currentData()
        question = partial(lab_jobs.landscape, self.run_shown, timelines, self.dataset, chosen, self._control)
        self._task = Task(question, self)
        self._task.arrived.connect(self._show)
        self._task.failed.connect(self._ended)
        self._task.done.connect(self._ended)
        self._task.start()

    def _ended(self, message: str = "") -> None:
        self._task = None
        self.compute.setText(_("Compute"))
        self.progress.setValue(0)
        self.progress.hide()
        if message:
            self.say(message)

    def _show(self, found: "Landscape") -> None:
        colors = theme.colors()
        self.progress.setValue(round(100 * found.done))
        heights = np.log10(np.maximum(found.losses, 1e-12))
        known = heights[np.isfinite(heights)]
        if known.size == 0:
            return  # so far the loss is no number anywhere
        lowest, highest = float(known.min()), float(known.max())
        # What is not computed yet is left out; where the loss is no number, it is as high as can be.
        filled = np.where(np.isnan(heights), np.nan if found.done < 1 else highest, np.minimum(heights, highest))
        self.image.setImage(filled, levels=(lowest, max(highest, lowest + 1e-9)))
        across, up = found.across, found.up
        step = (across[-1] - across[0]) / (len(across) - 1), (up[-1] - up[0]) / (len(up) - 1)
        rect = QRectF(across[0] - step[0] / 2, up[0] - step[1] / 2, step[0] * len(across), step[1] * len(up))
        self.image.setRect(rect)
        for item in self.drawn:
            self.plot.removeItem(item) if item.parentItem() is not self.image else item.setParentItem(None)
        self.drawn = []
        for level in np.linspace(lowest, highest, LEVELS + 2)[1:-1] if found.done == 1 else ():
            line = pyqtgraph.IsocurveItem(filled.T, level, pen=pyqtgraph.mkPen("#ffffff", width=0.8))
            line.setParentItem(self.image)
            self.drawn.append(line)
        class_colors = theme.class_colors()
        for number, path in enumerate(found.paths):
            color = "#ffffff" if len(found.paths) == 1 else class_colors[number % len(class_colors)]
            line = pyqtgraph.PlotDataItem(path[:, 0], path[:, 1], pen=pyqtgraph.mkPen(color, width=projector.line(2)))
            ends = pyqtgraph.ScatterPlotItem(
                [path[0, 0], path[-1, 0]], [path[0, 1], path[-1, 1]], symbol=["o", "star"], size=[9, 16],
                brush=color, pen=pyqtgraph.mkPen(colors.text),
            )  # fmt: skip
            for item in (line, ends):
                item.setZValue(5)
                self.plot.addItem(item)
                self.drawn.append(item)
        for side, name in (("bottom", _("first direction")), ("left", _("second direction"))):
            self.plot.getAxis(side).setLabel(name, color=colors.faint_text)
        words = _(
            "Training loss from {low:.3g} to {high:.3g}, dark is low (logarithmic). {share:.0%} of the path's movement "
            "lies in this plane; the rest is not seen."
        )
        self.words.setText(words.format(low=10**lowest, high=10**highest, share=found.explained))
        self.plot.setAccessibleDescription(self.words.text())

    def done(self, result: int) -> None:
        self._control.command(Mode.STOP)
        super().done(result)
