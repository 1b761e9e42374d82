"""Settings that list columns: names with commas between, each column with a role or a kind; and how one is changed."""

import csv
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from nnstudio.project.model import ColumnFacts, ColumnRole, DataChoice
from nnstudio.text import UserError
from nnstudio.text import translate as _

KINDS = ("number", "category", "text", "date")
LISTS: dict[ColumnRole, str] = {
    "input": "inputs",
    "ignored": "ignore",
    "id": "id",
    "weight": "weight",
    "group": "group",
    "time": "time",
}
"""The setting that names the columns of a role."""
SINGLE = ("weight", "group", "time")
"""Roles that one column has."""


def listed(text: str) -> tuple[str, ...]:
    """What a list with commas between holds; a name that has a comma stands in quotation marks."""
    if not text:
        return ()
    return tuple(one.strip() for one in next(csv.reader([text], skipinitialspace=True)))


def in_a_list(names: Iterable[str]) -> str:
    """Names as `listed` reads them."""
    return ",".join('"' + name.replace('"', '""') + '"' if "," in name or '"' in name else name for name in names)


def kinds_of(text: str) -> dict[str, str]:
    """The kind of each column that data.kinds names. UserError for one that is none."""
    found = {}
    for one in listed(text):
        name, colon, kind = one.rpartition(":")
        if not colon or kind.strip() not in KINDS:
            raise UserError(
                _("data.kinds needs COLUMN:KIND with a kind of {kinds}; found “{text}”.").format(
                    kinds=", ".join(KINDS), text=one[:60]
                )
            )
        found[name.strip()] = kind.strip()
    return found


def kinds_text(kinds: Mapping[str, str]) -> str:
    """Kinds as data.kinds has them."""
    return in_a_list(f"{name}:{kind}" for name, kind in kinds.items())


def with_role(data: DataChoice, name: str, role: str) -> DataChoice:
    """The choice with a column in another role, and in no other; "target" takes the place of the one there was."""
    changes: dict[str, str] = {}
    for one, setting in LISTS.items():
        names = [other for other in listed(getattr(data, setting)) if other != name]
        if one == role:
            names = [name] if role in SINGLE else [*names, name]
        changes[setting] = in_a_list(names)
    if role == "target":
        changes["target"] = name
    return replace(data, **changes)


def with_kind(data: DataChoice, name: str, kind: str) -> DataChoice:
    """The choice with a column said to hold something; "" leaves it to the guess."""
    kinds = {other: one for other, one in kinds_of(data.kinds).items() if other != name}
    if kind:
        kinds[name] = kind
    return replace(data, kinds=kinds_text(kinds))


def with_derived(data: DataChoice, text: str) -> DataChoice:
    """The choice with one more derived input."""
    return replace(data, derived=in_a_list(dict.fromkeys([*listed(data.derived), text])))


def without_derived(data: DataChoice, text: str) -> DataChoice:
    """The choice without one derived input."""
    return replace(data, derived=in_a_list(one for one in listed(data.derived) if one != text))


def as_chosen(columns: Iterable[ColumnFacts], data: DataChoice) -> tuple[ColumnFacts, ...]:
    """Columns as they were found, in the roles and of the kinds that are chosen now: what is shown until they are read
    again."""
    found = tuple(columns)
    roles = {name: role for role, setting in LISTS.items() for name in listed(getattr(data, setting))}
    if data.target in {one.name for one in found}:
        roles[data.target] = "target"
    kinds = kinds_of(data.kinds)
    return tuple(
        replace(
            one,
            role=roles.get(one.name, role_left(one, data.target in roles)),
            kind=kinds.get(one.name, one.kind),
            is_guess=one.name not in roles,
            reason="" if one.name in roles else one.reason,
        )
        for one in found
    )


def role_left(column: ColumnFacts, has_target: bool) -> str:
    """The role of a column that no list names: what was guessed, or what is left once nobody chooses another."""
    if column.role == "target":
        return "input" if has_target else "target"
    return column.role if column.is_guess else "input"
