"""What a window shows, measured: every text with its size and place, every line with its width, as they are painted.

The window is painted once more as SVG, in which texts and lines stay what they are; colours are measured in its
screenshot.
"""

import re
import xml.etree.ElementTree as Xml
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QTransform
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView, QWidget

NAMESPACE = "{http://www.w3.org/2000/svg}"
DOTS_PER_INCH = 96


@dataclass(frozen=True)
class ShownText:
    """A text with the height of its font and the place it takes, in pixels of the window."""

    words: str
    size: float
    place: QRectF


@dataclass(frozen=True)
class ShownLine:
    """A line that is neither filled nor a mere hair of a frame, with its width in pixels of the window."""

    color: str
    width: float


def painted(window: QWidget) -> Xml.Element:
    """The window as SVG."""
    views = [view for view in window.findChildren(QGraphicsView) if view.isVisible()]
    kept = [(item, item.cacheMode()) for view in views for item in view.items()]
    for item, _mode in kept:  # what was kept as it was painted is a picture, and its letters are no text
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(window.size())
    generator.setViewBox(QRect(0, 0, window.width(), window.height()))
    generator.setResolution(DOTS_PER_INCH)
    window.render(generator)
    for item, mode in kept:
        item.setCacheMode(mode)
    return Xml.fromstring(bytes(buffer.data().data()))


def placed(
    element: Xml.Element, around: QTransform | None = None
) -> Iterator[tuple[Xml.Element, QTransform, Xml.Element]]:
    """Every leaf with the transform it is under and the group that styles it."""
    around = around or QTransform()
    found = re.match(r"matrix\(([^)]*)\)", element.get("transform", ""))
    if found:
        around = QTransform(*(float(part) for part in found[1].split(","))) * around
    for inner in element:
        if inner.tag == f"{NAMESPACE}g":
            yield from placed(inner, around)
        else:
            yield inner, around, element


def scale_of(transform: QTransform) -> float:
    """How much larger a transform makes what is upright or lies on its side."""
    return float(abs(transform.determinant()) ** 0.5)


def texts(picture: Xml.Element) -> list[ShownText]:
    found = []
    area = QRectF(*(float(part) for part in picture.get("viewBox", "0 0 0 0").split()))
    for one, transform, _group in placed(picture):
        words = (one.text or "").strip()
        if one.tag != f"{NAMESPACE}text" or not words or is_icon(words):
            continue
        size = float(one.get("font-size", "0"))
        font = QFont(one.get("font-family", "").split(",")[0].strip("'"))
        font.setPixelSize(max(1, round(size)))
        font.setWeight(QFont.Weight(int(one.get("font-weight", "400"))))
        x, y = float(one.get("x", "0")), float(one.get("y", "0"))
        width = QFontMetricsF(font).horizontalAdvance(words)
        place = transform.mapRect(QRectF(x, y - 0.8 * size, width, size))
        if place.intersects(area):  # what lies beyond the window is written too
            found.append(ShownText(words, size * scale_of(transform), place))
    return found


def lines(picture: Xml.Element) -> list[ShownLine]:
    """The curves, links and threads: what is drawn with a pen alone."""
    found = []
    for one, transform, group in placed(picture):
        if one.tag not in (f"{NAMESPACE}polyline", f"{NAMESPACE}path") or group.get("fill", one.get("fill")) != "none":
            continue
        width = float(group.get("stroke-width", "1"))
        is_cosmetic = one.get("vector-effect") == "non-scaling-stroke"
        if group.get("stroke", "none") != "none":
            found.append(ShownLine(group.get("stroke", ""), width if is_cosmetic else width * scale_of(transform)))
    return found


def contrast_at(shot: QImage, place: QRectF) -> float:
    """How much what is written at a place stands out from its ground: the commonest colour there and the one farthest
    from it, as WCAG 2 counts it."""
    area = place.toAlignedRect().intersected(shot.rect())
    pixels = Counter(
        shot.pixel(x, y) & 0xFFFFFF
        for x in range(area.left(), area.right() + 1)
        for y in range(area.top(), area.bottom() + 1)
    )
    ground = brightness(pixels.most_common(1)[0][0])
    return max(ratio(ground, brightness(one)) for one in pixels)


def ratio(first: float, second: float) -> float:
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def brightness(pixel: int) -> float:
    parts = [(pixel >> shift & 0xFF) / 255 for shift in (16, 8, 0)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def thickness_at(shot: QImage, place: QPointF, color: str) -> float:
    """How wide a line of a colour is that goes across a place on a white ground: of the pixels above each other there,
    the shares that it covers."""
    ink = parts_missing(QColor(color))
    longest = sum(part * part for part in ink)
    total = 0.0
    for y in range(max(0, round(place.y()) - 7), min(shot.height(), round(place.y()) + 8)):
        seen = parts_missing(shot.pixelColor(round(place.x()), y))
        share = sum(one * part for one, part in zip(seen, ink, strict=True)) / longest
        off = max(abs(one - share * part) for one, part in zip(seen, ink, strict=True))
        total += share if off < 40 and share > 0.2 else 0.0
    return total


def parts_missing(color: QColor) -> list[int]:
    """How much of red, green and blue a colour lacks to be white."""
    return [255 - color.red(), 255 - color.green(), 255 - color.blue()]


def is_icon(words: str) -> bool:
    """Whether it is a sign of the icon font, which is written as a letter."""
    return all(0xE000 <= ord(letter) <= 0xF8FF or ord(letter) >= 0xF0000 for letter in words)
