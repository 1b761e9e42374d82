"""New rows: a file of them, or one typed by hand, with what the network answers and what is odd about each."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from nnstudio.project.model import Preparation
from nnstudio.text import Count, UserError, mark, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.background import table_jobs
from nnstudio.ui.background.table_jobs import Predicted
from nnstudio.ui.background.task import Task
from nnstudio.ui.data.panel import tables_pattern
from nnstudio.ui.data.pasted import keep_pasted
from nnstudio.ui.data.table_model import TableModel
from nnstudio.ui.labs.lab import Lab, LabType
from nnstudio.ui.look import theme
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    import polars

MOST_FIELDS = 40
"""Columns up to which a row can be typed by hand."""
FEW_COLUMNS = 60
WIDEST = 320


class PredictLab(Lab):
    """Predictions for rows that are not in the data."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        words = _(
            "What the network that is shown answers for new rows. They are read and prepared as the training rows "
            "were; whatever is odd about a row stands in its remark."
        )
        super().__init__(trainer, parent, _("Predict new rows"), words)
        self.setObjectName("predictLab")
        self.fields: dict[str, QLineEdit] = {}
        self.source = ""
        self.table: polars.DataFrame | None = None
        self.file_button, self.paste_button = QPushButton(_("File of rows …")), QPushButton(_("Paste rows"))
        self.save_button = QPushButton(_("Save as CSV …"))
        self.save_button.setEnabled(False)
        self.said = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.said.setObjectName("predictSaid")
        self.model = TableModel(self)
        self.view = QTableView()
        self.view.setAccessibleName(_("Predictions"))
        self.view.setModel(self.model)
        self.view.setTabKeyNavigation(False)
        self.view.setWordWrap(False)
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.row = QWidget()
        self._rows = QFormLayout(self.row)
        self.answer = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.answer.setObjectName("predictAnswer")
        self._lay_out()
        self.file_button.clicked.connect(self.open_file)
        self.paste_button.clicked.connect(self.paste)
        self.save_button.clicked.connect(self.save)
        self.resize(940, 560)
        self.look()

    def refresh(self) -> None:
        assert self.run_shown is not None
        self.message.hide()
        self.content.show()
        self._make_fields(self.run_shown.preparation)
        if self.source:
            self.ask(partial(table_jobs.predicted, self.run_shown, self.source), self.take)
        if any(field.text() for field in self.fields.values()):
            self.answer_row()

    def open_file(self) -> None:
        """Ask for a file of rows, and have them answered."""
        name, _filter = QFileDialog.getOpenFileName(self, _("File of rows"), "", tables_pattern())
        if name:
            self.predict(name)

    def paste(self) -> None:
        """Answer the rows that are on the clipboard."""
        try:
            self.predict(str(keep_pasted(QGuiApplication.clipboard().text())))
        except (UserError, OSError) as mistake:
            self.said.setText(str(mistake))

    def predict(self, source: str) -> None:
        """Have the rows of a file answered."""
        if self.run_shown is None:
            return
        self.source = source
        self.said.setText(_("Reading the rows …"))
        task = Task(partial(table_jobs.predicted, self.run_shown, source), self)
        task.arrived.connect(self.take)
        task.failed.connect(self._refused)
        task.start()

    def take(self, found: Predicted) -> None:
        """Show predictions, and what was said of their rows."""
        self.table = found.table
        self.model.show_table(found.table, ())
        for place, name in enumerate(found.table.columns[:FEW_COLUMNS]):
            self.view.setColumnWidth(place, min(WIDEST, max(90, self.view.sizeHintForColumn(place) + 16)))
            if name == "remark":
                self.view.setColumnWidth(place, WIDEST)
        self.save_button.setEnabled(True)
        count = found.table.height
        words = translate_count("{count} row answered.", "{count} rows answered.", count).format(count=Count(count))
        odd = translate_count("{count} row has a remark.", "{count} rows have a remark.", found.odd).format(
            count=Count(found.odd)
        )
        self.said.setText("\n".join([f"{words} {odd}" if found.odd else words, *found.notes[:6]]))
        self.said.setStyleSheet("")

    def _refused(self, message: str) -> None:
        self.said.setText(message)
        self.said.setStyleSheet(f"color: {theme.colors().problem};")

    def save(self) -> None:
        """Write the predictions as a table."""
        if self.table is None:
            return
        name, _filter = QFileDialog.getSaveFileName(self, _("Save the predictions"), "predictions.csv", "CSV (*.csv)")
        if not name:
            return
        task = Task(partial(table_jobs.saved, self.table, Path(name)), self)
        task.arrived.connect(lambda path: self.said.setText(_("Saved as {file}.").format(file=path)))
        task.failed.connect(self._refused)
        task.start()

    # --- one row ----------------------------------------------------------------------------------------------------

    def _make_fields(self, preparation: Preparation) -> None:
        names = needed(preparation)
        if list(self.fields) == names:
            return
        while self._rows.rowCount():
            self._rows.removeRow(0)
        self.fields = {}
        for name in names:
            field = QLineEdit()
            field.setAccessibleName(name)
            field.setObjectName(f"cell_{name}")
            field.setPlaceholderText(hint(name, preparation))
            field.textEdited.connect(lambda _text: self.answer_row())
            label = QLabel(name, textFormat=Qt.TextFormat.PlainText)
            label.setBuddy(field)
            self._rows.addRow(label, field)
            self.fields[name] = field
        self.row_area.setVisible(bool(names))

    def answer_row(self) -> None:
        """Have the row that is typed answered."""
        run = self.run_shown
        if run is None:
            return
        cells = {name: field.text().strip() for name, field in self.fields.items()}
        self.ask_in_turn(partial(table_jobs.predicted_row, run, cells), self._show_answer)

    def _show_answer(self, found: Predicted) -> None:
        row = found.table.row(0, named=True)
        lines = [_("Prediction: {answer}").format(answer=shown_answer(row["prediction"]))]
        shares = [(name, value) for name, value in row.items() if name.startswith("p(")]
        lines += [f"{name} = {value:.1%}" for name, value in sorted(shares, key=lambda one: -one[1])[:6]]
        if row["remark"]:
            lines.append(str(row["remark"]))
        self.answer.setText("\n".join(lines))

    def _lay_out(self) -> None:
        files = QHBoxLayout()
        for button in (self.file_button, self.paste_button, self.save_button):
            button.setAutoDefault(False)
            files.addWidget(button)
        files.addStretch()
        left = QWidget()
        layout = QVBoxLayout(left)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.addLayout(files)
        layout.addWidget(self.said)
        layout.addWidget(self.view, 1)
        by_hand = QWidget()
        column = QVBoxLayout(by_hand)
        column.addWidget(QLabel(_("A row typed by hand"), textFormat=Qt.TextFormat.PlainText))
        column.addWidget(self.row)
        column.addWidget(self.answer)
        column.addStretch()
        self.row_area = QScrollArea()
        self.row_area.setWidgetResizable(True)
        self.row_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.row_area.setWidget(by_hand)
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        split.addWidget(left)
        split.addWidget(self.row_area)
        split.setSizes([640, 280])
        split.setStretchFactor(0, 1)
        whole = QVBoxLayout(self.content)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)


def needed(preparation: Preparation) -> list[str]:
    """The columns that a row has, in the order of the training rows; none of pictures, and of very many."""
    if len(preparation.sample_shape) > 1 or any(column.count > 1 for column in preparation.columns):
        return []
    made = {one.name: one.sources for one in preparation.made}
    names = [name for column in preparation.columns for name in made.get(column.name, (column.name,))]
    different = list(dict.fromkeys(names))
    return different if len(different) <= MOST_FIELDS else []


def hint(name: str, preparation: Preparation) -> str:
    """What a cell may hold: the range of the training rows, or the words that they have."""
    for column in preparation.columns:
        if column.name == name and column.kind == "category":
            return ", ".join(column.categories[:4]) + (" …" if len(column.categories) > 4 else "")
        if column.name == name and column.kind == "number" and column.highest > column.lowest:
            return f"{column.lowest:.4g} – {column.highest:.4g}"
    return ""


def shown_answer(answer: object) -> str:
    return f"{answer:.6g}" if isinstance(answer, float) else str(answer)


LAB = LabType(
    command="actionPredictLab",
    text=mark("&Predict new rows …"),
    help=mark("What the network answers for the rows of a file, or for one typed by hand"),
    keys=("Ctrl+Alt+P",),
    make=PredictLab,
)
