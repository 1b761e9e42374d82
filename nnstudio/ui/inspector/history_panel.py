"""Every edit since the project was opened; a click goes back or forward to it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look import theme
from nnstudio.ui.store import Store


class HistoryPanel(QListWidget):
    """The edits, oldest first. What was undone is faint."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.setObjectName("history")
        self.setAccessibleName(_("History"))
        self.store = store
        self.itemClicked.connect(self._chosen)
        self.itemActivated.connect(self._chosen)
        store.changed.connect(self.follow)
        self.show_history()

    def follow(self, change: Change) -> None:
        if change.touches(Part.HISTORY):
            self.show_history()

    def show_history(self) -> None:
        """Show the edits there are and where the project stands among them."""
        labels = [_("Start"), *self.store.edit_labels]
        place = self.store.place
        if [self.item(row).text() for row in range(self.count())] != labels:
            self.clear()
            for label in labels:
                self.addItem(QListWidgetItem(label))
        faint = QBrush(QColor(theme.colors().faint_text))
        for row in range(self.count()):
            # None and not the colour of text: the row that is marked has a colour of its own.
            self.item(row).setData(Qt.ItemDataRole.ForegroundRole, faint if row > place else None)
        self.setCurrentRow(place)

    def _chosen(self, item: QListWidgetItem) -> None:
        self.store.go_to(self.row(item))
