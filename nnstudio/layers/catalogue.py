"""Every layer there is, in the order in which the palette shows them."""

from nnstudio.layers import (
    activations,
    convolution,
    dense,
    distances,
    images,
    pooling,
    regularization,
    sequences,
    structure,
)
from nnstudio.layers.spec import LayerType
from nnstudio.text import UserError
from nnstudio.text import translate as _

CATALOGUE: tuple[LayerType, ...] = (
    structure.INPUT,
    dense.DENSE,
    distances.RBF,
    structure.FLATTEN,
    structure.CONCAT,
    structure.ADD,
    images.SELECT,
    structure.OUTPUT,
    images.IMAGE,
    convolution.CONV,
    pooling.MAX_POOL,
    pooling.AVG_POOL,
    pooling.ADAPTIVE_AVG_POOL,
    pooling.GLOBAL_AVG_POOL,
    pooling.GLOBAL_MAX_POOL,
    images.PAD,
    images.SCALE,
    images.LOCAL_RESPONSE_NORM,
    sequences.EMBEDDING,
    sequences.EMBEDDING_BAG,
    sequences.SEQUENCE,
    convolution.CONV_1D,
    sequences.LSTM,
    sequences.GRU,
    activations.SIGMOID,
    activations.TANH,
    activations.SCALED_TANH,
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
    """The declaration of a type; UserError that lists the known ones for an unknown name."""
    if name not in _BY_TYPE:
        raise UserError(
            _("Unknown layer type “{name}”. Known types: {known}.").format(name=name[:40], known=", ".join(_BY_TYPE))
        )
    return _BY_TYPE[name]


# What people usually put behind a layer, by category; the most usual first.
USUAL = {
    "": ("dense", "image", "sequence", "activation", "regularization", "structure"),
    "structure": ("dense", "image", "sequence", "structure", "activation", "regularization"),
    "dense": ("activation", "regularization", "dense", "structure", "image", "sequence"),
    "image": ("activation", "image", "regularization", "structure", "dense", "sequence"),
    "sequence": ("sequence", "activation", "dense", "regularization", "image", "structure"),
    "activation": ("dense", "image", "sequence", "regularization", "structure", "activation"),
    "regularization": ("dense", "activation", "structure", "image", "sequence", "regularization"),
}


def matches(declared: LayerType, wanted: str) -> bool:
    """Whether a layer is called so, in English, in the language in use, in files or by other programs."""
    wanted = wanted.strip().lower()
    names = (declared.type, declared.label, _(declared.label), *declared.aliases)
    return any(wanted in text.lower() for text in names)


def found(wanted: str, after: str = "") -> list[LayerType]:
    """The layers that are called so: those whose name begins with the text first, then what usually follows `after`."""
    usual = USUAL[layer_type(after).category if after else ""]
    wanted = wanted.strip().lower()

    def rank(declared: LayerType) -> tuple[bool, int]:
        names = (declared.type, declared.label, _(declared.label))
        begins = any(name.lower().startswith(wanted) for name in names)
        return not begins, usual.index(declared.category)

    return sorted((one for one in CATALOGUE if matches(one, wanted)), key=rank)
