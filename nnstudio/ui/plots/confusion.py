"""The confusion matrix: which class was taken for which, as counts and shares of the true class."""

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QResizeEvent

from nnstudio.text import Count
from nnstudio.text import translate as _
from nnstudio.ui.look import projector, theme
from nnstudio.ui.plots.plot import Plot

MOST_WRITTEN = 12
"""Of more classes the counts would not be readable."""
LONGEST_NAME = 12
LETTERS = 12
"""The pixels of the numbers in large cells."""
ROOM_FOR_NUMBERS = 11
"""The pixels of a cell below which a number could not be read."""
ROOM_FOR_SHARES = 34
"""The pixels of a cell from which on the share of the true class is written below the count."""
FRAME = 60
"""About the pixels that the axis takes of the width."""


class ConfusionPlot(Plot):
    """A row for each true class, a column for each answer; what is right lies on the diagonal."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plotConfusion")
        self.setAccessibleName(_("Confusion matrix of the validation samples"))
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.getViewBox().invertY(True)
        self.getAxis("bottom").setStyle(hideOverlappingLabels=False)
        self.image = pyqtgraph.ImageItem(axisOrder="row-major")
        self.addItem(self.image)
        self.numbers = Numbers()
        self.addItem(self.numbers)
        self.classes: tuple[str, ...] = ()
        self._area = QRectF()
        self.apply_theme()
        self.show_matrix(None, ())

    def apply_theme(self) -> None:
        """Take the colours of light or dark."""
        super().apply_theme()
        colors = theme.colors()
        self.getAxis("left").setLabel(_("true class"), color=colors.faint_text)
        self.getAxis("bottom").setLabel(_("answer"), color=colors.faint_text)

    def show_matrix(self, matrix: Sequence[Sequence[int]] | None, classes: Sequence[str]) -> None:
        """Show the counts; None for none yet."""
        counts = np.array(matrix if matrix else np.empty((0, 0)), np.int64)
        self.image.setVisible(counts.size > 0)
        if tuple(classes) != self.classes:
            self.classes = tuple(classes)
            self._name_classes()
        size = max(1, len(counts))
        area = QRectF(-0.5, -0.5, size, size)
        if area != self._area:
            self._area = area
            self.setRange(area, padding=0)
        self.setAccessibleDescription(described(counts, classes))
        self.numbers.show_numbers(counts if size <= MOST_WRITTEN else counts[:0])
        if counts.size == 0:
            return
        shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
        self.image.setImage(shade(shares), levels=(0, 255))
        self.image.setRect(area)

    def _name_classes(self) -> None:
        """Beside the rows and columns: the classes' names, cut to the room there is."""
        step = math.ceil(len(self.classes) / MOST_WRITTEN) or 1
        letter = 5 * self.fontMetrics().averageCharWidth() // 4
        column = max(1, (self.width() - FRAME) * step // max(1, len(self.classes)) // letter)
        for side, room in (("left", min(LONGEST_NAME, self.width() // 4 // letter)), ("bottom", column)):
            names = [(place, shortened(name, room)) for place, name in enumerate(self.classes)]
            self.getAxis(side).setTicks([names[::step]])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "classes"):  # pyqtgraph sets a size before there is anything to name
            self._name_classes()


def shortened(name: str, room: int) -> str:
    """A name in so many letters at most."""
    return name if len(name) <= room else name[: max(1, room - 1)] + "…"


class Numbers(pyqtgraph.GraphicsObject):  # type: ignore[misc]
    """The counts in the middles of their cells, drawn at once: an item for each would take most of every frame."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: NDArray[np.int64] = np.empty((0, 0), np.int64)
        self.texts: dict[tuple[int, int], str] = {}

    def show_numbers(self, counts: NDArray[np.int64]) -> None:
        """Show counts (n, n), those above 0."""
        if counts.shape != self.counts.shape:
            self.prepareGeometryChange()
        self.counts = counts
        self.texts = {place: str(Count(int(count))) for place, count in np.ndenumerate(counts) if count}
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(-0.5, -0.5, max(1, len(self.counts)), max(1, len(self.counts)))

    def paint(self, painter: QPainter, *_options: object) -> None:
        colors = theme.colors()
        totals = np.maximum(1, self.counts.sum(axis=1)).tolist()
        to_device = painter.worldTransform()
        cell = min(abs(to_device.m22()), abs(to_device.m11()))
        letters = projector.letters(LETTERS)
        if cell < ROOM_FOR_NUMBERS or (theme.is_projected() and cell < 1.25 * letters):
            return
        font = painter.font()
        font.setPixelSize(letters if theme.is_projected() else min(letters, int(0.8 * cell)))
        painter.setFont(font)
        has_room = cell > ROOM_FOR_SHARES * letters / LETTERS
        painter.resetTransform()
        for (row, column), text in self.texts.items():
            share = self.counts[row, column] / totals[row]
            ground = theme.mixed(colors.surface, colors.training if row == column else colors.validation, share)
            painter.setPen(QColor(theme.clearer_on(ground, colors.text, colors.background)))
            middle = to_device.map(QPointF(column, row))
            if has_room:
                text += f"\n{share:.0%}"
            place = QRectF(middle - QPointF(40, 2 * letters), QSizeF(80, 4 * letters))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def shade(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The colours (n, n, 3) of shares: right ones and wrong ones in colours of their own."""
    colors = theme.colors()
    ground = np.array(theme.rgb(colors.surface), float)
    right = np.eye(len(shares), dtype=bool)[..., None]
    full = np.where(right, np.array(theme.rgb(colors.training), float), np.array(theme.rgb(colors.validation), float))
    return np.asarray(ground + (full - ground) * shares[..., None], np.uint8)


def described(counts: NDArray[np.int64], classes: Sequence[str]) -> str:
    """How many of each class were right, in words."""
    return "; ".join(
        _("{name}: {right} of {count} correct").format(
            name=classes[place] if place < len(classes) else place + 1,
            right=int(counts[place, place]),
            count=int(counts[place].sum()),
        )
        for place in range(len(counts))
    )
