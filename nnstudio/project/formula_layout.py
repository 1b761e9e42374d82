"""Where the pieces of a network's formula stand: line by line, one that is too wide going on indented below."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nnstudio.project.network_formula import Line, Part

GAP = 4.0
BESIDE = 2.0
"""Between two pieces, in dots of a screen."""
INDENT = 34.0
SPACED = ("=", "+", ";")
CLOSING = (")", "]", r",\quad")


@dataclass(frozen=True)
class PlacedPart:
    """A piece, where its left edge is, and on which row, from 0."""

    part: Part
    x: float
    row: int


def placed(lines: Sequence[Line], width_of: Callable[[str], float], width: float) -> tuple[list[PlacedPart], int]:
    """The pieces in a room of this width, and how many rows they take. `width_of` tells that of a piece of LaTeX."""
    found: list[PlacedPart] = []
    row = 0
    for line in lines:
        x = GAP
        for chunk in unbroken(line):
            if x + sum(width_of(part.latex) for part in chunk) > width - GAP and x > INDENT:
                x, row = INDENT, row + 1
            for part in chunk:
                x += GAP * (part.latex in SPACED)
                found.append(PlacedPart(part, x, row))
                x += width_of(part.latex) + (GAP if part.latex in SPACED else BESIDE)
        row += 1
    return found, row


def unbroken(line: Line) -> list[Line]:
    """The pieces of a line that stay together: nothing begins a row with what closes something."""
    chunks: list[Line] = []
    for part in line:
        if chunks and part.latex in CLOSING:
            chunks[-1].append(part)
        else:
            chunks.append([part])
    return chunks


def as_latex(lines: Sequence[Line]) -> str:
    """The formula as LaTeX, a line each."""
    return "\n".join(" ".join(part.latex for part in line) for line in lines)
