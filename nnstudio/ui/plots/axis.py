"""An axis that writes its numbers only where there is room for them."""

import math
from collections.abc import Sequence
from typing import Any

import pyqtgraph
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

BESIDE = 8.0
"""Pixels between two numbers."""
OVER = 5
"""Pixels by which a number may stand out over the end of its axis."""
STEPS = (1, 2, 5, 10, 20, 50, 100, 1000)
"""Of the numbers, every so manieth is written."""
ROUND = (1.0, 2.0, 5.0)
"""What is written between two powers of ten where hardly one is in view."""

Ticks = list[tuple[float | None, list[float]]]


class Axis(pyqtgraph.AxisItem):  # type: ignore[misc]
    """pyqtgraph writes the coarsest numbers whatever the room, in a small plot one over another."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        if side == "bottom":
            self.setStyle(hideOverlappingLabels=OVER)

    def tickValues(self, lowest: float, highest: float, size: float) -> Ticks:
        """Levels of ticks as (spacing, values); those of the first are written."""
        levels: Ticks = super().tickValues(lowest, highest, size)
        if not levels:
            return levels
        spacing, values = levels[0]
        if spacing is None:  # powers of ten and what lies between them
            spacing, values = 1.0, round_powers(values)
        most = max(1, int(size // self._room(values, spacing)))
        step = next((step for step in STEPS if math.ceil(len(values) / step) <= most), STEPS[-1])
        if step > 1:
            values = [value for value in values if round(value / spacing) % step == 0]
        return [(spacing * step, values), *levels[1:]]

    def _room(self, values: Sequence[float], spacing: float) -> float:
        """Pixels along the axis that a number takes."""
        metrics = QFontMetricsF(self.style["tickFont"] or QApplication.font())
        if self.orientation in ("left", "right"):
            return metrics.height()
        words: Sequence[Any] = self.tickStrings(values, self.scale, spacing)
        return max((metrics.horizontalAdvance(word) for word in words), default=0.0) + BESIDE


def round_powers(values: Sequence[float]) -> list[float]:
    """Of logarithms, those of powers of ten; where these are fewer than two, those of 2 and 5 as well."""
    shares = {value: 10.0 ** (value - math.floor(value + 1e-9)) for value in values}
    powers = [value for value, share in shares.items() if share < 1.5 and math.isclose(share, 1.0, rel_tol=1e-6)]
    if len(powers) > 1:
        return powers
    return [value for value, share in shares.items() if any(math.isclose(share, one, rel_tol=1e-6) for one in ROUND)]
