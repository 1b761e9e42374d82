"""The inside of a plot, whose range follows the data and comes to rest."""

from typing import Any

import pyqtgraph

SLACK = 0.005
"""The share of the range that may stay empty."""


class StableViewBox(pyqtgraph.ViewBox):  # type: ignore[misc]
    """Keeps a range that shows all there is, and little more.

    What is drawn with a size in pixels needs another range once the range is another: pyqtgraph can go to and fro
    between two of them, and paint for ever, so that no timer's turn comes.
    """

    def setRange(self, *given: Any, **asked: Any) -> None:
        """As in pyqtgraph; a range that follows the data (`disableAutoRange` False) changes only where it must."""
        if asked.get("disableAutoRange", True) is False:
            now = dict(zip(("xRange", "yRange"), self.viewRange(), strict=True))
            for axis, shown in now.items():
                if axis in asked and shows_all(shown, asked[axis]):
                    del asked[axis]
            if not asked.keys() & now.keys():
                return
        super().setRange(*given, **asked)


def shows_all(shown: list[float], wanted: list[float]) -> bool:
    """Whether a range that is shown holds the wanted one, and is hardly wider."""
    (low, high), (first, last) = shown, wanted
    slack = SLACK * (high - low)
    return low <= first < last <= high and first - low <= slack and high - last <= slack
