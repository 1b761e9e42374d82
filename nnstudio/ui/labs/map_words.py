"""What the lab of maps says about one value: the sum with its numbers, and where the window is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnstudio.text import translate as _

if TYPE_CHECKING:
    from nnstudio.ui.background.results import LayerMaps, MapValue

MOST_SUMS = 8
"""Of more channels not every sum is written out."""


def sum_text(kind: str, value: "MapValue") -> str:
    """The value with what it is made of; of several channels with the sum of each."""
    if kind == "max":
        return _("y = the largest value in the window = {value}").format(value=written(value.total))
    if kind == "mean":
        words = _("Σ x = {sum}, divided by {count}, y = {value}")
        return words.format(sum=written(value.sums.sum()), count=f"{value.divisor:g}", value=written(value.total))
    numbers = {"sum": written(value.sums.sum()), "value": written(value.total)}
    if value.bias is None:
        words = _("Σ w·x = {sum}, no bias, y = {value}").format(**numbers)
    else:
        words = _("Σ w·x = {sum}, + b = {bias}, y = {value}").format(bias=written(value.bias), **numbers)
    if len(value.sums) > 1:
        words += "\n" + _("Σ w·x = {sums} over {count} channels").format(sums=added(value.sums), count=len(value.sums))
    return words


def backward_text(maps: "LayerMaps", value: "MapValue", channel: int) -> str:
    """How the error comes back through the value: to the weight of the kernel that it changes most, or to the values of
    the window; "" where that is not known."""
    if maps.gradients is None:
        return ""
    error = float(maps.gradients.leaving[value.map, value.row, value.column])
    if maps.kind == "max":
        return _("Back: ∂E/∂y = {error}, and all of it goes to the largest value.").format(error=written(error, 6))
    if maps.kind == "mean":
        share = error / (value.divisor or 1.0)
        words = _("Back: ∂E/∂y = {error}, and ∂E/∂y / {count} = {share} of it goes to each value.")
        return words.format(error=written(error, 6), count=f"{value.divisor:g}", share=written(share, 6))
    number = channel - value.channels.start
    if maps.gradients.weights is None or not 0 <= number < len(value.channels):
        return ""
    kernel = maps.gradients.weights[value.map, number]
    row, column = (int(one) for one in np.unravel_index(np.abs(kernel).argmax(), kernel.shape))
    here = float(value.inputs[number, row, column])
    words = _(
        "Back: ∂E/∂y = {error}. The weight at row {row}, column {column} of the kernel gets ∂E/∂y · x = {error} · "
        "{x} = {product} from here, and from all places together ∂E/∂w = {total}."
    )
    return words.format(
        error=written(error, 6),
        row=row + 1,
        column=column + 1,
        x=written(here),
        product=written(error * here, 6),
        total=written(float(kernel[row, column]), 6),
    )


def added(sums: Sequence[float] | NDArray[np.float64]) -> str:
    """Numbers with their signs between them; many end in an ellipsis."""
    words = written(sums[0], 3)
    for one in sums[1:MOST_SUMS]:
        words += (" − " if one < 0 else " + ") + written(abs(one), 3)
    return words + (" + …" if len(sums) > MOST_SUMS else "")


def place_text(size: tuple[int, ...], value: "MapValue") -> str:
    """Which value of which map it is, where its window is, counted from 1, and whether PyTorch says so too."""
    words = _("Map {map}, row {row}, column {column} ← rows {rows}, columns {columns}").format(
        map=value.map + 1,
        row=value.row + 1,
        column=value.column + 1,
        rows=span_text(value.rows, size[0]),
        columns=span_text(value.columns, size[1]),
    )
    if not value.inside.all():
        words += ", " + _("and padding")
    if value.winner is not None:
        row, column = value.rows[value.winner[0]] + 1, value.columns[value.winner[1]] + 1
        words += "; " + _("the largest at row {row}, column {column}").format(row=row, column=column)
    if value.is_sound:
        check = "✓ " + _("PyTorch gives {value}.")
    else:
        check = "✗ " + _("PyTorch gives {value}: please report this.")
    return words + ".  " + check.format(value=written(value.by_torch, 6))


def span_text(places: NDArray[np.int64], size: int) -> str:
    """Those of the rows or columns that are in the image."""
    inside = places[(places >= 0) & (places < size)] + 1
    if not len(inside):
        return "–"
    if len(inside) == 1:
        return str(inside[0])
    step = inside[1] - inside[0]
    return ", ".join(map(str, inside)) if step > 1 else _("{first} to {last}").format(first=inside[0], last=inside[-1])


def written(value: float, digits: int = 4) -> str:
    """A number with so many decimals, or in powers of ten where these would show nothing."""
    value += 0.0  # of a product with 0 the sign tells nothing
    text = f"{value:.{digits}f}" if value == 0 or 10.0**-digits <= abs(value) < 1e5 else f"{value:.{digits}g}"
    return text.replace("-", "−")
