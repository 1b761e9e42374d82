"""The page of keys: every command of the window, its place in the menus, and its keys."""

import os

from PySide6.QtGui import QGuiApplication, QKeySequence

from docs.extension.tables import code, plain, table
from nnstudio.text import translate as _
from nnstudio.ui.shell.actions import COMMANDS
from nnstudio.ui.shell.command import Command


def page() -> str:
    """All commands, by menu."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _application = QGuiApplication.instance() or QGuiApplication([])  # which keys are usual is asked of the platform
    menus = dict.fromkeys(command.menu for command in COMMANDS)
    return "\n".join(section(menu) for menu in menus)


def section(menu: str) -> str:
    rows = [
        (plain(shown(command.text)), keys(command), plain(_(command.help)))
        for command in COMMANDS
        if command.menu == menu
    ]
    return f"## {shown(menu)}\n\n" + table([_("Command"), _("Keys"), ""], rows)


def shown(text: str) -> str:
    """A text of a menu without the sign for the key that chooses it."""
    return _(text).replace("&", "")


def keys(command: Command) -> str:
    typed = dict.fromkeys(QKeySequence(one).toString() for one in command.keys)
    return ", ".join(code(one) for one in typed if one)
