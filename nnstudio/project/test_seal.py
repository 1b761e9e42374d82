"""The seal of the test set, as frozen values: every time it was opened, for which run, and what was expected."""

import hashlib
from typing import Literal

import msgspec
from msgspec import Struct


class TestResult(Struct, frozen=True, forbid_unknown_fields=True):
    """What a run gave on the test part: mean loss; accuracy, or R² of a value; what always the same answer gives.

    `low` and `high` bound the accuracy with 95 % confidence (Wilson 1927); of a value they are 0.
    """

    __test__ = False  # no test of pytest's

    samples: int
    loss: float
    accuracy: float | None = None
    balanced_accuracy: float | None = None
    r2: float | None = None
    baseline: float | None = None
    low: float = 0.0
    high: float = 0.0
    confusion: tuple[tuple[int, ...], ...] = ()


class Opening(Struct, frozen=True, forbid_unknown_fields=True):
    """What happened to the seal, and when (UTC): the test set was `opened` for a run; or the seal was `lifted`, since
    the data is public knowledge, or put on again.

    `run_created` is when that run began: another may bear its id by now. `source` is the data that the test part is of,
    `expected` what the person wrote down before.
    """

    id: str
    made: str
    what: Literal["opened", "lifted", "sealed"] = "opened"
    run: str = ""
    run_created: str = ""
    source: str = ""
    expected: str = ""
    result: TestResult | None = None


class Seal(Struct, frozen=True, forbid_unknown_fields=True):
    """What the list of members in a project file says of the openings, so that none is taken out of the project beside
    it: how many there are, and a checksum of all."""

    openings: int = 0
    sha256: str = ""


def seal_of(openings: tuple[Opening, ...]) -> Seal:
    """The seal of these openings: each checksum takes in the one before."""
    checksum = ""
    for one in openings:
        checksum = hashlib.sha256(checksum.encode() + msgspec.json.encode(one)).hexdigest()
    return Seal(len(openings), checksum)


def together(*lists: tuple[Opening, ...]) -> tuple[Opening, ...]:
    """All openings of several lists in the order of time, each once."""
    found = {(one.id, one.made): one for openings in lists for one in openings}
    return tuple(sorted(found.values(), key=lambda one: (one.made, one.id)))
