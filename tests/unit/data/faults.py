"""Short ways for the tests of what real files got wrong: lines of text become a file, and what was found in it."""

from pathlib import Path
from typing import Any

from nnstudio.data.dataset import Dataset, load
from nnstudio.project.model import ColumnFacts, ReadingFact
from tests.unit.data.reading import choice_of


def write(folder: Path, text: str | bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def loaded(folder: Path, text: str | bytes, name: str = "a.csv", **settings: Any) -> Dataset:
    """The data in a file of this text."""
    return load(choice_of(write(folder, text, name), settings))


def rows(line: str, count: int = 60) -> str:
    """Lines made of one with {n}, {m} (which does not count) and {c} (a class of two) in it."""
    return "".join(line.format(n=n, m=n * 7 % 61 + 0.5, c="ab"[n % 2]) + "\n" for n in range(count))


def cells(dataset: Dataset, name: str) -> list[Any]:
    """What a column of the table holds."""
    assert dataset.table is not None
    found: list[Any] = dataset.table[name].to_list()
    return found


def column(dataset: Dataset, name: str) -> ColumnFacts:
    return next(one for one in dataset.facts.columns if one.name == name)


def roles(dataset: Dataset) -> dict[str, str]:
    return {one.name: one.role for one in dataset.facts.columns}


def words(dataset: Dataset) -> str:
    """All remarks, one a line."""
    return "\n".join(dataset.facts.notes)


def reading(dataset: Dataset, option: str) -> ReadingFact:
    """How one thing was read."""
    return next(one for one in dataset.facts.reading if one.option == option)


def inputs(dataset: Dataset) -> list[str]:
    """The inputs of the network, each by the column that it is made of."""
    return [one.name for one in dataset.preparation.columns]
