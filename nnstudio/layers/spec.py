"""The words in which a layer is declared. Start here to add a layer: write one `LayerType` and list it in catalogue.py.

The palette, the inspector's form, the check of a file and the command line's `--layers` come from the parameters;
the module that trains and the line of exported code both come from the one `TorchCall`, so they cannot drift.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from nnstudio.text import Count, UserError
from nnstudio.text import translate as _

Shape = tuple[int, ...]
"""Sizes of one sample, without the batch: (64,) for 64 values, (1, 28, 28) for a grey image."""

Value = bool | int | float | str
Values = Mapping[str, Value]

DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Parameter:
    """One setting: its kind, range and words. Also used for the settings of data and training.

    `above` and `below` exclude the minimum and the maximum themselves.
    """

    name: str
    label: str
    kind: Literal["integer", "number", "choice", "boolean"]
    default: Value
    minimum: float = -math.inf
    maximum: float = math.inf
    above: bool = False
    below: bool = False
    choices: tuple[str, ...] = ()
    help: str = ""

    def check(self, value: object) -> Value:
        """The value when it is one this setting can take; UserError in words otherwise."""
        if self.kind == "boolean" and isinstance(value, bool):
            return value
        if self.kind == "choice" and value in self.choices:
            return str(value)
        if self.kind == "integer" and isinstance(value, int) and not isinstance(value, bool) and self._in_range(value):
            return value
        if self.kind == "number" and isinstance(value, int | float) and not isinstance(value, bool):
            number = float(value) if abs(value) < 1e300 else math.inf
            if math.isfinite(number) and self._in_range(number):
                return number
        raise UserError(
            _("{name} must be {allowed}; found {found}.").format(
                name=_(self.label), allowed=self.allowed(), found=shown_value(value)
            )
        )

    def parse(self, text: str) -> Value:
        """The value that a text stands for, as typed on the command line or into a field."""
        text = text.strip()
        if self.kind == "boolean" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if self.kind == "choice":
            return self.check(text)
        for read in (int, float):
            try:
                return self.check(read(text))
            except ValueError:
                continue
        if self.kind in ("number", "integer") and DECIMAL_COMMA.fullmatch(text):
            raise UserError(
                _("{name}: decimals are written with a point; write {number} and not {text}.").format(
                    name=_(self.label), number=text.replace(",", "."), text=text[:40]
                )
            )
        return self.check(text)

    def allowed(self) -> str:
        """The values this setting takes, in words."""
        if self.kind == "boolean":
            return _("true or false")
        if self.kind == "choice":
            return _("one of {choices}").format(choices=", ".join(self.choices))
        kind = _("a whole number") if self.kind == "integer" else _("a number")
        bounds = []
        if math.isfinite(self.minimum):
            text = _("above {minimum}") if self.above else _("from {minimum}")
            bounds.append(text.format(minimum=shown_number(self.minimum)))
        if math.isfinite(self.maximum):
            text = _("to below {maximum}") if self.below else _("to {maximum}")
            if self.above and math.isfinite(self.minimum):
                text = _("and below {maximum}") if self.below else _("and at most {maximum}")
            bounds.append(text.format(maximum=shown_number(self.maximum)))
        return " ".join([kind, *bounds])

    def _in_range(self, value: float) -> bool:
        low = value > self.minimum if self.above else value >= self.minimum
        return low and (value < self.maximum if self.below else value <= self.maximum)


@dataclass(frozen=True)
class TorchCall:
    """The one call of torch that a layer stands for.

    form "module":   `self.dense_1 = nn.Linear(in_features=64, out_features=10)`, then `self.dense_1(x)`
    form "function": `torch.cat([x, y], dim=1)`
    form "sum":      `x + y`
    """

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    form: Literal["module", "function", "sum"] = "module"

    def code(self, inputs: Sequence[str] = ()) -> str:
        """The line of Python that makes the module, or that joins the named inputs."""
        if self.form == "sum":
            return " + ".join(inputs)
        words = [f"{name}={value!r}" for name, value in self.arguments.items()]
        if self.form == "function":
            words.insert(0, f"[{', '.join(inputs)}]")
        return f"{self.name}({', '.join(words)})"


@dataclass(frozen=True)
class Curve:
    """A function and its derivative, for plots: both take and return arrays of the same shape.

    The derivative of a function of a whole vector (softmax) takes n values and returns the n × n Jacobian.
    """

    function: Callable[[Any], Any]
    derivative: Callable[[Any], Any]


Role = Literal[
    "input",
    "output",
    "weighted",
    "convolution",
    "activation",
    "pooling",
    "dropout",
    "normalization",
    "join",
    "reshape",
]
"""What a layer does in a network, whatever its type: what the rest of the program asks instead of the type's name."""


@dataclass(frozen=True)
class LayerType:
    """One kind of layer.

    `output_shape` and `call` take the shapes of the inputs and the parameters; `output_shape` raises UserError, in
    words that follow the layer's name, for shapes it cannot take. `tensors` are what is learnt and `buffers` what is
    kept beside it, by the names that the module has for them; `matrices` are the names of those tensors that weight the
    inputs, which initialisation and decay act on: a layer has some just when its role is "weighted", where each unit
    weighs all inputs, or "convolution", where it weighs a window of them. `multiply_adds` counts the products of a
    weight and a value for one sample. Before the output the loss `contained_in` is computed from what enters the layer,
    which is exact where the layer's own values would round. One that `measures_batch` learns from 2 samples at least.
    `formula` and `derivative_formula` are LaTeX, and `symbol` is the name of the layer as a function in the formula of
    a whole network.
    """

    type: str
    label: str
    category: Literal["structure", "dense", "image", "activation", "regularization"]
    role: Role
    help: str
    formula: str
    output_shape: Callable[[Sequence[Shape], Values], Shape]
    call: Callable[[Sequence[Shape], Values], TorchCall] | None
    parameters: tuple[Parameter, ...] = ()
    tensors: Callable[[Sequence[Shape], Values], dict[str, Shape]] = lambda shapes, values: {}
    buffers: Callable[[Sequence[Shape], Values], dict[str, Shape]] = lambda shapes, values: {}
    multiply_adds: Callable[[Sequence[Shape], Values], int] = lambda shapes, values: 0
    matrices: tuple[str, ...] = ()
    contained_in: str = ""
    measures_batch: bool = False
    inputs: tuple[int, int | None] = (1, 1)
    icon: str = "square"
    derivative_formula: str = ""
    curve: Callable[[Values], Curve] | None = None
    symbol: str = ""

    def weights(self, shapes: Sequence[Shape], values: Values) -> int:
        """How many numbers are learnt."""
        return sum(math.prod(shape) for shape in self.tensors(shapes, values).values())

    def defaults(self) -> dict[str, Value]:
        return {parameter.name: parameter.default for parameter in self.parameters}

    def parameter(self, name: str) -> Parameter:
        """The parameter of this name; UserError that lists the known ones otherwise."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        known = ", ".join(parameter.name for parameter in self.parameters) or _("none")
        raise UserError(
            _("{layer} has no setting “{name}”; it has: {known}.").format(
                layer=_(self.label), name=name[:40], known=known
            )
        )


def same_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    """The shape rule of every layer that changes values one by one."""
    return shapes[0]


def require_plain(shapes: Sequence[Shape]) -> int:
    """The number of values of an input that must be a plain list; UserError otherwise."""
    if len(shapes[0]) != 1:
        raise UserError(
            _("gets {shape} values a sample and needs a plain list; put a flatten layer before it.").format(
                shape=shown_shape(shapes[0])
            )
        )
    return shapes[0][0]


def shown_shape(shape: Shape) -> str:
    return " × ".join(str(size) for size in shape)


def shown_number(value: float) -> str:
    return f"{Count(value)}" if float(value).is_integer() else f"{value:g}"


def shown_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"“{text[:40]}”" if isinstance(value, str) else text[:40]
