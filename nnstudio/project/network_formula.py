"""The drawn network as a formula, as in a textbook: ŷ = g⁽²⁾(W⁽²⁾ g⁽¹⁾(W⁽¹⁾ x + w₀⁽¹⁾) + w₀⁽²⁾), in parts that can be
pointed at. What feeds several layers, and what would nest too deep, becomes a line of its own: h⁽¹⁾ = …
"""

from collections import Counter
from dataclasses import dataclass, field

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Shape, shown_shape
from nnstudio.project.model import Layer, Network
from nnstudio.project.names import shown_name
from nnstudio.project.shapes import Inference, computation_order, incoming, needed_for
from nnstudio.text import translate as _

LONGEST = 36
"""An expression of more parts is given a name where it leaves an activation, elsewhere one of twice as many."""
MOST_LINES = 12
LETTERS = "gfqrs"
NOTHING = "?"
"""Where nothing is linked."""


@dataclass(frozen=True)
class Part:
    """A piece of LaTeX; `layer` is the id of the layer it stands for, "" for none, `words` what it is and its size."""

    latex: str
    layer: str = ""
    words: str = ""


Line = list[Part]


@dataclass
class Expression:
    """What a layer gives, written out; `is_sum` when it needs brackets beside a product."""

    parts: Line
    is_sum: bool = False
    level: int = 0
    """The number of the last matrix on the way here."""

    def in_brackets(self) -> Line:
        return [Part("("), *self.parts, Part(")")] if self.is_sum else self.parts


@dataclass
class Writer:
    """Writes one layer after another; keeps what was named and which function each g stands for."""

    network: Network
    inference: Inference
    lines: list[Line] = field(default_factory=list)
    written: dict[str, Expression] = field(default_factory=dict)
    functions: dict[str, list[Part]] = field(default_factory=dict)
    """The parts g⁽ᵏ⁾ that stand for a function, by its LaTeX."""
    used: Counter[int] = field(default_factory=Counter)
    """How many functions each level has; a second one bears another letter, since a prime means a derivative."""
    matrices: int = 0
    names: int = 0

    def write(self, layer: Layer, sources: list[str]) -> Expression:
        """What a layer gives, from what its sources give."""
        given = [self.written[source] for source in sources if source in self.written]
        if layer.role == "input":
            return Expression([self.part("x", layer, _("the input"), self.shape(layer))])
        first = given[0] if given else Expression([Part(NOTHING, layer.id, _("Nothing is linked here yet."))])
        if layer.role == "weighted":
            return self.dense(layer, first, sources)
        if layer.type == "add":
            return self.joined(given or [first], Part("+", layer.id))
        if layer.type == "concat":
            inside = self.joined(given or [first], Part(";", layer.id))
            words = self.words(layer, _("set side by side"), self.shape(layer))
            return Expression(
                [Part("[", layer.id, words), *inside.parts, Part("]", layer.id, words)], level=inside.level
            )
        if layer.role == "output":
            return first
        function = self.function(layer, first.level)
        return Expression([function, Part("("), *first.parts, Part(")")], level=first.level)

    def dense(self, layer: Layer, given: Expression, sources: list[str]) -> Expression:
        """W⁽ᵏ⁾ times what is given, and w₀⁽ᵏ⁾ where it has biases."""
        self.matrices += 1
        columns = self.inference.shapes.get(sources[0]) if sources else None
        units = self.shape(layer)
        size = f"{units} × {shown_shape(columns)}" if columns else ""
        matrix = self.part(f"W^{{({self.matrices})}}", layer, _("weights"), size)
        if not layer.parameters["bias"]:
            return Expression([matrix, *given.in_brackets()], level=self.matrices)
        bias = self.part(f"w_0^{{({self.matrices})}}", layer, _("biases"), units)
        return Expression([matrix, *given.in_brackets(), Part("+"), bias], True, self.matrices)

    def function(self, layer: Layer, level: int) -> Part:
        """g⁽ᵏ⁾ for an activation, which a line of its own names; other functions by their own names."""
        declared = layer_type(layer.type)
        if declared.category == "activation":
            letter = LETTERS[self.used[level] % len(LETTERS)]
            self.used[level] += 1
            part = self.part(f"{letter}^{{({level})}}", layer, _(declared.label), self.shape(layer))
            self.functions.setdefault(declared.symbol, []).append(part)
            return part
        rate = layer.parameters.get("rate")
        latex = declared.symbol + (f"_{{{rate:g}}}" if isinstance(rate, float) else "")
        return self.part(latex, layer, _(declared.label), self.shape(layer))

    def joined(self, given: list[Expression], between: Part) -> Expression:
        parts = list(given[0].parts)
        for one in given[1:]:
            parts += [between, *one.parts]
        return Expression(parts, len(given) > 1, max(one.level for one in given))

    def give_name(self, layer: Layer) -> None:
        """Put what a layer gives into a line of its own, and its name in its place."""
        self.names += 1
        name = self.part(f"h^{{({self.names})}}", layer, _("what this layer gives"), self.shape(layer))
        self.lines.append([name, Part("="), *self.written[layer.id].parts])
        self.written[layer.id] = Expression([name], level=self.written[layer.id].level)

    def part(self, latex: str, layer: Layer, what: str, size: str) -> Part:
        return Part(latex, layer.id, self.words(layer, what, size))

    def words(self, layer: Layer, what: str, size: str) -> str:
        if not size:
            return f"{shown_name(layer)}: {what}"
        if size == "1":
            return _("{layer}: {what}, 1 value").format(layer=shown_name(layer), what=what)
        return _("{layer}: {what}, {size} values").format(layer=shown_name(layer), what=what, size=size)

    def shape(self, layer: Layer) -> str:
        shape: Shape | None = self.inference.shapes.get(layer.id)
        return shown_shape(shape) if shape else ""


def network_formula(network: Network, inference: Inference) -> list[Line]:
    """The lines of the formula, the functions' names last; none while nothing leads to an output."""
    output = next((layer for layer in network.layers if layer.role == "output"), None)
    order, _loop = computation_order(network)
    sources = incoming(network)
    if output is None or output.id not in order or not sources[output.id]:
        return []
    needed = needed_for(output.id, sources)
    order = [id for id in order if id in needed]
    used = Counter(source for id in order for source in sources[id])
    writer = Writer(network, inference)
    layers = {layer.id: layer for layer in network.layers}
    for id in order:
        layer = layers[id]
        writer.written[id] = writer.write(layer, sources[id])
        parts = len(writer.written[id].parts)
        longest = LONGEST if layer_type(layer.type).category == "activation" else 2 * LONGEST
        deep = parts > longest and id not in sources[output.id]
        if parts > 1 and (used[id] > 1 or deep):
            writer.give_name(layer)
    answer = writer.part(r"\hat{y}", output, _("the answer"), writer.shape(output))
    lines = [*writer.lines, [answer, Part("="), *writer.written[output.id].parts]]
    if len(lines) > MOST_LINES:
        half = MOST_LINES // 2
        lines = [*lines[:half], [Part(r"\vdots")], *lines[-half:]]
    return [*lines, *named_functions(writer.functions)]


def named_functions(functions: dict[str, list[Part]]) -> list[Line]:
    """g⁽¹⁾ = g⁽²⁾ = tanh,  g⁽³⁾ = softmax: one line, of many the first."""
    line: Line = []
    for symbol, parts in functions.items():
        if line:
            line.append(Part(r",\quad"))
        shown = parts if len(parts) <= 4 else [*parts[:2], Part(r"\ldots"), parts[-1]]
        for part in shown:
            line += [part, Part("=")]
        line.append(Part(symbol))
    return [line] if line else []
