"""Which sample is looked at: one of the training or the validation part, by number."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.look.fields import Choice, NumberBox

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Dataset, Samples


class SamplePicker(QWidget):
    """A part of the data and a number in it. `picked` comes with another sample."""

    picked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.dataset: Dataset | None = None
        self.part = Choice()
        self._choices = QStandardItemModel(self)
        self.part.setModel(self._choices)
        self.part.addItems([_("Validation"), _("Training")])
        self.part.setAccessibleName(_("Part of the data"))
        self.part.setMinimumWidth(self.part.sizeHint().width())
        self.number = NumberBox()
        self.number.setAccessibleName(_("Number of the sample"))
        self.number.setMinimum(1)
        self.truth = QLabel(textFormat=Qt.TextFormat.PlainText)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(QLabel(_("Sample")))
        layout.addWidget(self.number)
        layout.addWidget(QLabel(_("of")))
        layout.addWidget(self.part)
        layout.addWidget(self.truth, 1)
        self.part.currentIndexChanged.connect(self._changed)
        self.number.valueChanged.connect(self._changed)

    def show_dataset(self, dataset: "Dataset") -> None:
        """Pick from this data."""
        if dataset is not self.dataset:
            self.dataset = dataset
            for place, samples in enumerate((dataset.validation, dataset.train)):
                self._choices.item(place).setEnabled(len(samples) > 0)
            self.part.setCurrentIndex(0 if len(dataset.validation) else 1)
            self._bound()

    @property
    def samples(self) -> "Samples":
        """The part that is chosen."""
        assert self.dataset is not None
        return self.dataset.train if self.part.currentIndex() == 1 else self.dataset.validation

    @property
    def place(self) -> int:
        """Where the sample stands in its part."""
        return self.number.value() - 1

    @property
    def row(self) -> int:
        """Which row of the data it is, counted from 0."""
        return int(self.samples.rows[self.place])

    def inputs(self) -> NDArray[np.float32]:
        """The sample (1, *sample_shape) as the network gets it."""
        return self.samples.all_inputs[[self.row]]

    def target(self) -> NDArray[Any]:
        """Its class number (1,) or scaled value (1, 1)."""
        return self.samples.all_targets[[self.row]]

    def true_class(self) -> int:
        return int(self.target()[0])

    def _bound(self) -> None:
        self.number.blockSignals(True)
        self.number.setMaximum(max(1, len(self.samples)))
        self.number.blockSignals(False)
        self._say()

    def _changed(self) -> None:
        if self.dataset is None:
            return
        self._bound()
        if len(self.samples):
            self.picked.emit()

    def _say(self) -> None:
        if self.dataset is None or not len(self.samples):
            self.truth.setText("")
            return
        preparation = self.dataset.preparation
        if preparation.task == "class":
            truth = preparation.classes[self.true_class()]
        else:
            truth = f"{float(self.target()[0, 0]) * preparation.target_scale + preparation.target_mean:.4g}"
        self.truth.setText(_("row {row}, true: {truth}").format(row=self.row + 1, truth=truth))
