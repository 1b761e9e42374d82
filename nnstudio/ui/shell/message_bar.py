"""A line above the canvas for what the user should know now; it goes away by itself or by its button."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton

from nnstudio.text import translate as _
from nnstudio.ui.look import theme

SHOWN_FOR = 12_000
JUST_TOLD = 300
"""Milliseconds in which a change still belongs to what was told."""


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
        self.buttons: list[QPushButton] = []
        self._told = QElapsedTimer()
        self._timer = QTimer(self, interval=SHOWN_FOR, singleShot=True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def tell(self, message: str, suggestions: Sequence[tuple[str, Callable[[], object]]] = ()) -> None:
        """Show a message, with a button for each thing that can be done about it."""
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = [self._button(words, do) for words, do in suggestions]
        colors = theme.colors()
        self.setStyleSheet(
            f"#messageBar {{ background: {colors.surface}; border: 1px solid {colors.selection}; border-radius: 6px; }}"
        )
        self.label.setText(message)
        self.setAccessibleName(message)
        self.show()
        self._told.start()
        self._timer.start()

    def overtaken(self) -> None:
        """The project has changed, or a training begins: what was told and offered before is of no more use."""
        if self.isVisible() and self._told.elapsed() > JUST_TOLD:
            self.hide()

    def _button(self, words: str, do: Callable[[], object]) -> QPushButton:
        button = QPushButton(words)
        button.setAccessibleName(words)
        button.clicked.connect(self.hide)
        button.clicked.connect(lambda _checked=False: do())
        layout = self.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.insertWidget(layout.count() - 1, button)
        return button
