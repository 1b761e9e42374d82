"""The view of the network: chooses the gesture for what a hand begins, zooms and pans."""

import math
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QLabel

from nnstudio.project import edits
from nnstudio.project.arrange import arranged
from nnstudio.project.frames import with_held
from nnstudio.project.model import Project
from nnstudio.text import Mistake
from nnstudio.text import translate as _
from nnstudio.ui import theme
from nnstudio.ui.canvas.adding import Adding
from nnstudio.ui.canvas.changing import Changing
from nnstudio.ui.canvas.gestures import CopyParts, DrawLink, Gesture, MoveParts, Pan, Resize, SelectArea
from nnstudio.ui.canvas.items import READABLE, LayerItem
from nnstudio.ui.canvas.minimap import MiniMap
from nnstudio.ui.canvas.overview import FAR, paint_overview
from nnstudio.ui.canvas.picture import save_picture
from nnstudio.ui.canvas.remarks import RemarkItem
from nnstudio.ui.canvas.scene import NetworkScene
from nnstudio.ui.canvas.search import LayerSearch, drawn
from nnstudio.ui.store import Store

SMALLEST, LARGEST = 0.1, 4.0
ZOOM_STEP = 1.2
FIT_LARGEST = 1.25
GRID = 24
NUDGE = 10.0
NOTCH = 120
"""What Qt counts for one notch of a wheel."""
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
        self.adding = Adding(self)
        self.changing = Changing(self)
        self.gesture: Gesture | None = None
        self._space = False
        self._turned = 0
        self.fits = True
        self.hint = QLabel(self, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.hint.setObjectName("canvasHint")
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hint.hide()
        self.snaps = False
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
        self.minimap = MiniMap(self)
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
        self.fits = False
        wanted = min(LARGEST, max(SMALLEST, self.zoom * factor))
        self.scale(wanted / self.zoom, wanted / self.zoom)
        self.network.draw_items(self.zoom >= FAR)
        self.minimap.follow()

    def zoom_in(self) -> None:
        self.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        self.zoom_by(1 / ZOOM_STEP)

    def zoom_fit(self) -> None:
        """Show the whole network, and keep showing it whole until the user zooms or pans."""
        self._zoom_to(self.network.network_rect())
        self.fits = True

    def _zoom_to(self, rect: QRectF) -> None:
        rect = rect.adjusted(-40, -40, 40, 40)
        self.fitInView(rect, Qt.AspectRatioMode.KeepAspectRatio)
        if self.zoom > FIT_LARGEST or self.zoom < SMALLEST:
            factor = min(FIT_LARGEST, max(SMALLEST, self.zoom)) / self.zoom
            self.scale(factor, factor)
            self.centerOn(rect.center())
        self.network.draw_items(self.zoom >= FAR)
        self.minimap.follow()

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

    def zoom_selection(self) -> None:
        """Show what is selected as large as it fits."""
        self._zoom_to(self.network.parts_rect(self.network.selected_parts()))
        self.fits = False

    def arrange(self) -> None:
        """Lay the layers out from left to right."""
        self.store.edit(_("Arrange"), arranged(self.store.project))
        self.zoom_fit()

    def snapped(self, place: QPointF) -> QPointF:
        """The point of the grid that is nearest, when what is moved or dropped snaps to it."""
        if not self.snaps:
            return place
        return QPointF(round(place.x() / GRID) * GRID, round(place.y() / GRID) * GRID)

    # --- edits ------------------------------------------------------------------------------------------------------

    def duplicate_selected(self) -> None:
        """Copies of what is selected beside it."""
        selected = self.selected_whole()
        if selected:
            try:
                project, ids = edits.duplicate(self.store.project, selected)
            except Mistake as mistake:
                self.store.told.emit(str(mistake))
                return
            self.store.edit(_("Duplicate"), project)
            self.network.select(ids)

    def selected_whole(self) -> list[str]:
        """The ids of what is selected, and of what the selected frames hold."""
        return with_held(self.store.project.network, self.network.selected_parts())

    def save_picture(self, path: Path) -> None:
        """Write the whole network as a picture; Mistake when it cannot be written."""
        try:
            save_picture(self.network, path)
        finally:
            self.network.draw_items(self.zoom >= FAR)

    def delete_selected(self) -> None:
        parts, links = self.network.selected_parts(), self.network.selected_links()
        if parts or links:
            self.store.edit(_("Delete"), edits.remove(self.store.project, parts, links))

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

    def nudge(self, step: tuple[int, int]) -> None:
        """Move what is selected a little; several nudges in a row are one step to undo."""
        far = GRID if self.snaps else NUDGE
        network, moved = self.store.project.network, set(self.selected_whole())
        positions = {
            part.id: (part.position[0] + far * step[0], part.position[1] + far * step[1])
            for part in (*network.layers, *network.remarks)
            if part.id in moved
        }
        self.store.edit(_("Move"), edits.move(self.store.project, positions), merge=f"nudge {sorted(positions)}")

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
        layer = self.network.layer_at(point)
        if layer is not None:
            port = layer.port_at(point)
            if port:
                return DrawLink(self, layer, port)
            step = self.step_at(layer, point)
            if step:
                self.network.select([layer.id])
                self.changing.step_number(layer.id, step * (COARSE if keep else 1))
                return None
            return self._take_up(layer, event, point)
        remark = self.network.remark_at(point)
        if remark is not None and remark.isSelected() and remark.grip_at(point):
            return Resize(self, point, remark)
        link = self.network.link_at(point)
        if remark is not None and (link is None or remark.zValue() > link.zValue()):
            return self._take_up(remark, event, point)
        if not keep:
            self.network.clearSelection()
        if link is not None:
            link.setSelected(True)
            return None
        return SelectArea(self, point, keep)

    def _take_up(self, item: LayerItem | RemarkItem, event: QMouseEvent, point: QPointF) -> Gesture:
        """Drag it with whatever else is selected, or copies of it."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return CopyParts(self, point, item)
        keep = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if not item.isSelected() and not keep:
            self.network.clearSelection()
        item.setSelected(not item.isSelected() if keep else True)
        return MoveParts(self, point)

    def step_at(self, layer: LayerItem, point: QPointF) -> int:
        """−1 or 1 on the − or + of a layer, where these can be seen; 0 elsewhere."""
        return layer.step_at(point) if self.zoom >= READABLE else 0

    def cancel_gesture(self) -> None:
        if self.gesture is not None:
            self.gesture.cancel()
            self.gesture = None

    def _project_changed(self, before: Project, after: Project) -> None:
        """What the hand holds may be gone."""
        if before.network != after.network and self.gesture is not None:
            self.cancel_gesture()
            self.network.show_project(before, after)  # letting go put layers where the hand took them up

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
        layer = self.network.layer_at(self.mapToScene(point))
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.cancel_gesture()
        if layer is not None and self.step_at(layer, self.mapToScene(point)):
            self.mousePressEvent(event)  # a quick second click on + or −
        elif layer is not None:
            self.changing.edit_value(layer.id)
        elif (remark := self.network.remark_at(self.mapToScene(point))) is not None:
            self.changing.write_text(remark.id)
        elif self.network.link_at(self.mapToScene(point)) is None:
            self.adding.search(point)

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
                self.changing.step_number(layer.id, notches * (COARSE if fast else 1))
            return
        self._turned = 0
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or event.angleDelta().y() == 0:
            self.fits = False
            super().wheelEvent(event)
        else:
            self.zoom_by(ZOOM_STEP ** (event.angleDelta().y() / 120))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancel_gesture()
            self.network.clearSelection()
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = True
        elif event.key() in ARROWS and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.nudge(ARROWS[Qt.Key(event.key())])
        elif event.key() in ARROWS:
            self.go(ARROWS[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.network.selected_parts():
            self.changing.edit(self.network.selected_parts()[0])
        elif event.text().isalpha() and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            self.adding.search(self._pointer(), event.text())
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._space = False  # its release is told to somebody else

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
        super().keyReleaseEvent(event)

    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().resizeEvent(event)
        if self.fits:
            self.zoom_fit()
        self.minimap.follow()

    def scrollContentsBy(self, across: int, down: int) -> None:
        super().scrollContentsBy(across, down)
        self.minimap.follow()

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
