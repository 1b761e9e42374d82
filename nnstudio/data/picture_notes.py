"""What came of a folder of pictures, and the words for it: what was done to them, what was left out and why."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nnstudio.data.decoding import MOST_BYTES, MOST_PIXELS, Fault, Header, Remark
from nnstudio.data.picture_folder import Found, class_of, readable
from nnstudio.text import Count, mark, shown_bytes, shown_path, translate_count
from nnstudio.text import translate as _

NAMES_SHOWN = 5
LONGEST_NAME = 80
HOW = {
    "crop": mark("scaled until they cover it, and what stands out on two sides is cut off"),
    "pad": mark("scaled until they fit in, with black on two sides"),
    "stretch": mark("stretched to it, whatever their proportions are"),
}


@dataclass(frozen=True)
class Chosen:
    """The shape of a sample, and what the pictures were before; `is_given` where it is a wish and not made for them."""

    shape: tuple[int, int, int]
    fit: str
    headers: Sequence[Header]
    is_given: bool


@dataclass
class Taken:
    """What came of the pictures, in their order."""

    names: list[str] = field(default_factory=list)
    """Those that are samples."""
    bytes: int = 0
    sum: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    """Over their names and contents."""
    remarks: Counter[Remark] = field(default_factory=Counter)
    faults: defaultdict[Fault, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Those that are left out, by the reason."""


def refusal(folder: Path, classes: Sequence[str], found: Found, taken: Taken) -> str:
    """Why a folder with so few classes cannot be used, and what is needed."""
    if classes:
        said = _(
            "All pictures of “{file}” that can be read are in one sub-folder, “{name}”: there is nothing to tell apart."
        )
        said = said.format(file=shown_path(folder), name=shown_name(classes[0]))
    elif found.pictures:
        said = _("None of the pictures in “{file}” can be read.").format(file=shown_path(folder))
    else:
        said = _("“{file}” is a folder without pictures in sub-folders.").format(file=shown_path(folder))
    needed = _(
        "Put the pictures of each class (PNG, JPEG, BMP, GIF, WebP or TIFF) into a sub-folder that bears its name, for "
        "at least two classes; or name a table or an IDX file."
    )
    return " ".join([said, needed, *left_out(found, taken)])


def remarks_on(found: Found, chosen: Chosen, taken: Taken) -> Iterator[str]:
    """All that was done to the pictures, in words."""
    used = {class_of(name) for name in taken.names}
    yield _("{count} pictures in {classes} sub-folders, which are their classes.").format(
        count=Count(len(taken.names)), classes=len(used)
    )
    yield of_the_size(chosen)
    yield of_the_channels(chosen)
    counts = taken.remarks
    if count := counts[Remark.ALPHA]:
        words = translate_count(
            "{count} picture can be seen through in places, and was laid over white.",
            "{count} pictures can be seen through in places, and were laid over white.",
            count,
        )
        yield words.format(count=Count(count))
    if count := counts[Remark.DEEP]:
        words = translate_count(
            "{count} picture has shades of grey of 16 bits, which were scaled to 8.",
            "{count} pictures have shades of grey of 16 bits, which were scaled to 8.",
            count,
        )
        yield words.format(count=Count(count))
    if count := counts[Remark.FIRST_FRAME]:
        words = translate_count(
            "{count} file holds several pictures, as animations do; the first is used.",
            "{count} files hold several pictures, as animations do; the first of each is used.",
            count,
        )
        yield words.format(count=Count(count))
    if count := counts[Remark.TURNED]:
        words = translate_count(
            "{count} picture was turned upright, as its camera has noted.",
            "{count} pictures were turned upright, as their cameras have noted.",
            count,
        )
        yield words.format(count=Count(count))
    empty = [name for name in found.classes if name not in used]
    if empty:
        words = translate_count(
            "{count} sub-folder without pictures that can be read is left out: {names}.",
            "{count} sub-folders without pictures that can be read are left out: {names}.",
            len(empty),
        )
        yield words.format(count=Count(len(empty)), names=shown_names(empty))
    yield from left_out(found, taken)


def of_the_size(chosen: Chosen) -> str:
    """Which size the samples have, and why."""
    _channels, height, width = chosen.shape
    sizes = Counter((header.width, header.height) for header in chosen.headers)
    own_width, own_height = next(iter(sizes))
    if list(sizes) == [(width, height)]:
        return _("All pictures have {width}×{height} pixels.").format(width=width, height=height)
    how = _(HOW[chosen.fit])
    if chosen.is_given:
        words = translate_count(
            "The pictures have {sizes} size; they are made {width}×{height} pixels large: {how}.",
            "The pictures have {sizes} different sizes; they are made {width}×{height} pixels large: {how}.",
            len(sizes),
        )
        return words.format(sizes=Count(len(sizes)), width=width, height=height, how=how)
    if len(sizes) == 1:
        words = _(
            "All pictures have {own_width}×{own_height} pixels, which are too many for a sample; they are made "
            "{width}×{height} pixels large."
        )
        return words.format(own_width=own_width, own_height=own_height, width=width, height=height)
    most = max(sizes.values())
    words = _(
        "The pictures have {sizes} different sizes, the most frequent of them {most} times among {count}; all are made "
        "{width}×{height} pixels large: {how}."
    )
    return words.format(
        sizes=Count(len(sizes)),
        most=Count(most),
        count=Count(len(chosen.headers)),
        width=width,
        height=height,
        how=how,
    )


def of_the_channels(chosen: Chosen) -> str:
    """Whether the samples are grey, and why."""
    grey, count = sum(header.is_grey for header in chosen.headers), len(chosen.headers)
    if chosen.shape[0] == 1 and grey == count:
        return _("All pictures are grey: 1 channel.")
    if chosen.shape[0] == 1:
        words = _("{coloured} of {count} pictures have colours, which become shades of grey: 1 channel.")
    elif grey == 0:
        words = _("The pictures have colours: 3 channels, red, green and blue.")
    else:
        words = _("{coloured} of {count} pictures have colours: 3 channels, which are alike in the grey ones.")
    return words.format(coloured=Count(count - grey), count=Count(count))


def left_out(found: Found, taken: Taken) -> Iterator[str]:
    """What lies in the folder and is not used, in words."""
    for fault, names in sorted(taken.faults.items(), key=lambda item: item[0].value):
        count = len(names)
        words = of_fault(fault, count)
        yield words.format(
            count=Count(count), names=shown_names(names), pixels=Count(MOST_PIXELS), size=shown_bytes(MOST_BYTES)
        )
    if found.loose:
        words = translate_count(
            "{count} picture lies in none of the sub-folders; it has no class and is left out.",
            "{count} pictures lie in none of the sub-folders; they have no class and are left out.",
            found.loose,
        )
        yield words.format(count=Count(found.loose))
    if found.others:
        words = translate_count(
            "{count} file is no picture by the ending of its name, and is left out.",
            "{count} files are no pictures by the endings of their names, and are left out.",
            found.others,
        )
        yield words.format(count=Count(found.others))
    if found.links:
        words = translate_count(
            "{count} link to elsewhere, or what else is no plain file, is left out.",
            "{count} links to elsewhere, or what else are no plain files, are left out.",
            found.links,
        )
        yield words.format(count=Count(found.links))


def of_fault(fault: Fault, count: int) -> str:
    """The words for so many pictures that are left out for a reason."""
    if fault is Fault.CLOSED:
        return translate_count(
            "{count} file or folder could not be read and is left out: {names}.",
            "{count} files or folders could not be read and are left out: {names}.",
            count,
        )
    if fault is Fault.TOO_LARGE:
        return translate_count(
            "{count} picture has more than {pixels} pixels or {size} and is left out: {names}.",
            "{count} pictures have more than {pixels} pixels or {size} and are left out: {names}.",
            count,
        )
    if fault is Fault.NO_COLOURS:
        return translate_count(
            "{count} picture holds numbers that are no shades from 0 to 255, and is left out: {names}.",
            "{count} pictures hold numbers that are no shades from 0 to 255, and are left out: {names}.",
            count,
        )
    return translate_count(
        "{count} picture is damaged or not what its name says, and is left out: {names}.",
        "{count} pictures are damaged or not what their names say, and are left out: {names}.",
        count,
    )


def shown_names(names: Sequence[str]) -> str:
    """The first of many names."""
    shown = ", ".join(f"“{shown_name(name)}”" for name in names[:NAMES_SHOWN])
    return f"{shown} …" if len(names) > NAMES_SHOWN else shown


def shown_name(name: str) -> str:
    shown = shown_path(readable(name))
    return shown if len(shown) <= LONGEST_NAME else f"{shown[:LONGEST_NAME]}…"
