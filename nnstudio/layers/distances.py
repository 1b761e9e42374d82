"""The output of LeNet-5: how far the values are from a fixed code for each class."""

import random
from collections.abc import Sequence

from nnstudio.layers.spec import LayerType, Parameter, Shape, TorchCall, Values, require_plain
from nnstudio.text import mark

DIGITS = (
    ".#####.|#.....#|#.....#|#.....#|#.....#|#.....#|#.....#|#.....#|#.....#|#.....#|#.....#|.#####.",
    "...#...|..##...|.#.#...|...#...|...#...|...#...|...#...|...#...|...#...|...#...|...#...|.#####.",
    ".#####.|#.....#|......#|......#|.....#.|....#..|...#...|..#....|.#.....|#......|#......|#######",
    ".#####.|#.....#|......#|......#|......#|..####.|......#|......#|......#|......#|#.....#|.#####.",
    "....#..|...##..|...##..|..#.#..|..#.#..|.#..#..|.#..#..|#...#..|#######|....#..|....#..|....#..",
    "#######|#......|#......|#......|######.|......#|......#|......#|......#|......#|#.....#|.#####.",
    "..####.|.#.....|#......|#......|#......|######.|#.....#|#.....#|#.....#|#.....#|#.....#|.#####.",
    "#######|......#|......#|.....#.|.....#.|....#..|....#..|...#...|...#...|..#....|..#....|..#....",
    ".#####.|#.....#|#.....#|#.....#|#.....#|.#####.|#.....#|#.....#|#.....#|#.....#|#.....#|.#####.",
    ".#####.|#.....#|#.....#|#.....#|#.....#|.######|......#|......#|......#|.....#.|....#..|.###...",
)
"""Digits drawn on 7 × 12 places, as LeCun et al. 1998 took stylised ones: what looks alike has codes that are near."""
PLACES = 84


def codes(count: int, width: int) -> list[str]:
    """A code of 0 and 1 for each class: the drawn digits where they are ten of 84 places, drawn by lot otherwise."""
    if count == len(DIGITS) and width == PLACES:
        return [digit.replace("|", "").replace(".", "0").replace("#", "1") for digit in DIGITS]
    lot = random.Random(0)
    return ["".join(lot.choice("01") for _place in range(width)) for _class in range(count)]


def rbf_shape(shapes: Sequence[Shape], values: Values) -> Shape:
    require_plain(shapes)
    return (int(values["units"]),)


RBF = LayerType(
    type="rbf",
    label=mark("RBF output"),
    category="dense",
    role="distance",
    help=mark(
        "Minus the squared distance of the values to a fixed code of −1 and +1 for each class: the nearest code is the "
        "answer. For ten digits and 84 values the codes are drawn digits, as in LeNet-5."
    ),
    formula=r"y_i = -\sum_j (x_j - w_{ij})^2",
    output_shape=rbf_shape,
    call=lambda shapes, values: TorchCall("CodeDistances", {"codes": codes(int(values["units"]), shapes[0][0])}),
    buffers=lambda shapes, values: {"codes": (int(values["units"]), shapes[0][0])},
    multiply_adds=lambda shapes, values: int(values["units"]) * shapes[0][0],
    links=lambda shapes, values: int(values["units"]) * shapes[0][0],
    parameters=(Parameter("units", mark("Units"), "integer", 10, 1, 10_000, help=mark("One for each class.")),),
    icon="mdi6.target",
    symbol=r"\mathrm{rbf}",
    aliases=("radial basis function", "Euclidean distance"),
)
