"""How the text of a table is laid out: what stands above and below it, what separates its cells, which line has names.

All of it is guessed from the first lines, and of what stands below from the last ones; every guess has a reason.
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from nnstudio.data.number_words import MARKS_OF_NUMBERS, is_float, unit_of
from nnstudio.data.reading import AUTO, Asked, fact
from nnstudio.project.model import ReadingFact
from nnstudio.text import translate as _
from nnstudio.text import translate_count

SAMPLE_LINES = 150
SAMPLE_LETTERS = 2**20
MOST_SKIPPED = 60
"""Lines above a table that are looked through for its beginning."""
LONGEST_CELL = 2**24
BLANKS = " "
SIGNS = {"tab": "\t", "blanks": BLANKS}
NAMES_OF_SIGNS = {sign: name for name, sign in SIGNS.items()}
CANDIDATES = ("\t", ";", "|", ",", BLANKS)
COMMENTS = ("#", "%", "//")
NO_ROWS = 2**31
LOOKED_AT = 3
NO_TABLE = (False, -1.0)
LONG_LINE, FEW_LINES, MOST_LOOKED_AT = 10_000, 20, 500
"""Of very long lines, some cells of a few tell enough."""
AGREE = 0.8
"""The share of lines that a separator must cut into equally many cells."""
NUMBER = re.compile(r"[+\-−]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
LOOSE_NUMBER = re.compile(
    r"[($€£¥+\-−\s]*(\d([\d.,']|[ \u00a0\u202f](?=\d{3}(?!\d)))*(?<!,)|[.,]\d+)([eE][+-]?\d+)?\s*"
    r"[)%‰°]?\s*[A-Za-z/°€$£²³µ]{0,4}"
)
DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?([ T]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(:\d{2})?")
ENDLESS = re.compile(r"(?i)[+\-−]?inf(inity)?")
MARKS = frozenset(MARKS_OF_NUMBERS)


@dataclass(frozen=True)
class Layout:
    """What is cut off above and below, the first row's meaning, and how a line becomes cells."""

    separator: str
    quote: str = '"'
    skip: int = 0
    """Lines above the names, or above the data where there are none."""
    skip_end: int = 0
    names: tuple[str, ...] = ()
    """The names that stand above the columns; none where the first line is data."""
    units: tuple[str, ...] = ()
    """The cells of the line of units; none where there is none."""
    comment: str = ""
    blank_after: bool = False
    """Whether blanks follow separators, before quotation marks."""
    has_row_names: bool = False
    """Whether the first column has no name, as R writes the names of rows."""
    width: int = 1
    start: int = 0
    """Lines above the first row of data."""
    numbers: frozenset[str] = frozenset()
    """The columns, by their places, that hold numbers in the first rows."""
    fractions: frozenset[str] = frozenset()
    """Those of them that have decimals there."""


class Found(NamedTuple):
    layout: Layout
    facts: tuple[ReadingFact, ...]


def find_layout(head: str, is_all: bool, asked: Asked) -> Found:
    """How a table is laid out, from its beginning; `is_all` says that this is the whole of it."""
    lines = head.split("\n")[: SAMPLE_LINES + MOST_SKIPPED]
    facts: list[ReadingFact] = []
    stated = stated_separator(lines)
    comment = find_comment(lines, asked)
    body = [(place, line) for place, line in enumerate(lines) if line.strip() and not is_comment(line, comment)]
    if stated:
        body = body[1:]
    if asked.skip != AUTO:
        body = [(place, line) for place, line in body if place >= int(asked.skip)]
    texts = [line for _place, line in body]
    quote = find_quote(texts, asked.quote)
    separator = SIGNS.get(asked.separator, asked.separator) if asked.separator != AUTO else stated
    separator = separator or find_separator(texts, quote)
    if asked.quote == AUTO and quote == '"' and quotes_are_text(texts, separator):
        quote = ""
    records = cut(body, separator, quote)
    width = usual_width([len(cells) for _place, cells in records])
    place = names_in_remark(lines, comment, separator, quote, width) if comment else None
    if place is not None:
        # The last remark above the data is the line of names, as NumPy writes it.
        records = [(place, cut([(0, lines[place].lstrip(comment + " "))], separator, quote)[0][1]), *records]
    first = 0 if asked.skip != AUTO else first_record([cells for _place, cells in records], width)
    records = records[first:]
    skip = records[0][0] if records else 0
    if asked.skip != AUTO:
        skip = int(asked.skip)
    layout = Layout(
        separator, quote, skip, comment=comment, blank_after=blank_before_quotes(texts, separator, quote), width=width
    )
    facts.append(fact("separator", NAMES_OF_SIGNS.get(separator, separator), asked.separator, why_separator(width)))
    if quote != '"' or asked.quote != AUTO:
        facts.append(fact("quote", quote or "none", asked.quote, _("Quotation marks belong to the text itself here.")))
    if skip or asked.skip != AUTO:
        facts.append(fact("skip", skip, asked.skip, why_skipped(skip)))
    found = with_names(replace(layout, start=skip), records, asked, facts)
    rows = [cells for place, cells in records if place >= found.layout.start][:LOOKED_AT]
    numbers = numbers_in(rows, width)
    fractions = frozenset(place for place in numbers if any("." in row[int(place)] for row in rows))
    return found._replace(layout=replace(found.layout, numbers=numbers, fractions=fractions))


def numbers_in(rows: Sequence[Sequence[str]], width: int) -> frozenset[str]:
    """The columns, by their places, that hold numbers in some rows, for all that is known from these."""
    if not rows or any(len(row) != width for row in rows):
        return frozenset()
    return frozenset(
        str(place) for place in range(width) if all(not row[place] or is_float(row[place]) for row in rows)
    )


# --- lines ----------------------------------------------------------------------------------------------------------


def stated_separator(lines: Sequence[str]) -> str:
    """What Excel writes into the first line: sep=;"""
    found = re.fullmatch(r'\s*"?sep=(.)"?\s*', lines[0], re.IGNORECASE) if lines else None
    return found[1] if found else ""


def find_comment(lines: Sequence[str], asked: Asked) -> str:
    """What lines of remarks begin with; "" where there are none, or where lines that begin so are rows as others."""
    given = joined_in_quotes(lines)
    for mark in COMMENTS:
        marked = [row for row in given if row.startswith(mark)]
        others = [row.partition("\n")[0] for row in given if not row.startswith(mark)]
        if not marked or not others or len(marked) > len(given) / 2:
            continue
        separator = SIGNS.get(asked.separator, asked.separator)
        if separator == AUTO:
            separator = find_separator(others, '"')
        width = usual_width([len(cells) for _place, cells in cut(list(enumerate(others)), separator, '"')])
        if not any(len(cells) == width > 1 for row in marked for cells in cells_of_marked(row, separator)):
            return mark
    return ""


def joined_in_quotes(lines: Sequence[str]) -> list[str]:
    """The lines that are not empty, each with those behind it that begin within a cell in quotation marks."""
    found, is_inside = list[str](), False
    for line in lines:
        if is_inside:
            found[-1] += "\n" + line
        elif line.strip():
            found.append(line)
        is_inside ^= line.count('"') % 2 == 1
    return found


def cells_of_marked(row: str, separator: str) -> list[list[str]]:
    """The cells of a line that may be a remark: a quotation mark in it may mean nothing, or have it go on below."""
    ways = [cut([(0, row.partition("\n")[0])], separator, "")]
    if "\n" in row:
        ways.append(cut(list(enumerate(row.split("\n"))), separator, '"'))
    return [cells for way in ways for _place, cells in way[:1]]


def is_comment(line: str, mark: str) -> bool:
    return bool(mark) and line.startswith(mark)


def names_in_remark(lines: Sequence[str], comment: str, separator: str, quote: str, width: int) -> int | None:
    """The line of a remark right above the data that has a word for each column; None where there is none."""
    above = [place for place, line in enumerate(lines) if is_comment(line, comment)]
    first = next((place for place, line in enumerate(lines) if line.strip() and not is_comment(line, comment)), 0)
    if width < 2 or not first or above[:first] != list(range(first)):
        return None
    words = cut([(0, lines[first - 1].lstrip(comment + " "))], separator, quote)[0][1]
    below = cut([(0, lines[first])], separator, quote)[0][1]
    is_names = len(words) == width == len(below) and not any(is_value(word) for word in words)
    return first - 1 if is_names and any(is_value(cell) for cell in below) else None


def find_quote(lines: Sequence[str], asked: str) -> str:
    """What encloses cells."""
    if asked != AUTO:
        return "" if asked == "none" else asked
    marked = [line for line in lines if "'" in line]
    single = sum(bool(re.search(r"(^|[,;\t|])\s?'([^']|'')*'\s*([,;\t|]|$)", line)) for line in marked)
    double = any('"' in line and re.search(r'(^|[,;\t|])\s?"', line) for line in lines)
    return "'" if single > 0.5 * len(lines) and not double else '"'


def quotes_are_text(lines: Sequence[str], separator: str) -> bool:
    """Whether quotation marks do not enclose cells: none begins a cell, or what begins does not end there."""
    marked = [line for line in lines if '"' in line]
    if not marked:
        return False
    sign = r"\s+" if separator == BLANKS else re.escape(separator)
    begins = re.compile(rf'(^|{sign})\s*"')
    if not any(begins.search(line) for line in marked):
        return True
    if separator != "\t":
        return False
    cells = [cell.strip() for line in marked for cell in line.split("\t") if '"' in cell]
    return not all(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in cells) and not any(
        cell.startswith('"') and cell.count('"') % 2 for cell in cells
    )


def blank_before_quotes(lines: Sequence[str], separator: str, quote: str) -> bool:
    if not quote or separator == BLANKS:
        return False
    pattern = re.compile(re.escape(separator) + " +" + re.escape(quote))
    return any(quote in line and pattern.search(line) for line in lines)


def find_separator(lines: Sequence[str], quote: str) -> str:
    """The sign that cuts the lines into equally many cells, and into the most cells that are numbers or dates."""
    # What stands above a table is in the first half, if anywhere.
    later = lines[len(lines) // 2 :] if len(lines) > 3 else lines
    if later and len(later[0]) > LONG_LINE:
        later = later[:FEW_LINES]
    found = [(how_well(later, separator, quote), -place, separator) for place, separator in enumerate(CANDIDATES)]
    best = max(found)
    if best[0] > NO_TABLE:
        return best[2]
    # Times have colons too: they separate only where nothing else does, and alike in all lines.
    return ":" if how_well(later, ":", quote)[0] else ","


def how_well(lines: Sequence[str], separator: str, quote: str) -> tuple[bool, float]:
    """Whether a sign cuts all lines into equally many cells, and which share of these are numbers or dates; `NO_TABLE`
    where it does not cut most lines so."""
    records = [cells for _place, cells in cut(list(enumerate(lines)), separator, quote)]
    widths = [len(cells) for cells in records]
    width = usual_width(widths)
    if width < 2 or widths.count(width) < AGREE * len(widths):
        return NO_TABLE
    cells = [cell for row in records if len(row) == width for cell in row[:MOST_LOOKED_AT]]
    values = sum(is_value(cell) and not is_two_words(cell) for cell in cells)
    return widths.count(width) == len(widths), round(values / len(cells), 2)


def is_two_words(cell: str) -> bool:
    """Whether a cell is a number, a blank and a word that is no unit: two cells that another sign cuts."""
    return bool(re.search(r"\d\s+[A-Za-z]+$", cell.strip())) and not unit_of(cell.strip())


def cut(lines: Sequence[tuple[int, str]], separator: str, quote: str) -> list[tuple[int, list[str]]]:
    """The cells of lines, with the number of the line that each record begins in."""
    if separator == BLANKS:
        return [(place, cut_at_blanks(line, quote)) for place, line in lines]
    if not quote or not any(quote in line for _place, line in lines):
        return [(place, line.split(separator)) for place, line in lines]
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader([line for _place, line in lines], delimiter=separator, quotechar=quote, skipinitialspace=True)
    found, start = [], 0
    for cells in reader:
        found.append((lines[start][0], cells))
        start = reader.line_num
    if len(found) > 1 and len(lines) > SAMPLE_LINES:
        found.pop()  # it may be cut off
    return found


def cut_at_blanks(line: str, quote: str) -> list[str]:
    """Cells with runs of blanks between them."""
    if not quote or quote not in line:
        return line.split()
    return [one[1:-1] if len(one) > 1 and one[0] == one[-1] == quote else one
            for one in re.findall(rf"{quote}[^{quote}]*{quote}|\S+", line)]  # fmt: skip


def usual_width(widths: Sequence[int]) -> int:
    """How many cells most lines have."""
    counts = Counter(widths)
    return max(counts, key=lambda width: (counts[width], width)) if counts else 1


def first_record(records: Sequence[Sequence[str]], width: int) -> int:
    """The first line that belongs to the table: as wide as most, or the names of all columns but the first."""
    filled = max((last_filled(cells) for cells in records[1:]), default=width)
    for place, cells in enumerate(records[:MOST_SKIPPED]):
        is_title = width > 2 and sum(bool(cell.strip()) for cell in cells) <= 1 and place + 1 < len(records)
        if len(cells) >= width and not is_title:
            return place
        is_names = (
            0 < len(cells) < width and len(cells) in (width - 1, filled) and not any(is_value(cell) for cell in cells)
        )
        if is_names and len(records) > place + 1 and len(records[place + 1]) == width:
            return place
    return 0


def last_filled(cells: Sequence[str]) -> int:
    """How many cells there are up to the last one that is not empty."""
    return next((place + 1 for place in range(len(cells) - 1, -1, -1) if cells[place].strip()), 0)


# --- names ----------------------------------------------------------------------------------------------------------


def with_names(
    layout: Layout, records: Sequence[tuple[int, list[str]]], asked: Asked, facts: list[ReadingFact]
) -> Found:
    """The layout with what its first rows are: names, units, or data."""
    if not records:
        return Found(layout, tuple(facts))
    rows = [cells for _place, cells in records]
    starts = [place for place, _cells in records]
    first, rest = rows[0], rows[1:]
    has_names, reason = looks_like_names(first, rest)
    if asked.header != AUTO:
        has_names = asked.header == "yes"
    facts.append(fact("header", "yes" if has_names else "no", asked.header, reason))
    if not has_names:
        return Found(layout, tuple(facts))
    names = tuple(cell.strip() for cell in first)
    if layout.comment and names and names[0].startswith(layout.comment):
        names = (names[0].lstrip("#% "), *names[1:])
    is_short = len(first) == layout.width - 1
    has_row_names = is_short and not all(len(row) < layout.width or not row[-1].strip() for row in rest)
    if has_row_names:
        names = ("", *names)
    after = starts[1] if len(starts) > 1 else NO_ROWS
    layout = replace(layout, names=names, has_row_names=has_row_names, start=after)
    has_units = bool(rest) and are_units(rest[0], rest[1:], layout.width)
    if asked.units_row != AUTO:
        has_units = asked.units_row == "yes"
    if has_units and rest:
        units = tuple(cell.strip() for cell in rest[0])
        layout = replace(layout, units=units, start=starts[2] if len(starts) > 2 else NO_ROWS)
        facts.append(fact("units_row", "yes", asked.units_row, _("The line below the names holds no number.")))
    elif asked.units_row != AUTO:
        facts.append(fact("units_row", "no", asked.units_row))
    return Found(layout, tuple(facts))


def looks_like_names(first: Sequence[str], rest: Sequence[Sequence[str]]) -> tuple[bool, str]:
    """Whether the first line holds names, and why."""
    head = [cell.strip() for cell in first]
    for place, name in enumerate(head):
        if name in MARKS or is_value(name):
            continue
        known = [cell for cell in below(rest, place) if cell not in MARKS]
        if known and sum(is_value(cell) for cell in known) >= 0.9 * len(known):
            return True, _("“{name}” stands above numbers.").format(name=name[:40])
    numbers = [cell for cell in head if is_value(cell)]
    if len(numbers) == len(head) > 3 and head in (written_numbers(0, len(head)), written_numbers(1, len(head))):
        return True, _("The first line counts the columns.")
    if step := steps_of(head, rest[:2]):
        return True, _("The first line goes on in equal steps: {numbers} …").format(numbers=step)
    if numbers:
        return False, _("The first line has numbers, as those below: “{cell}”.").format(cell=numbers[0][:40])
    for place, name in enumerate(head):
        if name and name in below(rest, place):
            return False, _("“{cell}” of the first line comes again below it.").format(cell=name[:40])
    if len(set(head)) < len([name for name in head if name]):
        return False, _("The first line has the same word more than once.")
    return True, _("What stands in the first line never comes again.")


def steps_of(head: Sequence[str], rest: Sequence[Sequence[str]]) -> str:
    """The first whole numbers of a line in which they go on in equal steps, as years do, unless those below do too;
    "" where they do not."""
    places = [place for place, cell in enumerate(head) if re.fullmatch(r"\d{1,9}", cell)]
    if len(places) < 3 or not all(follow(row, places) for row in [head]) or any(follow(row, places) for row in rest):
        return ""
    return ", ".join(head[place] for place in places[:3])


def follow(row: Sequence[str], places: Sequence[int]) -> bool:
    """Whether the cells at some places are whole numbers in equal steps."""
    cells = [row[place].strip() for place in places if place < len(row)]
    if len(cells) < 3 or not all(re.fullmatch(r"\d{1,9}", cell) for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    steps = {after - before for before, after in pairwise(numbers)}
    return len(steps) == 1 and steps != {0}


def below(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    """The cells of one column."""
    return [row[place].strip() for row in rows if place < len(row)]


def written_numbers(start: int, count: int) -> list[str]:
    return [str(number) for number in range(start, start + count)]


def are_units(first: Sequence[str], rest: Sequence[Sequence[str]], width: int) -> bool:
    """Whether a line holds units: no number in it, though there are columns of numbers below, and none without."""
    if len(rest) < 2 or len(first) < width or any(is_value(cell) for cell in first):
        return False
    if len(first) > MOST_LOOKED_AT:
        return False
    above_numbers = 0
    for place, cell in enumerate(first):
        known = [one for one in below(rest, place) if one not in MARKS]
        if not known or sum(is_value(one) for one in known) < 0.9 * len(known):
            if cell.strip() in known:
                return False  # a word that comes again is a cell as the others
            continue
        if cell.strip() in MARKS and cell.strip() not in ("", "-"):
            return False
        above_numbers += bool(cell.strip())
    return above_numbers > 0


def is_value(cell: str) -> bool:
    """Whether a cell holds a number, in any way of writing it, or a date."""
    cell = cell.strip()
    return any(one.fullmatch(cell) for one in (NUMBER, LOOSE_NUMBER, DATE, ENDLESS))


# --- words ----------------------------------------------------------------------------------------------------------


def why_separator(width: int) -> str:
    return translate_count(
        "It cuts most lines into {count} cell.", "It cuts most lines into {count} cells.", width
    ).format(count=width)


def why_skipped(lines: int) -> str:
    return translate_count(
        "The first line is no part of the table.", "The first {count} lines are no part of the table.", lines
    ).format(count=lines)


def one_column_words(separator: ReadingFact, file: str) -> str:
    """What is said where no sign was found that cuts a file into columns."""
    if not separator.is_guess:
        words = _(
            "“{file}” has only one column with the separator “{sign}”. Set data.separator to auto, or to another."
        )
        return words.format(file=file, sign=separator.value)
    tried = ", ".join(NAMES_OF_SIGNS.get(one, one) for one in (*CANDIDATES, ":"))
    words = _("“{file}” has only one column; separators tried: {signs}. Say which one it is with data.separator.")
    return words.format(file=file, signs=tried)
