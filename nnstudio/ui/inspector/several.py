"""The settings that several selected layers have in common: one field changes all of them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Parameter
from nnstudio.project import edits
from nnstudio.project.model import Layer, Project
from nnstudio.text import translate as _
from nnstudio.text import translate_count
from nnstudio.ui.inspector.form import ParameterForm
from nnstudio.ui.store import Store


class SeveralCard(QWidget):
    """The form for several layers. It shows the values of the first, and says where the others differ."""

    def __init__(self, store: Store, layers: Sequence[Layer]) -> None:
        super().__init__()
        self.store = store
        self.ids = [layer.id for layer in layers]
        shared = shared_parameters(layers)
        heading = translate_count("{count} layer is selected.", "{count} layers are selected.", len(layers))
        self.heading = QLabel(heading.format(count=len(layers)), textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.form = ParameterForm(shared)
        self.words = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        for widget in (self.heading, self.form, self.words):
            layout.addWidget(widget)
        layout.addStretch()
        self.form.edited.connect(self._edit)
        self.form.left.connect(store.seal)
        self.form.taken_back.connect(store.told)
        self.show_layers(store.project)

    def show_layers(self, project: Project) -> None:
        """Show the values as they are now."""
        layers = [project.network.layer(id) for id in self.ids]
        shared = shared_parameters(layers)
        self.form.show_values(lambda name: layers[0].parameters[name])
        differing = [_(one.label) for one in shared if len({layer.parameters[one.name] for layer in layers}) > 1]
        words = _("A change here changes all of them.") if shared else _("They have no setting in common.")
        if differing:
            words += " " + _("They differ in: {settings}.").format(settings=", ".join(differing))
        self.words.setText(words)

    def _edit(self, name: str, value: object) -> None:
        project = self.store.project
        for id in self.ids:
            project = edits.set_parameter(project, id, name, value)
        label = next(
            _(one.label) for one in shared_parameters([project.network.layer(self.ids[0])]) if one.name == name
        )
        words = _("Change {setting} of {count} layers").format(setting=label, count=len(self.ids))
        self.store.edit(words, project, f"{self.ids} {name}")


def shared_parameters(layers: Sequence[Layer]) -> tuple[Parameter, ...]:
    """The settings that all of the layers have."""
    first, *others = (layer_type(layer.type).parameters for layer in layers)
    return tuple(one for one in first if all(one in other for other in others))
