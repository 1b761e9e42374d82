"""About the program: what it is, its version, and what it is made of."""

import sys

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from nnstudio import __version__
from nnstudio.text import translate as _


def show_about(parent: QWidget) -> None:
    """Show it in a box of its own that does not hold up the window."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, _("About nnstudio"), about_text(), QMessageBox.StandardButton.Ok, parent)
    box.setObjectName("about")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def about_text() -> str:
    lines = [
        f"nnstudio {__version__}",
        "",
        _("Assemble neural networks on a canvas, train them with PyTorch, and watch what learning is."),
        "",
        _("Python {python}, PySide6 {qt}").format(python=sys.version.split()[0], qt=PySide6.__version__),
        _("Text is set in Inter, under the SIL Open Font License."),
        _("Nothing is sent anywhere."),
    ]
    return "\n".join(lines)
