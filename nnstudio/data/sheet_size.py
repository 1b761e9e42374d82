"""How much a spreadsheet would take in memory, measured before the library that reads it is asked.

That library lays every sheet out as a full rectangle, so that a single cell in the last row and column asks for half a
terabyte, and ends the program where it does not get it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from xml.parsers import expat

from nnstudio.data.room import ALWAYS, check_memory
from nnstudio.text import Count, UserError
from nnstudio.text import translate as _

MOST_CELLS = 2**26
CELL_BYTES = 100
"""What a cell takes in memory, about: as the library keeps it, and as text."""
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
XML = (".xml",)
USUAL_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="[0-9]+")?(?: t="([A-Za-z]+)")? ?/?>')
ANY_CELL = re.compile(rb"<c[\s/>]|:c[\s/>]")
USUAL_START = re.compile(rb'(\xef\xbb\xbf)?(<\?xml version="1.0"( encoding="(UTF|utf)-8")?[^<>&]*\?>)?\s*<')
ROW_HEADER, LAST_CELL = 0, 11
"""The kinds of records in a binary sheet that say where the next cells stand: kinds 1 to 11 are cells."""


@dataclass
class Extent:
    """The rectangle that the cells of a sheet span, and how many of them point to a shared text."""

    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    shared: int = 0
    characters: int = 0
    """Of repeated cells, all repeats counted."""

    def take(self, row: int, column: int) -> None:
        """One more cell."""
        if not self.rows:
            self.rows, self.columns = [row, row], [column, column]
        if row > self.rows[1]:
            self.rows[1] = row
        elif row < self.rows[0]:
            self.rows[0] = row
        if column > self.columns[1]:
            self.columns[1] = column
        elif column < self.columns[0]:
            self.columns[0] = column

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        if not self.rows:
            return 0, 0
        return self.rows[1] - self.rows[0] + 1, self.columns[1] - self.columns[0] + 1


def check_sheets(members: dict[str, bytes], path: Path) -> None:
    """UserError for a spreadsheet of which a sheet is too large to be laid out; ValueError for one that is damaged."""
    longest = longest_shared(members)
    whole = 0
    for name, content in members.items():
        extents = list(extents_in(name, content))
        for extent in extents:
            rows, columns = extent.size
            if rows * columns > MOST_CELLS:
                raise UserError(far_apart(path, rows, columns))
            whole = max(whole, CELL_BYTES * rows * columns + extent.characters)
            if extent.shared * longest > ALWAYS:
                check_memory(shared_characters(members, content), path)
    check_memory(whole, path)


def check_old_sheets(extents: Sequence[Extent], path: Path) -> None:
    """UserError for the sheets of an .xls, which are all laid out when it is opened."""
    rows, columns = max((extent.size for extent in extents), key=prod, default=(0, 0))
    cells = sum(prod(extent.size) for extent in extents)
    if cells > MOST_CELLS:
        raise UserError(far_apart(path, rows, columns))
    check_memory(CELL_BYTES * cells, path)


def far_apart(path: Path, rows: int, columns: int) -> str:
    return _(
        "A sheet of “{file}” spans {rows} rows and {columns} columns, more than {limit} cells. Is there a lone cell "
        "far from the table? Delete it, or save the table as CSV."
    ).format(file=path.name, rows=Count(rows), columns=Count(columns), limit=Count(MOST_CELLS))


def extents_in(name: str, content: bytes) -> Iterator[Extent]:
    """The extent of each sheet in a member of a spreadsheet."""
    if name.endswith(".bin"):
        yield extent_of_records(content)
    elif name.endswith(XML):
        usual = usual_extent(content)
        yield from extents_of_xml(content) if usual is None else [usual]


# --- sheets in XML --------------------------------------------------------------------------------------------------


def usual_extent(content: bytes) -> Extent | None:
    """The extent of a sheet of .xlsx that is written as the usual programs write it, which is seen much faster than a
    document is gone through; None for any other."""
    if not USUAL_START.match(content) or b"<c r=" not in content:
        return None
    cells = USUAL_CELL.findall(content)
    if len(cells) != len(ANY_CELL.findall(content)):
        return None
    rows = {int(row) for _column, row, _kind in cells}
    columns = {place_of(letters.decode() + "1", 0, 0)[1] for letters in {column for column, _row, _kind in cells}}
    shared = sum(kind == b"s" for _column, _row, kind in cells)
    return Extent([min(rows), max(rows)], [min(columns), max(columns)], shared)


def extents_of_xml(content: bytes) -> list[Extent]:
    """The extents of the sheets in a document of .xlsx or .ods; one without a cell has one too."""
    extents = [Extent()]
    place = {"row": 0, "column": 0, "rows": 1, "columns": 1}
    # In .ods a cell without a text may be the first of a million that only fill the sheet.
    text: list[str] = []

    def started(tag: str, pairs: list[str]) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "c":
            values = dict(zip(pairs[::2], pairs[1::2], strict=True))
            row, column = place_of(values.get("r", ""), place["row"], place["column"] + 1)
            place["column"] = column
            extents[-1].shared += values.get("t") == "s"
            extents[-1].take(row, column)
        elif kind == "row":
            values = dict(zip(pairs[::2], pairs[1::2], strict=True))
            place["row"] = number(values.get("r", ""), place["row"] + 1)
            place["column"] = 0
        elif kind == "table":
            extents.append(Extent())
            place.update(row=0, column=0)
        elif kind == "table-row":
            place.update(column=0, rows=repeats(pairs, "number-rows-repeated"))
        elif kind in ("table-cell", "covered-table-cell"):
            place["columns"] = repeats(pairs, "number-columns-repeated")
            text.clear()
            text.extend(pairs[1::2] if any(one.endswith(":value-type") for one in pairs[::2]) else ())

    def ended(tag: str) -> None:
        kind = tag.rpartition(":")[2]
        if kind in ("table-cell", "covered-table-cell"):
            if text:
                extents[-1].take(place["row"], place["column"])
                extents[-1].take(place["row"] + place["rows"] - 1, place["column"] + place["columns"] - 1)
                extents[-1].characters += sum(map(len, text)) * place["rows"] * place["columns"]
            place["column"] += place["columns"]
        elif kind == "table-row":
            place["row"] += place["rows"]

    parse(content, started, ended, text.append if b"table-cell" in content else None)
    return extents


def parse(
    content: bytes,
    started: Callable[[str, list[str]], None],
    ended: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Go through a document; ValueError for one that is not well formed, or that declares anything of its own."""
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refused
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None


def refused(*_names: object) -> None:
    raise ValueError("a document type of its own")


def place_of(reference: str, row: int, column: int) -> tuple[int, int]:
    """Row and column of a cell called as B12; where the last one said nothing, the next place."""
    found = REFERENCE.fullmatch(reference)
    if not found:
        return row, column
    letters = 0
    for letter in found[1]:
        letters = 26 * letters + ord(letter) - ord("A") + 1
    return int(found[2]), letters


def number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise


def repeats(pairs: list[str], name: str) -> int:
    found = [value for key, value in zip(pairs[::2], pairs[1::2], strict=True) if key.endswith(name)]
    return max(1, number(found[0], 1)) if found else 1


# --- texts that many cells share ------------------------------------------------------------------------------------


def longest_shared(members: dict[str, bytes]) -> int:
    """Bytes of the longest of the texts that cells point to, at most."""
    return max((length for content in shared_texts(members) for length in lengths_of(content)), default=0)


def shared_texts(members: dict[str, bytes]) -> list[bytes]:
    return [content for name, content in members.items() if "sharedstrings" in name.lower()]


def lengths_of(content: bytes) -> list[int]:
    """The lengths of the shared texts, in their order; of binary ones the whole for each."""
    if not content.lstrip().startswith((b"<", b"\xef\xbb\xbf<", b"\xff\xfe", b"\xfe\xff")):
        return [len(content)]
    lengths: list[int] = []

    def started(tag: str, _pairs: list[str]) -> None:
        if tag.rpartition(":")[2] == "si":
            lengths.append(0)

    def text(words: str) -> None:
        if lengths:
            lengths[-1] += len(words)

    parse(content, started, None, text)
    return lengths


def shared_characters(members: dict[str, bytes], sheet: bytes) -> int:
    """Characters that the cells of a sheet have by pointing to shared texts."""
    lengths = [length for content in shared_texts(members) for length in lengths_of(content)]
    found, is_shared, words = 0, False, list[str]()

    def started(tag: str, pairs: list[str]) -> None:
        nonlocal is_shared
        if tag.rpartition(":")[2] == "c":
            is_shared = dict(zip(pairs[::2], pairs[1::2], strict=True)).get("t") == "s"
        words.clear()

    def ended(tag: str) -> None:
        nonlocal found
        if is_shared and tag.rpartition(":")[2] == "v":
            place = number("".join(words).strip(), len(lengths))
            found += lengths[place] if place < len(lengths) else 0

    parse(sheet, started, ended, words.append)
    return found


# --- binary sheets --------------------------------------------------------------------------------------------------


def extent_of_records(content: bytes) -> Extent:
    """The extent of a sheet of .xlsb: records of a kind and a length, both in groups of seven bits."""
    extent, start, row = Extent(), 0, 0
    while start < len(content):
        kind, start = grouped(content, start, 2)
        length, start = grouped(content, start, 4)
        if kind == ROW_HEADER and length >= 4:
            row = int.from_bytes(content[start : start + 4], "little")
        elif ROW_HEADER < kind <= LAST_CELL and length >= 4:
            extent.take(row, int.from_bytes(content[start : start + 4], "little"))
        start += length
    return extent


def grouped(content: bytes, start: int, most: int) -> tuple[int, int]:
    """A number written in at most so many groups of seven bits, and where the next begins."""
    value = 0
    for place in range(most):
        if start + place >= len(content):
            break
        byte = content[start + place]
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, start + place + 1
    return value, start + most
