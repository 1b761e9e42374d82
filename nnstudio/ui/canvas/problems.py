"""The foot of the canvas: what keeps the project from training, where a click goes there, and the network's totals."""

from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from nnstudio.project.memory_need import learning_need, weights_need
from nnstudio.project.shapes import Problem
from nnstudio.text import Count, shown_bytes
from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look import theme
from nnstudio.ui.store import Store

WHERE_ROLE = 256
ROOM_ROLE = 257
"""The size of the button below the line; None where there is none."""
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
        self.setItemDelegate(LineDelegate(self))
        self.store = store
        self._lines: list[Problem] = []
        self._offers: dict[Problem, str] = {}
        """What the button below a line says."""
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(self._fit)
        self.itemActivated.connect(lambda item: self.chosen.emit(item.data(WHERE_ROLE)))
        self.itemClicked.connect(lambda item: self.chosen.emit(item.data(WHERE_ROLE)))
        store.changed.connect(self.follow)
        self.show_problems()

    def follow(self, change: Change) -> None:
        # Another network may have the same problem, and be mended by something else.
        if change.touches(Part.PROBLEMS, Part.FACTS) or (self._offers and change.touches(Part.STRUCTURE)):
            self.show_problems()

    @property
    def tell_some(self) -> bool:
        """Whether there is something in them to be mended."""
        return bool(self.store.problems or self.store.warnings)

    def show_problems(self) -> None:
        """Show what is wrong now."""
        lines = list(self.store.problems)
        if not lines and self.store.project.facts is None:
            lines = [Problem("data", _("Reading the data …"))]
        elif not lines:
            lines = [Problem("", _("No problems: the network is ready to train.")), *self.store.warnings]
        repairs = self.store.repairs
        offers = {line: repairs[line].label for line in lines if line in repairs}
        if (lines, offers) != (self._lines, self._offers):
            self._lines, self._offers = lines, offers
            self._fill()

    def _fill(self) -> None:
        self.clear()
        border = theme.colors().border
        for line in self._lines:
            item = QListWidgetItem(line.message)
            item.setData(WHERE_ROLE, line.where)
            sign, color = self._sign(line)
            item.setIcon(theme.drawn_icon(f"mdi6.{sign}-outline", color, border))
            self.addItem(item)
            if line in self._offers:
                self._offer(item, line, self._offers[line])
        self._fit()

    def _fit(self) -> None:
        """Be as high as the first lines are; a narrower window wraps them into more."""
        self.doItemsLayout()
        rows = [self.visualItemRect(self.item(row)) for row in range(min(self.count(), MOST_ROWS))]
        height = sum(row.height() for row in rows)
        self.setFixedHeight(height + 2 * self.frameWidth() + 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fitting.start()  # not now: a layout that is giving out room would not hear of another height

    def _sign(self, line: Problem) -> tuple[str, str]:
        """The icon of a line and its colour: a tick only where something is known to be right."""
        colors = theme.colors()
        if line in self.store.problems:
            return "alert-circle", colors.problem
        if line in self.store.warnings:
            return "alert", colors.problem
        return ("check-circle", colors.success) if line.where == "" else ("clock", colors.faint_text)

    def _offer(self, item: QListWidgetItem, line: Problem, label: str) -> None:
        """Put the button that mends it below a line, which leaves it room."""
        button = QPushButton(label)
        button.setAccessibleDescription(line.message)
        button.clicked.connect(partial(self._mend, line))
        item.setData(ROOM_ROLE, button.sizeHint())
        self.setItemWidget(item, button)

    def _mend(self, line: Problem) -> None:
        repair = self.store.repairs.get(line)
        if repair is not None:
            self.store.edit(repair.label, repair.project)


class LineDelegate(QStyledItemDelegate):
    """Draws a line above the button that belongs to it."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        room = index.data(ROOM_ROLE)
        if room and option.rect.height() > room.height():
            option.rect.setHeight(option.rect.height() - room.height())

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        room, size = index.data(ROOM_ROLE), super().sizeHint(option, index)
        return size + QSize(0, room.height()) if room else size

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        room, line = index.data(ROOM_ROLE), QRect(option.rect)
        super().updateEditorGeometry(editor, option, index)
        editor.setGeometry(editor.x(), line.bottom() + 1 - room.height(), room.width(), room.height())


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
        self.setText(_("{parameters} parameters").format(parameters=Count(parameters)))
        self.setToolTip(
            _(
                "{connections} connections between {units} units; {products} multiply-adds a sample. Weights and "
                "biases take {memory}. Learning takes about {learning}: gradients, what the optimizer keeps, and the "
                "values of a batch."
            ).format(
                connections=Count(inference.connections),
                units=Count(inference.units),
                products=Count(inference.multiply_adds),
                memory=shown_bytes(weights_need(inference)),
                learning=shown_bytes(learning_need(self.store.project, inference)),
            )
        )
