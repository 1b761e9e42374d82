"""What stands on the canvas changed there: names, first settings, numbers step by step, notes and titles."""

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize

from nnstudio.layers.catalogue import layer_type
from nnstudio.project import edits
from nnstudio.project.names import shown_name
from nnstudio.text import translate as _
from nnstudio.ui.canvas.annotations import AnnotationItem, FrameItem
from nnstudio.ui.canvas.in_place import InPlaceEditor, InPlaceField, InPlaceText
from nnstudio.ui.canvas.items import LayerItem
from nnstudio.ui.canvas.surface import CanvasSurface
from nnstudio.ui.look.numbers_text import written

SMALLEST_SHEET = QSize(200, 80)
"""What a note is written on, however far away it is."""


class InPlaceEditing:
    """Changes the layers, notes and frames of a canvas in place."""

    def __init__(self, surface: CanvasSurface) -> None:
        self.surface = surface

    def edit(self, id: str) -> None:
        """A field over a layer, a note or a frame for what is changed most."""
        if id in self.surface.network.layers:
            self.edit_value(id)
        else:
            self.write_text(id)

    def rename_selected(self) -> None:
        """A field over the selected layer for its name; empty gives back the name it has by itself. A frame has a title
        and a note its text."""
        selected = self.surface.network.selected_parts()
        if len(selected) != 1:
            return
        id = selected[0]
        if id in self.surface.network.annotations:
            self.write_text(id)
            return
        layer = self.surface.store.project.network.layer(id)

        def take(text: str) -> None:
            self.surface.store.edit(_("Rename"), edits.rename(self.surface.store.project, id, text))

        self._field(
            id,
            self.surface.network.layers[id].name_place,
            _("Name of the layer"),
            layer.name or shown_name(layer),
            take,
        )

    def edit_value(self, id: str) -> None:
        """A field over a layer for its first setting; a layer without any is renamed."""
        layer = self.surface.store.project.network.layer(id)
        parameters = layer_type(layer.type).parameters
        if not parameters:
            self.surface.network.select([id])
            self.rename_selected()
            return
        parameter = parameters[0]

        def take(text: str) -> None:
            project = edits.set_parameter(
                self.surface.store.project, id, parameter.name, parameter.parse(text.replace(",", "."))
            )
            self.surface.store.edit(_("Change {setting}").format(setting=_(parameter.label)), project)

        place = self.surface.network.layers[id].value_place
        self._field(id, place, _(parameter.label), written(layer.parameters[parameter.name]), take)

    def write_text(self, id: str, label: str = "", is_new: bool = False) -> None:
        """A field over a note for its text or over a frame for its title; `label` names the edit it belongs to. Esc
        takes a new one back."""
        item = self.surface.network.annotations[id]
        store = self.surface.store
        is_frame = isinstance(item, FrameItem)
        asked = _("Title of the frame") if is_frame else _("Text of the note")
        label = label or (_("Rename") if is_frame else _("Write"))

        def take(text: str) -> None:
            if id in self.surface.network.annotations:  # it may be gone since, by undo for example
                store.edit(label, edits.write(store.project, id, text), merge=f"{id} text")
                store.seal()

        def take_back() -> None:
            if is_new and store.undo_label == label and id in self.surface.network.annotations:
                store.undo()

        place = self._place(item, item.text_place())
        if not is_frame:
            place.setSize(place.size().expandedTo(SMALLEST_SHEET))
            room = self.surface.rect()
            place.moveRight(min(place.right(), room.right()))
            place.moveBottom(min(place.bottom(), room.bottom()))
        field = (InPlaceField if is_frame else InPlaceText)(item.text, self.surface)
        InPlaceEditor(field, self.surface, take, store.told.emit, take_back).begin(place, asked)

    def step_number(self, id: str, by: int) -> None:
        """Change the number of a layer, within its range; steps in a row are one to undo."""
        layer = self.surface.store.project.network.layer(id)
        parameter = layer_type(layer.type).parameters[0]
        value = min(max(int(layer.parameters[parameter.name]) + by, int(parameter.minimum)), int(parameter.maximum))
        project = edits.set_parameter(self.surface.store.project, id, parameter.name, value)
        self.surface.store.edit(
            _("Change {setting}").format(setting=_(parameter.label)), project, merge=f"{id}.{parameter.name}"
        )

    def _field(self, id: str, place: QRectF, label: str, text: str, take: Callable[[str], None]) -> None:
        def take_if_there(text: str) -> None:
            if self.surface.store.project.network.has(id):  # it may be gone since, by undo for example
                take(text)

        where = self._place(self.surface.network.layers[id], place)
        field = InPlaceField(text, self.surface)
        InPlaceEditor(field, self.surface, take_if_there, self.surface.store.told.emit).begin(where, label)

    def _place(self, item: LayerItem | AnnotationItem, place: QRectF) -> QRect:
        """Where on the canvas a part of an item is seen; the item is brought into view."""
        self.surface.ensureVisible(item.mapRectToScene(place), 10, 10)
        corner = self.surface.mapFromScene(item.pos() + place.topLeft())
        size = QSize(
            max(110, round(place.width() * self.surface.zoom)), max(24, round(place.height() * self.surface.zoom))
        )
        where = QRect(corner + self.surface.viewport().pos(), size)
        return where.intersected(self.surface.rect()) or where
