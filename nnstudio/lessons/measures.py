"""The numbers of a run that a lesson may ask for and tell, each by its name; and texts with such numbers in them.

`weight:LAYER:OUT:IN` and `bias:LAYER:OUT` are single parameters of the run, counted from 0.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import safetensors.numpy
from msgspec.structs import replace

from nnstudio.layers.spec import Value
from nnstudio.lessons.model import Words
from nnstudio.project.model import Network, Project, Run
from nnstudio.project.openings import opened
from nnstudio.project.shapes import infer
from nnstudio.text import Count, UserError, current_language
from nnstudio.text import translate as _

PLACE = re.compile(r"\{([A-Za-z_0-9:.\-]+)\}")
PREDICTED = "prediction"
"""What was predicted, as a text names it."""


def lowest(values: tuple[float, ...]) -> float:
    return min((value for value in values if math.isfinite(value)), default=math.nan)


def highest(values: tuple[float, ...]) -> float:
    return max((value for value in values if math.isfinite(value)), default=math.nan)


def last(values: tuple[float, ...]) -> float:
    return values[-1] if values else math.nan


def best(run: Run, values: tuple[float, ...]) -> float:
    """The value at the best epoch; the last where none validates."""
    place = (run.best_epoch or run.epochs_run) - 1
    return values[place] if 0 <= place < len(values) else math.nan


OF_RUN: dict[str, Callable[[Run], float]] = {
    "best_epoch": lambda run: run.best_epoch or math.nan,
    "epochs_run": lambda run: run.epochs_run,
    "best_validation_loss": lambda run: lowest(run.history.validation_loss),
    "first_train_loss": lambda run: run.history.train_loss[0] if run.history.train_loss else math.nan,
    "last_train_loss": lambda run: last(run.history.train_loss),
    "last_validation_loss": lambda run: last(run.history.validation_loss),
    "train_loss_at_best": lambda run: best(run, run.history.train_loss),
    "gap_at_end": lambda run: last(run.history.validation_loss) - last(run.history.train_loss),
    "best_accuracy": lambda run: 100 * best(run, run.history.validation_accuracy),
    "last_accuracy": lambda run: 100 * last(run.history.validation_accuracy),
    "last_train_accuracy": lambda run: 100 * last(run.history.train_accuracy),
    "best_error": lambda run: 100 - 100 * best(run, run.history.validation_accuracy),
    "seconds": lambda run: run.seconds,
}
"""In percent where it is a share."""
OF_PROJECT: dict[str, Callable[[Project], float]] = {
    "parameters": lambda project: infer(project).total_parameters,
    "learning_rate": lambda project: project.training.learning_rate,
    "batch_size": lambda project: project.training.batch_size,
    "epochs": lambda project: project.training.epochs,
    "rows_train": lambda project: project.facts.train if project.facts else math.nan,
    "rows_validation": lambda project: project.facts.validation if project.facts else math.nan,
    "rows_test": lambda project: project.facts.test if project.facts else math.nan,
    "test_openings": lambda project: len(opened(project)),
    "iterations": lambda project: iterations(project),
}
OF_STARTS: dict[str, Callable[[Sequence[Run]], float]] = {
    "starts": len,
    "starts_solved": lambda runs: sum(last(run.history.train_accuracy) == 1 for run in runs),
    "lowest_of_starts": lambda runs: lowest(tuple(last(run.history.train_loss) for run in runs)),
    "highest_of_starts": lambda runs: highest(tuple(last(run.history.train_loss) for run in runs)),
    "lowest_validation_of_starts": lambda runs: lowest(tuple(lowest(run.history.validation_loss) for run in runs)),
    "highest_validation_of_starts": lambda runs: highest(tuple(lowest(run.history.validation_loss) for run in runs)),
}
"""Of all runs that differ from one in nothing but the seed: how many, how many of them have every training row right,
the lowest and highest training loss that they end with, and the lowest and highest of their best validation losses."""
CHANGING = ("seconds",)
"""What is another each time, and so no number to rely on."""


def iterations(project: Project) -> float:
    """How many batches make an epoch."""
    return math.ceil(project.facts.train / project.training.batch_size) if project.facts else math.nan


def check_measure(name: str) -> None:
    """UserError for what is no measure."""
    kind = name.partition(":")[0]
    known = [*OF_RUN, *OF_STARTS, *OF_PROJECT]
    if name not in known and kind not in ("weight", "bias"):
        raise UserError(
            _("“{name}” is no measure. Measures: {known}, weight:LAYER:OUT:IN, bias:LAYER:OUT.").format(
                name=name[:60], known=", ".join(known)
            )
        )


def needs_run(name: str) -> bool:
    """Whether a measure is one of a run, and not of the project alone."""
    return name not in OF_PROJECT


def measured(name: str, project: Project, run: Run | None) -> float:
    """The number of this name; NaN where there is none. UserError for what is no measure."""
    check_measure(name)
    if name in OF_PROJECT:
        return float(OF_PROJECT[name](project))
    if run is None:
        return math.nan
    if name in OF_RUN:
        return float(OF_RUN[name](run))
    if name in OF_STARTS:
        return float(OF_STARTS[name](starts_of(run, project)))
    return parameter(name, run)


def at(project: Project, run: Run) -> Project:
    """The project as it was when a run was made, as far as measures tell."""
    return replace(project, network=run.network, training=run.training)


def starts_of(run: Run, project: Project) -> list[Run]:
    """The runs of a project that differ from one in nothing but the seed, itself among them."""

    def what(one: Run) -> tuple[object, ...]:
        return layers_of(one.network), set(one.network.links), one.data, replace(one.training, seed=0)

    return [one for one in project.runs if what(one) == what(run)]


def layers_of(network: Network) -> list[tuple[str, str, dict[str, Value]]]:
    """What a network's layers compute, wherever they stand and whatever they are called."""
    return [(layer.id, layer.type, dict(layer.parameters)) for layer in network.layers]


def parameter(name: str, run: Run) -> float:
    """A single weight or bias of a run; NaN where it has no such."""
    kind, layer, *places = name.split(":")
    tensors = safetensors.numpy.load(run.weights) if run.weights else {}
    try:
        return float(np.asarray(tensors[f"{layer}.{kind}"])[tuple(int(place) for place in places)])
    except (KeyError, ValueError, IndexError, TypeError):
        return math.nan


# --- texts ----------------------------------------------------------------------------------------------------------


def said(words: Words) -> str:
    """The text in the language in use, or in the first that it is given in."""
    return words.get(current_language()) or next(iter(words.values()), "")


def names_in(words: Words) -> set[str]:
    """The measures that a text names, in any language."""
    return {name for text in words.values() for name in PLACE.findall(text)}


def filled(text: str, number: Callable[[str], float], predicted: str = "") -> str:
    """The text with its numbers in their places; what is not known yet is a dash."""

    def put(found: re.Match[str]) -> str:
        if found[1] == PREDICTED:
            return predicted or "–"
        value = number(found[1])
        return shown(value)

    return PLACE.sub(put, text)


def shown(value: float) -> str:
    """A number as a lesson says it: four digits; whole ones whole, with their thousands apart."""
    if not math.isfinite(value):
        return "–"
    return f"{Count(value)}" if value == round(value) and abs(value) < 1e9 else f"{value:.4g}"


def variant_of(name: str) -> tuple[str, str]:
    """A measure of one of several curves: `last_train_loss.small` is that of the curve “small”."""
    measure, _dot, curve = name.partition(".")
    return measure, curve


def numbers(project: Project, run: Run | None, curves: Mapping[str, Run]) -> Callable[[str], float]:
    """What texts are filled from: the measures of the run, and of each of several curves. NaN for what there is not."""

    def number(name: str) -> float:
        measure, curve = variant_of(name)
        try:
            if not curve:
                return measured(measure, project, run)
            one = curves[curve]
            return measured(measure, at(project, one), one)
        except (UserError, KeyError):
            return math.nan

    return number
