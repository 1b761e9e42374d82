"""Try it: a trained network answers. A sample of the data, columns typed by hand, or a picture drawn with the mouse."""

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nnstudio.project.model import ColumnPreparation, Preparation, Run
from nnstudio.text import mark
from nnstudio.text import translate as _
from nnstudio.ui.background import view_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.labs.bars import Bars
from nnstudio.ui.labs.lab import Lab, LabType
from nnstudio.ui.labs.sample_picker import SamplePicker
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import Choice
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.look.numbers_text import percent
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Measures

MOST_COLUMNS = 40
"""Of more columns no form is made: samples are picked, and pictures drawn."""
SMALLEST_PICTURE = 6
"""Pixels of a picture's side below which columns are taken for measurements and not for pixels."""


class TryLab(Lab):
    """On the left what is asked, on the right the answer with its probabilities."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(
            trainer,
            parent,
            _("Try it"),
            _("Ask the network: pick a sample, change its values, or draw. The answer follows at once."),
        )
        self.setObjectName("tryLab")
        self.picker = SamplePicker()
        self.picture = DrawnPicture()
        self.clear = QPushButton(_("Clear"))
        self.clear.setAccessibleName(self.clear.text())
        self.columns = QWidget()
        self.rows = QFormLayout(self.columns)
        self.area = QScrollArea(widgetResizable=True)
        self.area.setWidget(self.columns)
        self.answer = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.answer.setObjectName("tryAnswer")
        self.answer.setFont(sized(self.answer.font(), 1.15, bold=True))
        self.bars = Bars(_("probabilities"), 0.0, 1.12, are_shares=True)
        self.test_button = QPushButton(_("Measure on the test part"))
        self.test_button.setAccessibleName(self.test_button.text())
        self.test_button.setToolTip(
            _("How good the network is on samples that nothing was chosen by. Look once, at the very end.")
        )
        self.test_words = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.test_words.setObjectName("testWords")
        asked = QVBoxLayout()
        asked.addWidget(self.picker)
        asked.addWidget(self.picture, 1)
        asked.addWidget(self.clear)
        asked.addWidget(self.area, 1)
        told = QVBoxLayout()
        told.addWidget(self.answer)
        told.addWidget(self.bars, 1)
        told.addWidget(self.test_button, 0, Qt.AlignmentFlag.AlignLeft)
        told.addWidget(self.test_words)
        layout = QHBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addLayout(asked, 1)
        layout.addLayout(told, 1)
        self._inputs: NDArray[np.float32] = np.empty((0, 0), np.float32)
        self._made_for: object = None
        self._measured: Run | None = None
        self.fields: dict[int, QLineEdit | Choice] = {}
        self.picker.picked.connect(self.take_sample)
        self.picture.drawn.connect(self._draw)
        self.clear.clicked.connect(self._clear)
        self.test_button.clicked.connect(self._measure)
        self.resize(720, 400)
        self._lie_low(parent)
        self.look()

    def _lie_low(self, parent: QWidget) -> None:
        """Open over the plots, so that the neurons that light up on the canvas are seen."""
        around = parent.window().geometry()
        self.move(around.center().x() - self.width() // 2, max(around.top(), around.bottom() - self.height()))

    # --- what is asked ----------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Another network or other data."""
        if self.dataset is None or self.run_shown is None:
            return
        self.picker.show_dataset(self.dataset)
        if self._measured is not self.run_shown:
            self.test_words.clear()
        self.test_button.setEnabled(len(self.dataset.test) > 0)
        if self._made_for is not self.dataset:
            self._made_for = self.dataset
            self._make_fields(self.dataset.preparation)
            self.take_sample()
        else:
            self._ask()

    def take_sample(self) -> None:
        """Ask about the sample that is picked."""
        self._inputs = self.picker.inputs().copy()
        self._show_inputs()
        self._ask()

    def _make_fields(self, preparation: Preparation) -> None:
        """A field a column with the range it has in the data, or a picture where the columns are one."""
        while self.rows.rowCount():
            self.rows.removeRow(0)
        self.fields = {}
        side = picture_side(preparation)
        for widget in (self.picture, self.clear):
            widget.setVisible(side > 0)
        has_fields = side == 0 and len(preparation.columns) <= MOST_COLUMNS
        self.area.setVisible(has_fields)
        self.picture.set_side(side)
        place = 0
        for column in preparation.columns if has_fields else ():
            self._add_field(column, place)
            place += 1 if column.kind == "number" else len(column.categories)

    def _add_field(self, column: ColumnPreparation, place: int) -> None:
        assert self.dataset is not None
        field: QLineEdit | Choice
        if column.kind == "number":
            field = QLineEdit()
            values = self.dataset.train.all_inputs[:, place] * column.scale + column.mean
            field.setToolTip(
                _("In the data from {lowest} to {highest}").format(
                    lowest=f"{values.min():.4g}", highest=f"{values.max():.4g}"
                )
            )
            field.setPlaceholderText(f"{values.min():.4g} … {values.max():.4g}")
            field.textEdited.connect(self._typed)
        else:
            field = Choice()
            field.addItems(list(column.categories))
            field.activated.connect(self._typed)
        field.setAccessibleName(column.name)
        label = QLabel(column.name, textFormat=Qt.TextFormat.PlainText)
        label.setBuddy(field)
        self.rows.addRow(label, field)
        self.fields[place] = field

    def _columns(self) -> dict[int, ColumnPreparation]:
        """The columns by where they stand among a sample's values."""
        assert self.dataset is not None
        found, place = {}, 0
        for column in self.dataset.preparation.columns:
            found[place] = column
            place += 1 if column.kind == "number" else len(column.categories)
        return found

    def _show_inputs(self) -> None:
        """Show the values that are asked about, in the units of the data."""
        values = self._inputs.reshape(-1)
        columns = self._columns()
        for place, field in self.fields.items():
            column = columns[place]
            if isinstance(field, QLineEdit):
                field.setText(f"{values[place] * column.scale + column.mean:.4g}")
            else:
                field.setCurrentIndex(int(values[place : place + len(column.categories)].argmax()))
        if self.picture.side:
            self.picture.show_values(self._pixels())

    def _typed(self) -> None:
        """Ask about what stands in the fields; what is no number is marked and changes nothing."""
        values, columns = self._inputs.reshape(-1), self._columns()
        for place, field in self.fields.items():
            column = columns[place]
            if isinstance(field, QLineEdit):
                number = read_number(field.text())
                field.setStyleSheet("" if number is not None else f"border: 2px solid {theme.colors().problem};")
                if number is not None:
                    values[place] = (number - column.mean) / column.scale
            else:
                values[place : place + len(column.categories)] = 0.0
                values[place + field.currentIndex()] = 1.0
        self._inputs = values.reshape(self._inputs.shape)
        self._ask()

    def _pixels(self) -> NDArray[np.float32]:
        """The values as a picture (side, side) of shares of the brightest of the data, 0 to 1."""
        raw = self._inputs.reshape(-1) * self._scales() + self._means()
        shares: NDArray[np.float32] = np.clip(raw / self._brightest(), 0.0, 1.0).astype(np.float32)
        return shares.reshape(self.picture.side, self.picture.side)

    def _draw(self) -> None:
        """Ask about the picture as it is drawn now."""
        raw = self.picture.values.reshape(-1) * self._brightest()
        self._inputs = ((raw - self._means()) / self._scales()).astype(np.float32).reshape(self._inputs.shape)
        self._ask()

    def _clear(self) -> None:
        self.picture.show_values(np.zeros((self.picture.side, self.picture.side), np.float32))
        self._draw()

    def _means(self) -> NDArray[np.float64]:
        assert self.dataset is not None
        return np.array([column.mean for column in self.dataset.preparation.columns])

    def _scales(self) -> NDArray[np.float64]:
        assert self.dataset is not None
        return np.array([column.scale for column in self.dataset.preparation.columns])

    def _brightest(self) -> float:
        assert self.dataset is not None
        train = self.dataset.train.all_inputs.reshape(len(self.dataset.train.all_inputs), -1)
        return max(1e-9, float((train * self._scales() + self._means()).max()))

    # --- what is answered -------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self.run_shown is not None:
            self.ask(partial(view_jobs.tried, self.run_shown, self._inputs.copy()), self._show)

    def _show(self, found: tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]) -> None:
        assert self.run_shown is not None
        answers, activations = found
        self.trainer.tried.emit(activations if self.trainer.draws_network() else {})
        preparation, first = self.run_shown.preparation, answers[0]
        if preparation.task == "value":
            value = float(first[0]) * preparation.target_scale + preparation.target_mean
            self.answer.setText(_("The network answers: {answer}").format(answer=f"{value:.4g}"))
            self.bars.hide()
            return
        best = int(first.argmax())
        self.answer.setText(
            _("The network answers: {answer}").format(answer=preparation.classes[best])
            + f"  ({percent(float(first[best]))})"
        )
        self.bars.show()
        self.bars.show_values(first.astype(np.float64), preparation.classes, best)

    def _measure(self) -> None:
        """Measure the run that is shown on the test part."""
        if self.run_shown is not None and self.dataset is not None:
            self._measured = self.run_shown
            self.test_words.setText(_("Measuring …"))
            task = Task(partial(view_jobs.test_measures, self.run_shown, self.dataset), self)
            task.arrived.connect(partial(self._show_test, self.run_shown))
            task.failed.connect(self.test_words.setText)
            task.start()

    def _show_test(self, run: Run, measures: "Measures") -> None:
        if run is not self._measured:
            return
        words = _("Test part, {count} samples: loss {loss:.4g}").format(count=measures.samples, loss=measures.loss)
        if measures.accuracy is not None:
            words += ", " + _("accuracy {share}").format(share=percent(measures.accuracy))
        elif measures.r2 is not None:
            words += f", R² {measures.r2:.3f}"
        self.test_words.setText(words)

    def done(self, result: int) -> None:
        self.trainer.tried.emit({})
        super().done(result)


class DrawnPicture(QWidget):
    """A picture of few pixels, drawn with the left button and rubbed out with the right. `drawn` comes with each
    stroke."""

    drawn = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.side = 0
        self._last = QPointF()
        """Where the brush was."""
        self.values: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self.setAccessibleName(_("Picture to draw on"))
        self.setToolTip(_("Draw with the left button, rub out with the right"))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(160, 160)

    def set_side(self, side: int) -> None:
        self.side = side
        self.values = np.zeros((side, side), np.float32)

    def show_values(self, values: NDArray[np.float32]) -> None:
        """Show a picture (side, side) of values from 0 to 1."""
        self.values = values.copy()
        self.update()

    def _square(self) -> QRectF:
        side = min(self.width(), self.height())
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def _stroke(self, start: QPointF, end: QPointF, adds: bool) -> None:
        """A soft round brush, about one pixel wide, all the way: a quick hand is seen at few places only."""
        area = self._square()
        pixel = area.width() / self.side
        steps = max(1, math.ceil(2 * math.hypot(end.x() - start.x(), end.y() - start.y()) / pixel))
        for step in range(1, steps + 1):
            point = start + (end - start) * (step / steps)
            self._dab((point.x() - area.left()) / pixel - 0.5, (point.y() - area.top()) / pixel - 0.5, adds)
        self._last = end
        self.update()
        self.drawn.emit()

    def _dab(self, across: float, up: float, adds: bool) -> None:
        """The brush at one place, in pixels of the picture."""
        rows, columns = np.mgrid[0 : self.side, 0 : self.side]
        near = np.clip(1.35 - np.hypot(rows - up, columns - across), 0.0, 1.0).astype(np.float32)
        self.values = np.maximum(self.values, near) if adds else np.minimum(self.values, 1.0 - near)

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(300, 300)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._stroke(event.position(), event.position(), event.button() != Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._stroke(self._last, event.position(), not event.buttons() & Qt.MouseButton.RightButton)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.side:
            return
        colors = theme.colors()
        painter = QPainter(self)
        area = self._square()
        pixel = area.width() / self.side
        for (row, column), value in np.ndenumerate(self.values):
            shade = theme.mixed(colors.surface, colors.text, float(value))
            painter.fillRect(
                QRectF(area.left() + column * pixel, area.top() + row * pixel, pixel + 0.5, pixel + 0.5), QColor(shade)
            )
        painter.setPen(QPen(QColor(colors.border), 1))
        painter.drawRect(area.adjusted(0, 0, -1, -1))


def picture_side(preparation: Preparation) -> int:
    """The pixels along a side where all columns are numbers that make a square picture; 0 where they do not."""
    count = len(preparation.columns)
    side = math.isqrt(count)
    is_square = side * side == count and side >= SMALLEST_PICTURE
    return side if is_square and all(column.kind == "number" for column in preparation.columns) else 0


def read_number(text: str) -> float | None:
    """The number that a text stands for; None where it stands for none."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


LAB = LabType(
    command="actionTryLab",
    text=mark("&Try it …"),
    help=mark("Ask the trained network: pick a sample, type a row, or draw"),
    keys=("Ctrl+T",),
    make=TryLab,
)
