"""Words beside an upright line of a plot, put where they can be read whole."""

from collections.abc import Sequence

import pyqtgraph
from PySide6.QtCore import QPointF

PADDING = 10
"""About the pixels that a text takes beside its letters."""


def unformatted(text: str) -> str:
    """A text as the label of a line takes it: pyqtgraph formats it, and braces from outside would be looked up."""
    return text.replace("{", "{{").replace("}", "}}")


def place_beside(plot: pyqtgraph.PlotWidget, line: pyqtgraph.InfiniteLine, texts: Sequence[str]) -> None:
    """Write the first of some texts that fits beside a line, else the last, on the right or the roomier side."""
    box, label = plot.plotItem.vb, line.label
    area, place = box.sceneBoundingRect(), box.mapViewToScene(QPointF(line.value(), 0)).x()
    left, right = place - area.left(), area.right() - place
    widths = [plot.fontMetrics().horizontalAdvance(text) + PADDING for text in texts]
    chosen = next((number for number, width in enumerate(widths) if width <= max(left, right)), len(texts) - 1)
    side = 0 if widths[chosen] <= right or right > left else 1
    written = unformatted(texts[chosen])
    if label.format != written:
        label.setFormat(written)
        label.setVisible(bool(texts[chosen]))
    anchors = [(side, 0.5), (side, 0.5)]
    if label.anchors != anchors:
        label.anchors = anchors
        label.updatePosition()
