"""What a hand does on the canvas: one class a gesture, with update, finish and cancel. Esc always cancels."""

from functools import partial

from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QApplication, QGraphicsLineItem, QGraphicsPathItem, QGraphicsRectItem

from nnstudio.project import edits
from nnstudio.project.arrange import settled_on_link
from nnstudio.project.frames import with_held
from nnstudio.project.model import Link, Project
from nnstudio.project.repairs import LinkRules
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.canvas.adding import Adding
from nnstudio.ui.canvas.annotations import AnnotationItem, FrameItem
from nnstudio.ui.canvas.items import HEIGHT, PORT_REACH, LayerItem, distance
from nnstudio.ui.canvas.links import LinkItem, link_path
from nnstudio.ui.canvas.selection import Selection
from nnstudio.ui.canvas.surface import CanvasSurface
from nnstudio.ui.look import theme


def is_drag(surface: CanvasSurface, offset: QPointF) -> bool:
    """Whether a hand that has come so far from its press means to drag; a click is never quite still."""
    return offset.manhattanLength() * surface.zoom >= QApplication.startDragDistance()


SNAP = 7.0
"""As near, in pixels, layers come into line by themselves."""
MOST_GUIDES = 4
MOST_ALIGNED = 20
"""Of so many layers dragged together each still looks for its line."""


class MoveParts:
    """Drag what is selected, and what selected frames hold. A loose layer that is dropped on a link is set into it."""

    def __init__(self, surface: CanvasSurface, selection: Selection, start: QPointF) -> None:
        self.surface = surface
        self.start = start
        parts = surface.network.parts
        self.places = {id: parts[id].pos() for id in selection.whole()}
        self.moved = False
        self.guides: list[QGraphicsLineItem] = []
        self.over: LinkItem | None = None
        alone = len(self.places) == 1 and not surface.network.annotations.keys() & self.places.keys()
        links = surface.store.project.network.links
        self.may_enter = alone and not any(id in (link.source, link.target) for link in links for id in self.places)
        self.links = [
            item
            for link, item in surface.network.links.items()
            if link.source in self.places or link.target in self.places
        ]

    def goes_on(self) -> bool:
        """Whether it goes on when the button is released."""
        return False

    def update(self, point: QPointF) -> None:
        offset = point - self.start
        self.moved = self.moved or is_drag(self.surface, offset)
        if not self.moved:
            offset = QPointF()
        if self.moved and len(self.places) <= MOST_ALIGNED:
            offset = self._aligned(offset)
        parts = self.surface.network.parts
        for id, place in self.places.items():
            if id in parts:
                parts[id].setPos(place + offset)
        for item in self.links:
            item.follow()
        self._mark(self.surface.link_to_enter(point) if self.may_enter and self.moved else None)

    def finish(self, point: QPointF) -> None:
        self.update(point)
        over = self.over
        self._mark(None)
        self._show_guides([])
        if not self.moved:
            return
        parts = self.surface.network.parts
        positions = {id: (parts[id].pos().x(), parts[id].pos().y()) for id in self.places}
        store = self.surface.store
        project = edits.move(store.project, positions)
        label = _("Move")
        if over is not None:
            try:
                id = next(iter(self.places))
                project = settled_on_link(edits.insert_on_link(project, id, over.link), id)
                label = _("Insert")
            except UserError as mistake:
                store.told.emit(str(mistake))
        store.edit(label, project)

    def cancel(self) -> None:
        self.moved = False
        self.update(self.start)
        self._mark(None)
        self._show_guides([])

    def _aligned(self, offset: QPointF) -> QPointF:
        """The offset with which the moved layers stand in one line with others, where that is near; shown by guides."""
        reach = SNAP / self.surface.zoom
        others = [item.pos() for id, item in self.surface.network.layers.items() if id not in self.places]
        guides: list[QLineF] = []
        steps = []
        first = next(iter(self.places.values()), QPointF())
        for axis in ("x", "y"):
            moved = [getattr(place + offset, axis)() for place in self.places.values()]
            near = [getattr(other, axis)() - place for other in others for place in moved]
            step = min(near, key=abs, default=reach)
            on_grid = getattr(self.surface.snapped(first + offset) - first - offset, axis)()
            steps.append(step if abs(step) < reach else on_grid)
        snapped = offset + QPointF(*steps)
        area = self.surface.mapToScene(self.surface.viewport().rect()).boundingRect()
        for place in self.places.values():
            here = place + snapped
            if any(abs(other.x() - here.x()) < 0.5 for other in others):
                guides.append(QLineF(here.x(), area.top(), here.x(), area.bottom()))
            if any(abs(other.y() - here.y()) < 0.5 for other in others):
                height = here.y() + HEIGHT / 2
                guides.append(QLineF(area.left(), height, area.right(), height))
        self._show_guides(guides)
        return snapped

    def _show_guides(self, lines: list[QLineF]) -> None:
        for guide in self.guides:
            self.surface.network.removeItem(guide)
        self.guides = []
        pen = QPen(QColor(theme.colors().selection), 0, Qt.PenStyle.DotLine)
        for line in lines[:MOST_GUIDES]:
            self.guides.append(self.surface.network.addLine(line, pen))

    def _mark(self, over: LinkItem | None) -> None:
        """Show the link that the layer would be set into."""
        self.over = over
        self.surface.network.mark_link(over)


class CopyParts:
    """Drag copies away, with Ctrl held: of what is selected or of another part; a mere click selects."""

    def __init__(
        self, surface: CanvasSurface, selection: Selection, start: QPointF, item: LayerItem | AnnotationItem
    ) -> None:
        self.surface = surface
        self.selection = selection
        self.start = start
        self.item = item
        self.was_selected = item.isSelected()
        item.setSelected(True)
        network = surface.store.project.network
        self.ids = selection.whole() if self.was_selected else with_held(network, [item.id])
        self.ghosts: list[QGraphicsRectItem] = []

    def goes_on(self) -> bool:
        return False

    def update(self, point: QPointF) -> None:
        offset = point - self.start
        if not self.ghosts and is_drag(self.surface, offset):
            self.ghosts = [self._ghost(id) for id in self.ids]
        for ghost in self.ghosts:
            ghost.setPos(offset)

    def finish(self, point: QPointF) -> None:
        self.update(point)
        copied = bool(self.ghosts)
        self._remove_ghosts()
        if not copied:
            self.item.setSelected(not self.was_selected)
            return
        offset = point - self.start
        project = self.surface.store.project
        part = edits.part(project.network, self.ids)
        pasted = partial(edits.paste, project, part, (offset.x(), offset.y()))
        self.selection.add_copies(_("Duplicate"), pasted)

    def cancel(self) -> None:
        self._remove_ghosts()
        self.item.setSelected(self.was_selected)

    def _ghost(self, id: str) -> QGraphicsRectItem:
        item = self.surface.network.parts[id]
        ghost = QGraphicsRectItem(item.box.translated(item.pos()))
        ghost.setPen(QPen(QColor(theme.colors().selection), 0, Qt.PenStyle.DashLine))
        ghost.setZValue(3)
        self.surface.network.addItem(ghost)
        return ghost

    def _remove_ghosts(self) -> None:
        for ghost in self.ghosts:
            self.surface.network.removeItem(ghost)
        self.ghosts = []


class DrawLink:
    """Draw a link from a port, by dragging, or by clicking one port and then another.

    Every layer says by its frame whether the link may end there, and the one under the pointer in words. Dropped on
    empty canvas it asks which layer shall be there.
    """

    def __init__(self, surface: CanvasSurface, adding: Adding, item: LayerItem, port: str) -> None:
        self.surface = surface
        self.adding = adding
        self.item = item
        self.port = port
        self.over: LayerItem | None = None
        self.moved = self.clicked = False
        self.line = QGraphicsPathItem()
        self.line.setZValue(2)
        surface.network.addItem(self.line)
        self.rules = LinkRules(surface.store.project, surface.store.inference)
        self.fixed = item.output_point() if port == "output" else item.input_point()
        for other in surface.network.layers.values():
            if other is not item:
                other.set_highlight(
                    "unfit" if self.refusal(other) else "fits", "input" if port == "output" else "output"
                )

    def goes_on(self) -> bool:
        """A click on a port takes the link up; the next click puts it down."""
        first, self.clicked = not self.moved and not self.clicked, True
        return first

    def update(self, point: QPointF) -> None:
        self.moved = self.moved or distance(point, self.fixed) > PORT_REACH
        over = self.surface.network.layer_at(point)
        self.over = over if over is not self.item else None
        refusal = self.refusal(self.over) if self.over is not None else ""
        colors = theme.colors()
        color = colors.problem if refusal else colors.success if self.over else colors.selection
        self.line.setPen(QPen(QColor(color), 2.2, Qt.PenStyle.DashLine))
        self.line.setPath(self.path(point))
        self.surface.show_hint(refusal)

    def finish(self, point: QPointF) -> None:
        self.update(point)
        over = self.over
        self.cancel()
        if over is None:
            if self.moved and self.surface.network.layer_at(point) is None:
                self.adding.search_for_link(self.surface.mapFromScene(point), self.item.id, self.port)
            return
        self.adding.draw_link(self.link(over))

    def cancel(self) -> None:
        for other in self.surface.network.layers.values():
            other.set_highlight("")
        self.over = None
        self.surface.show_hint("")
        if self.line.scene():
            self.surface.network.removeItem(self.line)

    def link(self, over: LayerItem) -> Link:
        return Link(self.item.id, over.id) if self.port == "output" else Link(over.id, self.item.id)

    def refusal(self, over: LayerItem) -> str:
        """Why the link may not end there, "" when it may."""
        return self.rules.refusal(self.link(over))

    def path(self, point: QPointF) -> QPainterPath:
        return link_path(self.fixed, point) if self.port == "output" else link_path(point, self.fixed)


class SelectArea:
    """Draw a rectangle; what it touches is selected."""

    def __init__(self, surface: CanvasSurface, start: QPointF, keep: bool) -> None:
        self.surface = surface
        self.start = start
        self.kept = set(surface.network.selectedItems()) if keep else set()
        self.frame = QGraphicsRectItem()
        color = QColor(theme.colors().selection)
        self.frame.setPen(QPen(color, 0, Qt.PenStyle.DashLine))
        color.setAlpha(30)
        self.frame.setBrush(color)
        self.frame.setZValue(3)
        surface.network.addItem(self.frame)

    def goes_on(self) -> bool:
        return False

    def update(self, point: QPointF) -> None:
        area = QRectF(self.start, point).normalized()
        self.frame.setRect(area)
        with self.surface.network.one_change():
            for item in [*self.surface.network.parts.values(), *self.surface.network.links.values()]:
                place = item.mapRectToScene(item.shape().boundingRect())
                # A frame is behind all that it holds: only an area around it means the frame too.
                touched = area.contains(place) if isinstance(item, FrameItem) else area.intersects(place)
                item.setSelected((touched and not area.isEmpty()) or item in self.kept)

    def finish(self, point: QPointF) -> None:
        self.update(point)
        self.surface.network.removeItem(self.frame)

    def cancel(self) -> None:
        self.update(self.start)
        self.surface.network.removeItem(self.frame)


class Resize:
    """Drag the lower right corner of a note or a frame."""

    def __init__(self, surface: CanvasSurface, start: QPointF, item: AnnotationItem) -> None:
        self.surface = surface
        self.start = start
        self.item = item
        self.before = item.box.size()

    def goes_on(self) -> bool:
        return False

    def update(self, point: QPointF) -> None:
        self.surface.network.show_annotations(self._resized(point).network)

    def finish(self, point: QPointF) -> None:
        self.surface.store.edit(_("Resize"), self._resized(point))

    def cancel(self) -> None:
        self.surface.network.show_annotations(self.surface.store.project.network)

    def _resized(self, point: QPointF) -> Project:
        offset = point - self.start
        size = (self.before.width() + offset.x(), self.before.height() + offset.y())
        return edits.resize(self.surface.store.project, self.item.id, size)


class Pan:
    """Move the whole view."""

    def __init__(self, surface: CanvasSurface, start: QPoint) -> None:
        self.surface = surface
        self.last = start
        surface.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def goes_on(self) -> bool:
        return False

    def update_view(self, point: QPoint) -> None:
        self.surface.pan(point - self.last)
        self.last = point

    def update(self, point: QPointF) -> None:
        """Panning goes by view points: see `update_view`."""

    def finish(self, point: QPointF) -> None:
        self.surface.viewport().unsetCursor()

    def cancel(self) -> None:
        self.surface.viewport().unsetCursor()


Gesture = MoveParts | CopyParts | DrawLink | SelectArea | Resize | Pan
