"""Delimited text as columns: read in pieces, cut into cells, and each column told for what it holds.

Everything is read as text first and turned into numbers column by column, so that nothing is guessed silently: every
decision that changes a value becomes a remark the user sees, and each guess can be overruled (reading.py).
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from nnstudio.data.cells import Typing, plain_numbers
from nnstudio.data.columns import RawData
from nnstudio.data.layout import BLANKS, LONGEST_CELL, Layout, cut_at_blanks, find_layout, footer_lines
from nnstudio.data.reader import Reader
from nnstudio.data.reading import AUTO, USUAL, Asked, fact
from nnstudio.data.room import check_memory
from nnstudio.data.text_pieces import WESTERN, NotUtf8, count_of, find_encoding, text_pieces, whole_rows
from nnstudio.project.model import ReadingFact
from nnstudio.text import Count, UserError, translate_count
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

MOST_COLUMNS = 100_000
HEAD = 2**20
TAIL = 2**14
MOST_LINES_NAMED = 5
PACKED = (b"x", b"(", b"\x1f", b"B")
"""What packed bytes begin with."""
BEGUN, CUT = 0.05, 0.6
"""What of the work on a table is done when its beginning is read, and when it is cut into cells."""
TEXT_GROWTH = 3
"""How many times the bytes of a file its columns may take, about."""


@dataclass
class Text:
    """A text file and how it is laid out; what is found while it is read goes to its lists."""

    path: Path
    open_again: Callable[[], BinaryIO]
    codec: str
    layout: Layout
    asked: Asked
    short_lines: list[int] = field(default_factory=list)
    facts: list[ReadingFact] = field(default_factory=list)
    skipped_at_end: int = 0

    def pieces(self) -> Iterator[tuple[bytes, int]]:
        """The rows of data alone, in pieces, with the number of the line before each."""
        layout, line = self.layout, 0
        with self.open_again() as file:
            pieces = whole_rows(text_pieces(file, self.codec, self.path), layout.quote, self.path)
            for piece, is_last in pieces:
                lines = count_of(b"\n", piece)
                if line == 0:
                    start = after_lines(piece, layout.start)
                    piece, line_before = piece[start:], layout.start
                else:
                    line_before = line
                if is_last:
                    piece = self._without_end(piece)
                line += lines
                if piece and piece != b"\n":
                    yield piece, line_before

    def _without_end(self, piece: bytes) -> bytes:
        """The last piece without footnotes and empty lines."""
        piece = piece.rstrip(b"\n")
        if self.asked.skip_end != AUTO:
            count = int(self.asked.skip_end)
        else:
            tail = piece[-TAIL:]
            tail = tail[tail.find(b"\n") + 1 :] if len(piece) > TAIL else b"\n" + tail
            count = footer_lines(tail.decode(errors="replace"), self.layout)
        kept = piece
        for _line in range(count):
            kept = kept[: max(0, kept.rfind(b"\n"))]
        mark = self.layout.quote.encode()
        if mark and count and self.asked.skip_end == AUTO and kept.count(mark) % 2:
            return piece  # what looked like footnotes is the rest of a cell
        self.skipped_at_end = count
        return kept

    def frames(self, names: Sequence[str] | None = None) -> "Iterator[polars.DataFrame]":
        """The cells of each piece as text, of some columns or of all; the columns are called by their places."""
        self.short_lines.clear()
        for piece, line in self.pieces():
            yield cells_of(piece, line, self, names)


def read_table(path: Path, reader: Reader, asked: Asked = USUAL) -> RawData:
    """The table in a text file, plain or gzipped; UserError in words for what is no table."""
    return read_text(path, reader.again(path), reader, asked)


def read_text(path: Path, open_again: Callable[[], BinaryIO], reader: Reader, asked: Asked = USUAL) -> RawData:
    """The table in a text, which can be opened more than once."""
    with open_again() as file:
        head = file.read(HEAD)
    reader.reached(BEGUN)
    codec = find_encoding(head, asked.encoding, path)
    try:
        return read_as(path, open_again, codec, head, reader, asked, "")
    except NotUtf8 as found:
        note = _("The file is not UTF-8 (line {line}); it was read as Western European (cp1252).")
        return read_as(path, open_again, WESTERN, head, reader, asked, note.format(line=found.line))


def read_as(
    path: Path, open_again: Callable[[], BinaryIO], codec: str, head: bytes, reader: Reader, asked: Asked, note: str
) -> RawData:
    """The table in a text of this encoding. NotUtf8 where it turns out to be another."""
    import polars

    beginning = decoded_head(head, codec)
    if not beginning.strip():
        raise UserError(_("“{file}” is empty.").format(file=path.name))
    layout, facts = find_layout(beginning, len(head) < HEAD, asked)
    if layout.width > MOST_COLUMNS:
        raise UserError(
            _("“{file}” has {count} columns; the limit is {limit}.").format(
                file=path.name, count=Count(layout.width), limit=Count(MOST_COLUMNS)
            )
        )
    text = Text(path, open_again, codec, layout, asked)
    columns, typing, height = typed_columns(text, reader)
    if height == 0:
        raise UserError(_("“{file}” has column names but no rows.").format(file=path.name))
    notes = [note] if note else []
    if codec.startswith("utf-16"):
        notes.append(_("The file is written in UTF-16 and was read as such."))
    notes.extend(laid_out_words(text))
    names, dropped = column_names(text, columns, notes)
    kept = [place for place in columns if place not in dropped]
    frame = polars.DataFrame([columns[place].alias(names[int(place)]) for place in kept])
    notes.extend(typing.remarks.words({place: names[int(place)] for place in kept}))
    whole = [
        fact("encoding", codec.removesuffix("-sig"), asked.encoding, note),
        *facts,
        *text.facts,
        *typing.facts(),
    ]
    if text.skipped_at_end or asked.skip_end != AUTO:
        whole.append(fact("skip_end", text.skipped_at_end, asked.skip_end, _("They are no rows of the table.")))
    return RawData(
        frame,
        frame.columns[-1],
        notes=tuple(notes),
        named=bool(layout.names),
        reading=tuple(whole),
        row_names=frame.columns[0] if layout.has_row_names else "",
        dates={names[int(place)]: form for place, form in typing.dates.items()},
    )


def decoded_head(head: bytes, codec: str) -> str:
    """How a text begins, in words; NotUtf8 where it is in another encoding. What is cut off at the end is left out."""
    decoder = codecs.getincrementaldecoder(codec)("strict" if codec.startswith("utf-8") else "replace")
    try:
        text = decoder.decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError as error:
        raise NotUtf8(head[: error.start].count(b"\n") + 1) from None
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


def after_lines(piece: bytes, lines: int) -> int:
    """Where a text goes on behind so many lines."""
    place = 0
    for _line in range(lines):
        found = piece.find(b"\n", place)
        if found < 0:
            return len(piece)
        place = found + 1
    return place


# --- rows to cells --------------------------------------------------------------------------------------------------


def cells_of(piece: bytes, line: int, text: Text, names: Sequence[str] | None) -> "polars.DataFrame":
    """Every cell of some rows as text, of columns called by their places; UserError that names the row for a table
    whose rows do not agree. Short rows are noted."""
    layout = text.layout
    has_quotes = bool(layout.quote) and layout.quote.encode() in piece
    if can_be_fast(piece, layout, has_quotes):
        found = fast_cells(piece, layout, has_quotes)
        if found is not None:
            return found if names is None else found.select(names)
    found = exact_cells(piece, line, text)
    return found if names is None else found.select(names)


def can_be_fast(piece: bytes, layout: Layout, has_quotes: bool) -> bool:
    """Whether polars cuts these rows as they are meant."""
    if not layout.separator.isascii() or (has_quotes and (layout.blank_after or layout.separator == BLANKS)):
        return False
    return not (
        layout.comment and (b"\n" + layout.comment.encode() in piece or piece.startswith(layout.comment.encode()))
    )


def fast_cells(piece: bytes, layout: Layout, has_quotes: bool) -> "polars.DataFrame | None":
    """The cells as polars cuts them; None where rows do not agree, or quotation marks do not."""
    import polars

    if layout.separator == BLANKS:
        piece = re.sub(rb"(?m)^[ \t]+|[ \t]+$", b"", piece)
        piece = re.sub(rb"[ \t]+", b" ", piece)
    if not has_quotes and (b"\n\n" in piece or piece.startswith(b"\n")):
        piece = re.sub(rb"\n\n+", b"\n", piece).lstrip(b"\n")
    try:
        frame = polars.read_csv(
            # Marked as text: what begins with “x^” is taken for packed bytes, and unpacked without end.
            io.BytesIO(codecs.BOM_UTF8 + piece if piece[:1] in PACKED else piece),
            has_header=False,
            schema={str(place): polars.String for place in range(layout.width)},
            separator=layout.separator,
            quote_char=layout.quote if has_quotes else None,
            extra_columns="raise",
        )
    except polars.exceptions.PolarsError:
        return None
    separators = count_of(layout.separator.encode(), piece)
    if has_quotes:
        within = frame.select(polars.all().str.count_matches(layout.separator, literal=True).sum()).row(0)
        separators -= sum(count or 0 for count in within)
    return frame if separators == frame.height * (layout.width - 1) else None


def exact_cells(piece: bytes, line: int, text: Text) -> "polars.DataFrame":
    """The cells as Python's own reader cuts them, row by row: what is short is filled and noted, what is long is an
    error unless nothing stands in it."""
    import polars

    width = text.layout.width
    columns: list[list[str | None]] = [[] for _place in range(width)]
    for number, cells in records_of(piece, line, text):
        if len(cells) > width:
            if any(cell.strip() for cell in cells[width:]):
                raise UserError(
                    _(
                        "Line {line} of “{file}” has {found} values; the table has {expected} columns. Mend that line."
                    ).format(line=number, file=text.path.name, found=len(cells), expected=width)
                )
            cells = cells[:width]
        elif len(cells) < width:
            text.short_lines.append(number)
            cells = [*cells, *[""] * (width - len(cells))]
        for column, cell in zip(columns, cells, strict=True):
            column.append(cell or None)
    return polars.DataFrame(
        {str(place): polars.Series(str(place), column, dtype=polars.String) for place, column in enumerate(columns)}
    )


def records_of(piece: bytes, line: int, text: Text) -> Iterator[tuple[int, list[str]]]:
    """The rows with the number of the line that each begins in; empty lines and remarks are passed over."""
    layout = text.layout
    written = piece.decode(errors="replace")
    if layout.separator == BLANKS:
        for number, row in enumerate(written.split("\n"), line + 1):
            if row.strip() and not (layout.comment and row.startswith(layout.comment)):
                yield number, cut_at_blanks(row, layout.quote)
        return
    for quote, strict in ((layout.quote, True), (layout.quote, False), ("", False)):
        try:
            yield from list(cut_records(written, line, text, quote, strict))
            return
        except csv.Error as error:
            if "unexpected end" in str(error) and quote:
                rows = list(cut_records(written, line, text, "", False))
                odd = sum(row.count(quote) % 2 for row in written.split("\n"))
                widths = [len(cells) for _number, cells in rows]
                if odd > 1 and widths.count(layout.width) >= 0.98 * len(widths):
                    text.facts.append(fact("quote", "none", AUTO, _("Quotation marks belong to the text itself here.")))
                    yield from rows
                    return
                raise UserError(
                    _("A quotation mark opened in line {line} of “{file}” is never closed.").format(
                        line=unclosed_line(written, line, layout), file=text.path.name
                    )
                ) from None


def cut_records(written: str, line: int, text: Text, quote: str, strict: bool) -> Iterator[tuple[int, list[str]]]:
    layout = text.layout
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(
        io.StringIO(written, newline=""),
        delimiter=layout.separator,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        skipinitialspace=layout.blank_after,
        strict=strict,
    )
    start = line + 1
    for cells in reader:
        is_remark = bool(layout.comment) and bool(cells) and cells[0].startswith(layout.comment)
        if not is_remark and (len(cells) > 1 or (cells and (cells[0].strip() or layout.width == 1))):
            yield start, cells
        start = line + reader.line_num + 1


def unclosed_line(written: str, line: int, layout: Layout) -> int:
    """The line in which a quotation mark is opened that is never closed."""
    reader = csv.reader(
        io.StringIO(written, newline=""), delimiter=layout.separator, quotechar=layout.quote, strict=True
    )
    start = line + 1
    try:
        for _cells in reader:
            start = line + reader.line_num + 1
    except csv.Error:
        pass
    return start


# --- cells to columns -----------------------------------------------------------------------------------------------


def typed_columns(text: Text, reader: Reader) -> "tuple[dict[str, polars.Series], Typing, int]":
    """Every column, by its place as text, as what it holds; how it was found; and how many rows there are.

    The rows of a large file come in pieces, each of which becomes numbers at once where it can: columns of text that
    are numbers in the first pieces and words in a later one are read again.
    """
    import polars

    numbers: list[dict[str, polars.Series]] = []
    words: list[dict[str, polars.Series]] = []
    height = 0
    for frame in text.frames():
        if not numbers:
            check_memory(TEXT_GROWTH * int(frame.estimated_size()), text.path)
        plain = plain_numbers(frame)
        height += frame.height
        numbers.append(plain)
        words.append({column.name: column for column in frame.get_columns() if column.name not in plain})
        reader.reached(CUT * reader.share_read)
    if not numbers:
        return {}, Typing(text.asked, lambda names: polars.DataFrame()), 0
    plain, kept = joined(numbers), joined(words)
    del numbers, words

    def texts(names: list[str]) -> polars.DataFrame:
        missing = [name for name in names if name not in kept]
        if missing:
            again = polars.concat(list(text.frames(missing)))
            kept.update({one.name: one for one in again.get_columns()})
        return polars.DataFrame([kept[name] for name in names])

    places = [str(place) for place in range(text.layout.width)]
    asked = by_place(text)
    typing = Typing(asked, texts, comma_is_likely=text.layout.separator == ";")
    typed = typing.typed(places, plain, lambda share: reader.reached(CUT + (1 - CUT) * share))
    return {place: typed[place] for place in places}, typing, height


def joined(pieces: "list[dict[str, polars.Series]]") -> "dict[str, polars.Series]":
    """The columns that all pieces have, each as one."""
    import polars

    if len(pieces) == 1:
        return pieces[0]
    always = [name for name in pieces[0] if all(name in piece for piece in pieces)]
    return {name: polars.concat([piece[name] for piece in pieces], rechunk=True) for name in always}


def by_place(text: Text) -> Asked:
    """What was asked of columns by name, by place."""
    names = unique_names(text.layout.names or [""] * text.layout.width, text.layout.width)
    place_of = {name: str(place) for place, name in enumerate(names)}

    def placed(given: "dict[str, str]") -> dict[str, str]:
        found = {}
        for name, value in given.items():
            if name in place_of:
                found[place_of[name]] = value
            elif name.isdecimal() and 1 <= int(name) <= len(names):
                found[str(int(name) - 1)] = value
        return found

    return replace(text.asked, kinds=placed(dict(text.asked.kinds)), dates=placed(dict(text.asked.dates)))


def column_names(text: Text, columns: "dict[str, polars.Series]", notes: list[str]) -> tuple[list[str], frozenset[str]]:
    """The names of the columns, and the places of those at the end that have neither name nor cell."""
    layout = text.layout
    given = layout.names or ("",) * layout.width
    dropped = set()
    for place in range(layout.width - 1, 0, -1):
        column = columns[str(place)]
        if (place < len(given) and given[place].strip()) or column.null_count() < len(column):
            break
        dropped.add(str(place))
    if dropped:
        notes.append(
            translate_count(
                "The last column has neither a name nor a value and is left out.",
                "The last {count} columns have neither names nor values and are left out.",
                len(dropped),
            ).format(count=len(dropped))
        )
    names = unique_names(given, layout.width)
    if not layout.names:
        notes.append(_("The first line looks like data, so the columns are called by their numbers."))
        return names, frozenset(dropped)
    if layout.has_row_names:
        notes.append(_("The names are one fewer than the columns: the first column holds the names of the rows."))
    changed = [
        name
        for place, name in enumerate(names)
        if str(place) not in dropped
        and not (layout.has_row_names and place == 0)
        and name != (given[place].strip() if place < len(given) else "")
    ]
    if changed:
        notes.append(
            _("Column names that were empty or used twice are now: {names}.").format(names=", ".join(changed[:12]))
        )
    return names, frozenset(dropped)


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


def laid_out_words(text: Text) -> list[str]:
    """What was cut off above and below, and what was filled, in words."""
    layout, said = text.layout, []
    if layout.skip:
        said.append(
            translate_count(
                "The first line is no part of the table and was skipped.",
                "The first {count} lines are no part of the table and were skipped.",
                layout.skip,
            ).format(count=layout.skip)
        )
    if layout.units:
        units = [f"{name} {unit}" for name, unit in zip(layout.names, layout.units, strict=False) if unit]
        said.append(_("The line below the names holds units: {units}.").format(units=", ".join(units[:12])))
    if text.skipped_at_end:
        said.append(
            translate_count(
                "The last line is no part of the table and was skipped.",
                "The last {count} lines are no part of the table and were skipped.",
                text.skipped_at_end,
            ).format(count=text.skipped_at_end)
        )
    if text.short_lines:
        count = len(text.short_lines)
        lines = ", ".join(str(line) for line in text.short_lines[:MOST_LINES_NAMED])
        lines += " …" if count > MOST_LINES_NAMED else ""
        said.append(
            translate_count(
                "Line {lines} has fewer values than the table has columns; what it lacks counts as missing.",
                "{count} lines have fewer values than the table has columns ({lines}); what they lack counts as "
                "missing.",
                count,
            ).format(count=Count(count), lines=lines)
        )
    return said
