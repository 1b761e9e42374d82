"""What dropout does: the training loss with dropout acting and switched off, beside the validation loss."""

import math
from collections.abc import Sequence

from nnstudio.project import variants
from nnstudio.text import mark
from nnstudio.text import translate as _
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.live import curve_lines
from nnstudio.ui.live.curve_view import CurveView
from nnstudio.ui.live.view import Switch, ViewType
from nnstudio.ui.plots.curve_plot import CurvePlot
from nnstudio.ui.plots.lines import Line
from nnstudio.ui.training.trainer import Trainer


class DropoutView(CurveView):
    """Has the loss with dropout off measured while it is there; earlier runs would hide the gap it is about."""

    fills = ("gap", "other_gap")
    quantity = ""

    def __init__(self, trainer: Trainer, loader: DataLoader) -> None:
        name, lowest = _("Loss with dropout on and off"), _("lowest {value:.4g} in epoch {epoch}")
        plot = CurvePlot("plotDropout", name, _("Loss (dropout)"), lowest, "{value:.4g}", 0.92)
        super().__init__(trainer, loader, plot)
        plot.hide()

    def set_on(self, on: bool) -> None:
        self.trainer.measure_training(on)
        if on:
            self._explain()
        super().set_on(on)

    def _explain(self) -> None:
        """Say what cannot be shown of this network or this run."""
        shown = self.trainer
        if not variants.has_dropout(shown.network or shown.store.project.network):
            shown.store.told.emit(
                _("This network has no dropout: add a Dropout layer, or choose a twin to compare with.")
            )
        elif shown.last_run is not None and not any(map(math.isfinite, shown.last_run.history.train_loss_full_pass)):
            shown.store.told.emit(
                _("The loss with dropout off is measured while this view is open: train again to see it.")
            )

    def lines(self) -> Sequence[Line]:
        return curve_lines.dropout_lines(self.trainer)


VIEW = ViewType(
    "dropout",
    DropoutView,
    Switch(
        "actionDropout",
        mark("Loss with dr&opout on and off"),
        mark("Show the training loss with dropout acting and switched off, beside the validation loss"),
        ("Ctrl+Shift+O",),
    ),
)
