"""The views of learning beside each other: curves, dropout, the plane, gradients, confusion; looked at by a timer."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnstudio.project.model import Project
from nnstudio.text import translate as _
from nnstudio.ui import theme
from nnstudio.ui.data_loader import DataLoader
from nnstudio.ui.plots import curve_lines
from nnstudio.ui.plots.boundary import Boundary
from nnstudio.ui.plots.boundary_plot import BoundaryPlot
from nnstudio.ui.plots.confusion import ConfusionPlot
from nnstudio.ui.plots.curve_plot import CurvePlot
from nnstudio.ui.plots.gradients import GradientStrip
from nnstudio.ui.plots.grid import Grid
from nnstudio.ui.plots.inside import Inside
from nnstudio.ui.plots.legend import EARLIER, Legend
from nnstudio.ui.plots.lines import KINDS
from nnstudio.ui.plots.time_slider import TimeSlider
from nnstudio.ui.trainer import Trainer
from nnstudio.ui.training_words import patience_left, patience_words

DRAW_INTERVAL = 60
"""Milliseconds between two drawings: each takes some 10 ms, in which training waits for the interpreter."""
PATIENCE_WIDTH = 110


class Plots(QWidget):
    """The live views of the current run."""

    def __init__(self, trainer: Trainer, loader: DataLoader) -> None:
        super().__init__()
        self.setObjectName("plots")
        self.trainer = trainer
        self.hidden_runs: frozenset[str] = frozenset()
        lowest = _("lowest {value:.4g} in epoch {epoch}")
        self.loss = CurvePlot("plotLoss", _("Loss"), _("Loss"), lowest, "{value:.4g}", 0.92)
        reached, accuracy = _("{value:.1%} in epoch {epoch}"), _("Accuracy")
        self.accuracy = CurvePlot("plotAccuracy", accuracy, accuracy, reached, "{value:.1%}", 0.08)
        both = _("Loss with dropout on and off")
        self.dropout = CurvePlot("plotDropout", both, _("Loss, dropout on and off"), lowest, "{value:.4g}", 0.92)
        self.plane = BoundaryPlot()
        self.gradients = GradientStrip()
        self.confusion = ConfusionPlot()
        self.curve_plots = (self.loss, self.accuracy, self.dropout)
        self.legend = Legend()
        self.views = QToolButton(autoRaise=True, popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.views.setObjectName("viewsButton")
        self.views.setText(_("Views"))
        self.views.setIcon(theme.icon("mdi6.view-grid-plus-outline"))
        self.views.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.views.setToolTip(_("Choose what is shown here"))
        self.patience = QProgressBar(textVisible=False)
        self.patience.setObjectName("patienceBar")
        self.patience.setAccessibleName(_("Patience left"))
        self.patience.setFixedSize(PATIENCE_WIDTH, 10)
        self.words = self._label("patienceWords", _("Early stopping"))
        self.comparison = self._label("comparisonWords", _("Comparison"))
        self.grid = Grid()
        for plot in (self.loss, self.accuracy, self.dropout, self.plane, self.gradients, self.confusion):
            self.grid.add(plot)
        for plot in (self.dropout, self.gradients, self.confusion):
            plot.hide()
        # Once the plot has its place: it is shown or not by the data, and would else show up as a window.
        self.boundary = Boundary(trainer, loader, self.plane)
        self.inside = Inside(trainer, loader, self.gradients, self.confusion)
        self.time = TimeSlider(trainer)
        self._lay_out()
        self.legend.changed.connect(self._hide_kinds)
        self.boundary.changed.connect(self.show_legend)
        for curve_plot in self.curve_plots:
            curve_plot.flag_clicked.connect(self._load_best)
            curve_plot.earlier_clicked.connect(self._show_run)
        self._seen: tuple[object, ...] | None = None
        self._timer = QTimer(self, interval=DRAW_INTERVAL)
        self._timer.timeout.connect(self.look)
        trainer.changed.connect(self._state_changed)
        trainer.store.changed.connect(self._project_changed)
        self._state_changed()
        self.draw()

    def _label(self, name: str, accessible: str) -> QLabel:
        label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        label.setObjectName(name)
        label.setAccessibleName(accessible)
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        return label

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.legend, 1)
        head.addWidget(self.views, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.addWidget(self.patience)
        foot.addWidget(self.words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.time)
        layout.addLayout(foot)
        layout.addWidget(self.comparison)

    def offer_views(self, switches: Sequence[QAction]) -> None:
        """The switches of the views in the menu of their button."""
        menu = QMenu(self.views)
        menu.addActions(list(switches))
        self.views.setMenu(menu)

    # --- switches ---------------------------------------------------------------------------------------------------

    def show_view(self, view: QWidget, on: bool) -> None:
        """Show one of the views, or take it away; what is away costs nothing."""
        view.setVisible(on)
        if view is self.dropout:
            self.trainer.measure_training(on)
        self.inside.follow_run()
        self.draw()

    def set_log(self, on: bool) -> None:
        """Losses on a logarithmic axis, or on a plain one."""
        for plot in (self.loss, self.dropout):
            plot.set_log(on)

    def count_iterations(self, on: bool) -> None:
        """Iterations along the axis, or epochs."""
        self._counts_iterations = on
        self._count()

    _counts_iterations = False

    def _count(self) -> None:
        iterations = max(1, self.trainer.iterations) if self._counts_iterations else 1
        for plot in self.curve_plots:
            plot.count_in(iterations)

    def hide_runs(self, hidden: frozenset[str]) -> None:
        """Draw the lines of all earlier runs but these."""
        self.hidden_runs = hidden
        self.draw()

    def _hide_kinds(self, hidden: frozenset[str]) -> None:
        for plot in self.curve_plots:
            plot.hide_kinds(hidden)
        self.draw()

    # --- drawing ----------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Draw when there is something new; cheap when there is not."""
        self.trainer.look()
        self.boundary.look()
        self.inside.look()
        curves = self.trainer.curves
        now = (curves, curves.epochs, len(curves.batch_loss))
        if now != self._seen and self.isVisible():
            self._seen = now
            self.draw()

    def draw(self) -> None:
        """Show everything the run has given so far."""
        shown, curves = self.trainer, self.trainer.curves
        epochs, best = curves.epochs, curve_lines.best_of(curves)
        happened = curve_lines.happenings(shown)
        self.accuracy.setVisible(
            (len(curves.train_accuracy) > 0 or (epochs == 0 and shown.tells_classes)) and len(shown.learners) <= 2
        )
        accuracies = curves.validation_accuracy.values[:epochs]
        height = float(accuracies[best.epoch - 1]) if best.epoch and len(accuracies) else 0.0
        starts = curve_lines.are_starts(shown)
        for plot, quantity, lines, value in (
            (self.loss, "loss", curve_lines.loss_lines, best.loss),
            (self.accuracy, "accuracy", curve_lines.accuracy_lines, height),
            (self.dropout, "loss", curve_lines.dropout_lines, best.loss),
        ):
            if plot.isHidden():
                continue
            fills = {self.loss: ["spread"] if starts else [], self.dropout: ["gap", "other_gap"]}.get(plot, [])
            plot.show_lines(lines(shown), fills)
            flagged = best.epoch if value or plot is not self.accuracy else 0
            plot.show_flag(0 if starts and plot is self.loss else flagged, value, epochs)
            plot.show_happenings(happened)
            plot.show_moment(shown.moment)
            if plot is not self.dropout:
                hidden, runs = self.hidden_runs, shown.store.project.runs
                earlier = [] if EARLIER in self.legend.hidden else runs
                plot.show_earlier(curve_lines.earlier_runs(shown, earlier, hidden, quantity))
        if starts:
            lowest, _middle, highest = curve_lines.spread_of_starts(shown)
            self.loss.show_range(lowest, highest)
        stopping = curve_lines.stopping(shown)
        if stopping is not None:
            width = stopping.min_delta if stopping.patience else 0.0
            self.loss.show_band(stopping.reference_epoch, stopping.reference, width, epochs)
        else:
            self.loss.show_band(0, 0.0, 0.0, 0)
        self.time.follow()
        self.show_words()
        self.show_legend()

    def show_words(self) -> None:
        """Patience and comparison, in words and as a bar that shrinks."""
        left, patience = patience_left(self.trainer)
        self.patience.setVisible(patience > 0)
        self.patience.setRange(0, max(1, patience))
        self.patience.setValue(left)
        self.patience.setAccessibleDescription(_("{left} of {patience} epochs").format(left=left, patience=patience))
        self.words.setText(patience_words(self.trainer) or _("Validation loss and early stopping show up here."))
        comparison = curve_lines.comparison_words(self.trainer)
        self.comparison.setVisible(bool(comparison))
        self.comparison.setText(comparison)

    def show_legend(self) -> None:
        """Say what the lines, colours and shapes are."""
        plots = [plot for plot in self.curve_plots if not plot.isHidden()]
        drawn = [kind for kind in KINDS if any(kind in plot.lines for plot in plots)]
        if any(plot.earlier for plot in plots) or EARLIER in self.legend.hidden:
            drawn.append(EARLIER)
        plane = self.plane.plane
        self.legend.show_kinds(drawn, plane.classes if plane else None)

    def _load_best(self) -> None:
        best = curve_lines.best_of(self.trainer.curves)
        if best.epoch:
            self.trainer.load_weights(best.epoch)

    def _show_run(self, id: str) -> None:
        for run in self.trainer.store.project.runs:
            if run.id == id:
                self.trainer.show(run)

    def _project_changed(self, before: Project, after: Project) -> None:
        if before.runs != after.runs:
            self.draw()

    def _state_changed(self) -> None:
        self._count()
        if self.trainer.is_active and not self._timer.isActive():
            self._timer.start()
        elif not self.trainer.is_active:
            self._timer.stop()
            self._seen = None
        self.draw()
