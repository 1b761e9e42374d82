"""What the commands of files and links do, by name."""

from collections.abc import Callable
from functools import partial

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
        "actionSave": documents.save,
        "actionSaveAs": documents.save_as,
        "actionExport": exchange.export,
        "actionImportWeights": exchange.import_weights,
        "actionPutAside": autosave.show_put_aside,
        "actionOpenPlayground": links.ask,
        "actionCopyPlayground": links.copy,
        "actionPaste": partial(links.paste, paste_layers),
    }
