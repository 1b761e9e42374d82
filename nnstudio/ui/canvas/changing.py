"""Layers changed where they stand on the canvas: their names, their first settings, their numbers step by step."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize

from nnstudio.layers.catalogue import layer_type
from nnstudio.project import edits
from nnstudio.project.names import shown_name
from nnstudio.text import translate as _
from nnstudio.ui.canvas.in_place import InPlaceField
from nnstudio.ui.canvas.items import NAME_PLACE, VALUE_PLACE
from nnstudio.ui.form import written

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas


class Changing:
    """Changes the layers of a canvas in place."""

    def __init__(self, canvas: "Canvas") -> None:
        self.canvas = canvas

    def rename_selected(self) -> None:
        """A field over the selected layer for its name; empty gives back the name it has by itself."""
        selected = self.canvas.network.selected_layers()
        if len(selected) != 1:
            return
        id = selected[0]
        layer = self.canvas.store.project.network.layer(id)

        def take(text: str) -> None:
            self.canvas.store.edit(_("Rename"), edits.rename(self.canvas.store.project, id, text))

        self._field(id, NAME_PLACE, _("Name of the layer"), layer.name or shown_name(layer), take)

    def edit_value(self, id: str) -> None:
        """A field over a layer for its first setting; a layer without any is renamed."""
        layer = self.canvas.store.project.network.layer(id)
        parameters = layer_type(layer.type).parameters
        if not parameters:
            self.canvas.network.select([id])
            self.rename_selected()
            return
        parameter = parameters[0]

        def take(text: str) -> None:
            project = edits.set_parameter(
                self.canvas.store.project, id, parameter.name, parameter.parse(text.replace(",", "."))
            )
            self.canvas.store.edit(_("Change {setting}").format(setting=_(parameter.label)), project)

        self._field(id, VALUE_PLACE, _(parameter.label), written(layer.parameters[parameter.name]), take)

    def step_number(self, id: str, by: int) -> None:
        """Change the number of a layer, within its range; steps in a row are one to undo."""
        layer = self.canvas.store.project.network.layer(id)
        parameter = layer_type(layer.type).parameters[0]
        value = min(max(int(layer.parameters[parameter.name]) + by, int(parameter.minimum)), int(parameter.maximum))
        project = edits.set_parameter(self.canvas.store.project, id, parameter.name, value)
        self.canvas.store.edit(
            _("Change {setting}").format(setting=_(parameter.label)), project, merge=f"{id}.{parameter.name}"
        )

    def _field(self, id: str, place: QRectF, label: str, text: str, take: Callable[[str], None]) -> None:
        item = self.canvas.network.layers[id]
        self.canvas.ensureVisible(item, 10, 10)
        corner = self.canvas.mapFromScene(item.pos() + place.topLeft())
        size = QSize(
            max(110, round(place.width() * self.canvas.zoom)), max(24, round(place.height() * self.canvas.zoom))
        )
        offset = self.canvas.viewport().pos()

        def take_if_there(text: str) -> None:
            if self.canvas.store.project.network.has(id):  # it may be gone since, by undo for example
                take(text)

        InPlaceField(self.canvas, QRect(corner + offset, size), label, text, take_if_there, self.canvas.store.told.emit)
