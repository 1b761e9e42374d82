"""The axes of parallel coordinates: how far up each a trial goes, and what is written beside it."""

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnstudio.project.study import Variable
from nnstudio.project.study_variables import value_text, variable_text
from nnstudio.studies.words import measure_text, score_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from nnstudio.ui.background.results import Column, Outcomes

MEASURE = ""
"""The key of the measure's axis, which is no variable."""
LOGARITHMIC_FROM = 20.0
FEW = 8
"""Of more different numbers only some round ones are written."""


@dataclass(frozen=True)
class ParallelAxis:
    """One axis from `low` to `high`; `places` are those of the trials (n,), logarithms where it is logarithmic, and NaN
    for a trial that has none. `marks` are the places and texts that may be written."""

    key: str
    name: str
    places: NDArray[np.float64]
    low: float
    high: float
    marks: tuple[tuple[float, str], ...]
    top: str = ""
    bottom: str = ""
    unknown: float = 0.0
    """How far up a trial without a place goes."""
    has_choices: bool = False

    def share(self, place: float) -> float:
        """How far up the axis a place is, 0 to 1."""
        span = self.high - self.low
        return min(1.0, max(0.0, (place - self.low) / span)) if span > 0 else 0.5

    def place(self, share: float) -> float:
        return self.low + min(1.0, max(0.0, share)) * (self.high - self.low)

    def shares(self) -> NDArray[np.float64]:
        """How far up each trial goes (n,)."""
        span = self.high - self.low
        found = (self.places - self.low) / span if span > 0 else np.full(len(self.places), 0.5)
        return np.where(np.isfinite(found), found, self.unknown)

    def snapped(self, first: float, last: float, aim: float) -> tuple[float, float]:
        """A range as it was dragged: of choices whole ones, of numbers wider by how exactly a hand aims, a share."""
        low, high = min(first, last), max(first, last)
        if self.has_choices:
            return round(low) - 0.5, round(high) + 0.5
        wider = aim * (self.high - self.low)
        return low - wider, high + wider

    def written(self, most: int) -> list[tuple[float, str]]:
        """What is written beside it, (share, text): so many at most, the ends always."""
        ends = [(share, words) for share, words in ((1.0, self.top), (0.0, self.bottom)) if words]
        inside = [(self.share(place), words) for place, words in self.marks]
        inside = [one for one in inside if not ends or 0.04 < one[0] < 0.96]
        return ends + (inside if len(inside) <= most else inside[:: math.ceil(len(inside) / max(1, most))])


def axes_of(outcomes: "Outcomes") -> tuple[ParallelAxis, ...]:
    """An axis for each variable of a study and one for the measure, the last."""
    variables = {variable.key: variable for variable in outcomes.study.variables}
    found = [variable_axis(outcomes, column, variables[column.key]) for column in outcomes.columns]
    return (*found, measure_axis(outcomes))


def variable_axis(outcomes: "Outcomes", column: "Column", variable: Variable) -> ParallelAxis:
    network, key = outcomes.study.network, column.key
    places = column.axis_places[outcomes.setting_of]
    name = variable_text(network, key)
    if column.choices:
        marks = tuple((float(n), value_text(network, key, value)) for n, value in enumerate(column.choices))
        if len(column.choices) == 1:
            return ParallelAxis(key, name, places, -0.5, 0.5, marks, has_choices=True)
        top, bottom = marks[-1][1], marks[0][1]
        return ParallelAxis(key, name, places, 0.0, len(marks) - 1.0, marks[1:-1], top, bottom, has_choices=True)
    known = places[np.isfinite(places)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if not variable.values:
        ends = np.array([variable.low, variable.high], float)
        low, high = (np.log10(ends) if column.is_logarithmic else ends).tolist()
    return number_axis(key, name, places, (low, high), column.is_logarithmic, partial(value_text, network, key))


def measure_axis(outcomes: "Outcomes") -> ParallelAxis:
    """The measure; a trial that has none stands at the poor end."""
    measure, scores = outcomes.study.measure, outcomes.scores
    known = scores[np.isfinite(scores)]
    is_log = len(known) > 0 and known.min() > 0 and known.max() / known.min() >= LOGARITHMIC_FROM
    places = np.log10(scores) if is_log else scores
    low, high = (float(np.nanmin(places)), float(np.nanmax(places))) if len(known) else (0.0, 1.0)
    unknown = 1.0 if outcomes.is_lower_better else 0.0
    write = partial(score_text, measure)
    name = measure_text(measure)
    return number_axis(MEASURE, name[:1].upper() + name[1:], places, (low, high), is_log, write, unknown)


def number_axis(
    key: str,
    name: str,
    places: NDArray[np.float64],
    ends: tuple[float, float],
    is_logarithmic: bool,
    write: "Callable[[float], str]",
    unknown: float = 0.0,
) -> ParallelAxis:
    """An axis of numbers with its ends, and between them what is few or round."""
    low, high = ends

    def words(place: float) -> str:
        return write(10.0**place if is_logarithmic else place)

    different = np.unique(places[np.isfinite(places)])
    if len(different) <= FEW:
        inside = [float(place) for place in different if low < place < high]
    elif is_logarithmic:
        inside = [float(power) for power in range(math.ceil(low + 1e-9), math.ceil(high - 1e-9))]
    else:
        inside = []
    if low == high:
        return ParallelAxis(key, name, places, low, high, ((low, words(low)),), unknown=unknown)
    marks = tuple((place, words(place)) for place in inside)
    return ParallelAxis(key, name, places, low, high, marks, words(high), words(low), unknown)
