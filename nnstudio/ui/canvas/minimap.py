"""A small map of a network that is larger than the view: shows where the view is, and takes it elsewhere."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
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
    """The map at the lower right corner of a canvas; not there while the whole network is seen."""

    def __init__(self, canvas: CanvasSurface) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self.on = True
        self._picture: QPixmap | None = None
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
            corner = self.canvas.rect().bottomRight()
            self.setGeometry(
                corner.x() - shown.width() - EDGE, corner.y() - shown.height() - EDGE, shown.width(), shown.height()
            )
            self.update()

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
        self._picture = None
        self.update()

    def _project_changed(self, change: Change) -> None:
        if change.touches(Part.STRUCTURE, Part.LAYOUT):
            self._picture = None
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
