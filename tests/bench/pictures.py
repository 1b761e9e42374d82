"""A folder of pictures as data beside plain decoding of its files, and the memory that it takes.

python3 packaging/develop.py bench pictures [--rounds N]
"""

import os
import random
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from nnstudio.data.pictures import MOST_THREADS, read_pictures
from nnstudio.data.reader import Reader
from tests.bench import memory
from tests.bench.tables import keep, medians

ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = Path(__file__).parent / "results" / "pictures.md"
COUNT = 20_000
CLASSES = 10
SIDE = 32
PARTS = 64
"""Parts that plain decoding is handed to its threads in: one call a picture would slow it down."""
ALIKE, MIXED = "all 32 × 32", "from 24 × 24 to 48 × 48"


def main(rounds: int = 5) -> int:
    threads = min(MOST_THREADS, os.cpu_count() or 1)
    found = dict[str, list[float]]()
    asked = dict[str, str]()
    for name in (ALIKE, MIXED):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            write_pictures(folder, name == MIXED)
            ratio = f"plain decoding / reading the folder, {name}"
            memory = f"peak memory above an empty program / the samples, {name}"
            found[ratio] = in_turn(folder, threads, rounds)
            asked[ratio] = "at least 0.5"
            shape = read_pictures(folder, Reader()).sample_shape or ()
            data = COUNT * int(np.prod(shape))
            found[memory] = [(peak(folder) - peak()) / data for _round in range(rounds)]
    lines = [
        "# A folder of pictures",
        "",
        f"{COUNT:,} pictures in colour, half of them PNG and half JPEG, in {CLASSES} classes. Plain decoding opens",
        f"each file with Pillow and takes its pixels as an array, in {threads} threads as reading the folder does.",
        f"Medians of {rounds} rounds in turn, `python3 packaging/develop.py bench pictures`.",
        "",
        *medians(found, asked),
    ]
    keep(RESULTS, lines)
    return 0


def write_pictures(folder: Path, is_mixed: bool) -> None:
    """Small pictures of a few patches with some noise, as photographs have."""
    chance, noise = random.Random(0), np.random.default_rng(0)
    for number in range(COUNT):
        side = chance.randrange(24, 49) if is_mixed else SIDE
        patches = noise.integers(0, 236, (8, 8, 3), dtype=np.uint8).repeat(6, 0).repeat(6, 1)[:side, :side]
        image = Image.fromarray(patches + noise.integers(0, 20, patches.shape, dtype=np.uint8))
        path = folder / f"class {number % CLASSES}" / f"{number}.{('png', 'jpg')[number // CLASSES % 2]}"
        path.parent.mkdir(exist_ok=True)
        image.save(path)


def in_turn(folder: Path, threads: int, rounds: int) -> list[float]:
    """The ratios of both times, measured in turn after one round to warm up."""
    paths = sorted(folder.rglob("*.*"))
    ratios = list[float]()
    for number in range(rounds + 1):
        began = time.perf_counter()
        decode_plainly(paths, threads)
        middle = time.perf_counter()
        read_pictures(folder, Reader())
        end = time.perf_counter()
        if number:
            ratios.append((middle - began) / (end - middle))
    return ratios


def decode_plainly(paths: list[Path], threads: int) -> None:
    """Every picture as an array, which nobody keeps."""

    def decode(part: list[Path]) -> None:
        for path in part:
            with Image.open(path) as image:
                np.asarray(image.convert("RGB"))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(decode, (paths[start::PARTS] for start in range(PARTS))))


READ = """
import sys
from pathlib import Path
import polars
from nnstudio.data.pictures import read_pictures
from nnstudio.data.reader import Reader
for folder in sys.argv[1:]:
    read_pictures(Path(folder), Reader())
"""


def peak(*folders: Path) -> int:
    """The most bytes that a program of its own holds, which reads these folders."""
    return memory.peak("-c", READ, *map(str, folders))
