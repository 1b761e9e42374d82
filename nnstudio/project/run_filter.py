"""Which rows of a table of runs are looked for: words, comparisons, stars and studies, as a person types them.

`sgd accuracy>0.9 starred study-2` are the runs of the study study-2 with a star and an accuracy above 0.9 in which
some cell holds “sgd”.
"""

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from nnstudio.project.run_columns import Cell, Column, RunFacts, RunTable
from nnstudio.text import UserError
from nnstudio.text import translate as _

Test = Callable[[RunFacts], bool]

QUOTED = r'"[^"]*"?|“[^”]*”?|«[^»]*»?'
TERM = re.compile(rf'(?:{QUOTED}|[^\s"“«])+')
MARKS = tuple('"“”«»')
SIGN = re.compile(r"<=|>=|!=|==|≤|≥|≠|=|<|>")
SPACED = re.compile(rf"\s*({SIGN.pattern})\s*")
STUDY = re.compile(r"study-[0-9]+")
SAME = {"==": "=", "≤": "<=", "≥": ">=", "≠": "!="}
ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
ALMOST = 1e-6
"""Two numbers that differ by less, as a share, are the same: 0.1 as typed and as computed."""
UNSEEN = ("changed", "is_starred")
"""Columns in which no words are looked for."""
LONGEST_NAME = 40


@dataclass(frozen=True)
class Found:
    """The rows that fit, and what is wrong with a comparison that could not be made; "" where all could."""

    rows: Sequence[RunFacts]
    mistake: str = ""


def found_rows(table: RunTable, text: str) -> Found:
    """The rows that fit all terms of a text, in their order. A comparison that cannot be made is left out and told; so
    is a word that is nowhere and may become the name of a column: it is being typed."""
    rows: Sequence[RunFacts] = table.rows
    mistake = ""
    for term in terms_of(text):
        try:
            test = test_of(table, term)
        except UserError as error:
            mistake = mistake or str(error)
            continue
        fitting = [facts for facts in rows if test(facts)]
        if fitting or not may_become_name(table, term):
            rows = fitting
    return Found(rows, mistake)


def may_become_name(table: RunTable, term: str) -> bool:
    """Whether a word is how the name of a column begins."""
    return term[0] not in MARKS and any(name.startswith(slug(term)) for name in names_of(table))


def terms_of(text: str) -> list[str]:
    """The words of a text, what is in quotation marks as one; a comparison is one however it is spaced."""
    parts = re.split(f"({QUOTED})", text)
    return TERM.findall("".join(part if part[:1] in MARKS else SPACED.sub(r"\1", part) for part in parts))


def test_of(table: RunTable, term: str) -> Test:
    """What a row must be for a term to fit it."""
    sign = SIGN.search(term)
    if sign is not None and term[0] not in MARKS:
        return comparison(table, term[: sign.start()], SAME.get(sign[0], sign[0]), plain(term[sign.end() :]))
    word = plain(term).casefold()
    if word in ("starred", _("starred").casefold()):
        return lambda facts: facts.run.is_starred
    if STUDY.fullmatch(word):
        return lambda facts: facts.run.trial is not None and facts.run.trial.study == word
    columns = tuple(one for one in table.columns if one.key not in UNSEEN)
    keys = tuple(one.key for one in columns)
    return lambda facts: word in words_of(facts, columns, keys)


def words_of(facts: RunFacts, columns: Sequence[Column], keys: tuple[str, ...]) -> str:
    """All cells of a row as one text in small letters; made once for these columns."""
    known, text = facts.text
    if known is not keys and known != keys:
        text = "\n".join([one.text(facts) for one in columns]).casefold()
        facts.text = keys, text
    return text


def prepare(table: RunTable, rows: Sequence[RunFacts]) -> None:
    """Make the texts of some rows before words are looked for in them."""
    columns = tuple(one for one in table.columns if one.key not in UNSEEN)
    keys = tuple(one.key for one in columns)
    for facts in rows:
        words_of(facts, columns, keys)


# --- comparisons ----------------------------------------------------------------------------------------------------


def comparison(table: RunTable, name: str, sign: str, typed: str) -> Test:
    """What a row must be where the column called so is compared. UserError where it cannot be."""
    column = column_called(table, name)
    if not typed:
        raise UserError(_("“{term}”: write what to compare with, as in accuracy>0.9.").format(term=name + sign))
    if column.kind == "number":
        return number_comparison(column, name, sign, typed)
    if sign in ORDERS:
        raise UserError(
            _("“{name}” holds no numbers: it can be = or != something, not {sign}.").format(name=name, sign=sign)
        )
    word = typed.casefold()
    fits = holds if column.kind == "text" else equals
    return lambda facts: fits(column, facts, word) == (sign == "=")


def number_comparison(column: Column, name: str, sign: str, typed: str) -> Test:
    wanted, value = number_of(typed), column.value
    if wanted is None and sign not in ORDERS and column.parameter is not None and column.parameter.choices:
        return lambda facts: (str(value(facts)) == typed) == (sign == "=")
    if wanted is None:
        raise UserError(
            _("“{name}” holds numbers, and “{typed}” is none.").format(name=name, typed=typed[:LONGEST_NAME])
        )
    number = wanted
    if sign in ORDERS:
        order = ORDERS[sign]

        def fits(facts: RunFacts) -> bool:
            cell = value(facts)
            return isinstance(cell, int | float) and bool(order(cell, number))

        return fits

    def is_it(facts: RunFacts) -> bool:
        cell = value(facts)
        same = isinstance(cell, int | float) and (math.isclose(cell, number, rel_tol=ALMOST) or f"{cell:.4g}" == typed)
        return same == (sign == "=")

    return is_it


def equals(column: Column, facts: RunFacts, word: str) -> bool:
    """Whether a cell is this word, as it is shown or as the file and the command line have it."""
    value = column.value(facts)
    return word in (raw(value), shown(column, facts))


def holds(column: Column, facts: RunFacts, word: str) -> bool:
    value = column.value(facts)
    return word in raw(value) or word in shown(column, facts)


def raw(value: Cell) -> str:
    return "" if value is None else str(value).casefold()


def shown(column: Column, facts: RunFacts) -> str:
    return column.text(facts).casefold()


def column_called(table: RunTable, name: str) -> Column:
    """The column of this name: its key, the end of its key, or what stands above it with _ for blanks. UserError where
    there is none, with the one that may be meant."""
    wanted, names = slug(name), names_of(table)
    found = names.get(wanted) or names.get(wanted.removeprefix("training."))
    if found is not None:
        return found
    near = get_close_matches(wanted, names, 1)
    if near:
        raise UserError(
            _("There is no column “{name}” here. Is “{near}” meant?").format(name=name[:LONGEST_NAME], near=near[0])
        )
    raise UserError(_("There is no column “{name}” here in which the runs differ.").format(name=name[:LONGEST_NAME]))


def names_of(table: RunTable) -> dict[str, Column]:
    """Every name that a column can be called by."""
    names: dict[str, Column] = {}
    for spell in (lambda one: one.key, lambda one: one.key.rpartition(".")[2], lambda one: slug(one.title)):
        for one in table.columns:
            names.setdefault(spell(one).casefold(), one)
    for alias, key in (("starred", "is_starred"), ("epochs", "epochs_run"), ("accuracy", "balanced_accuracy")):
        if (meant := names.get(key)) is not None:
            names.setdefault(alias, meant)
    return names


def slug(title: str) -> str:
    """A title as it can be typed in a comparison: `Learning rate` is learning_rate."""
    return re.sub(r"[\s:]+", "_", title.strip()).strip("_").casefold()


def number_of(typed: str) -> float | None:
    """A number as people type it, with a point or a comma, or as a percentage; None for what is none."""
    text = typed.strip().removesuffix("%").replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return number / 100 if typed.strip().endswith("%") else number


def plain(text: str) -> str:
    return text.strip("".join(MARKS))
