"""Inputs that are all made from two columns: what stands over the plane of these two."""

from nnstudio.project.preparation import Preparation

OF_NUMBERS = ("square", "product", "sin", "cos", "log", "ratio")
"""Functions that give a number for every place."""


def two_sources(preparation: Preparation) -> tuple[str, str] | None:
    """The two columns of numbers that every input is one of or is made from, where some are made; None otherwise."""
    made = {one.name: one for one in preparation.made}
    used = [made[column.name] for column in preparation.columns if column.name in made]
    are_numbers = all(column.kind == "number" and column.count == 1 for column in preparation.columns)
    if not used or not are_numbers or any(one.function not in OF_NUMBERS for one in used):
        return None
    sources = sorted(preparation.needed)
    return (sources[0], sources[1]) if len(sources) == 2 else None
