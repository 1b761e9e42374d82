"""Messages and questions in boxes of their own, in plain text."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def warn(parent: QWidget, title: str, message: str) -> None:
    """Say that something did not work. The text is a user's in part, so it is shown as it stands."""
    box = QMessageBox(QMessageBox.Icon.Warning, title, message, QMessageBox.StandardButton.Ok, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def ask(parent: QWidget, title: str, message: str, buttons: QMessageBox.StandardButton) -> QMessageBox.StandardButton:
    """Ask, and wait for the answer."""
    box = QMessageBox(QMessageBox.Icon.Question, title, message, buttons, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    answer = QMessageBox.StandardButton(box.exec())
    box.deleteLater()
    return answer
