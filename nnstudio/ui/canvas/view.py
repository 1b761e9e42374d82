"""The canvas on which a network is drawn: chooses the gesture for what a hand begins, and the edit for a key."""

from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)

from nnstudio.project.arrange import arranged
from nnstudio.project.files import check_target, write_whole
from nnstudio.text import translate as _
from nnstudio.ui.canvas.adding import Adding
from nnstudio.ui.canvas.annotations import AnnotationItem
from nnstudio.ui.canvas.editing import InPlaceEditing
from nnstudio.ui.canvas.gestures import CopyParts, DrawLink, Gesture, MoveParts, Pan, Resize, SelectArea
from nnstudio.ui.canvas.in_place import InPlaceField, InPlaceText
from nnstudio.ui.canvas.items import READABLE, LayerItem, can_step
from nnstudio.ui.canvas.links import LinkItem
from nnstudio.ui.canvas.minimap import MiniMap
from nnstudio.ui.canvas.picture import picture_of
from nnstudio.ui.canvas.scene import NetworkScene
from nnstudio.ui.canvas.search import LayerSearch, drawn
from nnstudio.ui.canvas.selection import Selection
from nnstudio.ui.canvas.surface import CanvasSurface
from nnstudio.ui.changes import Cause, Change, Part
from nnstudio.ui.look.picture import Draw, form_of
from nnstudio.ui.store import Store

NOTCH = 120
"""What Qt counts for one notch of a wheel."""
ONE_ROW = 0.62
"""The zoom down to which a chain in one row is still read well."""
COARSE = 10
"""How much further − and + go with Shift or Ctrl held."""
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Canvas(CanvasSurface):
    """The canvas. `menu_asked` carries the point of the screen where the menu is wanted."""

    menu_asked = Signal(QPoint)

    def __init__(self, store: Store) -> None:
        super().__init__(store, NetworkScene(store))
        self.selection = Selection(self)
        self.editing = InPlaceEditing(self)
        self.adding = Adding(self, self.editing)
        self.minimap = MiniMap(self)
        self.gesture: Gesture | None = None
        self._space = False
        self._turned = 0
        self.setObjectName("canvas")
        self.setAccessibleName(_("Network canvas"))
        self.setMouseTracking(True)
        store.changed.connect(self._project_changed)
        store.replaced.connect(self._project_replaced)

    def finish_writing(self, taken: bool = True) -> None:
        """Take over, or drop, what is being written on the canvas: it belongs to the project as it is now."""
        fields: list[InPlaceField | InPlaceText] = [*self.findChildren(InPlaceField)]
        for field in [*fields, *self.findChildren(InPlaceText)]:
            field.writing.finish(taken)

    def release(self) -> None:
        """Fall silent before being destroyed: a scene that goes reports every selected item it drops."""
        self.network.blockSignals(True)
        self.blockSignals(True)  # nor is there anybody to be told that it moves

    def find_layer(self) -> None:
        """Open the search box for the layers that are drawn; the one chosen is selected and shown."""
        box = LayerSearch(self, drawn(self.store.project.network), _("Find a layer"))
        box.chosen.connect(self.show_layer)
        box.open_at(self.viewport().rect().center() - QPoint(115, 160))

    def show_layer(self, id: str) -> None:
        """Select a layer and bring it into view."""
        if id in self.network.layers:
            self.network.select([id])
            self.centerOn(self.network.layers[id])
            self.fits = False

    def arrange(self) -> None:
        """Lay the layers out from left to right."""
        readable = self.viewport().width() / ONE_ROW
        self.store.edit(_("Arrange"), arranged(self.store.project, width=readable))
        self.zoom_fit()

    # --- edits ------------------------------------------------------------------------------------------------------

    def save_picture(self, path: Path) -> None:
        """Write the whole network as a picture; UserError when it cannot be written."""
        check_target(path)
        write_whole(path, self.picture(form_of(path)))

    def picture(self, draw: Draw) -> bytes:
        """The whole network as a picture for print."""
        try:
            return picture_of(self.network, draw)
        finally:
            self.show_items()

    def search_at(self, place: QPoint) -> None:
        """Open the search box at a point of the screen."""
        self.adding.search(self.viewport().mapFromGlobal(place))

    def select_all(self) -> None:
        self.network.select(list(self.network.parts))

    def go(self, step: tuple[int, int]) -> None:
        """Select what lies nearest in a direction from what is selected; the first layer when nothing is."""
        selected = self.network.selected_parts()
        parts = self.network.parts
        found = self.network.neighbour(selected[-1], step) if selected else next(iter(parts), "")
        if found:
            self.network.select([found])
            self.ensureVisible(parts[found], 40, 40)

    # --- gestures ---------------------------------------------------------------------------------------------------

    def begin(self, event: QMouseEvent) -> Gesture | None:
        """The gesture that this press begins, None for a mere selection."""
        point = self.mapToScene(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton or self._space:
            self.fits = False
            return Pan(self, event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton:
            return None
        keep = bool(event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier))
        item = self.item_at(point)
        if isinstance(item, LayerItem):
            port = item.port_at(point)
            if port:
                return DrawLink(self, self.adding, item, port)
            step = self.step_at(item, point)
            if step:
                self.network.select([item.id])
                self.editing.step_number(item.id, step * (COARSE if keep else 1))
                return None
        if isinstance(item, AnnotationItem) and item.isSelected() and item.grip_at(point):
            return Resize(self, point, item)
        if isinstance(item, LayerItem | AnnotationItem):
            return self._take_up(item, event, point)
        if not keep:
            self.network.clearSelection()
        if item is not None:
            item.setSelected(True)
            return None
        return SelectArea(self, point, keep)

    def _take_up(self, item: LayerItem | AnnotationItem, event: QMouseEvent, point: QPointF) -> Gesture | None:
        """Drag it with whatever else is selected, or copies of it; one that Shift puts down again is not dragged."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return CopyParts(self, self.selection, point, item)
        keep = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if not item.isSelected() and not keep:
            self.network.clearSelection()
        item.setSelected(not item.isSelected() if keep else True)
        return MoveParts(self, self.selection, point) if item.isSelected() else None

    def step_at(self, layer: LayerItem, point: QPointF) -> int:
        """−1 or 1 on the − or + of a layer, where these can be seen; 0 elsewhere."""
        return layer.step_at(point) if can_step(self.zoom) else 0

    def cancel_gesture(self) -> None:
        if self.gesture is not None:
            self.gesture.cancel()
            self.gesture = None

    def _project_replaced(self) -> None:
        """Another project may use the same ids."""
        self.finish_writing(taken=False)
        self.network.clearSelection()

    def _project_changed(self, change: Change) -> None:
        """What the hand holds may be gone; and there may be more layers than are drawn in full from afar."""
        if change.touches(Part.FACTS) and self.fits:
            self.zoom_fit()  # shapes are known now, by which layers are drawn as neurons
        if not change.touches(Part.STRUCTURE, Part.LAYOUT):
            return
        if change.cause is not Cause.OPENED:  # then it is shown whole, and how far away that is decides
            self.show_items()
        if self.gesture is not None:
            self.cancel_gesture()
            self.network.show_network()  # letting go put layers where the hand took them up

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        if isinstance(self.gesture, DrawLink) and self.gesture.clicked and event.button() == Qt.MouseButton.LeftButton:
            event.accept()  # the click that puts the link down
            return
        self.cancel_gesture()
        point = self.mapToScene(event.position().toPoint())
        pressed = self.network.layer_at(point)
        if pressed is None or not self.step_at(pressed, point):
            self.store.seal()  # steps of a number in a row are one edit
        self.gesture = self.begin(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if isinstance(self.gesture, Pan):
            self.gesture.update_view(point)
        elif self.gesture is not None:
            self.gesture.update(self.mapToScene(point))
        else:
            self._show_cursor(self.mapToScene(point))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture = self.gesture
        if gesture is None or gesture.goes_on():
            return
        self.gesture = None
        gesture.finish(self.mapToScene(event.position().toPoint()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.cancel_gesture()
        item = self.item_at(self.mapToScene(point))
        if isinstance(item, LayerItem) and self.step_at(item, self.mapToScene(point)):
            self.mousePressEvent(event)  # a quick second click on + or −
        elif isinstance(item, LayerItem | AnnotationItem):
            self.editing.edit(item.id)
        elif item is None:
            self.adding.search(point)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By mouse for what is under it, by key for what is selected."""
        place = event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            self._select_at(self.mapToScene(event.pos()))
        else:
            parts = [self.network.parts[id] for id in self.network.selected_parts()]
            inside = self.mapFromScene(parts[0].pos() + parts[0].box.center()) if parts else self.pointer()
            place = self.viewport().mapToGlobal(inside)
        event.accept()
        self.menu_asked.emit(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        point = self.mapToScene(event.position().toPoint())
        layer = self.network.layer_at(point)
        turned = event.angleDelta().y()
        if layer is not None and layer.isSelected() and layer.number_at(point) and turned and self.zoom >= READABLE:
            # A trackpad turns in many small parts of a notch.
            self._turned += turned
            notches = int(self._turned / NOTCH)
            self._turned -= notches * NOTCH
            fast = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            if notches:
                self.editing.step_number(layer.id, notches * (COARSE if fast else 1))
            return
        self._turned = 0
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancel_gesture()
            self.network.clearSelection()
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = True
        elif event.key() in ARROWS and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            larger = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            act = self.selection.resize if larger else self.selection.nudge
            act(ARROWS[Qt.Key(event.key())])
        elif event.key() in ARROWS:
            self.go(ARROWS[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.network.selected_parts():
            self.editing.edit(self.network.selected_parts()[0])
        elif event.text().isalpha() and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            self.adding.search(self.pointer(), event.text())
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        for item in self.network.layers.values():
            item.set_hovered(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._space = False  # its release is told to somebody else

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
        super().keyReleaseEvent(event)

    def item_at(self, point: QPointF) -> LayerItem | AnnotationItem | LinkItem | None:
        """What a press at a point means: a layer or a note, the grip of what is selected, a link, a frame."""
        layer = self.network.layer_at(point)
        if layer is not None:
            return layer
        annotation, link = self.network.annotation_at(point), self.network.link_at(point)
        gripped = annotation is not None and annotation.isSelected() and annotation.grip_at(point)
        over = annotation is not None and (gripped or link is None or annotation.zValue() > link.zValue())
        return annotation if over else link

    def _select_at(self, point: QPointF) -> None:
        """Select what lies at a point, unless it is selected with others."""
        item = self.item_at(point)
        if item is None or not item.isSelected():
            self.network.clearSelection()
        if item is not None:
            item.setSelected(True)

    def _show_cursor(self, point: QPointF) -> None:
        layer = self.network.layer_at(point)
        for item in self.network.layers.values():
            item.set_hovered(item is layer)
        if layer is not None and layer.port_at(point):
            self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        elif layer is not None or self.network.annotation_at(point) is not None:
            self.viewport().setCursor(Qt.CursorShape.SizeAllCursor)
        else:
            self.viewport().unsetCursor()
