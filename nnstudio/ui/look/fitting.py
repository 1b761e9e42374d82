"""Windows of a good size, or as much of it as the screen has."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

FRAME = QSize(24, 80)
"""What the system puts around a window, with a title bar."""


def resize_on_screen(window: QWidget, width: int, height: int) -> None:
    """Make a window so large, but no larger than fits on its screen with a frame around it, whatever it wants at
    least."""
    room = window.screen().availableGeometry().size() - FRAME
    window.setMinimumSize(window.minimumSize().boundedTo(room))
    window.resize(QSize(width, height).boundedTo(room))
