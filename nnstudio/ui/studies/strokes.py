"""Thousands of lines and points drawn at once from arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt import internals
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

Numbers = NDArray[np.floating[Any]]
Places = NDArray[np.intp]

FAR = 30_000.0
"""Pixels beyond which nothing is drawn: Qt's rasterizer counts in 32 bits."""
MANY = 30_000
"""Corners of lines from which on those that lie over each other are drawn once."""
GRAIN = 1.0
"""Pixels to which lines are then taken to lie over each other."""
TALLEST = 3000.0
"""Pixels within which they are looked for: farther out, where one has zoomed in, each is drawn."""


def draw_lines(painter: QPainter, lines: Numbers, color: str | QColor, width: float) -> None:
    """Lines (m, 4) from x, y to x, y in the painter's pixels; those with an end that is no number are left out."""
    lines = lines[np.isfinite(lines).all(axis=1)]
    if not len(lines):
        return
    array = internals.PrimitiveArray(QLineF, 4)
    array.resize(len(lines))
    array.ndarray()[:] = np.clip(lines, -FAR, FAR)
    pen = QPen(QColor(color), width)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap if width <= 1 else Qt.PenCapStyle.RoundCap)
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


def draw_polylines(
    painter: QPainter, across: Numbers, up: Numbers, steps: NDArray[np.int8], colors: Sequence[str], width: float
) -> None:
    """Lines with corners at `across` (p,) and `up` (n, p) in pixels, each in the colour of its step (n,); those of
    later colours lie over those of earlier ones."""
    if up.size <= MANY:
        for step, color in enumerate(colors):
            draw_lines(painter, joined(across, up[steps == step]), color, width)
        return
    # Most of so many lie over each other: of stretches that look the same only the one on top is drawn.
    top, height = float(np.nanmin(up)), float(np.nanmax(up) - np.nanmin(up))
    if height > TALLEST:
        is_in = ((up > -TALLEST / 2) & (up < TALLEST / 2)).all(axis=1)
        top, height = -TALLEST / 2, TALLEST
        for step, color in enumerate(colors):
            draw_lines(painter, joined(across, up[(steps == step) & ~is_in]), color, width)
        up, steps = up[is_in], steps[is_in]
    parts, first, last, shown = distinct(up - top, steps, int(height / GRAIN) + 2)
    lines = np.stack([across[parts], top + GRAIN * first, across[parts + 1], top + GRAIN * last], axis=1)
    for step, color in enumerate(colors):
        draw_lines(painter, lines[shown == step], color, width)


def distinct(up: Numbers, steps: NDArray[np.int8], size: int) -> tuple[Places, Places, Places, NDArray[np.int8]]:
    """The different stretches of lines (n, p), to so many pixels: in which part they lie, where they begin and end,
    counted in grains, and the highest step of those that look so."""
    order = np.argsort(steps, kind="stable")  # what is written last stays
    grains = np.rint(np.nan_to_num(up, nan=-1.0) / GRAIN).astype(np.int32)[order]
    begins, ends = grains[:, :-1], grains[:, 1:]
    parts = np.arange(begins.shape[1], dtype=np.int32)
    codes = (parts * size + begins) * size + ends
    is_known = np.isfinite(up[order, :-1]) & np.isfinite(up[order, 1:])
    table = np.zeros(begins.shape[1] * size * size, np.int8)
    marks = np.broadcast_to(steps[order, None] + np.int8(1), codes.shape)
    if is_known.all():
        table[codes.ravel()] = marks.ravel()
    else:
        table[codes[is_known]] = marks[is_known]
    found = np.flatnonzero(table)
    return found // (size * size), found // size % size, found % size, table[found] - np.int8(1)


def joined(across: Numbers, up: Numbers) -> Numbers:
    """The lines (n · (p − 1), 4) that join the places (n, p) of each row, which lie at `across` (p,)."""
    lines = np.empty((*up[:, 1:].shape, 4))
    lines[..., 0], lines[..., 1] = across[:-1], up[:, :-1]
    lines[..., 2], lines[..., 3] = across[1:], up[:, 1:]
    return lines.reshape(-1, 4)


def nearest_line(
    across: Numbers, up: Numbers, where: QPointF, among: NDArray[np.bool_] | None = None, within: float = 10.0
) -> int | None:
    """Which of the lines with corners at `across` (p,) and `up` (n, p) passes nearest above or below a place, of those
    `among` (n,); None where none does within so many pixels."""
    part = int(np.searchsorted(across, where.x())) - 1
    if not 0 <= part < len(across) - 1:
        return None
    share = (where.x() - across[part]) / (across[part + 1] - across[part])
    rise = (up[:, part + 1] - up[:, part]) / (across[part + 1] - across[part])
    # Of a steep line the height above is more than the distance to it.
    away = np.abs(up[:, part] + share * (up[:, part + 1] - up[:, part]) - where.y()) / np.hypot(1.0, rise)
    away = np.where(np.isfinite(away) if among is None else np.isfinite(away) & among, away, np.inf)
    place = int(away.argmin()) if len(away) else 0
    return place if len(away) and away[place] <= within else None
