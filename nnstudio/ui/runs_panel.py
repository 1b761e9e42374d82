"""The runs kept in the project, newest first; a click shows a run's curve."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QLabel, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from nnstudio.project.model import Project, Run
from nnstudio.project.names import way_words
from nnstudio.text import translate as _
from nnstudio.ui.store import Store


class RunsPanel(QWidget):
    """A table of runs. `chosen(run)` comes when one is selected."""

    chosen = Signal(object)

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.setObjectName("runs")
        self.store = store
        self.table = QTableWidget(0, 4)
        self.table.setAccessibleName(_("Runs"))
        self.table.setHorizontalHeaderLabels([_("Run"), _("Epochs"), _("Best loss"), _("Ended by")])
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().hide()
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.hint = QLabel(_("Each training is kept here. Click one to see its curve."), wordWrap=True)
        self.details = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.details.setObjectName("runDetails")
        self.details.setAccessibleName(_("Details of the run"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.hint)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.details)
        self.table.itemSelectionChanged.connect(self._choose)
        store.changed.connect(self.show_runs)
        self.runs: tuple[Run, ...] = ()
        self.show_runs()

    def show_runs(self, *_changed: Project) -> None:
        """Show the runs the project holds now."""
        runs = tuple(reversed(self.store.project.runs))
        if runs == self.runs:
            return
        self.runs = runs
        self.table.blockSignals(True)
        self.table.setRowCount(len(runs))
        for row, run in enumerate(runs):
            for column, text in enumerate(row_texts(run)):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                self.table.setItem(row, column, item)
        self.table.clearSelection()
        self.table.blockSignals(False)
        self.details.setText(details(runs[0]) if runs else "")

    def _choose(self) -> None:
        rows = {index.row() for index in self.table.selectedIndexes()}
        if len(rows) == 1:
            run = self.runs[rows.pop()]
            self.details.setText(details(run))
            self.chosen.emit(run)


def details(run: Run) -> str:
    """How a run was computed."""
    return f"{_('Run')} {run.id.removeprefix('run-')}: {way_words(run)}"


def row_texts(run: Run) -> list[str]:
    reasons = {
        "patience": _("early stopping"),
        "epochs": _("all epochs"),
        "user": _("hand"),
        "diverged": _("divergence"),
    }
    losses = run.history.validation_loss or run.history.train_loss
    best = f"{min(losses):.4g}" if losses else "–"
    return [run.id.removeprefix("run-"), str(run.epochs_run), best, reasons[run.stop_reason]]
