"""The page of layers: what each does, its picture, formula, parameters and the call of PyTorch that it stands for."""

from collections.abc import Iterator, Sequence
from textwrap import shorten

import numpy as np

from docs.extension.tables import code, parameter_table, plain
from nnstudio.layers.catalogue import CATALOGUE
from nnstudio.layers.spec import Curve, LayerType, Shape, Tokens, shown_shape
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.canvas.palette import CATEGORY_NAMES

ENTERING: tuple[Shape, ...] = ((64,), (3, 32, 32), (20, 16), Tokens(20, 1000))
"""Shapes of which the first that a layer takes is the one of its example."""

LONGEST = 100
"""Characters of a line of Python; a table of connections or of codes would fill pages."""


def page() -> str:
    """Every layer, by category in the order of the palette."""
    return "\n".join(line for category, name in CATEGORY_NAMES.items() for line in section(category, _(name)))


def section(category: str, name: str) -> Iterator[str]:
    yield f"## {plain(name)}\n"
    for declared in CATALOGUE:
        if declared.category == category:
            yield from described(declared)


def described(declared: LayerType) -> Iterator[str]:
    label = plain(_(declared.label))
    yield f"### {label}\n"
    yield f"![{label}](../pictures/layers/{declared.type}.png){{.layer}}\n"
    yield f"{code(declared.type)} · {plain(_(declared.help))}\n"
    if declared.formula:
        yield f"$${declared.formula}$$\n"
    if declared.derivative_formula:
        yield f"$${declared.derivative_formula}$$\n"
    if curve_of(declared):
        words = plain(_("{layer}: function and derivative").format(layer=_(declared.label)))
        yield f"![{words}](../pictures/layers/{declared.type}_curve.png){{.curve}}\n"
    if declared.parameters:
        yield parameter_table(declared.parameters)
    yield from in_pytorch(declared)
    if declared.aliases:
        yield _("Elsewhere called {names}.").format(names=", ".join(code(one) for one in declared.aliases)) + "\n"


def in_pytorch(declared: LayerType) -> Iterator[str]:
    """The line of Python for an example of each layer that computes something."""
    shapes = example(declared)
    if declared.call is None or not shapes:
        return
    line = shorten(
        declared.call(shapes, declared.defaults()).code(("x", "y")[: len(shapes)]), LONGEST, placeholder=" …"
    )
    words = _("In PyTorch, for {shape} values a sample: {code}")
    if isinstance(shapes[0], Tokens):
        words = _("In PyTorch, for {shape} words a sample: {code}")
    yield words.format(shape=shown_shape(shapes[0]), code=code(line)) + "\n"


def example(declared: LayerType) -> Sequence[Shape]:
    """Shapes that the layer takes as it is when it is new; none where there are none."""
    for shape in ENTERING:
        shapes = [shape] * max(1, declared.inputs[0])
        try:
            declared.shape(shapes, declared.defaults())
        except UserError:
            continue
        return shapes
    return ()


def curve_of(declared: LayerType) -> Curve | None:
    """The curve of a layer that is a function of each value by itself."""
    curve = declared.curve(declared.defaults()) if declared.curve else None
    return None if curve is None or np.ndim(curve.derivative(np.zeros(2))) > 1 else curve
