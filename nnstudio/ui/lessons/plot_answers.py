"""Predictions on the plot of the loss: a star to drag along the epochs, a curve to draw; both stay while it trains."""

import math
from enum import Enum

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from nnstudio.project.model import Prediction
from nnstudio.text import translate as _
from nnstudio.ui.live.panel import Plots
from nnstudio.ui.look import projector, theme
from nnstudio.ui.plots.curve_plot import CurvePlot

Points = tuple[tuple[float, float], ...]
MOST_POINTS = 400


class Asks(Enum):
    """What a press on the plot answers."""

    NOTHING = "nothing"
    STAR = "star"
    SKETCH = "sketch"


class PlotAnswer(QObject):
    """What is predicted on the plot. `star_moved(epoch)` comes while the star is dragged, `sketched` with a stroke."""

    star_moved = Signal(float)
    sketched = Signal()

    def __init__(self, plots: Plots) -> None:
        super().__init__(plots)
        self.plots = plots
        plot = plots.plot("loss")
        assert isinstance(plot, CurvePlot)
        self.plot = plot
        self.epochs = 0
        self._drawn: dict[float, float] = {}
        self._asks = Asks.NOTHING
        self._last: tuple[float, float] | None = None
        self.star = pyqtgraph.InfiniteLine(angle=90, label="★", labelOpts={"position": 0.72})
        self.curve = pyqtgraph.PlotDataItem()
        self.reach = pyqtgraph.PlotDataItem(pen=None)
        """A point at the predicted star, so that it stays in view where the run ended earlier."""
        plot.addItem(self.star, ignoreBounds=True)
        for item in (self.curve, self.reach):
            plot.addItem(item)
        for item in (self.star, self.curve, self.reach):
            item.setZValue(20)
            item.hide()
        plots.trainer.started.connect(plot.enableAutoRange)
        plot.viewport().installEventFilter(self)
        self.apply_theme()

    def apply_theme(self) -> None:
        colors = theme.colors()
        self.star.setPen(pyqtgraph.mkPen(colors.selection, width=projector.line(2), style=Qt.PenStyle.DashLine))
        self.star.label.setColor(colors.selection)
        self.star.label.fill = pyqtgraph.mkBrush(colors.surface)
        self.curve.setPen(pyqtgraph.mkPen(colors.selection, width=projector.line(3), style=Qt.PenStyle.DashLine))

    # --- asking -----------------------------------------------------------------------------------------------------

    def ask_star(self, epochs: int, epoch: float) -> None:
        """Have the star dragged between the first epoch and the last."""
        self._ask(epochs, Asks.STAR)
        self.star.show()
        self.move_star(epoch)

    def ask_sketch(self, epochs: int) -> None:
        """Have a curve drawn."""
        self._ask(epochs, Asks.SKETCH)

    def _ask(self, epochs: int, asks: "Asks") -> None:
        self.clear()
        self._asks = asks
        pointer = Qt.CursorShape.CrossCursor if asks is Asks.SKETCH else Qt.CursorShape.SizeHorCursor
        self.plot.viewport().setCursor(pointer)
        self._open(epochs)

    def _open(self, epochs: int) -> None:
        """Have the plot there, with room for so many epochs, before there is a curve."""
        self.epochs = max(2, epochs)
        self.plots.set_asked(True)
        self.plot.plotItem.vb.setRange(xRange=(0, self.epochs), yRange=(0, self._highest()), padding=0.02)

    def _highest(self) -> float:
        """How high the empty axis goes: what guessing costs, and some more."""
        lines = [line.values.max() for line in self.plot.lines.values() if len(line.values)]
        facts = self.plots.trainer.store.project.facts
        guessing = math.log(len(facts.classes)) if facts is not None and len(facts.classes) > 1 else 1.0
        return float(max([1.3 * guessing, *lines]))

    def move_star(self, epoch: float) -> None:
        self.star.setValue(round(epoch))
        self._name_star(f"★ {round(epoch)}")

    def _name_star(self, words: str) -> None:
        self.star.label.setFormat(words)
        self.star.label.valueChanged()  # a format alone is written when the line next moves; a hidden one's is not

    def clear_sketch(self) -> None:
        self._drawn.clear()
        self._show_curve(())
        self.sketched.emit()

    def sketch(self) -> Points:
        """What was drawn, as (epoch, loss) from left to right."""
        return tuple(sorted(self._drawn.items()))

    # --- showing ----------------------------------------------------------------------------------------------------

    def show_prediction(self, prediction: Prediction | None, is_star: bool) -> None:
        """Draw what was predicted, while the run goes and behind it."""
        self.clear()
        if prediction is None or not (is_star or prediction.curve):
            return
        known = [line.values[-1] for line in self.plot.lines.values() if len(line.values)]
        if not known:
            self._open(self.plots.trainer.store.project.training.epochs)
        if is_star and prediction.number is not None:
            self.star.show()
            self.star.setValue(prediction.number)
            self._name_star(_("you: {epoch}").format(epoch=round(prediction.number)))
            if known:
                self.reach.setData([prediction.number], [known[-1]])
                self.reach.show()
        self._show_curve(prediction.curve)

    def _show_curve(self, points: Points) -> None:
        self.curve.setVisible(len(points) > 1)
        if len(points) > 1:
            across, up = zip(*points, strict=True)
            self.curve.setData(np.array(across), np.array([self.plot.height_of(value) for value in up]))

    def clear(self) -> None:
        """Neither ask nor show anything."""
        self.plot.viewport().unsetCursor()
        self._asks, self._last = Asks.NOTHING, None
        self._drawn.clear()
        for item in (self.star, self.curve, self.reach):
            item.hide()
        if self.epochs:
            self.epochs = 0
            self.plots.set_asked(False)
            self.plot.enableAutoRange()

    # --- the mouse --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._asks is Asks.NOTHING or not isinstance(event, QMouseEvent):
            return super().eventFilter(watched, event)
        kind, left = event.type(), Qt.MouseButton.LeftButton
        if kind == QEvent.Type.MouseButtonPress and event.button() == left:
            self._last = None
            self._go_to(event.position())
            return True
        if kind == QEvent.Type.MouseMove and event.buttons() & left:
            self._go_to(event.position())
            return True
        if kind == QEvent.Type.MouseButtonRelease and event.button() == left:
            if self._asks is Asks.SKETCH:
                self.sketched.emit()
            return True
        return super().eventFilter(watched, event)

    def _go_to(self, place: QPointF) -> None:
        """Take the star, or the end of the curve, to a point."""
        found = self.plot.plotItem.vb.mapSceneToView(self.plot.mapToScene(place.toPoint()))
        epoch = min(max(round(found.x(), 1), 1.0), float(self.epochs))
        if self._asks is Asks.STAR:
            self.move_star(epoch)
            self.star_moved.emit(float(round(epoch)))
        else:
            self._draw_to(epoch, 10 ** found.y() if self.plot.is_log else max(0.0, found.y()))

    def _draw_to(self, epoch: float, height: float) -> None:
        """Take the curve to a point; what it passed on the way is drawn anew."""
        if self._last is not None:
            low, high = sorted((self._last[0], epoch))
            for passed in [one for one in self._drawn if low < one < high]:
                del self._drawn[passed]
        if len(self._drawn) < MOST_POINTS:
            self._drawn[epoch] = height
        self._last = epoch, height
        self._show_curve(self.sketch())
