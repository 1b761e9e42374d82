"""The list of every command with its keys."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from nnstudio.text import mark
from nnstudio.text import translate as _
from nnstudio.ui.actions import COMMANDS, Actions

# What the hands can do on the canvas and no action stands for.
GESTURES = (
    (mark("Link"), mark("drag"), mark("Draw from a port on one layer to another layer")),
    (mark("Move the view"), mark("middle button, or space and drag"), mark("Pan over the canvas")),
    (mark("Zoom"), mark("wheel"), mark("Zoom around the pointer")),
    (mark("Nudge"), mark("arrow keys"), mark("Move the selected layers a little")),
    (mark("Cancel"), "Esc", mark("End what the hand has begun, and select nothing")),
)


def show_shortcuts(parent: QWidget, actions: Actions) -> None:
    """Open the list beside the window."""
    dialog = QDialog(parent)
    dialog.setObjectName("shortcuts")
    dialog.setWindowTitle(_("Shortcuts"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    rows = [(actions[one.name].text().replace("&", ""), keys_of(actions, one.name), _(one.help)) for one in COMMANDS]
    rows += [(_(name), _(keys), _(help)) for name, keys, help in GESTURES]
    table = QTableWidget(len(rows), 3)
    table.setAccessibleName(_("Shortcuts"))
    table.setHorizontalHeaderLabels([_("Command"), _("Keys"), _("What it does")])
    table.verticalHeader().hide()
    table.setTabKeyNavigation(False)
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            table.setItem(row, column, QTableWidgetItem(text))
    table.resizeColumnsToContents()
    table.horizontalHeader().setStretchLastSection(True)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addWidget(table)
    layout.addWidget(buttons)
    dialog.resize(900, 600)
    dialog.open()


def keys_of(actions: Actions, name: str) -> str:
    keys = [one.toString(QKeySequence.SequenceFormat.NativeText) for one in actions[name].shortcuts()]
    return ", ".join(dict.fromkeys(keys))
