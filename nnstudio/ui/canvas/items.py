"""What the canvas draws: a box for each layer, a curve for each link. Items hold no data; the scene gives it them."""

from html import escape

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Shape, shown_shape
from nnstudio.project.frames import LAYER_SIZE
from nnstudio.project.model import Layer, Link
from nnstudio.project.names import shown_name
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _
from nnstudio.ui import theme

WIDTH, HEIGHT = LAYER_SIZE
CORNER = 8.0
PORT = 5.5
PORT_REACH = 13.0
MARGIN = 12.0
MINUS = QRectF(WIDTH - 50, 25, 18, 16)
PLUS = QRectF(WIDTH - 29, 25, 18, 16)
"""Where a layer's number can be stepped, while it is selected or under the pointer."""
READABLE = 0.55
"""The zoom below which small words are left out."""

NAME_PLACE = QRectF(36, 4, WIDTH - 42, 22)
VALUE_PLACE = QRectF(36, 24, WIDTH - 42, 22)
"""Where a layer's name and its first setting stand in its box."""


class LayerItem(QGraphicsItem):
    """A box with the layer's icon, name, output shape and parameter count, a port on each side, and a mark when
    something is wrong with it."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.id = layer.id
        self.declared = layer_type(layer.type)
        self.name = shown_name(layer)
        self.lines = ("", "")
        self.box = QRectF(0, 0, WIDTH, HEIGHT)
        self.problems: list[str] = []
        self.highlight = self.marked_port = ""
        self.hovered = False
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setZValue(1)
        self.setCursor(Qt.CursorShape.SizeAllCursor)

    def show_layer(self, layer: Layer, shape: Shape | None, parameters: int, problems: list[str]) -> None:
        """Take over what is to be seen."""
        first = main_setting(layer)
        size = "→ " + shown_shape(shape) if shape else "→ ?"
        second = translate_count("{count} parameter", "{count} parameters", parameters).format(count=Count(parameters))
        lines = (f"{first}  {size}" if first else size, second if parameters else "")
        name = shown_name(layer)
        if (name, lines, problems) != (self.name, self.lines, self.problems):
            self.name, self.lines, self.problems = name, lines, problems
            self.setToolTip(plain_tooltip(problems))
            self.update()
        self.setPos(*layer.position)

    @property
    def has_number(self) -> bool:
        """Whether the first setting is a whole number, which − and + step."""
        return bool(self.declared.parameters) and self.declared.parameters[0].kind == "integer"

    def set_hovered(self, on: bool) -> None:
        """Show − and + while the pointer is over it."""
        if on != self.hovered:
            self.hovered = on
            self.update()

    def step_at(self, point: QPointF) -> int:
        """−1 or 1 when the scene point is on − or +, which are there while it is selected or hovered; 0 otherwise."""
        if not self.has_number or not (self.isSelected() or self.hovered):
            return 0
        inside = self.mapFromScene(point)
        return -1 if MINUS.contains(inside) else 1 if PLUS.contains(inside) else 0

    def number_at(self, point: QPointF) -> bool:
        """Whether the scene point is on the number."""
        return self.has_number and VALUE_PLACE.contains(self.mapFromScene(point))

    def set_highlight(self, kind: str, port: str = "") -> None:
        """Show as a place where a link may end ("fits") or may not ("unfit") and at which port; "" for neither."""
        if kind != self.highlight:
            self.highlight, self.marked_port = kind, port
            self.update()

    @property
    def has_input(self) -> bool:
        return self.declared.type != "input"

    @property
    def has_output(self) -> bool:
        return self.declared.type != "output"

    def input_point(self) -> QPointF:
        return self.pos() + QPointF(0, HEIGHT / 2)

    def output_point(self) -> QPointF:
        return self.pos() + QPointF(WIDTH, HEIGHT / 2)

    def port_at(self, point: QPointF) -> str:
        """ "input" or "output" when the scene point is on that port, otherwise ""."""
        if self.has_output and distance(point, self.output_point()) <= PORT_REACH:
            return "output"
        if self.has_input and distance(point, self.input_point()) <= PORT_REACH:
            return "input"
        return ""

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        return QRectF(-MARGIN, -MARGIN, WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN)

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRoundedRect(QRectF(-PORT_REACH / 2, 0, WIDTH + PORT_REACH, HEIGHT), CORNER, CORNER)
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        colors = theme.colors()
        category = QColor(colors.categories[self.declared.category])
        box = QRectF(0, 0, WIDTH, HEIGHT)
        painter.setPen(self.frame_pen())
        painter.setBrush(QColor(colors.surface))
        painter.drawRoundedRect(box, CORNER, CORNER)
        band = QPainterPath()
        band.addRoundedRect(box.adjusted(1.5, 1.5, -1.5, -1.5), CORNER - 1.5, CORNER - 1.5)
        painter.save()
        painter.setClipRect(QRectF(0, 0, 34, HEIGHT))
        tint = QColor(category)
        tint.setAlpha(38)
        painter.fillPath(band, tint)
        painter.restore()
        picture = theme.category_picture(self.declared.icon, self.declared.category, painter.worldTransform().m11())
        painter.drawPixmap(QRectF(7, HEIGHT / 2 - 11, 22, 22), picture, QRectF(picture.rect()))
        self.paint_text(painter, colors)
        self.paint_ports(painter, colors, category)
        if self.has_number and (self.isSelected() or self.hovered):
            self.paint_steps(painter, colors)
        if self.problems:
            paint_mark(painter, colors)

    def paint_steps(self, painter: QPainter, colors: theme.Colors) -> None:
        """− and + as small buttons."""
        for place, sign in ((MINUS, "−"), (PLUS, "+")):
            painter.setPen(QPen(QColor(colors.border), 1))
            painter.setBrush(QColor(colors.background))
            painter.drawRoundedRect(place, 4, 4)
            painter.setPen(QColor(colors.text))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, sign)

    def frame_pen(self) -> QPen:
        colors = theme.colors()
        if self.highlight:
            return QPen(QColor(colors.success if self.highlight == "fits" else colors.problem), 2.5)
        if self.isSelected():
            return QPen(QColor(colors.selection), 2.5)
        return QPen(QColor(colors.problem if self.problems else colors.border), 1.5 if self.problems else 1.2)

    def paint_text(self, painter: QPainter, colors: theme.Colors) -> None:
        font = QFont(painter.font())
        font.setPixelSize(13)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(colors.text))
        name = QFontMetricsF(font).elidedText(self.name, Qt.TextElideMode.ElideRight, WIDTH - 50)
        painter.drawText(QRectF(41, 6, WIDTH - 50, 18), Qt.AlignmentFlag.AlignVCenter, name)
        font.setBold(False)
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(QColor(colors.faint_text))
        for number, line in enumerate(self.lines):
            shown = QFontMetricsF(font).elidedText(line, Qt.TextElideMode.ElideRight, WIDTH - 50)
            painter.drawText(QRectF(41, 24 + 15 * number, WIDTH - 50, 15), Qt.AlignmentFlag.AlignVCenter, shown)

    def paint_ports(self, painter: QPainter, colors: theme.Colors, category: QColor) -> None:
        painter.setPen(QPen(category, 1.5))
        painter.setBrush(QColor(colors.surface))
        if self.has_input:
            painter.drawEllipse(QPointF(0, HEIGHT / 2), PORT, PORT)
        if self.has_output:
            painter.setBrush(category)
            painter.drawEllipse(QPointF(WIDTH, HEIGHT / 2), PORT, PORT)
        if self.marked_port:
            self.paint_port_mark(painter, colors)

    def paint_port_mark(self, painter: QPainter, colors: theme.Colors) -> None:
        """A ring around a port that fits, a cross over one that does not: told apart without colours."""
        fits = self.highlight == "fits"
        middle = QPointF(0 if self.marked_port == "input" else WIDTH, HEIGHT / 2)
        painter.setPen(QPen(QColor(colors.success if fits else colors.problem), 2.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if fits:
            painter.drawEllipse(middle, PORT + 4, PORT + 4)
            return
        reach = QPointF(PORT, PORT)
        painter.drawLine(middle - reach, middle + reach)
        painter.drawLine(middle + QPointF(-PORT, PORT), middle + QPointF(PORT, -PORT))


class LinkItem(QGraphicsPathItem):
    """A curve from one layer's output to another's input; highlighted where a layer may be set into it."""

    def __init__(self, link: Link, source: LayerItem, target: LayerItem) -> None:
        super().__init__()
        self.link = link
        self.source = source
        self.target = target
        self.highlighted = False
        self.words = ""
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.follow()

    def show_shape(self, shape: Shape | None) -> None:
        """Show the shape of what runs through it, above its middle where there is room, and as its tip."""
        words = shown_shape(shape) if shape else "?"
        if words == self.words:
            return
        self.words = words
        lines = [
            _("{shape} values a sample, from “{source}” to “{target}”").format(
                shape=words, source=self.source.name, target=self.target.name
            ),
            _("Click to select this link, Delete removes it."),
        ]
        self.setToolTip(plain_tooltip(lines))
        self.update()

    def set_highlight(self, on: bool) -> None:
        if on != self.highlighted:
            self.highlighted = on
            self.update()

    def follow(self) -> None:
        """Run between the layers as they stand now."""
        self.setPath(link_path(self.source.output_point(), self.target.input_point()))

    def shape(self) -> QPainterPath:
        stroker = QPainterPathStroker()
        stroker.setWidth(12)
        return stroker.createStroke(self.path())

    def boundingRect(self) -> QRectF:
        return super().boundingRect().adjusted(-24, -18, 24, 8)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        colors = theme.colors()
        strong = self.isSelected() or self.highlighted
        color = QColor(colors.success if self.highlighted else colors.selection if strong else colors.faint_text)
        painter.setPen(QPen(color, 2.6 if strong else 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self.path())
        paint_arrow(painter, self.target.input_point() - QPointF(PORT + 1, 0), color)
        if option.levelOfDetailFromTransform(painter.worldTransform()) >= READABLE:
            self.paint_words(painter, colors)

    def paint_words(self, painter: QPainter, colors: theme.Colors) -> None:
        font = QFont(painter.font())
        font.setPixelSize(10)
        width = QFontMetricsF(font).horizontalAdvance(self.words)
        middle = self.path().pointAtPercent(0.5)
        gap = abs(self.target.input_point().x() - self.source.output_point().x()) - 2 * PORT
        across = abs(self.target.input_point().y() - self.source.output_point().y()) > HEIGHT
        if width <= gap or across:
            painter.setFont(font)
            painter.setPen(QColor(colors.faint_text))
            painter.drawText(middle + QPointF(-width / 2, -5), self.words)


def link_path(start: QPointF, end: QPointF) -> QPainterPath:
    """A smooth curve that leaves to the right and arrives from the left; one that goes back runs between the rows."""
    path = QPainterPath(start)
    if end.x() < start.x() and abs(end.y() - start.y()) > HEIGHT:
        return_path(path, start, end)
        return path
    reach = max(40.0, min(abs(end.x() - start.x()) / 2, 140.0))
    if 0 < end.x() - start.x() < 80:
        reach = (end.x() - start.x()) / 2
    path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
    return path


def return_path(path: QPainterPath, start: QPointF, end: QPointF) -> None:
    """Right, down to the middle between the rows, back along it, down and in: like the carriage of a typewriter."""
    turn = 22.0
    middle = (start.y() + end.y()) / 2
    right, left = start.x() + turn, end.x() - turn
    half = (middle - start.y()) / 2
    path.cubicTo(QPointF(right, start.y()), QPointF(right, start.y()), QPointF(right, start.y() + half))
    path.cubicTo(QPointF(right, middle), QPointF(right, middle), QPointF(start.x(), middle))
    path.lineTo(QPointF(end.x(), middle))
    path.cubicTo(QPointF(left, middle), QPointF(left, middle), QPointF(left, end.y() - half))
    path.cubicTo(QPointF(left, end.y()), QPointF(left, end.y()), end)


def paint_arrow(painter: QPainter, tip: QPointF, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([tip, tip + QPointF(-7, -4), tip + QPointF(-7, 4)]))


def paint_mark(painter: QPainter, colors: theme.Colors) -> None:
    """A round exclamation mark at the upper right corner."""
    center = QPointF(WIDTH - 3, 3)
    painter.setPen(QPen(QColor(colors.surface), 1.5))
    painter.setBrush(QColor(colors.problem))
    painter.drawEllipse(center, 8.5, 8.5)
    font = QFont(painter.font())
    font.setPixelSize(12)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor("#ffffff" if not theme.is_dark() else "#1d2025"))
    painter.drawText(QRectF(center.x() - 9, center.y() - 9, 18, 18), Qt.AlignmentFlag.AlignCenter, "!")


def main_setting(layer: Layer) -> str:
    """What a student asks of a layer first and its shape does not say: how much dropout drops."""
    return f"p = {layer.parameters['rate']:g}" if layer.type == "dropout" else ""


def plain_tooltip(lines: list[str]) -> str:
    """Lines for a tooltip, in which Qt must not take a user's text for markup."""
    return "<qt>" + "<br>".join(escape(line) for line in lines) + "</qt>" if lines else ""


def distance(first: QPointF, second: QPointF) -> float:
    return float(((first.x() - second.x()) ** 2 + (first.y() - second.y()) ** 2) ** 0.5)
