"""Files in the shapes of public tables read right by themselves, or say what they were taken for and are put right with
a click or two."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import isclose
from pathlib import Path

import pytest
from msgspec.structs import replace

from nnstudio.data.dataset import load
from nnstudio.project.model import ColumnFacts, DataFacts
from nnstudio.text import UserError
from tests.unit.data.public_tables import TABLES
from tests.unit.data.reading import choice_of, read_columns
from tests.unit.data.shapes.table import PublicTable

SURE = 0.95
"""The share of the tables that must come out right without a click."""
MOST_CLICKED = 4
NAMES_A_ROW = ("id", "row_names")
MOST_LISTED = 500
"""Of more columns than these, the facts may list the first ones alone."""


# --- what is wrong --------------------------------------------------------------------------------------------------


def faults_of(table: PublicTable, path: Path, clicks: Mapping[str, str]) -> list[str]:
    """What came out otherwise than it must, in words; nothing where all is right."""
    try:
        facts = load(choice_of(path, clicks)).facts
        cells = read_columns(path, clicks)
    except UserError as error:
        return [f"refused: {error}"]
    return [
        *wrong_columns(table, facts),
        *wrong_roles(table, facts),
        *wrong_rows(table, facts, cells),
        *wrong_cells(table, cells),
        *not_said(table, facts, clicks),
    ]


def not_said(table: PublicTable, facts: DataFacts, clicks: Mapping[str, str]) -> list[str]:
    """What was taken for granted without a word; what was clicked need not be told."""
    told = {fact.option for fact in facts.reading} | set(clicks)
    return [f"not said: {option}" for option in table.said if option not in told]


def wrong_columns(table: PublicTable, facts: DataFacts) -> list[str]:
    """The names, and what the columns hold."""
    found = [column.name for column in facts.columns]
    enough = min(len(table.columns), MOST_LISTED)
    if found != list(table.columns[: max(len(found), enough)]):
        return [f"columns: {found[:20]}"]
    return [
        f"“{column.name}” holds {column.kind}, not {kind}"
        for column, kind in zip(facts.columns, table.kinds, strict=False)
        if kind not in ("-", column.kind)
    ]


def wrong_roles(table: PublicTable, facts: DataFacts) -> list[str]:
    """The target, what names a row, and what does not: no number with decimals does."""
    target = table.target or table.columns[-1]
    faults = [f"target: “{facts.target}”"] if target not in ("-", facts.target) else []
    roles = {column.name: column.role for column in facts.columns}
    faults += [f"“{name}” is {roles.get(name)}" for name in table.roles if roles.get(name) not in NAMES_A_ROW]
    broken = [name for name, values in table.values.items() if has_decimals(values)]
    return faults + [f"“{name}” is {roles[name]}" for name in broken if roles.get(name) in NAMES_A_ROW]


def has_decimals(values: Sequence[object]) -> bool:
    return any(isinstance(value, float) and not value.is_integer() for value in values)


def wrong_rows(table: PublicTable, facts: DataFacts, cells: Mapping[str, Sequence[object]]) -> list[str]:
    """How many rows with a target there are, and how many classes: different ones never merge."""
    told = table.rows - table.untold
    target = cells.get(facts.target, ())
    found = [value for value in target if value is not None]
    faults = [f"{facts.rows} rows, not {told}"] if facts.rows != told else []
    faults += [f"{len(found)} rows with a target were read, not {told}"] if len(found) != told else []
    merged = facts.task == "class" and len(facts.classes) != len(set(found))
    return faults + ([f"{len(set(found))} classes became {len(facts.classes)}"] if merged else [])


def wrong_cells(table: PublicTable, cells: Mapping[str, Sequence[object]]) -> list[str]:
    return [
        f"“{name}”: {shown(cells.get(name, ())[: len(expected)])}, not {shown(expected)}"
        for name, expected in table.values.items()
        if not same(cells.get(name, ()), expected)
    ]


def shown(values: Sequence[object]) -> str:
    return ", ".join(repr(value)[:60] for value in values)


def same(found: Sequence[object], expected: Sequence[object]) -> bool:
    first = found[: len(expected)]
    return len(first) == len(expected) and all(same_cell(*pair) for pair in zip(first, expected, strict=True))


def same_cell(found: object, expected: object) -> bool:
    """Numbers by their value, dates as they are written, words letter by letter; of missing ones, both."""
    if found is None or expected is None:
        return found is expected
    if isinstance(expected, float):
        return isinstance(found, int | float) and isclose(found, expected, rel_tol=1e-12)
    if isinstance(found, date):
        return without_midnight(found.isoformat().replace("T", " ")[:19]) == without_midnight(str(expected))
    return str(found) == expected


def without_midnight(day: str) -> str:
    """A date's text, the same whether its column has times or not."""
    return day.removesuffix(" 00:00:00")


def is_told(table: PublicTable, path: Path) -> bool:
    """Whether what must be clicked is told as a guess, or the file is refused."""
    try:
        facts = load(choice_of(path, {})).facts
    except UserError:
        return True
    return any(fact.is_guess and fact.option in table.clicks for fact in facts.reading)


def written(table: PublicTable, folder: Path) -> Path:
    path = folder / table.name
    path.write_bytes(table.content)
    return path


# --- tests ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_public_table_reads_right(table: PublicTable, tmp_path: Path) -> None:
    assert faults_of(table, written(table, tmp_path), table.clicks) == []


def test_hardly_any_table_needs_a_click_and_none_is_wrong_without_a_word(tmp_path: Path) -> None:
    """The test above reads every table with its clicks: those that have none are right by themselves."""
    clicked = [table for table in TABLES if table.clicks]
    assert len(TABLES) - len(clicked) >= SURE * len(TABLES)
    for table in clicked:
        path = written(table, tmp_path)
        assert not faults_of(table, path, {}) or is_told(table, path), table.name


def test_what_is_expected_is_about_the_tables_that_there_are() -> None:
    """A slip in a shape would otherwise check nothing."""
    assert len({table.name for table in TABLES}) == len(TABLES) >= 80
    assert sum(bool(table.clicks) for table in TABLES) <= MOST_CLICKED
    for table in TABLES:
        assert len(set(table.columns)) == len(table.columns) == len(table.kinds), table.name
        assert set(table.kinds) <= {"number", "category", "text", "date", "-"}, table.name
        assert {*table.values, *table.roles} <= set(table.columns), table.name
        assert table.target in ("", "-", *table.columns) and table.rows > table.untold, table.name
        assert all(table.values.values()), table.name


def test_names_kinds_and_roles_that_are_wrong_are_seen() -> None:
    table = next(table for table in TABLES if table.name == "iris.data")
    good = [ColumnFacts(f"column {place}", "number", "input") for place in range(1, 5)]
    good.append(ColumnFacts("column 5", "category", "target"))
    facts = DataFacts(30, (4,), "class", (), 1, 0, 0, target="column 5", columns=tuple(good))
    assert wrong_columns(table, facts) == wrong_roles(table, facts) == []
    for spoilt in (good[:-1], [*good, good[0]], [replace(good[0], name="a"), *good[1:]]):
        assert wrong_columns(table, replace(facts, columns=tuple(spoilt)))
    assert wrong_columns(table, replace(facts, columns=(replace(good[0], kind="category"), *good[1:])))
    assert wrong_roles(table, replace(facts, columns=(replace(good[0], role="id"), *good[1:])))
    assert wrong_roles(table, replace(facts, target="column 4"))
