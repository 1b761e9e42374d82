"""The foot of the canvas: what keeps the project from training, where a click goes there, and the network's totals."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem

from nnstudio.project.memory_need import learning_need, weights_need
from nnstudio.text import Count, shown_bytes
from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look import theme
from nnstudio.ui.store import Store

WHERE_ROLE = 256
MOST_ROWS = 4


class Problems(QListWidget):
    """One line a problem, or one line that says there is none. `chosen(where)` comes with a click."""

    chosen = Signal(str)

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.setObjectName("problems")
        self.setAccessibleName(_("Problems"))
        self.setWordWrap(True)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.store = store
        self.itemActivated.connect(lambda item: self.chosen.emit(item.data(WHERE_ROLE)))
        self.itemClicked.connect(lambda item: self.chosen.emit(item.data(WHERE_ROLE)))
        store.changed.connect(self.follow)
        self.show_problems()

    def follow(self, change: Change) -> None:
        if change.touches(Part.PROBLEMS, Part.FACTS):
            self.show_problems()

    def show_problems(self) -> None:
        """Show what is wrong now."""
        shown = [(one.where, one.message) for one in self.store.problems]
        if not shown and self.store.project.facts is None:
            shown = [("data", _("Reading the data …"))]
        elif not shown:
            shown = [("", _("No problems: the network is ready to train."))]
        if shown != [(self.item(row).data(WHERE_ROLE), self.item(row).text()) for row in range(self.count())]:
            self._fill(shown)

    def _fill(self, shown: list[tuple[str, str]]) -> None:
        self.clear()
        colors = theme.colors()
        for where, message in shown:
            item = QListWidgetItem(message)
            item.setData(WHERE_ROLE, where)
            good = not self.store.problems
            item.setIcon(
                theme.drawn_icon(
                    "mdi6.check-circle-outline" if good else "mdi6.alert-circle-outline",
                    colors.success if good else colors.problem,
                    colors.border,
                )
            )
            self.addItem(item)
        height = sum(self.sizeHintForRow(row) for row in range(min(self.count(), MOST_ROWS)))
        self.setFixedHeight(height + 2 * self.frameWidth() + 4)


class Totals(QLabel):
    """How large the network is: what it learns, what a sample costs, and the memory it takes."""

    def __init__(self, store: Store) -> None:
        super().__init__(textFormat=Qt.TextFormat.PlainText)
        self.setObjectName("totals")
        self.store = store
        store.changed.connect(self.follow)
        self.show_totals()

    def follow(self, change: Change) -> None:
        if change.touches(Part.STRUCTURE, Part.FACTS, Part.TRAINING):
            self.show_totals()

    def show_totals(self) -> None:
        inference = self.store.inference
        parameters = inference.total_parameters
        self.setText(
            _("{parameters} parameters · {products} multiply-adds a sample").format(
                parameters=Count(parameters),
                products=Count(inference.multiply_adds),
            )
        )
        self.setToolTip(
            _(
                "Weights and biases take {memory}. Learning takes about {learning}: gradients, what the optimizer "
                "keeps, and the values of a batch."
            ).format(
                memory=shown_bytes(weights_need(inference)),
                learning=shown_bytes(learning_need(self.store.project, inference)),
            )
        )
