"""ARFF, the tables of Weka and OpenML: a header that names each column and its kind, then the rows."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnstudio.data.columns import RawData
from nnstudio.data.finite import finite
from nnstudio.data.reader import Reader
from nnstudio.data.room import check_memory
from nnstudio.text import Count, UserError, translate_count
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

NUMBERS = ("numeric", "real", "integer")
TEXTS = ("string", "date")
CLASS = "class"
"""A column of this name is the target, wherever it stands."""
MOST_COLUMNS = 20_000
CELL_BYTES = 100
"""What a cell takes in memory, about: cut out, and as a column."""
SPARSE_BYTES = 8
"""What a cell takes about which its row says nothing."""
MOST_VALUES = 2**27
READ, CUT = 0.3, 0.8
"""What of the work is done when the bytes are there, and when they are cut into cells."""
LOOK = 4096
"""Rows between two looks at whether more is wanted."""
ATTRIBUTE = re.compile(
    r"@attribute\s+('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\s{]+)\s*(.*)", re.IGNORECASE | re.DOTALL
)
VALUE = re.compile(r"\s*('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^,]*)\s*(?:,|$)", re.DOTALL)
"""One value of a row, and the comma behind it."""
SPARSE = re.compile(r"(\d+)\s+(.*)", re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True)
class Attribute:
    """A column as the header declares it."""

    name: str
    kind: str
    values: tuple[str, ...] = ()
    """Those of a nominal one, in their order."""

    @property
    def absent(self) -> str:
        """What a sparse row means where it says nothing: 0, or the first value."""
        return self.values[0] if self.values else "0" if self.kind == "number" else ""


def read_arff(path: Path, reader: Reader) -> RawData:
    """The table in an ARFF file, plain or gzipped: numbers, and texts for nominal columns, texts and dates. The target
    is the column called class, or else the last. UserError with the number of the line for what is wrong."""
    content = reader.bytes(path)
    notes: list[str] = []
    lines = [line.rstrip("\r") for line in text_of(content, path, notes).split("\n")]
    attributes, first = header_of(lines, path)
    check_memory(CELL_BYTES * content.count(b",") + 2 * len(content), path)
    cells = read_rows(lines, first, attributes, path, reader)
    columns = [typed(one, column, notes) for one, column in zip(attributes, cells, strict=True)]
    return RawData(table_of(columns), target_of(attributes), notes=tuple(notes))


def table_of(columns: Sequence["polars.Series"]) -> "polars.DataFrame":
    import polars

    return polars.DataFrame(list(columns))


def target_of(attributes: Sequence[Attribute]) -> str:
    named = [one.name for one in attributes if one.name.lower() == CLASS]
    return named[-1] if named else attributes[-1].name


def text_of(content: bytes, path: Path, notes: list[str]) -> str:
    if b"\0" in content:
        raise UserError(_("“{file}” is no ARFF file: it holds binary data.").format(file=path.name))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        notes.append(
            _("The file is not UTF-8 (line {line}); it was read as Western European (cp1252).").format(line=line)
        )
        return content.decode("cp1252", errors="replace")


# --- the header -----------------------------------------------------------------------------------------------------


def header_of(lines: Sequence[str], path: Path) -> tuple[list[Attribute], int]:
    """The columns that are declared, and the place of the first line after them."""
    attributes: list[Attribute] = []
    for place, line in enumerate(lines):
        words = line.strip()
        if not words or words.startswith("%"):
            continue
        keyword = words.split(maxsplit=1)[0].lower()
        if keyword == "@attribute":
            attributes.append(attribute_of(words, place + 1, path))
        elif keyword == "@data":
            check_attributes(attributes, path)
            return attributes, place + 1
        elif keyword != "@relation":
            raise UserError(
                _("Line {line} of “{file}” is neither @relation, @attribute nor @data.").format(
                    line=place + 1, file=path.name
                )
            )
    raise UserError(_("“{file}” is no ARFF file, or it is cut short: it has no line @data.").format(file=path.name))


def attribute_of(words: str, line: int, path: Path) -> Attribute:
    """The column that a line of the header declares."""
    found = ATTRIBUTE.fullmatch(words)
    if not found:
        raise UserError(_("Line {line} of “{file}” declares no column.").format(line=line, file=path.name))
    name, kind = unquoted(found[1]).strip(), found[2].strip()
    if kind.startswith("{"):
        if not kind.endswith("}"):
            raise UserError(
                _("The values of “{name}” in line {line} of “{file}” do not end in “}}”.").format(
                    name=name, line=line, file=path.name
                )
            )
        return Attribute(name, "nominal", tuple(values_of(kind[1:-1], line, path)))
    word = kind.split(maxsplit=1)[0].lower() if kind else ""
    if word in NUMBERS:
        return Attribute(name, "number")
    if word in TEXTS:
        return Attribute(name, word)
    raise UserError(
        _("The column “{name}” in line {line} of “{file}” is of the kind “{kind}”; there are: {known}.").format(
            name=name, line=line, file=path.name, kind=kind[:40], known=", ".join([*NUMBERS, *TEXTS, "{…}"])
        )
    )


def check_attributes(attributes: Sequence[Attribute], path: Path) -> None:
    """UserError for no columns, too many, or two of one name."""
    names = [one.name for one in attributes]
    if not names:
        raise UserError(_("“{file}” declares no column before @data.").format(file=path.name))
    if len(names) > MOST_COLUMNS:
        raise UserError(
            _("“{file}” has {count} columns; the limit is {limit}.").format(
                file=path.name, count=Count(len(names)), limit=Count(MOST_COLUMNS)
            )
        )
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        raise UserError(_("Two columns of “{file}” are called “{name}”.").format(file=path.name, name=name))


def unquoted(word: str) -> str:
    """A word without the quotation marks around it and the signs that keep others from being taken for such."""
    if len(word) > 1 and word[0] in "'\"" and word[-1] == word[0]:
        word = word[1:-1]
        return ESCAPED.sub(lambda found: ESCAPES.get(found[1], found[1]), word) if "\\" in word else word
    return word


def values_of(words: str, line: int, path: Path) -> list[str]:
    """The values between commas, without their quotation marks."""
    return [unquoted(word) for word in words_of(words, line, path)]


def words_of(words: str, line: int, path: Path) -> list[str]:
    """The values between commas, as they are written."""
    if "'" not in words and '"' not in words:
        return [word.strip() for word in words.split(",")]
    found, start = list[str](), 0
    while True:
        value = VALUE.match(words, start)
        if not value or is_open(value[1].strip()):
            raise UserError(
                _("A quotation mark in line {line} of “{file}” is not closed, or text follows it.").format(
                    line=line, file=path.name
                )
            )
        found.append(value[1].strip())
        start = value.end()
        if not value[0].endswith(","):
            return found


def is_open(word: str) -> bool:
    """Whether a word begins with a quotation mark that nothing closes."""
    return word[:1] in ("'", '"') and (len(word) == 1 or word[-1] != word[0])


# --- the rows -------------------------------------------------------------------------------------------------------


def read_rows(
    lines: Sequence[str], first: int, attributes: Sequence[Attribute], path: Path, reader: Reader
) -> list[list[str | None]]:
    """The cells of each column; missing ones None."""
    columns: list[list[str | None]] = [[] for _attribute in attributes]
    checks = [checker(one, path) for one in attributes]
    count = 0
    for line, words in rows_of(lines, first):
        cells = cells_of(words, attributes, line, path)
        for column, check, cell in zip(columns, checks, cells, strict=True):
            column.append(None if cell == "?" else check(unquoted(cell), line))
        count += 1
        check_values(count * len(columns), path)
        if count % LOOK == 0:
            reader.reached(READ + (CUT - READ) * line / len(lines))
            check_memory(SPARSE_BYTES * LOOK * len(columns), path)
    if not count:
        raise UserError(_("“{file}” has column names but no rows.").format(file=path.name))
    return columns


def check_values(count: int, path: Path) -> None:
    """UserError where sparse rows stand for more than can be held."""
    if count > MOST_VALUES:
        raise UserError(
            _("“{file}” holds more than {limit} values. Use a part of it.").format(
                file=path.name, limit=Count(MOST_VALUES)
            )
        )


def rows_of(lines: Sequence[str], first: int) -> Iterator[tuple[int, str]]:
    """The lines that hold rows, with their numbers."""
    for place in range(first, len(lines)):
        words = lines[place].strip()
        if words and not words.startswith("%"):
            yield place + 1, words


def cells_of(words: str, attributes: Sequence[Attribute], line: int, path: Path) -> list[str]:
    """The cells of a row as they are written, whether it names all of them or only those that are not 0."""
    if words.startswith("{"):
        return sparse_cells(words, attributes, line, path)
    cells = words_of(words, line, path)
    if len(cells) != len(attributes):
        raise UserError(
            _("Line {line} of “{file}” has {found} values; the table has {expected} columns. Mend that line.").format(
                line=line, file=path.name, found=len(cells), expected=len(attributes)
            )
        )
    return cells


def sparse_cells(words: str, attributes: Sequence[Attribute], line: int, path: Path) -> list[str]:
    """The cells of a row like {1 a, 3 b}."""
    cells = [one.absent for one in attributes]
    inside = words.removeprefix("{").removesuffix("}").strip()
    for pair in sparse_pairs(inside, line, path) if inside else ():
        found = SPARSE.fullmatch(pair)
        if not found or not words.endswith("}") or int(found[1][:9]) >= len(cells):
            raise UserError(
                _("Line {line} of “{file}” is no row like {{1 a, 3 b}}: “{words}”.").format(
                    line=line, file=path.name, words=pair[:40]
                )
            )
        cells[int(found[1])] = found[2].strip()
    return cells


def sparse_pairs(inside: str, line: int, path: Path) -> list[str]:
    """The pairs of a number and a value; a comma between quotation marks parts none."""
    pairs, start, quote, place = list[str](), 0, "", 0
    while place < len(inside):
        sign = inside[place]
        if quote and sign == "\\":
            place += 1
        elif sign in "'\"" and quote in ("", sign):
            quote = "" if quote else sign
        elif sign == "," and not quote:
            pairs.append(inside[start:place].strip())
            start = place + 1
        place += 1
    return [*pairs, inside[start:].strip()]


def checker(attribute: Attribute, path: Path) -> Callable[[str, int], str]:
    """What makes sure that a cell is of the kind that its column declares."""
    values = set(attribute.values)

    def nominal(cell: str, line: int) -> str:
        if cell not in values:
            raise UserError(
                _("“{value}” in line {line} of “{file}” is none of the values that “{name}” declares.").format(
                    value=cell[:40], line=line, file=path.name, name=attribute.name
                )
            )
        return cell

    def number(cell: str, line: int) -> str:
        try:
            float(cell)
        except ValueError:
            raise UserError(
                _("“{value}” in line {line} of “{file}” is no number, and “{name}” holds numbers.").format(
                    value=cell[:40], line=line, file=path.name, name=attribute.name
                )
            ) from None
        return cell

    return {"nominal": nominal, "number": number}.get(attribute.kind, lambda cell, _line: cell)


def typed(attribute: Attribute, cells: list[str | None], notes: list[str]) -> "polars.Series":
    """A column in its kind; how many cells are missing is said."""
    import polars

    if attribute.kind == "number":
        # By Python, which reads each number that it has found to be one.
        numbers = [None if cell is None else float(cell) for cell in cells]
        column = polars.Series(attribute.name, numbers, dtype=polars.Float64)
    else:
        column = polars.Series(attribute.name, cells, dtype=polars.String)
    missing = column.null_count()
    if missing:
        text = translate_count(
            "“{name}” is missing in {count} row{marks}.", "“{name}” is missing in {count} rows{marks}.", missing
        )
        notes.append(text.format(name=attribute.name, count=missing, marks=" (“?”)"))
    return finite(column, notes) if attribute.kind == "number" else column
