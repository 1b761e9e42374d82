"""What a study is made of, as frozen values: settings that vary, how most of them are given up early, and what a run is
in it. The study itself is in model.py: it holds the network that varies."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from nnstudio.layers.spec import Value

Method = Literal["grid", "random", "tpe"]
Measure = Literal["validation_loss", "validation_accuracy", "validation_balanced_accuracy"]
"""What a study can choose by. There is none of the test part."""


class Variable(Struct, frozen=True, forbid_unknown_fields=True):
    """A setting that varies, by its key (study_variables.py): over `values`, or from `low` to `high`, both included.

    `points` is how many of a range a grid takes; `is_whole` is whether only whole numbers are meant.
    """

    key: str
    values: tuple[Value, ...] = ()
    low: float = 0.0
    high: float = 0.0
    is_logarithmic: bool = False
    is_whole: bool = False
    points: int = 0


class Halving(Struct, frozen=True, forbid_unknown_fields=True):
    """Successive halving: all settings train for `first` epochs, then the best one in `factor` for `factor` times as
    many, and so on to the last epoch of the plan."""

    first: int = 5
    factor: int = 3


class Trial(Struct, frozen=True, forbid_unknown_fields=True):
    """What a run is in a study: the number of its setting, from 0, and what varies, by key; and which of the seeds it
    has, from 0."""

    study: str
    setting: int
    seed: int
    values: Mapping[str, Value]
