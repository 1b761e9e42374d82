"""A run as an ONNX file: raw rows go in, and what the run answers comes out.

The graph is written from the declarations of the layers (onnx_nodes.py), so that each keeps its name; no compiler is
asked. Opset 17 and IR version 8, of 2022, are what nearly every reader knows.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from nnstudio import __version__
from nnstudio.export.description import described, written
from nnstudio.export.onnx_answer import ANSWER, Output, answered
from nnstudio.export.onnx_nodes import ML_DOMAIN, Node, Nodes, layer_nodes
from nnstudio.export.onnx_rows import PREPARATION, RowInput, prepared
from nnstudio.layers.catalogue import layer_type
from nnstudio.packages import adding
from nnstudio.project.model import Layer, Run
from nnstudio.project.names import shown_name
from nnstudio.project.preparation import Preparation
from nnstudio.project.shapes import incoming, infer_network, needed_for
from nnstudio.project.weights import check_kept, check_weights
from nnstudio.text import UserError, shown_bytes
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import onnx

OPSET, ML_OPSET, IR_VERSION = 17, 3, 8
MOST_BYTES = 2**31 - 2**20
"""What one file of protocol buffers can hold, with room for the graph."""
EXTRA = "nnstudio[onnx]"


def onnx_bytes(run: Run) -> bytes:
    """The file. UserError without the package onnx, and for weights that are missing, damaged or too many."""
    model = onnx_model(run)
    import onnx

    onnx.checker.check_model(model, full_check=True)
    content: bytes = model.SerializeToString()
    return content


def onnx_model(run: Run) -> "onnx.ModelProto":
    """The run as onnx has it, not checked yet."""
    check_exportable(run)
    inputs, parts, outputs = graph_of(run)
    model = model_of(run.id, inputs, parts, outputs)
    import onnx

    model.doc_string = document(inputs, run.preparation)
    onnx.helper.set_model_props(model, metadata(run, inputs))
    return model


def model_of(
    name: str, inputs: Sequence[RowInput], parts: Sequence[Nodes], outputs: Sequence[Output]
) -> "onnx.ModelProto":
    """Nodes with what goes in and comes out, as onnx has them. UserError where it is not installed."""
    try:
        from onnx import helper, numpy_helper
    except ImportError:
        words = _("ONNX files are written by the package onnx, which is not installed: {command}")
        raise UserError(words.format(command=adding(EXTRA))) from None
    nodes = [made_node(node) for part in parts for node in part.ended()]
    constants = {name: values for part in parts for name, values in part.constants.items()}
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(one.name, onnx_type(one.elements), one.shape) for one in inputs],
        [helper.make_tensor_value_info(name, onnx_type(type), shape) for name, type, shape in outputs],
        [numpy_helper.from_array(np.asarray(values, order="C"), name) for name, values in constants.items()],
    )
    domains = {"": OPSET} | ({ML_DOMAIN: ML_OPSET} if any(node.domain for node in nodes) else {})
    return helper.make_model(
        graph,
        producer_name="nnstudio",
        producer_version=__version__,
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid(domain, version) for domain, version in domains.items()],
    )


def made_node(node: Node) -> "onnx.NodeProto":
    from onnx import helper

    attributes: dict[str, Any] = {
        name: onnx_type(value) if name == "to" else value for name, value in node.attributes.items()
    }
    return helper.make_node(
        node.op, node.inputs, node.outputs, name=node.name, domain=node.domain or None, **attributes
    )


def onnx_type(name: str) -> int:
    """onnx's number of a type."""
    import onnx

    return int(onnx.TensorProto.DataType.Value(name.upper()))


def check_exportable(run: Run) -> None:
    """UserError for a run without its weights, with others than its network needs, or with more than a file holds."""
    check_kept(run)
    check_weights(run)
    if len(run.weights) > MOST_BYTES:
        words = _("An ONNX file holds at most 2 GB, and these weights are {size}. Export them as safetensors.")
        raise UserError(words.format(size=shown_bytes(len(run.weights))))


def graph_of(run: Run) -> tuple[Sequence[RowInput], list[Nodes], list[Output]]:
    """The inputs, the nodes of the preparation, of each layer and of the answer, and the outputs."""
    preparation, network = run.preparation, run.network
    shape = preparation.shape
    inference = infer_network(network, shape)
    if inference.problems:
        raise UserError(inference.problems[0].message)
    sources, tensors = incoming(network), tensors_of(run)
    first, output = (next(one.id for one in network.layers if one.role == role) for role in ("input", "output"))
    needed = needed_for(output, sources) - {output}
    # The samples are the value of the input layer.
    beginning = Nodes(first, PREPARATION)
    inputs = prepared(preparation, beginning)
    parts, names = [beginning], unique_names([network.layer(id) for id in inference.order])
    for id in inference.order:
        layer = network.layer(id)
        call = layer_type(layer.type).call
        if id not in needed or call is None:
            continue
        given = [inference.shapes[source] for source in sources[id]]
        nodes = Nodes(id, names[id])
        layer_nodes(nodes, call(given, layer.parameters), sources[id], given, tensors.get(id, {}))
        parts.append(nodes)
    (last,) = sources[output]
    exact = {part.id: part.exact for part in parts if part.exact}
    answer, outputs = answered(run, last, sources, inference.shapes[output][0], exact)
    return inputs, [*parts, *answer], outputs


def tensors_of(run: Run) -> dict[str, dict[str, NDArray[Any]]]:
    """Weights and buffers by layer, and by the names that its module has for them."""
    found: dict[str, dict[str, NDArray[Any]]] = {}
    for name, values in safetensors.numpy.load(run.weights).items():
        id, _point, own = name.partition(".")
        found.setdefault(id, {})[own] = values
    return found


def unique_names(layers: Sequence[Layer]) -> dict[str, str]:
    """What each layer is called; one whose name another bears too has its id behind it."""
    found: dict[str, str] = {}
    for layer in layers:
        name = shown_name(layer)
        found[layer.id] = f"{name} ({layer.id})" if name in (*found.values(), PREPARATION, ANSWER) else name
    return found


# --- what is written beside it --------------------------------------------------------------------------------------


def metadata(run: Run, inputs: Sequence[RowInput]) -> dict[str, str]:
    """What a reader of the file should know, as texts by name: lists are JSON."""
    told = [{"name": one.name, "columns": list(one.columns), **one.about} for one in inputs]
    return {**described(run), "inputs": written(told)}


def document(inputs: Sequence[RowInput], preparation: Preparation) -> str:
    """How the file is used; for people of all languages, so not translated."""
    answers = {
        "value": f"prediction: {preparation.target}, in its own units.",
        "labels": "prediction: 0 or 1 for each label; classes, in the metadata, names them.",
        "class": "prediction: the number of the class, from 0; classes, in the metadata, names them.",
    }
    opening = f"Raw rows go in and are filled, scaled and encoded inside. ONNX opset {OPSET}, written by nnstudio."
    return "\n".join([opening, *(one.described for one in inputs), answers[preparation.task]])
