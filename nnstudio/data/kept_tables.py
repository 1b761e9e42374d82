"""Tables that were read stay at hand for the session: another choice about the same file does not read it again.

A file is known by where it is, its size and the time of its last change.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from nnstudio.data.columns import ArrayColumns, RawData
from nnstudio.data.reader import Reader
from nnstudio.data.reading import Asked
from nnstudio.project.model import DataFile
from nnstudio.text import current_language

MOST_BYTES = 2**30
SHARE_OF_MEMORY = 8
"""At most one part in so many of the memory is kept, too."""
Key = tuple[object, ...]


@dataclass(frozen=True)
class Kept:
    """A table with the file that it was read from, and the bytes that it takes."""

    raw: RawData
    file: DataFile
    size: int


_tables: "OrderedDict[Key, Kept]" = OrderedDict()
_lock = threading.Lock()


def read_once(path: Path, reader: Reader, asked: Asked, read: Callable[[], RawData]) -> RawData:
    """The table of a file, read anew unless it is at hand as it would be read now."""
    before = mark_of(path, reader)
    if before is None:
        return read()
    key = (str(path), *before, asked_key(asked), current_language())
    with _lock:
        found = _tables.get(key)
        if found is not None:
            _tables.move_to_end(key)
    if found is not None:
        reader.read.append(found.file)
        return found.raw
    count = len(reader.read)
    raw = read()
    if len(reader.read) == count + 1 and not isinstance(raw.columns, ArrayColumns):
        keep(key, Kept(raw, reader.read[-1], int(raw.columns.estimated_size())))
    return raw


def mark_of(path: Path, reader: Reader) -> tuple[int, int, int] | None:
    """What a file is known by while it lies where it does; None for a copy in a project."""
    if reader.prefers_copies or not reader.is_here(path):
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def asked_key(asked: Asked) -> Key:
    values = {**vars(asked), "kinds": tuple(asked.kinds.items()), "dates": tuple(asked.dates.items())}
    return tuple(values.items())


def keep(key: Key, table: Kept) -> None:
    """Keep a table, and let the ones go that were not asked for longest where there is no room."""
    most = min(MOST_BYTES, psutil.virtual_memory().available // SHARE_OF_MEMORY)
    if table.size > most:
        return
    with _lock:
        _tables[key] = table
        while sum(one.size for one in _tables.values()) > most:
            _tables.popitem(last=False)


def forget() -> None:
    """Let all tables go: what is read next comes from the files."""
    with _lock:
        _tables.clear()
