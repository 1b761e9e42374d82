"""The columns of the lab of maps: the maps that enter a layer or leave it, and between them one window taken apart."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.labs.cells import Cells, MapCells
from nnstudio.ui.labs.map_strip import MapStrip, Scale
from nnstudio.ui.look.fields import NumberBox
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.look.heatmap import strongest_of

if TYPE_CHECKING:
    from nnstudio.ui.background.results import MapValue

ROWS = 2
"""As many rows of small pictures are seen at once."""


class MapColumn(QWidget):
    """Maps of a layer: one of them large, all of them small, and their scale. `chosen(number)` comes with another."""

    chosen = Signal(int)

    def __init__(self, name: str, one: str, view: MapCells) -> None:
        super().__init__()
        self.view = view
        self.title = heading()
        self.number = NumberBox()
        self.number.setMinimum(1)
        self.number.setAccessibleName(one)
        self.of = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.strip = MapStrip(name)
        self.small = QScrollArea(widgetResizable=True)
        self.small.setFrameShape(QFrame.Shape.NoFrame)
        self.small.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.small.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.small.setWidget(self.strip)
        self.scale = Scale()
        label = QLabel(one, textFormat=Qt.TextFormat.PlainText)
        label.setBuddy(self.number)
        self.chooser = QWidget()
        row = QHBoxLayout(self.chooser)
        row.setContentsMargins(QMargins())
        for widget in (label, self.number, self.of):
            row.addWidget(widget)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(QMargins())
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addWidget(self.chooser)
        layout.addWidget(view, 1)
        layout.addWidget(self.small)
        layout.addWidget(self.scale)
        self.number.valueChanged.connect(lambda value: self.chosen.emit(value - 1))
        self.strip.chosen.connect(self.chosen)
        self.strip.laid_out.connect(self._reveal)

    def show_maps(self, title: str, values: NDArray[np.float64]) -> float:
        """Show maps (n, height, width); the end of the scale they are on."""
        strongest, count = strongest_of(values), len(values)
        self.title.setText(title)
        self.of.setText(_("of {count}").format(count=count))
        self.strip.show_maps(values, strongest)
        self.scale.show_strongest(strongest)
        for widget in (self.chooser, self.small):
            widget.setVisible(count > 1)
        self.number.blockSignals(True)
        self.number.setMaximum(count)
        self.number.blockSignals(False)
        self.fit()
        return strongest

    def choose(self, number: int) -> None:
        """Show which map is chosen."""
        self.number.blockSignals(True)
        self.number.setValue(number + 1)
        self.number.blockSignals(False)
        self.strip.choose(number)
        self._reveal()

    def _reveal(self) -> None:
        """Scroll to the small picture of the map that is chosen."""
        slot = self.strip.slot_of(self.strip.current).center()
        self.small.ensureVisible(slot.x(), slot.y(), 0, self.strip.sizeHint().height() // 2)

    def fit(self) -> None:
        """Give the small pictures the rows they need, or as many as are seen at once."""
        width = max(1, self.width() - self.small.verticalScrollBar().sizeHint().width())
        most = ROWS * self.strip.sizeHint().height()
        self.small.setFixedHeight(min(self.strip.heightForWidth(width), most) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()


class WindowColumn(QWidget):
    """The window, the kernel and their products below each other, number by number."""

    def __init__(self) -> None:
        super().__init__()
        self.window_title, self.kernel_title, self.product_title = heading(), heading(), heading()
        self.window_cells = Cells(_("Values in the window"))
        self.kernel_cells = Cells(_("Kernel"))
        self.product_cells = Cells(_("Products of weight and value"))
        self.kernel_scale, self.product_scale = Scale(), Scale()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(QMargins())
        layout.setSpacing(4)
        for title, cells in (
            (self.window_title, self.window_cells),
            (self.kernel_title, self.kernel_cells),
            (self.product_title, self.product_cells),
        ):
            layout.addWidget(title)
            layout.addWidget(cells, 1)
        layout.insertWidget(layout.indexOf(self.product_title), self.kernel_scale)
        layout.addWidget(self.product_scale)

    def show_value(self, value: "MapValue", channel: int, scales: tuple[float, float, float]) -> None:
        """Take apart what one channel gives to a value; the scales are of the values, the weights and the products."""
        place = value.channels.index(channel)
        self.window_cells.outside_text = "–" if value.winner is not None else "0"
        self.window_cells.show_cells(value.inputs[place], scales[0], value.inside)
        self.window_cells.frame([] if value.winner is None else [(*value.winner, *value.winner)])
        self.window_title.setText(_("window x"))
        has_kernel = value.products is not None and value.weights is not None
        of_kernel = self.kernel_title, self.kernel_cells, self.kernel_scale
        for widget in (*of_kernel, self.product_title, self.product_cells, self.product_scale):
            widget.setVisible(has_kernel)
        if value.products is not None and value.weights is not None:
            self.kernel_title.setText(_("× kernel w"))
            self.kernel_cells.show_cells(value.weights[place], scales[1])
            self.kernel_scale.show_strongest(scales[1])
            self.product_title.setText(_("= products w·x"))
            self.product_cells.show_cells(value.products[place], scales[2])
            self.product_scale.show_strongest(scales[2])
        for cells in (self.window_cells, self.kernel_cells, self.product_cells):
            cells.setAccessibleDescription(rows_text(cells))


def rows_text(cells: Cells) -> str:
    """The numbers of few cells, row by row, for whoever hears them."""
    if not cells.has_numbers():
        return ""
    return "; ".join(", ".join(f"{value:.3g}" for value in row) for row in cells.values)


def heading() -> QLabel:
    made = QLabel(textFormat=Qt.TextFormat.PlainText)
    made.setFont(sized(made.font(), 1.0, bold=True))
    return made
