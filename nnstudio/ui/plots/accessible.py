"""What assistive tools are told of a plot: one sentence, made when it is asked for and not at every frame."""

import weakref
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

Described = TypeVar("Described", bound=QWidget)


class DescribedFace(QAccessibleWidget):
    """A widget as a picture that is described."""

    def __init__(self, widget: QWidget, sentence: Callable[[], str]) -> None:
        super().__init__(widget, QAccessible.Role.Chart, widget.accessibleName())
        self._widget = weakref.ref(widget)
        self._sentence = sentence

    def text(self, text: QAccessible.Text) -> str:
        widget = self._widget()
        if text is not QAccessible.Text.Description or widget is None or not shiboken6.isValid(widget):
            return super().text(text)
        return self._sentence()


KEPT: list[QAccessibleInterface] = []
"""Faces that were given out: Qt keeps a table of them and must never find one collected."""


@cache
def describe(kind: type[Described], sentence: Callable[[Described], str]) -> None:
    """Have assistive tools find this sentence of every widget of a kind; once is enough."""

    def face_of(key: str, object: QObject) -> QAccessibleInterface | None:
        if not isinstance(object, kind):
            return None
        seen = weakref.ref(object)  # a face is kept longer than its widget

        def words() -> str:
            widget = seen()
            return sentence(widget) if widget is not None else ""

        KEPT.append(DescribedFace(object, words))
        return KEPT[-1]

    QAccessible.installFactory(face_of)
