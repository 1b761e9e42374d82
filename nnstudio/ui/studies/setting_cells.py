"""A cell of the map of settings: its median and, where there is room, the spread over its seeds in words; else as a
mark along its lower edge."""

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nnstudio.studies.words import range_text, score_text
from nnstudio.ui.look import projector, theme
from nnstudio.ui.plots.lines import FLAG
from nnstudio.ui.studies.shades import Scale

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Outcomes

LETTERS = 12
ROOM_FOR_SCORE, ROOM_FOR_SPREAD = (44, 16), (78, 34)
"""The pixels of a cell from which on its median is written, and its spread below."""
ROOM_FOR_MARK = 14, 10
INSET, TICK = 4.0, 3.0


def draw_cell(painter: QPainter, cell: QRectF, outcomes: "Outcomes", setting: int, ground: str, scale: Scale) -> None:
    """Fill a cell with its colour and write in it what there is room for."""
    painter.fillRect(cell, QColor(ground))
    colors = theme.colors()
    painter.setPen(QColor(theme.clearer_on(ground, colors.text, colors.background)))
    letters = projector.letters(LETTERS)
    measure, spread = outcomes.study.measure, outcomes.spread
    low, high = float(spread.low[setting]), float(spread.high[setting])
    has_seeds = spread.count[setting] > 1
    words = score_text(measure, float(spread.median[setting]))
    if setting == outcomes.best:
        words = f"{FLAG} {words}"
    is_written = has_seeds and fits(cell, ROOM_FOR_SPREAD, letters / LETTERS)
    if is_written:
        words += "\n" + range_text(measure, low, high)
    if fits(cell, ROOM_FOR_SCORE, letters / LETTERS):
        font = painter.font()
        font.setPixelSize(letters)
        painter.setFont(font)
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, words)
    if has_seeds and not is_written and fits(cell, ROOM_FOR_MARK, 1.0):
        mark_spread(painter, cell, (low, float(spread.median[setting]), high), scale)


def fits(cell: QRectF, room: tuple[int, int], grown: float) -> bool:
    return cell.width() >= grown * room[0] and cell.height() >= grown * room[1]


def mark_spread(painter: QPainter, cell: QRectF, values: tuple[float, float, float], scale: Scale) -> None:
    """A line from the lowest to the highest seed along the scale of the colours, which the cell is wide, with a tick at
    the median."""
    ends = sorted((scale.poor, scale.good))
    span = ends[1] - ends[0]
    if span <= 0 or not math.isfinite(values[1]):
        return
    room = cell.width() - 2 * INSET
    first, middle, last = (
        cell.left() + INSET + room * float(np.clip((value - ends[0]) / span, 0, 1)) for value in values
    )
    height = cell.bottom() - INSET
    painter.setPen(QPen(painter.pen().color(), projector.line(1.5)))
    painter.drawLine(QPointF(first, height), QPointF(last, height))
    painter.drawLine(QPointF(middle, height - TICK), QPointF(middle, height + TICK))
