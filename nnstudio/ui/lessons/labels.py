"""Texts and boxes as the panel of lessons shows them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.ui.look import theme
from nnstudio.ui.look.fonts import sized


def heading(text: str, share: float) -> QLabel:
    label = text_label(text)
    label.setFont(sized(label.font(), share, bold=True))
    return label


def text_label(text: str, faint: bool = False) -> QLabel:
    """Plain text that is as wide as the panel."""
    label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    if faint:
        label.setStyleSheet(f"color: {theme.colors().faint_text};")
    return label


def framed(name: str) -> tuple[QFrame, QVBoxLayout]:
    """A box, and its layout."""
    box = QFrame()
    box.setObjectName(name)
    box.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    layout = QVBoxLayout(box)
    layout.setContentsMargins(12, 10, 12, 10)
    layout.setSpacing(8)
    return box, layout


def put_in(area: QScrollArea, inside: QWidget) -> None:
    """Show another widget in an area. The one before lives on for a moment: what was clicked may be a part of it."""
    old = area.takeWidget()
    if old is not None:
        old.hide()
        old.deleteLater()
    area.setWidget(inside)
