"""The ways in which dates and times are written in tables."""

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars

DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y.%m.%d", "%Y%m%d")
NAMED_DAYS = ("%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%y", "%d/%b/%Y")
SHORT_DAYS = ("%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%y-%m-%d")
MONTHS = ("%Y-%m", "%Y/%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%Y")
TIMES = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %H:%M:%S%.f", "T%H:%M:%S%.f", " %I:%M %p", " %I:%M:%S %p")
CLOCK = ("%H:%M:%S", "%H:%M")
PARTS = {
    "%Y": r"\d{4}",
    "%y": r"\d{2}",
    "%m": r"\d{1,2}",
    "%d": r"\d{1,2}",
    "%b": "[A-Za-z]{3}",
    "%B": "[A-Za-z]{3,9}",
    "%H": r"\d{1,2}",
    "%I": r"\d{1,2}",
    "%M": r"\d{2}",
    "%S": r"\d{2}",
    "%.f": r"\.\d+",
    "%p": "[AaPp][Mm]",
}
ZONE = r"(Z|[+-]\d{2}:?\d{2})"
LOOKED_AT = 200


def find_format(cells: "polars.Series") -> tuple[str, bool]:
    """The format in which all of some different texts are dates, "" for none; and whether another reading of days and
    months would do as well."""
    sample = [str(cell) for cell in cells.head(LOOKED_AT)]
    likely = [form for form, expression in formats().items() if sample and all(map(expression.fullmatch, sample))]
    found = [one for one in likely if dates(cells, one).null_count() == 0]
    if not found:
        return "", False
    swapped = found[0].replace("%d", "§").replace("%m", "%d").replace("§", "%m")
    return found[0], swapped != found[0] and swapped in found


@functools.cache
def formats() -> dict[str, re.Pattern[str]]:
    """All that are tried, the likelier first, each with the expression of the texts that it may fit."""
    days = [*DAYS, *NAMED_DAYS, *SHORT_DAYS]
    return {form: pattern(form) for form in [*(day + time for day in days for time in TIMES), *MONTHS, *CLOCK]}


def pattern(form: str) -> re.Pattern[str]:
    found = re.escape(form)
    for part, expression in PARTS.items():
        found = found.replace(re.escape(part), expression)
    return re.compile(found + (f"{ZONE}?" if "T%H" in form else ""))


def dates(cells: "polars.Series", form: str) -> "polars.Series":
    """Texts as dates with time, None for those that are not written so; zones count as none. A month is its first day,
    a time one of 1970's first day."""
    import polars

    known, whole = cells, form
    if "T%H" in form:
        known = known.str.replace(ZONE + "$", "")
    if form in MONTHS:
        known, whole = "01 " + known, "%d " + form
    elif form in CLOCK:
        known, whole = "1970-01-01 " + known, "%Y-%m-%d " + form
    if "%b" in form or "%B" in form:
        known = known.str.to_titlecase()
    found: polars.Series = known.str.to_datetime(whole, strict=False, time_unit="us", exact=True)
    return found.alias(cells.name)


def has_time(form: str) -> bool:
    return "%H" in form or "%I" in form


def has_day(form: str) -> bool:
    return form not in MONTHS and form not in CLOCK
