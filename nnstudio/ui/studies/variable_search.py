"""What else can vary in a study: a field to search in over a list, what is tried most often first."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Value
from nnstudio.project.dense_blocks import chain_of, dense_block_count
from nnstudio.project.model import Network, Project
from nnstudio.project.study_variables import ACTIVATION, BLOCKS, keys, variable_text
from nnstudio.project.variants import hidden_dense
from nnstudio.text import UserError
from nnstudio.text import translate as _

ROWS = 6
"""Lines of the list that are in sight."""
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class VariableSearch(QWidget):
    """`chosen(key)` comes with what is to vary."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._network = Network()
        self._taken: frozenset[str] = frozenset()
        self._entries: list[tuple[str, str]] = []
        self.field = QLineEdit(placeholderText=_("Search what can vary"))
        self.field.setObjectName("studySearch")
        self.field.setAccessibleName(_("Search what can vary"))
        self.field.setClearButtonEnabled(True)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setObjectName("studyVariables")
        self.list.setAccessibleName(_("What can vary"))
        self.list.setFixedHeight(ROWS * (self.list.fontMetrics().height() + 4) + 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.field.textChanged.connect(self._fill)
        self.list.itemClicked.connect(lambda _item: self.choose())
        self.list.itemActivated.connect(lambda _item: self.choose())

    def show_network(self, network: Network, taken: frozenset[str]) -> None:
        """Offer what a network can be varied in, but for what varies already."""
        if network is not self._network:
            self._network = network
            self._entries = [(key, variable_text(network, key)) for key in offered_keys(network)]
        elif taken == self._taken:
            return
        self._taken = taken
        self._fill()

    def _fill(self) -> None:
        wanted = self.field.text().strip().lower()
        self.list.clear()
        for key, words in self._entries:
            if key not in self._taken and (wanted in words.lower() or wanted in key):
                item = QListWidgetItem(words)
                item.setData(Qt.ItemDataRole.UserRole, key)
                item.setToolTip(key)
                self.list.addItem(item)
        if self.list.count() == 0:
            nothing = QListWidgetItem(_("Nothing is called that."))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(nothing)
        self.list.setCurrentRow(0)

    def choose(self) -> None:
        """Take what is marked."""
        item = self.list.currentItem()
        key = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if key:
            self.field.clear()
            self.chosen.emit(key)

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.choose()
                return True
            if event.key() in MOVES:
                self.list.keyPressEvent(event)
                return True
        return False


def offered_keys(network: Network) -> list[str]:
    """All that can vary in a network, what is tried most often first."""
    first = ["training.learning_rate"]
    first += [f"{id}.units" for id in ordered(network, hidden_dense(network))]
    first += [f"{layer.id}.rate" for layer in network.layers if layer.role == "dropout"]
    first += [BLOCKS] if has_blocks(network) else []
    first += [ACTIVATION] if has_activation(network) else []
    first += ["training.batch_size", "training.optimizer", "training.weight_decay"]
    impossible = {BLOCKS, ACTIVATION} - set(first)
    return first + [key for key in keys(network) if key not in first and key not in impossible]


def ordered(network: Network, ids: set[str]) -> list[str]:
    """Ids of layers in the order in which they are computed, where the network is a chain."""
    try:
        layers = chain_of(network)
    except UserError:
        layers = list(network.layers)
    return [layer.id for layer in layers if layer.id in ids]


def has_blocks(network: Network) -> bool:
    try:
        return dense_block_count(network) > 0
    except UserError:
        return False


def has_activation(network: Network) -> bool:
    return any(layer.role == "activation" and layer_type(layer.type).curve is not None for layer in network.layers)


def value_now(project: Project, key: str) -> Value:
    """The value that the project has now of what may vary."""
    group, _dot, name = key.partition(".")
    network = project.network
    if key == BLOCKS:
        return dense_block_count(network)
    if key == ACTIVATION:
        return next(layer.type for layer in network.layers if layer.role == "activation")
    if network.has(group):
        return network.layer(group).parameters[name]
    found: Value = getattr(project.training if group == "training" else project.data, name)
    return found
