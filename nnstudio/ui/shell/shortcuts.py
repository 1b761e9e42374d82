"""The list of every command with its keys."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.text import mark
from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.shell.actions import COMMANDS, Actions

SIZE = QSize(900, 600)
"""Of the list where text has its usual size."""

# What the hands can do on the canvas and no action stands for.
GESTURES = (
    (mark("Add a layer"), mark("letters, or double-click"), mark("Open the search box on the canvas; Enter adds")),
    (mark("Link"), mark("drag, or two clicks"), mark("From a port on one layer to another layer, or to empty canvas")),
    (mark("Insert"), mark("drag onto a link"), mark("Set a loose layer into a link")),
    (mark("Duplicate"), mark("Ctrl and drag"), mark("Drag copies of the selected layers away")),
    (
        mark("Change"),
        mark("Enter, or double-click"),
        mark("Type the first setting of a layer, the title of a frame or a note where it stands"),
    ),
    (mark("Step"), mark("wheel over the number, or + and −"), mark("Change the units of the selected layer")),
    (mark("Go"), mark("arrow keys"), mark("Select the next layer in that direction; along a link at the end of a row")),
    (mark("Menu"), mark("right button, or menu key"), mark("What can be done with what is selected; its links")),
    (
        mark("Move the view"),
        mark("middle button, space and drag, or two fingers"),
        mark("Pan over the canvas; the map takes the view anywhere"),
    ),
    (mark("Zoom"), mark("wheel, or pinch"), mark("Zoom around the pointer")),
    (mark("Nudge"), mark("Ctrl and arrow keys"), mark("Move the selected layers a little")),
    (
        mark("Resize"),
        mark("Ctrl, Shift and arrow keys, or the corner"),
        mark("Make notes and frames larger or smaller"),
    ),
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
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addWidget(table)
    layout.addWidget(buttons)
    dialog.resize((SIZE * theme.text_scale()).boundedTo(parent.screen().availableSize() * 0.9))
    dialog.open()


def keys_of(actions: Actions, name: str) -> str:
    keys = [one.toString(QKeySequence.SequenceFormat.NativeText) for one in actions[name].shortcuts()]
    return ", ".join(dict.fromkeys(keys))
