"""What comes onto the canvas: links, notes, frames, and layers at a place, in a link, behind another."""

from functools import partial

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import LayerType
from nnstudio.project import edits
from nnstudio.project.arrange import insert_after, settled_on_link
from nnstudio.project.frames import add_around
from nnstudio.project.layer_list import READY_MADE, add_part, append_part
from nnstudio.project.model import Frame, Link, Network, Note, Project
from nnstudio.project.repairs import Repair, repairs, shape_mismatch
from nnstudio.project.sizes import NOTE_HEIGHT
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.canvas.annotations import ANNOTATIONS, NoteItem
from nnstudio.ui.canvas.editing import InPlaceEditing
from nnstudio.ui.canvas.items import HEIGHT, WIDTH
from nnstudio.ui.canvas.search import LayerSearch, drawn, to_add
from nnstudio.ui.canvas.surface import CanvasSurface


class Adding:
    """Adds to the network of a surface, from palette or search box; each is one step to undo."""

    def __init__(self, surface: CanvasSurface, editing: InPlaceEditing) -> None:
        self.surface = surface
        self.editing = editing

    def show_target(self, type: str, viewport_point: QPoint) -> None:
        """Mark the link that a layer would be set into if it were dropped here."""
        is_layer = type not in ANNOTATIONS and type not in READY_MADE
        may_enter = is_layer and layer_type(type).role not in ("input", "output")
        point = self.surface.mapToScene(viewport_point)
        self.surface.network.mark_link(self.surface.link_to_enter(point) if may_enter else None)

    def show_no_target(self) -> None:
        """Nothing is dragged over the canvas any more."""
        self.surface.network.mark_link(None)

    def drop(self, type: str, viewport_point: QPoint) -> None:
        """Add a layer, a ready-made part, a note or a frame with its (first) middle at a point of the viewport; what
        cannot be is told."""
        try:
            self._drop(type, viewport_point)
        except UserError as mistake:
            self.surface.store.told.emit(str(mistake))

    def _drop(self, type: str, viewport_point: QPoint) -> None:
        point = self.surface.mapToScene(viewport_point)
        if type in ANNOTATIONS:
            self.add_annotation(type, point)
            return
        corner = self.surface.snapped(point - QPointF(WIDTH / 2, HEIGHT / 2))
        link = self.surface.link_to_enter(point)
        if link is None:  # beside what stands there, and not on it
            corner = self.surface.network.free_place(QRectF(corner, QSizeF(WIDTH, HEIGHT)), may_move=True)
        place = corner.toTuple()
        if type in READY_MADE:
            self._added(type, *add_part(self.surface.store.project, READY_MADE[type][1], place))
            return
        project, id = edits.add_layer(self.surface.store.project, type, place)
        if link is not None:
            try:
                project = settled_on_link(edits.insert_on_link(project, id, link.link), id)
            except UserError as mistake:
                self.surface.store.told.emit(str(mistake))
        self._added(type, project, [id])

    def append(self, type: str) -> None:
        """Add a layer or a part after the selected layer and link it; without a selection, before the output.

        A note comes into the middle of the view, a frame around what is selected.
        """
        if type in ANNOTATIONS:
            self.add_annotation(type)
            return
        selected = self.surface.network.selected_layers()
        after = selected[-1] if selected else ""
        try:
            if type in READY_MADE:
                project, ids = append_part(self.surface.store.project, after, READY_MADE[type][1])
            else:
                project, id = insert_after(self.surface.store.project, after, type)
                ids = [id]
        except UserError as mistake:
            self.surface.store.told.emit(str(mistake))
            return
        self._added(type, project, ids)
        if self.surface.fits:
            self.surface.zoom_fit()

    def add_annotation(self, type: str, point: QPointF | None = None) -> None:
        """Add a note or a frame, and have it written; what cannot be is told."""
        try:
            self._add_annotation(type, point)
        except UserError as mistake:
            self.surface.store.told.emit(str(mistake))

    def _add_annotation(self, type: str, point: QPointF | None) -> None:
        """Add a note or a frame with its middle at a scene point.

        Without a point a frame goes around what is selected; what has nowhere to go comes into the middle of the view.
        """
        store, selected = self.surface.store, self.surface.network.selected_parts()
        middle = point or self.surface.mapToScene(self.surface.viewport().rect().center())
        if type == "note":
            place = self.surface.snapped(middle - QPointF(Note("").width / 2, NOTE_HEIGHT / 2))
            place = self.surface.network.free_place(QRectF(place, QSizeF(Note("").width, NOTE_HEIGHT)), point is None)
            project, id = edits.add_note(store.project, "", (place.x(), place.y()))
        elif selected and point is None:
            annotations = self.surface.network.annotations
            heights = {id: item.box.height() for id, item in annotations.items() if isinstance(item, NoteItem)}
            project, id = add_around(store.project, "", selected, heights)
        else:
            size = Frame("").size
            place = self.surface.snapped(middle - QPointF(*size) / 2)
            project, id = edits.add_frame(store.project, "", (place.x(), place.y()), size)
        label = _("Add {layer}").format(layer=_(ANNOTATIONS[type].label))
        store.edit(label, project, merge=f"{id} text")
        self.surface.network.select([id])
        self.editing.write_text(id, label, is_new=True)

    def search(self, point: QPoint, text: str = "") -> None:
        """Open the search box at a point of the viewport; what is chosen is added there. A search that began with a
        letter adds behind the selected layer; without one into the link at the pointer, or else before the output."""
        selected = self.surface.network.selected_layers()
        after = selected[0] if text and len(selected) == 1 else ""
        is_on_link = self.surface.has_pointer() and self.surface.link_to_enter(self.surface.mapToScene(point))
        box = LayerSearch(self.surface, to_add(self._type_of(after), annotations=True), _("Add a layer"), text)
        if after or (text and not is_on_link):
            box.chosen.connect(self.append)
        else:
            box.chosen.connect(partial(self._add_at, point))
        box.open_at(point)

    def search_for_link(self, point: QPoint, id: str, port: str) -> None:
        """Open the search box for the other end of a link that was dropped on empty surface."""

        def fits(declared: LayerType) -> bool:
            return declared.role != ("input" if port == "output" else "output")

        after = self._type_of(id) if port == "output" else ""
        box = LayerSearch(self.surface, to_add(after, fits), _("Add a layer"))
        box.chosen.connect(partial(self._add_linked, point, id, port))
        box.open_at(point)

    def link_selected(self) -> None:
        """Open the search box for the layer that the selected one shall be linked to: those a link may lead to."""
        selected = self.surface.network.selected_layers()
        if len(selected) == 1:
            source, project = selected[0], self.surface.store.project
            open_ends = Network(tuple(one for one in project.network.layers if self._may_link(source, one.id)))
            box = LayerSearch(self.surface, drawn(open_ends), _("Link to"))
            box.chosen.connect(lambda target: self._link(Link(source, target)))
            box.open_at(self.surface.mapFromScene(self.surface.network.layers[source].output_point()))

    def _may_link(self, source: str, target: str) -> bool:
        try:
            edits.check_link(self.surface.store.project.network, Link(source, target))
        except UserError:
            return False
        return True

    def _link(self, link: Link) -> None:
        network = self.surface.store.project.network
        if network.has(link.source) and network.has(link.target):  # they may be gone since, by undo for example
            self.draw_link(link)

    def _type_of(self, id: str) -> str:
        return self.surface.store.project.network.layer(id).type if id else ""

    def _add_at(self, point: QPoint, type: str) -> None:
        self.drop(type, point)

    def _add_linked(self, viewport_point: QPoint, id: str, port: str, type: str) -> None:
        """Add a layer whose port lies where the link was dropped, and link it: one step to undo."""
        if not self.surface.store.project.network.has(id):
            self.drop(type, viewport_point)  # the other end is gone since, by undo for example
            return
        try:
            project, new = edits.add_layer(self.surface.store.project, type)
            ends = (id, new) if port == "output" else (new, id)
            project = edits.add_link(project, *ends)
        except UserError as mistake:
            self.surface.store.told.emit(str(mistake))
            return
        box = self.surface.network.box_of(project, new)
        side = QPointF(box.left() if port == "output" else box.right(), box.center().y())
        place = self.surface.mapToScene(viewport_point) - side
        project = edits.move(project, {new: (place.x(), place.y())})
        self._added(type, project, [new])

    def draw_link(self, link: Link) -> None:
        """Draw a link; what does not fit or was pushed away by it is told, with what would mend it."""
        before = self.surface.store.project
        try:
            project = edits.add_link(before, link.source, link.target)
        except UserError as mistake:
            self.surface.store.told.emit(str(mistake))
            return
        reason = shape_mismatch(before, self.surface.store.inference, link)
        replaced = len(project.network.links) == len(before.network.links)
        self.surface.store.edit(_("Link"), project)
        if reason or replaced:
            suggestions = [(one.label, partial(self._mend, project, one)) for one in repairs(before, project, link)]
            words = reason or _("The link that was there before is replaced: this layer takes one input.")
            self.surface.offered.emit(words, suggestions)

    def _mend(self, project: Project, repair: Repair) -> None:
        """Take the network of a repair, unless another is drawn by now; settings and runs stay as they are."""
        current = self.surface.store.project
        if current.network == project.network:
            mended = repair.project.network
            self.surface.store.edit(repair.label, edits.with_network(current, layers=mended.layers, links=mended.links))

    def _added(self, type: str, project: Project, ids: list[str]) -> None:
        label = READY_MADE[type][0] if type in READY_MADE else layer_type(type).label
        self.surface.store.edit(_("Add {layer}").format(layer=_(label)), project)
        self.surface.network.select(ids)
        self.surface.show_added(ids)
