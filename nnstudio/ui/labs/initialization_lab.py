"""The initialisation lab: a slider for the deviation of the first weights, and what that does layer by layer."""

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import pyqtgraph
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from nnstudio.project.names import shown_name
from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.background.training_jobs import Control, Mode
from nnstudio.ui.labs.histograms import HistogramPlot
from nnstudio.ui.labs.lab import Lab, remove
from nnstudio.ui.look import projector, theme
from nnstudio.ui.look.fields import Slider
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.look.fonts import heading_size
from nnstudio.ui.plots.plot import Plot
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Histogram, LayerInitialization, ShortRun

LOWEST, HIGHEST, PER_DECADE = -3, 1, 20
"""The slider goes from 10⁻³ to 10¹ in twentieths of a power of ten."""
FACTORS = (0.1, 0.3, 1.0, 3.0)
"""The short runs begin with the chosen deviation times these."""
STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
"""One may lie on another, and is seen all the same."""
REST = 120


class InitializationLab(Lab):
    """Looks at the project's own network before its first step; the project keeps its initialisation."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(
            trainer,
            parent,
            _("The initial weights"),
            _(
                "Weights are drawn from a normal distribution with mean 0 and standard deviation σ. Too small, values "
                "and gradients fade from layer to layer; too large, they blow up or saturate. The network of the "
                "canvas before its first step:"
            ),
        )
        self.setObjectName("startsLab")
        self.slider = Slider()
        self.slider.setRange(LOWEST * PER_DECADE, HIGHEST * PER_DECADE)
        self.slider.setAccessibleName(_("Standard deviation of the initial weights"))
        self.slider.setValue(round(math.log10(0.5) * PER_DECADE))
        self.sigma = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.sigma.setMinimumWidth(90)
        self.runs = QPushButton(_("Train shortly from several σ"))
        self.runs.setAccessibleName(self.runs.text())
        self.plot = Plot()
        self.plot.setAccessibleName(_("Short trainings"))
        self.plot.setLogMode(y=True)
        self.legend = self.plot.addLegend(offset=(-8, 8))
        self.lines: list[pyqtgraph.PlotDataItem] = []
        inside = QWidget()
        self.grid = QGridLayout(inside)
        self.rows: dict[str, tuple[QLabel, HistogramPlot, HistogramPlot, HistogramPlot]] = {}
        scroll = QScrollArea(widgetResizable=True)
        scroll.setWidget(inside)
        top = QHBoxLayout()
        top.addWidget(QLabel("σ"))
        top.addWidget(self.slider, 1)
        top.addWidget(self.sigma)
        top.addWidget(self.runs)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(scroll, 3)
        layout.addWidget(self.plot, 2)
        self._control = Control()
        self._training: Task | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self.refresh)
        self.slider.valueChanged.connect(self._moved)
        self.runs.clicked.connect(self._train)
        self.store.changed.connect(self._rest.start)
        self._style()
        self.plot.say(_("Press “Train shortly from several σ” to see what a start leads to."))
        resize_on_screen(self, 820, 680)
        self.refresh()

    def _style(self) -> None:
        self.plot.apply_theme()
        color = theme.colors().faint_text
        self.plot.getAxis("bottom").setLabel(_("Epoch"), color=color)
        self.plot.getAxis("left").setLabel(_("Loss"), color=color)
        self.legend.setLabelTextColor(theme.colors().text)

    @property
    def deviation(self) -> float:
        """The σ that is chosen, to two digits."""
        return float(f"{10 ** (self.slider.value() / PER_DECADE):.2g}")

    def look(self) -> None:
        """This lab looks at the network of the canvas and not at runs; edits and data call for a new look."""
        if self.dataset is not self._known:
            self._known = self.dataset
            self.refresh()

    _known: object = None

    def _moved(self) -> None:
        self.sigma.setText(f"σ = {self.deviation:g}")
        if not self._rest.isActive():
            self._rest.start()

    def refresh(self) -> None:
        self.sigma.setText(f"σ = {self.deviation:g}")
        if self.dataset is None:
            self.say(_("The data is not read yet."))
        elif self.store.problems:
            self.say(_("Nothing to show yet. {problem}").format(problem=self.store.problems[0].message))
        else:
            self.ask(partial(lab_jobs.initialization_of, self.store.project, self.dataset, self.deviation), self._show)

    def _show(self, found: Sequence["LayerInitialization"]) -> None:
        if [one.id for one in found] != list(self.rows):
            self._make_rows(found)
        for one in found:
            words, weights, values, gradients = self.rows[one.id]
            for plot, part in ((weights, one.weights), (values, one.values), (gradients, one.gradients)):
                plot.show_counts(part.counts, part.lowest, part.highest)
                plot.setAccessibleDescription(
                    _("standard deviation {deviation:.2g}, from {lowest:.2g} to {highest:.2g}").format(
                        deviation=part.deviation, lowest=part.lowest, highest=part.highest
                    )
                )
                plot.plotItem.setTitle(
                    title_of(plot.accessibleName(), part), color=theme.colors().faint_text, size=heading_size(8)
                )
            name = shown_name(self.store.project.network.layer(one.id))
            words.setText(
                name if math.isnan(one.flat) else _("{layer}\n{share:.0%} saturated").format(layer=name, share=one.flat)
            )

    def _make_rows(self, found: Sequence["LayerInitialization"]) -> None:
        for row in self.rows.values():
            remove(self.grid, row)
        self.rows = {}
        for number, one in enumerate(found):
            words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            words.setFixedWidth(100)
            row = words, HistogramPlot(_("weights")), HistogramPlot(_("Σ w y + w₀")), HistogramPlot(_("gradient"))
            self.rows[one.id] = row
            self.grid.addWidget(words, number, 0)
            for column, plot in enumerate(row[1:], start=1):
                plot.setFixedHeight(112)
                self.grid.addWidget(plot, number, column)

    # --- short trainings --------------------------------------------------------------------------------------------

    def _train(self) -> None:
        if self._training is not None:
            self._control.command(Mode.STOP)
            return
        if self.dataset is None or self.store.problems:
            return
        self._control = Control()
        deviations = [float(f"{self.deviation * factor:.2g}") for factor in FACTORS]
        self._clear()
        self.plot.say("")
        self.runs.setText(_("Stop"))
        question = partial(lab_jobs.short_runs, self.store.project, self.dataset, deviations, self._control)
        task = Task(question, self)
        task.arrived.connect(self._draw)
        task.failed.connect(self._stopped)
        task.done.connect(self._stopped)
        self._training = task.start()

    def _stopped(self, message: str = "") -> None:
        self._training = None
        self.runs.setText(_("Train shortly from several σ"))
        if message:
            self.say(message)

    def _clear(self) -> None:
        for line in self.lines:
            self.plot.removeItem(line)
        self.lines = []

    def _draw(self, found: Sequence["ShortRun"]) -> None:
        colors = theme.class_colors()
        if not self.lines:
            self.lines = [
                self.plot.plot(
                    name=f"σ = {one.deviation:g}",
                    pen=pyqtgraph.mkPen(
                        colors[number % len(colors)], width=projector.line(2), style=STYLES[number % len(STYLES)]
                    ),
                )
                for number, one in enumerate(found)
            ]
        for line, one in zip(self.lines, found, strict=True):
            line.setData(list(range(1, len(one.losses) + 1)), one.losses)
        reached = [f"σ = {one.deviation:g}: {one.losses[-1]:.3g}" for one in found if len(one.losses)]
        self.plot.setAccessibleDescription(_("Loss reached: {losses}").format(losses=", ".join(reached)))

    def done(self, result: int) -> None:
        self._control.command(Mode.STOP)
        super().done(result)


def title_of(name: str, part: "Histogram") -> str:
    return f"{name}: {part.deviation:.2g}"
