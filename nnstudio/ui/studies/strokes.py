"""Thousands of lines and points drawn at once from arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt import internals
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

Numbers = NDArray[np.floating[Any]]
FAR = 30_000.0
"""Pixels beyond which nothing is drawn: Qt's rasterizer counts in 32 bits."""


def draw_lines(painter: QPainter, lines: Numbers, color: str | QColor, width: float) -> None:
    """Lines (m, 4) from x, y to x, y in the painter's pixels; those with an end that is no number are left out."""
    lines = lines[np.isfinite(lines).all(axis=1)]
    if not len(lines):
        return
    array = internals.PrimitiveArray(QLineF, 4)
    array.resize(len(lines))
    array.ndarray()[:] = np.clip(lines, -FAR, FAR)
    pen = QPen(QColor(color), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if width <= 1 else Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawLines(*array.drawargs())


def draw_points(painter: QPainter, points: Numbers, color: str | QColor, size: float) -> None:
    """Round points (m, 2) of so many pixels; those that are no numbers are left out."""
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return
    array = internals.PrimitiveArray(QPointF, 2)
    array.resize(len(points))
    array.ndarray()[:] = np.clip(points, -FAR, FAR)
    pen = QPen(QColor(color), size)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap if size > 3 else Qt.PenCapStyle.SquareCap)
    painter.setPen(pen)
    painter.drawPoints(*array.drawargs())


def joined(across: Numbers, up: Numbers) -> Numbers:
    """The lines (n · (p − 1), 4) that join the places of each row of (n, p)."""
    lines = np.empty((*across[:, 1:].shape, 4))
    lines[..., 0], lines[..., 1] = across[:, :-1], up[:, :-1]
    lines[..., 2], lines[..., 3] = across[:, 1:], up[:, 1:]
    return lines.reshape(-1, 4)
