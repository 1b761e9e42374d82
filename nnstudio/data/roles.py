"""What each column of a table holds and what it is for: as was said, or as is proposed, with the reason.

A column that only names a row, or that is the target once more, is left out by itself and said; one click takes it in.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace as changed

from nnstudio.data import date_words
from nnstudio.data.columns import ArrayColumns, RawData, table_of
from nnstudio.data.number_words import LARGEST_WHOLE
from nnstudio.data.text_columns import is_prose
from nnstudio.project.column_lists import LISTS, kinds_of, kinds_text, listed
from nnstudio.project.model import ColumnFacts, ColumnKind, DataChoice
from nnstudio.text import UserError
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

FEWEST_ROWS = 8
"""In fewer rows, chance makes columns that count, and ones that are as the target."""
MOST_CLASSES = 50
MOST_TOLD = 4096
"""Columns that are told of, of very many."""
ID_WORDS = "id|ids|key|uuid|guid|index|identifier|identificador|rownames?|row names?|n[oº°]\\.?"
ID_NAME = re.compile(rf"(^|_|\s|\.)({ID_WORDS})$|^unnamed|Id$|ID$", re.I)
TARGET_NAMES = ("target", "label", "class", "y", "species", "outcome", "clase", "etiqueta", "objetivo", "diagnosis")


def with_roles(raw: RawData, choice: DataChoice, proposes: bool) -> RawData:
    """The data with what each column is for; of built-in data nothing is proposed. UserError for a name that no column
    has."""
    names = raw.columns.columns
    kinds = {column_named(name, names, "data.kinds"): kind for name, kind in kinds_of(choice.kinds).items()}
    raw = with_kinds(raw, kinds)
    said = said_roles(choice, names)
    if not choice.target and proposes:
        raw = with_likely_target(raw, said)
    facts = {name: said[name] for name in names if name in said}
    targets = (raw.target, *raw.labels)
    for name in targets:
        facts[name] = ColumnFacts(name, "number", "target", is_guess=not choice.target)
    left = [name for name in names if name not in facts]
    taken_in = [name for name, one in facts.items() if one.role == "input"]
    if proposes and not isinstance(raw.columns, ArrayColumns):
        found = proposed(raw, left)
        # Something must be left to learn from: else leaks are taken in, and then all.
        for some in (found, {name: one for name, one in found.items() if one.role != "leak"}, {}):
            if some.keys() < set(left) or taken_in or not some:
                facts |= some
                break
    rest = {name: ColumnFacts(name, "number", "input") for name in names[:MOST_TOLD] if name not in facts}
    facts |= rest
    roles = {name: one.role for name, one in facts.items() if one.role not in ("input", "target")}
    if raw.sample_shape is not None and roles:
        raise UserError(
            _("Rows that are pictures have no columns to leave out: empty data.{settings}.").format(
                settings=", data.".join(name for name in LISTS.values() if getattr(choice, name))
            )
        )
    told = tuple(with_content(facts[name], raw, kinds) for name in names[:MOST_TOLD] if name in facts)
    return replace(raw, roles=roles, facts=told)


def said_roles(choice: DataChoice, names: Sequence[str]) -> dict[str, ColumnFacts]:
    """What was said of columns by the settings."""
    found: dict[str, ColumnFacts] = {}
    for role, setting in LISTS.items():
        for text in listed(getattr(choice, setting)):
            if text:
                name = column_named(text, names, f"data.{setting}")
                found[name] = ColumnFacts(name, "number", role, is_guess=False)
    return found


def column_named(text: str, names: Sequence[str], setting: str) -> str:
    """The column that a name, or a number counted from 1, means. UserError where there is none."""
    if text in names:
        return text
    if text.isdecimal() and 1 <= int(text) <= len(names):
        return names[int(text) - 1]
    shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    raise UserError(
        _("{setting} names a column “{name}”, and there is none. The columns are: {names}.").format(
            setting=setting, name=text[:60], names=shown
        )
    )


# --- what columns hold ----------------------------------------------------------------------------------------------


def with_named_kinds(choice: DataChoice, names: Sequence[str]) -> DataChoice:
    """The choice with the columns of data.kinds by their names, where some are numbers."""
    if not choice.kinds:
        return choice
    kinds = {column_named(name, names, "data.kinds"): kind for name, kind in kinds_of(choice.kinds).items()}
    return changed(choice, kinds=kinds_text(kinds))


def with_kinds(raw: RawData, kinds: Mapping[str, str]) -> RawData:
    """The data with columns as what they were said to hold, and dates that were read as text as dates."""
    if isinstance(raw.columns, ArrayColumns):
        return raw
    table, dates = raw.columns, dict(raw.dates)
    others = []
    for column in table.get_columns():
        kind = kinds.get(column.name, "")
        made = as_kind(column, kind, dates)
        if made is not column:
            others.append(made)
    return replace(raw, columns=table.with_columns(others), dates=dates) if others else raw


def as_kind(column: "polars.Series", kind: str, dates: dict[str, str]) -> "polars.Series":
    """A column as what it was said to hold; itself where it does."""
    import polars

    from nnstudio.data.preparation import class_names

    if column.dtype == polars.String:
        if kind in ("", "date") and column.name not in dates:
            form = date_words.find_format(column.drop_nulls().unique(maintain_order=True))[0]
            if form:
                dates[column.name] = form
                return date_words.dates(column, form)
        return column.cast(polars.Float64, strict=False) if kind == "number" else column
    if column.dtype == polars.Datetime and kind in ("category", "text"):
        form = dates.pop(column.name, "")
        return column.dt.strftime(form or "%Y-%m-%d %H:%M:%S")
    if kind in ("category", "text"):
        return polars.Series(column.name, class_names(column), dtype=polars.String)
    return column


def with_content(fact: ColumnFacts, raw: RawData, kinds: Mapping[str, str]) -> ColumnFacts:
    """What is known of a column with what it holds and how many of its cells are missing."""
    if isinstance(raw.columns, ArrayColumns):
        column = raw.columns.target
        kind: ColumnKind = "picture" if len(raw.sample_shape or ()) > 1 else "number"
        if fact.name == raw.target and column is not None:
            kind = kind_of(column)
        return changed(fact, kind=kind)
    column = raw.columns[fact.name]
    kind = kind_of(column)
    if kind in ("category", "text") and kinds.get(fact.name) in ("category", "text"):
        kind = "category" if kinds[fact.name] == "category" else "text"
    return changed(fact, kind=kind, missing=column.null_count())


def kind_of(column: "polars.Series") -> ColumnKind:
    import polars

    if column.dtype == polars.Datetime:
        return "date"
    if column.dtype == polars.String:
        return "text" if is_prose(column) else "category"
    return "category" if column.dtype == polars.Boolean else "number"


# --- what is proposed -----------------------------------------------------------------------------------------------


def with_likely_target(raw: RawData, said: Mapping[str, ColumnFacts]) -> RawData:
    """The data with its last column as the target, unless that is no target by its looks and another is."""
    if isinstance(raw.columns, ArrayColumns) or raw.labels:
        return raw
    table = raw.columns
    names = [name for name in table.columns if name not in said and name != raw.row_names]
    if raw.target in names and can_be_target(table[raw.target]):
        return raw
    varied = [name for name in names if table[name].drop_nulls().n_unique() > 1]
    named = [name for name in varied if name.lower() in TARGET_NAMES]
    likely = [name for name in (*named, *reversed(varied)) if can_be_target(table[name])]
    few = [name for name in likely if table[name].n_unique() <= MOST_CLASSES]
    return replace(raw, target=(named or few or likely or [raw.target])[0])


def can_be_target(column: "polars.Series") -> bool:
    """Whether a column could be learnt: no prose, no dates, no words that are different in every row."""
    import polars

    if column.dtype == polars.Datetime or column.null_count() == len(column):
        return False
    if column.dtype != polars.String:
        return True
    return not is_prose(column) and not is_different_everywhere(column)


def proposed(raw: RawData, names: Sequence[str]) -> dict[str, ColumnFacts]:
    """The columns that look like they only name a row, or like the target."""
    table = table_of(raw.columns)
    found: dict[str, ColumnFacts] = {}
    if raw.row_names in names:
        found[raw.row_names] = ColumnFacts(raw.row_names, "number", "row_names", reason=_("It names the rows."))
    if table.height < FEWEST_ROWS:
        return found
    for name in names:
        if name not in found and (reason := why_id(table[name])):
            found[name] = ColumnFacts(name, "number", "id", reason=reason)
    if not raw.labels:
        target = table[raw.target]
        for name in names:
            if name not in found and is_same(table[name], target):
                reason = _("It is the target “{target}” once more: each value of one goes with one of the other.")
                found[name] = ColumnFacts(name, "number", "leak", reason=reason.format(target=raw.target))
    return found


def why_id(column: "polars.Series") -> str:
    """Why a column looks like it only names a row; "" where it does not."""
    import polars

    if column.null_count():
        return ""
    if column.dtype == polars.String:
        return _("It is different in every row.") if is_different_everywhere(column) and not is_prose(column) else ""
    if not column.dtype.is_numeric():
        return ""
    first = column[0]
    if first in (0, 1) and column[1] == first + 1 and counts_up(column):
        return _("It counts the rows: {first}, {second}, {third} …").format(
            first=f"{first:g}", second=f"{first + 1:g}", third=f"{first + 2:g}"
        )
    if ID_NAME.search(column.name) and is_whole(column) and column.n_unique() == len(column):
        return _("It is called so, and is different in every row.")
    if first is not None and abs(first) > LARGEST_WHOLE and column.n_unique() == len(column):
        return _("It is different in every row.")
    return ""


def counts_up(column: "polars.Series") -> bool:
    values = column.to_numpy()
    return bool((np.diff(values) == 1).all())


def is_whole(column: "polars.Series") -> bool:
    values = column.to_numpy()
    return bool((np.floor(values) == values).all())


def is_different_everywhere(column: "polars.Series") -> bool:
    """Whether no word comes twice; looked at in a few rows first."""
    few = column.head(1000)
    if len(column) < FEWEST_ROWS or few.n_unique() < len(few) or column.null_count():
        return False
    return len(few) == len(column) or column.n_unique() == len(column)


def is_same(column: "polars.Series", target: "polars.Series") -> bool:
    """Whether each value of a column goes with one value of the target and the other way round."""
    if column.dtype.is_temporal():
        return False
    for rows in (1000, len(column)):
        a, b = column.head(rows), target.head(rows)
        different = a.n_unique()
        if different < 2 or different != b.n_unique():
            return False
        if different == len(a) and not (a.dtype.is_numeric() and b.dtype.is_numeric()):
            return False
        pairs = a.to_frame().with_columns(b.alias("of the target")).unique()
        if pairs.height != different:
            return False
        if len(a) == len(column):
            break
    if column.dtype.is_numeric() and target.dtype.is_numeric() and different == len(column):
        # Of numbers that are different in every row, any two columns go together: only equal ones are the same.
        return bool((column == target).all())
    return True
