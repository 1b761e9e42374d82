"""The search box on the canvas: type, choose with the arrows, Enter takes. It finds layers to add and layers drawn."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from nnstudio.layers.catalogue import found, layer_type
from nnstudio.layers.spec import LayerType
from nnstudio.project.model import Network
from nnstudio.project.names import shown_name
from nnstudio.text import translate as _
from nnstudio.ui.canvas.annotations import ANNOTATIONS
from nnstudio.ui.look import theme
from nnstudio.ui.look.layer_icons import layer_icon

WIDTH, HEIGHT = 230, 250
PASSING = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
"""Ways of losing the focus after which it comes back: a context menu, another window."""
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True)
class Entry:
    """What can be chosen: `key` is what `chosen` gives."""

    key: str
    label: str
    icon: QIcon
    help: str = ""


Entries = Callable[[str], Iterable[Entry]]
"""What is found for a text, the best first."""


def to_add(after: str = "", fits: Callable[[LayerType], bool] = lambda one: True, annotations: bool = False) -> Entries:
    """What may be added: layers, those that usually follow one of the type `after` first, and notes and frames."""

    def entries(text: str) -> Iterator[Entry]:
        for declared in found(text, after):
            if fits(declared):
                icon = layer_icon(declared)
                yield Entry(declared.type, _(declared.label), icon, _(declared.help))
        for type, annotation in ANNOTATIONS.items():
            if annotations and text.strip().lower() in _(annotation.label).lower():
                yield Entry(type, _(annotation.label), theme.icon(annotation.icon), _(annotation.help))

    return entries


def drawn(network: Network) -> Entries:
    """The layers of a network by their names."""

    def entries(text: str) -> Iterator[Entry]:
        wanted = text.strip().lower()
        for layer in network.layers:
            if wanted in shown_name(layer).lower():
                declared = layer_type(layer.type)
                yield Entry(layer.id, shown_name(layer), layer_icon(declared))

    return entries


class LayerSearch(QFrame):
    """A box over the canvas that lives until a layer is chosen, Esc is pressed or something else is clicked."""

    chosen = Signal(str)

    def __init__(self, canvas: QWidget, entries: Entries, title: str, text: str = "") -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self.entries = entries
        self.setObjectName("layerSearch")
        self.setAccessibleName(title)
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.field = QLineEdit(text, placeholderText=f"{title} …")
        self.field.setAccessibleName(_("Search layers"))
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(title)
        self.list.setIconSize(QSize(18, 18))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(4)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.field.textChanged.connect(self.fill)
        self.list.itemClicked.connect(lambda _item: self.choose())
        # A press anywhere in the box leaves the focus in the field; it would go to the canvas beneath otherwise.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(self.field)
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
        """Show what is found, the best first and chosen."""
        self.list.clear()
        for entry in self.entries(self.field.text()):
            item = QListWidgetItem(entry.icon, entry.label)
            item.setData(Qt.ItemDataRole.UserRole, entry.key)
            item.setToolTip(entry.help)
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
            if self.field.hasFocus():  # unless the hand has gone elsewhere already
                self.canvas.setFocus()  # first: what is hidden with the keys gives them to whatever comes next
            self.hide()
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
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in PASSING:
            self.close_box()
        return False
