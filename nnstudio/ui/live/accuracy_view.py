"""The accuracy on training and validation samples."""

from collections.abc import Sequence

from nnstudio.text import translate as _
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.live import curve_lines
from nnstudio.ui.live.curve_view import CurveView
from nnstudio.ui.live.view import ViewType
from nnstudio.ui.plots.curve_plot import CurvePlot
from nnstudio.ui.plots.lines import Line
from nnstudio.ui.training.trainer import Trainer


class AccuracyView(CurveView):
    """There where classes are told apart; of many starts there is none."""

    quantity = "accuracy"

    def __init__(self, trainer: Trainer, loader: DataLoader) -> None:
        name, reached = _("Accuracy"), _("{value:.1%} in epoch {epoch}")
        super().__init__(trainer, loader, CurvePlot("plotAccuracy", name, name, reached, "{value:.1%}", 0.08))

    def fold(self) -> None:
        shown, curves = self.trainer, self.trainer.curves
        has_accuracy = len(curves.train_accuracy) > 0 or (curves.epochs == 0 and shown.tells_classes)
        self.plot.setVisible(has_accuracy and shown.has_curves and not curve_lines.are_many(shown))

    def lines(self) -> Sequence[Line]:
        return curve_lines.accuracy_lines(self.trainer)

    def flagged(self) -> tuple[int, float]:
        best = curve_lines.best_of(self.trainer.curves, self.trainer.monitor)
        accuracies = self.trainer.curves.validation_accuracy.values[: best.epochs]
        return (best.epoch, float(accuracies[best.epoch - 1])) if best.epoch and len(accuracies) else (0, 0.0)


VIEW = ViewType("accuracy", AccuracyView)
