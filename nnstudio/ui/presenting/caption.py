"""What was just done and by which key, for some seconds at the lower edge: a class sees what the hand does."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from nnstudio.ui.look import theme

SHOWN_FOR = 4000
"""Milliseconds."""
EDGE = 44
"""Pixels from the lower edge of the window."""


class Caption(QLabel):
    """Over the middle of the lower edge of a window; the newest wins, and clicks go through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, textFormat=Qt.TextFormat.PlainText)
        self.setObjectName("caption")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.ground = window
        self._told = False
        self._timer = QTimer(self, interval=SHOWN_FOR, singleShot=True)
        self._timer.timeout.connect(self.hide)
        window.installEventFilter(self)
        self.hide()

    def show_action(self, action: QAction) -> None:
        """The name of a command and its keys."""
        self.tell(action.text().replace("&&", "\0").replace("&", "").replace("\0", "&"), keys_text(action))

    def is_answer(self) -> bool:
        """Whether what stands here was told by the command that was just given, and says more than its name."""
        told, self._told = self._told, False
        return told

    def tell(self, words: str, keys: str = "") -> None:
        """Show a sentence, or the name of a command with its keys."""
        self._told = not keys
        colors = theme.colors()
        self.setStyleSheet(
            f"#caption {{ background: {colors.text}; color: {colors.surface}; border-radius: 8px; padding: 6px 16px; }}"
        )
        self.setText(f"{words}   [{keys}]" if keys else words)
        self.setAccessibleName(self.text())
        self.setFont(QApplication.font())
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def _place(self) -> None:
        size = self.sizeHint().boundedTo(QSize(self.ground.width(), self.ground.height()))
        self.resize(size)
        self.move((self.ground.width() - size.width()) // 2, self.ground.height() - size.height() - EDGE)

    def leave(self) -> None:
        self._timer.stop()
        self.hide()

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)


def keys_text(action: QAction) -> str:
    """The first keys of a command, as this system writes them."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
