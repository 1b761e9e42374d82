"""How far the sheets of an .xls reach: its records of cells, found in the compound file that they lie in."""

import struct
from collections.abc import Iterator

from nnstudio.data.sheet_size import Extent

ENTRY, SMALL = 128, 64
"""Bytes of an entry of the directory, and of a sector of what is small."""
FEWEST_IN_HEADER = 109
"""So many sectors of the table of sectors are named in the header."""
END = 0xFFFFFFFC
"""Numbers from here on mean no sector."""
STREAMS = ("workbook", "book")
BEGIN, LOCK, SEVERAL = 0x809, 0x2F, 0xBD
BEGINNINGS = (0x009, 0x209, 0x409, BEGIN)
CELLS = (0x06, 0x206, 0x406, 0x7E, 0x27E, SEVERAL, 0xD6, 0xFD, 2, 3, 4, 5, 0x203, 0x204, 0x205)
"""Records of one cell, or of several in a row; each begins with the row and the column."""


def old_extents(content: bytes) -> tuple[list[Extent], bool]:
    """The extent of each sheet, and whether they are locked. ValueError for a file that is damaged."""
    extents, is_locked = [], False
    try:
        for stream in streams(content):
            for kind, start, length in records(stream):
                if kind in BEGINNINGS:
                    extents.append(Extent())
                elif kind == LOCK:
                    is_locked = True
                elif kind in CELLS and length >= 4 and extents:
                    row, column = struct.unpack_from("<HH", stream, start)
                    extents[-1].take(row, column)
                    if kind == SEVERAL:
                        extents[-1].take(row, struct.unpack_from("<H", stream, start + length - 2)[0])
    except struct.error:
        raise ValueError("cut short") from None
    return extents, is_locked


def records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """The kind of each record, where its content begins, and how long it is."""
    start = 0
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        yield kind, start + 4, min(length, len(stream) - start - 4)
        start += 4 + length


def streams(content: bytes) -> list[bytes]:
    """The streams of a compound file that hold a workbook, as a file system in the file keeps them."""
    power = struct.unpack_from("<H", content, 30)[0]
    if power not in (9, 12):
        raise ValueError("the size of a sector")
    size = 2**power
    table = sector_table(content, size)
    directory = chain(content, size, table, struct.unpack_from("<I", content, 48)[0])
    entries = [directory[start : start + ENTRY] for start in range(0, len(directory) - ENTRY + 1, ENTRY)]
    least = struct.unpack_from("<I", content, 56)[0]
    small = b"".join(chain(content, size, table, first_of(one)) for one in entries[:1])
    small_table = numbers(chain(content, size, table, struct.unpack_from("<I", content, 60)[0]))
    found = []
    for one in entries:
        name = one[: max(0, struct.unpack_from("<H", one, 64)[0] - 2)].decode("utf-16-le", "replace").lower()
        if name in STREAMS:
            length = struct.unpack_from("<I", one, 120)[0]
            kept = (
                (small, SMALL, small_table, first_of(one), 0)
                if length < least
                else (content, size, table, first_of(one), 1)
            )
            found.append(chain(*kept)[:length])
    return found


def first_of(entry: bytes) -> int:
    return int(struct.unpack_from("<I", entry, 116)[0])


def numbers(content: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4]))


def sector_table(content: bytes, size: int) -> list[int]:
    """Which sector follows each."""
    places = numbers(content[76 : 76 + 4 * FEWEST_IN_HEADER])
    more, seen = struct.unpack_from("<I", content, 68)[0], 0
    while more < END and seen <= len(content) // size:
        listed = numbers(sector(content, size, more))
        if not listed:
            break
        places += listed[:-1]
        more, seen = listed[-1], seen + 1
    return [follower for place in places if place < END for follower in numbers(sector(content, size, place))]


def sector(content: bytes, size: int, place: int, head: int = 1) -> bytes:
    """One sector; the first lies behind as many of the header."""
    return content[(place + head) * size : (place + head + 1) * size]


def chain(content: bytes, size: int, table: list[int], place: int, head: int = 1) -> bytes:
    """The sectors that follow each other from one on. ValueError for a circle."""
    found: list[bytes] = []
    while place < END:
        if place >= len(table) or len(found) > len(table):
            raise ValueError("a chain that leads nowhere")
        found.append(sector(content, size, place, head))
        place = table[place]
    return b"".join(found)
