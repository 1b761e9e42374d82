"""What the views of loss, accuracy and dropout share: curves an epoch long, the best epoch, lines of earlier runs."""

from abc import abstractmethod
from collections.abc import Sequence

from PySide6.QtCore import Signal

from nnstudio.project.model import Run
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.live import curve_lines
from nnstudio.ui.live.paint_now import paint_now
from nnstudio.ui.live.view import View
from nnstudio.ui.plots.curve_plot import CurvePlot
from nnstudio.ui.plots.legend import CHOSEN, EARLIER
from nnstudio.ui.plots.lines import Line
from nnstudio.ui.training.trainer import Trainer


class CurveView(View):
    """Draws the curves given so far. `flag_clicked` and `run_clicked(id)` come from the plot."""

    flag_clicked = Signal()
    run_clicked = Signal(str)
    fills: tuple[str, ...] = ()
    """The gaps between lines that are filled."""
    quantity = "loss"
    """What is drawn of earlier runs: "loss", "accuracy", or "" for none."""

    def __init__(self, trainer: Trainer, loader: DataLoader, plot: CurvePlot) -> None:
        super().__init__(trainer, loader, plot)
        self.curves: CurvePlot = plot
        self.hidden_runs: frozenset[str] = frozenset()
        self.hides_earlier = False
        self.chosen: tuple[Run, ...] = ()
        """Runs whose lines are drawn in place of those of the earlier ones."""
        self._earlier: tuple[tuple[Run, ...], frozenset[str], list[object]] | None = None
        self._drawn: tuple[object, ...] = (None,)
        plot.flag_clicked.connect(self.flag_clicked)
        plot.earlier_clicked.connect(self.run_clicked)

    @abstractmethod
    def lines(self) -> Sequence[Line]:
        """The lines of what is shown."""

    def flagged(self) -> tuple[int, float]:
        """The best epoch, and what this plot shows there; epoch 0 for none."""
        best = curve_lines.best_of(self.trainer.curves, self.trainer.monitor)
        return best.epoch, best.loss

    def batches(self) -> int:
        """How many single batches are drawn."""
        return 0

    def look(self) -> bool:
        if not self.plot.isVisible():
            return False
        curves = self.trainer.curves
        epochs = [shown.curves.epochs for shown in self.trainer.networks]
        now = curves, epochs, self.batches(), len(curves.events)
        if self._drawn == now:
            return False
        is_another = self._drawn[0] is not curves
        self._drawn = now
        if is_another:
            self.fold()
            self._draw_earlier()
        self._draw(is_live=True)
        paint_now(self.plot)
        return True

    def draw(self) -> None:
        if not self.plot.isHidden():
            self._draw(is_live=self.trainer.is_active)
        self._draw_earlier()

    def _draw(self, is_live: bool) -> None:
        self.curves.show_lines(self.lines(), self.fills, is_live)
        epoch, value = self.flagged()
        self.curves.show_flag(epoch, value, curve_lines.best_of(self.trainer.curves, self.trainer.monitor).epochs)
        self.curves.show_happenings(curve_lines.happenings(self.trainer))
        self.curves.show_moment(self.trainer.shown_epoch)

    def _draw_earlier(self) -> None:
        """The faint lines of earlier runs."""
        if not self.quantity:
            return
        shown = self.trainer
        runs = () if self.hides_earlier else self.chosen or shown.store.project.runs
        made_as = shown.main.run or shown.main.project
        plan = made_as.training
        facts: list[object] = [*(one.run for one in shown.networks), made_as.data, plan.loss, plan.label_smoothing]
        asked, known = (runs, self.hidden_runs, facts), self._earlier
        if known is None or known[0] is not asked[0] or known[1:] != asked[1:]:
            self._earlier = asked
            if runs and self.chosen:
                self.curves.show_earlier(curve_lines.chosen_runs(shown, runs, self.quantity))
            else:
                self.curves.show_earlier(curve_lines.earlier_runs(shown, runs, self.hidden_runs, self.quantity))

    def hide_kinds(self, hidden: frozenset[str]) -> None:
        """Show all kinds of lines but these."""
        self.hides_earlier = (CHOSEN if self.chosen else EARLIER) in hidden
        self.curves.hide_kinds(hidden)
        self.draw()

    def hide_runs(self, hidden: frozenset[str]) -> None:
        """Draw the lines of all earlier runs but these."""
        self.hidden_runs = hidden
        self.draw()

    def compare_runs(self, chosen: tuple[Run, ...]) -> None:
        """Draw the lines of these runs, each in a colour of its own; of the earlier ones again for none."""
        self.chosen = chosen
        self.draw()

    def set_log(self, on: bool) -> None:
        """A logarithmic axis or a plain one, where a loss is drawn."""
        if self.quantity != "accuracy":
            self.curves.set_log(on)

    def kinds(self) -> Sequence[str]:
        drawn = [] if self.plot.isHidden() else list(self.curves.lines)
        others = CHOSEN if self.chosen else EARLIER
        return [*drawn, others] if self.hides_earlier or self.curves.earlier else drawn
