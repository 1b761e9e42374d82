"""The words in which a layer is declared. Start here to add a layer: write one `LayerType` and list it in catalogue.py;
where it makes a call of torch that no other makes, give that its form in export/onnx_nodes.py.

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
"""Sizes of one sample, without the batch, which say what its axes are: (64,) is a plain list of values, (20, 16) a
sequence of 20 steps with 16 values each, (1, 28, 28) an image of channels × height × width. `Tokens` are no values."""


class Tokens(tuple[int, ...]):
    """The shape of a sequence of so many whole numbers, each of which stands for a word: 0 for none, and the rest below
    `vocabulary`."""

    vocabulary: int

    def __new__(cls, length: int, vocabulary: int) -> "Tokens":
        tokens = super().__new__(cls, (length,))
        tokens.vocabulary = vocabulary
        return tokens


class Sparse(tuple[int, ...]):
    """The shape of a plain list of values most of which are 0. Samples are kept as the places of the others and what
    stands there, and networks begin with spreading them out; layers see a plain list."""


Value = bool | int | float | str
Values = Mapping[str, Value]

SIZES = re.compile(r"(\d{1,9})(?:\s*[x×]\s*(\d{1,9}))?")
PICTURE = re.compile(r"(?:(\d{1,3})\s*[x×]\s*(\d{1,4})\s*[x×]\s*(\d{1,4}))?")
LONGEST_TABLE = 2**16
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Parameter:
    """One setting: its kind, range and words. Also used for the settings of data and training.

    `above` and `below` exclude the minimum and the maximum themselves. A "size" is one whole number for height and
    width, or the text "HEIGHTxWIDTH", or one of the `choices`. A "table" says for each filter which channels it sees:
    "0 1 2/1 2 3" for two filters that see three channels each, "" where there is no table. A "picture" is the text
    "CHANNELSxHEIGHTxWIDTH", or "". A "text" has at most `maximum` characters; a "sign" is one character, or one of the
    `choices`, as an "integer" may be too.
    """

    name: str
    label: str
    kind: Literal["integer", "number", "choice", "boolean", "size", "table", "picture", "text", "sign"]
    default: Value
    minimum: float = -math.inf
    maximum: float = math.inf
    above: bool = False
    below: bool = False
    choices: tuple[str, ...] = ()
    help: str = ""
    is_rare: bool = False
    """Whether few need it, so that a form folds it away."""

    def check(self, value: object) -> Value:
        """The value when it is one this setting can take; UserError in words otherwise."""
        if self.kind == "boolean" and isinstance(value, bool):
            return value
        if isinstance(value, str) and value in self.choices:
            return value
        if self.kind == "text" and isinstance(value, str) and len(value) <= self.maximum and value.isprintable():
            return value
        if self.kind == "sign" and isinstance(value, str) and len(value) == 1 and value.isprintable():
            return value
        if self.kind == "size" and (size := self._size(value)) is not None:
            return size
        if self.kind == "picture" and isinstance(value, str) and (picture := written_picture(value)) is not None:
            return picture
        if self.kind == "table" and isinstance(value, str) and (table := written_table(value)) is not None:
            return table
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
        if self.kind in ("choice", "size", "table", "picture", "text", "sign") or text in self.choices:
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
        if self.kind == "text":
            return _("a text of at most {count} characters, in one line").format(count=Count(int(self.maximum)))
        if self.kind == "sign":
            return _("one sign, or one of {choices}").format(choices=", ".join(self.choices))
        if self.kind == "picture":
            return _("channels, height and width as in 1x28x28, or nothing")
        if self.kind == "table":
            return _("a row of channel numbers for each filter, as in 0 1 2/1 2 3")
        kind = _("a number") if self.kind == "number" else _("a whole number")
        bounds = []
        if math.isfinite(self.minimum):
            text = _("above {minimum}") if self.above else _("from {minimum}")
            bounds.append(text.format(minimum=shown_number(self.minimum)))
        if math.isfinite(self.maximum):
            text = _("to below {maximum}") if self.below else _("to {maximum}")
            if self.above and math.isfinite(self.minimum):
                text = _("and below {maximum}") if self.below else _("and at most {maximum}")
            bounds.append(text.format(maximum=shown_number(self.maximum)))
        words = " ".join([kind, *bounds])
        if self.kind == "size":
            words += _(", or two of them for height and width, as in 3x5")
        if self.choices:
            words += _(", or {choices}").format(choices=", ".join(self.choices))
        return words

    def _size(self, value: object) -> Value | None:
        """A size as it is kept: one number where height and width are the same; None for what is none."""
        if isinstance(value, bool) or not isinstance(value, int | str):
            return None
        found = SIZES.fullmatch(str(value)[:40].strip())
        if found is None:
            return None
        height, width = int(found[1]), int(found[2] or found[1])
        if not self._in_range(height) or not self._in_range(width):
            return None
        return height if height == width else f"{height}x{width}"

    def _in_range(self, value: float) -> bool:
        low = value > self.minimum if self.above else value >= self.minimum
        return low and (value < self.maximum if self.below else value <= self.maximum)


def pair(value: Value) -> tuple[int, int]:
    """Height and width of a size."""
    height, _x, width = str(value).partition("x")
    return int(height), int(width or height)


def written_picture(text: str) -> str | None:
    """A picture's size as it is kept; None for a text that is none."""
    found = PICTURE.fullmatch(text.strip()[:40])
    if found is None or (found[1] and min(int(one) for one in found.groups()) < 1):
        return None
    return "x".join(str(int(one)) for one in found.groups()) if found[1] else ""


def picture_shape(text: Value) -> Shape:
    """Channels, height and width of a picture's size; () for none."""
    return tuple(int(one) for one in str(text).split("x")) if text else ()


def written_table(text: str) -> str | None:
    """A table of connections as it is kept, each row sorted; None for a text that is none."""
    rows = [row.replace("+", " ").split() for row in text.split("/")] if text.strip() else []
    numbers = [one for row in rows for one in row]
    if len(text) > LONGEST_TABLE or not all(rows) or not all(re.fullmatch("[0-9]{1,6}", one) for one in numbers):
        return None
    return "/".join(" ".join(str(one) for one in sorted({int(one) for one in row})) for row in rows)


def table_text(rows: Sequence[Sequence[int]], channels: int) -> str:
    """A table as it is kept; "" where every filter sees all channels."""
    if all(len(row) == channels for row in rows):
        return ""
    return "/".join(" ".join(str(one) for one in row) for row in rows)


def table_rows(table: Value) -> list[tuple[int, ...]]:
    """The channels that each filter sees; none where there is no table."""
    return [tuple(int(one) for one in row.split()) for row in str(table).split("/")] if table else []


@dataclass(frozen=True)
class TorchCall:
    """The one call of torch that a layer stands for. A name without "nn." or "torch." is one of nnstudio's own modules
    (modules.py), whose lines are printed with it.

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
    "recurrent",
    "embedding",
    "activation",
    "pooling",
    "distance",
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
    weighs all inputs, "convolution", where it weighs a window of them, or "recurrent", where it weighs those of each
    step and its own last values. `fixed` counts the places of `tensors` that are 0 and stay so, which are not learnt.
    `multiply_adds` counts the products of a weight and a value for one sample, and `links` the lines one would have to
    draw: a value times a weight, or a bias, each as often as it is used. A layer that `reads_tokens` takes `Tokens`,
    and no other does. `aliases` are what other programs call it, for the search. Before the output the loss
    `contained_in` is computed from what enters the layer, which is exact where the layer's own values would round. One
    that `measures_batch` learns from 2 samples at least; one that `mixes_places` makes each value of an image from all
    of its places, though it does not change its size. Classes that are compared with what a layer of bounded values
    gives are coded from its `lowest`, 0 or −1, to 1. `formula` and `derivative_formula` are LaTeX, and `symbol` is
    the name of the layer as a function in the formula of a whole network.
    """

    type: str
    label: str
    category: Literal["structure", "dense", "image", "sequence", "activation", "regularization"]
    role: Role
    help: str
    formula: str
    output_shape: Callable[[Sequence[Shape], Values], Shape]
    call: Callable[[Sequence[Shape], Values], TorchCall] | None
    parameters: tuple[Parameter, ...] = ()
    tensors: Callable[[Sequence[Shape], Values], dict[str, Shape]] = lambda shapes, values: {}
    buffers: Callable[[Sequence[Shape], Values], dict[str, Shape]] = lambda shapes, values: {}
    fixed: Callable[[Sequence[Shape], Values], int] = lambda shapes, values: 0
    multiply_adds: Callable[[Sequence[Shape], Values], int] = lambda shapes, values: 0
    links: Callable[[Sequence[Shape], Values], int] | None = None
    matrices: tuple[str, ...] = ()
    contained_in: str = ""
    measures_batch: bool = False
    mixes_places: bool = False
    lowest: float | None = None
    reads_tokens: bool = False
    aliases: tuple[str, ...] = ()
    inputs: tuple[int, int | None] = (1, 1)
    icon: str = "square"
    derivative_formula: str = ""
    curve: Callable[[Values], Curve] | None = None
    symbol: str = ""

    def shape(self, shapes: Sequence[Shape], values: Values) -> Shape:
        """The shape of what the layer gives; UserError, in words that follow its name, for shapes it cannot take."""
        has_tokens = any(isinstance(shape, Tokens) for shape in shapes)
        if has_tokens and not self.reads_tokens and self.role not in ("input", "output"):
            raise UserError(_("gets the numbers of words, which are no values; put an embedding before it."))
        if self.reads_tokens and not has_tokens:
            raise UserError(
                _("needs the words of a text, and {shape} values come in.").format(shape=shown_shape(shapes[0]))
            )
        return self.output_shape(shapes, values)

    def weights(self, shapes: Sequence[Shape], values: Values) -> int:
        """How many numbers are learnt."""
        stored = sum(math.prod(shape) for shape in self.tensors(shapes, values).values())
        return stored - self.fixed(shapes, values)

    def connections(self, shapes: Sequence[Shape], values: Values) -> int:
        """How many lines from a value or a bias to a value there are; a weight that is shared counts each time."""
        if self.links is not None:
            return self.links(shapes, values)
        if not self.matrices:
            return 0
        biases = len(self.tensors(shapes, values)) > len(self.matrices)
        return self.multiply_adds(shapes, values) + biases * math.prod(self.output_shape(shapes, values))

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


def drawn_shape(shape: Shape) -> str:
    """A shape as papers write it beside a layer: 6 @ 14×14 for six maps, and how many words of a text."""
    if isinstance(shape, Tokens):
        return _("{count} words").format(count=shape[0])
    if len(shape) == 3:
        return f"{shape[0]} @ {shape[1]}×{shape[2]}"
    return shown_shape(shape)


def shown_number(value: float) -> str:
    return f"{Count(value)}" if float(value).is_integer() else f"{value:g}"


def shown_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"“{text[:40]}”" if isinstance(value, str) else text[:40]
