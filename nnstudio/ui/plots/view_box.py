"""The inside of a plot, whose range follows the data and nothing that was painted."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph
from PySide6.QtCore import QRectF

PADDING = 0.03
"""The share of the range that stays empty at each end; room for half a marker in the smallest plot."""
AHEAD, AROUND = 0.2, 0.04
"""The shares of room that are given to data that grow: to the right, and on every side."""
FILLED = 0.7
"""The share of the range that data which grow fill at least."""


class DataViewBox(pyqtgraph.ViewBox):  # type: ignore[misc]
    """Shows the range of its data, with a margin that is a share of it.

    pyqtgraph asks each line what it has painted: the part in view, thinned, with a margin in pixels. All three are
    others once the range is another, so the range can go to and fro, and paint for ever, and no timer's turn comes.
    """

    is_growing = False
    """Whether the data grow to the right: the range then has room ahead, so that it, and with it the axes, is another
    only now and then, and not with every value."""

    def updateAutoRange(self) -> None:
        """Follow the data, unless they grow and the range still holds them."""
        if self.is_growing and self._holds():
            self._autoRangeNeedsUpdate = False
        else:
            super().updateAutoRange()

    def _holds(self) -> bool:
        """Whether the data are in the range and fill most of it."""
        found = zip(self._data_bounds(), self.viewRange(), self.state["autoRange"], strict=True)
        return all(
            low <= first and last <= high and last - first >= FILLED * (high - low)
            for (first, last), (low, high), is_followed in found
            if is_followed is not False
        )

    def childrenBounds(self, *_given: Any, **asked: Any) -> list[list[float]]:
        """The range the items' data take on each axis."""
        across, up = self._data_bounds(asked.get("items"))
        if self.is_growing:
            width, height = across[1] - across[0], up[1] - up[0]
            across = [across[0], across[1] + AHEAD * width]
            up = [up[0] - AROUND * height, up[1] + AROUND * height]
        return [across, up]

    def _data_bounds(self, items: Sequence[Any] | None = None) -> list[list[float]]:
        """The lowest and the highest value on each axis in the items' data."""
        items = items or self.addedItems
        areas = [self._area(item) for item in items if item.isVisible() and item.scene() is self.scene()]
        known = [area for area in areas if area is not None]
        if not known:
            return [[0.0, 1.0], [0.0, 1.0]]
        return [
            opened(min(area.left() for area in known), max(area.right() for area in known)),
            opened(min(area.top() for area in known), max(area.bottom() for area in known)),
        ]

    def _area(self, item: Any) -> QRectF | None:
        """What an item's data cover, in the coordinates of the plot."""
        across, up = data_range(item, 0), data_range(item, 1)
        if across is None or up is None:
            return None
        covered = QRectF(across[0], up[0], across[1] - across[0], up[1] - up[0])
        area: QRectF = self.mapFromItemToView(item, covered).boundingRect()
        return area

    def suggestPadding(self, _axis: int) -> float:
        """The same at every size: the width of a plot is another when the numbers beside its axis are."""
        return PADDING


def opened(low: float, high: float) -> list[float]:
    """A range in which a single value has room on both sides: pyqtgraph would keep the width that was shown before."""
    if low < high:
        return [low, high]
    room = abs(low) / 2 or 0.5
    return [low - room, high + room]


def data_range(item: Any, axis: int) -> tuple[float, float] | None:
    """The lowest and highest finite value of an item along an axis (0 or 1), None where there is none."""
    if isinstance(item, pyqtgraph.PlotDataItem):
        return range_of_line(item, axis)
    if not hasattr(item, "dataBounds"):
        area = item.boundingRect()
        return (area.left(), area.right()) if axis == 0 else (area.top(), area.bottom())
    low, high = item.dataBounds(axis) if item.dataBounds else (None, None)
    return None if low is None or high is None or not np.isfinite([low, high]).all() else (low, high)


def range_of_line(item: pyqtgraph.PlotDataItem, axis: int) -> tuple[float, float] | None:
    """The same of all that a line was given, whether it is in view or not."""
    values = item.getOriginalDataset()[axis]
    if values is None:
        return None
    known = values[np.isfinite(values)]
    if item.opts["logMode"][axis]:
        known = np.log10(known[known > 0])
    return (float(known.min()), float(known.max())) if len(known) else None
