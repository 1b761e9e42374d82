"""The table of runs in a window of its own, where many columns have room."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from nnstudio.text import translate as _

SIZE = QSize(1060, 620)
SHARED = ("actionUndo", "actionRedo", "actionSave")
"""Commands of the window that are given here too."""


class RunsRoom(QDialog):
    """Holds the table until it is closed; then whoever lent it takes it back."""

    def __init__(self, content: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Runs"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(content)
        content.show()
        for name in SHARED:
            action = parent.findChild(QAction, name)
            if isinstance(action, QAction):
                self.addAction(action)
        room = self.screen().availableGeometry().size()
        self.resize(SIZE.boundedTo(QSize(round(0.94 * room.width()), round(0.85 * room.height()))))
