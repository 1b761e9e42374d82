"""Loss, accuracy and the plane of two inputs beside each other, looked at by a timer, with patience in words."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from nnstudio.text import translate as _
from nnstudio.ui import theme
from nnstudio.ui.data_loader import DataLoader
from nnstudio.ui.plots.boundary import Boundary
from nnstudio.ui.plots.boundary_plot import BoundaryPlot
from nnstudio.ui.plots.confusion import ConfusionPlot
from nnstudio.ui.plots.curve_plot import CurvePlot
from nnstudio.ui.plots.gradients import GradientStrip
from nnstudio.ui.plots.inside import Inside
from nnstudio.ui.trainer import Trainer
from nnstudio.ui.training_words import patience_words

SIGNS = ("●", "■", "▼", "◆", "★", "⬟", "+", "×")
"""The shapes of the classes' points, as text."""

MOST_CLASSES = 6

DRAW_INTERVAL = 60
"""Milliseconds between two drawings: each takes some 10 ms, in which training waits for the interpreter."""


class Plots(QWidget):
    """The live curves of the current run."""

    def __init__(self, trainer: Trainer, loader: DataLoader) -> None:
        super().__init__()
        self.setObjectName("plots")
        self.trainer = trainer
        self.loss = CurvePlot("plotLoss", _("Loss"), _("lowest {value:.4g} in epoch {epoch}"), "{value:.4g}", 0.92)
        self.accuracy = CurvePlot("plotAccuracy", _("Accuracy"), _("{value:.1%} in epoch {epoch}"), "{value:.1%}", 0.08)
        self.plane = BoundaryPlot()
        self.gradients = GradientStrip()
        self.confusion = ConfusionPlot()
        self.words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.words.setObjectName("patienceWords")
        self.words.setAccessibleName(_("Early stopping"))
        self.legend = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self.splitter.addWidget(self.loss)
        self.splitter.addWidget(self.accuracy)
        self.splitter.addWidget(self.plane)
        self.splitter.addWidget(self.gradients)
        self.splitter.addWidget(self.confusion)
        self.splitter.setSizes([400, 400, 300, 300, 300])
        self.gradients.hide()
        self.confusion.hide()
        # Once the plot has its place: it is shown or not by the data, and would else show up as a window.
        self.boundary = Boundary(trainer, loader, self.plane)
        self.boundary.changed.connect(self.show_legend)
        self.inside = Inside(trainer, loader, self.gradients, self.confusion)
        self.show_legend()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.setSpacing(3)
        layout.addWidget(self.legend)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.words)
        self._seen: tuple[object, int, int] | None = None
        self._timer = QTimer(self, interval=DRAW_INTERVAL)
        self._timer.timeout.connect(self.look)
        trainer.changed.connect(self._state_changed)
        self._state_changed()
        self.draw()

    def show_view(self, view: QWidget, on: bool) -> None:
        """Show one of the views inside the network, or take it away; what is away costs nothing."""
        view.setVisible(on)
        self.inside.follow_run()

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
        curves = self.trainer.curves
        epochs = curves.epochs
        training, validation = curves.train_loss.values[:epochs], curves.validation_loss.values[:epochs]
        self.loss.show_curves(training, validation, curves.batch_loss.values, self.trainer.batches)
        self.accuracy.show_curves(curves.train_accuracy.values[:epochs], curves.validation_accuracy.values[:epochs])
        best = int(validation.argmin()) + 1 if len(validation) else 0
        self.loss.show_flag(best, float(validation[best - 1]) if best else 0.0, epochs)
        accuracies = curves.validation_accuracy.values[:epochs]
        self.accuracy.show_flag(
            best if len(accuracies) else 0, float(accuracies[best - 1]) if len(accuracies) else 0.0, epochs
        )
        self.accuracy.setVisible(len(curves.train_accuracy) > 0 or (epochs == 0 and self.trainer.tells_classes))
        self.words.setText(patience_words(self.trainer) or _("Validation loss and early stopping show up here."))

    def show_legend(self) -> None:
        """Say what the lines, colours and shapes are."""
        plane = self.plane.plane
        self.legend.setText(legend_text() + (plane_legend(plane.classes) if plane else ""))

    def _state_changed(self) -> None:
        if self.trainer.is_active and not self._timer.isActive():
            self._timer.start()
        elif not self.trainer.is_active:
            self._timer.stop()
            self._seen = None
            self.draw()


def legend_text() -> str:
    """Which line is which, in one row for both plots. Outside them, so that it never hides a stretch of a curve."""
    colors = theme.colors()
    entries = (
        (colors.training, "●", _("training (mean over batches)")),
        (colors.validation, "▲", _("validation (full pass)")),
        (colors.batch, "–", _("each batch")),
        (colors.flag, "★", _("lowest validation loss")),
    )
    return "&nbsp;&nbsp; ".join(f'<span style="color:{color}">{sign}</span> {text}' for color, sign, text in entries)


def plane_legend(classes: Sequence[str]) -> str:
    """What the points on the plane are; a class's name is a stranger's text and must not be taken for markup."""
    colors = theme.class_colors()
    shown = []
    for number, name in enumerate(classes[:MOST_CLASSES]):
        color, sign = colors[number % len(colors)], SIGNS[number % len(SIGNS)]
        shown.append(f'<span style="color:{color}">{sign}</span>&nbsp;{escape(name[:20])}')
    if len(classes) > MOST_CLASSES:
        shown.append("…")
    words = [*shown, _("filled: training, hollow: validation")]
    return "&nbsp;&nbsp; |&nbsp;&nbsp; " + "&nbsp;&nbsp; ".join(words)
