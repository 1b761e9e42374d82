"""Layers for sequences and text: from the words of a text to values, and along the steps of a sequence."""

from collections.abc import Sequence
from math import prod

from nnstudio.layers.spec import LayerType, Parameter, Shape, Tokens, TorchCall, Values, require_plain, shown_shape
from nnstudio.text import Count, UserError, mark
from nnstudio.text import translate as _

SEQUENCE_AXES = 2
"""Steps and features."""


def require_sequence(shapes: Sequence[Shape]) -> tuple[int, int]:
    """Steps and features of an input that must be a sequence; UserError otherwise."""
    if len(shapes[0]) != SEQUENCE_AXES:
        raise UserError(
            _("gets {shape} values a sample and needs a sequence: steps × features.").format(
                shape=shown_shape(shapes[0])
            )
        )
    steps, features = shapes[0]
    return steps, features


# --- columns that are steps -----------------------------------------------------------------------------------------


def sequence_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    count, features = require_plain(shapes), int(values["features"])
    if count % features:
        words = _("makes steps of {features} values each, and {count} come in, which it does not divide.")
        raise UserError(words.format(features=features, count=Count(count)))
    return count // features, features


SEQUENCE = LayerType(
    type="sequence",
    label=mark("As sequence"),
    category="sequence",
    role="reshape",
    help=mark("Takes a plain list of values as a sequence: so many values are one step."),
    formula=r"y_{t,i} = x_{t\,n + i}",
    output_shape=sequence_shape,
    call=lambda shapes, values: TorchCall(
        "nn.Unflatten", {"dim": 1, "unflattened_size": sequence_shape(shapes, values)}
    ),
    parameters=(
        Parameter(
            "features", mark("Values a step"), "integer", 1, 1, 100_000, help=mark("How many values each step has.")
        ),
    ),
    icon="mdi6.dots-horizontal",
    symbol=r"\mathrm{seq}",
    aliases=("Unflatten", "Reshape"),
)


# --- words ----------------------------------------------------------------------------------------------------------


def vocabulary(shapes: Sequence[Shape]) -> int:
    """How many different words there are, the one for none among them."""
    tokens = shapes[0]
    assert isinstance(tokens, Tokens)
    return tokens.vocabulary


def embedding_call(name: str, shapes: Sequence[Shape], values: Values) -> TorchCall:
    words = {"num_embeddings": vocabulary(shapes), "embedding_dim": int(values["features"]), "padding_idx": 0}
    return TorchCall(name, words)


def embedding_tensors(shapes: Sequence[Shape], values: Values) -> dict[str, Shape]:
    return {"weight": (vocabulary(shapes), int(values["features"]))}


def row_of_none(shapes: Sequence[Shape], values: Values) -> int:
    """What stands for no word is 0 and stays so."""
    return int(values["features"])


FEATURES = Parameter(
    "features", mark("Features"), "integer", 16, 1, 100_000, help=mark("How many numbers stand for each word.")
)

EMBEDDING = LayerType(
    type="embedding",
    label=mark("Embedding"),
    category="sequence",
    role="embedding",
    help=mark(
        "Gives each word a few numbers of its own, which are learnt: words that are used alike come to lie near each "
        "other."
    ),
    formula=r"y_t = E_{w_t}",
    output_shape=lambda shapes, values: (shapes[0][0], int(values["features"])),
    call=lambda shapes, values: embedding_call("nn.Embedding", shapes, values),
    tensors=embedding_tensors,
    fixed=row_of_none,
    reads_tokens=True,
    parameters=(FEATURES,),
    icon="mdi6.format-letter-case",
    symbol=r"\mathrm{emb}",
    aliases=("wordEmbeddingLayer", "word vectors"),
)

EMBEDDING_BAG = LayerType(
    type="embedding_bag",
    label=mark("Embedding bag"),
    category="sequence",
    role="embedding",
    help=mark("The mean of the embeddings of all words of a text, whatever their order."),
    formula=r"y = \mathrm{mean}_t\; E_{w_t}",
    output_shape=lambda shapes, values: (int(values["features"]),),
    call=lambda shapes, values: embedding_call("MeanEmbedding", shapes, values),
    tensors=embedding_tensors,
    fixed=row_of_none,
    reads_tokens=True,
    parameters=(FEATURES,),
    icon="mdi6.format-letter-case",
    symbol=r"\mathrm{bag}",
    aliases=("EmbeddingBag", "bag of words"),
)


# --- along the steps ------------------------------------------------------------------------------------------------

GATES = {"SequenceLSTM": 4, "SequenceGRU": 3}
"""How many sums each unit of a recurrent layer makes at a step."""


def recurrent_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    steps, _features = require_sequence(shapes)
    units = int(values["units"])
    return (units,) if values["give"] == "last" else (steps, units)


def recurrent_call(name: str, shapes: Sequence[Shape], values: Values) -> TorchCall:
    arguments: dict[str, object] = {"input_size": shapes[0][1], "hidden_size": int(values["units"])}
    return TorchCall(name, arguments | ({} if values["give"] == "last" else {"last": False}))


def recurrent_tensors(name: str, shapes: Sequence[Shape], values: Values) -> dict[str, Shape]:
    units, rows = int(values["units"]), GATES[name] * int(values["units"])
    return {
        "weight_ih_l0": (rows, shapes[0][1]),
        "weight_hh_l0": (rows, units),
        "bias_ih_l0": (rows,),
        "bias_hh_l0": (rows,),
    }


def recurrent_multiply_adds(name: str, shapes: Sequence[Shape], values: Values) -> int:
    found = recurrent_tensors(name, shapes, values)
    return shapes[0][0] * (prod(found["weight_ih_l0"]) + prod(found["weight_hh_l0"]))


def recurrent_links(name: str, shapes: Sequence[Shape], values: Values) -> int:
    biases = 2 * GATES[name] * int(values["units"])
    return recurrent_multiply_adds(name, shapes, values) + shapes[0][0] * biases


def recurrent(type: str, label: str, name: str, help: str, formula: str, aliases: tuple[str, ...]) -> LayerType:
    """A layer that goes along a sequence and keeps values from step to step."""
    return LayerType(
        type=type,
        label=label,
        category="sequence",
        role="recurrent",
        help=help,
        formula=formula,
        output_shape=recurrent_shape,
        call=lambda shapes, values: recurrent_call(name, shapes, values),
        tensors=lambda shapes, values: recurrent_tensors(name, shapes, values),
        matrices=("weight_ih_l0", "weight_hh_l0"),
        multiply_adds=lambda shapes, values: recurrent_multiply_adds(name, shapes, values),
        links=lambda shapes, values: recurrent_links(name, shapes, values),
        parameters=(
            Parameter("units", mark("Units"), "integer", 16, 1, 100_000, help=mark("How many neurons the layer has.")),
            Parameter(
                "give",
                mark("Gives"),
                "choice",
                "last",
                choices=("last", "all"),
                help=mark("The values after the last step, or those after every step."),
            ),
        ),
        icon="mdi6.rotate-right",
        symbol=rf"\mathrm{{{label}}}",
        aliases=aliases,
    )


LSTM = recurrent(
    "lstm",
    "LSTM",
    "SequenceLSTM",
    mark(
        "Reads a sequence step by step and keeps a memory: at each step gates decide what to forget, what to take in "
        "and what to give."
    ),
    r"c_t = f_t\, c_{t-1} + i_t\, g_t, \quad y_t = o_t \tanh c_t",
    ("long short-term memory", "lstmLayer", "recurrent"),
)

GRU = recurrent(
    "gru",
    "GRU",
    "SequenceGRU",
    mark("Reads a sequence step by step as the LSTM does, with two gates and no memory beside its values."),
    r"y_t = (1 - z_t)\, n_t + z_t\, y_{t-1}",
    ("gated recurrent unit", "gruLayer", "recurrent"),
)
