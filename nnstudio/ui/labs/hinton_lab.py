"""The weights of a layer as a Hinton diagram, as in the paper of 1986: what a hidden unit has come to mean."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from nnstudio.project.model import Layer
from nnstudio.project.names import shown_name
from nnstudio.project.shapes import incoming
from nnstudio.text import translate as _
from nnstudio.ui.background import view_jobs
from nnstudio.ui.labs.hinton_diagram import HintonDiagram
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.look.fields import Choice
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Weights

LONGEST_NAME = 18


class HintonLab(Lab):
    """One layer at a time; follows a training epoch by epoch, and the timeline."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(
            trainer,
            parent,
            _("Hinton diagram"),
            _(
                "A row for each unit, a square for each of its weights: its area is the size of the weight, white is "
                "positive and black negative. In the symmetry network of 1986 the weights of a unit are the same and "
                "opposite about the middle; in the family trees one unit has all of one nation white, another a "
                "generation."
            ),
        )
        self.setObjectName("hintonLab")
        self.layers = Choice()
        self.layers.setAccessibleName(_("Layer"))
        self.epoch = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.diagram = HintonDiagram()
        self._weights: dict[str, Weights] = {}
        scroll = QScrollArea(widgetResizable=True)
        scroll.setWidget(self.diagram)
        top = QHBoxLayout()
        top.addWidget(self.layers)
        top.addWidget(self.epoch, 1)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(scroll, 1)
        self.layers.activated.connect(lambda _place: self._show_layer())
        resize_on_screen(self, 760, 460)
        self.look()

    def refresh(self) -> None:
        if self.run_shown is not None:
            self.ask(partial(view_jobs.weights_of, self.run_shown), self._show)

    def _show(self, weights: "dict[str, Weights]") -> None:
        assert self.run_shown is not None
        # Of kernels the canvas has pictures of their own.
        self._weights = {id: one for id, one in weights.items() if not one.kernel}
        if not self._weights:
            self.say(_("No layer weighs a plain list of values. Add a dense layer."))
            return
        names = [shown_name(self._layer(id)) for id in self._weights]
        if names != [self.layers.itemText(place) for place in range(self.layers.count())]:
            self.layers.clear()
            for id, name in zip(self._weights, names, strict=True):
                self.layers.addItem(name, id)
        epoch = self.run_shown.weights_epoch
        self.epoch.setText(_("after epoch {epoch}").format(epoch=epoch) if epoch else _("before the first step"))
        self._show_layer()

    def _layer(self, id: str) -> Layer:
        assert self.run_shown is not None
        return self.run_shown.network.layer(id)

    def _show_layer(self) -> None:
        id = self.layers.currentData()
        weights = self._weights.get(id)
        if weights is None:
            return
        rows = [_("unit {number}").format(number=1 + number * weights.step[0]) for number in range(len(weights.matrix))]
        columns = self._inputs(id, weights)
        values = weights.matrix.astype(np.float64)
        if len(weights.biases) == len(values):
            values = np.concatenate([values, weights.biases[:, None]], axis=1)
            columns.append(_("bias"))
        self.diagram.show_weights(values, rows, columns)

    def _inputs(self, id: str, weights: "Weights") -> list[str]:
        """What the inputs of a layer are called: as the columns of the data, where they are those, or by number."""
        assert self.run_shown is not None
        numbers = [1 + number * weights.step[1] for number in range(weights.matrix.shape[1])]
        network, columns = self.run_shown.network, self.run_shown.preparation.columns
        (source,) = incoming(network)[id]
        first = int(network.layer(source).parameters.get("first", 1))
        before = network.layer(source) if "first" not in network.layer(source).parameters else self._before(source)
        are_columns = before is not None and before.role == "input" and all(one.width == 1 for one in columns)
        if are_columns and first - 1 + numbers[-1] <= len(columns):
            return [columns[first - 2 + number].name[:LONGEST_NAME] for number in numbers]
        return [str(number) for number in numbers]

    def _before(self, id: str) -> Layer | None:
        """The layer that feeds one, where it is one alone."""
        assert self.run_shown is not None
        sources = incoming(self.run_shown.network)[id]
        return self.run_shown.network.layer(sources[0]) if len(sources) == 1 else None
