"""What the canvas draws for a link: a curve, or lines from neuron to neuron."""

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnstudio.layers.spec import Shape, drawn_shape
from nnstudio.project.edits import COLUMN_WIDTH
from nnstudio.project.model import Link
from nnstudio.text import translate as _
from nnstudio.ui.canvas.items import HEIGHT, PORT, READABLE, LayerItem
from nnstudio.ui.canvas.neurons import are_paired, paint_threads, pairs_between, signed
from nnstudio.ui.look import projector, theme
from nnstudio.ui.look.tooltips import plain_tooltip

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEAR = 4.0
"""As near a line between two neurons is meant by the pointer."""
SHORTEST_REACH = 40.0
"""How far a curve leaves a port straight on at least."""
SMALL = 10
"""The size of the words at a link, in pixels."""
RETURN = 16.0
"""How far above a layer a link from a row before it runs."""


class LinkItem(QGraphicsItem):
    """A curve from one layer's output to another's input; highlighted where a layer may be set into it."""

    def __init__(self, link: Link, source: LayerItem, target: LayerItem, parent: QGraphicsItem) -> None:
        super().__init__(parent)
        self.link = link
        self.source = source
        self.target = target
        self.highlighted = False
        self.shape_between: Shape | None = None
        """The shape of what runs through it; None while that is not known."""
        self.offset = 0
        self.is_new = True
        """Whether it was never laid."""
        self.is_long = False
        """Whether there is room for another layer between its ends."""
        self.goes_around = False
        """Whether layers stand in its straight way."""
        self.by_neurons = False
        self._path: QPainterPath | None = None
        self._afar: QLineF | None = None
        self._bounds: QRectF | None = None
        self._threads: list[QLineF] | None = None
        self._middle: QPointF | None = None
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)

    def show_shape(self, shape: Shape | None) -> None:
        """Show the shape of what runs through it, above its middle where there is room."""
        if shape != self.shape_between:
            self.shape_between = shape
            self.update()

    @property
    def words(self) -> str:
        """The shape of what runs through it, in words."""
        return drawn_shape(self.shape_between) if self.shape_between else "?"

    def tip(self) -> str:
        """What is said of it at the pointer; made when it is asked for, since a network may have very many links."""
        lines = [
            _("{shape} values a sample, from “{source}” to “{target}”").format(
                shape=self.words, source=self.source.name, target=self.target.name
            ),
            _("Click to select this link, Delete removes it."),
        ]
        return plain_tooltip(lines)

    def set_highlight(self, on: bool) -> None:
        if on != self.highlighted:
            self.highlighted = on
            self.update()

    def follow(self) -> None:
        """Run between the layers as they stand now, or from neuron to neuron where both are drawn so."""
        self.prepareGeometryChange()
        gap = self.target.x() + self.target.box.left() - self.source.x() - self.source.box.right()
        self.is_long = gap >= COLUMN_WIDTH
        # Back to a row below, lines would cross everything on their way.
        units = (self.source.units, self.target.units) if gap > 0 and not self.goes_around else (0, 0)
        self.by_neurons = 0 not in units and are_paired(*units, self.target.declared)
        self._path = self._afar = self._threads = self._bounds = self._middle = None

    def path(self) -> QPainterPath:
        """The curve. Made when it is first asked for, since a network may have very many links."""
        if self._path is None:
            start, end = self.source.output_point(), self.target.input_point()
            if self.goes_around:
                self._path = detour_path(start, end, min(self.source.y(), self.target.y()) - RETURN)
            else:
                self._path = link_path(start, end, self.target.y() - RETURN)
        return self._path

    def afar(self) -> QLineF | None:
        """What it looks like from afar, where that is a line; None for one that goes around or back."""
        if self._afar is None:
            source, target = self.source, self.target
            start = source.x() + source.box.right(), source.y() + source.box.center().y()
            end = target.x() + target.box.left(), target.y() + target.box.center().y()
            self._afar = QLineF(*start, *end)
        return self._afar if self._afar.dx() >= 0 and not self.goes_around else None

    def pairs(self) -> list[tuple[int, int]]:
        """Which neuron of the source reaches which of the target; none where it is drawn as a curve."""
        if not self.by_neurons:
            return []
        return pairs_between(self.source.units, self.target.units, self.target.declared, self.offset)

    def threads(self) -> list[QLineF]:
        """The lines from neuron to neuron. Made when they are first drawn: from afar they never are."""
        if self._threads is None:
            starts, ends = self.source.neuron_places(), self.target.neuron_places()
            self._threads = [QLineF(starts[source], ends[target]) for source, target in self.pairs()]
        return self._threads

    def thread_at(self, point: QPointF) -> int | None:
        """The number of the line between two neurons at a scene point."""
        if not self.by_neurons or not self.boundingRect().contains(point):
            return None
        distances = [distance_to(line, point) for line in self.threads()]
        nearest = min(range(len(distances)), key=distances.__getitem__)
        return nearest if distances[nearest] <= NEAR else None

    def is_at(self, point: QPointF) -> bool:
        """Whether it runs at a scene point, as a curve or as one of its lines."""
        return self.boundingRect().contains(point) and (self.thread_at(point) is not None or self.contains(point))

    def words_at(self, point: QPointF) -> str:
        """The weight of the line between two neurons at a scene point; "" where none runs or none is known."""
        weights, nearest = self.weights(), self.thread_at(point)
        if weights is None or nearest is None:
            return ""
        source, target = self.pairs()[nearest]
        ends = f"{self.source.name} {source + 1} → {self.target.name} {target + 1}"
        return f"w({ends}) = {signed(float(weights[nearest]))}"

    def weights(self) -> "NDArray[np.float32] | None":
        """The weight of each line between two neurons; None where none is known."""
        known = self.target.weights
        if not self.by_neurons or known is None or known.shape != (self.target.units, self.source.units):
            return None
        return known.matrix.ravel()  # in the order of the pairs: unit by unit

    def shape(self) -> QPainterPath:
        stroker = QPainterPathStroker()
        stroker.setWidth(12)
        return stroker.createStroke(self.path())

    def boundingRect(self) -> QRectF:
        if self._bounds is None:
            self._bounds = self._covered()
        return self._bounds

    def _covered(self) -> QRectF:
        """All that may be drawn of it."""
        line = self.afar()
        # A curve that goes on far enough leaves the box of its ends nowhere.
        is_within = line is not None and line.dx() >= 2 * SHORTEST_REACH
        whole = QRectF(line.p1(), line.p2()).normalized() if line and is_within else self.path().controlPointRect()
        if self.by_neurons:
            whole = whole.united(self.source.box.translated(self.source.pos()))
            whole = whole.united(self.target.box.translated(self.target.pos()))
        return whole.adjusted(-24, -18, 24, 8)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        colors = theme.colors()
        strong = self.isSelected() or self.highlighted
        color = QColor(colors.success if self.highlighted else colors.selection if strong else colors.faint_text)
        zoom = painter.worldTransform().m11()
        if self.by_neurons:
            paint_threads(painter, self.threads(), self.weights())
        if strong or not self.by_neurons:
            painter.setPen(QPen(color, projector.line(2.6 if strong else 1.6, zoom)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(self.path())
            paint_arrow(painter, self.target.input_point() - QPointF(PORT + 1, 0), color)
        is_hidden = self.target.shows_picture and self.target.units > 0  # by the strip of weights before the column
        if option.levelOfDetailFromTransform(painter.worldTransform()) >= READABLE and not is_hidden:
            self.paint_text(painter, colors)

    def paint_text(self, painter: QPainter, colors: theme.Colors) -> None:
        font = QFont(painter.font())
        font.setPixelSize(projector.letters(SMALL, painter.worldTransform().m11()))
        width = width_of(self.words, font.family(), font.pixelSize())
        if self._middle is None:
            self._middle = self.path().pointAtPercent(0.5)
        gap = abs(self.target.input_point().x() - self.source.output_point().x()) - 2 * PORT
        across = abs(self.target.input_point().y() - self.source.output_point().y()) > HEIGHT
        if width <= gap or across:
            painter.setFont(font)
            painter.setPen(QColor(colors.faint_text))
            start = self._middle + QPointF(-width / 2, -5)
            if theme.is_projected() and self.by_neurons:  # where lines cross it could not be read
                height = font.pixelSize()
                ground = QRectF(start.x() - 3, start.y() - 0.9 * height, width + 6, 1.2 * height)
                painter.fillRect(ground, QColor(colors.background))
            painter.drawText(start, self.words)


@lru_cache(1000)
def width_of(words: str, family: str, letters: int) -> float:
    """How wide words in small letters are: asked for at every painting."""
    font = QFont(family)
    font.setPixelSize(letters)
    return QFontMetricsF(font).horizontalAdvance(words)


def distance_to(line: QLineF, point: QPointF) -> float:
    """How far a point is from a line between two points."""
    length = line.length() or 1.0
    along = QPointF.dotProduct(point - line.p1(), line.p2() - line.p1()) / length**2
    return QLineF(line.pointAt(min(1.0, max(0.0, along))), point).length()


def link_path(start: QPointF, end: QPointF, above: float | None = None) -> QPainterPath:
    """A smooth curve that leaves to the right and arrives from the left; one that goes back runs between the rows, at
    the height `above` when it goes down."""
    path = QPainterPath(start)
    if end.x() < start.x() and abs(end.y() - start.y()) > HEIGHT:
        middle = (start.y() + end.y()) / 2
        return_path(path, start, end, max(middle, above) if above is not None and end.y() > start.y() else middle)
        return path
    reach = max(SHORTEST_REACH, min(abs(end.x() - start.x()) / 2, 140.0))
    if 0 < end.x() - start.x() < 2 * SHORTEST_REACH:
        reach = (end.x() - start.x()) / 2
    path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
    return path


def detour_path(start: QPointF, end: QPointF, over: float) -> QPainterPath:
    """Up, over the layers between and down again, at the height `over`."""
    turn = 22.0
    path = QPainterPath(start)
    up, down = start.x() + turn, end.x() - turn
    path.cubicTo(QPointF(up, start.y()), QPointF(start.x() + turn / 2, over), QPointF(up + turn, over))
    path.lineTo(QPointF(down - turn, over))
    path.cubicTo(QPointF(end.x() - turn / 2, over), QPointF(down, end.y()), end)
    return path


def return_path(path: QPainterPath, start: QPointF, end: QPointF, middle: float) -> None:
    """Right, down between the rows, back along there, down and in: like the carriage of a typewriter."""
    turn = 22.0
    right, left = start.x() + turn, end.x() - turn
    half = (middle - start.y()) / 2
    rest = (end.y() - middle) / 2
    path.cubicTo(QPointF(right, start.y()), QPointF(right, start.y()), QPointF(right, start.y() + half))
    path.cubicTo(QPointF(right, middle), QPointF(right, middle), QPointF(start.x(), middle))
    path.lineTo(QPointF(end.x(), middle))
    path.cubicTo(QPointF(left, middle), QPointF(left, middle), QPointF(left, end.y() - rest))
    path.cubicTo(QPointF(left, end.y()), QPointF(left, end.y()), end)


def paint_arrow(painter: QPainter, tip: QPointF, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([tip, tip + QPointF(-7, -4), tip + QPointF(-7, 4)]))
