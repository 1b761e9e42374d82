"""Lines by the thousand: what is drawn once where it lies over itself looks as if all had been drawn."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from nnstudio.ui.studies import strokes
from nnstudio.ui.studies.strokes import draw_polylines, nearest_line
from nnstudio.ui.studies.trial_curves import thinned

COLORS = ["#ff0000", "#00ff00", "#0000ff"]


def drawn(draw: Callable[[QPainter], None]) -> NDArray[np.uint8]:
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    draw(painter)
    painter.end()
    return np.array(image.constBits(), np.uint8).reshape(200, 300, 4)[..., :3]


def test_many_lines_look_as_if_each_had_been_drawn(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    across = np.array([10.0, 100.0, 200.0, 290.0])
    up = np.rint(random.normal(100, 30, (9000, 4)))
    up[17, 2] = math.nan
    up[40] = 5000.0, 100.0, -4000.0, 50.0  # far out of sight
    steps = random.integers(0, 3, 9000).astype(np.int8)

    def draw(painter: QPainter) -> None:
        draw_polylines(painter, across, up, steps, COLORS, 1.0)

    merged = drawn(draw)
    monkeypatch.setattr(strokes, "MANY", up.size)
    apart = drawn(draw)
    assert (apart != 255).any(axis=2).mean() > 0.4
    assert (merged != apart).any(axis=2).mean() < 0.002


def test_the_nearest_line_is_found_between_its_corners() -> None:
    across = np.array([0.0, 100.0, 200.0])
    up = np.array([[0.0, 100.0, 0.0], [50.0, 50.0, 50.0], [math.nan, 10.0, 10.0]])
    assert nearest_line(across, up, QPointF(20, 22)) == 0
    assert nearest_line(across, up, QPointF(20, 48)) == 1
    assert nearest_line(across, up, QPointF(150, 12)) == 2
    assert nearest_line(across, up, QPointF(20, 120)) is None
    assert nearest_line(across, up, QPointF(250, 50)) is None
    assert nearest_line(across, up, QPointF(20, 48), np.array([True, False, True])) is None


def test_curves_of_different_lengths_are_thinned_alike() -> None:
    epochs, values = thinned([(0.5, 0.4, 0.3), (0.9,), ()])
    assert epochs.tolist() == [1, 2, 3] and values[0].tolist() == [0.5, 0.4, 0.3]
    assert values[1, 0] == 0.9 and np.isnan(values[1, 1:]).all() and np.isnan(values[2]).all()
    long = [tuple(float(value) for value in range(1000))] * 5000
    epochs, values = thinned([*long, tuple(range(10))])
    assert epochs[0] == 1 and epochs[-1] == 1000 and len(epochs) <= 40
    assert values[0].tolist() == (epochs - 1).tolist()
    assert np.all(np.diff(np.diff(epochs)) > -2)  # closer together at the beginning
    assert thinned([])[0].size == 0
