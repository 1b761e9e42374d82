"""The loss: each batch, training and validation, the best epoch, what is left of patience, the band of ten starts."""

from collections.abc import Sequence

from nnstudio.text import translate as _
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.live import curve_lines
from nnstudio.ui.live.curve_view import CurveView
from nnstudio.ui.live.view import ViewType
from nnstudio.ui.plots.curve_plot import CurvePlot
from nnstudio.ui.plots.lines import Line
from nnstudio.ui.training.trainer import Trainer


class LossView(CurveView):
    """There whenever there is a training or a run."""

    def __init__(self, trainer: Trainer, loader: DataLoader) -> None:
        super().__init__(trainer, loader, CurvePlot("plotLoss", _("Loss"), _("Loss"), "", "{value:.4g}", 0.92))

        self.is_asked = False
        """Whether something is asked here before there is a curve."""

    def fold(self) -> None:
        self.plot.setVisible(self.trainer.has_curves or self.is_asked)

    def lines(self) -> Sequence[Line]:
        return curve_lines.loss_lines(self.trainer)

    def flagged(self) -> tuple[int, float]:
        return (0, 0.0) if curve_lines.are_many(self.trainer) else super().flagged()

    def batches(self) -> int:
        # Epochs alone where an epoch is short: batches come too fast to be told apart.
        curves = self.trainer.curves
        return len(curves.batch_loss) if curves.epochs < 2 else 0

    def _draw(self, is_live: bool) -> None:
        starts = curve_lines.are_starts(self.trainer)
        by_loss = self.trainer.monitor == "validation_loss"
        self.curves.flag_text = (
            _("lowest {value:.4g} in epoch {epoch}") if by_loss else _("{value:.4g} in epoch {epoch}")
        )
        self.fills = ("spread",) if starts else ()
        super()._draw(is_live)
        if starts:
            lowest, _middle, highest = curve_lines.spread_of_starts(self.trainer)
            self.curves.show_range(lowest, highest)
        self._show_band()

    def _show_band(self) -> None:
        """What a loss must fall below to count as an improvement."""
        stopping = curve_lines.stopping(self.trainer)
        if stopping is None or not stopping.patience or self.trainer.monitor != "validation_loss":
            self.curves.show_band(0, 0.0, 0.0, 0)
        else:
            last = curve_lines.best_of(self.trainer.curves, self.trainer.monitor).epochs
            self.curves.show_band(stopping.reference_epoch, stopping.reference, stopping.min_delta, last)


VIEW = ViewType("loss", LossView)
