"""The plain fields and labels of the form of a study, and what stands in them as a value that is kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QWidget

from nnstudio.project.model import Study
from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import Choice, NumberBox
from nnstudio.ui.look.fonts import sized


@dataclass(frozen=True)
class Draft:
    """A form that is not ready: what it is of, what varies, and what stands in its fields."""

    origin: Study | None
    keys: tuple[str, ...]
    written: tuple[str | int, ...]


def read_field(field: QWidget) -> str | int:
    """What stands in a field."""
    if isinstance(field, QLineEdit):
        return field.text()
    if isinstance(field, QComboBox):
        return field.currentIndex()
    if isinstance(field, QCheckBox):
        return int(field.isChecked())
    assert isinstance(field, NumberBox)
    return field.value()


def write_field(field: QWidget, value: str | int) -> None:
    if isinstance(field, QLineEdit):
        field.setText(str(value))
    elif isinstance(field, QComboBox):
        field.setCurrentIndex(int(value))
    elif isinstance(field, QCheckBox):
        field.setChecked(bool(value))
    elif isinstance(field, NumberBox):
        field.setValue(int(value))


def number(low: int, high: int, value: int, name: str, words: str) -> NumberBox:
    box = NumberBox()
    box.setRange(low, high)
    box.setValue(value)
    box.setObjectName(name)
    box.setAccessibleName(words)
    return box


def choice_of(entries: Mapping[str, str], words: str) -> Choice:
    """A list of entries by their keys, with what each is called."""
    choice = Choice()
    for key, name in entries.items():
        choice.addItem(_(name), key)
    choice.setAccessibleName(words)
    return choice


def plain_label() -> QLabel:
    return QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)


def faint(words: str) -> QLabel:
    label = plain_label()
    label.setText(words)
    label.setStyleSheet(f"color: {theme.colors().faint_text};")
    return label


def heading(words: str) -> QLabel:
    label = plain_label()
    label.setText(words)
    label.setFont(sized(label.font(), 1.15, bold=True))
    return label
