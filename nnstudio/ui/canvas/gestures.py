"""What a hand does on the canvas: one class a gesture, with update, finish and cancel. Esc always cancels."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsRectItem

from nnstudio.project import edits
from nnstudio.project.model import Link
from nnstudio.text import Mistake
from nnstudio.text import translate as _
from nnstudio.ui import theme
from nnstudio.ui.canvas.items import LayerItem, link_path

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas


class MoveLayers:
    """Drag the selected layers."""

    def __init__(self, canvas: "Canvas", start: QPointF) -> None:
        self.canvas = canvas
        self.start = start
        self.places = {id: item.pos() for id, item in canvas.network.layers.items() if item.isSelected()}
        self.moved = False

    def update(self, point: QPointF) -> None:
        offset = point - self.start
        self.moved = self.moved or offset.manhattanLength() > 0
        for id, place in self.places.items():
            if id in self.canvas.network.layers:
                self.canvas.network.layers[id].setPos(place + offset)
        for item in self.canvas.network.links.values():
            item.follow()

    def finish(self, point: QPointF) -> None:
        self.update(point)
        if self.moved:
            layers = self.canvas.network.layers
            positions = {id: (layers[id].pos().x(), layers[id].pos().y()) for id in self.places}
            store = self.canvas.store
            store.edit(_("Move"), edits.move(store.project, positions))

    def cancel(self) -> None:
        self.update(self.start)


class DrawLink:
    """Draw a link from a port; every layer under the pointer says whether it may end there."""

    def __init__(self, canvas: "Canvas", item: LayerItem, port: str) -> None:
        self.canvas = canvas
        self.item = item
        self.port = port
        self.over: LayerItem | None = None
        self.line = QGraphicsPathItem()
        self.line.setZValue(2)
        canvas.network.addItem(self.line)
        self.fixed = item.output_point() if port == "output" else item.input_point()

    def update(self, point: QPointF) -> None:
        self._leave()
        over = self.canvas.network.layer_at(point)
        refusal = ""
        if over is not None and over is not self.item:
            self.over = over
            refusal = self.refusal(over)
            over.set_highlight("unfit" if refusal else "fits")
        colors = theme.colors()
        color = colors.problem if refusal else colors.success if self.over else colors.selection
        self.line.setPen(QPen(QColor(color), 2.2, Qt.PenStyle.DashLine))
        self.line.setPath(self.path(point))
        self.canvas.hinted.emit(refusal)

    def finish(self, point: QPointF) -> None:
        self.update(point)
        over = self.over
        self.cancel()
        if over is None:
            return
        store = self.canvas.store
        link = self.link(over)
        try:
            store.edit(_("Link"), edits.add_link(store.project, link.source, link.target))
        except Mistake as mistake:
            store.told.emit(str(mistake))

    def cancel(self) -> None:
        self._leave()
        self.canvas.hinted.emit("")
        if self.line.scene():
            self.canvas.network.removeItem(self.line)

    def link(self, over: LayerItem) -> Link:
        return Link(self.item.id, over.id) if self.port == "output" else Link(over.id, self.item.id)

    def refusal(self, over: LayerItem) -> str:
        """Why the link may not end there, "" when it may."""
        try:
            edits.refuse_link(self.canvas.store.project.network, self.link(over))
        except Mistake as mistake:
            return str(mistake)
        return ""

    def path(self, point: QPointF) -> QPainterPath:
        return link_path(self.fixed, point) if self.port == "output" else link_path(point, self.fixed)

    def _leave(self) -> None:
        if self.over is not None:
            self.over.set_highlight("")
            self.over = None


class SelectArea:
    """Draw a rectangle; what it touches is selected."""

    def __init__(self, canvas: "Canvas", start: QPointF, keep: bool) -> None:
        self.canvas = canvas
        self.start = start
        self.kept = set(canvas.network.selectedItems()) if keep else set()
        self.frame = QGraphicsRectItem()
        color = QColor(theme.colors().selection)
        self.frame.setPen(QPen(color, 0, Qt.PenStyle.DashLine))
        color.setAlpha(30)
        self.frame.setBrush(color)
        self.frame.setZValue(3)
        canvas.network.addItem(self.frame)

    def update(self, point: QPointF) -> None:
        area = QRectF(self.start, point).normalized()
        self.frame.setRect(area)
        for item in [*self.canvas.network.layers.values(), *self.canvas.network.links.values()]:
            touched = area.intersects(item.mapRectToScene(item.shape().boundingRect())) and not area.isEmpty()
            item.setSelected(touched or item in self.kept)

    def finish(self, point: QPointF) -> None:
        self.update(point)
        self.canvas.network.removeItem(self.frame)

    def cancel(self) -> None:
        self.update(self.start)
        self.canvas.network.removeItem(self.frame)


class Pan:
    """Move the whole view."""

    def __init__(self, canvas: "Canvas", start: QPoint) -> None:
        self.canvas = canvas
        self.last = start
        canvas.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def update_view(self, point: QPoint) -> None:
        step = point - self.last
        self.last = point
        for bar, amount in ((self.canvas.horizontalScrollBar(), step.x()), (self.canvas.verticalScrollBar(), step.y())):
            bar.setValue(bar.value() - amount)

    def update(self, point: QPointF) -> None:
        """Panning goes by view points: see `update_view`."""

    def finish(self, point: QPointF) -> None:
        self.canvas.viewport().unsetCursor()

    def cancel(self) -> None:
        self.canvas.viewport().unsetCursor()


Gesture = MoveLayers | DrawLink | SelectArea | Pan
