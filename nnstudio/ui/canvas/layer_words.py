"""What is written in a layer's box, or above and below its neurons; for a class in letters that it can read."""

from typing import Protocol

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from nnstudio.layers.spec import LayerType
from nnstudio.project.sizes import FOOT, LAYER_SIZE
from nnstudio.ui.look import projector, theme
from nnstudio.ui.look.layer_icons import layer_picture

WIDTH, HEIGHT = LAYER_SIZE
SMALL_ICON = 14.0
ROW = 15
"""Between two of the lines under a name."""
LEFT = 41
"""Where the words in a box begin, beside its icon."""
BESIDE = 10
"""By how much words at neurons may be wider than a box."""
TIGHT = 0.44
"""How far from the middle of a line its letters reach, as a share of their size."""
AIR = 1.2
"""How much higher a line is than its letters."""


class Worded(Protocol):
    """What a layer's item says of itself."""

    declared: LayerType
    box: QRectF

    @property
    def name(self) -> str: ...

    @property
    def lines(self) -> tuple[str, str]: ...

    @property
    def shows_steps(self) -> bool: ...

    @property
    def minus_place(self) -> QRectF: ...

    @property
    def name_place(self) -> QRectF: ...


def paint_box_words(painter: QPainter, item: Worded, colors: theme.Colors) -> None:
    """The name, and below it as many lines as there is room for."""
    zoom = painter.worldTransform().m11()
    name = projector.letters(13, zoom)
    small = projector.letters(11, zoom)
    if name > 13 or small > 11:
        paint_large(painter, item, colors, max(name, small))
        return
    write(painter, QRectF(LEFT, 6, WIDTH - 50, 18), item.name, name, colors.text, bold=True)
    room = WIDTH - 50
    metrics = QFontMetricsF(font_of(painter, small))
    for number, line in enumerate(item.lines):
        if item.shows_steps and number == 0:  # beside − and + there is less; what comes out matters most
            fits = metrics.horizontalAdvance(line) <= item.minus_place.left() - 43
            place = QRectF(LEFT, 24, item.minus_place.left() - 43, ROW)
            write(painter, place, line if fits else line[line.find("→") :], small, colors.faint_text)
        else:
            write(painter, QRectF(LEFT, 24 + ROW * number, room, ROW), line, small, colors.faint_text)


def paint_large(painter: QPainter, item: Worded, colors: theme.Colors, letters: int) -> None:
    """For a class: the name and the shape, as far as letters of this size fit; the icon gives way to them."""
    row = AIR * letters
    lines = [line for line in (item.name, item.lines[0][item.lines[0].find("→") :], item.lines[1]) if line]
    small = QFontMetricsF(font_of(painter, letters))
    if small.horizontalAdvance(lines[-1]) > WIDTH - LEFT - 4:
        lines = lines[:2]  # what it learns, cut off, would say nothing
    lines = lines[: max(1, int((HEIGHT - 4) / row))]
    left = LEFT if QFontMetricsF(font_of(painter, letters, bold=True)).horizontalAdvance(lines[0]) <= WIDTH - 47 else 6
    if left < LEFT:
        painter.fillRect(QRectF(3, 3, 34, HEIGHT - 6), QColor(colors.surface))
    top = (HEIGHT - row * len(lines)) / 2
    for number, line in enumerate(lines):
        place = QRectF(left, top + number * row, WIDTH - left - 4, row)
        if item.shows_steps and number == 1:
            place.setRight(item.minus_place.left() - 2)
        write(painter, place, line, letters, colors.faint_text if number else colors.text, bold=number == 0)


def paint_column_words(painter: QPainter, item: Worded, colors: theme.Colors) -> None:
    """The name with its icon above the neurons, and what the layer learns below them."""
    zoom = painter.worldTransform().m11()
    letters = projector.letters(12, zoom)
    font = font_of(painter, letters, bold=True)
    metrics = QFontMetricsF(font)
    name = metrics.elidedText(
        item.name, Qt.TextElideMode.ElideRight, WIDTH - 30 if letters == 12 else WIDTH + 2 * BESIDE
    )
    width = metrics.horizontalAdvance(name)
    icon = SMALL_ICON if letters == 12 else 0.0
    left = item.box.center().x() - (width + icon + 4) / 2
    middle = item.name_place.center().y() if letters == 12 else item.name_place.bottom() - AIR * letters / 2
    if icon:
        picture = layer_picture(item.declared, zoom)
        place = QRectF(left, middle - SMALL_ICON / 2, SMALL_ICON, SMALL_ICON)
        painter.drawPixmap(place, picture, QRectF(picture.rect()))
    height = max(18.0, AIR * letters)
    painter.setFont(font)
    clear_ground(painter, QRectF(left + icon + 3, middle - TIGHT * letters, width + 2, 2 * TIGHT * letters), colors)
    painter.setPen(QColor(colors.text))
    beside = QRectF(left + icon + 4, middle - height / 2, width + 4, height)
    painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, name)
    small = projector.letters(10, zoom)
    below = QRectF(-BESIDE, item.box.bottom() + 2, WIDTH + 2 * BESIDE, max(FOOT - 4, AIR * small))
    font = font_of(painter, small)
    words = item.lines[1] or item.lines[0]
    if QFontMetricsF(font).horizontalAdvance(words) > below.width():  # what comes out matters most
        words = QFontMetricsF(font).elidedText(item.lines[0], Qt.TextElideMode.ElideRight, below.width())
    painter.setFont(font)
    width = QFontMetricsF(font).horizontalAdvance(words) + 2
    top = below.center().y() - TIGHT * small
    clear_ground(painter, QRectF(below.center().x() - width / 2, top, width, 2 * TIGHT * small), colors)
    painter.setPen(QColor(colors.faint_text))
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter, words)


def clear_ground(painter: QPainter, place: QRectF, colors: theme.Colors) -> None:
    """For a class: nothing that crosses words makes them harder to read."""
    if theme.is_projected():
        painter.fillRect(place, QColor(colors.background))


def font_of(painter: QPainter, letters: int, bold: bool = False) -> QFont:
    font = QFont(painter.font())
    font.setPixelSize(letters)
    font.setBold(bold)
    return font


def write(painter: QPainter, place: QRectF, words: str, letters: int, color: str, bold: bool = False) -> None:
    """A line that ends in an ellipsis where there is no room for more."""
    font = font_of(painter, letters, bold)
    painter.setFont(font)
    painter.setPen(QColor(color))
    shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
