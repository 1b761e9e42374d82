"""A line above the canvas for what the user should know now; it goes away by itself or by its button."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton

from nnstudio.text import translate as _
from nnstudio.ui import theme

SHOWN_FOR = 12_000


class MessageBar(QFrame):
    """One message at a time; the newest wins."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("messageBar")
        self.label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton(autoRaise=True)
        close.setText("×")
        close.setAccessibleName(_("Close this message"))
        close.setToolTip(_("Close this message"))
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.addWidget(self.label, 1)
        layout.addWidget(close)
        self._timer = QTimer(self, interval=SHOWN_FOR, singleShot=True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def tell(self, message: str) -> None:
        """Show a message."""
        colors = theme.colors()
        self.setStyleSheet(
            f"#messageBar {{ background: {colors.surface}; border: 1px solid {colors.selection}; border-radius: 6px; }}"
        )
        self.label.setText(message)
        self.setAccessibleName(message)
        self.show()
        self._timer.start()
