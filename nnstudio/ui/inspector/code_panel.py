"""The drawn network as the PyTorch module it stands for: a selected layer lights its lines, and the other way round."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QShowEvent, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QTextEdit, QVBoxLayout, QWidget

from nnstudio.project.module_code import module_lines, own_modules
from nnstudio.text import translate as _
from nnstudio.ui.canvas.scene import NetworkScene
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look import theme
from nnstudio.ui.look.fonts import fixed
from nnstudio.ui.store import Store

IMPORTS = ["import torch", "from torch import nn", "", ""]
WITH_FUNCTIONS = ["import torch", "from torch import nn", "from torch.nn import functional as F", "", ""]


class CodePanel(QWidget):
    """Read-only; follows every edit. A network with a problem has no module: the panel says so."""

    def __init__(self, store: Store, scene: NetworkScene) -> None:
        super().__init__()
        self.setObjectName("code")
        self.store = store
        self.scene = scene
        self.ids: list[str] = []
        """The layer that each line stands for, "" for none."""
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setAccessibleName(_("The network as PyTorch code"))
        self.text.setFont(fixed())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.hint = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.copy_button = QPushButton(_("Copy"))
        self.copy_button.setAccessibleName(_("Copy the code"))
        self.copy_button.clicked.connect(self.copy)
        row = QHBoxLayout()
        row.addWidget(self.hint, 1)
        row.addWidget(self.copy_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.text, 1)
        layout.addLayout(row)
        store.changed.connect(self.follow_project)
        scene.selectionChanged.connect(self.light)
        self.text.cursorPositionChanged.connect(self._select_layer)
        self.show_code()

    def follow_project(self, change: Change) -> None:
        if not change.touches(Part.STRUCTURE, Part.FACTS):
            return
        self.stale = True
        if self.isVisible():
            self.show_code()

    def show_code(self) -> None:
        """Show the module of the network as it is now."""
        self.stale = False
        project = self.store.project
        whole = project.facts is not None and not self.store.inference.problems
        self.text.setEnabled(whole)
        self.copy_button.setEnabled(whole)
        self.hint.setText(
            _("The network as a PyTorch module. Export a run to get it with its data, training and weights.")
            if whole
            else _("The code comes once the network has no problems: see the line under the canvas.")
        )
        lines: list[tuple[str, str]] = []
        if whole and project.facts is not None:
            own = own_modules(project.network, project.facts.shape)
            before = [*(WITH_FUNCTIONS if own else IMPORTS), *own]
            lines = [*(("", line) for line in before), *module_lines(project.network, project.facts.shape)]
        self.ids = [id for id, _line in lines]
        shown = "\n".join(line for _id, line in lines)
        if shown != self.text.toPlainText():
            silent = self.text.blockSignals(True)
            self.text.setPlainText(shown)
            self.text.blockSignals(silent)
        self.light()

    def light(self) -> None:
        """Light the lines of the selected layers."""
        selected = set(self.scene.selected_layers())
        look = QTextCharFormat()
        color = QColor(theme.colors().selection)
        color.setAlpha(60)
        look.setBackground(color)
        look.setProperty(QTextFormat.Property.FullWidthSelection, True)
        lit = []
        for number, id in enumerate(self.ids):
            if id and id in selected:
                selection = QTextEdit.ExtraSelection()
                cursor = QTextCursor(self.text.document().findBlockByNumber(number))
                selection.cursor, selection.format = cursor, look
                lit.append(selection)
        self.text.setExtraSelections(lit)

    def copy(self) -> None:
        """Put the whole code on the clipboard."""
        QGuiApplication.clipboard().setText(self.text.toPlainText() + "\n")
        self.store.told.emit(_("The code is on the clipboard."))

    def _select_layer(self) -> None:
        """Select the layer of the line on which the cursor stands."""
        number = self.text.textCursor().blockNumber()
        id = self.ids[number] if number < len(self.ids) else ""
        if id and self.scene.selected_layers() != [id]:
            self.scene.select([id])

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.stale:
            self.show_code()
