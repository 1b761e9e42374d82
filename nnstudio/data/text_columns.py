"""Columns of text: which are, what is looked for in them, and what is said of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from nnstudio.data.words import idf_of, usual_length, vocabulary_of
from nnstudio.project.column_lists import kinds_of
from nnstudio.project.model import DataChoice
from nnstudio.project.preparation import ColumnPreparation, Preparation, TextPreparation
from nnstudio.project.settings import CHOICE_NAMES
from nnstudio.text import Count
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

    from nnstudio.data.columns import Columns

MOST_CATEGORIES = 50
FEW_TEXTS = 5
"""A column of more different texts is no category."""


def fit_text(
    column: "polars.Series", train: NDArray[np.int64], choice: DataChoice, notes: list[str]
) -> ColumnPreparation | None:
    """What is looked for in a column of texts; None for one of words that are categories, or codes."""
    import polars

    texts = column.cast(polars.String).fill_null("")
    given = texts.gather(train)
    is_text = kinds_of(choice.kinds).get(column.name, "text" if is_prose(given) else "category") == "text"
    if not is_text and (choice.text == "auto" or given.n_unique() <= MOST_CATEGORIES):
        return None
    how = TextPreparation(
        "presence" if choice.text == "auto" else choice.text,  # type: ignore[arg-type]
        choice.text_unit,
        choice.ngrams,
        choice.lower_case,
    )
    training = given.to_list()
    known = vocabulary_of(training, how, choice.vocabulary, choice.min_count)
    if not known:
        notes.append(_("“{name}” holds no word that could be looked for and is left out.").format(name=column.name))
        return None
    if how.weighting == "tfidf":
        how = replace(how, idf=idf_of(training, how, known))
    if how.weighting == "tokens":
        how = replace(how, length=choice.length or usual_length(training, how))
        text = _(
            "“{name}” is text and becomes the numbers of its first {length} words; {count} words of the training part "
            "are known."
        )
        notes.append(text.format(name=column.name, length=how.length, count=Count(len(known))))
    else:
        text = _(
            "“{name}” is text and becomes {count} columns ({what}), one for each of the most frequent words of the "
            "training part; other words are passed over."
        )
        what = _(CHOICE_NAMES[how.weighting])
        notes.append(text.format(name=column.name, count=Count(len(known)), what=what))
    return ColumnPreparation(column.name, "text", known, text=how)


def is_prose(texts: "polars.Series") -> bool:
    """Whether a column holds texts of several words, and not categories: many different ones, most with a space."""
    import polars

    if texts.dtype != polars.String:
        return False
    different = texts.n_unique()
    if different > MOST_CATEGORIES:
        return int(texts.str.contains(r"\S\s+\S").sum()) > len(texts) / 2
    # Of few rows: mostly different ones, of several words.
    is_long = int(texts.str.contains(r"\S+\s+\S+\s+\S+\s+\S+").sum()) > len(texts) / 2
    return is_long and different > max(FEW_TEXTS, len(texts) / 2)


def only_tokens(
    columns: Sequence[ColumnPreparation], text: ColumnPreparation, notes: list[str]
) -> list[ColumnPreparation]:
    """The one column of a text whose words keep their order; the others are left out, which is said."""
    left_out = [column.name for column in columns if column is not text]
    if left_out:
        said = _("Tokens are of one text alone: {names} are left out. Another choice for “text” takes them all.")
        notes.append(said.format(names=", ".join(f"“{name}”" for name in left_out[:12])))
    return [text]


def texts_of(columns: "Columns", preparation: Preparation) -> "dict[str, polars.Series]":
    """The columns of text that a network reads, by name: the memory they were read into, which holds each text once."""
    import polars

    names = [column.name for column in preparation.columns if column.text]
    return {name: columns[name].cast(polars.String).fill_null("") for name in names}


def texts_in(values: "polars.Series") -> list[str]:
    """A column as texts; what is missing is an empty one."""
    import polars

    found: list[str] = values.cast(polars.String).fill_null("").to_list()
    return found
