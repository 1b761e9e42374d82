"""What the commands of files and links do, by name."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QProcess

from nnstudio.text import translate as _
from nnstudio.ui.files.autosave import Autosave
from nnstudio.ui.files.documents import Documents
from nnstudio.ui.files.exchange import Exchange
from nnstudio.ui.files.playground_links import PlaygroundLinks


def file_functions(
    documents: Documents, autosave: Autosave, links: PlaygroundLinks, paste_layers: Callable[[], object]
) -> dict[str, Callable[[], object]]:
    """What is done with files and links; what is pasted may be one, and `paste_layers` does the rest."""
    exchange = Exchange(documents)
    return {
        "actionNewWindow": partial(open_another_window, documents.store.told.emit),
        "actionSave": documents.save,
        "actionSaveAs": documents.save_as,
        "actionExport": exchange.export,
        "actionImportWeights": exchange.import_weights,
        "actionPutAside": autosave.show_put_aside,
        "actionOpenPlayground": links.ask,
        "actionCopyPlayground": links.copy,
        "actionPaste": partial(links.paste, paste_layers),
    }


def open_another_window(tell: Callable[[str], object]) -> None:
    """Start the program once more, with a window of its own. One that holds its Python inside is its own executable."""
    is_python = Path(sys.executable).name.lower().startswith("python")
    module = ["-m", "nnstudio"] if is_python else []
    began, _number = QProcess.startDetached(sys.executable, [*module, "--new-window"])
    if not began:
        tell(_("Another window could not be opened: the system did not start the program once more."))
