"""Numbers as they are written in fields."""

from nnstudio.layers.spec import Value


def percent(share: float, digits: int = 1) -> str:
    """A share as a book writes it: 98.6 %, and below one in a thousand no digits that nobody reads."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{share:.{digits}%}".replace("%", "\u202f%")


def written(value: Value) -> str:
    """A number as a person would type it."""
    return f"{value:.10g}" if isinstance(value, float) else str(value)
