"""Numbers as they are written in fields."""

from nnstudio.layers.spec import Value


def written(value: Value) -> str:
    """A number as a person would type it."""
    return f"{value:.10g}" if isinstance(value, float) else str(value)
