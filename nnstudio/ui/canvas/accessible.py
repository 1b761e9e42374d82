"""What assistive tools are told of the canvas: each layer, link, note and frame, by name, with what it is linked to."""

import weakref

import shiboken6
from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget, QGraphicsItem

from nnstudio.project.model import Link
from nnstudio.text import translate as _
from nnstudio.ui.canvas.annotations import AnnotationItem, FrameItem
from nnstudio.ui.canvas.items import LayerItem
from nnstudio.ui.canvas.links import LinkItem
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.look.accessible_faces import KEPT, offer_faces

Key = str | Link
"""What a part is known by: the id of a layer, note or frame, or a link."""


def part_name(canvas: Canvas, key: Key) -> str:
    """What a part is called, as it is read out."""
    item = item_of(canvas, key)
    if isinstance(item, LinkItem):
        return _("Link from “{source}” to “{target}”").format(source=item.source.name, target=item.target.name)
    if isinstance(item, FrameItem):
        return _("Frame: {text}").format(text=item.shown_text())
    if isinstance(item, AnnotationItem):
        return _("Note: {text}").format(text=item.shown_text())
    return item.name if isinstance(item, LayerItem) else ""


def part_text(canvas: Canvas, key: Key) -> str:
    """What else there is to say of a part: a layer's shape, parameters, neighbours and problems; a link's shape."""
    item = item_of(canvas, key)
    if isinstance(item, LinkItem):
        return item.words
    if not isinstance(item, LayerItem):
        return ""
    links = canvas.network.links.values()
    before = [link.source.name for link in links if link.target is item]
    behind = [link.target.name for link in links if link.source is item]
    words = [line for line in item.lines if line]
    if before:
        words.append(_("from {layers}").format(layers=", ".join(before)))
    if behind:
        words.append(_("to {layers}").format(layers=", ".join(behind)))
    return "; ".join([*words, *item.problems])


def item_of(canvas: Canvas, key: Key) -> QGraphicsItem | None:
    return canvas.network.links.get(key) if isinstance(key, Link) else canvas.network.parts.get(key)


class PartFace(QAccessibleInterface):
    """One part of the drawing. It looks the part up each time it is asked: the part may be gone, and come back."""

    def __init__(self, canvas: Canvas, key: Key) -> None:
        super().__init__()
        self._canvas = weakref.ref(canvas)
        self.key = key

    @property
    def canvas(self) -> Canvas | None:
        """The canvas, while it is there."""
        canvas = self._canvas()
        return canvas if canvas is not None and shiboken6.isValid(canvas) else None

    def isValid(self) -> bool:
        return self.canvas is not None and item_of(self.canvas, self.key) is not None

    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        return self.canvas.window().windowHandle() if self.canvas is not None else None

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        return QAccessible.queryAccessibleInterface(self.canvas) if self.canvas is not None else None

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def rect(self) -> QRect:
        canvas = self.canvas
        item = item_of(canvas, self.key) if canvas is not None else None
        if canvas is None or item is None:
            return QRect()
        seen = canvas.mapFromScene(item.mapRectToScene(item.boundingRect())).boundingRect()
        return QRect(canvas.viewport().mapToGlobal(seen.topLeft()), seen.size())

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.Graphic

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        canvas = self.canvas
        item = item_of(canvas, self.key) if canvas is not None else None
        if canvas is None or item is None:
            state.invalid = True
            return state
        state.selectable = state.focusable = True
        state.selected = item.isSelected()
        state.focused = item.isSelected() and canvas.hasFocus()
        return state

    def text(self, text: QAccessible.Text) -> str:
        if self.canvas is None:
            return ""
        if text is QAccessible.Text.Name:
            return part_name(self.canvas, self.key)
        return part_text(self.canvas, self.key) if text is QAccessible.Text.Description else ""

    def setText(self, text: QAccessible.Text, words: str) -> None:
        """Names are changed where everybody changes them."""


class CanvasFace(QAccessibleWidget):
    """The canvas: the widgets on it first, then the parts of the drawing, layers before links."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas, QAccessible.Role.Canvas, canvas.accessibleName())
        self._canvas = weakref.ref(canvas)
        self.faces: dict[Key, PartFace] = {}

    def keys(self) -> list[Key]:
        canvas = self._canvas()
        return [*canvas.network.parts, *canvas.network.links] if canvas is not None else []

    def face(self, key: Key) -> PartFace:
        """The face of a part, always the same one."""
        canvas = self._canvas()
        if key not in self.faces and canvas is not None:
            self.faces[key] = PartFace(canvas, key)
            KEPT.append(self.faces[key])
        return self.faces[key]

    def childCount(self) -> int:
        return super().childCount() + len(self.keys())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        widgets = super().childCount()
        if index < widgets:
            return super().child(index)
        keys = self.keys()
        return self.face(keys[index - widgets]) if index - widgets < len(keys) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        if not isinstance(child, PartFace):
            return super().indexOfChild(child)
        keys = self.keys()
        return super().childCount() + keys.index(child.key) if child.key in keys else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        faces = (self.face(key) for key in self.keys())
        return next((face for face in faces if face.rect().contains(QPoint(x, y))), super().childAt(x, y))

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        canvas = self._canvas()
        selected = canvas.network.selected_parts() if canvas is not None and canvas.hasFocus() else []
        return self.face(selected[-1]) if selected else super().focusChild()


def install() -> None:
    """Have assistive tools find the parts of every canvas."""
    offer_faces(Canvas, CanvasFace)


def tell_selection(canvas: Canvas) -> None:
    """Have the part that was just selected read out."""
    if not QAccessible.isActive():
        return
    face = QAccessible.queryAccessibleInterface(canvas)
    selected = canvas.network.selected_parts()
    if isinstance(face, CanvasFace) and selected:
        event = QAccessibleEvent(canvas, QAccessible.Event.Focus)
        event.setChild(face.indexOfChild(face.face(selected[-1])))
        QAccessible.updateAccessibility(event)
