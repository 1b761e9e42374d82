"""The ONNX form of each layer: what its one call of torch is in nodes of ONNX, opset 17. Neither torch nor onnx is
needed.

To give a new layer its form, write a function below and list it in `FORMS` under the name of its call.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.layers.spec import Shape, TorchCall

NORM_EPSILON = 1e-5
"""PyTorch's own, for batch and layer norm."""
ML_DOMAIN = "ai.onnx.ml"
"""The nodes that take words."""


@dataclass(frozen=True)
class Node:
    """One node: values by name go in and come out."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    name: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    domain: str = ""


class Nodes:
    """The nodes of one layer as they are added, and the constants that they read. `id` is what its value is called,
    and `name` what the last node is: what comes before it is named after it. `exact` is its value in double, "" where
    there is none: float32 keeps too few digits of numbers that are large and differ by little."""

    def __init__(self, id: str, name: str) -> None:
        self.id, self.name, self.exact = id, name, ""
        self.made: list[Node] = []
        self.constants: dict[str, NDArray[Any]] = {}

    def add(self, op: str, *inputs: str, place: int = 0, domain: str = "", **attributes: Any) -> str:
        """One more node; the name of its output, or of the one at a `place` where it has several."""
        number = len(self.made) + 1
        output = f"{self.id}/{number}"
        name = f"{self.name}/{op}" if all(one.op != op for one in self.made) else f"{self.name}/{op} {number}"
        self.made.append(Node(op, inputs, ("",) * place + (output,), name, attributes, domain))
        return output

    def constant(self, name: str, values: Any, type: Any = np.float32) -> str:
        """A constant of this layer; the name by which nodes read it."""
        full = f"{self.id}.{name}"
        self.constants[full] = np.asarray(values, type)
        return full

    def places(self, name: str, values: Sequence[int]) -> str:
        """A list of whole numbers, as shapes and axes are given."""
        return self.constant(name, list(values), np.int64)

    def ended(self) -> list[Node]:
        """All nodes: the last one bears the layer's own name, and its value the layer's id."""
        *others, last = self.made
        outputs = (*last.outputs[:-1], self.id)
        return [*others, replace(last, name=self.name, outputs=outputs)]


@dataclass(frozen=True)
class Given:
    """What a layer is given: the values that enter it and their shapes (without the batch), the arguments of its call,
    and its weights and buffers by the names its module has for them."""

    inputs: Sequence[str]
    shapes: Sequence[Shape]
    arguments: Mapping[str, Any]
    tensors: Mapping[str, NDArray[Any]]

    @property
    def x(self) -> str:
        return self.inputs[0]

    @property
    def shape(self) -> Shape:
        return self.shapes[0]


def layer_nodes(
    nodes: Nodes,
    call: TorchCall,
    inputs: Sequence[str],
    shapes: Sequence[Shape],
    tensors: Mapping[str, NDArray[Any]],
) -> None:
    """Add the nodes of a layer. KeyError for a call that has no form."""
    FORMS[call.name](nodes, Given(inputs, shapes, call.arguments, tensors))


def same_pair(value: Any) -> tuple[int, int]:
    """Height and width of a size as PyTorch takes it."""
    return (value, value) if isinstance(value, int) else (int(value[0]), int(value[1]))


# --- sums of weighted values ----------------------------------------------------------------------------------------


def linear(nodes: Nodes, given: Given) -> None:
    tensors = [nodes.constant(name, given.tensors[name]) for name in ("weight", "bias") if name in given.tensors]
    nodes.add("Gemm", given.x, *tensors, transB=1)


def distances(nodes: Nodes, given: Given) -> None:
    """In double, which a softmax behind them needs (see `exact_codes` in training/inference.py)."""
    apart = nodes.add("Unsqueeze", nodes.add("Cast", given.x, to="double"), nodes.places("axis", [1]))
    apart = nodes.add("Sub", apart, nodes.constant("codes", given.tensors["codes"], np.float64))
    squares = nodes.add("Mul", apart, apart)
    nodes.exact = nodes.add("Neg", nodes.add("ReduceSum", squares, nodes.places("axes", [2]), keepdims=0))
    nodes.add("Cast", nodes.exact, to="float")


def convolution(nodes: Nodes, given: Given) -> None:
    """nn.Conv2d and CustomConv2d, whose border may have a value and whose filters may leave channels out."""
    said, x = given.arguments, given.x
    kernel, dilation = same_pair(said["kernel_size"]), same_pair(said.get("dilation", 1))
    padding = said.get("padding", 0)
    if padding == "same":
        padding = tuple(step * (size - 1) // 2 for size, step in zip(kernel, dilation, strict=True))
    down, across = same_pair(padding)
    if said.get("padding_value"):
        x = padded(nodes, x, down, across, float(said["padding_value"]))
        down = across = 0
    weight = given.tensors["weight"]
    if "table" in given.tensors:
        weight = weight * given.tensors["table"]  # what is not connected is 0
    inputs, bias = [x, nodes.constant("weight", weight)], given.tensors.get("bias")
    if bias is not None and bias.ndim == 1:
        inputs.append(nodes.constant("bias", bias))
    stride = same_pair(said.get("stride", 1))
    sums = nodes.add(
        "Conv",
        *inputs,
        kernel_shape=list(kernel),
        strides=list(stride),
        dilations=list(dilation),
        pads=[down, across, down, across],
        group=int(said.get("groups", 1)),
    )
    if bias is not None and bias.ndim > 1:
        nodes.add("Add", sums, nodes.constant("bias", bias))


def convolution_along(nodes: Nodes, given: Given) -> None:
    said = given.arguments
    tensors = [nodes.constant(name, given.tensors[name]) for name in ("weight", "bias") if name in given.tensors]
    turned = nodes.add("Transpose", given.x, perm=[0, 2, 1])
    sums = nodes.add(
        "Conv",
        turned,
        *tensors,
        kernel_shape=[said["kernel_size"]],
        strides=[said.get("stride", 1)],
        pads=[said.get("padding", 0)] * 2,
    )
    nodes.add("Transpose", sums, perm=[0, 2, 1])


# --- words and sequences --------------------------------------------------------------------------------------------


def embedding(nodes: Nodes, given: Given) -> None:
    nodes.add("Gather", nodes.constant("weight", given.tensors["weight"]), given.x, axis=0)


def mean_embedding(nodes: Nodes, given: Given) -> None:
    found = nodes.add("Gather", nodes.constant("weight", given.tensors["weight"]), given.x, axis=0)
    total = nodes.add("ReduceSum", found, nodes.places("axes", [1]), keepdims=0)
    is_none = nodes.add("Equal", given.x, nodes.constant("none", 0, np.int64))
    is_word = nodes.add("Cast", nodes.add("Not", is_none), to="float")
    count = nodes.add("ReduceSum", is_word, nodes.places("axes", [1]), keepdims=1)
    nodes.add("Div", total, nodes.add("Max", count, nodes.constant("one", 1.0)))


def recurrent(op: str, order: Sequence[int], **attributes: Any) -> "Callable[[Nodes, Given], None]":
    """LSTM or GRU: `order` says which of PyTorch's gates stands at each place of ONNX's."""

    def form(nodes: Nodes, given: Given) -> None:
        units = int(given.arguments["hidden_size"])

        def ordered(name: str) -> NDArray[Any]:
            gates = np.split(given.tensors[name], len(order))
            return np.concatenate([gates[place] for place in order])

        biases = np.concatenate([ordered("bias_ih_l0"), ordered("bias_hh_l0")])
        tensors = (
            nodes.constant("weight_ih_l0", ordered("weight_ih_l0")[None]),
            nodes.constant("weight_hh_l0", ordered("weight_hh_l0")[None]),
            nodes.constant("bias", biases[None]),
        )
        by_step = nodes.add("Transpose", given.x, perm=[1, 0, 2])
        is_last = given.arguments.get("last", True)
        found = nodes.add(op, by_step, *tensors, place=1 if is_last else 0, hidden_size=units, **attributes)
        if is_last:
            nodes.add("Squeeze", found, nodes.places("axis", [0]))
        else:
            nodes.add("Transpose", nodes.add("Squeeze", found, nodes.places("axis", [1])), perm=[1, 0, 2])

    return form


# --- windows and maps -----------------------------------------------------------------------------------------------


def pooling(op: str, **attributes: Any) -> "Callable[[Nodes, Given], None]":
    def form(nodes: Nodes, given: Given) -> None:
        said = given.arguments
        down, across = same_pair(said.get("padding", 0))
        nodes.add(
            op,
            given.x,
            kernel_shape=list(same_pair(said["kernel_size"])),
            strides=list(same_pair(said["stride"])),
            pads=[down, across, down, across],
            **attributes,
        )

    return form


def adaptive_pooling(nodes: Nodes, given: Given) -> None:
    """Means over windows that may overlap and differ by one: a product with the share each value has in each window,
    across and then down."""
    sizes, asked = given.shape[1:], same_pair(given.arguments["output_size"])
    if asked == (1, 1):
        nodes.add("GlobalAveragePool", given.x)
        return
    down, across = (shares_in_windows(size, count) for size, count in zip(sizes, asked, strict=True))
    rows = nodes.add("MatMul", given.x, nodes.constant("across", across.T))
    nodes.add("MatMul", nodes.constant("down", down), rows)


def shares_in_windows(size: int, count: int) -> NDArray[np.float32]:
    """Of each of `count` windows over `size` values (count, size): 1 / its length for what is in it. Window i goes from
    ⌊i · size / count⌋ to ⌈(i + 1) · size / count⌉, as in PyTorch."""
    shares = np.zeros((count, size), np.float32)
    for place in range(count):
        start, end = place * size // count, -(-(place + 1) * size // count)
        shares[place, start:end] = 1 / (end - start)
    return shares


def global_pooling(nodes: Nodes, given: Given) -> None:
    op = "ReduceMax" if given.arguments.get("largest") else "ReduceMean"
    nodes.add(op, given.x, axes=list(given.arguments["dims"]), keepdims=0)


def border(nodes: Nodes, given: Given) -> None:
    across, _right, down, _below = given.arguments["padding"]
    padded(nodes, given.x, down, across, float(given.arguments["value"]))


def padded(nodes: Nodes, x: str, down: int, across: int, value: float) -> str:
    """Images with a border of one value around."""
    around = nodes.places("border", [0, 0, down, across, 0, 0, down, across])
    return nodes.add("Pad", x, around, nodes.constant("border_value", value), mode="constant")


def select(nodes: Nodes, given: Given) -> None:
    first, last = given.arguments["first"], given.arguments["last"]
    bounds = (nodes.places(name, [value]) for name, value in (("first", first - 1), ("last", last), ("axis", 1)))
    nodes.add("Slice", given.x, *bounds)


# --- scales ---------------------------------------------------------------------------------------------------------


def scale(nodes: Nodes, given: Given) -> None:
    shape = (-1, *[1] * (len(given.shape) - 1))
    weight, bias = (nodes.constant(name, given.tensors[name].reshape(shape)) for name in ("weight", "bias"))
    nodes.add("Add", nodes.add("Mul", given.x, weight), bias)


def batch_norm(nodes: Nodes, given: Given) -> None:
    names = "weight", "bias", "running_mean", "running_var"
    tensors = (nodes.constant(name, given.tensors[name]) for name in names)
    nodes.add("BatchNormalization", given.x, *tensors, epsilon=NORM_EPSILON)


def layer_norm(nodes: Nodes, given: Given) -> None:
    tensors = (nodes.constant(name, given.tensors[name]) for name in ("weight", "bias"))
    nodes.add("LayerNormalization", given.x, *tensors, axis=-len(given.shape), epsilon=NORM_EPSILON)


def local_response_norm(nodes: Nodes, given: Given) -> None:
    """A convolution adds up the squares. The node LRN has no even number of neighbours, of which PyTorch sees one more
    before; and onnxruntime's adds and takes away as it goes along, which leaves what large neighbours round."""
    size, alpha, beta, k = (given.arguments[name] for name in ("size", "alpha", "beta", "k"))
    places = np.arange(given.shape[0])
    apart = places[None, :] - places[:, None]
    is_near = (apart >= -(size // 2)) & (apart <= (size - 1) // 2)
    squares = nodes.add("Mul", given.x, given.x)
    total = nodes.add("Conv", squares, nodes.constant("neighbours", is_near[:, :, None, None]), kernel_shape=[1, 1])
    grown = nodes.add("Add", nodes.add("Mul", total, nodes.constant("share", alpha / size)), nodes.constant("k", k))
    nodes.add("Div", given.x, nodes.add("Pow", grown, nodes.constant("beta", beta)))


# --- functions of each value ----------------------------------------------------------------------------------------


def plain(op: str, *names: str, **attributes: Any) -> "Callable[[Nodes, Given], None]":
    """One node, with these arguments of the call under their own names."""

    def form(nodes: Nodes, given: Given) -> None:
        nodes.add(op, *given.inputs, **{name: given.arguments[name] for name in names}, **attributes)

    return form


def leaky_relu(nodes: Nodes, given: Given) -> None:
    nodes.add("LeakyRelu", given.x, alpha=given.arguments["negative_slope"])


def scaled_tanh(nodes: Nodes, given: Given) -> None:
    """In double: onnxruntime's tanh of float32 is less exact than PyTorch's, and six of them in a row, as in LeNet-5,
    add up."""
    amplitude, slope = (nodes.constant(name, given.arguments[name], np.float64) for name in ("amplitude", "slope"))
    bent = nodes.add("Tanh", nodes.add("Mul", nodes.add("Cast", given.x, to="double"), slope))
    nodes.add("Cast", nodes.add("Mul", bent, amplitude), to="float")


def gelu(nodes: Nodes, given: Given) -> None:
    """x Φ(x), by the error function: a node Gelu came with opset 20."""
    bent = nodes.add("Erf", nodes.add("Mul", given.x, nodes.constant("root", math.sqrt(0.5))))
    share = nodes.add("Mul", nodes.add("Add", bent, nodes.constant("one", 1.0)), nodes.constant("half", 0.5))
    nodes.add("Mul", given.x, share)


def silu(nodes: Nodes, given: Given) -> None:
    nodes.add("Mul", given.x, nodes.add("Sigmoid", given.x))


def dropout(nodes: Nodes, given: Given) -> None:
    """Nothing but in training, which a node of ONNX has to be told."""
    nodes.add("Dropout", given.x, nodes.constant("rate", given.arguments["p"]))


def unflatten(nodes: Nodes, given: Given) -> None:
    nodes.add("Reshape", given.x, nodes.places("shape", [0, *given.arguments["unflattened_size"]]))


FORMS: Mapping[str, Callable[[Nodes, Given], None]] = {
    "nn.Linear": linear,
    "CodeDistances": distances,
    "nn.Flatten": plain("Flatten", axis=1),
    "nn.Unflatten": unflatten,
    "torch.cat": plain("Concat", axis=1),
    "sum": plain("Sum"),
    "Select": select,
    "nn.Conv2d": convolution,
    "CustomConv2d": convolution,
    "nn.MaxPool2d": pooling("MaxPool"),
    "nn.AvgPool2d": pooling("AveragePool", count_include_pad=1),
    "nn.AdaptiveAvgPool2d": adaptive_pooling,
    "GlobalPool": global_pooling,
    "nn.ConstantPad2d": border,
    "Scale": scale,
    "nn.LocalResponseNorm": local_response_norm,
    "nn.Embedding": embedding,
    "MeanEmbedding": mean_embedding,
    "SequenceConv1d": convolution_along,
    "SequenceLSTM": recurrent("LSTM", (0, 3, 1, 2)),
    "SequenceGRU": recurrent("GRU", (1, 0, 2), linear_before_reset=1),
    "nn.Sigmoid": plain("Sigmoid"),
    "nn.Tanh": plain("Tanh"),
    "ScaledTanh": scaled_tanh,
    "nn.ReLU": plain("Relu"),
    "nn.LeakyReLU": leaky_relu,
    "nn.ELU": plain("Elu", "alpha"),
    "nn.GELU": gelu,
    "nn.SiLU": silu,
    "nn.Softplus": plain("Softplus"),
    "nn.Softmax": plain("Softmax", axis=1),
    "nn.Dropout": dropout,
    "nn.BatchNorm1d": batch_norm,
    "nn.BatchNorm2d": batch_norm,
    "nn.LayerNorm": layer_norm,
}
"""By the name of the call of torch, as in `TorchCall`."""
