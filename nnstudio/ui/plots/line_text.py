"""Words beside an upright line of a plot, put where they can be read whole."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

PADDING = 10
"""About the pixels that a text takes beside its letters."""
HEIGHTS = (0.75, 0.6, 0.45, 0.3, 0.15)
"""Where words may stand along an upright line, as shares of the plot's height from below."""
STEPS = (*range(12), *range(-1, -12, -1))
"""By how many of its heights a name may stand above the end of its line, or else below."""
Points = tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]
"""Ascending places (n,) and heights (n,) of a curve, as they are drawn."""


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


def spread(plot: pyqtgraph.PlotWidget, names: Sequence[pyqtgraph.TextItem]) -> None:
    """Have names that stand at the ends of lines begin within the plot, and none lie on another."""
    box, taken = plot.plotItem.vb, list[QRectF]()
    area = box.sceneBoundingRect()
    for name in names:
        end, size = box.mapViewToScene(name.pos()), name.boundingRect().size()
        width, height = max(1.0, size.width()), max(1.0, size.height())
        across = min(1.0, max(0.0, (end.x() - area.left()) / width))
        place = QRectF(end.x() - across * width, end.y() - height, width, height)
        bounds = area.adjusted(0, -1, 0, 1)
        steps = [step for step in STEPS if bounds.top() <= place.top() - step * height <= bounds.bottom() - height]
        free = (step for step in steps if not any(place.translated(0, -step * height).intersects(one) for one in taken))
        step = next(free, 0)
        taken.append(place.translated(0, -step * height))
        if tuple(name.anchor) != (across, 1.0 + step):
            name.setAnchor((across, 1.0 + step))


def clearest(
    plot: pyqtgraph.PlotWidget, line: pyqtgraph.InfiniteLine, curves: Sequence[Points], taken: Sequence[float]
) -> float:
    """The height at which the words beside a line hide the least of the curves, away from words at those `taken`."""
    (left, right), (low, high) = plot.plotItem.vb.viewRange()
    area = plot.plotItem.vb.sceneBoundingRect()
    width = (line.label.boundingRect().width() + PADDING) * (right - left) / max(1.0, area.width())
    half = 0.5 * (plot.fontMetrics().height() + PADDING) / max(1.0, area.height())
    begins = line.value() - width if line.label.anchors[0][0] == 1 else line.value()
    free = [height for height in HEIGHTS if all(abs(height - one) > 2 * half for one in taken)] or list(HEIGHTS)
    hidden = dict.fromkeys(free, 0)
    for places, heights in curves:
        first, last = np.searchsorted(places, (begins, begins + width))
        shares = (heights[first:last] - low) / max(high - low, 1e-300)
        for height in free:
            hidden[height] += int((np.abs(shares - height) < half).sum())
    return min(free, key=hidden.__getitem__)
