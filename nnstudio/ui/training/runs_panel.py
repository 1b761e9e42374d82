"""The runs kept in the project, newest first, each named by what changed since the one before it."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.project import edits, variants
from nnstudio.project.model import Run
from nnstudio.project.names import backend_text, has_given_weights
from nnstudio.text import translate as _
from nnstudio.text import translate_count
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.store import Store

CHANGED = 1
"""The column of what changed, which takes the room that is left."""


class RunsPanel(QWidget):
    """A table of runs.

    `chosen(run)` comes when one is selected, `hidden_changed(ids)` with the runs whose lines are not to be drawn,
    `carry_on_asked(run)` when one is to go on.
    """

    chosen = Signal(object)
    hidden_changed = Signal(object)
    carry_on_asked = Signal(object)

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.setObjectName("runs")
        self.store = store
        self.hidden: frozenset[str] = frozenset()
        self.table = QTableWidget(0, 5)
        self.table.setAccessibleName(_("Runs"))
        self.table.setHorizontalHeaderLabels([_("No."), _("Changed"), _("Epochs"), _("Best"), _("Ended by")])
        best = self.table.horizontalHeaderItem(3)
        assert best is not None
        best.setToolTip(_("The lowest validation loss"))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(CHANGED, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(36)
        self.table.verticalHeader().hide()
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.ExtendedSelection)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.hint = QLabel(
            _("Each training is kept here. Click one to see its curve; untick it to hide its faint line."),
            wordWrap=True,
        )
        self.details = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.details.setObjectName("runDetails")
        self.restore = QPushButton(_("Restore settings"))
        self.restore.setToolTip(_("Take the network, data and settings of this run again; can be undone"))
        self.delete = QPushButton(_("Delete"))
        self.delete.setToolTip(_("Delete the selected runs; can be undone"))
        buttons = QHBoxLayout()
        for button in (self.restore, self.delete):
            button.setAccessibleName(button.text())
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.hint)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        layout.addWidget(self.details)
        self.table.itemSelectionChanged.connect(self._choose)
        self.table.itemChanged.connect(self._ticked)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.restore.clicked.connect(self._restore)
        self.delete.clicked.connect(self._delete)
        store.changed.connect(self.follow)
        self.runs: tuple[Run, ...] = ()
        self.show_runs()

    def follow(self, change: Change) -> None:
        if change.touches(Part.RUNS):
            self.show_runs()

    def show_runs(self) -> None:
        """Show the runs the project holds now."""
        runs = tuple(reversed(self.store.project.runs))
        if runs != self.runs:
            self.runs = runs
            self.table.blockSignals(True)
            self.table.setRowCount(len(runs))
            for row, run in enumerate(runs):
                before = runs[row + 1] if row + 1 < len(runs) else None
                for column, text in enumerate(row_texts(run, before)):
                    self.table.setItem(row, column, self._item(run, column, text))
            self.table.clearSelection()
            self.table.blockSignals(False)
            self.details.setText(details(runs[0]) if runs else "")
        self._enable()

    def _item(self, run: Run, column: int, text: str) -> QTableWidgetItem:
        item = QTableWidgetItem(text)
        item.setToolTip(text)
        if column == 0:
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked if run.id in self.hidden else Qt.CheckState.Checked)
        elif column != CHANGED:
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
        return item

    @property
    def selected(self) -> list[Run]:
        """The runs whose rows are selected."""
        return [self.runs[row] for row in sorted({index.row() for index in self.table.selectedIndexes()})]

    def _enable(self) -> None:
        self.restore.setEnabled(len(self.selected) == 1)
        self.delete.setEnabled(bool(self.selected))

    def _choose(self) -> None:
        self._enable()
        if len(self.selected) == 1:
            (run,) = self.selected
            self.details.setText(details(run))
            self.chosen.emit(run)

    def _ticked(self, item: QTableWidgetItem) -> None:
        run = self.runs[item.row()]
        is_hidden = item.column() == 0 and item.checkState() == Qt.CheckState.Unchecked
        hidden = self.hidden | {run.id} if is_hidden else self.hidden - {run.id}
        if item.column() == 0 and hidden != self.hidden:
            self.hidden = hidden
            self.hidden_changed.emit(self.hidden)

    def _restore(self) -> None:
        (run,) = self.selected
        self.store.edit(
            _("Restore the settings of run {number}").format(number=number_of(run)),
            variants.restored(self.store.project, run),
        )

    def _delete(self) -> None:
        project = self.store.project
        for run in self.selected:
            project = edits.remove_run(project, run.id)
        count = len(self.selected)
        label = translate_count("Delete {count} run", "Delete {count} runs", count).format(count=count)
        self.store.edit(label, project)

    def _carry_on(self) -> None:
        self.carry_on_asked.emit(self.selected[0])

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        one = len(self.selected) == 1
        menu.addAction(_("&Restore settings"), self._restore).setEnabled(one)
        menu.addAction(_("&Carry on past the stop"), self._carry_on).setEnabled(one)
        menu.addAction(_("&Delete"), self._delete).setEnabled(bool(self.selected))
        menu.exec(self.table.viewport().mapToGlobal(place))
        menu.deleteLater()


def number_of(run: Run) -> str:
    return run.id.removeprefix("run-")


def details(run: Run) -> str:
    """How a run was computed, or where its weights are from."""
    words = run.message if has_given_weights(run) else backend_text(run)
    return _("Run {number}: {words}").format(number=number_of(run), words=words)


def row_texts(run: Run, before: Run | None) -> list[str]:
    reasons = {
        "patience": _("early stopping"),
        "epochs": _("all epochs"),
        "user": _("hand"),
        "diverged": _("divergence"),
        "interrupted": _("interrupted"),
        "failed": _("failure"),
        "pruned": _("given up by the study"),
    }
    losses = run.history.validation_loss or run.history.train_loss
    best = f"{min(losses):.4g}" if losses else "–"
    reason = _("a file") if has_given_weights(run) else reasons[run.stop_reason]
    changed = variants.changed_since(before, run) if before else ""
    return [number_of(run), changed, str(run.epochs_run), best, reason]
