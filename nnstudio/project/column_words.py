"""What is said of columns that are no inputs: which are left out and why, and what others are for."""

from collections.abc import Sequence

from nnstudio.project.model import ColumnFacts
from nnstudio.text import translate as _

MOST_NAMED = 12
"""Of more layers, classes or columns only so many are named in a sentence."""


def role_sentences(columns: Sequence[ColumnFacts]) -> list[str]:
    """The columns that are no inputs, each role in a sentence."""
    words = {
        "ignored": _("Left out: {names}."),
        "leak": _("Left out, since they give the answer away: {names}."),
        "id": _("Left out, since they only number the rows: {names}."),
        "row_names": _("Names of the rows: {names}."),
        "weight": _("Weights of the rows: {names}."),
        "group": _("Rows that stay together: by {names}."),
        "time": _("Order in time: by {names}."),
    }
    told = []
    for role, sentence in words.items():
        names = [column_words(one) for one in columns if one.role == role]
        if names:
            told.append(sentence.format(names=some(names)))
    return told


def column_words(column: ColumnFacts) -> str:
    """A column with why it is what it is."""
    reason = column.reason.rstrip(".")
    return f"{column.name} ({reason})" if reason and column.is_guess else column.name


def some(names: Sequence[str]) -> str:
    """Names on one line, of many the first."""
    return ", ".join((*names[:MOST_NAMED], *(["…"] if len(names) > MOST_NAMED else [])))
