"""A page of a lab with several: what it shows, or in its place a sentence that says why there is nothing."""

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget


class Page(QWidget):
    """`body` holds what is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.body = QWidget()
        self.message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.message.setObjectName("pageMessage")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(QMargins(0, 10, 0, 0))
        layout.addWidget(self.body, 1)
        layout.addWidget(self.message, 1)

    def say(self, message: str) -> None:
        """Show a sentence in place of the body."""
        self.body.hide()
        self.message.setText(message)
        self.message.show()

    def show_body(self) -> None:
        self.message.hide()
        self.body.show()

    def first_focus(self) -> QWidget:
        """What takes the keys when the page is opened."""
        raise NotImplementedError
