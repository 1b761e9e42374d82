"""The steps of a walk through a network as pages: a title, a formula, and a table of the numbers in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnstudio.layers.catalogue import layer_type
from nnstudio.text import translate as _

if TYPE_CHECKING:
    from nnstudio.ui.background.results import BackpropTrace, LayerTrace

MOST_WRITTEN = 4
"""Of more products a sum is written out with dots."""


@dataclass(frozen=True)
class Page:
    """One step. `rows` have a cell a column, numbers or words; `names` name the rows, `layer` is where it happens."""

    title: str
    formula: str
    columns: list[str]
    names: list[str]
    rows: list[list[float | str]]
    layer: str = ""


def pages(walk: "BackpropTrace", classes: Sequence[str]) -> list[Page]:
    """Forward through every layer, the loss, and back again."""
    forward = [forward_page(stage) for stage in walk.stages]
    backward = [backward_page(stage) for stage in reversed(walk.stages)]
    return [*forward, loss_page(walk, classes), *backward]


def units(count: int) -> list[str]:
    return [_("unit {number}").format(number=number + 1) for number in range(count)]


def forward_page(stage: "LayerTrace") -> Page:
    """What a layer makes of what it gets."""
    title = f"→ {stage.name}"
    if stage.weights is not None:
        rows: list[list[float | str]] = []
        for unit, weights in enumerate(stage.weights):
            products = [f"{w:.3g}·{y:.3g}" for w, y in zip(weights[:MOST_WRITTEN], stage.inputs, strict=False)]
            words = " + ".join(products) + (" + …" if len(weights) > MOST_WRITTEN else "")
            bias = 0.0 if stage.biases is None else float(stage.biases[unit])
            rows.append([words.replace("-", "−"), bias, float(stage.outputs[unit])])
        return Page(title, _("x = Σ w · y + w₀"), ["Σ w · y", "w₀", "x"], units(len(rows)), rows, stage.id)
    if stage.slopes is not None:
        rows = [[float(x), float(y)] for x, y in zip(stage.inputs, stage.outputs, strict=True)]
        formula = _("y = g(x), g is {function}").format(function=_(layer_type(stage.type).label))
        return Page(title, formula, ["x", "y = g(x)"], units(len(rows)), rows, stage.id)
    rows = [[float(x), float(y)] for x, y in zip(stage.inputs, stage.outputs, strict=True)]
    formula = {
        "softmax": _("pᵢ = eˣⁱ / Σ eˣ"),
        "dropout": _("y = x: dropout switches nothing off when nothing is trained"),
    }.get(stage.type, "y = x")
    return Page(title, formula, ["x", "y"], units(len(rows)), rows, stage.id)


def loss_page(walk: "BackpropTrace", classes: Sequence[str]) -> Page:
    """The loss, and its derivative by what the network gives: where the way back begins."""
    title = _("loss E = {loss:.6g}").format(loss=walk.loss)
    by_outputs = walk.stages[-1].by_outputs if walk.stages else walk.outputs
    names = [
        classes[place] if len(walk.outputs) == len(classes) else label
        for place, label in enumerate(units(len(walk.outputs)))
    ]
    if walk.probabilities is not None:
        formula = {
            "cross_entropy": _("p = softmax(x), E = −log p of the true class, ∂E/∂x = p − y"),
            "binary_cross_entropy": _("p = sigmoid(x), E = −log p of the true class, ∂E/∂x = p − y"),
        }[walk.loss_name]
        columns = ["x", "p", _("y (true)"), "∂E/∂x = p − y"]
        rows: list[list[float | str]] = [
            [float(one) for one in four]
            for four in zip(walk.outputs, walk.probabilities, walk.target, by_outputs, strict=True)
        ]
        return Page(title, formula, columns, names, rows)
    formula = {
        "mse": _("E = mean of (y − t)², ∂E/∂y = 2 (y − t) / number of outputs"),
        "half_mse": _("E = ½ mean of (y − t)², ∂E/∂y = (y − t) / number of outputs"),
        "mae": _("E = mean of |y − t|, ∂E/∂y = sign of (y − t) / number of outputs"),
    }[walk.loss_name]
    rows = [[float(one) for one in three] for three in zip(walk.outputs, walk.target, by_outputs, strict=True)]
    return Page(title, formula, ["y", _("t (true)"), "∂E/∂y"], names, rows)


def backward_page(stage: "LayerTrace") -> Page:
    """What comes back to a layer, and what it hands on."""
    title = f"← {stage.name}"
    if stage.weights is not None and stage.by_weights is not None:
        count = len(stage.inputs)
        formula = _(
            "∂E/∂w = ∂E/∂x · y for each weight; the layer before gets ∂E/∂y = Σ w · ∂E/∂x over the units (last row)"
        )
        columns = ["∂E/∂x", *(f"∂E/∂w{subscript(place + 1)}" for place in range(count)), "∂E/∂w₀"]
        rows: list[list[float | str]] = []
        for unit, error in enumerate(stage.by_outputs):
            bias = "–" if stage.by_biases is None else float(stage.by_biases[unit])
            rows.append([float(error), *(float(one) for one in stage.by_weights[unit]), bias])
        rows.append(["∂E/∂y:", *(float(one) for one in stage.by_inputs), ""])
        names = [*units(len(stage.by_outputs)), _("to the layer before")]
        return Page(title, formula, columns, names, rows, stage.id)
    if stage.slopes is not None:
        rows = [
            [float(error), float(slope), float(product)]
            for error, slope, product in zip(stage.by_outputs, stage.slopes, stage.by_inputs, strict=True)
        ]
        formula = _("∂E/∂x = ∂E/∂y · g′(x)")
        return Page(title, formula, ["∂E/∂y", "g′(x)", "∂E/∂x"], units(len(rows)), rows, stage.id)
    rows = [[float(y), float(x)] for y, x in zip(stage.by_outputs, stage.by_inputs, strict=True)]
    formula = (
        _("∂E/∂xᵢ = Σⱼ ∂E/∂pⱼ · pⱼ (1 if i = j, else 0, minus pᵢ)") if stage.type == "softmax" else "∂E/∂x = ∂E/∂y"
    )
    return Page(title, formula, ["∂E/∂y", "∂E/∂x"], units(len(rows)), rows, stage.id)


def subscript(number: int) -> str:
    return "".join("₀₁₂₃₄₅₆₇₈₉"[int(digit)] for digit in str(number))
