"""How much may come out of a file of data, asked before any memory is taken for it."""

import math
from pathlib import Path

import psutil

from nnstudio.text import UserError, shown_bytes
from nnstudio.text import translate as _

ALWAYS = 2**28
"""Bytes that any file may unpack into, however small it is."""
MOST_GROWTH = 100
"""How many times its size a packed file may hold. Tables of numbers and words grow ten or twenty times."""
SPARE = 0.8
"""What of the rows that would just fit is proposed."""
LEAST_FRACTION = 1e-5


def most_unpacked(packed: int) -> int:
    """Bytes that a file of this size may unpack into."""
    return max(ALWAYS, MOST_GROWTH * packed)


def check_growth(unpacked: int, packed: int, path: Path) -> None:
    """UserError for a file that says it holds far more than it is."""
    if unpacked > most_unpacked(packed):
        raise UserError(
            _("“{file}” ({packed}) would unpack into {unpacked}, which no table does. It was not read.").format(
                file=path.name, packed=shown_bytes(packed), unpacked=shown_bytes(unpacked)
            )
        )


class TooLarge(UserError):
    """There is no room for a table; a sample of this `fraction` of its rows should fit."""

    def __init__(self, words: str, fraction: float) -> None:
        super().__init__(words)
        self.fraction = fraction


def check_memory(needed: int, path: Path, fraction: float = 0.0) -> None:
    """UserError where about so many bytes are not free. TooLarge where they are for this fraction of the rows, and the
    file is read so that fewer rows need less."""
    free = psutil.virtual_memory().available
    if needed <= free:
        return
    fits = fraction_that_fits(fraction * free / needed)
    words = _("“{file}” needs about {needed} of memory, and {free} are free.").format(
        file=path.name, needed=shown_bytes(needed), free=shown_bytes(free)
    )
    if not fits:
        raise UserError(words + " " + _("Use a part of it."))
    taken = _("A random sample of its rows fits: set data.sample_fraction={fraction}.").format(
        fraction=shown_fraction(fits)
    )
    raise TooLarge(words + " " + taken, fits)


def fraction_that_fits(most: float) -> float:
    """A round fraction of the rows that leaves room; 0 for none worth reading."""
    room = SPARE * most
    if room < LEAST_FRACTION:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(room)) - 1)
    return float(f"{math.floor(room / step) * step:.2g}")


def shown_fraction(fraction: float) -> str:
    """A fraction as it is typed, never as 1e-05."""
    return f"{fraction:.12f}".rstrip("0")
