"""Activation functions: each with its formula, its derivative and both as NumPy functions for the plots."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnstudio.layers.spec import (
    Curve,
    LayerType,
    Parameter,
    Shape,
    TorchCall,
    Values,
    require_plain,
    same_shape,
)
from nnstudio.text import mark

LINEAR_SOFTPLUS = 20.0
"""Beyond this PyTorch's softplus gives back what it is given."""

_erf = np.vectorize(math.erf, otypes=[float])


def activation(
    type: str,
    label: str,
    torch_name: str,
    help: str,
    formula: str,
    derivative_formula: str,
    curve: Callable[[Values], Curve],
    parameters: tuple[Parameter, ...] = (),
    arguments: Callable[[Values], dict[str, Any]] = lambda values: {},
    symbol: str = "",
    contained_in: str = "",
    lowest: float | None = None,
) -> LayerType:
    """A layer that applies one function to every value by itself."""
    return LayerType(
        type=type,
        label=label,
        category="activation",
        role="activation",
        help=help,
        formula=formula,
        output_shape=same_shape,
        call=lambda shapes, values: TorchCall(torch_name, arguments(values)),
        parameters=parameters,
        icon="mdi6.chart-bell-curve-cumulative",
        derivative_formula=derivative_formula,
        curve=curve,
        contained_in=contained_in,
        lowest=lowest,
        symbol=symbol or rf"\mathrm{{{label}}}",
    )


# --- the functions and their derivatives ----------------------------------------------------------------------------


def sigmoid(x: Any) -> Any:
    """1 / (1 + e^-x), written so that no exponential overflows."""
    decay = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1, decay) / (1 + decay)


def sigmoid_derivative(x: Any) -> Any:
    return sigmoid(x) * (1 - sigmoid(x))


def tanh_derivative(x: Any) -> Any:
    return 1 - np.tanh(x) ** 2


def relu_derivative(x: Any) -> Any:
    """0 at 0, as PyTorch takes it."""
    return np.where(np.asarray(x) > 0, 1.0, 0.0)


def elu_curve(values: Values) -> Curve:
    alpha = float(values["alpha"])
    return Curve(
        lambda x: np.where(np.asarray(x) > 0, x, alpha * np.expm1(np.minimum(x, 0))),
        lambda x: np.where(np.asarray(x) > 0, 1.0, alpha * np.exp(np.minimum(x, 0))),
    )


def leaky_relu_curve(values: Values) -> Curve:
    slope = float(values["negative_slope"])
    return Curve(
        lambda x: np.where(np.asarray(x) > 0, x, slope * np.asarray(x)),
        lambda x: np.where(np.asarray(x) > 0, 1.0, slope),
    )


def gelu(x: Any) -> Any:
    return np.asarray(x) * normal_share(x)


def gelu_derivative(x: Any) -> Any:
    density = np.exp(-0.5 * np.asarray(x) ** 2) / math.sqrt(2 * math.pi)
    return normal_share(x) + np.asarray(x) * density


def normal_share(x: Any) -> Any:
    """Φ(x), the share of the standard normal distribution below x."""
    return 0.5 * (1 + _erf(np.asarray(x) / math.sqrt(2)))


def silu_derivative(x: Any) -> Any:
    share = sigmoid(x)
    return share * (1 + np.asarray(x) * (1 - share))


def softplus(x: Any) -> Any:
    """ln(1 + e^x); beyond 20 it is x itself, as in PyTorch."""
    return np.where(np.asarray(x) > LINEAR_SOFTPLUS, x, np.logaddexp(0.0, x))


def softplus_derivative(x: Any) -> Any:
    return np.where(np.asarray(x) > LINEAR_SOFTPLUS, 1.0, sigmoid(x))


def softmax(x: Any) -> Any:
    """Over the last axis, shifted by the maximum so that no exponential overflows."""
    powers = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def softmax_derivative(x: Any) -> Any:
    """The Jacobian of one vector: n values in, n × n out."""
    shares = softmax(np.asarray(x, dtype=float))
    return np.diag(shares) - np.outer(shares, shares)


def softmax_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    return (require_plain(shapes),)


# --- the declarations -----------------------------------------------------------------------------------------------

SIGMOID = activation(
    "sigmoid",
    mark("Sigmoid"),
    "nn.Sigmoid",
    mark("Squeezes any number into 0 to 1. Far from 0 it is flat: its derivative is at most ¼ and soon nearly 0."),
    r"\sigma(x) = \frac{1}{1 + e^{-x}}",
    r"\sigma'(x) = \sigma(x)\,(1 - \sigma(x))",
    lambda values: Curve(sigmoid, sigmoid_derivative),
    symbol=r"\sigma",
    contained_in="binary_cross_entropy",
    lowest=0.0,
)

TANH = activation(
    "tanh",
    mark("Tanh"),
    "nn.Tanh",
    mark("Squeezes any number into −1 to 1, around 0. Its derivative is 1 at 0 and fades to both sides."),
    r"\tanh(x) = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}",
    r"\tanh'(x) = 1 - \tanh^2(x)",
    lambda values: Curve(np.tanh, tanh_derivative),
    symbol=r"\tanh",
    lowest=-1.0,
)


def scaled_tanh_curve(values: Values) -> Curve:
    amplitude, slope = float(values["amplitude"]), float(values["slope"])
    return Curve(
        lambda x: amplitude * np.tanh(slope * np.asarray(x)),
        lambda x: amplitude * slope * tanh_derivative(slope * np.asarray(x)),
    )


SCALED_TANH = activation(
    "scaled_tanh",
    mark("Scaled tanh"),
    "ScaledTanh",
    mark(
        "A tanh made larger and flatter: with 1.7159 and 2/3 it takes ±1 to ±1, and values that spread by 1 keep doing "
        "so from layer to layer (LeCun)."
    ),
    r"f(x) = A \tanh(S\,x)",
    r"f'(x) = A\,S\,(1 - \tanh^2(S\,x))",
    scaled_tanh_curve,
    parameters=(
        Parameter(
            "amplitude", mark("Amplitude A"), "number", 1.7159, 0, 100, above=True, help=mark("How far it goes.")
        ),
        Parameter(
            "slope", mark("Slope S"), "number", 0.6666667, 0, 100, above=True, help=mark("How steeply it begins.")
        ),
    ),
    arguments=lambda values: {name: float(values[name]) for name in ("amplitude", "slope")},
    symbol=r"\mathrm{tanh}_s",
    lowest=-1.0,
)

RELU = activation(
    "relu",
    mark("ReLU"),
    "nn.ReLU",
    mark("Passes positive numbers on and turns negative ones into 0. Cheap, and its derivative does not fade."),
    r"\mathrm{relu}(x) = \max(0, x)",
    r"\mathrm{relu}'(x) = 1 \;\mathrm{if}\; x > 0, \;\mathrm{else}\; 0",
    lambda values: Curve(lambda x: np.maximum(x, 0.0), relu_derivative),
)

LEAKY_RELU = activation(
    "leaky_relu",
    mark("Leaky ReLU"),
    "nn.LeakyReLU",
    mark("Like ReLU, but lets a small share of negative numbers through, so that no unit dies."),
    r"f(x) = \max(0, x) + a \min(0, x)",
    r"f'(x) = 1 \;\mathrm{if}\; x > 0, \;\mathrm{else}\; a",
    leaky_relu_curve,
    (
        Parameter(
            "negative_slope",
            mark("Slope below 0"),
            "number",
            0.01,
            0,
            1,
            help=mark("The share of a negative number that passes, a in the formula."),
        ),
    ),
    lambda values: {"negative_slope": float(values["negative_slope"])},
)

ELU = activation(
    "elu",
    mark("ELU"),
    "nn.ELU",
    mark("Like ReLU for positive numbers; negative ones bend smoothly towards −α."),
    r"f(x) = x \;\mathrm{if}\; x > 0, \;\mathrm{else}\; \alpha\,(e^{x} - 1)",
    r"f'(x) = 1 \;\mathrm{if}\; x > 0, \;\mathrm{else}\; \alpha\,e^{x}",
    elu_curve,
    (
        Parameter(
            "alpha",
            mark("Alpha"),
            "number",
            1.0,
            0,
            10,
            above=True,
            help=mark("Where negative numbers level off, α in the formula."),
        ),
    ),
    lambda values: {"alpha": float(values["alpha"])},
)

GELU = activation(
    "gelu",
    mark("GELU"),
    "nn.GELU",
    mark("Weighs each number by the normal distribution's share below it: a smooth ReLU."),
    r"f(x) = x\,\Phi(x)",
    r"f'(x) = \Phi(x) + x\,\varphi(x)",
    lambda values: Curve(gelu, gelu_derivative),
)

SILU = activation(
    "silu",
    mark("SiLU"),
    "nn.SiLU",
    mark("Weighs each number by its own sigmoid: a smooth ReLU, also called swish."),
    r"f(x) = x\,\sigma(x)",
    r"f'(x) = \sigma(x)\,(1 + x\,(1 - \sigma(x)))",
    lambda values: Curve(lambda x: np.asarray(x) * sigmoid(x), silu_derivative),
)

SOFTPLUS = activation(
    "softplus",
    mark("Softplus"),
    "nn.Softplus",
    mark("A smooth ReLU that is never 0; its derivative is the sigmoid."),
    r"f(x) = \ln(1 + e^{x})",
    r"f'(x) = \sigma(x)",
    lambda values: Curve(softplus, softplus_derivative),
)

SOFTMAX = LayerType(
    type="softmax",
    label=mark("Softmax"),
    category="activation",
    role="activation",
    help=mark(
        "Turns a list of numbers into probabilities that add up to 1. Before the output it trains together with "
        "cross-entropy, computed from the numbers it receives."
    ),
    formula=r"p_i = \frac{e^{x_i}}{\sum_j e^{x_j}}",
    output_shape=softmax_shape,
    call=lambda shapes, values: TorchCall("nn.Softmax", {"dim": 1}),
    icon="mdi6.chart-bar",
    derivative_formula=r"\frac{\partial p_i}{\partial x_j} = p_i\,(\delta_{ij} - p_j)",
    curve=lambda values: Curve(softmax, softmax_derivative),
    symbol=r"\mathrm{softmax}",
    contained_in="cross_entropy",
    lowest=0.0,
)
