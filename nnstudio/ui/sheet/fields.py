"""Fields for what a person writes into the report; a text that is too long is cut."""

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit


def line_field(name: str, words: str, longest: int) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(words)
    field.setMaxLength(longest)
    return field


def text_field(name: str, words: str, height: int) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setObjectName(name)
    field.setAccessibleName(words)
    field.setTabChangesFocus(True)
    field.setFixedHeight(height)
    return field


def retext(field: QLineEdit | QPlainTextEdit, text: str) -> None:
    """Show a text, without moving the cursor where it is there already."""
    if isinstance(field, QLineEdit):
        if field.text() != text:
            field.setText(text)
    elif field.toPlainText() != text:
        field.setPlainText(text)


def within(field: QPlainTextEdit, longest: int) -> str:
    """The text of a field, cut where it is longer than the sheet takes."""
    text = field.toPlainText()
    if len(text) > longest:
        field.blockSignals(True)
        field.setPlainText(text[:longest])
        field.blockSignals(False)
    return text[:longest]
