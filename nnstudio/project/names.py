"""What a layer is called on screen."""

from nnstudio.layers.catalogue import layer_type
from nnstudio.project.model import Layer
from nnstudio.text import translate as _


def shown_name(layer: Layer) -> str:
    """The name the user gave, otherwise the type's name and number in the language in use."""
    return layer.name or f"{_(layer_type(layer.type).label)} {layer.id.rpartition('_')[2]}"
