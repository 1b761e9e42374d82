"""Every layer at once: how its weights are distributed, and where its values lie on the curve of its activation."""

import math
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from nnstudio.layers.catalogue import layer_type
from nnstudio.project.model import Layer
from nnstudio.project.names import shown_name
from nnstudio.text import translate as _
from nnstudio.text import translate_count
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.labs.histograms import HistogramPlot
from nnstudio.ui.labs.lab import Lab, remove
from nnstudio.ui.look import theme
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.look.fonts import heading_size
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import LayerStatistics


class LayersLab(Lab):
    """A row for each layer with weights or an activation. Follows a training epoch by epoch, and the timeline."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(
            trainer,
            parent,
            _("Layers: weights and activations"),
            _(
                "Grey: how many weights, or values entering an activation, lie where. Blue is the activation g, orange "
                "its derivative g′. Where values lie on the flat parts, hardly any gradient comes through: the unit is "
                "saturated, or dead when its derivative is 0 for every sample."
            ),
        )
        self.setObjectName("layersLab")
        inside = QWidget()
        self.grid = QGridLayout(inside)
        self.grid.setColumnStretch(1, 1)
        self.epoch = QLabel(textFormat=Qt.TextFormat.PlainText)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setWidget(inside)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.epoch)
        layout.addWidget(scroll, 1)
        self.plots: dict[str, HistogramPlot] = {}
        self.words: dict[str, QLabel] = {}
        resize_on_screen(self, 680, 620)
        self.look()

    def refresh(self) -> None:
        if self.dataset is not None and self.run_shown is not None:
            self.ask(partial(lab_jobs.layer_statistics_of, self.run_shown, self.dataset), self._show)

    def _show(self, portrait: "LayerStatistics") -> None:
        assert self.run_shown is not None
        layers = [one for one in self.run_shown.network.layers if one.id in portrait.weights | portrait.activations]
        if [one.id for one in layers] != list(self.plots):
            self._make_rows(layers)
        self.epoch.setText(
            _("after epoch {epoch}").format(epoch=portrait.epoch) if portrait.epoch else _("before the first step")
        )
        for layer in layers:
            if layer.id in portrait.weights:
                found = portrait.weights[layer.id]
                self.plots[layer.id].show_counts(found.counts, found.lowest, found.highest)
                words = _("weights: mean {mean:.3g}, standard deviation {deviation:.3g}").format(
                    mean=found.mean, deviation=found.deviation
                )
            else:
                entering = portrait.activations[layer.id]
                curve = layer_type(layer.type).curve
                function = curve(layer.parameters) if curve and layer.type != "softmax" else None
                self.plots[layer.id].show_counts(
                    entering.counts,
                    entering.lowest,
                    entering.highest,
                    function.function if function else None,
                    function.derivative if function else None,
                )
                words = activation_text(entering.flat, entering.dead, entering.units)
            self.words[layer.id].setText(words)
            self.plots[layer.id].setAccessibleDescription(words)

    def _make_rows(self, layers: list[Layer]) -> None:
        remove(self.grid, (*self.plots.values(), *self.words.values()))
        self.plots, self.words = {}, {}
        for row, layer in enumerate(layers):
            plot = HistogramPlot(shown_name(layer))
            color = theme.colors().faint_text
            plot.plotItem.setTitle(escape(shown_name(layer)), color=color, size=heading_size(9))
            words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            words.setFixedWidth(190)
            plot.setFixedHeight(118)
            self.plots[layer.id], self.words[layer.id] = plot, words
            self.grid.addWidget(words, row, 0, Qt.AlignmentFlag.AlignVCenter)
            self.grid.addWidget(plot, row, 1)


def activation_text(flat: float, dead: float, units: int) -> str:
    """How much of a layer lets hardly any gradient through."""
    if not math.isfinite(flat):
        return _("The values are no numbers any more.")
    count = round(dead * units)
    saturated = _("{share:.0%} saturated (g′ below 0.05)").format(share=flat)
    dead_units = translate_count("{count} dead unit of {units}", "{count} dead units of {units}", count)
    return f"{saturated}\n{dead_units.format(count=count, units=units)}"
