"""What is said of the cells of a column: what is missing, how numbers and dates are written, what was made of them."""

from collections.abc import Sequence

from nnstudio.data.finite import endless_words
from nnstudio.data.remarks import Kind
from nnstudio.text import Count, mark_count, translate_count
from nnstudio.text import translate as _

LONGEST_SHOWN = 40


def said_missing(name: str, count: int, marks: Sequence[str]) -> str:
    text = translate_count(
        "“{name}” is missing in {count} row{marks}.", "“{name}” is missing in {count} rows{marks}.", count
    )
    shown = " (" + ", ".join(_("“{text}”").format(text=mark[:LONGEST_SHOWN]) for mark in marks) + ")" if marks else ""
    return text.format(name=name, count=Count(count), marks=shown)


MISSING = Kind(
    said_missing,
    *mark_count(
        "Cells are missing in {count} column: {names}.",
        "Cells are missing in {count} columns: {names}.",
    ),
)
CODES = Kind(
    lambda name: _("“{name}” looks like a code with leading zeros and is kept as text.").format(name=name),
    *mark_count(
        "{count} column looks like a code with leading zeros and is kept as text: {names}.",
        "{count} columns look like codes with leading zeros and are kept as text: {names}.",
    ),
)
LONG = Kind(
    lambda name: _("“{name}” holds whole numbers of very many digits; they are kept as text, to the last one.").format(
        name=name
    ),
    *mark_count(
        "{count} column holds whole numbers of very many digits and is kept as text: {names}.",
        "{count} columns hold whole numbers of very many digits and are kept as text: {names}.",
    ),
)
EITHER = Kind(
    lambda name, word: _(
        "“{name}” is written like “{word}”, which may be thousands or a decimal; it is kept as text. Say which with "
        "data.decimal or data.thousands."
    ).format(name=name, word=word),
    *mark_count(
        "{count} column may hold thousands or decimals and is kept as text: {names}. Say which with data.decimal.",
        "{count} columns may hold thousands or decimals and are kept as text: {names}. Say which with data.decimal.",
    ),
)
COMMAS = Kind(
    lambda name: _("“{name}” is written with decimal commas and was read as numbers.").format(name=name),
    *mark_count(
        "{count} column is written with decimal commas and was read as numbers: {names}.",
        "{count} columns are written with decimal commas and were read as numbers: {names}.",
    ),
)
GROUPED = Kind(
    lambda name, word, number: _("“{name}” is written with thousands signs: “{word}” was read as {number}.").format(
        name=name, word=word, number=number
    ),
    *mark_count(
        "{count} column is written with thousands signs and was read as numbers: {names}.",
        "{count} columns are written with thousands signs and were read as numbers: {names}.",
    ),
)
UNIT = Kind(
    lambda name, unit: _("“{name}” is in {unit}, and was read as numbers.").format(name=name, unit=unit),
    *mark_count(
        "{count} column has a unit in each cell and was read as numbers: {names}.",
        "{count} columns have a unit in each cell and were read as numbers: {names}.",
    ),
)
MIXED = Kind(
    lambda name, count, word: _("“{name}” mixes numbers and words ({count} like “{word}”) and is read as text.").format(
        name=name, count=Count(count), word=word
    ),
    *mark_count(
        "{count} column mixes numbers and words and is read as text: {names}.",
        "{count} columns mix numbers and words and are read as text: {names}.",
    ),
)
NO_NUMBERS = Kind(
    lambda name, count, word: translate_count(
        "“{name}” was asked to be numbers; {count} cell is none (“{word}”) and counts as missing.",
        "“{name}” was asked to be numbers; {count} cells are none (as “{word}”) and count as missing.",
        count,
    ).format(name=name, count=Count(count), word=word),
    *mark_count(
        "{count} column was asked to be numbers and has other cells, which count as missing: {names}.",
        "{count} columns were asked to be numbers and have other cells, which count as missing: {names}.",
    ),
)
NO_DATES = Kind(
    lambda name, count, word: translate_count(
        "“{name}” was asked to be dates; {count} cell is none (“{word}”) and counts as missing.",
        "“{name}” was asked to be dates; {count} cells are none (as “{word}”) and count as missing.",
        count,
    ).format(name=name, count=Count(count), word=word),
    *mark_count(
        "{count} column was asked to be dates and has other cells, which count as missing: {names}.",
        "{count} columns were asked to be dates and have other cells, which count as missing: {names}.",
    ),
)
DAY_FIRST = Kind(
    lambda name, word, date: _("“{name}” may have the day or the month first: “{word}” was read as {date}.").format(
        name=name, word=word, date=date
    ),
    *mark_count(
        "{count} column of dates may have the day or the month first; the day was taken: {names}.",
        "{count} columns of dates may have the day or the month first; the day was taken: {names}.",
    ),
)
ENDLESS = Kind(
    endless_words,
    *mark_count(
        "{count} column holds numbers that are infinite or too large; they count as missing: {names}.",
        "{count} columns hold numbers that are infinite or too large; they count as missing: {names}.",
    ),
)
