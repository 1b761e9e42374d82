"""The dense layer: every output is a weighted sum of every input."""

from collections.abc import Sequence

from nnstudio.layers.spec import LayerType, Parameter, Shape, TorchCall, Values, require_plain
from nnstudio.text import mark


def dense_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    require_plain(shapes)
    return (int(values["units"]),)


def dense_call(shapes: Sequence[Shape], values: Values) -> TorchCall:
    arguments: dict[str, object] = {"in_features": shapes[0][0], "out_features": int(values["units"])}
    if not values["bias"]:
        arguments["bias"] = False
    return TorchCall("nn.Linear", arguments)


def dense_tensors(shapes: Sequence[Shape], values: Values) -> dict[str, Shape]:
    """A weight for each pair of unit and input, and a bias for each unit."""
    units = int(values["units"])
    return {"weight": (units, shapes[0][0])} | ({"bias": (units,)} if values["bias"] else {})


DENSE = LayerType(
    type="dense",
    label=mark("Dense"),
    category="dense",
    role="weighted",
    help=mark("Every unit adds up all inputs, each times its own weight, plus a bias. The weights are what is learnt."),
    formula=r"y = W x + w_0",
    output_shape=dense_shape,
    call=dense_call,
    tensors=dense_tensors,
    matrices=("weight",),
    multiply_adds=lambda shapes, values: int(values["units"]) * shapes[0][0],
    parameters=(
        Parameter("units", mark("Units"), "integer", 16, 1, 1_000_000, help=mark("How many neurons the layer has.")),
        Parameter("bias", mark("Bias"), "boolean", True, help=mark("Whether each unit adds a constant of its own.")),
    ),
    icon="mdi6.dots-grid",
    derivative_formula=r"\frac{\partial y_i}{\partial x_j} = W_{ij}, \quad \frac{\partial y_i}{\partial W_{ij}} = x_j",
)
