"""The surface that tools work on: zoom, pan, grid, hints and the overview from afar. It knows nothing of editing."""

import math
from functools import lru_cache

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QInputDevice,
    QNativeGestureEvent,
    QPainter,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QLabel

from nnstudio.ui.canvas.links import LinkItem
from nnstudio.ui.canvas.overview import FAR, MANY, paint_overview
from nnstudio.ui.canvas.scene import NetworkScene
from nnstudio.ui.look import projector, theme
from nnstudio.ui.store import Store

SMALLEST, LARGEST = 0.1, 4.0
ZOOM_STEP = 1.2
FIT_LARGEST = 1.25
SMALLEST_LETTERS = 10
"""The pixels of the smallest letters on the canvas at its own size."""
AROUND = 28
"""What is left free around a network that is shown whole."""
DROP_REACH = 12
"""As near to a link, in pixels, a layer is let go that is meant for it."""
GRID = 24
GRID_SEEN = 0.35
"""The zoom below which the grid would be a grey ground."""


class CanvasSurface(QGraphicsView):
    """A view of a network that is zoomed by wheel, keys and pinching, and moved by trackpad, map and hand.

    `offered` carries a sentence about what the hand has done, with what would mend it; `moved` comes when another part
    of the network is seen.
    """

    offered = Signal(str, object)
    moved = Signal()

    def __init__(self, store: Store, network: NetworkScene) -> None:
        super().__init__()
        self.store = store
        self.network = network
        self.fits = True
        """Whether the whole network is shown, and goes on to be when the panel changes its size."""
        self.snaps = False
        """Whether what is moved or dropped goes to the nearest point of the grid."""
        self.hint = QLabel(self, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.hint.setObjectName("canvasHint")
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hint.hide()
        self.setScene(network)
        self.setAcceptDrops(False)  # a scene takes every drag and gives it to nobody; the window takes files
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().installEventFilter(self)
        store.replaced.connect(self.zoom_fit)

    @property
    def zoom(self) -> float:
        return self.transform().m11()

    def zoom_by(self, factor: float, around: QPoint | None = None) -> None:
        """Zoom around a point of the viewport, else around the pointer, from 10 to 400 percent."""
        self.fits = False
        wanted = min(LARGEST, max(SMALLEST, self.zoom * factor))
        self._zoom_around(around if around is not None else self.pointer(), wanted / self.zoom)
        self._zoomed()

    def _zoom_around(self, around: QPoint, factor: float) -> None:
        """Scale so that a point of the viewport goes on showing the same place of the scene."""
        before = self.mapToScene(around)
        self.scale(factor, factor)
        self._pan_by(around - self.mapFromScene(before))

    def zoom_in(self) -> None:
        self.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        self.zoom_by(1 / ZOOM_STEP)

    def zoom_fit(self) -> None:
        """Show the whole network, and keep showing it whole until the user zooms or pans."""
        self.zoom_to(self.network.network_rect())
        self.fits = True

    def zoom_selection(self) -> None:
        """Show what is selected as large as it fits."""
        self.zoom_to(self.network.parts_rect(self.network.selected_parts()))
        self.fits = False

    def zoom_to(self, rect: QRectF) -> None:
        """Show a part of the scene as large as it fits."""
        rect = rect.adjusted(-AROUND, -AROUND, AROUND, AROUND)
        self.fitInView(rect, Qt.AspectRatioMode.KeepAspectRatio)
        largest = max(FIT_LARGEST * theme.text_scale(), projector.least_letters() / SMALLEST_LETTERS)
        if self.zoom > largest or self.zoom < SMALLEST:
            factor = min(largest, max(SMALLEST, self.zoom)) / self.zoom
            self.scale(factor, factor)
            self.centerOn(rect.center())
        self._zoomed()

    def link_to_enter(self, point: QPointF) -> LinkItem | None:
        """The link that a layer is set into when it is let go at a scene point: from afar one need not hit it."""
        return self.network.link_near(point, DROP_REACH / self.zoom)

    def leave_room(self, height: int) -> None:
        """Keep the lower part of the panel free, so that what lies there covers no layer; 0 for all of it."""
        if self.viewportMargins().bottom() != height:
            self.setViewportMargins(0, 0, 0, height)

    def show_added(self, ids: list[str]) -> None:
        """Have what was added be seen. What is in view stays where it was dropped: under the pointer."""
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        if not ids or seen.contains(self.network.parts_rect(ids).center()):
            return
        if self.fits:
            self.zoom_fit()
        else:
            self.ensureVisible(self.network.parts[ids[-1]], 20, 20)

    def pan(self, by: QPoint) -> None:
        """Move the view so that what is drawn moves by so many pixels."""
        self.fits = False
        self._pan_by(by)

    def _pan_by(self, by: QPoint) -> None:
        for bar, amount in ((self.horizontalScrollBar(), by.x()), (self.verticalScrollBar(), by.y())):
            bar.setValue(bar.value() - amount)

    @property
    def is_far(self) -> bool:
        """Whether the network is drawn as an overview: so many layers so small that no word could be read."""
        return self.zoom < FAR and len(self.network.layers) > MANY

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

    def snapped(self, place: QPointF) -> QPointF:
        """The point of the grid that is nearest, when what is moved or dropped snaps to it."""
        if not self.snaps:
            return place
        return QPointF(round(place.x() / GRID) * GRID, round(place.y() / GRID) * GRID)

    def has_pointer(self) -> bool:
        """Whether the pointer is over the canvas."""
        return self.viewport().rect().contains(self.viewport().mapFromGlobal(QCursor.pos()))

    def pointer(self) -> QPoint:
        """Where the pointer is in the viewport; the middle when it is elsewhere."""
        viewport = self.viewport()
        return viewport.mapFromGlobal(QCursor.pos()) if self.has_pointer() else viewport.rect().center()

    def show_items(self) -> None:
        """Have the items draw themselves, or the overview stand in for them."""
        self.network.draw_items(not self.is_far)

    def _zoomed(self) -> None:
        self.show_items()
        self.moved.emit()

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned, modifiers = event.angleDelta(), event.modifiers()
        if is_trackpad(event) and not modifiers & Qt.KeyboardModifier.ControlModifier:
            self.pan(event.pixelDelta() if not event.pixelDelta().isNull() else turned / 4)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier or turned.y() == 0:
            self.fits = False
            super().wheelEvent(event)
        else:
            self.zoom_by(ZOOM_STEP ** (turned.y() / 120), event.position().toPoint())
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_by(1 + event.value(), event.position().toPoint())
            return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.fits:
            self.zoom_fit()
        self.moved.emit()

    def scrollContentsBy(self, across: int, down: int) -> None:
        super().scrollContentsBy(across, down)
        self.moved.emit()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        colors = theme.colors()
        painter.fillRect(rect, QColor(colors.background))
        if self.zoom < GRID_SEEN:
            return
        pen = QPen(QColor(colors.grid), 2.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        left, top = math.floor(rect.left() / GRID), math.floor(rect.top() / GRID)
        columns, rows = math.ceil(rect.width() / GRID) + 1, math.ceil(rect.height() / GRID) + 1
        painter.drawPoints(dots(left, top, columns, rows))

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self.is_far:
            paint_overview(painter, self.network)


@lru_cache(maxsize=8)
def dots(left: int, top: int, columns: int, rows: int) -> QPolygonF:
    """The points of the grid from a column and a row on. While a network learns, the same ones are drawn again and
    again."""
    return QPolygonF(
        [QPointF((left + column) * GRID, (top + row) * GRID) for column in range(columns) for row in range(rows)]
    )


def is_trackpad(event: QWheelEvent) -> bool:
    """Whether two fingers moved over a trackpad: they mean to move the view, where a wheel means to zoom."""
    if event.pointingDevice().type() == QInputDevice.DeviceType.TouchPad:
        return True
    return event.phase() is not Qt.ScrollPhase.NoScrollPhase  # told of trackpads alone, where the device is not known
