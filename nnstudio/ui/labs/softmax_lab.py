"""Softmax and cross-entropy: logits as bars to drag, the probabilities they give, the loss, and its gradient."""

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.labs.bars import Bars
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.labs.sample_picker import SamplePicker
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.training.trainer import Trainer

LARGEST = 10.0
"""The largest logit that can be dragged to; a sample's own may be larger, and widens the bars."""


class SoftmaxLab(Lab):
    """Begins with a real sample; every number is PyTorch's."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(
            trainer,
            parent,
            _("Softmax and cross-entropy"),
            _(
                "The last layer gives a logit z for each class. Softmax turns them into probabilities p that sum to 1; "
                "the loss is −log p of the true class (green). Its gradient by the logits is p − y: what is given to a "
                "wrong class, and what the true one lacks. Drag the logits."
            ),
        )
        self.setObjectName("softmaxLab")
        self.picker = SamplePicker()
        self.logits = Bars(_("logits z"), -LARGEST, LARGEST, can_be_changed=True)
        self.probabilities = Bars(_("probabilities p = softmax(z)"), 0.0, 1.12)
        self.gradient = Bars(_("gradient ∂E/∂z = p − y"), -1.1, 1.1)
        self.loss = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.loss.setObjectName("softmaxLoss")
        self.back = QPushButton(_("Back to the sample"))
        self.back.setAccessibleName(self.back.text())
        top = QHBoxLayout()
        top.addWidget(self.picker, 1)
        top.addWidget(self.back)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        for widget in (self.logits, self.probabilities, self.loss, self.gradient):
            layout.addWidget(widget, 0 if widget is self.loss else 1)
        self.picker.picked.connect(self.refresh)
        self.back.clicked.connect(self.refresh)
        self.logits.changed.connect(self._compute)
        resize_on_screen(self, 720, 640)
        self.look()

    def refresh(self) -> None:
        if self.dataset is None or self.run_shown is None:
            return
        self.picker.show_dataset(self.dataset)
        self.ask(partial(lab_jobs.logits_of, self.run_shown, self.picker.inputs()), self._begin)

    def _begin(self, logits: NDArray[np.float64]) -> None:
        largest = max(LARGEST, float(np.abs(logits).max()) * 1.1)
        self.logits.lowest, self.logits.highest = -largest, largest
        self.logits.show_values(logits, self._classes(), self.picker.true_class())
        self._compute(logits)

    def _compute(self, logits: NDArray[np.float64]) -> None:
        true = self.picker.true_class()
        found = lab_jobs.softmax_result(logits, true)
        self.probabilities.show_values(found.probabilities, self._classes(), true)
        self.gradient.show_values(found.gradient, self._classes(), true)
        self.loss.setText(
            _("E = −log p({name}) = −log {share:.6g} = {loss:.4g}").format(
                name=self._classes()[true], share=found.probabilities[true], loss=found.loss
            )
        )

    def _classes(self) -> tuple[str, ...]:
        assert self.run_shown is not None
        return self.run_shown.preparation.classes
