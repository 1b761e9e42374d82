"""The rows of a text as cells: by polars where all are as they should be, else by Python's own reader."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from nnstudio.data.footnotes import footer_lines
from nnstudio.data.layout import BLANKS, LONGEST_CELL, Layout, cut_at_blanks
from nnstudio.data.reading import AUTO, Asked, fact
from nnstudio.data.row_sample import RowSample
from nnstudio.data.text_pieces import count_of, text_pieces, whole_rows
from nnstudio.project.model import ReadingFact
from nnstudio.text import UserError
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

TAIL = 2**14
SAMPLE = 2**14
"""Bytes of a piece by which the length of its rows is told."""
LOOKED_AT = 60
"""Bytes that are looked through in the time that it takes to read one cell as text and tell that it is a number."""
PACKED = (b"x", b"(", b"\x1f", b"B")
"""What packed bytes begin with."""


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
    is_last: bool = False
    """Whether the piece that came last is the end of the text."""
    rows_read: int = 0
    """How many rows there are, where a sample of them is taken."""
    numbers: frozenset[str] = frozenset()
    """The columns that are numbers in the first rows: read as such where no cell may be a code with leading zeros."""
    fractions: frozenset[str] = frozenset()
    """Those of them that have decimals: no code is among them."""
    _lines: list[int] = field(default_factory=list)

    def pieces(self) -> Iterator[tuple[bytes, int]]:
        """The rows of data alone, in pieces, each with its number."""
        for number, (piece, is_last) in enumerate(self._whole_pieces()):
            rows = piece[after_lines(piece, self.layout.start) :] if number == 0 else piece
            self.is_last = is_last
            if is_last:
                rows = self._without_end(rows)
            if rows and rows != b"\n":
                yield rows, number

    def line_before(self, number: int) -> int:
        """The line before the rows of a piece; all are counted when the first is asked for, in one reading."""
        if not self._lines:
            counts = [count_of(b"\n", piece) for piece, _is_last in self._whole_pieces()]
            self._lines = [self.layout.start, *accumulate(counts)]
        return self._lines[number]

    def _whole_pieces(self) -> Iterator[tuple[bytes, bool]]:
        yield from whole_rows(text_pieces(self.open_again, self.codec, self.path), self.layout.quote, self.path)

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
        """The cells of the rows that are taken as text, piece by piece, of some columns or of all; these are called by
        their places."""
        self.short_lines.clear()
        sample = RowSample(self.asked)
        for piece, number in self.pieces():
            yield sample.of(cells_of(piece, number, self, names))


def after_lines(piece: bytes, lines: int) -> int:
    """Where a text goes on behind so many lines."""
    place = 0
    for _line in range(lines):
        found = piece.find(b"\n", place)
        if found < 0:
            return len(piece)
        place = found + 1
    return place


def cells_of(piece: bytes, number: int, text: Text, names: Sequence[str] | None) -> "polars.DataFrame":
    """Every cell of some rows as text, of columns called by their places; UserError that names the row for a table
    whose rows do not agree. Short rows are noted."""
    layout = text.layout
    has_quotes = bool(layout.quote) and layout.quote.encode() in piece
    if can_be_fast(piece, layout, has_quotes):
        known = known_numbers(piece, text, has_quotes) if names is None else frozenset()
        found = fast_cells(piece, layout, has_quotes, known) if known else None
        if found is None:  # there may be a word among the numbers
            found = fast_cells(piece, layout, has_quotes)
        if found is not None:
            return found if names is None else found.select(names)
    found = exact_cells(piece, text.line_before(number), text)
    return found if names is None else found.select(names)


def can_be_fast(piece: bytes, layout: Layout, has_quotes: bool) -> bool:
    """Whether polars cuts these rows as they are meant."""
    if not layout.separator.isascii() or (has_quotes and (layout.blank_after or layout.separator == BLANKS)):
        return False
    return not (
        layout.comment and (b"\n" + layout.comment.encode() in piece or piece.startswith(layout.comment.encode()))
    )


def known_numbers(piece: bytes, text: Text, has_quotes: bool) -> frozenset[str]:
    """The columns that are read as numbers at once. Whole numbers among them may be codes: a look at all bytes of a
    piece tells, or these columns are read as text, whichever is less work."""
    whole = len(text.numbers) - len(text.fractions)
    is_less = whole * LOOKED_AT * piece.count(b"\n", 0, SAMPLE) > min(SAMPLE, len(piece))
    if is_less and not may_hold_codes(piece, text.layout, has_quotes):
        return text.numbers
    return text.fractions


def may_hold_codes(piece: bytes, layout: Layout, has_quotes: bool) -> bool:
    """Whether a cell may begin with a zero before another digit: read as a number, it would lose that."""
    import polars

    sign = layout.separator
    if has_quotes or sign == BLANKS or not piece.isascii() or b" " in piece:
        return True
    if piece[:1] == b"0" and piece[1:2].isdigit():
        return True
    # The bytes are one text to look through at once: ten times faster than Python's own expressions.
    return bool(polars.Series([piece.decode("ascii")]).str.contains(rf"[{re.escape(sign)}\n]0[0-9]")[0])


def fast_cells(
    piece: bytes, layout: Layout, has_quotes: bool, numbers: frozenset[str] = frozenset()
) -> "polars.DataFrame | None":
    """The cells as polars cuts them, those of `numbers` as such; None where rows do not agree, or quotation marks
    do not."""
    if layout.separator == BLANKS:
        piece = re.sub(rb"(?m)^[ \t]+|[ \t]+$", b"", piece)
        piece = re.sub(rb"[ \t]+", b" ", piece)
    if not has_quotes and layout.width > 1:
        frame = cut_by_polars(piece, layout, False, numbers)
        if frame is not None and not frame[:, -1].null_count():
            return frame  # a row that is short, and a line that is empty, lack the last cell
    if not has_quotes and (b"\n\n" in piece or piece[:1] == b"\n"):
        piece = re.sub(rb"\n\n+", b"\n", piece).lstrip(b"\n")
    frame = cut_by_polars(piece, layout, has_quotes, numbers)
    return frame if frame is not None and rows_agree(frame, piece, layout, has_quotes) else None


def cut_by_polars(piece: bytes, layout: Layout, has_quotes: bool, numbers: frozenset[str]) -> "polars.DataFrame | None":
    """What polars makes of some rows; None for a row of more cells, and for a word among numbers."""
    import polars

    try:
        return polars.read_csv(
            # Marked as text: what begins with “x^” is taken for packed bytes, and unpacked without end.
            io.BytesIO(codecs.BOM_UTF8 + piece if piece[:1] in PACKED else piece),
            has_header=False,
            schema={
                str(place): polars.Float64 if str(place) in numbers else polars.String for place in range(layout.width)
            },
            separator=layout.separator,
            quote_char=layout.quote if has_quotes else None,
            extra_columns="raise",
        )
    except polars.exceptions.PolarsError:
        return None


def rows_agree(frame: "polars.DataFrame", piece: bytes, layout: Layout, has_quotes: bool) -> bool:
    """Whether every row had as many cells as there are columns, by the separators between them."""
    import polars

    separators = count_of(layout.separator.encode(), piece)
    if has_quotes:
        texts = frame.select(polars.col(polars.String))
        within = texts.select(polars.all().str.count_matches(layout.separator, literal=True).sum())
        separators -= sum(sum(column) for column in within.get_columns())
    return separators == frame.height * (layout.width - 1)


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
