"""Questions as a teacher begins them: one of each kind with sensible values, and curves from a setting's values."""

import math
import re
from collections.abc import Sequence

from nnstudio.layers.catalogue import layer_type
from nnstudio.lessons.conditions import GROUPS
from nnstudio.lessons.measures import measured
from nnstudio.lessons.model import Ask, Choice, Number, Order, Sketch, Star, Variant
from nnstudio.project.model import Project, Run
from nnstudio.project.names import shown_name
from nnstudio.text import LANGUAGES, translate_into

ORDERED_BY = ("last_validation_loss", "last_train_loss", "best_validation_loss", "best_accuracy", "best_epoch")
VARIED = ("integer", "number")
FIRST = "training.learning_rate"
LETTERS = "abcdefghijkl"


def question_of_kind(tag: str, project: Project, run: Run | None) -> Ask | None:
    """A question to go on from; None for no question."""
    match tag:
        case "choice":
            return Choice(())
        case "number":
            measure = "best_epoch" if run is not None and run.best_epoch else "parameters"
            value = measured(measure, project, run)
            lowest, highest = bounds(value)
            return Number(lowest, highest, measure, tolerance=near(value))
        case "order":
            return Order(())
        case "star":
            return Star()
        case "sketch":
            return Sketch()
    return None


def bounds(value: float) -> tuple[float, float]:
    """Round numbers around a value, so wide that they do not tell it."""
    if not math.isfinite(value) or value == 0:
        return 0.0, 100.0
    unit = 10.0 ** math.floor(math.log10(abs(value)))
    reach = float(f"{math.ceil(2 * abs(value) / unit) * unit:.6g}")
    return (0.0, reach) if value > 0 else (-reach, 0.0)


def near(value: float) -> float:
    """How far off still counts as met: about a tenth."""
    return float(f"{abs(value) / 10:.1g}") if math.isfinite(value) and value else 1.0


# --- curves ---------------------------------------------------------------------------------------------------------


def settings_of(project: Project) -> list[str]:
    """The settings that curves may differ in: numbers of the plan and of the layers, the learning rate first."""
    keys = [f"training.{one.name}" for one in GROUPS["training"] if one.kind in VARIED]
    for layer in project.network.layers:
        keys += [f"{layer.id}.{one.name}" for one in layer_type(layer.type).parameters if one.kind in VARIED]
    return [FIRST, *(key for key in keys if key != FIRST)]


def numbers_typed(text: str) -> list[str]:
    """Numbers with blanks, semicolons or commas between them; a comma inside one is its decimal sign."""
    pieces = [piece for piece in re.split(r"[;\s]+|,\s+", text.strip().rstrip(",")) if piece]
    found: list[str] = []
    for piece in pieces:
        found += piece.split(",") if "." in piece or piece.count(",") > 1 else [piece.replace(",", ".")]
    return found


def varied(key: str, values: Sequence[str], measure: str, project: Project, earlier: Order) -> Order:
    """A curve for each value of a setting; what it is called in both languages is kept where there was one."""
    known = {tuple(one.settings.items()): one.text for one in earlier.curves}
    curves = []
    for letter, value in zip(LETTERS, values, strict=False):
        text = known.get(((key, value),)) or {code: f"{name_in(code, key, project)} = {value}" for code in LANGUAGES}
        curves.append(Variant(letter, text, {key: value}))
    return Order(tuple(curves), measure)


def name_in(code: str, key: str, project: Project) -> str:
    """What a setting is called in a language."""
    group, _dot, name = key.partition(".")
    if group in GROUPS:
        return translate_into(code, next(one.label for one in GROUPS[group] if one.name == name))
    layer = project.network.layer(group)
    declared = layer_type(layer.type)
    called = layer.name or f"{translate_into(code, declared.label)} {shown_name(layer).rpartition(' ')[2]}"
    return f"{called}: {translate_into(code, declared.parameter(name).label)}"


def varied_values(ask: Order) -> tuple[str, list[str]]:
    """The one setting that curves differ in and its values; "" where it is more than one, or none."""
    keys = {key for one in ask.curves for key in one.settings}
    if len(keys) != 1:
        return "", []
    key = keys.pop()
    return key, [one.settings.get(key, "") for one in ask.curves]
