"""All maps of the layers that slide a window, a row a layer, as they answer to one sample: each row on one scale."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.labs.lab import remove
from nnstudio.ui.labs.map_strip import Scale
from nnstudio.ui.look import theme
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.look.heatmap import ALL_ZERO, picture_on_scale

if TYPE_CHECKING:
    from nnstudio.ui.background.results import MapRow

SLOTS = 16
"""Maps beside each other in a row."""
LARGEST, SMALLEST, GAP = 56, 14, 4


class MapRows(QScrollArea):
    """Rows of small maps, scrolled by wheel or keys."""

    def __init__(self) -> None:
        super().__init__(widgetResizable=True)
        self.setObjectName("mapRows")
        self.setAccessibleName(_("Maps of the layers"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows: list[LayerRow] = []
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(QMargins(8, 6, 8, 6))
        self._column.setSpacing(10)
        self._column.addStretch()
        self.setWidget(inside)

    def show_rows(self, rows: "Sequence[MapRow]", names: Sequence[str]) -> None:
        """Show the maps of some layers with these names."""
        if len(rows) != len(self.rows):
            remove(self._column, self.rows)
            self.rows = [LayerRow() for _row in rows]
            for place, made in enumerate(self.rows):
                self._column.insertWidget(place, made)
        for shown, row, name in zip(self.rows, rows, names, strict=True):
            shown.show_row(row, name)


class LayerRow(QWidget):
    """The maps of one layer below its name and its scale."""

    def __init__(self) -> None:
        super().__init__()
        self.title = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.title.setFont(sized(self.title.font(), 0.94))
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.scale = Scale()
        self.scale.setMaximumWidth(220)
        self.maps = RowOfMaps()
        head = QHBoxLayout()
        head.addWidget(self.title, 3)
        head.addWidget(self.scale, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(QMargins())
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addWidget(self.maps)

    def show_row(self, row: "MapRow", name: str) -> None:
        shown, (height, width) = len(row.maps), row.size
        if shown < row.count:
            words = _("{layer}: {shown} of {count} maps, {height} × {width}")
        else:
            words = _("{layer}: {count} maps, {height} × {width}")
        told = words.format(layer=name, shown=shown, count=row.count, height=height, width=width)
        self.title.setText(told)
        self.title.setToolTip(told)
        self.scale.show_strongest(row.strongest)
        self.maps.setAccessibleName(told)
        self.maps.setAccessibleDescription(self.scale.accessibleDescription())
        self.maps.show_row(row)


class RowOfMaps(QWidget):
    """Small maps beside each other."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self._sheet = QImage()
        """All maps below each other."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_row(self, row: "MapRow") -> None:
        self.count, height, width = row.maps.shape
        self._sheet = picture_on_scale(row.maps.reshape(self.count * height, width), max(row.strongest, ALL_ZERO))
        self.update()

    def side(self, width: int) -> int:
        """Pixels of a map's side: the same in all rows."""
        return max(SMALLEST, min(LARGEST, (width + GAP) // SLOTS - GAP))

    def slot(self, number: int) -> QRectF:
        """Where a map is."""
        side = self.side(self.width())
        return QRectF(number * (side + GAP), 0, side, side)

    def sizeHint(self) -> QSize:
        return QSize(SLOTS * (LARGEST // 2 + GAP), self.side(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(SLOTS * (SMALLEST + GAP), SMALLEST)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.count:
            return
        painter = QPainter(self)
        painter.setPen(QPen(QColor(theme.colors().faint_text), 1))
        width, height = self._sheet.width(), self._sheet.height() / self.count
        for number in range(self.count):
            slot = self.slot(number)
            share = slot.width() / max(width, height)
            picture = QRectF(0, 0, width * share, height * share)
            picture.moveCenter(slot.center())
            painter.drawImage(picture, self._sheet, QRectF(0, number * height, width, height))
            painter.drawRect(picture.adjusted(0, 0, -1, -1))
        painter.end()
