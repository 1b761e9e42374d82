"""A field laid over a layer on the canvas, to rename it or to change its first setting where it stands."""

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from nnstudio.text import Mistake


class InPlaceField(QLineEdit):
    """Enter and leaving the field take the text over, Esc does not. `take` may refuse it; its Mistake is told."""

    def __init__(
        self,
        canvas: QWidget,
        place: QRect,
        label: str,
        text: str,
        take: Callable[[str], None],
        tell: Callable[[str], None],
    ) -> None:
        super().__init__(text, canvas)
        self.canvas = canvas
        self.setObjectName("inPlaceField")
        self.setAccessibleName(label)
        self.setToolTip(label)
        self.setPlaceholderText(label)
        self.take = take
        self.tell = tell
        self.before = text
        self._over = False
        self.setGeometry(place)
        self.selectAll()
        self.show()
        self.setFocus()

    def end(self, taken: bool) -> None:
        """Close the field, with its text taken over or not; what is refused stays to be mended."""
        if self._over:
            return
        if taken and self.text() != self.before:
            try:
                self.take(self.text())
            except Mistake as mistake:
                self.tell(str(mistake))
                return
        self._over = True
        had_focus = self.hasFocus()
        self.hide()
        if had_focus:
            self.canvas.setFocus()  # unless the hand has gone elsewhere already
        self.deleteLater()

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Kept from the canvas beneath, for which both keys mean something too.
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            self.end(taken=event.key() != Qt.Key.Key_Escape)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.accept()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            return  # a context menu or another window: the focus comes back
        self.end(taken=True)
        self.end(taken=False)  # what was refused is not kept when the hand has gone elsewhere
