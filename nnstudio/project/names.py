"""What layers, and the ends of runs, are called on screen."""

from nnstudio.layers.catalogue import layer_type
from nnstudio.project.model import Layer, Run
from nnstudio.text import translate as _


def shown_name(layer: Layer) -> str:
    """The name the user gave, otherwise the type's name and number in the language in use."""
    return layer.name or f"{_(layer_type(layer.type).label)} {layer.id.rpartition('_')[2]}"


def stop_words(run: Run) -> str:
    """Why a run ended."""
    words = {
        "patience": _("early stopping: {patience} epochs without a lower validation loss"),
        "epochs": _("all epochs done"),
        "user": _("stopped by hand"),
        "diverged": _("the loss was not a number any more"),
    }
    return words[run.stop_reason].format(patience=run.training.patience)
