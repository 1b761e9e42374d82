"""Maps layers, links, notes and frames to items and keeps them in step with the project. It holds nothing else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainterPath
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsScene, QGraphicsSceneHelpEvent, QToolTip

from nnstudio.layers.windows import IMAGE_AXES
from nnstudio.project.model import Frame, Link, Network, Note, Project
from nnstudio.project.receptive_field import receptive_field
from nnstudio.project.shapes import infer
from nnstudio.project.sizes import units_drawn
from nnstudio.text import translate as _
from nnstudio.ui.canvas.annotations import AnnotationItem, FrameItem, NoteItem
from nnstudio.ui.canvas.items import HEIGHT, WIDTH, LayerItem
from nnstudio.ui.canvas.links import LinkItem
from nnstudio.ui.canvas.neurons import column_box, neuron_text, picture_place, picture_text
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look.heatmap import Maps
from nnstudio.ui.look.tooltips import plain_tooltip
from nnstudio.ui.store import Store

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Weights

ROOM = 2000.0
FEW_ENOUGH = 200
"""So many layers are kept as they were painted."""
FEW = 60
"""So many layers more are shown one by one."""


class NetworkScene(QGraphicsScene):
    """The items of a network."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.layers: dict[str, LayerItem] = {}
        self.links: dict[Link, LinkItem] = {}
        self.annotations: dict[str, AnnotationItem] = {}
        self.as_neurons = False
        self.weights: dict[str, Weights] = {}
        self.map_of: Callable[[str, int], str] | None = None
        """A picture of what a unit of a layer answers, for its tip."""
        self._marked: LinkItem | None = None
        self._tip: tuple[QPointF, QPoint] | None = None
        self._rect: QRectF | None = None
        self._places: NDArray[np.float64] | None = None
        self._shown: tuple[object, ...] = ()
        """What was shown last, by identity."""
        # Without an index moving many items is faster, and a network has few.
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        # Parent of all layers and links, by which they are switched off together.
        self.root = QGraphicsRectItem()
        self.root.setPen(Qt.PenStyle.NoPen)
        self.addItem(self.root)
        store.changed.connect(self.follow)
        self.show_network()

    def follow(self, change: Change) -> None:
        found = self.store.inference, self.store.problems
        is_other = any(one is not other for one, other in zip(found, self._shown, strict=True))
        if is_other or change.touches(Part.STRUCTURE, Part.LAYOUT):
            self.show_network()

    def show_network(self) -> None:
        """Add, remove and refresh items so that they show the network as it is now."""
        after = self.store.project
        self._shown = self.store.inference, self.store.problems
        selected = self.selected_parts()
        # A selected item that goes would report itself while layers and items do not agree yet.
        silent = self.blockSignals(True)
        if len(after.network.layers) - len(self.layers) > FEW:
            self.draw_items(False)  # else Qt asks each of them what it covers; the view has them drawn again
        moved = self._show_layers(after)
        self._places = None
        self._show_links(after, moved)
        self._rect = self._places = None
        self.show_weights(self.weights)
        self.show_annotations(after.network)
        self.blockSignals(silent)
        self.setSceneRect(self.network_rect().adjusted(-ROOM, -ROOM, ROOM, ROOM))
        if selected != self.selected_parts():
            self.selectionChanged.emit()

    def _show_layers(self, project: Project) -> set[str]:
        """Show the layers; the ids of those that came, went, or lie otherwise now."""
        network, inference = project.network, self.store.inference
        present = {layer.id for layer in network.layers}
        for link in [link for link in self.links if link.source not in present or link.target not in present]:
            self.removeItem(self.links.pop(link))
        moved = self.layers.keys() - present
        for id in moved:
            self.removeItem(self.layers.pop(id))
        problems: dict[str, list[str]] = {}
        for problem in self.store.problems:
            problems.setdefault(problem.where, []).append(problem.message)
        for layer in network.layers:
            item = self.layers.get(layer.id)
            if item is None:
                item = self.layers[layer.id] = LayerItem(layer, self.root)
                moved.add(layer.id)
            shape = inference.shapes.get(layer.id)
            units = units_drawn(shape) if self.as_neurons else 0
            if units != item.units or (item.x(), item.y()) != layer.position:
                moved.add(layer.id)
            item.show_layer(layer, shape, inference.parameters.get(layer.id, 0), problems.get(layer.id, []))
            item.show_neurons(units)
            item.keep_painted(len(present) <= FEW_ENOUGH)
        return moved

    def _show_links(self, project: Project, moved: set[str]) -> None:
        drawn = set(project.network.links)
        for link in [link for link in self.links if link not in drawn]:
            self.removeItem(self.links.pop(link))
        for link in project.network.links:
            if link not in self.links:
                self.links[link] = LinkItem(link, self.layers[link.source], self.layers[link.target], self.root)
        joined: dict[str, int] = {}  # how many values the links before give a layer that joins
        for link in project.network.links:
            item = self.links[link]
            offset = joined.get(link.target, 0)
            joined[link.target] = offset + item.source.units
            # Laid anew where an end or what may stand in its way is elsewhere.
            if item.is_new or offset != item.offset or (moved and (moved & {link.source, link.target} or item.is_long)):
                item.offset, item.is_new = offset, False
                item.follow()
                if item.goes_around != self._is_barred(item):
                    item.goes_around = not item.goes_around
                    item.follow()
            item.show_shape(self.store.inference.shapes.get(link.source))

    def _is_barred(self, link: LinkItem) -> bool:
        """Whether layers stand between the two of a link that are far from each other."""
        if not link.is_long:
            return False
        start, end = link.source.output_point(), link.target.input_point()
        straight = QPainterPath(start)
        straight.lineTo(end)
        left, top, right, bottom = self.places().T
        low, high = sorted((start.y(), end.y()))
        near = np.flatnonzero((left <= end.x()) & (right >= start.x()) & (top <= high) & (bottom >= low)).tolist()
        parts = list(self.layers.values())
        others = (parts[place] for place in near if place < len(parts))
        return any(
            straight.intersects(item.box.translated(item.pos()))
            for item in others
            if item is not link.source and item is not link.target
        )

    def box_of(self, project: Project, id: str) -> QRectF:
        """The box within its item that a layer of a project would have here."""
        units = units_drawn(infer(project).shapes.get(id)) if self.as_neurons else 0
        return column_box(units) if units else QRectF(0, 0, WIDTH, HEIGHT)

    def show_as_neurons(self, on: bool) -> None:
        """Draw small layers neuron by neuron, or all as boxes."""
        if on != self.as_neurons:
            self.as_neurons = on
            self.show_network()

    def show_weights(self, weights: "dict[str, Weights]") -> None:
        """Show what the dense layers have learnt, by their ids; of layers that are not named nothing is known."""
        if not weights and not self.weights:
            return
        self.weights = weights if self.as_neurons else {}
        self._rect = self._places = None
        by_lines = {link.target for link, item in self.links.items() if item.by_neurons}
        for id, item in self.layers.items():
            item.show_weights(self.weights.get(id), id not in by_lines)
        for link in self.links.values():
            if link.by_neurons:
                link.update()

    def show_maps(self, maps: dict[str, Maps]) -> None:
        """Show what each neuron answers over the plane of two inputs, by layer."""
        for id, item in self.layers.items():
            item.show_maps(maps.get(id) if self.as_neurons else None)

    def show_stacks(self, stacks: dict[str, QImage]) -> None:
        """Show some of the maps that layers give for one picture, by layer."""
        for id, item in self.layers.items():
            item.show_stack(stacks.get(id) if self.as_neurons else None)

    def show_annotations(self, network: Network) -> None:
        """Show these notes and frames and no others."""
        present = {annotation.id for annotation in network.annotations}
        for id in [id for id in self.annotations if id not in present]:
            self.removeItem(self.annotations.pop(id))
        for annotation in network.annotations:
            item = self.annotations.get(annotation.id)
            if item is None:
                item = NoteItem(annotation) if isinstance(annotation, Note) else FrameItem(annotation)
                item.setParentItem(self.root)
                self.annotations[annotation.id] = item
            if isinstance(annotation, Note) and isinstance(item, NoteItem):
                item.show_note(annotation)
            elif isinstance(annotation, Frame) and isinstance(item, FrameItem):
                item.show_frame(annotation)

    @property
    def parts(self) -> dict[str, LayerItem | AnnotationItem]:
        """Everything that can be moved: layers, notes and frames."""
        return {**self.layers, **self.annotations}

    def draw_items(self, on: bool) -> None:
        """Whether the items draw themselves; they stay where they are and selected as they are."""
        self.root.setOpacity(1.0 if on else 0.0)

    def network_rect(self) -> QRectF:
        """The rectangle around everything that is drawn, wherever a hand is moving it to at the moment."""
        if self._rect is None:
            places = self.places()
            if len(places) == 0:
                return QRectF(0, 0, WIDTH, HEIGHT)
            corner, opposite = places[:, :2].min(axis=0).tolist(), places[:, 2:].max(axis=0).tolist()
            self._rect = QRectF(QPointF(*corner), QPointF(*opposite))
        return self._rect

    def places(self) -> NDArray[np.float64]:
        """Left, top, right and bottom (n, 4) of all that is drawn but links, layers first."""
        if self._places is None:
            parts = self.parts.values()
            corners = np.array([item.boundingRect().getCoords() for item in parts], float).reshape(-1, 4)
            self._places = corners + np.tile(np.array([(item.x(), item.y()) for item in parts]).reshape(-1, 2), 2)
        return self._places

    def parts_rect(self, ids: list[str]) -> QRectF:
        """The rectangle around some layers, notes and frames."""
        parts, rect = self.parts, QRectF()
        for item in (parts[id] for id in ids):
            rect = rect.united(item.mapRectToScene(item.boundingRect()))
        return rect if not rect.isNull() else QRectF(0, 0, WIDTH, HEIGHT)

    def selected_layers(self) -> list[str]:
        selected = set(self.selectedItems())
        return [id for id, item in self.layers.items() if item in selected] if selected else []

    def selected_parts(self) -> list[str]:
        """The ids of the selected layers, notes and frames."""
        selected = set(self.selectedItems())
        return [id for id, item in self.parts.items() if item in selected] if selected else []

    def selected_links(self) -> list[Link]:
        selected = set(self.selectedItems())
        return [link for link, item in self.links.items() if item in selected] if selected else []

    def select(self, ids: list[str]) -> None:
        """Select these layers, notes and frames alone."""
        parts = self.parts
        with self.one_change():
            self.clearSelection()
            for id in ids:
                if id in parts:
                    parts[id].setSelected(True)

    @contextmanager
    def one_change(self) -> Iterator[None]:
        """Tell of a change of the selection once, however many items it takes."""
        before = self.selectedItems()
        silent = self.blockSignals(True)
        try:
            yield
        finally:
            self.blockSignals(silent)
        if set(before) != set(self.selectedItems()):
            self.selectionChanged.emit()

    def neighbour(self, id: str, step: tuple[int, int]) -> str:
        """The nearest layer, note or frame in a direction; what lies aside counts as farther away.

        At the end of a row right and left go along a link. "" where there is nothing.
        """
        parts = self.parts
        here = parts[id].pos()
        costs: dict[str, float] = {}
        for other, item in parts.items():
            way = item.pos() - here
            along = way.x() * step[0] + way.y() * step[1]
            aside = abs(way.x() * step[1]) + abs(way.y() * step[0])
            if along > 1 and along >= aside / 2:
                costs[other] = along + 2 * aside
        if not costs and step[0]:
            ends = (ends_of(link, step[0]) for link in self.links)
            return next((end for start, end in ends if start == id), "")
        return min(costs, key=costs.__getitem__, default="")

    def weight_text(self, point: QPointF) -> str:
        """What is known of the line between two neurons at a scene point, or what a picture of weights shows."""
        for item in self.links.values():
            if item.by_neurons and (words := item.words_at(point)):
                return plain_tooltip([words])
        for layer in self.layers.values():
            if layer.shows_picture and layer.weights and picture_place(layer.units).contains(layer.mapFromScene(point)):
                return plain_tooltip(picture_text(layer.name, layer.weights))
        return ""

    def mark_link(self, over: LinkItem | None) -> None:
        """Mark the link that what is dragged would be set into, and no other; None for none."""
        if self._marked is not None and self._marked is not over:
            self._marked.set_highlight(False)
        if over is not None:
            over.set_highlight(True)
        self._marked = over

    def link_at(self, point: QPointF) -> LinkItem | None:
        """The link at a scene point."""
        return next((item for item in self.links.values() if item.is_at(point)), None)

    def link_near(self, point: QPointF, reach: float) -> LinkItem | None:
        """The link at a scene point, or one that runs no further from it than this."""
        around = QRectF(point, point).adjusted(-reach, -reach, reach, reach)
        near = (item for item in self.links.values() if item.boundingRect().intersects(around))
        return self.link_at(point) or next((item for item in near if item.shape().intersects(around)), None)

    def show_activations(self, activations: dict[str, NDArray[np.float32]]) -> None:
        """Light up each neuron by what it gives for one sample, by layer; none for no sample."""
        for id, item in self.layers.items():
            item.show_activations(activations.get(id))

    def show_masks(self, masks: dict[str, NDArray[np.bool_]]) -> None:
        """Show which units dropout has switched off in a batch (n, *shape), by layer; none for no masks."""
        for id, item in self.layers.items():
            if item.declared.role == "dropout":
                item.show_mask(masks.get(id))

    def free_place(self, box: QRectF, may_move: bool) -> QPointF:
        """The upper left corner of a box, moved down to where it lies on nothing."""
        lying = [item for item in self.parts.values() if not isinstance(item, FrameItem)]  # in a frame there is room
        taken = [item.mapRectToScene(item.shape().boundingRect()) for item in lying]
        while may_move and any(box.intersects(one) for one in taken):
            box.translate(0, box.height())
        return box.topLeft()

    def neuron_text(self, point: QPointF) -> str:
        """What is known of the neuron at a scene point; "" where there is none."""
        layer = self.layer_at(point)
        number = layer.neuron_at(point) if layer is not None else None
        if layer is None or number is None:
            return ""
        links = [item for link, item in self.links.items() if link.target == layer.id]
        sources = [
            f"{item.source.name} {source + 1}" for item in links for source, target in item.pairs() if target == 0
        ]
        known = layer.weights if layer.weights is not None and links and links[0].weights() is not None else None
        words = plain_tooltip(neuron_text(layer.name, number, sources, known))
        return self.map_of(layer.id, number) + words if self.map_of else words

    # Here and not in the view's `viewportEvent`: where that is overridden in Python, an exception while an item is
    # painted ends the process (PySide6 6.11) instead of being reported.
    def helpEvent(self, event: QGraphicsSceneHelpEvent) -> None:
        words = self.neuron_text(event.scenePos()) or self.weight_text(event.scenePos())
        self._tip = (event.scenePos(), event.screenPos()) if words else None
        layer = None if words else self.layer_at(event.scenePos())
        link = None if words or layer is not None else self.link_at(event.scenePos())
        of_layer = "" if layer is None else layer.tip() or plain_tooltip(self.field_text(layer))
        said = words or of_layer or (link.tip() if link is not None else "")
        if said:
            QToolTip.showText(event.screenPos(), said, event.widget())
        else:
            super().helpEvent(event)

    def field_text(self, layer: LayerItem) -> list[str]:
        """How much of the picture a value of a layer's maps sees: its receptive field; nothing where there are none."""
        shape, project = layer.shape_after, self.store.project
        if shape is None or len(shape) != IMAGE_AXES or layer.declared.role == "input":
            return []
        middle = shape[1] // 2, shape[2] // 2
        field = receptive_field(project.network, self.store.inference, layer.id, *middle, is_cut=False)
        if field is None:
            return []
        words = _("Receptive field: each value sees {size} values of the picture.")
        return [words.format(size=" × ".join(str(one) for one in field.size))]

    def show_tip_again(self) -> None:
        """More is known of the neuron whose tip is open."""
        if self._tip is not None and QToolTip.isVisible():
            words = self.neuron_text(self._tip[0])
            if words:
                QToolTip.showText(self._tip[1], words)

    def layer_at(self, point: QPointF) -> LayerItem | None:
        """The uppermost layer at a scene point, its ports included; none where a note lies on it."""
        if isinstance(self.annotation_at(point), NoteItem):
            return None
        for item in reversed(list(self.layers.values())):
            if item.is_near(point) and (item.contains(item.mapFromScene(point)) or item.port_at(point)):
                return item
        return None

    def annotation_at(self, point: QPointF) -> AnnotationItem | None:
        """The uppermost note, otherwise the smallest frame, that a press at a scene point takes up."""
        found = [item for item in self.annotations.values() if item.is_grasped_at(point)]
        return max(found, key=lambda item: item.zValue(), default=None)


def ends_of(link: Link, step: int) -> tuple[str, str]:
    """Where a link begins and where it leads, forwards (1) or backwards (−1)."""
    return (link.source, link.target) if step > 0 else (link.target, link.source)
