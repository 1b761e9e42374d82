"""New rows: a file of them, or one typed by hand, with what the network answers and what is odd about each."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from nnstudio.project.preparation import Preparation
from nnstudio.text import Count, UserError, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.background import table_jobs
from nnstudio.ui.background.table_jobs import Predicted
from nnstudio.ui.background.task import Task
from nnstudio.ui.data.asked_file import asked_file
from nnstudio.ui.data.pasted import keep_pasted
from nnstudio.ui.data.table_model import TableModel
from nnstudio.ui.data.table_view import TableView
from nnstudio.ui.labs.lab import Lab, Question, Show
from nnstudio.ui.look import theme
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    import polars

MOST_FIELDS = 40
"""Columns up to which a row can be typed by hand."""
FEW_COLUMNS = 60
WIDEST = 460
NAME_ROOM = 24
DIGITS = 5
"""Those of a number in the table; the file that is saved has all."""
MOST_NOTES = 6

Asked = tuple[Question, Show]


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
        self._is_closed = False
        self._under_way: dict[str, Task] = {}
        self._waiting_for: dict[str, Asked] = {}
        """What is asked about the file and about the row: each when its last question is answered."""
        self.source = ""
        self.table: polars.DataFrame | None = None
        self.file_button, self.paste_button = QPushButton(_("File of rows …")), QPushButton(_("Paste rows"))
        self.save_button = QPushButton(_("Save as CSV …"))
        self.save_button.setEnabled(False)
        self.said = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.said.setObjectName("predictSaid")
        self.model = TableModel(self)
        self.model.digits = DIGITS
        self.view = TableView(self.model, _("Predictions"))
        self.row = QWidget()
        self._rows = QFormLayout(self.row)
        self.answer = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.answer.setObjectName("predictAnswer")
        self._lay_out()
        self.file_button.clicked.connect(self.open_file)
        self.paste_button.clicked.connect(self.paste)
        self.save_button.clicked.connect(self.save)
        resize_on_screen(self, 940, 560)
        self.look()

    def refresh(self) -> None:
        assert self.run_shown is not None
        self.message.hide()
        self.content.show()
        self._make_fields(self.run_shown.preparation)
        if self.source:
            self._ask_about("file", partial(table_jobs.predicted, self.run_shown, self.source), self.take)
        if any(field.text() for field in self.fields.values()):
            self.answer_row()

    def open_file(self) -> None:
        """Ask for a file of rows, and have them answered."""
        name = asked_file(self, _("File of rows"), self.trainer.store.path)
        if name:
            self.predict(name)

    def paste(self) -> None:
        """Answer the rows that are on the clipboard."""
        try:
            self.predict(str(keep_pasted(QGuiApplication.clipboard().text())))
        except (UserError, OSError) as mistake:
            self._say_of_file(str(mistake), is_problem=True)

    def predict(self, source: str) -> None:
        """Have the rows of a file answered."""
        if self.run_shown is None:
            return
        self.source = source
        self._say_of_file(_("Reading the rows …"))
        self._ask_about("file", partial(table_jobs.predicted, self.run_shown, source), self.take)

    def _ask_about(self, what: str, question: Question, show: Show) -> None:
        """Ask about the file or the row once its last question is answered; of several that wait, the newest."""
        if what in self._under_way:
            self._waiting_for[what] = question, show
            return
        task = self._under_way[what] = Task(question, self)
        refuse = self._refused if what == "file" else self._refuse_row
        task.arrived.connect(lambda found: self._hear(what, partial(show, found)))
        task.failed.connect(lambda words: self._hear(what, partial(refuse, words)))
        task.ended.connect(partial(self._ask_on, what))
        task.start()

    def _hear(self, what: str, tell: Callable[[], None]) -> None:
        if what not in self._waiting_for and not self._is_closed:
            tell()

    def _ask_on(self, what: str) -> None:
        del self._under_way[what]
        if what in self._waiting_for and not self._is_closed:
            self._ask_about(what, *self._waiting_for.pop(what))

    def take(self, found: Predicted) -> None:
        """Show predictions, and what was said of their rows."""
        self.table = found.table
        is_alike = found.table.columns == self.model.names
        self.model.show_table(found.table, ())
        self.view.show()
        for place, name in enumerate([] if is_alike else found.table.columns[:FEW_COLUMNS]):
            least = self.view.fontMetrics().horizontalAdvance(name) + NAME_ROOM
            self.view.setColumnWidth(place, min(WIDEST, max(least, self.view.width_of_cells(place))))
        self.save_button.setEnabled(True)
        count = found.table.height
        words = translate_count("{count} row answered.", "{count} rows answered.", count).format(count=Count(count))
        odd = translate_count("{count} row has a remark.", "{count} rows have a remark.", found.odd).format(
            count=Count(found.odd)
        )
        self._say_of_file("\n".join([f"{words} {odd}" if found.odd else words, *found.notes[:MOST_NOTES]]))

    def _say_of_file(self, words: str, is_problem: bool = False) -> None:
        self.said.setText(words)
        self.said.setStyleSheet(f"color: {theme.colors().problem};" if is_problem else "")

    def _refused(self, message: str) -> None:
        """Say why there is no answer; the answers to another file would stand below it as if they were to this one."""
        self.table = None
        self.model.show_table(None, ())
        self.view.hide()
        self.save_button.setEnabled(False)
        self._say_of_file(message, is_problem=True)

    def save(self) -> None:
        """Write the predictions as a table."""
        if self.table is None:
            return
        name, _filter = QFileDialog.getSaveFileName(self, _("Save the predictions"), "predictions.csv", "CSV (*.csv)")
        if not name:
            return
        task = Task(partial(table_jobs.saved, self.table, Path(name)), self)
        task.arrived.connect(lambda path: self._say_of_file(_("Saved as {file}.").format(file=path)))
        task.failed.connect(lambda message: self._say_of_file(message, is_problem=True))
        task.start()

    # --- one row ----------------------------------------------------------------------------------------------------

    def _make_fields(self, preparation: Preparation) -> None:
        names = typed_columns(preparation)
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
            label = QLabel(name, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
            label.setBuddy(field)
            self._rows.addRow(label, field)
            self.fields[name] = field
        self.row_area.setVisible(bool(names))
        self.answer.clear()

    def answer_row(self) -> None:
        """Have the row that is typed answered."""
        run = self.run_shown
        if run is None:
            return
        if not any(field.text() for field in self.fields.values()):
            self._waiting_for.pop("row", None)
            self.answer.clear()
            return
        cells = {name: field.text().strip() for name, field in self.fields.items()}
        self._ask_about("row", partial(table_jobs.predicted_row, run, cells), self._show_answer)

    def _show_answer(self, found: Predicted) -> None:
        row = found.table.row(0, named=True)
        lines = [_("Prediction: {answer}").format(answer=shown_answer(row["prediction"]))]
        shares = [(name, value) for name, value in row.items() if name.startswith("p(")]
        lines += [f"{name} = {value:.1%}" for name, value in sorted(shares, key=lambda one: -one[1])[:6]]
        if row["remark"]:
            lines.append(str(row["remark"]))
        self.answer.setText("\n".join(lines))
        self.answer.setStyleSheet("")

    def _refuse_row(self, message: str) -> None:
        self.answer.setText(message)
        self.answer.setStyleSheet(f"color: {theme.colors().problem};")

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
        layout.addStretch()
        self.view.hide()
        self._say_of_file(_("Choose a file of rows, or copy rows with the names of their columns and paste them."))
        by_hand = QWidget()
        column = QVBoxLayout(by_hand)
        column.setContentsMargins(14, 12, 14, 12)
        title = QLabel(_("A row typed by hand"), textFormat=Qt.TextFormat.PlainText)
        title.setFont(sized(title.font(), 1.15, bold=True))
        column.addWidget(title)
        self._rows.setContentsMargins(0, 4, 0, 4)
        self._rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        column.addWidget(self.row)
        column.addWidget(self.answer)
        column.addStretch()
        self.row_area = QScrollArea()
        self.row_area.setWidgetResizable(True)
        self.row_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.row_area.setWidget(by_hand)
        self.row_area.setAccessibleName(title.text())
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        split.addWidget(left)
        split.addWidget(self.row_area)
        split.setSizes([640, 280])
        split.setStretchFactor(0, 1)
        whole = QVBoxLayout(self.content)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)

    def done(self, result: int) -> None:
        self._is_closed = True
        super().done(result)


def typed_columns(preparation: Preparation) -> list[str]:
    """The columns of a row that can be typed: none of pictures, and of very many."""
    if len(preparation.sample_shape) > 1 or any(column.count > 1 for column in preparation.columns):
        return []
    return preparation.needed if len(preparation.needed) <= MOST_FIELDS else []


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
