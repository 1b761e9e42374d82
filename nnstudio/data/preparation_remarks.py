"""What is said of how columns become numbers: what was filled, what tells nothing, what becomes columns of 0 and 1."""

from nnstudio.data.remarks import Kind
from nnstudio.data.text_columns import MOST_CATEGORIES
from nnstudio.text import Count, mark_count, translate_count
from nnstudio.text import translate as _

FILLED = Kind(
    lambda name, fill: _("Missing “{name}” is filled with {fill:.4g}, the mean of the training part.").format(
        name=name, fill=fill
    ),
    *mark_count(
        "Missing cells of {count} column are filled with the mean of its training part: {names}.",
        "Missing cells of {count} columns are filled with the means of their training parts: {names}.",
    ),
)
CONSTANT = Kind(
    lambda name: _("“{name}” has the same value in every training row and tells nothing.").format(name=name),
    *mark_count(
        "{count} column has the same value in every training row and tells nothing: {names}.",
        "{count} columns have the same value in every training row and tell nothing: {names}.",
    ),
)
EMPTY = Kind(
    lambda name: _("“{name}” has no value in the training part and is left out.").format(name=name),
    *mark_count(
        "{count} column has no value in the training part and is left out: {names}.",
        "{count} columns have no value in the training part and are left out: {names}.",
    ),
)
ONE_HOT = Kind(
    lambda name, count: translate_count(
        "“{name}” is text and becomes {count} column of 0 and 1.",
        "“{name}” is text and becomes {count} columns of 0 and 1, one a word; all are 0 where it is missing.",
        count,
    ).format(name=name, count=count),
    *mark_count(
        "{count} column of words becomes columns of 0 and 1, one a word: {names}.",
        "{count} columns of words become columns of 0 and 1, one a word: {names}.",
    ),
)
MANY_WORDS = Kind(
    lambda name, count: _(
        "“{name}” has {count} different texts and is left out: at most {limit} can be categories."
    ).format(name=name, count=Count(count), limit=MOST_CATEGORIES),
    *mark_count(
        "{count} column has too many different texts to be categories and is left out: {names}.",
        "{count} columns have too many different texts to be categories and are left out: {names}.",
    ),
)
