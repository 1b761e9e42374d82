"""What assistive tools are told of a plot: one sentence, made when it is asked for and not at every frame."""

import weakref
from collections.abc import Callable

import shiboken6
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QWidget

from nnstudio.ui.look.accessible_faces import Faced, offer_faces


class DescribedFace(QAccessibleWidget):
    """A widget as a picture that is described. It is kept longer than its widget, and so does not hold it."""

    def __init__(self, widget: Faced, sentence: Callable[[Faced], str]) -> None:
        super().__init__(widget, QAccessible.Role.Chart, widget.accessibleName())
        seen: weakref.ref[QWidget] = weakref.ref(widget)
        self._widget = seen
        self._sentence: Callable[..., str] = sentence

    def text(self, text: QAccessible.Text) -> str:
        widget = self._widget()
        if text is not QAccessible.Text.Description or widget is None or not shiboken6.isValid(widget):
            return super().text(text)
        return self._sentence(widget)


def describe(kind: type[Faced], sentence: Callable[[Faced], str]) -> None:
    """Have assistive tools find this sentence of every widget of a kind."""
    offer_faces(kind, lambda widget: DescribedFace(widget, sentence))
