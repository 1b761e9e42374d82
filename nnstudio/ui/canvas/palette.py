"""The palette: every layer there is, to search, to drag onto the canvas, or to append with a double-click."""

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.layers.catalogue import CATALOGUE, matches
from nnstudio.project.layer_list import READY_MADE
from nnstudio.text import mark
from nnstudio.text import translate as _
from nnstudio.ui.canvas.annotations import ANNOTATIONS
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import CORNER
from nnstudio.ui.look.layer_icons import layer_icon

CATEGORY_NAMES = {
    "dense": mark("Dense layers"),
    "activation": mark("Activations"),
    "image": mark("Images"),
    "sequence": mark("Sequences and text"),
    "regularization": mark("Regularisation"),
    "structure": mark("Structure"),
}
PAD = 8
"""Around icon and name on the card that is dragged."""
TYPE_ROLE = Qt.ItemDataRole.UserRole


class LayerList(QListWidget):
    """The list. A drag keeps the mouse to itself until it is released, so nothing blocks and Esc can end it."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__()
        self.canvas = canvas
        self._pressed: QPoint | None = None
        self._ghost: QLabel | None = None
        self.setIconSize(QSize(20, 20))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(_("Layers to add"))
        self.itemActivated.connect(self.append)

    def append(self, item: QListWidgetItem) -> None:
        if item.data(TYPE_ROLE):
            self.canvas.adding.append(item.data(TYPE_ROLE))

    def show_ghost(self, global_point: QPoint) -> None:
        """Have a picture of the layer follow the pointer."""
        if self._ghost is None:
            self._ghost = QLabel(self.window())
            self._ghost.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._ghost.setPixmap(self.ghost_picture())
            self._ghost.adjustSize()
            self._ghost.show()
        place = self.window().mapFromGlobal(global_point)
        # Beside the pointer: what it is dropped on must be seen.
        self._ghost.move(place + QPoint(14, 12))
        point = self.canvas.viewport().mapFromGlobal(global_point)
        if self.canvas.viewport().rect().contains(point):
            self.canvas.adding.show_target(self.currentItem().data(TYPE_ROLE), point)
        else:
            self.canvas.adding.show_no_target()

    def ghost_picture(self) -> QPixmap:
        """The icon and the name, on a small card."""
        item, colors = self.currentItem(), theme.colors()
        icon = self.iconSize()
        size = QSize(icon.width() + self.fontMetrics().horizontalAdvance(item.text()) + 3 * PAD, icon.height() + PAD)
        picture = QPixmap(size * self.devicePixelRatioF())
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        painter.setPen(QPen(QColor(colors.selection), 1.5))
        painter.setBrush(QColor(colors.surface))
        painter.drawRoundedRect(QRectF(QPointF(), QSizeF(size)).adjusted(1, 1, -1, -1), CORNER, CORNER)
        item.icon().paint(painter, PAD, PAD // 2, icon.width(), icon.height())
        painter.setPen(QColor(colors.text))
        words = QRectF(icon.width() + 2 * PAD, 0, size.width(), size.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, item.text())
        painter.end()
        return picture

    def end_drag(self) -> None:
        self._pressed = None
        self.canvas.adding.show_no_target()
        if self._ghost is not None:
            self._ghost.deleteLater()
            self._ghost = None

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        item = self.itemAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and item is not None and item.data(TYPE_ROLE):
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        moved = (event.position().toPoint() - self._pressed).manhattanLength()
        if self._ghost is not None or moved >= QApplication.startDragDistance():
            self.show_ghost(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragged = self._ghost is not None
        self.end_drag()
        super().mouseReleaseEvent(event)
        if not dragged:
            return
        point = self.canvas.viewport().mapFromGlobal(event.globalPosition().toPoint())
        if self.canvas.viewport().rect().contains(point):
            self.canvas.setFocus()
            self.canvas.adding.drop(self.currentItem().data(TYPE_ROLE), point)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._ghost is not None:
            self.end_drag()
        else:
            super().keyPressEvent(event)


class Palette(QWidget):
    """Search box and list."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__()
        self.setObjectName("palette")
        self.search = QLineEdit(placeholderText=_("Search layers"), clearButtonEnabled=True)
        self.search.setAccessibleName(_("Search layers"))
        self.list = LayerList(canvas)
        self.hint = QLabel(_("Drag a layer onto the canvas, or double-click it to append it."))
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        for widget in (self.search, self.list, self.hint):
            layout.addWidget(widget)
        self.search.textChanged.connect(self.fill)
        self.search.returnPressed.connect(self.append_first)
        self.fill()

    def fill(self, wanted: str = "") -> None:
        """Show the layers whose name, type or help holds the wanted text, by category."""
        self.list.clear()
        for category, name in CATEGORY_NAMES.items():
            found = [one for one in CATALOGUE if one.category == category and matches(one, wanted)]
            if found:
                self._add_heading(_(name))
            for declared in found:
                self._add(layer_icon(declared), _(declared.label), declared.type, _(declared.help))
        parts = {name: part for name, part in READY_MADE.items() if wanted.strip().lower() in _(part[0]).lower()}
        if parts:
            self._add_heading(_("Ready-made"))
        for name, (label, layers, help) in parts.items():
            self._add(theme.icon("mdi6.view-grid-plus-outline"), _(label), name, f"{_(help)} ({layers})")
        annotations = {type: one for type, one in ANNOTATIONS.items() if wanted.strip().lower() in _(one.label).lower()}
        if annotations:
            self._add_heading(_("Beside the layers"))
        for type, annotation in annotations.items():
            self._add(theme.icon(annotation.icon), _(annotation.label), type, _(annotation.help))
        if self.list.count() == 0:
            self._add_heading(_("No layer is called that."))

    def _add(self, icon: QIcon, label: str, type: str, help: str) -> None:
        """An entry; its tip begins with its name, which a narrow palette does not show whole."""
        item = QListWidgetItem(icon, label)
        item.setData(TYPE_ROLE, type)
        item.setToolTip(f"{label}\n{help}")
        self.list.addItem(item)

    def append_first(self) -> None:
        """Append the first layer found."""
        for row in range(self.list.count()):
            if self.list.item(row).data(TYPE_ROLE):
                self.list.append(self.list.item(row))
                return

    def _add_heading(self, text: str) -> None:
        heading = QListWidgetItem(text)
        heading.setFlags(Qt.ItemFlag.NoItemFlags)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        heading.setForeground(QColor(theme.colors().faint_text))
        self.list.addItem(heading)
