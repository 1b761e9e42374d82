"""How large letters and how wide lines are at least while a class looks on; as they are at all other times."""

import math

from nnstudio.ui.look import theme

SHARE = 50
"""Text of a 50th of the screen's height can be read from the back: 16 pixels of 768, 22 of 1080."""
LINE = 3.0
"""Pixels a line is wide at least."""
LARGER = 1.3
"""How much larger the points in plots are."""

_letters = 0
"""Pixels that letters are high at least."""


def begin(height: int) -> None:
    """Draw for a class that looks at a screen of this height in pixels."""
    global _letters
    _letters = letters_for(height)
    theme.project(True)


def end() -> None:
    """Draw for one person again."""
    theme.project(False)


def letters_for(height: int) -> int:
    return math.ceil(height / SHARE)


def least_letters() -> int:
    """Pixels that letters are high at least; 0 where one person looks."""
    return _letters if theme.is_projected() else 0


def letters(usual: float, zoom: float = 1.0) -> int:
    """The size of letters in what is drawn at a zoom, so that they have the least size on the screen."""
    return max(round(usual), math.ceil(least_letters() / zoom))


def mark(usual: int) -> int:
    """The size of a point in a plot, in pixels."""
    return round(usual * LARGER) if theme.is_projected() else usual


def line(usual: float, zoom: float = 1.0) -> float:
    """The width of a line in what is drawn at a zoom, so that it has the least width on the screen."""
    return max(usual, LINE / zoom) if theme.is_projected() else usual
