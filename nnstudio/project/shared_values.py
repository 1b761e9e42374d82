"""What many runs have in common, written once in a project file: their networks, data choices and preparations.

In the file a run has the place of each in these lists. A thousand trials of one study differ in a setting or two; each
with a preparation of its own would be ten kilobytes.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from nnstudio.project.model import DataChoice, Network, Run
from nnstudio.project.preparation import Preparation

SHARED = {"network": "networks", "data": "data", "preparation": "preparations"}
"""The fields of a run that are written so, and the list of each."""
NOTHING = Preparation((), (1,), "value", "")


class SharedValues(Struct, frozen=True, forbid_unknown_fields=True):
    """The values by their places."""

    networks: tuple[Network, ...] = ()
    data: tuple[DataChoice, ...] = ()
    preparations: tuple[Preparation, ...] = ()


class Pool:
    """Values each of which is kept once, whether it is the same one or an equal one."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._by_content: dict[bytes, int] = {}
        self._by_identity: dict[int, int] = {}

    def place(self, value: Any) -> int:
        if id(value) not in self._by_identity:
            content = msgspec.json.encode(value)
            if content not in self._by_content:
                self._by_content[content] = len(self.values)
                self.values.append(value)
            self._by_identity[id(value)] = self._by_content[content]
        return self._by_identity[id(value)]


def pooled(runs: Sequence[Run]) -> tuple[tuple[Run, ...], SharedValues, list[dict[str, int]]]:
    """The runs without what they share, that, and for each run the places of its own."""
    pools = {field: Pool() for field in SHARED}
    places = [{field: pool.place(getattr(run, field)) for field, pool in pools.items()} for run in runs]
    bare = tuple(replace(run, network=Network(), data=DataChoice(), preparation=NOTHING) for run in runs)
    return bare, SharedValues(**{SHARED[field]: tuple(pool.values) for field, pool in pools.items()}), places


def taken_out(raw_runs: Sequence[dict[str, Any]]) -> list[dict[str, int]]:
    """The places that stand in the runs of a description, which are given values that any run may have in their stead.
    TypeError for what is no place."""
    stand_ins = msgspec.to_builtins({"network": Network(), "data": DataChoice(), "preparation": NOTHING})
    places = []
    for run in raw_runs:
        if any(type(run[field]) is not int for field in SHARED):
            raise TypeError("shared")
        places.append({field: run[field] for field in SHARED})
        run.update(stand_ins)
    return places


def spread(runs: Sequence[Run], shared: SharedValues, places: Sequence[dict[str, int]]) -> tuple[Run, ...]:
    """The runs with what they share. ValueError for a place that is not in the lists."""
    whole = []
    for run, at in zip(runs, places, strict=True):
        found = {}
        for field, name in SHARED.items():
            values = getattr(shared, name)
            if not 0 <= at[field] < len(values):
                raise ValueError("shared")
            found[field] = values[at[field]]
        whole.append(replace(run, **found))
    return tuple(whole)
