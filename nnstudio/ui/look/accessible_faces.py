"""Gives assistive tools faces of our own for widgets that say more than Qt can know of them."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget

Faced = TypeVar("Faced", bound=QWidget)

KEPT: list[QAccessibleInterface] = []
"""Faces that were given out: Qt keeps a table of them and must never find one collected."""

_installed: set[type[QWidget]] = set()


def offer_faces(kind: type[Faced], make: Callable[[Faced], QAccessibleInterface]) -> None:
    """Have assistive tools find such a face of every widget of a kind; once is enough."""
    if kind in _installed:
        return
    _installed.add(kind)

    def face_of(key: str, object: QObject) -> QAccessibleInterface | None:
        if not isinstance(object, kind):
            return None
        KEPT.append(make(object))
        return KEPT[-1]

    QAccessible.installFactory(face_of)
