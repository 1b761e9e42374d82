"""The search box on the canvas: type, choose with the arrows, Enter adds. What usually follows comes first."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from nnstudio.layers.catalogue import found
from nnstudio.layers.spec import LayerType
from nnstudio.text import translate as _
from nnstudio.ui import theme

WIDTH, HEIGHT = 230, 250
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class LayerSearch(QFrame):
    """A box over the canvas that lives until a layer is chosen, Esc is pressed or something else is clicked."""

    chosen = Signal(str)
    closed = Signal()

    def __init__(
        self, canvas: QWidget, after: str = "", text: str = "", fits: Callable[[LayerType], bool] = lambda one: True
    ) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self.setObjectName("layerSearch")
        self.setAccessibleName(_("Add a layer"))
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.after = after
        self.fits = fits
        self.field = QLineEdit(text, placeholderText=_("Add a layer …"))
        self.field.setAccessibleName(_("Search layers"))
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Layers to add"))
        self.list.setIconSize(QSize(18, 18))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(4)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.field.textChanged.connect(self.fill)
        self.list.itemClicked.connect(lambda _item: self.choose())
        self.resize(WIDTH, HEIGHT)
        self.fill()

    def open_at(self, point: QPoint) -> None:
        """Show near a point of the canvas, wholly inside it."""
        room = self.canvas.rect()
        left = max(0, min(point.x(), room.width() - self.width()))
        top = max(0, min(point.y(), room.height() - self.height()))
        self.move(left, top)
        self.show()
        self.raise_()
        self.field.setFocus()

    def fill(self, *_text: str) -> None:
        """Show what fits and holds the text, the best first and chosen."""
        self.list.clear()
        for declared in found(self.field.text(), self.after):
            if self.fits(declared):
                item = QListWidgetItem(theme.category_icon(declared.icon, declared.category), _(declared.label))
                item.setData(Qt.ItemDataRole.UserRole, declared.type)
                item.setToolTip(_(declared.help))
                self.list.addItem(item)
        if self.list.count() == 0:
            nothing = QListWidgetItem(_("No layer is called that."))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(nothing)
        self.list.setCurrentRow(0)

    def choose(self) -> None:
        """Take the layer that is marked."""
        item = self.list.currentItem()
        type = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if type:
            self.close_box()
            self.chosen.emit(type)

    def close_box(self) -> None:
        if self.isVisible():
            self.field.removeEventFilter(self)
            self.hide()
            self.canvas.setFocus()
            self.closed.emit()
            self.deleteLater()

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.close_box()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.choose()  # kept from the canvas beneath, for which the key means something too
                return True
            if event.key() in MOVES:
                self.list.keyPressEvent(event)
                return True
        if event.type() == QEvent.Type.FocusOut and watched is self.field:
            self.close_box()
        return False
