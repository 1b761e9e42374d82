"""Fields laid over the canvas, to write where something stands: a layer's name or first setting, a title, a note."""

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from nnstudio.text import UserError
from nnstudio.ui.canvas.search import PASSING

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class InPlaceEditor:
    """How writing in place ends: Enter and leaving the field take the text over, Esc does not.

    `take` may refuse the text; its UserError is told by `tell`, and the text stays to be mended. `cancelled` comes
    after Esc.
    """

    def __init__(
        self,
        field: "InPlaceField | InPlaceText",
        canvas: QWidget,
        take: Callable[[str], None],
        tell: Callable[[str], None],
        cancelled: Callable[[], None] = lambda: None,
    ) -> None:
        self.field = field
        self.canvas = canvas
        self.take = take
        self.tell = tell
        self.cancelled = cancelled
        self.before = field.text()
        self._over = False
        field.writing = self

    def begin(self, place: QRect, label: str) -> None:
        """Show the field at a place of the canvas, ready to be written in."""
        self.field.setAccessibleName(label)
        self.field.setToolTip(label)
        self.field.setPlaceholderText(label)
        self.field.setGeometry(place)
        self.field.show()
        self.field.setFocus()

    def end(self, taken: bool) -> None:
        """Close the field, with its text taken over or not; what is refused stays to be mended."""
        if self._over:
            return
        if taken and self.field.text() != self.before:
            try:
                self.take(self.field.text())
            except UserError as mistake:
                self.tell(str(mistake))
                return
        self._over = True
        if self.field.hasFocus():  # unless the hand has gone elsewhere already
            self.canvas.setFocus()  # first: what is hidden with the keys gives them to whatever comes next
        self.field.hide()
        self.field.deleteLater()

    def cancel(self) -> None:
        """Esc: the text is not taken over."""
        self.end(taken=False)
        self.cancelled()

    def finish(self, taken: bool = True) -> None:
        """Close the field for good: what is refused is told and not kept."""
        self.end(taken)
        self.end(taken=False)

    def leave(self, reason: Qt.FocusReason) -> None:
        """The focus has gone elsewhere."""
        if reason not in PASSING:
            self.finish()


class InPlaceField(QLineEdit):
    """One line."""

    writing: InPlaceEditor

    def __init__(self, text: str, canvas: QWidget) -> None:
        super().__init__(text, canvas)
        self.setObjectName("inPlaceField")
        self.selectAll()

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Kept from the canvas beneath, for which the keys mean something too.
        if event.key() in (*ENTER, Qt.Key.Key_Escape):
            event.accept()
            if event.key() == Qt.Key.Key_Escape:
                self.writing.cancel()
            else:
                self.writing.end(taken=True)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.accept()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.writing.leave(event.reason())


class InPlaceText(QPlainTextEdit):
    """Several lines: Enter begins a new one, Ctrl+Enter is through."""

    writing: InPlaceEditor

    def __init__(self, text: str, canvas: QWidget) -> None:
        super().__init__(text, canvas)
        self.setObjectName("inPlaceText")
        self.setTabChangesFocus(True)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def text(self) -> str:
        return self.toPlainText()

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        through = event.key() in ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if through or event.key() == Qt.Key.Key_Escape:
            event.accept()
            if through:
                self.writing.end(taken=True)
            else:
                self.writing.cancel()
            return
        super().keyPressEvent(event)
        event.accept()  # kept from the canvas beneath, for which an arrow at the end of the text means something too

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.writing.leave(event.reason())
