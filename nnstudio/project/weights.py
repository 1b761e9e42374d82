"""Which tensors a network has, by its drawing alone; weights from a file must be just those."""

import numpy as np
import safetensors
import safetensors.numpy

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Shape, shown_shape
from nnstudio.project.model import Network, Run
from nnstudio.project.names import shown_name
from nnstudio.project.shapes import incoming, infer_network, input_shapes
from nnstudio.text import UserError
from nnstudio.text import translate as _

KINDS = "F32", "I64"
"""What weights are, and the counts that batch norm keeps."""


def tensor_shapes(network: Network, sample_shape: Shape) -> dict[str, Shape]:
    """The shape of every weight and buffer, by its name in a state dict."""
    found: dict[str, Shape] = {}
    shapes, sources = infer_network(network, sample_shape).shapes, incoming(network)
    for layer in network.layers:
        given = input_shapes(layer, sources[layer.id], shapes, sample_shape)
        if given is not None and layer.id in shapes:
            declared = layer_type(layer.type)
            for part in (declared.tensors, declared.buffers):
                found |= {f"{layer.id}.{name}": shape for name, shape in part(given, layer.parameters).items()}
    return found


def weighing_names(network: Network, sample_shape: Shape) -> tuple[list[str], list[str]]:
    """The parameters by which layers weigh their inputs, and the biases such layers add, by their names in a state
    dict: what initialisation acts on, and, of the first, decay."""
    matrices, biases = list[str](), list[str]()
    shapes, sources = infer_network(network, sample_shape).shapes, incoming(network)
    for layer in network.layers:
        declared = layer_type(layer.type)
        given = input_shapes(layer, sources[layer.id], shapes, sample_shape)
        if given is not None and layer.id in shapes and declared.matrices:
            names = declared.tensors(given, layer.parameters)
            matrices += [f"{layer.id}.{name}" for name in names if name in declared.matrices]
            biases += [f"{layer.id}.{name}" for name in names if name not in declared.matrices]
    return matrices, biases


def remark_on(run: Run) -> str:
    """What is to be said of weights that fit their network and are no numbers, "" for sound ones."""
    if not run.weights:
        return ""
    tensors = safetensors.numpy.load(run.weights).values()
    if all(bool(np.isfinite(tensor).all()) for tensor in tensors):
        return ""
    return _(
        "Run {number} holds weights that are not numbers (NaN). Nothing can be computed or trained with them."
    ).format(number=run.id.removeprefix("run-"))


def without_weights_text(run: Run) -> str:
    """That there is nothing to compute with, as the run was kept without its weights."""
    words = _("Run {number} was kept without its weights. Restore its settings and train it again.")
    return words.format(number=run.id.removeprefix("run-"))


def check_kept(run: Run) -> None:
    """UserError for a run without its weights."""
    if not run.weights:
        raise UserError(without_weights_text(run))


def check_weights(run: Run) -> None:
    """UserError unless the weights of a run are a sound safetensors file with just the tensors of its network."""
    try:
        read = dict(safetensors.deserialize(run.weights))  # type: ignore[no-untyped-call]
    except safetensors.SafetensorError:
        raise UserError(_("The weights are damaged.")) from None
    asked = tensor_shapes(run.network, run.preparation.shape)
    names = {layer.id: shown_name(layer) for layer in run.network.layers}
    for name, shape in asked.items():
        layer = names[name.partition(".")[0]]
        if name not in read:
            raise UserError(_("The weights of “{layer}” are missing.").format(layer=layer))
        if tuple(read[name]["shape"]) != shape:
            raise UserError(
                _("The weights of “{layer}” are {found}; the layer needs {asked}.").format(
                    layer=layer, found=shown_shape(tuple(read[name]["shape"])) or 1, asked=shown_shape(shape) or 1
                )
            )
        if read[name]["dtype"] not in KINDS:
            raise UserError(_("The weights are damaged."))
    for name in read:
        if name not in asked:
            raise UserError(_("There are weights “{name}” of no layer.").format(name=name[:80]))
