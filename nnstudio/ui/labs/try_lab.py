"""Try it: a trained network answers. A sample of the data, columns typed by hand, or a picture drawn with the mouse."""

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
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

from nnstudio.project.names import shown_name
from nnstudio.project.preparation import ColumnPreparation, Preparation
from nnstudio.text import mark, percent
from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs, view_jobs
from nnstudio.ui.labs.bars import Bars
from nnstudio.ui.labs.drawn_picture import DrawnPicture
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.labs.map_rows import MapRows
from nnstudio.ui.labs.sample_picker import SamplePicker
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import Choice
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import SamplePixels, Tried

MOST_COLUMNS = 40
"""Of more columns no form is made: samples are picked, and pictures drawn."""
USUAL, WIDE = (720, 400), (1200, 500)
"""The window's size, and that in a network whose maps are shown."""
INKS = {
    mark("Black"): (0.0, 0.0, 0.0),
    mark("White"): (1.0, 1.0, 1.0),
    mark("Red"): (0.85, 0.1, 0.1),
    mark("Yellow"): (1.0, 0.85, 0.1),
    mark("Green"): (0.1, 0.6, 0.2),
    mark("Blue"): (0.1, 0.35, 0.85),
}
"""What a picture in colour is drawn with: red, green and blue."""


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
        self._make_asked()
        self._make_told()
        self._inputs: NDArray[np.float32] = np.empty((0, 0), np.float32)
        self._made_for: tuple[object, object] = (None, None)
        self._scaled_for: tuple[object, object] = (None, None)
        self.pixels: SamplePixels | None = None
        self.fields: dict[int, QLineEdit | Choice] = {}
        self._lay_out()
        self.picker.picked.connect(self.take_sample)
        self.picture.drawn.connect(self._draw)
        self.inks.activated.connect(self._take_ink)
        self.clear.clicked.connect(self._clear)
        has_maps = any(layer.role in ("convolution", "pooling") for layer in self.store.project.network.layers)
        resize_on_screen(self, *(WIDE if has_maps else USUAL))
        self._lie_low(parent)
        self.look()

    def _make_asked(self) -> None:
        self.picker = SamplePicker()
        self.picture = DrawnPicture()
        self.inks = Choice()
        self.inks.addItems([_(name) for name in INKS])
        self.inks.setAccessibleName(_("Colour to draw with"))
        self.clear = QPushButton(_("Clear"))
        self.clear.setAccessibleName(self.clear.text())
        self.clear.setAutoDefault(False)
        self.columns = QWidget()
        self.rows = QFormLayout(self.columns)
        self.area = QScrollArea(widgetResizable=True)
        self.area.setWidget(self.columns)

    def _make_told(self) -> None:
        self.answer = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.answer.setObjectName("tryAnswer")
        self.answer.setFont(sized(self.answer.font(), 1.15, bold=True))
        self.bars = Bars(_("probabilities"), 0.0, 1.12, are_shares=True)
        self.maps = MapRows()
        self.maps.hide()

    def _lay_out(self) -> None:
        asked, told, drawing = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        drawing.addWidget(self.clear, 1)
        drawing.addWidget(self.inks)
        asked.addWidget(self.picker)
        asked.addWidget(self.picture, 1)
        asked.addLayout(drawing)
        asked.addWidget(self.area, 1)
        told.addWidget(self.answer)
        told.addWidget(self.bars, 1)
        layout = QHBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addLayout(asked, 5)
        layout.addLayout(told, 4)
        layout.addWidget(self.maps, 9)

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
        network = self.run_shown.network
        if self._scaled_for[0] is not self.dataset or self._scaled_for[1] != network:
            self._scaled_for = self.dataset, network
            self.pixels = lab_jobs.sample_pixels(self.dataset, network)
        shape = None if self.pixels is None else self.pixels.shape
        if self._made_for[0] is not self.dataset or self._made_for[1] != shape:
            self._made_for = self.dataset, shape
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
        for widget in (self.picture, self.clear):
            widget.setVisible(self.pixels is not None)
        has_fields = self.pixels is None and len(preparation.columns) <= MOST_COLUMNS
        self.area.setVisible(has_fields)
        self.inks.setVisible(self.pixels is not None and self.pixels.is_color)
        if self.pixels is not None:
            self.picture.set_shape(self.pixels.shape)
            self._take_ink()
        place = 0
        for column in preparation.columns if has_fields else ():
            self._add_field(column, place)
            place += column.width

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
            place += column.width
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
        if self.pixels is not None:
            self.picture.show_values(self.pixels.light(self._inputs)[0])

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

    def _draw(self) -> None:
        """Ask about the picture as it is drawn now."""
        assert self.pixels is not None
        self._inputs = self.pixels.inputs(self.picture.values[None]).reshape(self._inputs.shape)
        self._ask()

    def _clear(self) -> None:
        self.picture.clear()
        self._draw()

    def _take_ink(self) -> None:
        if self.picture.is_color:
            self.picture.ink = np.array(list(INKS.values())[self.inks.currentIndex()], np.float32)

    # --- what is answered -------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self.run_shown is not None:
            self.ask_in_turn(partial(view_jobs.tried, self.run_shown, self._inputs.copy()), self._show)

    def _show(self, found: "Tried") -> None:
        assert self.run_shown is not None
        self.trainer.tried.emit(found.activations if self.trainer.draws_network() else {})
        names = [shown_name(self.run_shown.network.layer(row.layer)) for row in found.rows]
        self.maps.show_rows(found.rows, names)
        self.maps.setVisible(bool(found.rows))
        self._show_answer(found.answers[0])

    def _show_answer(self, first: NDArray[np.float32]) -> None:
        assert self.run_shown is not None
        preparation = self.run_shown.preparation
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

    def done(self, result: int) -> None:
        self.trainer.tried.emit({})
        super().done(result)


def read_number(text: str) -> float | None:
    """The number that a text stands for; None where it stands for none."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
