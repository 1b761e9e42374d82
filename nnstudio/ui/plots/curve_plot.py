"""One plot of a quantity against the epoch: lines, the best epoch flagged, where and why runs ended, earlier runs."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QBrush, QColor

from nnstudio.text import translate as _
from nnstudio.ui.look import projector, theme
from nnstudio.ui.look.picture import Draw
from nnstudio.ui.look.tooltips import plain_tooltip
from nnstudio.ui.plots.earlier_lines import Earlier, EarlierLines
from nnstudio.ui.plots.line_text import Points, clearest, place_beside, unformatted
from nnstudio.ui.plots.lines import KINDS, Line, Numbers, color, pen, thin_out
from nnstudio.ui.plots.plot import Plot
from nnstudio.ui.plots.readout import Readout
from nnstudio.ui.plots.shade import Shade

MOST_POINTS_WITH_MARKERS = 60
MARKER = 6
ROOM_FOR_KEY = 560
SMALLEST_SHOWN = 1e-12
"""What a logarithmic axis shows in place of 0."""
GAPS = {"gap": ("full_pass", "validation"), "other_gap": ("other_full_pass", "other_validation")}
"""Between which kinds of lines the gaps lie."""
MOST_CORNERS = 500
"""Of what is filled, along an edge."""


@dataclass(frozen=True)
class ShownEvent:
    """What happened at an epoch: a rate was changed, a run ended and why."""

    epoch: float
    words: str


class CurvePlot(Plot):
    """Labelled axes and lines by kind. `flag_clicked` comes with a click at the flag, `earlier_clicked(id)` at an
    earlier run's line."""

    flag_clicked = Signal()
    earlier_clicked = Signal(str)

    def __init__(
        self, object_name: str, name: str, quantity: str, flag_text: str, value_text: str, flag_height: float
    ) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName(name)
        self.quantity = quantity
        self.flag_text = flag_text
        self.value_text = value_text
        self.flag_height = flag_height
        self.is_log = False
        self._restyled = False
        self.hidden: frozenset[str] = frozenset()
        self.lines: dict[str, Line] = {}
        self.curves: dict[str, pyqtgraph.PlotDataItem] = {}
        """Made when there is first something to draw: every item costs a little in every frame."""
        self.earlier_lines = EarlierLines(self, self.earlier_clicked.emit)
        self.edges: dict[str, list[pyqtgraph.PlotDataItem]] = {}
        """Of what is filled, by name."""
        self.fills: dict[str, pyqtgraph.FillBetweenItem] = {}
        self.shade = Shade()
        self.band = pyqtgraph.BarGraphItem(x0=[], x1=[], y0=[], y1=[])
        self.flag = pyqtgraph.InfiniteLine(angle=90, label=" ")
        self.dot = pyqtgraph.ScatterPlotItem([0], [0], size=13, symbol="star")
        self.shown_epoch = pyqtgraph.InfiniteLine(angle=90)
        self.ends: list[pyqtgraph.InfiniteLine] = []
        self._flagged: tuple[int, float, int] = (-1, 0.0, 0)
        self._flag_width = 0
        self._happened: tuple[ShownEvent, ...] = ()
        for item in (self.shade, self.band, self.flag, self.dot, self.shown_epoch):
            self.addItem(item, ignoreBounds=True)
        for item in (self.shade, self.band):
            item.setZValue(-10)
        for item in (self.flag, self.dot):
            item.setZValue(15)  # above the markers of lines, which would take its clicks
        self.shown_epoch.hide()
        self.plotItem.vb.sigTransformChanged.connect(self._place_text)  # once the new range is what is drawn
        self.readout = Readout(self, self)
        self.dot.sigClicked.connect(self._flag_pressed)
        self.scene().sigMouseClicked.connect(self._pressed)
        self.apply_theme()
        self.show_flag(0, 0.0, 0)

    def apply_theme(self) -> None:
        super().apply_theme()
        colors = theme.colors()
        for side, text in (("bottom", _("Epoch")), ("left", self.quantity)):
            self.getAxis(side).setLabel(text, color=colors.faint_text)
        self.showGrid(y=True, alpha=0.15)
        for kind, curve in self.curves.items():
            curve.setPen(pen(KINDS[kind]))
        self.flag.setPen(pyqtgraph.mkPen(colors.flag, width=projector.line(1), style=Qt.PenStyle.DashLine))
        self.flag.label.setColor(colors.flag)
        self.flag.label.setPosition(self.flag_height)
        self.flag.label.fill = pyqtgraph.mkBrush(colors.surface)
        self.shown_epoch.setPen(pyqtgraph.mkPen(colors.selection, width=projector.line(2)))
        self.dot.setBrush(colors.flag)
        self.dot.setPen(None)
        self.shade.set_brush(QBrush(faint(colors.validation, 18 if theme.is_dark() else 26)))
        self.band.setOpts(brush=faint(colors.flag, 45), pen=None)
        for name, fill in self.fills.items():
            fill.setBrush(fill_color(name))
        for line in self.ends:
            line.setPen(pyqtgraph.mkPen(colors.faint_text, width=1, style=Qt.PenStyle.DotLine))
            line.label.setColor(colors.faint_text)
            line.label.fill = pyqtgraph.mkBrush(faint(colors.surface, 130))

    # --- lines ------------------------------------------------------------------------------------------------------

    def show_lines(self, lines: Sequence[Line], fills: Sequence[str] = (), is_live: bool = False) -> None:
        """Show these lines and no others, and fill the gaps named between them. Markers wait until nothing moves."""
        self.lines = {line.kind: line for line in lines}
        self.plotItem.vb.is_growing = is_live
        for kind, curve in self.curves.items():
            if kind not in self.lines or kind in self.hidden:
                curve.hide()
        for kind, line in self.lines.items():
            if kind in self.hidden or (kind not in self.curves and not np.isfinite(line.values).any()):
                continue
            curve, look = self._curve(kind), KINDS[kind]
            curve.show()
            few = len(line.values) <= MOST_POINTS_WITH_MARKERS and look.symbol and not is_live
            curve.setData(
                line.epochs,
                self.shown_values(line.values),
                symbol=look.symbol if few else None,
                symbolSize=projector.mark(MARKER),
                symbolBrush=color(look),
                symbolPen=None,
                connect="finite",
            )
        for name in fills:
            self._show_gap(name)
        for name, fill in self.fills.items():
            fill.setVisible(name in fills)
        self.readout.follow()

    def _curve(self, kind: str) -> pyqtgraph.PlotDataItem:
        """The item that draws a kind of line."""
        if kind not in self.curves:
            curve = self.curves[kind] = pyqtgraph.PlotDataItem(pen=pen(KINDS[kind]))
            self.addItem(curve)
            thin_out(curve, 1 / KINDS[kind].width)  # as many as its pen does not hide
            curve.setLogMode(False, self.is_log)
            curve.setZValue(list(KINDS).index(kind))
        return self.curves[kind]

    def _show_gap(self, name: str) -> None:
        """Fill the gap between two lines, in the epochs that both have."""
        if name not in GAPS or not all(kind in self.lines for kind in GAPS[name]):
            return
        first, second = (self.lines[kind] for kind in GAPS[name])
        epochs, here, there = np.intersect1d(first.epochs, second.epochs, assume_unique=True, return_indices=True)
        every = 1 + len(epochs) // MOST_CORNERS  # of a long gap some corners tell its shape
        epochs, here, there = epochs[::every], here[::every], there[::every]
        self._fill(name, epochs, first.values[here], second.values[there])

    def show_range(self, lowest: Numbers, highest: Numbers) -> None:
        """The band between the lowest and the highest of several runs, a value an epoch each."""
        self._fill("spread", np.arange(1.0, len(lowest) + 1), lowest, highest)

    def _fill(self, name: str, epochs: Numbers, *edges: Numbers) -> None:
        """Fill what lies between two edges (n,)."""
        if name not in self.fills:
            # A pen that draws nothing: without any, the edge has no path and nothing is filled.
            unseen = pyqtgraph.mkPen(None)
            self.edges[name] = [pyqtgraph.PlotDataItem(pen=unseen), pyqtgraph.PlotDataItem(pen=unseen)]
            for item in self.edges[name]:
                item.setLogMode(False, self.is_log)
                self.addItem(item, ignoreBounds=True)
            fill = self.fills[name] = pyqtgraph.FillBetweenItem(*self.edges[name], brush=fill_color(name))
            fill.setZValue(-10)
            self.addItem(fill, ignoreBounds=True)
        for number, (item, values) in enumerate(zip(self.edges[name], edges, strict=True)):
            item.blockSignals(number == 0)  # what lies between is found anew once, with the other
            item.setData(epochs, self.shown_values(values))

    def show_earlier(self, earlier: Sequence[Earlier]) -> None:
        """The lines of other runs, which can be clicked."""
        self.earlier_lines.show(earlier, self._restyled)
        self._restyled = False

    @property
    def earlier(self) -> list[Earlier]:
        """The other runs whose lines are drawn."""
        return self.earlier_lines.shown

    @property
    def earlier_names(self) -> list[pyqtgraph.TextItem]:
        """What is written at the ends of their lines."""
        return self.earlier_lines.names

    def hide_kinds(self, hidden: frozenset[str]) -> None:
        """Show all kinds of lines but these."""
        self.hidden = hidden
        self.show_lines(list(self.lines.values()), [name for name, fill in self.fills.items() if fill.isVisible()])

    def set_log(self, on: bool) -> None:
        """A logarithmic axis, or a plain one."""
        if on == self.is_log:
            return
        self.is_log = on
        self.setLogMode(y=on)
        for item in (edge for pair in self.edges.values() for edge in pair):
            item.setLogMode(False, on)
        self.redraw()
        flagged, self._flag_width = self._flagged, 0
        self.show_flag(*flagged)
        self.enableAutoRange()

    def count_in(self, iterations: int) -> None:
        """Write iterations beside the axis, of which an epoch has this many; 1 for epochs."""
        axis = self.getAxis("bottom")
        axis.setScale(iterations)
        axis.setLabel(_("Epoch") if iterations == 1 else _("Iteration"), color=theme.colors().faint_text)

    def shown_values(self, values: Numbers) -> Numbers:
        """What can be drawn: a logarithm needs a value above 0."""
        return np.maximum(values, SMALLEST_SHOWN) if self.is_log else values

    def height_of(self, value: float) -> float:
        """Where a value lies on the axis."""
        return float(np.log10(max(value, SMALLEST_SHOWN))) if self.is_log else value

    # --- epochs -----------------------------------------------------------------------------------------------------

    def show_flag(self, epoch: int, value: float, last: int) -> None:
        """Flag the best epoch and shade what came after it; epoch 0 shows neither."""
        if (epoch, value, last, self.width()) == (*self._flagged, self._flag_width):
            return
        is_new = (epoch, value) != self._flagged[:2] or self._flag_width != self.width()
        self._flagged, self._flag_width = (epoch, value, last), self.width()
        self.shade.setVisible(0 < epoch < last)
        for item in (self.flag, self.dot):
            item.setVisible(epoch > 0)
        if epoch == 0:
            return
        self.shade.set_span(epoch, max(last, epoch))
        if is_new:
            self.flag.setValue(epoch)
            self.dot.setPos(epoch, self.height_of(value))
            self._place_text()

    def _place_text(self, *_range: object) -> None:
        """Put the words of all upright lines where they fit; called whenever the epochs in view are others."""
        epoch, value, _last = self._flagged
        # A small plot has no room for the sentence; the line under the plots names the epoch.
        texts = [text.format(epoch=epoch, value=value) for text in (self.flag_text, self.value_text)]
        if epoch > 0:
            place_beside(self, self.flag, texts)
        self.earlier_lines.spread()
        curves = self._curves() if self.ends else []
        taken = [self.flag_height] if epoch > 0 else []
        for line, happening in zip(self.ends, self._happened, strict=True):
            place_beside(self, line, [happening.words, ""])
            height = clearest(self, line, curves, taken)
            taken.append(height)
            if line.label.orthoPos != height:
                line.label.setPosition(height)

    def _curves(self) -> list[Points]:
        """The curves as they are drawn."""
        lines = [line for line in self.lines.values() if line.kind not in self.hidden]
        heights = [self.shown_values(line.values) for line in lines]
        return [
            (line.epochs, np.log10(values) if self.is_log else values)
            for line, values in zip(lines, heights, strict=True)
        ]

    def show_band(self, epoch: int, value: float, width: float, last: int) -> None:
        """The band below the value to beat: only what falls below it counts as an improvement. No width, no band."""
        self.band.setVisible(width > 0 and epoch > 0)
        if width > 0 and epoch > 0:
            low, high = self.height_of(value - width), self.height_of(value)
            self.band.setOpts(x0=[epoch], x1=[max(last, epoch) + 0.5], y0=[low], y1=[high])

    def show_happenings(self, happened: Sequence[ShownEvent]) -> None:
        """Lines where something happened, with words."""
        if tuple(happened) == self._happened:
            return
        self._happened = tuple(happened)
        for item in self.ends:
            self.removeItem(item)
        colors = theme.colors()
        self.ends = []
        for one in happened:
            line = pyqtgraph.InfiniteLine(
                one.epoch,
                angle=90,
                pen=pyqtgraph.mkPen(colors.faint_text, width=projector.line(1), style=Qt.PenStyle.DotLine),
                label=unformatted(one.words),
                labelOpts={
                    "color": colors.faint_text,
                    "fill": faint(colors.surface, 130),
                    "anchors": [(1, 0.5), (1, 0.5)],
                },
            )
            line.setToolTip(plain_tooltip([one.words]))
            self.addItem(line, ignoreBounds=True)
            self.ends.append(line)
        self._place_text()

    def show_moment(self, epoch: int | None) -> None:
        """The epoch that all views look back at."""
        self.shown_epoch.setVisible(epoch is not None)
        if epoch is not None:
            self.shown_epoch.setValue(epoch)

    def picture(self, draw: Draw) -> bytes:
        self.readout.leave()
        return super().picture(draw)

    def key(self) -> str:
        entries = [
            f'<span style="color:{color(look)}">{look.sign}</span> {_(look.words)}'
            for kind, look in KINDS.items()
            if kind in self.lines and kind not in self.hidden and len(self.lines[kind].values)
        ]
        return "<br>".join(entries) if self.width() < ROOM_FOR_KEY else "&nbsp;&nbsp; ".join(entries)

    def sentence(self) -> str:
        """Of each line where it began, where it is, and how low a loss or how high an accuracy it came."""
        said = []
        for kind, line in self.lines.items():
            known = np.flatnonzero(np.isfinite(line.values))
            if kind not in self.hidden and len(known):
                first, last = (self.value_text.format(value=line.values[one]) for one in (known[0], known[-1]))
                words = _("{line}: from {first} to {last}").format(line=_(KINDS[kind].words), first=first, last=last)
                said.append(words)
        epoch, value, _last = self._flagged
        if said and epoch > 0:
            said.append(self.flag_text.format(epoch=epoch, value=value))
        if not said:
            return _("nothing is drawn yet")
        epochs = max(int(line.epochs[-1]) for line in self.lines.values() if len(line.epochs))
        return _("{epochs} epochs; {lines}").format(epochs=epochs, lines="; ".join(said))

    # --- outside ----------------------------------------------------------------------------------------------------

    def redraw(self) -> None:
        self._restyled = True
        self.show_earlier(self.earlier)
        self.hide_kinds(self.hidden)

    def table(self) -> str:
        """A row an epoch, a column a line; the losses of batches at the places where they were."""
        lines = [line for line in self.lines.values() if line.kind not in self.hidden and len(line.values)]
        if not lines:
            return ""
        epochs = sorted({float(epoch) for line in lines for epoch in line.epochs})
        columns = [dict(zip(line.epochs.tolist(), line.values.tolist(), strict=True)) for line in lines]
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["epoch", *(line.kind for line in lines)])
        writer.writerows([f"{epoch:g}", *(column.get(epoch, "") for column in columns)] for epoch in epochs)
        return text.getvalue()

    # --- mouse ------------------------------------------------------------------------------------------------------

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.readout.leave()

    def _flag_pressed(self, *_where: object) -> None:
        self.flag_clicked.emit()

    def _pressed(self, event: object) -> None:
        """A click near the flag's line counts as one at the flag; a double click shows everything again."""
        if event.double():  # type: ignore[attr-defined]
            self.enableAutoRange()
        elif self.flag.isVisible() and not event.isAccepted():  # type: ignore[attr-defined]
            box = self.plotItem.vb
            line = box.mapViewToScene(QPointF(self.flag.value(), 0))
            if abs(line.x() - event.scenePos().x()) <= 6:  # type: ignore[attr-defined]
                self.flag_clicked.emit()


def fill_color(name: str) -> QColor:
    """The colour of a gap or a range."""
    colors = theme.colors()
    return faint({"gap": colors.validation, "other_gap": colors.faint_text, "spread": colors.training}[name], 50)


def faint(color: str, alpha: int) -> QColor:
    """A colour through which what lies under it is seen."""
    made = QColor(color)
    made.setAlpha(alpha)
    return made
