"""How a table is asked to be read, and how it was: what was guessed, with the reason, and what was said to be so."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from nnstudio.project.column_lists import kinds_of, listed
from nnstudio.project.model import DataChoice, ReadingFact

AUTO = "auto"
KEPT_FOR_NEW_ROWS = ("decimal", "thousands", "missing")
"""What new rows are read by as the training rows were, where their own file need not show it."""


@dataclass(frozen=True)
class Asked:
    """The reading options of a data choice (project/reading_settings.py); each "auto", or empty, is to be guessed."""

    encoding: str = AUTO
    sheet: str = ""
    skip: int | str = AUTO
    skip_end: int | str = AUTO
    header: str = AUTO
    units_row: str = AUTO
    separator: str = AUTO
    quote: str = AUTO
    decimal: str = AUTO
    thousands: str = AUTO
    missing: str = ""
    sample_fraction: float = 1.0
    seed: int = 0
    """What chooses the rows of a sample; 0 where all are taken."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """What columns hold, by name, where that was said."""
    dates: Mapping[str, str] = field(default_factory=dict)
    """The formats of dates that are known from the training rows."""

    @property
    def marks(self) -> tuple[str, ...] | None:
        """The marks of missing cells; None where the usual ones do."""
        return tuple(one for one in listed(self.missing) if one) if self.missing else None


USUAL = Asked()


def asked_of(choice: DataChoice, known: Mapping[str, str] | None = None) -> Asked:
    """The reading options of a choice, and where they are to be guessed what is `known` from the training rows."""
    names = {one.name for one in fields(Asked)} - {"kinds", "dates"}
    values: dict[str, Any] = {name: getattr(choice, name) for name in names}
    known = known or {}
    for name in KEPT_FOR_NEW_ROWS:
        if values[name] in (AUTO, "") and name in known:
            values[name] = known[name]
    values["seed"] = choice.seed if choice.sample_fraction < 1 else 0  # otherwise another split would be read anew
    dates = {name.removeprefix("date "): form for name, form in known.items() if name.startswith("date ")}
    return Asked(**values, kinds=kinds_of(choice.kinds), dates=dates)


def fact(option: str, value: object, asked: object, reason: str = "") -> ReadingFact:
    """How one thing was read; a guess unless it was asked for."""
    is_guess = asked in (AUTO, "")
    return ReadingFact(option, str(value), is_guess, reason if is_guess else "")
