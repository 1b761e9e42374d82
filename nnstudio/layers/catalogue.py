"""Every layer there is, in the order in which the palette shows them."""

from nnstudio.layers import activations, dense, regularization, structure
from nnstudio.layers.spec import LayerType
from nnstudio.text import Mistake
from nnstudio.text import translate as _

CATALOGUE: tuple[LayerType, ...] = (
    structure.INPUT,
    dense.DENSE,
    structure.FLATTEN,
    structure.CONCAT,
    structure.ADD,
    structure.OUTPUT,
    activations.SIGMOID,
    activations.TANH,
    activations.RELU,
    activations.LEAKY_RELU,
    activations.ELU,
    activations.GELU,
    activations.SILU,
    activations.SOFTPLUS,
    activations.SOFTMAX,
    regularization.DROPOUT,
    regularization.BATCH_NORM,
    regularization.LAYER_NORM,
)

_BY_TYPE = {layer_type.type: layer_type for layer_type in CATALOGUE}


def layer_type(name: str) -> LayerType:
    """The declaration of a type; Mistake that lists the known ones for an unknown name."""
    if name not in _BY_TYPE:
        raise Mistake(
            _("Unknown layer type “{name}”. Known types: {known}.").format(name=name[:40], known=", ".join(_BY_TYPE))
        )
    return _BY_TYPE[name]
