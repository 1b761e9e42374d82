"""One picture: from the bytes of its file to the values of a sample, whatever kind of picture it is."""

import io
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import Enum, auto
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
"""What Pillow may take a file for."""
MOST_PIXELS = 50_000_000
"""Pixels that a picture may say it has: a few bytes can say they are billions."""
MOST_BYTES = 2**28
"""Bytes of a file that is read whole."""
LARGE = 2**23
"""Pixels from which a picture is decoded while no other large one is."""
FITS = ("crop", "pad", "stretch")
"""How a picture of other proportions becomes one of the wanted size."""
GAP = 2.0
"""How many times the wanted size a quick first reduction leaves for the good filter."""
GREY_MODES = ("1", "L", "LA", "La")
NO_COLOURS = ("F", "I")
"""Modes whose numbers have no brightest one."""
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes how the camera was held, by the number that EXIF has for it."""
FIRST_ON_ITS_SIDE = 5
SAYS_ORIENTATION = {"exif", "Raw profile type exif", "xmp", "XML:com.adobe.xmp"}


class Fault(Enum):
    """Why a picture is left out."""

    CLOSED = auto()
    DAMAGED = auto()
    TOO_LARGE = auto()
    NO_COLOURS = auto()


class Remark(Enum):
    """What was done to a picture that its user should know."""

    ALPHA = auto()
    DEEP = auto()
    FIRST_FRAME = auto()
    TURNED = auto()


class FaultyPicture(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Header:
    """What a picture says of itself before it is decoded: its size as it is seen, and whether it is grey."""

    width: int
    height: int
    is_grey: bool


def header_of(file: BinaryIO) -> Header:
    """What the first bytes of a file say; FaultyPicture for what is no picture, or none that can be used."""
    try:
        image = opened(file)
        width, height = image.size
        if orientation_of(image) >= FIRST_ON_ITS_SIDE:
            width, height = height, width
        return Header(width, height, is_grey(image))
    except FaultyPicture:
        raise
    except Exception as error:
        raise FaultyPicture(fault_of(error)) from None


def decoded(
    content: bytes, shape: tuple[int, int, int], fit: str, alone: AbstractContextManager[object]
) -> tuple[NDArray[np.uint8], frozenset[Remark]]:
    """A picture as values (channels, height, width), and what was done to it. `alone` is held while a large one is
    decoded. FaultyPicture for one that cannot be."""
    try:
        image = opened(io.BytesIO(content))
        remarks = set[Remark]()
        # MPO is the JPEG of cameras that put a second picture behind the first.
        if image.format != "MPO" and getattr(image, "is_animated", False):
            remarks.add(Remark.FIRST_FRAME)
        turn = orientation_of(image)
        channels, height, width = shape
        held = image.width * image.height
        enough = size_enough(image, (height, width) if turn >= FIRST_ON_ITS_SIDE else (width, height), fit)
        if 2 * enough[0] <= image.width and 2 * enough[1] <= image.height:
            image.draft(None, enough)  # a JPEG to a half, a quarter or an eighth, in a fraction of the time
            if not image.info.get("progressive"):
                held = image.width * image.height
        with alone if held > LARGE else nullcontext():
            image.load()
            picture = in_colours(image, "L" if channels == 1 else "RGB", remarks)
            if turn in TURNS:
                picture = picture.transpose(TURNS[turn])
                remarks.add(Remark.TURNED)
            picture = fitted(picture, width, height, fit)
        found = np.frombuffer(picture.tobytes(), np.uint8).reshape(height, width, channels)
        return found.transpose(2, 0, 1), frozenset(remarks)
    except FaultyPicture:
        raise
    except Exception as error:
        raise FaultyPicture(fault_of(error)) from None


def fault_of(error: Exception) -> Fault:
    """Spoilt bytes make a decoder raise errors of any kind."""
    large = isinstance(error, MemoryError | Image.DecompressionBombError)
    return Fault.TOO_LARGE if large else Fault.DAMAGED


def opened(file: BinaryIO | io.BytesIO) -> Image.Image:
    """A picture whose header is read, and nothing more."""
    image = Image.open(file, formats=FORMATS)
    if image.width * image.height > MOST_PIXELS:
        raise FaultyPicture(Fault.TOO_LARGE)
    if image.mode in NO_COLOURS and image.format != "PNG":
        raise FaultyPicture(Fault.NO_COLOURS)
    return image


def is_grey(image: Image.Image) -> bool:
    """Whether a picture is of a kind that has no colours, or has none in its palette: a GIF is of no other kind."""
    if image.mode == "P" and image.palette is not None and (image.palette.rawmode or image.palette.mode) == "RGB":
        red, green, blue = (bytes(image.palette.palette)[channel::3] for channel in range(3))
        return red == green == blue
    return image.mode in GREY_MODES or image.mode.startswith("I")


def orientation_of(image: Image.Image) -> int:
    """How the camera was held, as EXIF has it. A TIFF is turned by Pillow itself."""
    if image.format == "TIFF" or SAYS_ORIENTATION.isdisjoint(image.info):
        return 1
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # the picture may be sound all the same
        return 1


def in_colours(image: Image.Image, mode: str, remarks: set[Remark]) -> Image.Image:
    """A picture in grey (L) or in colours (RGB), with 8 bits each and nothing to see through."""
    if image.mode.startswith("I"):
        remarks.add(Remark.DEEP)
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert(mode)
    if not image.has_transparency_data:
        return image if image.mode == mode else image.convert(mode)
    own = "L" if image.mode in GREY_MODES else "RGB"
    layered = image.convert(f"{own}A")
    alpha, plain = layered.getchannel("A"), layered.convert(own)
    if alpha.getextrema() != (255, 255):
        remarks.add(Remark.ALPHA)
        white = Image.new(own, image.size, "white")
        white.paste(plain, mask=alpha)
        plain = white
    return plain if own == mode else plain.convert(mode)


# --- size -----------------------------------------------------------------------------------------------------------


def size_enough(image: Image.Image, wanted: tuple[int, int], fit: str) -> tuple[int, int]:
    """The size of a picture that is enough to make the wanted one of it."""
    across, down = wanted[0] / image.width, wanted[1] / image.height
    if fit == "crop":
        across = down = max(across, down)
    if fit == "pad":
        across = down = min(across, down)
    return max(1, round(GAP * across * image.width)), max(1, round(GAP * down * image.height))


def fitted(image: Image.Image, width: int, height: int, fit: str) -> Image.Image:
    """A picture in the wanted size."""
    if image.size == (width, height):
        return image
    filter = Image.Resampling.BICUBIC
    if fit == "crop":
        scale = max(width / image.width, height / image.height)
        across, down = min(image.width, width / scale), min(image.height, height / scale)
        left, top = (image.width - across) / 2, (image.height - down) / 2
        return image.resize((width, height), filter, (left, top, left + across, top + down), GAP)
    if fit == "pad":
        scale = min(width / image.width, height / image.height)
        across, down = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        black = Image.new(image.mode, (width, height))
        black.paste(image.resize((across, down), filter, None, GAP), ((width - across) // 2, (height - down) // 2))
        return black
    return image.resize((width, height), filter, None, GAP)
