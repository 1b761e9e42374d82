"""Folders of pictures of every kind that students bring, sound and spoilt, and what is said about them."""

import hashlib
import os
import random
import shutil
import struct
import sys
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from PIL import Image

from nnstudio.cli.main import main
from nnstudio.data import decoding, picture_folder, pictures
from nnstudio.data.columns import ArrayColumns, RawData
from nnstudio.data.dataset import load
from nnstudio.data.pictures import in_order, read_pictures
from nnstudio.data.reader import Reader
from nnstudio.data.sources import read_source
from nnstudio.project.archive import open_project
from nnstudio.project.model import DataChoice, Project
from nnstudio.project.outside_data import askable
from nnstudio.project.progress import FileProgress
from nnstudio.text import UserError

Shade = int | tuple[int, ...]
ORANGE = (250, 120, 10)


def put(path: Path, image: Image.Image, **how: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **how)
    return path


def plain(path: Path, shade: Shade = 0, size: tuple[int, int] = (4, 3), mode: str = "", **how: object) -> Path:
    """A picture of one shade."""
    mode = mode or ("L" if isinstance(shade, int) else "RGBA"[: len(shade)])
    return put(path, Image.new(mode, size, shade), **how)


def values(raw: RawData) -> NDArray[np.uint8]:
    """The samples (n, channels, height, width)."""
    assert isinstance(raw.columns, ArrayColumns) and raw.sample_shape is not None
    assert raw.columns.values.dtype == np.uint8
    return raw.columns.values.reshape(-1, *raw.sample_shape)


def classes(raw: RawData) -> list[str]:
    return raw.columns["class"].to_list()  # type: ignore[no-any-return]


def said(raw: RawData) -> str:
    return "\n".join(raw.notes)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two classes with a grey picture each."""
    plain(tmp_path / "pics" / "cat" / "1.png", 10)
    plain(tmp_path / "pics" / "dog" / "1.png", 20)
    return tmp_path / "pics"


# --- what comes out -------------------------------------------------------------------------------------------------


def test_samples_are_in_the_order_of_their_names_and_classes_are_the_sub_folders(folder: Path) -> None:
    for place, name in enumerate(["dog/b.png", "cat/z.png", "cat/deep/er/a.png", "dog/B.png", "ant/1.png"]):
        plain(folder / name, 100 + place)
    raw = read_source(str(folder))
    assert classes(raw) == ["ant", "cat", "cat", "cat", "dog", "dog", "dog"]
    assert values(raw)[:, 0, 0, 0].tolist() == [104, 10, 102, 101, 20, 103, 100]
    assert raw.sample_shape == (1, 3, 4) and raw.target == "class"
    assert raw.columns.columns[:2] == ["0×0×0", "0×0×1"] and raw.columns.columns[-2:] == ["0×2×3", "class"]
    assert "7 pictures in 3 sub-folders" in said(raw) and "All pictures have 4×3 pixels" in said(raw)


def test_the_order_is_that_of_the_names_however_the_disk_lists_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(200):
        plain(folder / ("cat", "dog")[number % 2] / f"{number * 37 % 200}x.png", number % 256)
    before = read_pictures(folder, reader := Reader())
    listed = picture_folder.entries
    monkeypatch.setattr(picture_folder, "entries", lambda path: reversed(list(listed(path))))
    after = read_pictures(folder, second := Reader())
    assert classes(before) == classes(after) and (values(before) == values(after)).all()
    assert reader.sha256 == second.sha256


def test_pixels_of_colours_are_ordered_channel_by_channel(tmp_path: Path) -> None:
    pixels = np.arange(3 * 5 * 3, dtype=np.uint8).reshape(3, 5, 3)
    put(tmp_path / "a" / "1.png", Image.fromarray(pixels))
    plain(tmp_path / "b" / "1.png", 77, (5, 3))
    raw = read_pictures(tmp_path, Reader())
    assert raw.sample_shape == (3, 3, 5)
    assert (values(raw)[0] == pixels.transpose(2, 0, 1)).all() and (values(raw)[1] == 77).all()
    assert "1 of 2 pictures have colours: 3 channels, which are alike in the grey ones" in said(raw)


@pytest.mark.parametrize("ending", ["png", "jpg", "jpeg", "bmp", "gif", "webp", "tif", "TIFF", "PNG"])
@pytest.mark.parametrize("shade", [90, ORANGE])
def test_every_format_is_read(ending: str, shade: Shade, tmp_path: Path) -> None:
    for name in ("a", "b"):
        plain(tmp_path / name / f"1.{ending}", shade, (16, 16))
    raw = read_pictures(tmp_path, Reader())
    grey = isinstance(shade, int) and ending != "webp"  # which has colours alone
    assert raw.sample_shape == (1 if grey else 3, 16, 16)
    found = values(raw)[0].reshape(raw.sample_shape[0], -1).T.astype(int)
    assert np.abs(found - np.array(shade)).max() <= 4
    assert "left out" not in said(raw)


@pytest.mark.parametrize(
    ("mode", "shade", "channels", "expected"),
    [
        ("1", 1, 1, 255),
        ("L", 7, 1, 7),
        ("LA", (7, 255), 1, 7),
        ("I;16", 257 * 200, 1, 200),
        ("P", 5, 1, 5),
        ("P", 6, 3, (6, 6, 255 - 6)),
        ("RGB", ORANGE, 3, ORANGE),
        ("RGBA", (*ORANGE, 255), 3, ORANGE),
    ],
)
def test_every_mode_becomes_shades_of_eight_bits(
    mode: str, shade: Shade, channels: int, expected: Shade, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        image = Image.new(mode, (4, 3), shade)
        if mode == "P":
            image.putpalette(
                [level if channels == 1 or n < 2 else 255 - level for level in range(256) for n in range(3)]
            )
        put(tmp_path / name / "1.png", image)
    raw = read_pictures(tmp_path, Reader())
    assert raw.sample_shape == (channels, 3, 4)
    assert (values(raw) == np.reshape(expected, (1, channels, 1, 1))).all()
    assert ("2 pictures have shades of grey of 16 bits, which were scaled to 8" in said(raw)) == (mode == "I;16")
    assert "seen through" not in said(raw)


def test_sixteen_bits_of_a_tiff_in_either_order_of_bytes(tmp_path: Path) -> None:
    shades = np.linspace(0, 65535, 12).astype(np.uint16).reshape(3, 4)
    for name, kind in (("a", "<u2"), ("b", ">u2")):
        put(tmp_path / name / "1.tif", Image.fromarray(shades.astype(kind)))
    assert (values(read_pictures(tmp_path, Reader())) == (shades >> 8)).all()


def test_other_inks_become_red_green_and_blue(tmp_path: Path) -> None:
    for name in ("a", "b"):
        plain(tmp_path / name / "1.jpg", (0, 255, 255, 0), (8, 8), "CMYK")
    red = values(read_pictures(tmp_path, Reader()))[0, :, 4, 4].astype(int)
    assert red[0] > 200 and red[1] < 60 and red[2] < 60


def test_what_can_be_seen_through_is_laid_over_white_and_said(tmp_path: Path) -> None:
    plain(tmp_path / "a" / "1.png", (200, 0, 0, 0))
    plain(tmp_path / "a" / "2.png", (200, 0, 0, 51))
    plain(tmp_path / "a" / "3.png", (0, 0), mode="LA")
    plain(tmp_path / "b" / "1.png", (1, 2, 3), transparency=(1, 2, 3))
    palette = Image.new("P", (4, 3), 5)
    palette.putpalette([9] * 768)
    put(tmp_path / "b" / "2.png", palette, transparency=5)
    put(tmp_path / "b" / "3.gif", palette, transparency=5)
    plain(tmp_path / "b" / "4.png", (200, 0, 0, 255))
    plain(tmp_path / "b" / "5.png", 0, mode="1", transparency=0)
    raw = read_pictures(tmp_path, Reader())
    expected = [(255,) * 3, (244, 204, 204), (255,) * 3, (255,) * 3, (255,) * 3, (255,) * 3, (200, 0, 0), (255,) * 3]
    assert values(raw)[:, :, 1, 1].tolist() == [list(shades) for shades in expected]
    assert "7 pictures can be seen through in places, and were laid over white" in said(raw)


def test_of_an_animation_the_first_picture_is_used_and_that_is_said(tmp_path: Path) -> None:
    frames = [Image.new("L", (4, 3), shade) for shade in (10, 60, 200)]
    for ending in ("gif", "png", "webp", "tif"):
        more = {"lossless": True} if ending == "webp" else {}
        put(tmp_path / "a" / f"1.{ending}", frames[0], save_all=True, append_images=frames[1:], **more)
    plain(tmp_path / "b" / "1.gif", 30)
    raw = read_pictures(tmp_path, Reader())
    assert np.unique(values(raw)[:4]).tolist() == [10]
    assert "4 files hold several pictures, as animations do; the first of each is used" in said(raw)


def test_the_second_picture_of_a_camera_is_no_animation(tmp_path: Path) -> None:
    for name in ("a", "b"):
        first = Image.new("RGB", (16, 16), ORANGE)
        put(tmp_path / name / "1.jpg", first, format="MPO", save_all=True, append_images=[first])
    assert "several" not in said(read_pictures(tmp_path, Reader()))


def upright() -> Image.Image:
    """White on the left, black on the right; taller than wide."""
    image = Image.new("L", (16, 32), 0)
    image.paste(255, (0, 0, 8, 32))
    return image


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
def test_a_picture_is_turned_as_its_camera_was_held(orientation: int, ending: str, tmp_path: Path) -> None:
    backwards = {**decoding.TURNS, 6: decoding.TURNS[8], 8: decoding.TURNS[6]}
    stored = upright().transpose(backwards[orientation]) if orientation > 1 else upright()
    exif = Image.Exif()
    exif[0x0112] = orientation
    more = {"lossless": True} if ending == "webp" else {}
    put(tmp_path / "a" / f"1.{ending}", stored, exif=exif, **more)
    put(tmp_path / "b" / "1.png", upright())
    raw = read_pictures(tmp_path, Reader())
    assert raw.sample_shape is not None and raw.sample_shape[1:] == (32, 16)
    assert np.abs(values(raw)[0].astype(int) - values(raw)[1]).max() <= 4
    assert ("1 picture was turned upright" in said(raw)) == (orientation > 1 and ending != "tif")
    assert "All pictures have 16×32 pixels" in said(raw)


# --- sizes ----------------------------------------------------------------------------------------------------------


def halves(size: tuple[int, int]) -> Image.Image:
    """Black above, white below, with a grey stripe at either side of a wide one."""
    image = Image.new("L", size, 0)
    image.paste(255, (0, size[1] // 2, *size))
    return image


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_another_proportion_is_cut_filled_or_stretched(fit: str, tmp_path: Path) -> None:
    for number in range(3):
        plain(tmp_path / "a" / f"{number}.png", 100, (20, 20))
    wide = Image.new("L", (80, 40), 200)
    wide.paste(50, (20, 0, 60, 40))
    put(tmp_path / "b" / "wide.png", wide)
    raw = read_pictures(tmp_path, Reader(), fit=fit)
    assert raw.sample_shape == (1, 20, 20)
    row = values(raw)[-1, 0, 10].astype(int)
    column = values(raw)[-1, 0, :, 10].astype(int)
    if fit == "crop":
        assert np.abs(row - 50).max() <= 10 and np.abs(column - 50).max() <= 10
        assert "scaled until they cover it" in said(raw)
    if fit == "pad":
        assert row[0] == row[-1] == 200 and row[10] == 50
        assert (column[:5] == 0).all() and (column[5:15] == 50).all() and (column[15:] == 0).all()
        assert "with black on two sides" in said(raw)
    if fit == "stretch":
        assert row[0] == row[-1] == 200 and row[10] == 50 and (column == 50).all()
    assert "2 different sizes, the most frequent of them 3 times among 4; all are made 20×20" in said(raw)


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (3, 2), (1000, 1000)])
def test_every_size_fits(fit: str, size: tuple[int, int], tmp_path: Path) -> None:
    for number in range(2):
        plain(tmp_path / "a" / f"{number}.png", 100, (8, 6))
    for ending in ("png", "jpg"):
        plain(tmp_path / "b" / f"1.{ending}", 100, size)
    raw = read_pictures(tmp_path, Reader(), (1, 6, 8), fit)
    inside = values(raw)[2:]
    assert inside.shape == (2, 1, 6, 8) and inside.max() == 100
    assert fit == "pad" or inside.min() == 100


def test_different_sizes_are_made_small(tmp_path: Path) -> None:
    plain(tmp_path / "a" / "1.png", 1, (300, 150))
    plain(tmp_path / "a" / "2.png", 1, (300, 150))
    plain(tmp_path / "b" / "1.png", 1, (10, 10))
    raw = read_pictures(tmp_path, Reader())
    assert raw.sample_shape == (1, 32, 64)
    assert "most frequent of them 2 times among 3; all are made 64×32 pixels large" in said(raw)


def test_one_size_stays_however_large_up_to_the_limit_of_a_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        plain(tmp_path / name / "1.png", 1, (200, 100))
    assert read_pictures(tmp_path, Reader()).sample_shape == (1, 100, 200)
    monkeypatch.setattr(pictures, "MOST_PLACES", 10_000)
    raw = read_pictures(tmp_path, Reader())
    assert raw.sample_shape == (1, 32, 64)
    assert "All pictures have 200×100 pixels, which are too many for a sample; they are made 64×32" in said(raw)


def test_where_no_size_is_more_frequent_the_middle_one_is_taken(tmp_path: Path) -> None:
    for width in (5, 60, 20, 33, 9):
        plain(tmp_path / ("a" if width % 2 else "b") / f"{width}.png", 1, (width, width))
    assert read_pictures(tmp_path, Reader()).sample_shape == (1, 20, 20)


def test_a_wished_size_and_number_of_channels_count(tmp_path: Path) -> None:
    plain(tmp_path / "a" / "1.png", ORANGE)
    plain(tmp_path / "b" / "1.png", 50)
    grey = read_pictures(tmp_path, Reader(), (1, 5, 7))
    assert values(grey).shape == (2, 1, 5, 7)
    assert "1 of 2 pictures have colours, which become shades of grey" in said(grey)
    assert "The pictures have 1 size; they are made 7×5 pixels large" in said(grey)
    coloured = read_pictures(tmp_path, Reader(), (3, 3, 4))
    assert values(coloured)[:, :, 0, 0].tolist() == [list(ORANGE), [50, 50, 50]]


@pytest.mark.parametrize("size", [(2, 8, 8), (1, 0, 8), (3, -1, 8), (3, 1000, 1000)])
def test_a_size_that_cannot_be_is_refused(size: tuple[int, int, int], folder: Path) -> None:
    with pytest.raises(UserError, match=r"Pictures cannot be made .* at most 1\s048\s576 values"):
        read_pictures(folder, Reader(), size)


def test_a_fit_that_there_is_not_is_refused(folder: Path) -> None:
    with pytest.raises(UserError, match=r"cannot be made to fit by “squeeze”. There are: crop, pad, stretch"):
        read_pictures(folder, Reader(), fit="squeeze")


def test_large_photographs_are_reduced_while_they_are_decoded(tmp_path: Path) -> None:
    for name in ("a", "b"):
        for number, how in enumerate(({}, {"progressive": True})):
            put(tmp_path / name / f"{number}.jpg", halves((3000, 2000)).convert("RGB"), quality=90, **how)
    plain(tmp_path / "b" / "9.png", ORANGE, (60, 40))
    for size in ((3, 40, 60), (1, 7, 5)):
        found = values(read_pictures(tmp_path, Reader(), size))[:4]
        assert found[:, :, : size[1] // 2 - 1].max() <= 12 and found[:, :, size[1] // 2 + 2 :].min() >= 243


# --- what is left out -----------------------------------------------------------------------------------------------


def png_that_says(width: int, height: int) -> bytes:
    """A sound header with nothing behind it."""
    chunks = b""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    for kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(100))), (b"IEND", b"")):
        chunks += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize("size", [(60_000, 60_000), (9_000, 9_000), (10_000, 12_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_says_it_is_huge_is_left_out_by_its_header(size: tuple[int, int], folder: Path) -> None:
    (folder / "dog" / "huge.png").write_bytes(png_that_says(*size))
    raw = read_pictures(folder, Reader())
    assert classes(raw) == ["cat", "dog"]
    assert "1 picture has more than 50\u00a0000\u00a0000 pixels" in said(raw) and "“dog/huge.png”" in said(raw)


def test_damaged_pictures_are_left_out_and_named(folder: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    whole = put(folder / "cat" / "whole.jpg", Image.fromarray(noise)).read_bytes()
    (folder / "cat" / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "cat" / "empty.png").write_bytes(b"")
    (folder / "cat" / "word.png").write_text("no picture at all")
    flipped = bytearray((folder / "cat" / "1.png").read_bytes())
    flipped[45] ^= 0xFF
    (folder / "dog" / "flipped.png").write_bytes(bytes(flipped))
    for number in range(4):
        (folder / "dog" / f"x{number}.gif").write_bytes(b"GIF89a")
    raw = read_pictures(folder, Reader())
    assert classes(raw) == ["cat", "cat", "dog"]
    assert "8 pictures are damaged or not what their names say" in said(raw)
    assert "“cat/empty.png”, “cat/word.png”, “dog/x0.gif”, “dog/x1.gif”, “dog/x2.gif” …" in said(raw)


def test_pictures_found_damaged_while_they_are_decoded_leave_no_gap(folder: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    for number in range(100):
        path = put(folder / ("cat", "dog")[number % 2] / f"{number:03}.png", Image.fromarray(noise // (number + 1)))
        if number % 3 == 0:
            path.write_bytes(path.read_bytes()[:-60])
    raw = read_pictures(folder, Reader(), (1, 64, 64))
    kept = sorted((("cat", "dog")[number % 2], number) for number in range(100) if number % 3)
    expected = [(name, noise[0, 0] // (number + 1)) for name, number in kept]
    found = [(name, shade) for name, shade in zip(classes(raw), values(raw)[:, 0, 0, 0], strict=True)]
    assert [one for one in found if one[1] not in (10, 20)] == [one for one in expected if one[1] not in (10, 20)]
    assert len(found) == len(expected) + 2 and "34 pictures are damaged" in said(raw)


def test_a_spoilt_picture_of_any_format_is_read_or_left_out(folder: Path) -> None:
    chance = random.Random(1)
    noise = np.random.default_rng(0).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    for ending in ("png", "jpg", "gif", "webp", "tif", "bmp"):
        image = Image.fromarray(noise)
        more = {"compression": "tiff_lzw"} if ending == "tif" else {}
        how = {"exif": exif, **more} if ending in ("png", "jpg", "webp", "tif") else {}
        sound = put(folder / "cat" / f"sound.{ending}", image, **how).read_bytes()
        for number in range(150):
            content = bytearray(sound)
            for _bit in range(chance.choice((1, 1, 3, 20))):
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            length = chance.choice((len(content), chance.randrange(1, len(content))))
            (folder / "dog" / f"{number}.{ending}").write_bytes(content[:length])
    raw = read_pictures(folder, Reader(), (3, 12, 12))
    assert classes(raw).count("cat") == 7 and "are damaged" in said(raw)


def test_numbers_that_are_no_shades_are_left_out(folder: Path) -> None:
    put(folder / "cat" / "float.tif", Image.fromarray(np.ones((3, 4), np.float32)))
    put(folder / "dog" / "long.tif", Image.fromarray(np.full((3, 4), 10**6, np.int32)))
    raw = read_pictures(folder, Reader())
    assert len(classes(raw)) == 2
    words = (
        "2 pictures hold numbers that are no shades from 0 to 255, and are left out: “cat/float.tif”, “dog/long.tif”"
    )
    assert words in said(raw)


def test_hidden_files_are_passed_over_and_others_counted(folder: Path) -> None:
    for name in ("Thumbs.db", "notes.txt", "cat/labels.csv", "dog/README"):
        (folder / name).write_text("no picture")
    for name in (".DS_Store", "cat/._1.png", ".git/1.png", ".hidden.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("no picture")
    plain(folder / "loose.png")
    (folder / "empty" / "still empty").mkdir(parents=True)
    raw = read_pictures(folder, Reader())
    assert classes(raw) == ["cat", "dog"]
    assert "4 files are no pictures by the endings of their names" in said(raw)
    assert "1 picture lies in none of the sub-folders" in said(raw)
    assert "1 sub-folder without pictures that can be read is left out: “empty”" in said(raw)
    assert "damaged" not in said(raw)


@pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")
def test_links_to_elsewhere_and_pipes_are_passed_over(folder: Path, tmp_path: Path) -> None:
    plain(tmp_path / "secret" / "1.png", 99)
    (folder / "cat" / "away.png").symlink_to(tmp_path / "secret" / "1.png")
    (folder / "secret").symlink_to(tmp_path / "secret")
    (folder / "cat" / "round").symlink_to(folder)
    (folder / "cat" / "self.png").symlink_to(folder / "cat" / "self.png")
    (folder / "cat" / "zero.png").symlink_to("/dev/zero")
    (folder / "cat" / "gone.png").symlink_to(folder / "cat" / "nothing.png")
    os.mkfifo(folder / "dog" / "pipe.png")
    (folder / "dog" / "2.png").symlink_to(folder / "cat" / "1.png")
    raw = read_pictures(folder, Reader())
    assert classes(raw) == ["cat", "dog", "dog"] and values(raw)[:, 0, 0, 0].tolist() == [10, 20, 10]
    assert "7 links to elsewhere, or what else are no plain files, are left out" in said(raw)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the administrator may read everything")
def test_what_is_closed_is_named(folder: Path) -> None:
    plain(folder / "cat" / "closed.png").chmod(0)
    plain(folder / "closed" / "1.png").parent.chmod(0)
    raw = read_pictures(folder, Reader())
    (folder / "closed").chmod(0o700)
    assert "2 files or folders could not be read and are left out" in said(raw)


def test_what_goes_between_the_two_passes_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain(folder / "cat" / "2.png")
    read = pictures.decode_all

    def after_a_loss(*arguments: object) -> None:
        (folder / "cat" / "2.png").unlink()
        (folder / "cat" / "1.png").write_bytes(png_that_says(60_000, 60_000))
        plain(folder / "cat" / "3.png", 3)
        read(*arguments)  # type: ignore[arg-type]

    plain(folder / "cat" / "3.png", 3)
    monkeypatch.setattr(pictures, "decode_all", after_a_loss)
    raw = read_pictures(folder, Reader())
    assert values(raw)[:, 0, 0, 0].tolist() == [3, 20]
    assert "1 file or folder could not be read" in said(raw) and "1 picture has more than" in said(raw)


def test_a_file_too_large_to_be_read_whole_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (folder / "cat" / "1.png").open("ab") as file:
        file.write(bytes(2000))
    plain(folder / "cat" / "2.png")
    monkeypatch.setattr(pictures, "MOST_BYTES", 1000)
    raw = read_pictures(folder, Reader())
    assert classes(raw) == ["cat", "dog"] and "1 picture has more than" in said(raw)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_text_are_read_and_shown(folder: Path) -> None:
    odd = os.fsencode(folder) + b"/\xff\n"
    os.mkdir(odd)  # noqa: PTH102
    shutil.copy(os.fsencode(folder / "cat" / "1.png"), odd + b"/\xfe.png")
    with open(odd + b"/\xfd.png", "wb") as file:  # noqa: PTH123
        file.write(b"spoilt")
    raw = read_pictures(folder, reader := Reader())
    assert len(set(classes(raw))) == 3 and len(reader.sha256) == 64
    assert all(note.isprintable() for note in raw.notes)


# --- what cannot be used --------------------------------------------------------------------------------------------


def test_a_folder_without_pictures_in_sub_folders_is_refused_with_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"is a folder without pictures in sub-folders. Put the pictures of each class"):
        read_source(str(tmp_path))
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    plain(tmp_path / "1.png")
    with pytest.raises(UserError, match=r"without pictures in sub-folders.* 1 picture lies in none"):
        read_source(str(tmp_path))


def test_one_class_alone_is_refused(tmp_path: Path) -> None:
    plain(tmp_path / "cat" / "1.png")
    (tmp_path / "dog").mkdir()
    with pytest.raises(UserError, match=r"are in one sub-folder, “cat”.*at least two classes"):
        read_source(str(tmp_path))
    (tmp_path / "dog" / "1.png").write_bytes(b"spoilt")
    with pytest.raises(UserError, match=r"are in one sub-folder, “cat”.*damaged .*“dog/1.png”"):
        read_source(str(tmp_path))
    whole = put(tmp_path / "cat" / "2.png", Image.effect_noise((64, 64), 90)).read_bytes()
    (tmp_path / "dog" / "1.png").write_bytes(whole[:-99])
    with pytest.raises(UserError, match=r"are in one sub-folder, “cat”.*damaged .*“dog/1.png”"):
        read_source(str(tmp_path))


def test_nothing_but_damaged_pictures_is_refused_with_their_names(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(UserError, match=r"None of the pictures in .* can be read.*“a/1.jpg”, “b/1.jpg”"):
        read_source(str(tmp_path))


def test_more_classes_than_can_be_told_apart_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_CLASSES", 1)
    with pytest.raises(UserError, match="pictures in 2 sub-folders; there can be 1 classes at most"):
        read_pictures(folder, Reader())


def test_more_values_than_can_be_held_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_VALUES", 23)
    with pytest.raises(UserError, match="2 pictures, which have 24 values at 4×3 pixels; the limit is 23"):
        read_pictures(folder, Reader())


def test_more_files_than_a_folder_of_pictures_has_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_folder, "MOST_ENTRIES", 3)
    monkeypatch.setattr(picture_folder, "LOOK", 1)
    with pytest.raises(UserError, match="holds more than 3 files and folders"):
        read_pictures(folder, Reader())


def test_pictures_for_which_there_is_no_memory_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = psutil.virtual_memory()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: real._replace(available=119))
    with pytest.raises(UserError, match=r"“pics” needs about 0.1 kB of memory"):
        read_pictures(folder, Reader())


@pytest.mark.skipif(sys.platform != "linux", reason="folders of Linux")
def test_a_folder_of_the_system_is_no_data() -> None:
    with pytest.raises(UserError, match="is not a plain file"):
        read_source("/proc/self")


def test_a_refused_folder_is_not_looked_into(folder: Path) -> None:
    with pytest.raises(UserError, match="outside its own folder, and may not"):
        read_source(str(folder), reader=Reader(refused=[str(folder)]))


def test_a_folder_that_a_project_from_elsewhere_names_can_be_allowed(folder: Path) -> None:
    project, source = Project(data=DataChoice(str(folder))), str(folder)
    assert askable(project, frozenset([source])) == [source]
    system = Project(data=DataChoice("/proc/self"))
    assert askable(system, frozenset(["/proc/self"])) == []


# --- how it is read -------------------------------------------------------------------------------------------------


class Listener(FileProgress):
    """Remembers the shares it is told, and cancels at one of them."""

    def __init__(self, until: float = 2.0) -> None:
        super().__init__()
        self.shares: list[float] = []
        self.until = until

    def reached(self, share: float) -> None:
        self.shares.append(share)
        if share >= self.until:
            self.cancel()
        super().reached(share)


@pytest.fixture
def many(folder: Path) -> Path:
    for number in range(600):
        plain(folder / ("cat", "dog")[number % 2] / f"{number}.png", number % 256, (64, 64))
    return folder


def test_progress_goes_on_from_nothing_to_all(many: Path) -> None:
    read_pictures(many, Reader(progress=(heard := Listener())))
    assert heard.shares == sorted(heard.shares) and heard.shares[-1] == 1.0 and len(set(heard.shares)) > 10


@pytest.mark.parametrize("until", [0.0, 0.01, 0.3, 0.9])
def test_cancelling_ends_it_soon(until: float, many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = list[str]()
    for name in ("read_header", "read_sample"):
        real: Callable[..., object] = getattr(pictures, name)
        monkeypatch.setattr(pictures, name, lambda *given, real=real: (done.append(given[-1]), real(*given))[1])
    reader = Reader(progress=(heard := Listener(until)))
    with pytest.raises(UserError, match="It was cancelled"):
        read_pictures(many, reader)
    assert heard.shares[-1] >= until and max([*heard.shares[:-1], 0.0]) <= max(until, 0.0)
    assert len(done) < 1204 and reader.read == []
    if until == 0.0:
        assert done == []


def test_cancelling_is_heard_while_one_picture_takes_long_and_does_not_wait_for_it() -> None:
    began, is_over = threading.Event(), threading.Event()
    asked = 0

    def slow(item: int) -> int:
        began.set()
        is_over.wait()
        return item

    def hear(_share: float) -> None:
        nonlocal asked
        began.wait()
        asked += 1
        if asked == 3:
            raise UserError("enough")

    taken = list[int]()
    with pytest.raises(UserError, match="enough"):
        in_order(slow, range(100), 1, lambda item, _result: taken.append(item), hear)
    is_over.set()
    assert taken == []


def test_an_error_in_a_thread_comes_out_and_its_threads_end() -> None:
    before = set(threading.enumerate())
    with pytest.raises(ZeroDivisionError):
        in_order(lambda item: 1 // (item - 50), range(100), 4, lambda _item, _result: None, lambda _share: None)
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
        assert not thread.is_alive()


def test_a_large_picture_is_decoded_while_no_other_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LARGE", 11)
    assert len(classes(read_pictures(folder, Reader()))) == 2


def test_the_folder_is_remembered_with_a_checksum_of_names_and_contents(folder: Path) -> None:
    def sum_now() -> str:
        read_pictures(folder, reader := Reader())
        (file,) = reader.read
        assert file.source == str(folder) and file.content == b"" and reader.sha256 == file.sha256
        assert file.size == sum(path.stat().st_size for path in folder.rglob("*.png"))
        return file.sha256

    first = sum_now()
    expected = hashlib.sha256()
    for name in ("cat/1.png", "dog/1.png"):
        expected.update(name.encode() + b"\0" + hashlib.sha256((folder / name).read_bytes()).digest())
    assert first == expected.hexdigest() == sum_now()
    (folder / "cat" / "notes.txt").write_text("no picture")
    assert sum_now() == first
    plain(folder / "cat" / "1.png", 11)
    changed = sum_now()
    (folder / "cat" / "1.png").rename(folder / "cat" / "2.png")
    renamed = sum_now()
    (folder / "cat" / "2.png").rename(folder / "dog" / "2.png")
    plain(folder / "cat" / "1.png", 11)
    assert len({first, changed, renamed, sum_now()}) == 4


def test_every_file_is_read_whole_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded_bytes = list[bytes]()
    real = pictures.decoded

    def note(content: bytes, *more: object) -> object:
        decoded_bytes.append(content)
        return real(content, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(pictures, "decoded", note)
    read_pictures(folder, Reader())
    assert sorted(decoded_bytes) == sorted((folder / name / "1.png").read_bytes() for name in ("cat", "dog"))


# --- the whole way --------------------------------------------------------------------------------------------------


def drawn(folder: Path, count: int = 30) -> Path:
    """Pictures with a bar that lies or stands."""
    chance = random.Random(0)
    for number in range(count):
        image = Image.new("RGB", (12, 10), (20, 30, 40))
        place = chance.randrange(1, 8)
        lies = number % 2 == 0
        image.paste(ORANGE, (0, place, 12, place + 2) if lies else (place, 0, place + 2, 10))
        put(folder / ("lying" if lies else "standing") / f"{number}.{('png', 'jpg')[number % 3 == 0]}", image)
    return folder


def test_a_network_with_convolutions_is_trained_on_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = drawn(tmp_path / "bars"), tmp_path / "bars.nnstudio"
    layers = "conv:4,relu,flatten,dense:out"
    assert main(["new", str(out), "--data", str(folder), "--layers", layers]) == 0
    assert main(["train", str(out), "--epochs", "2"]) == 0
    assert main(["evaluate", str(out)]) == 0
    assert main(["info", str(out)]) == 0
    assert main(["predict", str(out), str(folder), "-o", str(tmp_path / "answers.csv")]) == 0
    assert main(["export", str(out), "--to", "pytorch", "-o", str(tmp_path / "script.py")]) == 0
    project = open_project(out)
    assert project.facts and project.facts.classes == ("lying", "standing")
    assert project.facts.sample_shape == (3, 10, 12) and project.runs[0].epochs_run == 2
    assert any("30 pictures in 2 sub-folders" in note for note in project.facts.notes)
    assert [(file.source, file.content) for file in project.files] == [(str(folder), b"")]
    assert "Traceback" not in "".join(capsys.readouterr())


def test_a_folder_is_prepared_as_other_images_are(tmp_path: Path) -> None:
    dataset = load(DataChoice(str(drawn(tmp_path / "bars"))))
    assert dataset.train.inputs.shape[1:] == (3, 10, 12) and dataset.train.inputs.dtype == np.float32
    assert np.abs(dataset.train.inputs.mean(axis=(0, 2, 3))).max() < 1e-3
    assert set(dataset.train.targets.tolist()) == {0, 1}
    assert dataset.preview["class"].to_list() == ["lying"] * 15 + ["standing"] * 15


def test_another_folder_may_be_the_test_part(tmp_path: Path) -> None:
    train, test = drawn(tmp_path / "train"), drawn(tmp_path / "test", 8)
    facts = load(DataChoice(str(train), test_source=str(test))).facts
    assert facts.test == 8 and facts.train + facts.validation == 30


def test_a_folder_of_its_own_and_new_pictures_are_made_the_size_the_network_was_trained_on(tmp_path: Path) -> None:
    """Even where all of them have another."""
    random = np.random.default_rng(0)
    for folder, size in (("train", 90), ("test", 40)):
        for number in range(12):
            path = tmp_path / folder / "ab"[number % 2] / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(random.integers(0, 256, (size, size, 3), np.uint8)).save(path)
    project = tmp_path / "x.nnstudio"
    new = ["new", str(project), "--data", str(tmp_path / "train"), "--test", str(tmp_path / "test")]
    assert main([*new, "--set", "data.image=3x80x80", "--layers", "conv:2,relu,global_avg_pool,dense:out"]) == 0
    assert main(["train", str(project), "--epochs", "1", "--allow-data"]) == 0
    assert main(["evaluate", str(project), "--split", "test", "--allow-data"]) == 0
    out = tmp_path / "out.csv"
    assert main(["predict", str(project), str(tmp_path / "test"), "-o", str(out)]) == 0
    assert len(out.read_text().splitlines()) == 13
