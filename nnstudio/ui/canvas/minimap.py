"""A small map of a network that is larger than the view: shows where the view is, and takes it elsewhere."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from nnstudio.text import translate as _
from nnstudio.ui.canvas.overview import paint_overview
from nnstudio.ui.canvas.surface import CanvasSurface
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look import theme

LARGEST = QSize(190, 130)
ROOM = 6.0
EDGE = 10


class MiniMap(QWidget):
    """The map in the corner of a canvas where it covers the least; not there while the whole network is seen."""

    def __init__(self, canvas: CanvasSurface) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self.on = True
        self._picture: QPixmap | None = None
        self._boxes: NDArray[np.float64] | None = None
        """Left, top, right and bottom (n, 4) of all parts in the scene, once they were asked for."""
        self._corner = 0
        self.setAccessibleName(_("Map of the network"))
        self.setToolTip(_("Where the view is; a click or a drag takes it elsewhere."))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()
        canvas.moved.connect(self.follow)
        canvas.store.changed.connect(self._project_changed)
        canvas.network.selectionChanged.connect(self.draw_anew)
        canvas.network.sceneRectChanged.connect(self.draw_anew)

    def set_on(self, on: bool) -> None:
        """Be there when the network is larger than the view, or never."""
        self.on = on
        self.follow()

    def follow(self) -> None:
        """Show where the view is now."""
        whole = self.canvas.network.network_rect()
        self.setVisible(self.on and not self.sees_all())
        if self.isVisible():
            room = LARGEST.boundedTo(self.canvas.size() / 3)
            shown = QSize(round(whole.width()), round(whole.height())).scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
            shown = shown.expandedTo(QSize(24, 24))
            self.setGeometry(self.free_corner(shown))
            self.update()

    def free_corner(self, size: QSize) -> QRect:
        """The corner it is in, or the one that covers the least where this one covers parts of the network."""
        area = self.canvas.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        corners = []
        for right, below in ((True, True), (False, True), (True, False), (False, False)):
            corner = QRect(area.topLeft(), size)
            if right:
                corner.moveRight(area.right())
            if below:
                corner.moveBottom(area.bottom())
            corners.append(corner)
        if self.covered(corners[self._corner]) > 0:
            self._corner = int(np.argmin([self.covered(one) for one in corners]))
        return corners[self._corner]

    def covered(self, place: QRect) -> float:
        """How much of the network lies under a place on the canvas, as an area of the scene."""
        if self._boxes is None:
            self._boxes = self.canvas.network.places()
        under = place.translated(-self.canvas.viewport().pos())
        scene = self.canvas.mapToScene(under).boundingRect()
        wide = np.minimum(self._boxes[:, 2], scene.right()) - np.maximum(self._boxes[:, 0], scene.left())
        high = np.minimum(self._boxes[:, 3], scene.bottom()) - np.maximum(self._boxes[:, 1], scene.top())
        return float((wide.clip(min=0) * high.clip(min=0)).sum())

    def sees_all(self) -> bool:
        """Whether the whole network is in view."""
        return self.seen().contains(self.canvas.network.network_rect())

    def seen(self) -> QRectF:
        """What of the scene is in view."""
        return self.canvas.mapToScene(self.canvas.viewport().rect()).boundingRect()

    def to_map(self) -> QTransform:
        """From the scene to the map."""
        whole = self.canvas.network.network_rect()
        scale = min((self.width() - 2 * ROOM) / whole.width(), (self.height() - 2 * ROOM) / whole.height())
        transform = QTransform()
        transform.translate(self.width() / 2, self.height() / 2)
        transform.scale(scale, scale)
        transform.translate(-whole.center().x(), -whole.center().y())
        return transform

    def go(self, point: QPointF) -> None:
        """Bring what is at a point of the map into the middle of the view."""
        back, _invertible = self.to_map().inverted()
        self.canvas.fits = False
        self.canvas.centerOn(back.map(point))

    def draw_anew(self, *_changed: object) -> None:
        """What is drawn has changed."""
        self._picture = self._boxes = None
        self.update()

    def _project_changed(self, change: Change) -> None:
        if change.touches(Part.STRUCTURE, Part.LAYOUT):
            self._picture = self._boxes = None
            self.follow()

    def _drawn(self) -> QPixmap:
        """The network as it is, drawn once for many views of it."""
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.size() != self.size() * ratio:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(QColor(theme.colors().background))
            painter = QPainter(self._picture)
            painter.setTransform(self.to_map(), combine=True)
            paint_overview(painter, self.canvas.network)
            painter.end()
        return self._picture

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = theme.colors()
        painter.drawPixmap(0, 0, self._drawn())
        painter.setPen(QPen(QColor(colors.border), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        ground = QColor(colors.selection)
        ground.setAlpha(30)
        painter.setBrush(ground)
        painter.setPen(QPen(QColor(colors.selection), 1.5))
        painter.drawRect(self.to_map().mapRect(self.seen()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.go(event.position())
