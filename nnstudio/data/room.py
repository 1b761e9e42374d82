"""How much may come out of a file of data, asked before any memory is taken for it."""

from pathlib import Path

import psutil

from nnstudio.text import UserError, shown_bytes
from nnstudio.text import translate as _

ALWAYS = 2**28
"""Bytes that any file may unpack into, however small it is."""
MOST_GROWTH = 100
"""How many times its size a packed file may hold. Tables of numbers and words grow ten or twenty times."""


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


def check_memory(needed: int, path: Path) -> None:
    """UserError where about so many bytes are not free."""
    free = psutil.virtual_memory().available
    if needed > free:
        raise UserError(
            _("“{file}” needs about {needed} of memory, and {free} are free. Use a part of it.").format(
                file=path.name, needed=shown_bytes(needed), free=shown_bytes(free)
            )
        )
