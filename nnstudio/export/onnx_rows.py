"""The first nodes of an ONNX file: raw rows filled, scaled and encoded as a run's preparation says.

Numbers are one input, with the digits they have in a table; each column of words is one, and so is each text, taken
apart into its words or runs of characters: ONNX has no node that does so. Nor has it one for dates, whose parts come in
as numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import msgspec
import numpy as np

from nnstudio.export.onnx_nodes import ML_DOMAIN, Nodes
from nnstudio.layers.windows import IMAGE_AXES
from nnstudio.project.preparation import ColumnPreparation, MadeColumn, Preparation

BATCH = "batch"
PREPARATION = "preparation"
"""What the nodes of the preparation are called."""
DATE_PARTS = ("year", "month", "weekday", "hour")
FUNCTIONS = {"sin": "Sin", "cos": "Cos", "log": "Log"}
SMALLEST_NORM = 1e-30
"""What a text without a known word is divided by."""


@dataclass(frozen=True)
class RowInput:
    """One input: `elements` is what onnx calls their type, `columns` are those of the rows that stand in it, in this
    order, and `about` is what else is to be known of it."""

    name: str
    elements: str
    shape: tuple[int | str, ...]
    columns: tuple[str, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def described(self) -> str:
        """What is to be put in; written into files, so not translated."""
        if "pieces" in self.about:
            place = "to fill up" if self.shape[1] == "pieces" else "before the first of a short one"
            return f"{self.name}: texts taken apart as inputs, in the metadata, says, with empty pieces {place}."
        if self.elements == "string":
            return f"{self.name}: a word of each row, a whole number by its digits alone."
        if self.elements == "float":
            return f"{self.name}: pictures, their pixels as they are in their files."
        parts = " Of dates the parts: weekdays from Monday, 1; minutes as a fraction of the hour."
        said = f"{self.name}: the columns {', '.join(self.columns)} in this order, NaN for what is missing."
        return said + (parts if "parts_of_dates" in self.about else "")


def prepared(preparation: Preparation, nodes: Nodes) -> tuple[RowInput, ...]:
    """Add the nodes from raw rows to samples, the last of which gives the samples; the inputs they read."""
    if len(preparation.sample_shape) == IMAGE_AXES:
        return (prepared_image(preparation, nodes),)
    return PreparedRows(preparation, nodes).inputs()


def prepared_image(preparation: Preparation, nodes: Nodes) -> RowInput:
    """Pictures as they are read, each channel brought to its scale."""
    # A table names its pixels; very many have no names.
    names = tuple(one.name for one in preparation.columns if one.count == 1)
    image = RowInput("image", "float", (BATCH, *preparation.sample_shape), names)
    nodes.add("Cast", scaled(nodes, nodes.add("Cast", "image", to="double"), preparation), to="float")
    return image


def scaled(nodes: Nodes, x: str, preparation: Preparation) -> str:
    """Pixels with what is no number filled, shifted and divided."""
    shape = preparation.sample_shape

    def of_each(name: str) -> str:
        values = np.concatenate([np.full(one.count, getattr(one, name)) for one in preparation.columns])
        by_channel = values.reshape(shape[0], -1)
        is_same = bool((by_channel == by_channel[:, :1]).all())
        kept = by_channel[:, :1].reshape(-1, 1, 1) if is_same else values.reshape(shape)
        return nodes.constant(name, kept, np.float64)

    return nodes.add("Div", nodes.add("Sub", finite(nodes, x, of_each("fill")), of_each("mean")), of_each("scale"))


def finite(nodes: Nodes, x: str, fill: str) -> str:
    """Values in which what is missing or infinite is filled."""
    is_odd = nodes.add("Or", nodes.add("IsNaN", x), nodes.add("IsInf", x))
    return nodes.add("Where", is_odd, fill, x)


class PreparedRows:
    """The rows of a table on their way to samples: which inputs were asked for so far, and the nodes that read them."""

    def __init__(self, preparation: Preparation, nodes: Nodes) -> None:
        self.preparation = preparation
        self.nodes = nodes
        self.made = {one.name: one for one in preparation.made}
        self.words: dict[str, RowInput] = {}
        taken = {name for one in preparation.columns for name in (one.name, *self.sources(one.name))}
        self.numbers_name = "numbers"
        while self.numbers_name in taken:
            self.numbers_name += "_"
        self.numbers = self.columns_of_numbers()

    def sources(self, name: str) -> tuple[str, ...]:
        return self.made[name].sources if name in self.made else ()

    def columns_of_numbers(self) -> list[str]:
        """The columns of the rows that must be numbers, each once: those that are inputs themselves and those that
        others are made from."""
        found: list[str] = []
        for column in self.preparation.columns:
            made = self.made.get(column.name)
            if made is not None and made.function in DATE_PARTS:
                found.append(column.name)
            elif made is not None and made.function not in ("ordinal", "onehot"):
                found.extend(made.sources)
            elif made is None and column.kind == "number":
                found.append(column.name)
        return list(dict.fromkeys(found))

    def inputs(self) -> tuple[RowInput, ...]:
        """Add all nodes; the inputs that they read."""
        parts = []
        columns = self.preparation.columns
        for is_number, group in groupby(columns, lambda column: column.kind == "number"):
            some = list(group)
            parts += [self.scaled_numbers(some)] if is_number else [self.encoded(column) for column in some]
        joined = parts[0]
        if len(parts) > 1:
            joined = self.nodes.add("Concat", *parts, axis=1)
        if len(self.preparation.sample_shape) > 1:
            self.nodes.add("Reshape", joined, self.nodes.places("shape", [0, *self.preparation.sample_shape]))
        elif len(parts) == 1:
            self.nodes.add("Identity", joined)
        dates = [one.name for one in self.preparation.made if one.function in DATE_PARTS and one.name in self.numbers]
        numbers = RowInput(
            self.numbers_name,
            "double",
            (BATCH, len(self.numbers)),
            tuple(self.numbers),
            {"parts_of_dates": dates} if dates else {},
        )
        return (*([numbers] if self.numbers else []), *self.words.values())

    # --- numbers ----------------------------------------------------------------------------------------------------

    def scaled_numbers(self, columns: Sequence[ColumnPreparation]) -> str:
        """Columns of numbers that follow each other (n, columns): filled, shifted and divided with all digits, and then
        as layers take them."""
        names = [column.name for column in columns]
        x = self.numbers_name
        if any(name in self.made and self.made[name].function not in DATE_PARTS for name in names):
            x = self.nodes.add("Concat", *(self.number(name) for name in names), axis=1)
        elif names != self.numbers:
            x = self.taken([self.numbers.index(name) for name in names])
        first = names[0]

        def of_each(name: str) -> str:
            return self.nodes.constant(f"{first}.{name}", [getattr(one, name) for one in columns], np.float64)

        x = finite(self.nodes, x, of_each("fill"))
        x = self.nodes.add("Div", self.nodes.add("Sub", x, of_each("mean")), of_each("scale"))
        return self.nodes.add("Cast", x, to="float")

    def taken(self, places: Sequence[int]) -> str:
        """Some of the numbers (n, places)."""
        name = "places " + " ".join(str(one) for one in places)
        return self.nodes.add("Gather", self.numbers_name, self.nodes.places(name, places), axis=1)

    def source(self, name: str) -> str:
        """One of the numbers as it comes in (n, 1)."""
        return self.taken([self.numbers.index(name)])

    def number(self, name: str) -> str:
        """One column of numbers (n, 1), made of others where it is."""
        made = self.made.get(name)
        if made is None or made.function in DATE_PARTS:
            return self.source(name)
        if made.function == "ordinal":
            return self.ordinal(made)
        values = [self.source(source) for source in made.sources]
        if made.function == "square":
            return self.nodes.add("Mul", values[0], values[0])
        if made.function == "ratio":
            return self.nodes.add("Div", *values)
        if made.function in FUNCTIONS:
            return self.nodes.add(FUNCTIONS[made.function], values[0])
        product = values[0]
        for value in values[1:]:
            product = self.nodes.add("Mul", product, value)
        return product

    def ordinal(self, made: MadeColumn) -> str:
        """The place of each word in its order; no number for another word."""
        words = made.argument.split("\n")
        # Of equal words the last counts, as in a dictionary.
        places = {word: float(place) for place, word in enumerate(words)}
        number = self.nodes.add(
            "LabelEncoder",
            self.word(made.sources[0], list(places)),
            domain=ML_DOMAIN,
            keys_strings=list(places),
            values_floats=list(places.values()),
            default_float=float("nan"),
        )
        return self.nodes.add("Cast", number, to="double")

    # --- words ------------------------------------------------------------------------------------------------------

    def word(self, name: str, known: Sequence[str]) -> str:
        """The input of a column of words (n, 1)."""
        self.words.setdefault(name, RowInput(name, "string", (BATCH, 1), (name,), {"words": list(known)}))
        return name

    def encoded(self, column: ColumnPreparation) -> str:
        """A category as one-hot, or a text as its words say."""
        if column.text is not None:
            return self.encoded_text(column)
        made = self.made.get(column.name)
        if made is not None and made.function == "bins":
            return self.binned(made, column)
        source = made.sources[0] if made is not None else column.name
        found = self.nodes.add(
            "OneHotEncoder",
            self.word(source, column.categories),
            domain=ML_DOMAIN,
            cats_strings=list(column.categories),
            zeros=1,
        )
        # (n, 1, words)
        return self.nodes.add("Reshape", found, self.nodes.places("words " + column.name, [0, len(column.categories)]))

    def binned(self, made: MadeColumn, column: ColumnPreparation) -> str:
        """The stretch between edges that a number lies in, one-hot: above one edge and not above the next."""
        value = self.source(made.sources[0])
        edges = [float(edge) for edge in made.argument.split()]
        names = [f"≤ {edge:g}" for edge in edges] + ([f"> {edges[-1]:g}"] if edges else ["all"])
        places = [names.index(name) for name in column.categories]
        below, above = np.array([-np.inf, *edges])[places], np.array([*edges, np.inf])[places]
        low, high = (
            self.nodes.constant(f"{column.name}.{name}", values, np.float64)
            for name, values in (("low", below), ("high", above))
        )
        is_in = self.nodes.add("And", self.nodes.add("Greater", value, low), self.nodes.add("LessOrEqual", value, high))
        return self.nodes.add("Cast", is_in, to="float")

    def encoded_text(self, column: ColumnPreparation) -> str:
        """The numbers of the pieces of a text, or which pieces it has, how often."""
        how, words = column.text, column.categories
        assert how is not None
        about = {"pieces": {**msgspec.to_builtins(how), "words": list(words)}}
        about["pieces"].pop("idf")
        if how.length:
            self.words[column.name] = RowInput(column.name, "string", (BATCH, how.length), (column.name,), about)
            return self.numbered(column.name, ["", *words], [0, *range(2, len(words) + 2)], 1)
        self.words[column.name] = RowInput(column.name, "string", (BATCH, "pieces"), (column.name,), about)
        return self.counted(column, self.numbered(column.name, words, range(len(words)), len(words)))

    def numbered(self, x: str, words: Sequence[str], numbers: Sequence[int], other: int) -> str:
        return self.nodes.add(
            "LabelEncoder",
            x,
            domain=ML_DOMAIN,
            keys_strings=list(words),
            values_int64s=list(numbers),
            default_int64=other,
        )

    def counted(self, column: ColumnPreparation, numbers: str) -> str:
        """How often each word occurs (n, words), or what its weighting makes of that."""
        nodes, how, width = self.nodes, column.text, len(column.categories)
        assert how is not None
        one = nodes.constant("one", 1.0)
        rows = nodes.add("Slice", nodes.add("Shape", numbers), nodes.places("0", [0]), nodes.places("1", [1]))
        size = nodes.add("Concat", rows, nodes.places(f"{column.name} width", [width + 1]), axis=0)
        none, ones = nodes.add("Expand", nodes.constant("zero", 0.0), size), nodes.add("Shape", numbers)
        ones = nodes.add("Expand", one, ones)
        counts = nodes.add("ScatterElements", none, numbers, ones, axis=1, reduction="add")
        bounds = nodes.places("0", [0]), nodes.places(f"{column.name} words", [width]), nodes.places("1", [1])
        counts = nodes.add("Slice", counts, *bounds)
        if how.weighting == "presence":
            return nodes.add("Min", counts, one)
        if how.weighting == "counts":
            return counts
        exact = nodes.add("Cast", counts, to="double")
        weighted = nodes.add("Mul", exact, nodes.constant(f"{column.name} idf", how.idf, np.float64))
        squares = nodes.add("ReduceSum", nodes.add("Mul", weighted, weighted), nodes.places("1", [1]), keepdims=1)
        norm = nodes.add("Max", nodes.add("Sqrt", squares), nodes.constant("least", SMALLEST_NORM, np.float64))
        return nodes.add("Cast", nodes.add("Div", weighted, norm), to="float")
