"""Which thing of a page an arrow key leads to: the nearest in that direction."""

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QWidget

ASIDE = 2
"""How much more a step aside counts than one in the direction of the key."""


def neighbour(now: QWidget, others: Iterable[QWidget], key: Qt.Key) -> QWidget | None:
    """The widget of a window that an arrow key leads to from another; None where there is none in that direction."""
    place = on_screen(now)
    costs: list[tuple[int, int, QWidget]] = []
    for number, other in enumerate(others):
        ahead, aside = distances(place, on_screen(other), key)
        if other is not now and ahead > 0:
            costs.append((ahead + ASIDE * aside, number, other))
    return min(costs, key=lambda one: one[:2])[2] if costs else None


def on_screen(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


def distances(start: QRect, end: QRect, key: Qt.Key) -> tuple[int, int]:
    """How far a place lies ahead of another in the direction of a key, and how far aside; in pixels, 0 where they
    overlap."""
    across = key in (Qt.Key.Key_Left, Qt.Key.Key_Right)
    if across:
        ahead = end.left() - start.right() if key == Qt.Key.Key_Right else start.left() - end.right()
        aside = max(0, end.top() - start.bottom(), start.top() - end.bottom())
    else:
        ahead = end.top() - start.bottom() if key == Qt.Key.Key_Down else start.top() - end.bottom()
        aside = max(0, end.left() - start.right(), start.left() - end.right())
    return ahead, aside
