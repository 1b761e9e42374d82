"""One sample under many dropout masks: several side by side, and how far all answers spread (Monte Carlo dropout)."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.project.names import shown_name
from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.labs.sample_picker import SamplePicker
from nnstudio.ui.look import theme
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.plots.plot import Plot
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import McDropout

SIDE_BY_SIDE = 6
MOST_UNITS = 48
"""As many units of a mask are written as dots."""


class MasksLab(Lab):
    """Training mode switches units off anew for every answer, evaluation mode none."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(
            trainer,
            parent,
            _("Many dropout masks of one sample"),
            _(
                "In training mode dropout switches other units off each time (○), so one sample gets many answers; in "
                "evaluation mode it does nothing. How far the answers spread tells how sure the network is."
            ),
        )
        self.setObjectName("masksLab")
        self.spread: McDropout | None = None
        self.seed = 0
        self.picker = SamplePicker()
        self.again = QPushButton(_("New masks"))
        self.again.setAccessibleName(self.again.text())
        self.training, self.evaluation = QRadioButton(_("Training mode")), QRadioButton(_("Evaluation mode"))
        self.training.setChecked(True)
        modes = QButtonGroup(self)
        self.table = QTableWidget()
        self.table.setAccessibleName(_("Masks and answers"))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.plot = Plot()
        self.plot.setAccessibleName(_("Spread of the answers"))
        self.plot.setMouseEnabled(False, False)
        self.plot.hideButtons()
        self.dots = pyqtgraph.ScatterPlotItem(size=5, pen=None)
        self.plain = pyqtgraph.ScatterPlotItem(size=14, symbol="d", pen=None)
        self.plot.addItem(self.dots)
        self.plot.addItem(self.plain)
        self.words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.words.setObjectName("spreadWords")
        top = QHBoxLayout()
        top.addWidget(self.picker, 1)
        for button in (self.training, self.evaluation):
            button.setAccessibleName(button.text())
            modes.addButton(button)
            top.addWidget(button)
        top.addWidget(self.again)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.words)
        self.picker.picked.connect(self.refresh)
        self.again.clicked.connect(self._draw_again)
        self.training.toggled.connect(self._show_again)
        self.plot.apply_theme()
        resize_on_screen(self, 820, 580)
        self.look()

    def refresh(self) -> None:
        if self.dataset is not None and self.run_shown is not None:
            self.picker.show_dataset(self.dataset)
            self.ask(partial(lab_jobs.mc_dropout_of, self.run_shown, self.picker.inputs(), self.seed), self._show)

    def _draw_again(self) -> None:
        self.seed += 1
        self.refresh()

    def _show_again(self) -> None:
        if self.spread is not None:
            self._show(self.spread)

    def _show(self, spread: "McDropout") -> None:
        assert self.run_shown is not None
        self.spread = spread
        names = self.run_shown.preparation.classes or (_("answer"),)
        trains = self.training.isChecked()
        answers = spread.answers[:SIDE_BY_SIDE] if trains else spread.plain[None]
        layers = [one for one in self.run_shown.network.layers if one.id in spread.masks]
        titles = [*(shown_name(one) for one in layers), *names]
        self.table.setColumnCount(len(titles))
        self.table.setHorizontalHeaderLabels(titles)
        self.table.setRowCount(len(answers))
        for row, answer in enumerate(answers):
            cells = [dots(spread.masks[one.id][row], trains) for one in layers]
            cells += [f"{value:.1%}" if self.run_shown.preparation.classes else f"{value:.4g}" for value in answer]
            for column, text in enumerate(cells):
                self.table.setItem(row, column, QTableWidgetItem(text))
        self.table.resizeColumnsToContents()
        self._show_spread(spread, names, trains)

    def _show_spread(self, spread: "McDropout", names: tuple[str, ...], trains: bool) -> None:
        colors = theme.colors()
        count, outputs = spread.answers.shape
        # A little to the side each, so that equal answers do not hide each other.
        aside = np.tile(np.linspace(-0.25, 0.25, count), (outputs, 1)).T
        places = np.arange(outputs)[None] + aside
        self.dots.setVisible(trains)
        self.dots.setBrush(pyqtgraph.mkBrush(colors.training))
        self.dots.setData(places.reshape(-1), spread.answers.reshape(-1))
        self.plain.setBrush(pyqtgraph.mkBrush(colors.validation))
        self.plain.setData(np.arange(outputs), spread.plain)
        self.plot.getAxis("bottom").setTicks([[(place, name[:12]) for place, name in enumerate(names)]])
        self.plot.setXRange(-0.6, outputs - 0.4, padding=0)
        if len(names) > 1:
            self.plot.setYRange(0, 1.02, padding=0)
        parts = [
            _("{name}: {mean:.3g} ± {deviation:.2g}").format(name=name, mean=mean, deviation=deviation)
            for name, mean, deviation in zip(names, spread.mean, spread.deviation, strict=False)
        ]
        self.words.setText(
            _("{count} masks, mean ± standard deviation: {parts}. ◆ is the answer in evaluation mode.").format(
                count=count, parts="; ".join(parts)
            )
        )
        self.plot.setAccessibleDescription(self.words.text())


def dots(mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], trains: bool) -> str:
    """A mask as dots, a unit each: filled where the unit is on."""
    units = mask.reshape(-1)
    shown = "".join("●" if on or not trains else "○" for on in units[:MOST_UNITS])
    return shown + (" …" if len(units) > MOST_UNITS else "")
