"""The view of the network: chooses the gesture for what a hand begins, zooms and pans, and adds dropped layers."""

import math
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QLabel

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import LayerType
from nnstudio.project import edits
from nnstudio.project.arrange import arranged, insert_after
from nnstudio.project.model import Link, Project
from nnstudio.project.names import shown_name
from nnstudio.project.repairs import Repair, repairs, why_unfit
from nnstudio.text import Mistake
from nnstudio.text import translate as _
from nnstudio.ui import theme
from nnstudio.ui.canvas.gestures import CopyLayers, DrawLink, Gesture, MoveLayers, Pan, SelectArea
from nnstudio.ui.canvas.in_place import InPlaceField
from nnstudio.ui.canvas.items import HEIGHT, NAME_PLACE, VALUE_PLACE, WIDTH
from nnstudio.ui.canvas.overview import FAR, paint_overview
from nnstudio.ui.canvas.scene import NetworkScene
from nnstudio.ui.canvas.search import LayerSearch
from nnstudio.ui.form import written
from nnstudio.ui.store import Store

SMALLEST, LARGEST = 0.1, 4.0
ZOOM_STEP = 1.2
FIT_LARGEST = 1.25
GRID = 24
NUDGE = 10.0
COARSE = 10
"""How much further − and + go with Shift or Ctrl held."""
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Canvas(QGraphicsView):
    """The canvas. `offered` carries a sentence about what the hand has done, with what would mend it."""

    offered = Signal(str, object)

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.network = NetworkScene(store)
        self.gesture: Gesture | None = None
        self._space = False
        self._fits = True
        self.hint = QLabel(self, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.hint.setObjectName("canvasHint")
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hint.hide()
        self.setScene(self.network)
        self.setObjectName("canvas")
        self.setAccessibleName(_("Network canvas"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        store.changed.connect(self._project_changed)
        store.replaced.connect(self.zoom_fit)

    def release(self) -> None:
        """Fall silent before being destroyed: a scene that goes reports every selected item it drops."""
        self.network.blockSignals(True)

    def show_hint(self, text: str) -> None:
        """Say something about what the hand is doing, over the canvas: a line beside it would push it away under the
        hand. "" for nothing."""
        self.hint.setVisible(bool(text))
        if not text:
            return
        colors = theme.colors()
        self.hint.setStyleSheet(
            f"#canvasHint {{ background: {colors.surface}; color: {colors.text}; border: 1px solid {colors.problem}; "
            "border-radius: 6px; padding: 5px 10px; }"
        )
        self.hint.setText(text)
        self.hint.setFixedWidth(min(self.width() - 24, 460))
        self.hint.adjustSize()
        self.hint.move(12, self.height() - self.hint.height() - 12)

    # --- zoom -------------------------------------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        return self.transform().m11()

    def zoom_by(self, factor: float) -> None:
        """Zoom around the pointer, from 10 to 400 percent."""
        self._fits = False
        wanted = min(LARGEST, max(SMALLEST, self.zoom * factor))
        self.scale(wanted / self.zoom, wanted / self.zoom)
        self.network.draw_items(self.zoom >= FAR)

    def zoom_in(self) -> None:
        self.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        self.zoom_by(1 / ZOOM_STEP)

    def zoom_fit(self) -> None:
        """Show the whole network, and keep showing it whole until the user zooms or pans."""
        rect = self.network.network_rect().adjusted(-40, -40, 40, 40)
        self.fitInView(rect, Qt.AspectRatioMode.KeepAspectRatio)
        if self.zoom > FIT_LARGEST or self.zoom < SMALLEST:
            factor = min(FIT_LARGEST, max(SMALLEST, self.zoom)) / self.zoom
            self.scale(factor, factor)
            self.centerOn(rect.center())
        self._fits = True
        self.network.draw_items(self.zoom >= FAR)

    def arrange(self) -> None:
        """Lay the layers out from left to right."""
        self.store.edit(_("Arrange"), arranged(self.store.project))
        self.zoom_fit()

    # --- edits ------------------------------------------------------------------------------------------------------

    def drop_layer(self, type: str, viewport_point: QPoint) -> None:
        """Add a layer with its middle at a point of the viewport."""
        point = self.mapToScene(viewport_point)
        place = (point.x() - WIDTH / 2, point.y() - HEIGHT / 2)
        project, id = edits.add_layer(self.store.project, type, place)
        link = self.network.link_at(point)
        if link is not None:
            try:
                project = edits.put_on_link(project, id, link.link)
            except Mistake as mistake:
                self.store.told.emit(str(mistake))
        self._added(type, project, [id])

    def append_layer(self, type: str) -> None:
        """Add a layer after the selected one and link it; without a selection, before the output."""
        selected = self.network.selected_layers()
        try:
            project, id = insert_after(self.store.project, selected[-1] if selected else "", type)
        except Mistake as mistake:
            self.store.told.emit(str(mistake))
            return
        self._added(type, project, [id])
        if self._fits:
            self.zoom_fit()

    # --- the search box ---------------------------------------------------------------------------------------------

    def search(self, point: QPoint, text: str = "") -> None:
        """Open the search box at a point of the viewport; what is chosen is added there, or behind the selected layer
        when the search began with a letter."""
        selected = self.network.selected_layers()
        after = selected[0] if text and len(selected) == 1 else ""
        box = LayerSearch(self, self._type_of(after), text)
        if after:
            box.chosen.connect(self.append_layer)
        else:
            box.chosen.connect(partial(self._add_at, point))
        box.open_at(point)

    def search_for_link(self, point: QPoint, id: str, port: str) -> None:
        """Open the search box for the other end of a link that was dropped on empty canvas."""

        def fits(declared: LayerType) -> bool:
            return declared.type != ("input" if port == "output" else "output")

        box = LayerSearch(self, self._type_of(id) if port == "output" else "", fits=fits)
        box.chosen.connect(partial(self._add_linked, point, id, port))
        box.open_at(point)

    def _type_of(self, id: str) -> str:
        return self.store.project.network.layer(id).type if id else ""

    def _add_at(self, point: QPoint, type: str) -> None:
        self.drop_layer(type, point)

    def _add_linked(self, viewport_point: QPoint, id: str, port: str, type: str) -> None:
        """Add a layer whose port lies where the link was dropped, and link it: one step to undo."""
        point = self.mapToScene(viewport_point)
        left = point.x() if port == "output" else point.x() - WIDTH
        project, new = edits.add_layer(self.store.project, type, (left, point.y() - HEIGHT / 2))
        ends = (id, new) if port == "output" else (new, id)
        try:
            project = edits.add_link(project, *ends)
        except Mistake as mistake:
            self.store.told.emit(str(mistake))
            return
        self._added(type, project, [new])

    def draw_link(self, link: Link) -> None:
        """Draw a link; what does not fit or was pushed away by it is told, with what would mend it."""
        before = self.store.project
        try:
            project = edits.add_link(before, link.source, link.target)
        except Mistake as mistake:
            self.store.told.emit(str(mistake))
            return
        reason = why_unfit(before, self.store.inference, link)
        replaced = len(project.network.links) == len(before.network.links)
        self.store.edit(_("Link"), project)
        if reason or replaced:
            offers = [(one.label, partial(self._mend, project, one)) for one in repairs(before, project, link)]
            words = reason or _("The link that was there before is replaced: this layer takes one input.")
            self.offered.emit(words, offers)

    def _mend(self, project: Project, repair: Repair) -> None:
        """Take a repair, unless the project has changed meanwhile."""
        if self.store.project.network == project.network:
            self.store.edit(repair.label, repair.project)

    def duplicate_selected(self) -> None:
        """Copies of the selected layers beside them."""
        selected = self.network.selected_layers()
        if selected:
            project, ids = edits.duplicate(self.store.project, selected)
            self.store.edit(_("Duplicate"), project)
            self.network.select(ids)

    # --- editing in place -------------------------------------------------------------------------------------------

    def rename_selected(self) -> None:
        """A field over the selected layer for its name; empty gives back the name it has by itself."""
        selected = self.network.selected_layers()
        if len(selected) != 1:
            return
        id = selected[0]
        layer = self.store.project.network.layer(id)

        def take(text: str) -> None:
            self.store.edit(_("Rename"), edits.rename(self.store.project, id, text))

        self._field(id, NAME_PLACE, _("Name of the layer"), layer.name or shown_name(layer), take)

    def edit_value(self, id: str) -> None:
        """A field over a layer for its first setting; a layer without any is renamed."""
        layer = self.store.project.network.layer(id)
        parameters = layer_type(layer.type).parameters
        if not parameters:
            self.network.select([id])
            self.rename_selected()
            return
        parameter = parameters[0]

        def take(text: str) -> None:
            project = edits.set_parameter(
                self.store.project, id, parameter.name, parameter.parse(text.replace(",", "."))
            )
            self.store.edit(_("Change {setting}").format(setting=_(parameter.label)), project)

        self._field(id, VALUE_PLACE, _(parameter.label), written(layer.parameters[parameter.name]), take)

    def step_number(self, id: str, by: int) -> None:
        """Change the number of a layer, within its range; steps in a row are one to undo."""
        layer = self.store.project.network.layer(id)
        parameter = layer_type(layer.type).parameters[0]
        value = min(max(int(layer.parameters[parameter.name]) + by, int(parameter.minimum)), int(parameter.maximum))
        project = edits.set_parameter(self.store.project, id, parameter.name, value)
        self.store.edit(
            _("Change {setting}").format(setting=_(parameter.label)), project, merge=f"{id}.{parameter.name}"
        )

    def _field(self, id: str, place: QRectF, label: str, text: str, take: Callable[[str], None]) -> None:
        item = self.network.layers[id]
        self.ensureVisible(item, 10, 10)
        corner = self.mapFromScene(item.pos() + place.topLeft())
        size = QSize(max(110, round(place.width() * self.zoom)), max(24, round(place.height() * self.zoom)))
        offset = self.viewport().pos()
        InPlaceField(self, QRect(corner + offset, size), label, text, take, self.store.told.emit)

    def _added(self, type: str, project: Project, ids: list[str]) -> None:
        self.store.edit(_("Add {layer}").format(layer=_(layer_type(type).label)), project)
        self.network.select(ids)

    def delete_selected(self) -> None:
        layers, links = self.network.selected_layers(), self.network.selected_links()
        if layers or links:
            self.store.edit(_("Delete"), edits.remove(self.store.project, layers, links))

    def select_all(self) -> None:
        self.network.select(list(self.network.layers))

    def nudge(self, step: tuple[int, int]) -> None:
        """Move the selected layers a little; several nudges in a row are one step to undo."""
        positions = {
            layer.id: (layer.position[0] + NUDGE * step[0], layer.position[1] + NUDGE * step[1])
            for layer in self.store.project.network.layers
            if layer.id in self.network.selected_layers()
        }
        self.store.edit(_("Move"), edits.move(self.store.project, positions), merge="nudge")

    # --- gestures ---------------------------------------------------------------------------------------------------

    def begin(self, event: QMouseEvent) -> Gesture | None:
        """The gesture that this press begins, None for a mere selection."""
        point = self.mapToScene(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton or self._space:
            self._fits = False
            return Pan(self, event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton:
            return None
        keep = bool(event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier))
        layer = self.network.layer_at(point)
        if layer is not None:
            port = layer.port_at(point)
            if port:
                return DrawLink(self, layer, port)
            step = layer.step_at(point)
            if step:
                self.network.select([layer.id])
                self.step_number(layer.id, step * (COARSE if keep else 1))
                return None
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                return CopyLayers(self, point, layer)
            if not layer.isSelected() and not keep:
                self.network.clearSelection()
            layer.setSelected(not layer.isSelected() if keep else True)
            return MoveLayers(self, point)
        link = self.network.link_at(point)
        if not keep:
            self.network.clearSelection()
        if link is not None:
            link.setSelected(True)
            return None
        return SelectArea(self, point, keep)

    def cancel_gesture(self) -> None:
        if self.gesture is not None:
            self.gesture.cancel()
            self.gesture = None

    def _project_changed(self, before: Project, after: Project) -> None:
        """What the hand holds may be gone."""
        if before.network != after.network:
            self.cancel_gesture()

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        colors = theme.colors()
        painter.fillRect(rect, QColor(colors.background))
        if self.zoom < 0.35:
            return
        pen = QPen(QColor(colors.grid), 2.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        left, top = math.floor(rect.left() / GRID), math.floor(rect.top() / GRID)
        columns, rows = math.ceil(rect.width() / GRID) + 1, math.ceil(rect.height() / GRID) + 1
        painter.drawPoints(
            [QPointF((left + column) * GRID, (top + row) * GRID) for column in range(columns) for row in range(rows)]
        )

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self.zoom < FAR:
            paint_overview(painter, self.network)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        if isinstance(self.gesture, DrawLink) and self.gesture.clicked and event.button() == Qt.MouseButton.LeftButton:
            event.accept()  # the click that puts the link down
            return
        self.cancel_gesture()
        self.store.seal()
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
        layer = self.network.layer_at(self.mapToScene(point))
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.cancel_gesture()
        if layer is not None:
            self.edit_value(layer.id)
        elif self.network.link_at(self.mapToScene(point)) is None:
            self.search(point)

    def wheelEvent(self, event: QWheelEvent) -> None:
        point = self.mapToScene(event.position().toPoint())
        layer = self.network.layer_at(point)
        turned = event.angleDelta().y()
        if layer is not None and layer.isSelected() and layer.number_at(point) and turned:
            fast = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.step_number(layer.id, (1 if turned > 0 else -1) * (COARSE if fast else 1))
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or event.angleDelta().y() == 0:
            self._fits = False
            super().wheelEvent(event)
        else:
            self.zoom_by(ZOOM_STEP ** (event.angleDelta().y() / 120))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancel_gesture()
            self.network.clearSelection()
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = True
        elif event.key() in ARROWS and self.network.selected_layers():
            self.nudge(ARROWS[Qt.Key(event.key())])
        elif event.text().isalpha() and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            self.search(self._pointer(), event.text())
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
        super().keyReleaseEvent(event)

    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().resizeEvent(event)
        if self._fits:
            self.zoom_fit()

    def _pointer(self) -> QPoint:
        """Where the pointer is in the viewport; the middle when it is elsewhere."""
        point = self.viewport().mapFromGlobal(QCursor.pos())
        return point if self.viewport().rect().contains(point) else self.viewport().rect().center()

    def _show_cursor(self, point: QPointF) -> None:
        layer = self.network.layer_at(point)
        for item in self.network.layers.values():
            item.set_hovered(item is layer)
        if layer is not None and layer.port_at(point):
            self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.viewport().unsetCursor()
