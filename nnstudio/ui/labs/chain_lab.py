"""One sample through the network and the error back, unit by unit and factor by factor, checked against autograd."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.labs.chain_tables import Page, pages
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.labs.sample_picker import SamplePicker
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.look.tooltips import plain_tooltip
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import BackpropTrace

SOUND = 1e-6
"""The largest difference from autograd that is only rounding."""


class ChainLab(Lab):
    """A list of steps, forward and then backward; for each its formula and a table of numbers."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(
            trainer,
            parent,
            _("One sample, forward and backward"),
            _(
                "Forward, every unit adds up what it gets times its weights, and applies its function. Backward, the "
                "chain rule carries the error E from the output to every weight: multiply the factors along the way. "
                "Go through the steps with ↓ and ↑."
            ),
        )
        self.setObjectName("chainLab")
        self.walk: BackpropTrace | None = None
        self.pages: list[Page] = []
        self.picker = SamplePicker()
        self.steps = QListWidget()
        self.steps.setObjectName("chainSteps")
        self.steps.setAccessibleName(_("Steps"))
        self.formula = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.formula.setObjectName("chainFormula")
        font = self.formula.font()
        font.setPointSizeF(font.pointSizeF() * 1.2)
        self.formula.setFont(font)
        self.table = QTableWidget()
        self.table.setAccessibleName(_("Numbers of this step"))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.check = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.check.setObjectName("chainCheck")
        self.back, self.forth = QPushButton(_("◀ Back")), QPushButton(_("Next ▶"))
        self._lay_out()
        self.steps.currentRowChanged.connect(self._show_page)
        self.back.clicked.connect(partial(self._step, -1))
        self.forth.clicked.connect(partial(self._step, 1))
        self.picker.picked.connect(self.refresh)
        resize_on_screen(self, 860, 560)
        self.steps.setFocus()  # ↓ and ↑ go through the steps from the start
        self.look()

    def _lay_out(self) -> None:
        right = QWidget()
        right_layout = QVBoxLayout(right)
        right_layout.setContentsMargins(8, 0, 0, 0)
        right_layout.addWidget(self.formula)
        right_layout.addWidget(self.table, 1)
        buttons = QHBoxLayout()
        for button in (self.back, self.forth):
            button.setAccessibleName(button.text())
            buttons.addWidget(button)
        buttons.addStretch()
        right_layout.addLayout(buttons)
        splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        splitter.addWidget(self.steps)
        splitter.addWidget(right)
        splitter.setSizes([270, 570])
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.picker)
        layout.addWidget(splitter, 1)
        layout.addWidget(self.check)

    def refresh(self) -> None:
        if self.dataset is None or self.run_shown is None:
            return
        self.picker.show_dataset(self.dataset)
        self.ask(
            partial(lab_jobs.backprop_trace_of, self.run_shown, self.picker.inputs(), self.picker.target()),
            self._show_walk,
        )

    def _show_walk(self, walk: "BackpropTrace") -> None:
        assert self.run_shown is not None
        self.walk = walk
        before = self.steps.currentRow()
        self.pages = pages(walk, self.run_shown.preparation.classes)
        self.steps.blockSignals(True)
        self.steps.clear()
        self.steps.addItems([page.title for page in self.pages])
        self.steps.blockSignals(False)
        self.steps.setCurrentRow(min(max(before, 0), len(self.pages) - 1))
        is_sound = walk.difference < SOUND
        words = _("Checked: the largest difference of any derivative from PyTorch's autograd is {difference:.1e}.")
        wrong = _("These numbers differ from PyTorch's autograd by up to {difference:.1e}: please report this.")
        self.check.setText(("✓ " + words if is_sound else "✗ " + wrong).format(difference=walk.difference))

    def _step(self, step: int, _checked: bool = False) -> None:
        self.steps.setCurrentRow(min(max(self.steps.currentRow() + step, 0), len(self.pages) - 1))

    def _show_page(self, place: int) -> None:
        if not 0 <= place < len(self.pages):
            return
        page = self.pages[place]
        self.back.setEnabled(place > 0)
        self.forth.setEnabled(place < len(self.pages) - 1)
        self.formula.setText(page.formula)
        self.table.clear()
        self.table.setRowCount(len(page.rows))
        self.table.setColumnCount(len(page.columns))
        self.table.setHorizontalHeaderLabels(page.columns)
        self.table.setVerticalHeaderLabels(page.names)
        for row, cells in enumerate(page.rows):
            for column, cell in enumerate(cells):
                text = cell if isinstance(cell, str) else written(cell)
                item = QTableWidgetItem(text)
                side = Qt.AlignmentFlag.AlignLeft if isinstance(cell, str) else Qt.AlignmentFlag.AlignRight
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                item.setToolTip(plain_tooltip([text]) if isinstance(cell, str) else repr(float(cell)))
                self.table.setItem(row, column, item)
        self.table.resizeColumnsToContents()


def written(value: float) -> str:
    """A number with six decimals, or in powers of ten where these would show nothing."""
    text = f"{value:.6f}" if value == 0 or 1e-4 <= abs(value) < 1e5 else f"{value:.4e}"
    return (text if np.isfinite(value) else str(value)).replace("-", "−")
