"""What the canvas draws for a layer: a box, or a column of neurons. Items hold no data; the scene gives it them."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
)
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Shape, drawn_shape
from nnstudio.project.model import Layer
from nnstudio.project.names import shown_name
from nnstudio.project.sizes import HEAD, LAYER_SIZE
from nnstudio.text import Count, translate_count
from nnstudio.ui.canvas.inside import Inside
from nnstudio.ui.canvas.layer_pictures import BOX, covered, main_setting, picture_of
from nnstudio.ui.canvas.layer_words import paint_box_words, paint_column_words
from nnstudio.ui.canvas.neurons import column_box, neuron_points, radius_of
from nnstudio.ui.look import projector, theme
from nnstudio.ui.look.heatmap import Maps
from nnstudio.ui.look.layer_icons import layer_picture
from nnstudio.ui.look.tooltips import plain_tooltip

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Weights

WIDTH, HEIGHT = LAYER_SIZE
CORNER = 8.0
PORT = 5.5
PORT_REACH = 13.0
REACH = 2 * PORT_REACH
STEP = QSizeF(18, 16)
"""The size of − and +."""
READABLE = 0.55
"""The zoom below which small words are left out."""


class LayerItem(QGraphicsItem):
    """A box with the layer's icon, name, output shape and parameter count, a port on each side, and a mark when
    something is wrong with it; or, with `units`, a column of so many neurons."""

    def __init__(self, layer: Layer, parent: QGraphicsItem) -> None:
        super().__init__(parent)
        self.id = layer.id
        self.declared = layer_type(layer.type)
        self.layer = layer
        self.shape_after: Shape | None = None
        """The shape of what it gives; None while that is not known."""
        self.parameters = 0
        self._words: tuple[str, tuple[str, str]] | None = None
        self.box = BOX
        self.units = 0
        self.weights: Weights | None = None
        self.mask: NDArray[np.bool_] | None = None
        self.maps: Maps | None = None
        """What each neuron answers over the plane; None where that is not known."""
        self.activations: NDArray[np.float32] | None = None
        """What each neuron gives for the sample that is tried out."""
        self.stack: QImage | None = None
        """Some of the maps that it gives for one picture; None where it gives none, or they are not known."""
        self.shows_picture = False
        self._picture: tuple[object, theme.Colors, QImage] | None = None
        self.problems: list[str] = []
        self.highlight = self.marked_port = ""
        self.hovered = False
        self._inside: Inside | None = None
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setZValue(1)
        self.setPos(*layer.position)

    def show_layer(self, layer: Layer, shape: Shape | None, parameters: int, problems: list[str]) -> None:
        """Take over what is to be seen."""
        if layer is not self.layer or (shape, parameters, problems) != (
            self.shape_after,
            self.parameters,
            self.problems,
        ):
            self.layer, self.shape_after, self.parameters, self.problems = layer, shape, parameters, problems
            self._words = None
            self.update()
        if (self.x(), self.y()) != layer.position:
            self.setPos(*layer.position)

    @property
    def name(self) -> str:
        return self.words[0]

    @property
    def lines(self) -> tuple[str, str]:
        """What stands under the name: the shape after it, and what it learns."""
        return self.words[1]

    @property
    def words(self) -> tuple[str, tuple[str, str]]:
        """Its name and its lines. Made when they are first asked for: from afar nobody reads them."""
        if self._words is None:
            first = main_setting(self.layer)
            size = "→ " + drawn_shape(self.shape_after) if self.shape_after else "→ ?"
            count = self.parameters
            second = translate_count("{count} parameter", "{count} parameters", count).format(count=Count(count))
            lines = (f"{first} {size}" if first else size, second if count else "")
            self._words = shown_name(self.layer), lines
        return self._words

    def tip(self) -> str:
        """What is said of it at the pointer: what is wrong with it."""
        return plain_tooltip(self.problems)

    def show_neurons(self, units: int) -> None:
        """Be drawn as so many neurons; 0 for a box."""
        if units != self.units:
            self._reshape()
            self.units = units
            self.box = column_box(units) if units else BOX
            self._show_inside()

    def _reshape(self) -> None:
        """To be called before another area is covered."""
        self.prepareGeometryChange()
        if self._inside is not None:
            self._inside.reshape()

    def keep_painted(self, on: bool) -> None:
        """Keep the layer as it was painted until something of it changes, all but its inside. It takes memory."""
        mode = QGraphicsItem.CacheMode.DeviceCoordinateCache if on else QGraphicsItem.CacheMode.NoCache
        if mode != self.cacheMode():
            self.setCacheMode(mode)

    def _show_inside(self) -> None:
        """Paint again what changes while the network learns; all else is kept as it was painted."""
        if self._inside is None:
            self._inside = Inside(self, self)
        self._inside.update()

    def show_mask(self, mask: NDArray[np.bool_] | None) -> None:
        """Show which units are on in each sample of a batch (n, *shape); None for all."""
        if mask is None and self.mask is None:
            return
        if not self.units:
            self._reshape()
        self.mask = mask
        self._show_inside()

    def show_activations(self, values: NDArray[np.float32] | None) -> None:
        """Light up the neurons by what they give for one sample (units,); None for none."""
        if values is not None or self.activations is not None:
            self.activations = values
            self._show_inside()

    def show_maps(self, maps: Maps | None) -> None:
        """Show what each neuron answers over the plane, in the neuron; None for its bias alone."""
        if maps is not self.maps:
            self.maps = maps
            self._show_inside()

    def show_stack(self, stack: QImage | None) -> None:
        """Show some maps below the box; None for none."""
        if stack is None and self.stack is None:
            return
        if (stack is None) != (self.stack is None):
            self._reshape()
        self.stack = stack
        self._show_inside()

    def show_weights(self, weights: "Weights | None", as_picture: bool) -> None:
        """Show what the layer has learnt, None where nothing is known; as a picture where no lines show it."""
        shows_picture = weights is not None and as_picture
        if weights is self.weights and shows_picture == self.shows_picture:
            return
        if shows_picture != self.shows_picture:
            self._reshape()
        self.weights, self.shows_picture = weights, shows_picture
        self._show_inside()

    def picture(self) -> QImage | None:
        """The picture of its weights in the colours in use, made when it is drawn and kept."""
        if self.weights is None or not self.shows_picture:
            return None
        colors = theme.colors()
        if self._picture is None or self._picture[0] is not self.weights or self._picture[1] is not colors:
            self._picture = self.weights, colors, picture_of(self.weights)
        return self._picture[2]

    # Where things stand in the box, or above a column.

    @property
    def minus_place(self) -> QRectF:
        if self.units:
            return QRectF(QPointF(self.box.center().x() - 21, self.box.top() - 19), STEP)
        return QRectF(QPointF(WIDTH - 50, 22), STEP)

    @property
    def plus_place(self) -> QRectF:
        if self.units:
            return QRectF(QPointF(self.box.center().x() + 3, self.box.top() - 19), STEP)
        return QRectF(QPointF(WIDTH - 29, 22), STEP)

    @property
    def name_place(self) -> QRectF:
        return QRectF(0, self.box.top() - HEAD, WIDTH, 18) if self.units else QRectF(36, 4, WIDTH - 42, 22)

    @property
    def value_place(self) -> QRectF:
        """Where the first setting stands."""
        return QRectF(20, self.box.top() - 22, WIDTH - 40, 22) if self.units else QRectF(36, 24, WIDTH - 42, 22)

    def neuron_places(self) -> list[QPointF]:
        """The middles of the neurons in the scene."""
        return [self.pos() + point for point in neuron_points(self.units)] if self.units else []

    def is_near(self, point: QPointF) -> bool:
        """Whether a scene point may be on it or on one of its ports: a quick look before an exact one."""
        across, down = point.x() - self.x(), point.y() - self.y()
        return -REACH <= across <= WIDTH + REACH and -REACH <= down <= max(HEIGHT, self.box.bottom()) + REACH

    def neuron_at(self, point: QPointF) -> int | None:
        """The number of the neuron at a scene point."""
        reach = radius_of(self.units) + 1 if self.units else 0.0
        for number, place in enumerate(self.neuron_places()):
            if distance(point, place) <= reach:
                return number
        return None

    @property
    def shows_steps(self) -> bool:
        """Whether − and + are there."""
        return self.has_number and bool(self.isSelected() or self.hovered or self.units)

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
        """−1 or 1 when the scene point is on − or +, where they are shown; 0 otherwise."""
        if not self.shows_steps:
            return 0
        inside = self.mapFromScene(point)
        return -1 if self.minus_place.contains(inside) else 1 if self.plus_place.contains(inside) else 0

    def number_at(self, point: QPointF) -> bool:
        """Whether the scene point is on the number."""
        return self.has_number and self.value_place.contains(self.mapFromScene(point))

    def set_highlight(self, kind: str, port: str = "") -> None:
        """Show as a place where a link may end ("fits") or may not ("unfit") and at which port; "" for neither."""
        if kind != self.highlight:
            self.highlight, self.marked_port = kind, port
            self.update()

    @property
    def has_input(self) -> bool:
        return self.declared.role != "input"

    @property
    def has_output(self) -> bool:
        return self.declared.role != "output"

    def input_point(self) -> QPointF:
        return self.pos() + QPointF(self.box.left(), self.box.center().y())

    def output_point(self) -> QPointF:
        return self.pos() + QPointF(self.box.right(), self.box.center().y())

    def port_at(self, point: QPointF) -> str:
        """ "input" or "output" when the scene point is on that port, otherwise ""."""
        if self.has_output and distance(point, self.output_point()) <= PORT_REACH:
            return "output"
        if self.has_input and distance(point, self.input_point()) <= PORT_REACH:
            return "input"
        return ""

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        is_below = (self.mask is not None or self.stack is not None) and not self.units
        return covered(self.units, self.shows_picture or is_below, theme.is_projected())

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        place = self.box.adjusted(-PORT_REACH / 2, -HEAD if self.units else 0, PORT_REACH / 2, 0)
        path.addRoundedRect(place, CORNER, CORNER)
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        colors = theme.colors()
        category = QColor(colors.categories[self.declared.category])
        if self.units:
            self.paint_column(painter, colors)
        else:
            self.paint_box(painter, colors, category)
        self.paint_ports(painter, colors, category)
        if (
            self.shows_steps
            and can_step(option.levelOfDetailFromTransform(painter.worldTransform()))
            and not theme.is_printing()
        ):
            self.paint_steps(painter, colors)
        if self.problems:
            paint_mark(painter, colors, self.box.topRight())

    def paint_column(self, painter: QPainter, colors: theme.Colors) -> None:
        """A frame for the neurons that leaves the weights behind it to be seen, the name above, the number below."""
        painter.setPen(self.frame_pen(painter.worldTransform().m11()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.box, CORNER, CORNER)
        paint_column_words(painter, self, colors)

    def paint_box(self, painter: QPainter, colors: theme.Colors, category: QColor) -> None:
        box = self.box
        painter.setPen(self.frame_pen(painter.worldTransform().m11()))
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
        picture = layer_picture(self.declared, painter.worldTransform().m11())
        painter.drawPixmap(QRectF(7, HEIGHT / 2 - 11, 22, 22), picture, QRectF(picture.rect()))
        paint_box_words(painter, self, colors)

    def paint_steps(self, painter: QPainter, colors: theme.Colors) -> None:
        """− and + as small buttons."""
        for place, sign in ((self.minus_place, "−"), (self.plus_place, "+")):
            painter.setPen(QPen(QColor(colors.border), 1))
            painter.setBrush(QColor(colors.background))
            painter.drawRoundedRect(place, 4, 4)
            painter.setPen(QColor(colors.text))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, sign)

    def frame_pen(self, zoom: float) -> QPen:
        colors = theme.colors()
        color, width = (colors.problem, 1.5) if self.problems else (colors.border, 1.2)
        if self.highlight:
            color, width = colors.success if self.highlight == "fits" else colors.problem, 2.5
        elif self.isSelected():
            color, width = colors.selection, 2.5
        return QPen(QColor(color), projector.line(width, zoom))

    def paint_ports(self, painter: QPainter, colors: theme.Colors, category: QColor) -> None:
        """Beside neurons they would be taken for more of them: there they show when a hand may want them."""
        if self.units and not (self.hovered or self.isSelected() or self.highlight):
            return
        painter.setPen(QPen(category, 1.5))
        painter.setBrush(QColor(colors.surface))
        if self.has_input:
            painter.drawEllipse(QPointF(self.box.left(), self.box.center().y()), PORT, PORT)
        if self.has_output:
            painter.setBrush(category)
            painter.drawEllipse(QPointF(self.box.right(), self.box.center().y()), PORT, PORT)
        if self.marked_port:
            self.paint_port_mark(painter, colors)

    def paint_port_mark(self, painter: QPainter, colors: theme.Colors) -> None:
        """A ring around a port that fits, a cross over one that does not: told apart without colours."""
        fits = self.highlight == "fits"
        side = self.box.left() if self.marked_port == "input" else self.box.right()
        middle = QPointF(side, self.box.center().y())
        painter.setPen(QPen(QColor(colors.success if fits else colors.problem), 2.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if fits:
            painter.drawEllipse(middle, PORT + 4, PORT + 4)
            return
        reach = QPointF(PORT, PORT)
        painter.drawLine(middle - reach, middle + reach)
        painter.drawLine(middle + QPointF(-PORT, PORT), middle + QPointF(PORT, -PORT))


def can_step(zoom: float) -> bool:
    """Whether − and + are large enough at a zoom to be read and hit."""
    return zoom >= max(READABLE, projector.least_letters() / STEP.height())


def paint_mark(painter: QPainter, colors: theme.Colors, corner: QPointF) -> None:
    """A round exclamation mark at the upper right corner."""
    center = corner + QPointF(-3, 3)
    painter.setPen(QPen(QColor(colors.surface), 1.5))
    painter.setBrush(QColor(colors.problem))
    painter.drawEllipse(center, 8.5, 8.5)
    font = QFont(painter.font())
    font.setPixelSize(projector.letters(12, painter.worldTransform().m11()))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor("#ffffff" if not theme.is_dark() else "#1d2025"))
    painter.drawText(QRectF(center.x() - 9, center.y() - 9, 18, 18), Qt.AlignmentFlag.AlignCenter, "!")


def distance(first: QPointF, second: QPointF) -> float:
    return float(((first.x() - second.x()) ** 2 + (first.y() - second.y()) ** 2) ** 0.5)
