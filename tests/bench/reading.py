"""Tables of four shapes read beside polars' own reading of the same files, and the memory that it takes.

python3 packaging/develop.py bench reading [--rounds N]
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars

from nnstudio.data.dataset import load
from nnstudio.data.kept_tables import forget
from nnstudio.data.reader import Reader
from nnstudio.data.tables import read_table
from nnstudio.project.model import DataChoice
from tests.bench import memory
from tests.bench.tables import keep, medians

RESULTS = Path(__file__).parent / "results" / "reading.md"
WORDS = ("free", "call", "later", "home", "now", "prize", "ok", "tonight", "love", "text")
SHAPES: dict[str, tuple[int, int]] = {
    "40 × 10,000": (40, 10_000),
    "1,000,000 × 32": (1_000_000, 32),
    "10,000,000 × 4": (10_000_000, 4),
}
CHOICE_ROWS = 100_000


def main(rounds: int = 5) -> int:
    found, asked = dict[str, list[float]](), dict[str, str]()
    with tempfile.TemporaryDirectory() as place:
        files = {name: write_numbers(Path(place), *shape) for name, shape in SHAPES.items()}
        files["5,574 texts"] = write_texts(Path(place), 5574)
        for name, path in files.items():
            found[f"reading / polars' own, {name}"] = in_turn(path, rounds)
            asked[f"reading / polars' own, {name}"] = "at most 1.5"
        for name, shape in SHAPES.items():
            memory = f"peak memory above an empty program / the numbers, {name}"
            data = 8 * shape[0] * shape[1]
            found[memory] = [(peak(files[name]) - peak()) / data for _round in range(min(rounds, 3))]
            asked[memory] = "at most 2"
        path = write_numbers(Path(place), CHOICE_ROWS, 10)
        first, again = another_choice(path, rounds)
        found["another choice / the first reading, 100,000 × 10"] = [b / a for a, b in zip(first, again, strict=True)]
        found["another choice, 100,000 × 10, milliseconds"] = [1000 * seconds for seconds in again]
        asked["another choice, 100,000 × 10, milliseconds"] = "at most 100"
    lines = [
        "# Tables read",
        "",
        "Each file is read in turn by `polars.read_csv` and as data is read here: cut into cells, each column told for",
        "what it holds, the file's checksum taken. Another choice leaves a column out of a table that is at hand.",
        f"Medians of {rounds} rounds, `python3 packaging/develop.py bench reading`.",
        "",
        *medians(found, asked),
    ]
    keep(RESULTS, lines)
    return 0


def write_numbers(folder: Path, rows: int, columns: int) -> Path:
    """A table of numbers of six decimals, its last column a class."""
    random = np.random.default_rng(0)
    path = folder / f"{rows}x{columns}.csv"
    numbers = {f"c{place}": random.normal(size=rows).round(6) for place in range(columns - 1)}
    polars.DataFrame({**numbers, "y": random.integers(0, 3, rows)}).write_csv(path)
    return path


def write_texts(folder: Path, rows: int) -> Path:
    """Messages behind their classes, a tab between."""
    random = np.random.default_rng(0)
    path = folder / "texts.tsv"
    lines = [f"{random.choice(('ham', 'spam'))}\t{' '.join(random.choice(WORDS, 15))}" for _row in range(rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def own(path: Path) -> None:
    is_text = path.suffix == ".tsv"
    polars.read_csv(path, separator="\t" if is_text else ",", has_header=not is_text, quote_char=None)


def in_turn(path: Path, rounds: int) -> list[float]:
    """How many times polars' own time reading takes, in each round."""
    found = []
    for _round in range(rounds + 1):
        ours = seconds(lambda: read_table(path, Reader()))
        found.append(ours / seconds(lambda: own(path)))
    return found[1:]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def another_choice(path: Path, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of the first reading, and of another choice about the same table."""
    first, again = [], []
    for _round in range(rounds):
        forget()
        first.append(seconds(lambda: load(DataChoice(str(path)))))
        again.append(seconds(lambda: load(DataChoice(str(path), ignore="c1"))))
    return first, again


READ = """
import sys
from pathlib import Path
import polars
from nnstudio.data.reader import Reader
from nnstudio.data.tables import read_table
for path in sys.argv[1:]:
    read_table(Path(path), Reader())
"""


def peak(*paths: Path) -> int:
    """The most bytes that a program of its own holds, which reads these files."""
    return memory.peak("-c", READ, *map(str, paths))
