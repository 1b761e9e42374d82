"""A drawn scene as a picture for print: SVG, PDF or PNG."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

SHARP = 3.0
"""How many pixels a PNG has for one of the canvas: 288 an inch."""
MOST_PIXELS = 12_000
DOTS_PER_INCH = 96

Draw = Callable[[QGraphicsScene, QRectF], bytes]
"""Makes a picture of an area of a scene."""


def form_of(path: Path) -> Draw:
    """How a picture of this name is drawn, which its ending says."""
    return {".svg": as_svg, ".pdf": as_pdf, ".png": as_png}[path.suffix.lower()]


def as_svg(scene: QGraphicsScene, area: QRectF) -> bytes:
    buffer = opened()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(area.size().toSize())
    generator.setViewBox(QRectF(0, 0, area.width(), area.height()))
    generator.setResolution(DOTS_PER_INCH)
    paint(generator, scene, area)
    return bytes(buffer.data().data())


def as_pdf(scene: QGraphicsScene, area: QRectF) -> bytes:
    """One page of just the picture's size."""
    buffer = opened()
    writer = QPdfWriter(buffer)
    writer.setResolution(DOTS_PER_INCH)
    points = QSizeF(area.width(), area.height()) * (72 / DOTS_PER_INCH)
    writer.setPageLayout(
        QPageLayout(QPageSize(points, QPageSize.Unit.Point), QPageLayout.Orientation.Portrait, QMarginsF())
    )
    paint(writer, scene, area)
    return bytes(buffer.data().data())


def as_png(scene: QGraphicsScene, area: QRectF, most: int = MOST_PIXELS) -> bytes:
    """At most so many pixels wide and high."""
    scale = min(SHARP, most / max(area.width(), area.height()))
    image = QImage((area.size() * scale).toSize(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    # As on a sharp screen: lines and points that are so many dots wide wherever they are grow too.
    image.setDevicePixelRatio(scale)
    set_resolution(image, DOTS_PER_INCH)  # what is written in points grows with the picture, and not once more
    paint(image, scene, area)
    set_resolution(image, scale * DOTS_PER_INCH)
    buffer = opened()
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def set_resolution(image: QImage, dots_per_inch: float) -> None:
    image.setDotsPerMeterX(round(dots_per_inch / 0.0254))
    image.setDotsPerMeterY(round(dots_per_inch / 0.0254))


def paint(device: QImage | QPdfWriter | QSvgGenerator, scene: QGraphicsScene, area: QRectF) -> None:
    kept = [(item, item.cacheMode()) for item in scene.items()]
    for item, _mode in kept:  # what was painted for the screen is in its colours and made of points
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    whole = QRectF(QPointF(), area.size()) if isinstance(device, QImage) else QRectF(painter.viewport())
    scene.render(painter, whole, area)
    painter.end()
    for item, mode in kept:
        item.setCacheMode(mode)


def opened() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def pixmap(picture: bytes) -> QPixmap:
    """A PNG to be shown; an empty one for what is none."""
    made = QPixmap()
    made.loadFromData(picture, "PNG")
    return made
