"""The inspector: name, settings, formula, curve and explanation of the selected layer."""

import numpy as np
import pyqtgraph
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Curve, LayerType, shown_shape, table_rows, table_text
from nnstudio.project import edits
from nnstudio.project.model import Layer
from nnstudio.project.names import shown_name
from nnstudio.text import Count, UserError, mark
from nnstudio.text import translate as _
from nnstudio.ui.canvas.scene import NetworkScene
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.inspector.connections import ConnectionsGrid
from nnstudio.ui.inspector.form import ParameterForm, Section
from nnstudio.ui.inspector.formula import FormulaView
from nnstudio.ui.inspector.several import SeveralCard
from nnstudio.ui.look import theme
from nnstudio.ui.look.fonts import heading_size
from nnstudio.ui.plots.plot import Plot
from nnstudio.ui.store import Store

CURVE_REACH = 5.0


class Inspector(QScrollArea):
    """Follows the selection on the canvas. `vary_asked(key)` comes with a parameter that a study is to vary."""

    vary_asked = Signal(str)

    def __init__(self, store: Store, scene: NetworkScene) -> None:
        super().__init__()
        self.setObjectName("inspector")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.store = store
        self.scene_shown = scene
        self.layer_shown = ""
        self.card: LayerCard | None = None
        self.several: SeveralCard | None = None
        scene.selectionChanged.connect(self.follow_selection)
        store.changed.connect(self.follow_project)
        self._show_hint(_("Select a layer on the canvas to see and change its settings."))

    def follow_selection(self) -> None:
        """Show the one selected layer."""
        # The scene outlives this panel for a moment when the window is built anew in another language.
        selected = self.scene_shown.selected_layers()
        if len(selected) == 1:
            if selected[0] != self.layer_shown:
                self._show_layer(self.store.project.network.layer(selected[0]))
        elif selected:
            self._show_several(selected)
        elif self.scene_shown.selected_parts():
            self._show_hint(
                _(
                    "A note or a frame: a double-click or Enter writes on it, its lower right corner changes its size. "
                    "What lies inside a frame moves with it."
                )
            )
        else:
            self._show_hint(_("Select a layer on the canvas to see and change its settings."))

    def follow_project(self, change: Change) -> None:
        if not change.touches(Part.STRUCTURE, Part.FACTS, Part.PROBLEMS):
            return
        after = change.after
        if self.several is not None:
            if all(after.network.has(id) for id in self.several.ids):
                self.several.show_layers(after)
            else:
                self.follow_selection()
        elif self.layer_shown and not after.network.has(self.layer_shown):
            self.follow_selection()
        elif self.card is not None:
            self.card.show_layer(after.network.layer(self.layer_shown))

    def _show_several(self, ids: list[str]) -> None:
        if self.several is not None and self.several.ids == ids:
            return
        network = self.store.project.network
        self.layer_shown, self.card = "", None
        self.several = SeveralCard(self.store, [network.layer(id) for id in ids if network.has(id)])
        self.setWidget(self.several)

    def _show_layer(self, layer: Layer) -> None:
        self.layer_shown, self.several = layer.id, None
        self.card = LayerCard(self.store, layer)
        self.card.form.vary_asked.connect(self.vary_asked)
        self.setWidget(self.card)

    def _show_hint(self, text: str) -> None:
        self.layer_shown, self.card, self.several = "", None, None
        hint = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        hint.setMargin(12)
        self.setWidget(hint)


class LayerCard(QWidget):
    """Everything about one layer."""

    def __init__(self, store: Store, layer: Layer) -> None:
        super().__init__()
        self.store = store
        self.id = layer.id
        declared = layer_type(layer.type)
        self.name = QLineEdit(maxLength=edits.LONGEST_NAME)
        self.name.setObjectName("field_name")
        self.name.setAccessibleName(_("Name"))
        self.facts = QLabel(textFormat=Qt.TextFormat.PlainText)
        rare = tuple(one.name for one in declared.parameters if one.is_rare)
        self.form = ParameterForm(declared.parameters, [Section(mark("More"), rare, is_open=False)] if rare else [])
        self.connections = ConnectionsGrid() if "connections" in declared.defaults() else None
        self.problems = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        heading = QLabel(_(declared.label), textFormat=Qt.TextFormat.PlainText)
        font = heading.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        heading.setFont(font)
        self.form.put_first(_("Name"), self.name)
        layout.addWidget(heading)
        layout.addWidget(self.form)
        if self.connections:
            layout.addWidget(self.connections)
            self.connections.edited.connect(self._connect)
        layout.addWidget(self.facts)
        layout.addWidget(self.problems)
        layout.addWidget(QLabel(_(declared.help), wordWrap=True, textFormat=Qt.TextFormat.PlainText))
        self._add_formulas(layout, declared)
        self.plot = FunctionPlot() if declared.curve and declared.type != "softmax" else None
        if self.plot:
            layout.addWidget(self.plot)
        layout.addStretch()
        self.show_layer(layer)
        self.name.textEdited.connect(self._rename)
        self.name.editingFinished.connect(self._name_settled)
        self.form.edited.connect(self._edit)
        self.form.left.connect(store.seal)
        self.form.taken_back.connect(store.told)
        self.form.study_keys = {one.name: f"{layer.id}.{one.name}" for one in declared.parameters}

    def show_layer(self, layer: Layer) -> None:
        """Show the layer as it is now."""
        declared = layer_type(layer.type)
        if self.name.text() != shown_name(layer) and not (self.name.hasFocus() and self.name.isModified()):
            self.name.setText(shown_name(layer))
        self.form.show_values(lambda name: layer.parameters[name])
        shape = self.store.inference.shapes.get(layer.id)
        count = self.store.inference.parameters.get(layer.id, 0)
        self.facts.setText(
            _("Output: {shape}    Parameters: {count}").format(
                shape=shown_shape(shape) if shape else "?", count=Count(count)
            )
        )
        if self.connections:
            self._show_connections(layer)
        messages = [one.message for one in self.store.problems if one.where == layer.id]
        self.problems.setText("\n".join(messages))
        self.problems.setStyleSheet(f"color: {theme.colors().problem};")
        self.problems.setVisible(bool(messages))
        if self.plot and declared.curve:
            self.plot.show_curve(declared.curve(layer.parameters))

    def _show_connections(self, layer: Layer) -> None:
        """The table of connections where the channels that come in are known and are not divided into groups."""
        assert self.connections is not None
        sources = [link.source for link in self.store.project.network.links if link.target == layer.id]
        shape = self.store.inference.shapes.get(sources[0], ()) if len(sources) == 1 else ()
        channels = shape[0] if len(shape) > 1 and layer.parameters["groups"] == 1 else 0
        rows = table_rows(layer.parameters["connections"])
        self.connections.show_table(rows, int(layer.parameters["filters"]), channels)

    def _connect(self, rows: list[tuple[int, ...]]) -> None:
        assert self.connections is not None
        self._edit("connections", table_text(rows, self.connections.channels))
        self.store.seal()

    def _add_formulas(self, layout: QVBoxLayout, declared: LayerType) -> None:
        for title, latex in ((_("Formula"), declared.formula), (_("Derivative"), declared.derivative_formula)):
            if latex:
                layout.addWidget(faint_label(title))
                view = FormulaView(title)
                layout.addWidget(view)
                view.show_formula(latex)

    def _edit(self, name: str, value: object) -> None:
        layer = self.store.project.network.layer(self.id)
        label = _("Change {setting} of {layer}").format(
            setting=_(layer_type(layer.type).parameter(name).label), layer=shown_name(layer)
        )
        self.store.edit(label, edits.set_parameter(self.store.project, self.id, name, value), f"{self.id}.{name}")

    def _rename(self, text: str) -> None:
        try:
            self.store.edit(_("Rename"), edits.rename(self.store.project, self.id, text), f"{self.id} name")
        except UserError:
            return

    def _name_settled(self) -> None:
        self.name.setModified(False)
        self.name.setText(shown_name(self.store.project.network.layer(self.id)))
        self.store.seal()


class FunctionPlot(Plot):
    """A function and its derivative."""

    def __init__(self) -> None:
        super().__init__()
        colors = theme.colors()
        self.apply_theme()
        self.setFixedHeight(150)
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.setAccessibleName(_("Function and derivative"))
        self.addLegend(offset=(8, 4), labelTextColor=colors.text, labelTextSize=heading_size(8))
        self.function = self.plot(pen=pyqtgraph.mkPen(colors.training, width=2), name=_("function"))
        dashed = pyqtgraph.mkPen(colors.validation, width=2, style=Qt.PenStyle.DashLine)
        self.derivative = self.plot(pen=dashed, name=_("derivative"))

    def show_curve(self, curve: Curve) -> None:
        x = np.linspace(-CURVE_REACH, CURVE_REACH, 401)
        self.function.setData(x, curve.function(x))
        self.derivative.setData(x, curve.derivative(x))
        values, slopes = curve.function(x), curve.derivative(x)
        self.setAccessibleDescription(
            _("from {low:.2g} to {high:.2g}, its derivative from {least:.2g} to {most:.2g}").format(
                low=values.min(), high=values.max(), least=slopes.min(), most=slopes.max()
            )
        )


def faint_label(text: str) -> QLabel:
    label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
    label.setStyleSheet(f"color: {theme.colors().faint_text};")
    return label
