"""An axis of a variable: its values where they are few or choices, otherwise round numbers, logarithms written as what
they are of."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nnstudio.project.model import Network
from nnstudio.project.study_variables import value_text
from nnstudio.ui.plots.axis import Axis
from nnstudio.ui.plots.confusion import shortened

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Column

MOST_WRITTEN = 10
"""Of more different values not each is written."""

Ticks = list[tuple[float, str]]


class ValueAxis(Axis):
    """`is_logarithmic` is whether its places are logarithms to the base 10."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.is_logarithmic = False

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        if self.is_logarithmic:
            return [f"{10.0**value:.2g}" for value in values]
        texts: list[str] = super().tickStrings(values, scale, spacing)
        return texts

    def show_column(self, network: Network, column: "Column", letters: int, ordinal: bool) -> None:
        """Write the values of a variable, in so many letters each; `ordinal` ones stand at 0, 1, 2 …"""
        self.is_logarithmic = column.is_logarithmic
        self.setTicks([value_ticks(network, column, letters, ordinal)] if ordinal or is_few(column) else None)

    def write(self, ticks: Ticks | None) -> None:
        self.is_logarithmic = False
        self.setTicks(None if ticks is None else [ticks])


def levels_of(column: "Column") -> np.ndarray:
    """The different places of a column's values, in order."""
    known = column.places[np.isfinite(column.places)]
    return np.arange(len(column.choices), dtype=float) if column.choices else np.unique(known)


def is_few(column: "Column") -> bool:
    return bool(column.choices) or len(levels_of(column)) <= MOST_WRITTEN


def value_ticks(network: Network, column: "Column", letters: int, ordinal: bool) -> Ticks:
    """The places and texts of a column's values; of very many some. Names are cut to so many letters, numbers that are
    longer left out in turn."""
    levels = levels_of(column)
    found: Ticks = []
    for number, level in enumerate(levels.tolist()):
        value = column.choices[int(level)] if column.choices else level
        where = float(number) if ordinal else math.log10(level) if column.is_logarithmic else level
        text = value_text(network, column.key, value)
        found.append((where, shortened(text, letters) if column.choices else text))
    longest = max((len(text) for _where, text in found), default=0)
    return found[:: max(1, math.ceil(len(found) / MOST_WRITTEN), math.ceil(longest / letters))]
