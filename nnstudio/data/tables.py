"""Delimited text as columns: read in pieces, cut into cells, and each column told for what it holds.

Everything is read as text first and turned into numbers column by column, so that nothing is guessed silently: every
decision that changes a value becomes a remark the user sees, and each guess can be overruled (reading.py).
"""

import codecs
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from nnstudio.data.cells import Typing
from nnstudio.data.columns import RawData
from nnstudio.data.layout import find_layout
from nnstudio.data.plain_numbers import are_whole, plain_numbers
from nnstudio.data.reader import Reader
from nnstudio.data.reading import AUTO, USUAL, Asked, fact
from nnstudio.data.room import check_memory
from nnstudio.data.row_cutting import Text, cells_of
from nnstudio.data.row_sample import RowSample, none_left
from nnstudio.data.text_pieces import WESTERN, NotUtf8, find_encoding, line_of
from nnstudio.text import Count, UserError, translate_count
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

MOST_COLUMNS = 100_000
THREADS = 3
"""Pieces of a text that are cut at the same time: the libraries use their own threads only for part of the work."""
HEAD = 2**20
FIRST_ROWS = 1000
MOST_LINES_NAMED = 5
TEXT_PLACE = 16
"""Bytes that say where a text stands."""
BEGUN, CUT = 0.05, 0.6
"""What of the work on a table is done when its beginning is read, and when it is cut into cells."""
COPIES = 3
"""Columns stand in memory as they come, as they are used, and as a network takes them: 2.7 times their size."""


def read_table(path: Path, reader: Reader, asked: Asked = USUAL) -> RawData:
    """The table in a text file, plain or gzipped; UserError in words for what is no table."""
    raw = read_text(path, reader.again(path, is_held=False), reader, asked)
    reader.settle()
    return raw


def read_text(path: Path, open_again: Callable[[], BinaryIO], reader: Reader, asked: Asked = USUAL) -> RawData:
    """The table in a text, which can be opened more than once."""
    with open_again() as file:
        head = file.read(HEAD)
    reader.reached(BEGUN)
    codec = find_encoding(head, asked.encoding, path)
    try:
        return read_as(path, open_again, codec, head, reader, asked, "")
    except NotUtf8 as found:
        with open_again() as file:
            line = line_of(file, found.place)
        note = _("The file is not UTF-8 (line {line}); it was read as Western European (cp1252).")
        return read_as(path, open_again, WESTERN, head, reader, asked, note.format(line=line))


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
    columns, typing, height, whole_frame = typed_columns(text, reader)
    if height == 0 and text.rows_read:
        raise UserError(none_left(text.rows_read, asked))
    if height == 0:
        raise UserError(_("“{file}” has column names but no rows.").format(file=path.name))
    notes = [note] if note else []
    if codec.startswith("utf-16"):
        notes.append(_("The file is written in UTF-16 and was read as such."))
    notes.extend(laid_out_words(text))
    names, dropped = column_names(text, columns, notes)
    kept = [place for place in columns if place not in dropped]
    if whole_frame is not None and not dropped:
        frame = whole_frame
        frame.columns = names
    else:
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
        rows_read=text.rows_read,
        dates={names[int(place)]: form for place, form in typing.dates.items()},
    )


def decoded_head(head: bytes, codec: str) -> str:
    """How a text begins, in words; NotUtf8 where it is in another encoding. What is cut off at the end is left out."""
    decoder = codecs.getincrementaldecoder(codec)("strict" if codec.startswith("utf-8") else "replace")
    try:
        text = decoder.decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError as error:
        raise NotUtf8(error.start) from None
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


# --- cells to columns -----------------------------------------------------------------------------------------------


def typed_columns(
    text: Text, reader: Reader
) -> "tuple[dict[str, polars.Series], Typing, int, polars.DataFrame | None]":
    """Every column, by its place as text, as what it holds; how it was found; how many rows there are; and all columns
    as a table, where they are as they were cut.

    The rows of a large file come in pieces, each of which becomes numbers at once where it can: columns of text that
    are numbers in the first pieces and words in a later one are read again.
    """
    import polars

    numbers: list[dict[str, polars.Series]] = []
    words: list[dict[str, polars.Series]] = []
    height, size = 0, 0
    first: polars.DataFrame | None = None
    sample = RowSample(text.asked)
    for piece in cast_pieces(text, reader):
        height += piece.frame.height
        plain, others = kept_of(piece, sample)
        first = first if numbers else piece.frame
        size += sum(memory_of(one) for one in (*plain.values(), *others.values()))
        check_memory(round(COPIES * size / piece.share) - size, text.path, sample.fraction)
        numbers.append(plain)
        words.append(others)
        reader.reached(CUT * reader.share_read)
    if not sample.takes_all:
        text.rows_read, height = sample.seen, sample.taken
    if not height:
        return {}, Typing(text.asked, lambda names: polars.DataFrame()), 0, None
    is_whole = (
        sample.takes_all and len(numbers) == 1 and first is not None and len(numbers[0]) == first.width and not words[0]
    )
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
    are_as_cut = is_whole and all(typed[place] is plain[place] for place in places)
    as_cut = first if are_as_cut and first is not None and all(one.is_numeric() for one in first.dtypes) else None
    return {place: typed[place] for place in places}, typing, height, as_cut


@dataclass(frozen=True)
class Piece:
    """Some rows as cells, the columns of them that are plain numbers, and what of the file is read with them."""

    frame: "polars.DataFrame"
    plain: "dict[str, polars.Series]"
    share: float


def kept_of(piece: Piece, sample: RowSample) -> "tuple[dict[str, polars.Series], dict[str, polars.Series]]":
    """The columns of numbers and those of words of the rows that are taken."""
    import polars

    others = [one for one in piece.frame.get_columns() if one.name not in piece.plain and is_text(one)]
    if sample.takes_all:
        return piece.plain, {one.name: one for one in others}
    taken = sample.of(polars.DataFrame([*piece.plain.values(), *others]))
    columns = {one.name: one for one in taken.get_columns()}
    return {name: columns[name] for name in piece.plain}, {one.name: columns[one.name] for one in others}


def cast_pieces(text: Text, reader: Reader) -> Iterator[Piece]:
    """Each piece as cells. A few are cut at once, while the next are read."""

    def cast(piece: bytes, number: int, share: float) -> Piece:
        frame = cells_of(piece, number, text, None)
        return Piece(frame, plain_numbers(frame), share)

    text.short_lines.clear()
    text.numbers, text.fractions = text.layout.numbers, text.layout.fractions
    with ThreadPoolExecutor(THREADS, thread_name_prefix="cut") as pool:
        waiting: deque[Future[Piece]] = deque()
        first: dict[str, polars.Series] = {}
        for piece, number in text.pieces():
            # The piece behind it is read as well, to know whether there is one.
            share = 1.0 if text.is_last else reader.share_read * (number + 1) / (number + 2)
            if number == 0:
                begin = cast(piece, number, share)
                first = begin.plain
                yield begin
                continue
            if number == 1:
                text.numbers = frozenset(first)
                text.fractions = frozenset(name for name, column in first.items() if has_fractions(column))
            waiting.append(pool.submit(cast, piece, number, share))
            if len(waiting) > THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    text.short_lines.sort()


def has_fractions(column: "polars.Series") -> bool:
    """Whether numbers have decimals in their first rows."""
    return not are_whole(column.head(FIRST_ROWS).to_numpy())


def memory_of(column: "polars.Series") -> int:
    """The bytes that a column takes, about: what is estimated of texts is their letters alone."""
    return int(column.estimated_size()) + (TEXT_PLACE * len(column) if is_text(column) else 0)


def is_text(column: "polars.Series") -> bool:
    import polars

    return column.dtype == polars.String


def joined(pieces: "list[dict[str, polars.Series]]") -> "dict[str, polars.Series]":
    """The columns that all pieces have, each as one."""
    import polars

    if len(pieces) == 1:
        return pieces[0]
    always = [name for name in pieces[0] if all(name in piece for piece in pieces)]
    return {name: polars.concat([piece[name] for piece in pieces], rechunk=False) for name in always}


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
