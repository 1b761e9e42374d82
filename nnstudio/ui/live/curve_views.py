"""The three curve plots, loss, accuracy and dropout, kept in step with the trainings or runs that are shown."""

from PySide6.QtCore import QObject, Signal

from nnstudio.project.model import Run
from nnstudio.text import translate as _
from nnstudio.ui.live import curve_lines
from nnstudio.ui.plots.curve_plot import CurvePlot
from nnstudio.ui.plots.legend import EARLIER
from nnstudio.ui.plots.lines import KINDS
from nnstudio.ui.training.shown_training import ShownTraining


class CurveViews(QObject):
    """Draws what `shown` has given so far. `flag_clicked` and `run_clicked(id)` come from any of the plots."""

    flag_clicked = Signal()
    run_clicked = Signal(str)

    def __init__(self, shown: ShownTraining) -> None:
        super().__init__()
        self.shown = shown
        self.hidden_runs: frozenset[str] = frozenset()
        self.hides_earlier = False
        lowest = _("lowest {value:.4g} in epoch {epoch}")
        reached, accuracy = _("{value:.1%} in epoch {epoch}"), _("Accuracy")
        both = _("Loss with dropout on and off")
        self.loss = CurvePlot("plotLoss", _("Loss"), _("Loss"), lowest, "{value:.4g}", 0.92)
        self.accuracy = CurvePlot("plotAccuracy", accuracy, accuracy, reached, "{value:.1%}", 0.08)
        self.dropout = CurvePlot("plotDropout", both, _("Loss (dropout)"), lowest, "{value:.4g}", 0.92)
        self.plots = (self.loss, self.accuracy, self.dropout)
        self._earlier: dict[CurvePlot, tuple[tuple[Run, ...], frozenset[str], list[object]]] = {}
        self._drawn: dict[CurvePlot, tuple[object, ...]] = {}
        for plot in self.plots:
            plot.flag_clicked.connect(self.flag_clicked)
            plot.earlier_clicked.connect(self.run_clicked)

    # --- as a training goes on --------------------------------------------------------------------------------------

    def look_at_loss(self) -> bool:
        """Draw the loss when there is something new, at once; whether there was."""
        return self._look(self.loss)

    def look_at_accuracy(self) -> bool:
        return self._look(self.accuracy)

    def look_at_dropout(self) -> bool:
        return self._look(self.dropout)

    def _look(self, plot: CurvePlot) -> bool:
        if not plot.isVisible():
            return False
        curves = self.shown.curves
        # Epochs alone where an epoch is short: batches come too fast to be told apart.
        batches = len(curves.batch_loss) if plot is self.loss and curves.epochs < 2 else 0
        epochs = [shown.curves.epochs for shown in self.shown.networks]
        now = curves, epochs, batches, len(curves.events)
        if self._drawn.get(plot) == now:
            return False
        is_another = plot not in self._drawn or self._drawn[plot][0] is not curves
        self._drawn[plot] = now
        if is_another:
            self._show_accuracy()
            self._draw_earlier(plot)
        self._draw(plot, is_live=True)
        plot.viewport().repaint()
        return True

    # --- all at once ------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """Draw everything there is, and the lines of earlier runs."""
        self._show_accuracy()
        for plot in self.plots:
            if not plot.isHidden():
                self._draw(plot, is_live=self.shown.is_active)
            self._draw_earlier(plot)

    def _show_accuracy(self) -> None:
        """There is one for classes, and none of many starts."""
        shown, curves = self.shown, self.shown.curves
        has_accuracy = len(curves.train_accuracy) > 0 or (curves.epochs == 0 and shown.tells_classes)
        self.accuracy.setVisible(has_accuracy and not curve_lines.are_starts(shown))

    def _draw_earlier(self, plot: CurvePlot) -> None:
        """The faint lines of earlier runs; the dropout plot has none."""
        if plot is not self.dropout:
            runs = () if self.hides_earlier else self.shown.store.project.runs
            made_as = self.shown.main.run or self.shown.main.project
            settings = made_as.data, made_as.training.loss
            asked: tuple[tuple[Run, ...], frozenset[str], list[object]]
            asked = runs, self.hidden_runs, [*(shown.run for shown in self.shown.networks), settings]
            known = self._earlier.get(plot)
            if known and known[0] is asked[0] and known[1:] == asked[1:]:
                return
            self._earlier[plot] = asked
            quantity = "accuracy" if plot is self.accuracy else "loss"
            plot.show_earlier(curve_lines.earlier_runs(self.shown, runs, self.hidden_runs, quantity))

    def _draw(self, plot: CurvePlot, is_live: bool) -> None:
        shown, best = self.shown, curve_lines.best_of(self.shown.curves)
        epochs = best.epochs
        flagged, value = best.epoch, best.loss
        if plot is self.loss:
            starts = curve_lines.are_starts(shown)
            flagged = 0 if starts else flagged
            plot.show_lines(curve_lines.loss_lines(shown), ["spread"] if starts else [], is_live)
            if starts:
                lowest, _middle, highest = curve_lines.spread_of_starts(shown)
                plot.show_range(lowest, highest)
            self._show_band(epochs)
        elif plot is self.accuracy:
            accuracies = shown.curves.validation_accuracy.values[:epochs]
            flagged, value = (
                (best.epoch, float(accuracies[best.epoch - 1])) if best.epoch and len(accuracies) else (0, 0)
            )
            plot.show_lines(curve_lines.accuracy_lines(shown), [], is_live)
        else:
            plot.show_lines(curve_lines.dropout_lines(shown), ["gap", "other_gap"], is_live)
        plot.show_flag(flagged, value, epochs)
        plot.show_happenings(curve_lines.happenings(shown))
        plot.show_moment(shown.shown_epoch)

    def _show_band(self, epochs: int) -> None:
        stopping = curve_lines.stopping(self.shown)
        if stopping is None or not stopping.patience:
            self.loss.show_band(0, 0.0, 0.0, 0)
        else:
            self.loss.show_band(stopping.reference_epoch, stopping.reference, stopping.min_delta, epochs)

    # --- how they look ----------------------------------------------------------------------------------------------

    def hide_kinds(self, hidden: frozenset[str]) -> None:
        """Show all kinds of lines but these."""
        self.hides_earlier = EARLIER in hidden
        for plot in self.plots:
            plot.hide_kinds(hidden)
        self.draw()

    def hide_runs(self, hidden: frozenset[str]) -> None:
        """Draw the lines of all earlier runs but these."""
        self.hidden_runs = hidden
        self.draw()

    def set_log(self, on: bool) -> None:
        """Losses on a logarithmic axis, or on a plain one."""
        for plot in (self.loss, self.dropout):
            plot.set_log(on)

    def count_in(self, iterations: int) -> None:
        """Iterations along the axis, of which an epoch has this many; 1 for epochs."""
        for plot in self.plots:
            plot.count_in(iterations)

    def kinds(self) -> list[str]:
        """The kinds of lines that are drawn, for the legend."""
        plots = [plot for plot in self.plots if not plot.isHidden()]
        drawn = [kind for kind in KINDS if any(kind in plot.lines for plot in plots)]
        return [*drawn, EARLIER] if self.hides_earlier or any(plot.earlier for plot in plots) else drawn
