"""A line under the choice of data: whether its test set is sealed, and how often it was opened."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from nnstudio.project import openings
from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look import theme
from nnstudio.ui.store import Store

LOCK = 18


class TestSetLine(QWidget):
    """`asked` comes when more of it is to be seen."""

    __test__ = False  # no test of pytest's
    asked = Signal()

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.lock = QLabel()
        self.words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.words.setObjectName("testSetWords")
        self.more = QPushButton(_("Test set …"))
        self.more.setAccessibleName(self.more.text())
        self.more.setToolTip(_("What the seal is for, what was opened and for which run; open the test set there"))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.lock, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.words, 1)
        line.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        self.more.clicked.connect(lambda _checked=False: self.asked.emit())
        store.changed.connect(self.follow)
        self.show_project()

    def follow(self, change: Change) -> None:
        if change.touches(Part.OPENINGS, Part.RUNS, Part.DATA):
            self.show_project()

    def show_project(self) -> None:
        """Show the seal as it is now."""
        project, colors = self.store.project, theme.colors()
        is_sealed = openings.is_sealed(project)
        icon, color = ("mdi6.lock", colors.success) if is_sealed else ("mdi6.lock-open-variant", colors.problem)
        self.lock.setPixmap(theme.drawn_icon(icon, color, color).pixmap(LOCK, LOCK))
        self.words.setText(f"{openings.seal_text(project)} {openings.openings_text(project)}")
