"""A folder of pictures as data: the pictures are the samples, and the sub-folder that each lies in is its class."""

import hashlib
import os
import threading
import warnings
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from itertools import islice
from math import prod
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from nnstudio.data.arrays import COLOURS, MOST_PLACES, MOST_VALUES, names_of
from nnstudio.data.columns import ArrayColumns, RawData
from nnstudio.data.decoding import FITS, MOST_BYTES, Fault, FaultyPicture, Header, Remark, decoded, header_of
from nnstudio.data.picture_folder import Found, class_of, found_in, readable
from nnstudio.data.picture_notes import Chosen, Taken, refusal, remarks_on
from nnstudio.data.preparation import MOST_CLASSES
from nnstudio.data.reader import Reader
from nnstudio.data.reading import USUAL, Asked
from nnstudio.data.room import check_memory
from nnstudio.data.row_sample import RowSample
from nnstudio.project.model import DataFile
from nnstudio.text import Count, UserError
from nnstudio.text import translate as _

Shape = tuple[int, int, int]
"""Channels, height and width."""
Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_THREADS = 4
LONGEST_SIDE = 64
"""Pixels of the longer side of a sample, where the pictures have different sizes or too many pixels."""
VALUE_BYTES = 5
"""A value in memory as it is read, and once more as the network gets it."""
HEADERS_AT_ONCE = 64
DECODED_AT_ONCE, BYTES_AT_ONCE = 32, 2**18
"""What a thread decodes before it is heard of, in pictures and in bytes of samples."""
LOOK = 0.1
"""Seconds between two looks at whether more is wanted."""
HEADERS_READ = 0.25
"""What of the work is done when it is known how large the pictures are."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture, decoded."""

    values: NDArray[np.uint8]
    remarks: frozenset[Remark]
    sha256: bytes
    size: int


def read_pictures(
    folder: Path, reader: Reader, size: Shape | None = None, fit: str = "crop", asked: Asked = USUAL
) -> RawData:
    """The pictures below a folder. `size` is the shape of a sample, chosen by what there is where it is left out; `fit`
    says what becomes of a picture of another: “crop”, “pad” or “stretch”.

    Two passes: the first reads headers, the second reads each file once and decodes it, so that beside the samples no
    more is in memory than the few pictures that the threads have in hand. UserError in words for a folder that cannot
    be used, and where no more is wanted.
    """
    import polars

    check_wishes(size, fit)
    # What Pillow has to say of a spoilt file is said in the notes. A filter for a while would not do among threads.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    Image.init()
    found, taken = found_in(folder, reader.reached), Taken()
    if found.closed:
        taken.faults[Fault.CLOSED] += found.closed
    check_classes(folder, found.pictures, found, taken)
    sample = RowSample(asked)
    names, headers = read_headers(folder, sample.of_names(found.pictures), reader, taken)
    check_classes(folder, names, found, taken)
    chosen = Chosen(size or chosen_shape(headers), fit, headers, size is not None)
    width = prod(chosen.shape)
    check_values(folder, len(names), chosen.shape)
    check_memory(VALUE_BYTES * len(names) * width, folder, sample.fraction)
    values = np.empty((len(names), width), np.uint8)
    decode_all(folder, names, chosen, values, reader, taken)
    check_classes(folder, taken.names, found, taken)
    reader.read.append(DataFile(str(folder), taken.sum.hexdigest(), taken.bytes))
    classes = polars.Series("class", [readable(class_of(name)) for name in taken.names], polars.String)
    columns = ArrayColumns(values[: len(taken.names)], names_of(chosen.shape), classes)
    notes = tuple(remarks_on(found, chosen, taken))
    return RawData(columns, "class", chosen.shape, notes, rows_read=sample.seen)


# --- checks ---------------------------------------------------------------------------------------------------------


def check_wishes(size: Shape | None, fit: str) -> None:
    """UserError for a size or a fit that cannot be."""
    if size is not None and (size[0] not in COLOURS or min(size) < 1 or prod(size) > MOST_PLACES):
        raise UserError(
            _(
                "Pictures cannot be made {channels}×{height}×{width} values large: they have 1 channel or 3, at least "
                "1 pixel, and at most {limit} values."
            ).format(channels=size[0], height=size[1], width=size[2], limit=Count(MOST_PLACES))
        )
    if fit not in FITS:
        raise UserError(
            _("Pictures cannot be made to fit by “{fit}”. There are: {known}.").format(
                fit=fit[:40], known=", ".join(FITS)
            )
        )


def check_classes(folder: Path, names: Sequence[str], found: Found, taken: Taken) -> None:
    """UserError when what is left of the pictures has too few classes, or too many."""
    classes = sorted({class_of(name) for name in names})
    if len(classes) > MOST_CLASSES:
        raise UserError(
            _("“{file}” has pictures in {count} sub-folders; there can be {limit} classes at most.").format(
                file=folder, count=Count(len(classes)), limit=Count(MOST_CLASSES)
            )
        )
    if len(classes) < 2:
        raise UserError(refusal(folder, classes, found, taken))


def check_values(folder: Path, rows: int, shape: Shape) -> None:
    """UserError for more values than can be held."""
    if rows * prod(shape) > MOST_VALUES:
        raise UserError(
            _(
                "“{file}” holds {count} pictures, which have {values} values at {width}×{height} pixels; the limit is "
                "{limit}. Use fewer pictures."
            ).format(
                file=folder,
                count=Count(rows),
                values=Count(rows * prod(shape)),
                width=shape[2],
                height=shape[1],
                limit=Count(MOST_VALUES),
            )
        )


# --- the two passes -------------------------------------------------------------------------------------------------


def read_headers(folder: Path, names: Sequence[str], reader: Reader, taken: Taken) -> tuple[list[str], list[Header]]:
    """The pictures that can be expected to be decoded, with what they say of themselves."""
    sound, headers = list[str](), list[Header]()

    def take(name: str, header: Header | Fault) -> None:
        if isinstance(header, Fault):
            taken.faults[header].append(name)
        else:
            sound.append(name)
            headers.append(header)

    in_order(
        partial(read_header, folder), names, HEADERS_AT_ONCE, take, lambda done: reader.reached(HEADERS_READ * done)
    )
    return sound, headers


def read_header(folder: Path, name: str) -> Header | Fault:
    """What a picture says of itself, or why it cannot be used."""
    try:
        with open(f"{folder}/{name}", "rb") as file:  # noqa: PTH123 - a Path for each takes as long as opening it
            return header_of(file)
    except FaultyPicture as faulty:
        return faulty.fault
    except OSError:
        return Fault.CLOSED


def chosen_shape(headers: Sequence[Header]) -> Shape:
    """Grey or in colours, and the size that most pictures have; kept small where not all have it."""
    channels = 1 if all(header.is_grey for header in headers) else 3
    sizes = Counter((header.width, header.height) for header in headers)
    most = max(sizes.values())
    often = sorted((width * height, width, height) for (width, height), count in sizes.items() if count == most)
    _area, width, height = often[len(often) // 2]
    if len(sizes) > 1 or channels * width * height > MOST_PLACES:
        scale = min(1.0, LONGEST_SIDE / max(width, height))
        width, height = max(1, round(scale * width)), max(1, round(scale * height))
    return channels, height, width


def decode_all(
    folder: Path, names: Sequence[str], chosen: Chosen, values: NDArray[np.uint8], reader: Reader, taken: Taken
) -> None:
    """Fill the rows of `values` with the pictures that can be decoded, without a gap."""

    def take(name: str, sample: Sample | Fault) -> None:
        if isinstance(sample, Fault):
            taken.faults[sample].append(name)
            return
        values[len(taken.names)] = sample.values.reshape(-1)
        taken.names.append(name)
        taken.bytes += sample.size
        taken.remarks.update(sample.remarks)
        taken.sum.update(readable(name).encode() + b"\0" + sample.sha256)

    decode = partial(read_sample, folder, chosen, threading.Lock())
    at_once = min(DECODED_AT_ONCE, max(1, BYTES_AT_ONCE // values.shape[1]))
    in_order(decode, names, at_once, take, lambda done: reader.reached(HEADERS_READ + (1 - HEADERS_READ) * done))


def read_sample(folder: Path, chosen: Chosen, alone: threading.Lock, name: str) -> Sample | Fault:
    """One picture, read and decoded, or why it is left out."""
    try:
        with open(f"{folder}/{name}", "rb", buffering=0) as file:  # noqa: PTH123
            if os.fstat(file.fileno()).st_size > MOST_BYTES:
                return Fault.TOO_LARGE
            content = file.read()
    except MemoryError:
        return Fault.TOO_LARGE
    except OSError:
        return Fault.CLOSED
    try:
        values, remarks = decoded(content, chosen.shape, chosen.fit, alone)
    except FaultyPicture as faulty:
        return faulty.fault
    return Sample(values, remarks, hashlib.sha256(content).digest(), len(content))


def in_order(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    at_once: int,
    take: Callable[[Item, Result], None],
    hear: Callable[[float], None],
) -> None:
    """Have a few threads do some work on each item and `take` what comes of it in the order of the items. `hear` is
    told the share that is done, also while nothing is; what it raises ends the threads after the item in hand."""
    is_over = threading.Event()

    def work_on(part: Sequence[Item]) -> list[Result]:
        return [work(item) for item in part if not is_over.is_set()]

    threads = min(MOST_THREADS, os.cpu_count() or 1)
    pool = ThreadPoolExecutor(threads)
    parts = (items[start : start + at_once] for start in range(0, len(items), at_once))
    waiting = deque[tuple[Sequence[Item], Future[list[Result]]]]()
    done = 0
    try:
        for part in islice(parts, 2 * threads):
            waiting.append((part, pool.submit(work_on, part)))
        while waiting:
            part, results = waiting.popleft()
            while not wait([results], LOOK).done:
                hear(done / len(items))
            for following in islice(parts, 1):
                waiting.append((following, pool.submit(work_on, following)))
            for item, result in zip(part, results.result(), strict=True):
                take(item, result)
            done += len(part)
            hear(done / len(items))
    finally:
        is_over.set()
        pool.shutdown(wait=False, cancel_futures=True)  # who cancels does not wait for a slow disk
