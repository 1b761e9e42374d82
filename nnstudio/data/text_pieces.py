"""The bytes of a text file as pieces of UTF-8 that end with a line: a file of any size goes through little memory."""

import codecs
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from nnstudio.data.reading import AUTO
from nnstudio.text import UserError
from nnstudio.text import translate as _

PIECE = 3 * 2**21
"""Bytes that are cut into cells at once."""
MOST_LINE = 2**24
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WESTERN = "cp1252"


class NotUtf8(Exception):
    """Text is not UTF-8: the byte at this place, from the file's first on, cannot be decoded."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place


def line_of(file: BinaryIO, place: int) -> int:
    """The line that a byte stands in. Lines are counted when one is to be told, never while all is well."""
    line = 1
    while place > 0 and (block := file.read(min(PIECE, place))):
        line += count_of(b"\n", block)
        place -= len(block)
    return line


def count_of(sign: bytes, piece: bytes) -> int:
    """How often one byte occurs: several times faster than bytes.count, of large ones."""
    return int(np.count_nonzero(np.frombuffer(piece, np.uint8) == sign[0]))


def find_encoding(head: bytes, asked: str, path: Path) -> str:
    """The codec of a text by how it begins. UserError for what is no text."""
    for mark, codec in BOMS:
        if head.startswith(mark):
            return codec
    if asked != AUTO:
        return asked
    if b"\0" not in head:
        return "utf-8"
    zeros = head[0::2].count(0), head[1::2].count(0)
    if max(zeros) > 0.3 * len(head) / 2 and min(zeros) < 0.1 * max(zeros):
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    raise is_binary(head[: head.index(b"\0")].count(b"\n") + 1, path)


def is_binary(line: int, path: Path) -> UserError:
    return UserError(
        _("“{file}” holds binary data (in line {line}); it is not a text table.").format(file=path.name, line=line)
    )


def text_pieces(open_again: Callable[[], BinaryIO], codec: str, path: Path) -> Iterator[bytes]:
    """The text as UTF-8 with line ends made equal, in pieces; where one begins or ends within a line is up to them.
    NotUtf8 where it turns out not to be."""
    decode = codecs.getincrementaldecoder(codec)("strict" if codec.startswith("utf-8") else "replace")
    read, is_utf8 = 0, codec in ("utf-8", "utf-8-sig")
    ends_with_return = False
    with open_again() as file:
        while block := file.read(PIECE):
            if is_utf8 and b"\0" in block:
                with open_again() as counted:
                    raise is_binary(line_of(counted, read + block.index(b"\0")), path)
            if is_utf8 and block.isascii() and not decode.getstate()[0] and read:
                piece = block
            else:
                kept = len(decode.getstate()[0])  # the begin of a character that the last block ended within
                try:
                    piece = decode.decode(block).encode()
                except UnicodeDecodeError as error:
                    raise NotUtf8(read - kept + error.start) from None
            read += len(block)
            if ends_with_return:
                piece = b"\r" + piece
            ends_with_return = piece.endswith(b"\r")
            if ends_with_return:
                piece = piece[:-1]
            yield with_equal_ends(piece)
    try:
        rest = decode.decode(b"", final=True).encode()
    except UnicodeDecodeError:
        raise NotUtf8(read) from None
    if ends_with_return or rest:
        yield with_equal_ends((b"\r" if ends_with_return else b"") + rest)


def with_equal_ends(piece: bytes) -> bytes:
    """Every line ending in a line feed alone, as on Unix."""
    if b"\r" not in piece:
        return piece
    return piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def whole_rows(pieces: Iterator[bytes], quote: str, path: Path) -> Iterator[tuple[bytes, bool]]:
    """Pieces that end with a row, and whether each is the last. UserError for a line that no table has."""
    mark = quote.encode()
    rest = b""
    waiting: bytes | None = None
    for piece in pieces:
        if mark and (mark in rest or mark in piece):
            rest, piece = b"", rest + piece
            end = end_of_rows(piece, mark)
        else:
            end = piece.rfind(b"\n") + 1
        if end == 0:
            rest += piece
            if len(rest) > MOST_LINE and b"\n" not in rest:
                raise too_long(len(rest), path)
            continue
        if waiting is not None:
            yield waiting, False
        waiting = b"".join((rest, memoryview(piece)[:end]))  # copied once: a page of new memory costs as much
        rest = piece[end:]
    if waiting is not None and len(rest) < MOST_LINE:
        yield waiting + rest, True
    elif waiting is not None:
        yield waiting, False
        yield rest, True
    else:
        yield rest, True


def too_long(size: int, path: Path) -> UserError:
    return UserError(
        _("A line of “{file}” is {size} MB long; the limit is {limit} MB. Is it a table?").format(
            file=path.name, size=size >> 20, limit=MOST_LINE >> 20
        )
    )


def end_of_rows(piece: bytes, quote: bytes) -> int:
    """Where the last whole row ends: behind a line feed that stands in no quotation marks."""
    end = piece.rfind(b"\n") + 1
    inside = piece.count(quote, 0, end) % 2
    while inside and end:
        before = piece.rfind(b"\n", 0, end - 1) + 1
        inside = (inside + piece.count(quote, before, end)) % 2
        end = before
    return end
