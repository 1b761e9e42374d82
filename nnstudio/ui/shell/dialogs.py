"""Messages and questions in boxes of their own, in plain text."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from nnstudio.text import translate as _


def warn(parent: QWidget, title: str, message: str) -> None:
    """Say that something did not work. The text is a user's in part, so it is shown as it stands."""
    box = QMessageBox(QMessageBox.Icon.Warning, title, message, QMessageBox.StandardButton.Ok, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def question(
    parent: QWidget, title: str, message: str, answers: tuple[str, str], accepted: Callable[[], object]
) -> None:
    """Ask without waiting; the second of two answers, which is also that of Escape, changes nothing."""
    box = QMessageBox(QMessageBox.Icon.Question, title, message, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.addButton(answers[0], QMessageBox.ButtonRole.AcceptRole)
    no = box.addButton(answers[1], QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.accepted.connect(accepted)
    box.open()


def ask(parent: QWidget, title: str, message: str, buttons: QMessageBox.StandardButton) -> QMessageBox.StandardButton:
    """Ask, and wait for the answer."""
    box = QMessageBox(QMessageBox.Icon.Question, title, message, buttons, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    discard = box.button(QMessageBox.StandardButton.Discard)
    if discard is not None:
        discard.setText(_("&Discard"))  # on some desktops Qt writes "Close without Saving", and nothing is closed
    answer = QMessageBox.StandardButton(box.exec())
    box.deleteLater()
    return answer
