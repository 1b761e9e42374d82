"""Parts of a network on the clipboard as JSON text: readable in an editor, checked like a file when pasted back."""

import msgspec
from PySide6.QtGui import QGuiApplication

from nnstudio.project import edits
from nnstudio.project.checks import check_network
from nnstudio.project.model import Network, Project
from nnstudio.text import UserError
from nnstudio.text import translate as _

LONGEST_TEXT = 10_000_000


class Clipping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the text holds."""

    nnstudio: Network


def copy(network: Network, ids: list[str]) -> None:
    """Put these layers, the links among them, and these notes and frames on the clipboard."""
    text = msgspec.json.format(msgspec.json.encode(Clipping(edits.part(network, ids))), indent=2)
    QGuiApplication.clipboard().setText(text.decode())


def paste(project: Project) -> tuple[Project, list[str]]:
    """The project with the clipboard's layers and their new ids; UserError when the clipboard holds no layers."""
    text = QGuiApplication.clipboard().text()
    try:
        network = msgspec.json.decode(text[:LONGEST_TEXT].encode(), type=Clipping).nnstudio
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        raise UserError(_("The clipboard holds no layers to paste.")) from None
    check_network(network)
    return edits.paste(project, network, edits.beside(project.network, network))
