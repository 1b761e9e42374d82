"""Layers that keep learning steady or keep a network from learning by heart."""

import math
from collections.abc import Sequence

from nnstudio.layers.spec import LayerType, Parameter, Shape, TorchCall, Values, same_shape
from nnstudio.text import UserError, mark
from nnstudio.text import translate as _


def batch_norm_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    if len(shapes[0]) not in (1, 3):
        raise UserError(_("takes a plain list or an image; put a flatten layer before it."))
    return shapes[0]


def batch_norm_call(shapes: Sequence[Shape], values: Values) -> TorchCall:
    name = "nn.BatchNorm1d" if len(shapes[0]) == 1 else "nn.BatchNorm2d"
    return TorchCall(name, {"num_features": shapes[0][0], "momentum": float(values["momentum"])})


def layer_norm_call(shapes: Sequence[Shape], values: Values) -> TorchCall:
    return TorchCall("nn.LayerNorm", {"normalized_shape": shapes[0]})


def norm_tensors(shapes: Sequence[Shape], values: Values) -> dict[str, Shape]:
    """The deviation and the mean of each value that the layer gives."""
    return {"weight": shapes[0], "bias": shapes[0]}


def batch_norm_tensors(shapes: Sequence[Shape], values: Values) -> dict[str, Shape]:
    """For images those of each channel."""
    return {"weight": shapes[0][:1], "bias": shapes[0][:1]}


def batch_norm_buffers(shapes: Sequence[Shape], values: Values) -> dict[str, Shape]:
    return {"running_mean": shapes[0][:1], "running_var": shapes[0][:1], "num_batches_tracked": ()}


DROPOUT = LayerType(
    type="dropout",
    label=mark("Dropout"),
    category="regularization",
    role="dropout",
    help=mark(
        "While training, switches each value off with this probability, anew in every batch, and scales the rest "
        "up to make up for it. In validation and use it does nothing. It keeps units from leaning on each other."
    ),
    formula=r"y_i = \frac{m_i}{1 - p}\,x_i, \quad m_i \sim \mathrm{Bernoulli}(1 - p)",
    output_shape=same_shape,
    call=lambda shapes, values: TorchCall("nn.Dropout", {"p": float(values["rate"])}),
    parameters=(
        Parameter(
            "rate",
            mark("Dropout rate p"),
            "number",
            0.5,
            0,
            1,
            below=True,
            help=mark("The probability with which a value is switched off, p in the formula."),
        ),
    ),
    icon="mdi6.blur-off",
    symbol=r"\mathrm{drop}",
)

BATCH_NORM = LayerType(
    type="batch_norm",
    label=mark("Batch norm"),
    category="regularization",
    role="normalization",
    help=mark(
        "Shifts and scales each value to mean 0 and deviation 1 over the batch, then by two learnt numbers. In "
        "validation and use it takes the averages it has kept."
    ),
    formula=r"y = \gamma\,\frac{x - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}} + \beta",
    output_shape=batch_norm_shape,
    call=batch_norm_call,
    multiply_adds=lambda shapes, values: math.prod(shapes[0]),
    tensors=batch_norm_tensors,
    buffers=batch_norm_buffers,
    measures_batch=True,
    parameters=(
        Parameter(
            "momentum",
            mark("Momentum"),
            "number",
            0.1,
            0,
            1,
            above=True,
            help=mark("The weight of the newest batch in the averages that are kept."),
        ),
    ),
    icon="mdi6.chart-bell-curve",
    symbol=r"\mathrm{BN}",
)

LAYER_NORM = LayerType(
    type="layer_norm",
    label=mark("Layer norm"),
    category="regularization",
    role="normalization",
    help=mark(
        "Shifts and scales the values of each sample to mean 0 and deviation 1, then each by two learnt numbers."
    ),
    formula=r"y = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta",
    output_shape=same_shape,
    call=layer_norm_call,
    multiply_adds=lambda shapes, values: math.prod(shapes[0]),
    tensors=norm_tensors,
    mixes_places=True,
    icon="mdi6.chart-bell-curve",
    symbol=r"\mathrm{LN}",
)
