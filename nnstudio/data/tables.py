"""Delimited text as columns: what separates the values, whether names come first, which cells are missing.

Everything is read as text first and turned into numbers column by column, so that nothing is guessed silently: every
decision that changes a value becomes a remark the user sees.
"""

import codecs
import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nnstudio.data.columns import RawData
from nnstudio.data.reader import Reader
from nnstudio.data.room import check_memory
from nnstudio.text import Count, UserError, translate_count
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

MOST_LINE = 2**24
MOST_COLUMNS = 20_000
CELL_BYTES = 40
"""What a cell takes in memory, about: as text twice and as a number."""
DECODED, CUT = 0.4, 0.6
"""What of the work on a table is done when its text is there, and when it is cut into cells."""
MISSING = ("", "NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "None", "?", "-")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
SAMPLE_LINES = 200
LARGEST_NUMBER = 1e30


def read_table(path: Path, reader: Reader) -> RawData:
    """The table in a text file, plain or gzipped; UserError in words for what is no table."""
    notes: list[str] = []
    text = decoded(reader.bytes(path), path, notes)
    reader.reached(DECODED)
    lines = text.split("\n", SAMPLE_LINES)[:SAMPLE_LINES]
    sample = [line for line in lines if line.strip()]
    if not sample:
        raise UserError(_("“{file}” is empty.").format(file=path.name))
    separator = find_separator(sample)
    if len(pieces(sample[0], separator)) > MOST_COLUMNS:
        raise UserError(
            _("“{file}” has {count} columns; the limit is {limit}.").format(
                file=path.name, count=Count(len(pieces(sample[0], separator))), limit=Count(MOST_COLUMNS)
            )
        )
    if separator == " ":
        text = "\n".join(" ".join(line.split()) for line in text.split("\n"))
        sample = [" ".join(line.split()) for line in sample]
    quoted = is_quoted(sample, separator)
    rows = list(
        csv.reader(
            sample,
            delimiter=separator,
            quotechar='"' if quoted else None,
            quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        )
    )
    has_header = looks_like_header(rows)
    check_memory(CELL_BYTES * (text.count(separator) + text.count("\n")) + len(text), path)
    frame = read_columns(text, path, separator, quoted, has_header)
    reader.reached(CUT)
    return RawData(
        tidy(named(frame, rows[0], has_header, notes), path, notes, reader),
        last_name(frame, rows[0], has_header),
        notes=tuple(notes),
        named=has_header,
    )


# --- bytes to text --------------------------------------------------------------------------------------------------


def decoded(content: bytes, path: Path, notes: list[str]) -> str:
    """The text, with line ends made equal; text that is not UTF-8 is read as what it likely is, and that is said."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = content.decode("utf-16", errors="replace")
        notes.append(_("The file is written in UTF-16 and was read as such."))
    elif b"\0" in content:
        line = content[: content.index(b"\0")].count(b"\n") + 1
        raise UserError(
            _("“{file}” holds binary data (in line {line}); it is not a text table.").format(file=path.name, line=line)
        )
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            text = content.decode("cp1252", errors="replace")
            notes.append(
                _("The file is not UTF-8 (line {line}); it was read as Western European (cp1252).").format(line=line)
            )
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


# --- text to rows ---------------------------------------------------------------------------------------------------


def find_separator(sample: Sequence[str]) -> str:
    """The separator that cuts every line of the sample into the same number of pieces; the most pieces win."""
    best, most = ",", 1
    for separator in ("\t", ";", ",", " "):
        counts = [len(pieces(line, separator)) for line in sample]
        if min(counts) > most and counts.count(counts[0]) >= 0.9 * len(counts):
            best, most = separator, min(counts)
            if separator != " ":
                break
    return best


def pieces(line: str, separator: str) -> list[str]:
    if separator == " ":
        return line.split() if '"' not in line else [line]
    return next(csv.reader([line], delimiter=separator), []) if '"' in line else line.split(separator)


def is_quoted(sample: Sequence[str], separator: str) -> bool:
    """Whether quotation marks enclose cells. In text separated by tabs they mostly belong to the text itself."""
    if separator == ",":
        return True
    if separator == "\t":
        cells = [cell.strip() for line in sample for cell in line.split(separator) if '"' in cell]
        return bool(cells) and all(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in cells)
    try:
        rows = list(csv.reader(sample, delimiter=separator, strict=True))
    except csv.Error:
        return False
    return any('"' in line for line in sample) and len(rows) == len(sample)


def looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Names come first when the first row is all text and differs in kind from the rows below, or never comes again."""
    first, rest = rows[0], rows[1:]
    if any(is_number(cell) for cell in first):
        return False
    below = [[row[place] for row in rest if place < len(row)] for place in range(len(first))]
    if any(cells and all(is_number(cell) or cell.strip() in MISSING for cell in cells) for cells in below):
        return True
    return not any(name in cells for name, cells in zip(first, below, strict=True))


def is_number(cell: str) -> bool:
    cell = cell.strip()
    return bool(NUMBER.fullmatch(cell) or NUMBER.fullmatch(cell.replace(",", ".", 1)))


def read_columns(text: str, path: Path, separator: str, quoted: bool, has_header: bool) -> "polars.DataFrame":
    """Every cell as text; UserError that names the row for a table whose rows do not agree."""
    import polars

    if len(text) > MOST_LINE:
        check_line_length(text, path)
    try:
        return polars.read_csv(
            # Marked as text: what begins with “x^” is taken for packed bytes, and unpacked without end.
            io.BytesIO(codecs.BOM_UTF8 + text.encode()),
            has_header=False,
            skip_rows=1 if has_header else 0,
            separator=separator,
            quote_char='"' if quoted else None,
            infer_schema=False,
            truncate_ragged_lines=False,
        )
    except polars.exceptions.NoDataError:
        raise UserError(_("“{file}” has column names but no rows.").format(file=path.name)) from None
    except polars.exceptions.PolarsError as error:
        raise UserError(
            ragged_message(text, path, separator, quoted)
            or _("“{file}” cannot be read as a table: {reason}").format(
                file=path.name, reason=str(error).splitlines()[0]
            )
        ) from None


def check_line_length(text: str, path: Path) -> None:
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if end - start > MOST_LINE:
            raise UserError(
                _("A line of “{file}” is {size} MB long; the limit is {limit} MB. Is it a table?").format(
                    file=path.name, size=(end - start) >> 20, limit=MOST_LINE >> 20
                )
            )
        start = end + 1


def ragged_message(text: str, path: Path, separator: str, quoted: bool) -> str:
    """Which row is too long, or where a quotation mark is never closed; "" when neither is found."""
    reader = csv.reader(
        io.StringIO(text),
        delimiter=separator,
        quotechar='"' if quoted else None,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        strict=True,
    )
    width = 0
    start = 1
    try:
        for row in reader:
            width = width or len(row)
            if len(row) > width:
                return _(
                    "Line {line} of “{file}” has {found} values; the table has {expected} columns. Mend that line."
                ).format(line=reader.line_num, file=path.name, found=len(row), expected=width)
            start = reader.line_num + 1
    except csv.Error:
        return _("A quotation mark opened in line {line} of “{file}” is never closed.").format(
            line=start, file=path.name
        )
    return ""


# --- rows to columns ------------------------------------------------------------------------------------------------


def named(frame: "polars.DataFrame", first: Sequence[str], has_header: bool, notes: list[str]) -> "polars.DataFrame":
    """The columns under their names; empty and repeated names are replaced, and that is said."""
    names = unique_names(first if has_header else [""] * frame.width, frame.width)
    if has_header:
        changed = [name for name, given in zip(names, first, strict=False) if name != given.strip()]
        if changed:
            notes.append(
                _("Column names that were empty or used twice are now: {names}.").format(names=", ".join(changed[:12]))
            )
    else:
        notes.append(_("The first line looks like data, so the columns are called by their numbers."))
    return frame.rename(dict(zip(frame.columns, names, strict=True)))


def unique_names(given: Sequence[str], width: int) -> list[str]:
    names: dict[str, None] = {}  # in order, and quick to ask
    for place in range(width):
        name = given[place].strip() if place < len(given) else ""
        # Kept in files and read in another language later, so it is not translated.
        name = plain = name or f"column {place + 1}"
        count = 1
        while name in names:
            count += 1
            name = f"{plain} ({count})"
        names[name] = None
    return list(names)


def last_name(frame: "polars.DataFrame", first: Sequence[str], has_header: bool) -> str:
    return unique_names(first if has_header else [""] * frame.width, frame.width)[-1]


def tidy(frame: "polars.DataFrame", path: Path, notes: list[str], reader: Reader) -> "polars.DataFrame":
    """Columns of numbers as numbers and of text as text, blanks at the ends and marks of missing values gone."""
    import polars

    if frame.height == 0:
        raise UserError(_("“{file}” has column names but no rows.").format(file=path.name))
    stripped = frame.with_columns(polars.all().str.strip_chars())
    emptied = stripped.with_columns(
        polars.when(polars.all().is_in(MISSING)).then(None).otherwise(polars.all()).name.keep()
    )
    for name in emptied.columns:
        tell_missing(emptied[name], stripped[name], notes)
    columns = list["polars.Series"]()
    for place, name in enumerate(emptied.columns):
        columns.append(typed(emptied[name], notes))
        reader.reached(CUT + (1 - CUT) * (place + 1) / emptied.width)
    return emptied.with_columns(columns)


def tell_missing(column: "polars.Series", before: "polars.Series", notes: list[str]) -> None:
    missing = column.null_count()
    if not missing:
        return
    marks = sorted(set(before.filter(column.is_null()).drop_nulls().unique().to_list()) - {""})
    text = translate_count(
        "“{name}” is missing in {count} row{marks}.", "“{name}” is missing in {count} rows{marks}.", missing
    )
    shown = " (" + ", ".join(f"“{mark}”" for mark in marks) + ")" if marks else ""
    notes.append(text.format(name=column.name, count=missing, marks=shown))


def typed(column: "polars.Series", notes: list[str]) -> "polars.Series":
    """The column as numbers when every cell is one; codes with leading zeros stay text."""
    import polars

    present = column.drop_nulls()
    if len(present) == 0:
        return column.cast(polars.Float64)
    if present.str.contains(r"^0\d").any() and present.str.contains(r"^\d+$").all():
        notes.append(_("“{name}” looks like a code with leading zeros and is kept as text.").format(name=column.name))
        return column
    numbers = present.cast(polars.Float64, strict=False)
    if numbers.null_count() == 0:
        return finite(column.cast(polars.Float64), notes)
    with_comma = present.filter(present.str.contains(",", literal=True))
    if len(with_comma) and present.str.contains(r"^[+-]?\d{1,3}(,\d{3})+$|^[+-]?\d+$").all():
        # 1,500 may be 1500 or 1.5: nothing in such a column decides it, so it is not decided silently.
        notes.append(
            _("“{name}” is written like “{word}”, which may be thousands or a decimal; it is kept as text.").format(
                name=column.name, word=str(with_comma[0])[:40]
            )
        )
        return column
    if present.str.contains(r"^[+-]?\d+,\d+$|^[+-]?\d+$").all():
        notes.append(_("“{name}” is written with decimal commas and was read as numbers.").format(name=column.name))
        return column.str.replace(",", ".", literal=True).cast(polars.Float64)
    words = int(numbers.null_count())
    if 0 < words <= 0.1 * len(present):
        odd = present.filter(numbers.is_null())[0]
        notes.append(
            _("“{name}” mixes numbers and words ({count} like “{word}”) and is read as text.").format(
                name=column.name, count=words, word=str(odd)[:40]
            )
        )
    return column


def finite(column: "polars.Series", notes: list[str]) -> "polars.Series":
    """A column of numbers without those that no sum could hold: infinite ones, and ones beyond 32 bits."""
    endless = ~(column.abs() <= LARGEST_NUMBER).fill_null(True)
    count = int(endless.sum())
    if count == 0:
        return column
    notes.append(
        translate_count(
            "“{name}” holds {count} number that is infinite or too large; it counts as missing.",
            "“{name}” holds {count} numbers that are infinite or too large; they count as missing.",
            count,
        ).format(name=column.name, count=count)
    )
    return column.set(endless, None)
