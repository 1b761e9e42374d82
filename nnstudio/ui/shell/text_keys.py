"""The keys that make all text larger or smaller."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent


class TextKeys(QObject):
    """Takes them from what reaches a window, before Qt looks for a shortcut.

    On many keyboards + is = with Shift, and Qt takes Ctrl+Shift++ for Ctrl++ too: it would find both text and zoom
    meant, and do neither.
    """

    def __init__(self, window: QObject, change: Callable[[int], object]) -> None:
        super().__init__(window)
        self.change = change

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if event.type() not in kinds or not isinstance(event, QKeyEvent) or not text_step(event):
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self.change(text_step(event))
        return True


def text_step(event: QKeyEvent) -> int:
    """1 or −1 for the keys that make text larger or smaller, Ctrl+Shift+plus and minus; 0 for others."""
    shift_control = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier != shift_control:
        return 0
    return {
        Qt.Key.Key_Plus: 1,
        Qt.Key.Key_Equal: 1,
        Qt.Key.Key_Asterisk: 1,  # Shift and + where that has a key of its own
        Qt.Key.Key_Minus: -1,
        Qt.Key.Key_Underscore: -1,
    }.get(Qt.Key(event.key()), 0)
