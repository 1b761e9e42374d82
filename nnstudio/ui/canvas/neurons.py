"""Layers drawn neuron by neuron: where the neurons stand, what runs between them, and weights as width and colour.

Blue is positive and orange negative, as in TensorFlow Playground; a line is as wide and as strong as its weight.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from nnstudio.layers.spec import LayerType
from nnstudio.project.sizes import COLUMN_ROOM, HEAD, LAYER_SIZE, PICTURE_HEIGHT, column_height, pitch_of
from nnstudio.text import translate as _
from nnstudio.ui.look import projector, theme
from nnstudio.ui.look.heatmap import Maps

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Weights

COLUMN_WIDTH = 48.0
PICTURE = QRectF(0, LAYER_SIZE[1] + 4, LAYER_SIZE[0], PICTURE_HEIGHT - 4)
"""Where the picture of the weights of a large layer is drawn, below its box."""
STRIP_WIDTH = 58.0
"""The same of a column of neurons that come from too many: beside it, a row a neuron."""
MOST_SAMPLES = 8
"""As many samples of a batch show their masks."""
THINNEST, WIDEST = 0.5, 6.0
LOOKS = 40
"""As many widths of lines are told apart."""
FULL = 3.0
"""The weight from which on a line is as wide as can be."""


@lru_cache
def column_box(units: int) -> QRectF:
    """The frame around the neurons within their item, below its head."""
    return QRectF((LAYER_SIZE[0] - COLUMN_WIDTH) / 2, HEAD, COLUMN_WIDTH, column_height(units))


def neuron_points(units: int) -> list[QPointF]:
    """The middles of the neurons within their item."""
    box, pitch = column_box(units), pitch_of(units)
    return [QPointF(box.center().x(), box.top() + COLUMN_ROOM + (number + 0.5) * pitch) for number in range(units)]


def picture_place(units: int) -> QRectF:
    """Where the picture of the weights stands within its item."""
    if not units:
        return PICTURE
    box = column_box(units)
    return QRectF(box.left() - 14 - STRIP_WIDTH, box.top() + COLUMN_ROOM, STRIP_WIDTH, units * pitch_of(units))


def radius_of(units: int) -> float:
    return pitch_of(units) / 2 - 2


def are_paired(sources: int, targets: int, target: LayerType) -> bool:
    """Whether lines run between the neurons of two layers."""
    return target.role == "weighted" or target.type == "concat" or sources == targets


def pairs_between(sources: int, targets: int, target: LayerType, offset: int) -> list[tuple[int, int]]:
    """Which neuron of the source reaches which of the target: in a dense layer each reaches each, elsewhere its like.

    `offset` is where the source's values begin among those that a concat joins.
    """
    if target.role == "weighted":
        return [(source, target) for target in range(targets) for source in range(sources)]
    if target.type == "concat":
        return [(source, source + offset) for source in range(sources) if source + offset < targets]
    return [(one, one) for one in range(sources)]


def paint_threads(painter: QPainter, lines: list[QLineF], weights: NDArray[np.float32] | None) -> None:
    """The lines between neurons, by their weights; thin and grey where there are none."""
    colors = theme.colors()
    zoom = painter.worldTransform().m11()
    if weights is None:
        painter.setPen(QPen(QColor(colors.border), projector.line(0.8, zoom)))
        painter.drawLines(lines)
        return
    sizes = np.minimum(np.abs(np.nan_to_num(weights)) / FULL, 1.0)
    # Lines of one look go as one call, the strongest last and so on top.
    looks = 2 * np.rint(sizes * LOOKS).astype(int) + (weights < 0)
    positive, negative = QColor(colors.positive), QColor(colors.negative)
    thinnest = projector.line(THINNEST, zoom)
    for look in np.unique(looks).tolist():
        size, color = look // 2 / LOOKS, negative if look % 2 else positive
        color.setAlphaF(min(0.2 + size * 2, 1.0))
        painter.setPen(QPen(color, thinnest + size * (WIDEST - THINNEST)))
        painter.drawLines([lines[one] for one in np.flatnonzero(looks == look).tolist()])


def paint_maps(painter: QPainter, edge: QColor, maps: Maps) -> None:
    """What each neuron answers over the plane of the two inputs, within its circle."""
    radius = radius_of(maps.count)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(edge, projector.line(1.4, painter.worldTransform().m11())))
    for number, point in enumerate(neuron_points(maps.count)):
        place = QRectF(point.x() - radius, point.y() - radius, 2 * radius, 2 * radius)
        painter.drawImage(place, maps.image, maps.place(number))
        painter.drawEllipse(place)
    painter.restore()


def strength_of(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the neurons of a layer give, so that the strongest of them has the full colour."""
    return values * (FULL / 2 / max(float(np.abs(values).max()), 1e-12))


def paint_neurons(painter: QPainter, units: int, edge: QColor, biases: NDArray[np.float32] | None) -> None:
    """A circle a neuron, filled by its bias, or by what it gives."""
    colors = theme.colors()
    radius = radius_of(units)
    painter.setPen(QPen(edge, projector.line(1.4, painter.worldTransform().m11())))
    for number, point in enumerate(neuron_points(units)):
        painter.setBrush(QColor(colors.surface))
        painter.drawEllipse(point, radius, radius)
        if biases is not None and len(biases) == units and np.isfinite(biases[number]):
            painter.setBrush(weight_color(float(biases[number])))
            painter.drawEllipse(point, radius, radius)


def weight_color(value: float) -> QColor:
    """The colour of a weight or a bias, the stronger the farther from 0."""
    color = QColor(theme.colors().positive if value >= 0 else theme.colors().negative)
    color.setAlphaF(min(abs(value) / FULL * 2, 1.0))
    return color


def paint_dropped(painter: QPainter, units: int, mask: NDArray[np.bool_]) -> None:
    """Grey and crossed out what is switched off in the first sample of a batch (n, units)."""
    colors = theme.colors()
    radius = radius_of(units)
    off = QColor(colors.border)
    for point, on in zip(neuron_points(units), mask[0].reshape(-1).tolist(), strict=False):
        if not on:
            painter.setPen(QPen(QColor(colors.faint_text), 1.6))
            painter.setBrush(off)
            painter.drawEllipse(point, radius, radius)
            reach = radius * 0.55
            painter.drawLine(point - QPointF(reach, reach), point + QPointF(reach, reach))
            painter.drawLine(point - QPointF(reach, -reach), point + QPointF(reach, -reach))


def picture_of_mask(mask: NDArray[np.bool_]) -> QImage:
    """The masks of some samples as a picture, a row a sample: full where a unit is on, grey where it is off."""
    rows = mask.reshape(len(mask), -1)[:MOST_SAMPLES]
    colors = theme.colors()
    on, off = (np.array(theme.rgb(one), np.uint8) for one in (colors.categories["regularization"], colors.grid))
    pixels = np.ascontiguousarray(np.where(rows[..., None], on, off).astype(np.uint8))
    height, width = rows.shape
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def paint_picture(painter: QPainter, image: QImage, place: QRectF) -> None:
    """The picture of the weights, point by point."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
    painter.drawImage(place, image)
    painter.setPen(QPen(QColor(theme.colors().border), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place)
    painter.restore()


def neuron_text(name: str, number: int, sources: list[str], weights: "Weights | None") -> list[str]:
    """What is known of one neuron, a line each: its bias and what it gives each source."""
    lines = [_("{layer}, unit {number}").format(layer=name, number=number + 1)]
    if weights is None:
        return lines
    if len(weights.biases):
        lines.append(_("bias w₀ = {value}").format(value=signed(weights.biases[number])))
    lines += [f"w({source}) = {signed(weight)}" for source, weight in zip(sources, weights.matrix[number], strict=True)]
    return lines


def picture_text(name: str, weights: "Weights") -> list[str]:
    """What the picture of a layer's weights shows."""
    units, inputs = weights.shape
    lines = [_("The weights of {layer}: a row a unit ({units}), a column an input ({inputs}).")]
    if weights.kernel:
        lines = [_("The kernels of {layer}: a column a filter ({units}), a row a channel ({inputs}).")]
    lines.append(_("Blue is positive, orange negative, the strongest in full colour."))
    if max(weights.step) > 1:
        lines.append(_("Of so many, some are shown: every unit and input that fits."))
    return [line.format(layer=name, units=units, inputs=inputs) for line in lines]


def signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")
