"""The pictures and the film of the README show the program as it is."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from docs.readme import KEPT, PICTURES
from tests.documentation.fences import ROOT

GRID = 96, 60
"""Of the mean colours that are compared: letters may be drawn otherwise on another system, and the last digits of a
training differ; what stands where does not."""
MOST = 1.5
"""Of 255, on average over the picture: the same pictures in Spanish differ by 2.4 to 7.8."""


def looked_at(path: Path) -> tuple[tuple[int, int], NDArray[np.float64]]:
    """The size of a picture, and its mean colours."""
    with Image.open(path) as picture:
        return picture.size, np.asarray(picture.convert("RGB").resize(GRID, Image.Resampling.BOX), dtype=float)


def difference(one: Path, other: Path) -> float:
    return float(np.abs(looked_at(one)[1] - looked_at(other)[1]).mean())


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme")
    done = subprocess.run([sys.executable, "-m", "docs.readme", str(folder)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("name", PICTURES)
def test_a_kept_picture_shows_the_window_as_it_is(now: Path, name: str) -> None:
    kept, grabbed = KEPT / f"{name}.png", now / f"{name}.png"
    assert looked_at(kept)[0] == looked_at(grabbed)[0]
    assert difference(kept, grabbed) < MOST, f"{name}.png shows what was; type: python3 -m docs.readme"


def test_the_comparison_tells_pictures_apart() -> None:
    apart = [
        difference(KEPT / f"{one}.png", KEPT / f"{other}.png") for one in PICTURES for other in PICTURES if one != other
    ]
    assert min(apart) > MOST


def test_the_film_is_ten_seconds_of_a_window_in_which_something_moves() -> None:
    pictures, lengths = [], []
    with Image.open(KEPT / "film.webp") as film:
        for frame in ImageSequence.Iterator(film):
            pictures.append(np.asarray(frame.convert("L"), dtype=float))
            lengths.append(frame.info["duration"])
    assert 8_000 < sum(lengths) < 12_000 and len(lengths) > 60
    assert np.mean([np.any(one != other) for one, other in pairwise(pictures)]) > 0.5
