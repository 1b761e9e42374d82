"""A study in words: what it is called, what it varies, how it chooses, how long it takes and what came of it."""

import math
from typing import TYPE_CHECKING

from nnstudio.project.file_size import A_NUMBER, numbers_of
from nnstudio.project.model import Network, Project, Run, Study
from nnstudio.project.settings import CHOICE_NAMES
from nnstudio.project.study import Method, Variable
from nnstudio.project.study_rungs import most_epochs, rungs_of
from nnstudio.project.study_variables import setting_text, value_text, variable_text
from nnstudio.text import Count, mark, mark_count, shown_bytes, translate_count
from nnstudio.text import translate as _

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Outcomes

__all__ = ["setting_text"]

METHODS: dict[Method, tuple[str, str]] = {
    "grid": (mark("Grid"), mark("Every combination of the values, one after the other.")),
    "random": (
        mark("Random"),
        mark("Values drawn by chance, each by itself: with several that vary, few settings cover more of each."),
    ),
    "tpe": (
        "TPE",
        mark(
            "After the first ones by chance, values that the better settings have had more often than the others "
            "(tree-structured Parzen estimators, by Optuna)."
        ),
    ),
}
MOST_NAMED = 4
"""Of more that varies, a name says only so many."""
NOT_ENDED = {
    "failed": mark_count("{count} failed", "{count} failed"),
    "diverged": mark_count("{count} diverged", "{count} diverged"),
    "pruned": mark_count("{count} given up early", "{count} given up early"),
}
MINUTE, HOUR = 60, 3600


def study_title(study: Study) -> str:
    """What a study is called: its name, or what varies."""
    if study.name:
        return study.name
    names = [variable_text(study.network, one.key) for one in study.variables]
    return " × ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")


def values_text(network: Network, variable: Variable) -> str:
    """What a variable is varied over."""
    if variable.values:
        return ", ".join(value_text(network, variable.key, one) for one in variable.values)
    words = _("{low:g} to {high:g}, logarithmic") if variable.is_logarithmic else _("{low:g} to {high:g}")
    found = words.format(low=variable.low, high=variable.high)
    if variable.points:
        points = translate_count("{count} point", "{count} points", variable.points).format(count=variable.points)
        found = f"{found}, {points}"
    return found


def trainings_text(study: Study) -> str:
    """How many trainings it is."""
    settings = translate_count("{count} setting", "{count} settings", study.settings)
    seeds = translate_count("{count} seed", "{count} seeds", study.seeds)
    trials = study.settings * study.seeds
    all_of_them = translate_count("{count} training", "{count} trainings", trials)
    return (
        f"{settings.format(count=Count(study.settings))} × {seeds.format(count=study.seeds)} = "
        f"{all_of_them.format(count=Count(trials))}"
    )


def rungs_text(study: Study) -> str:
    """How many settings are trained how far, with successive halving; "" without."""
    if study.halving is None:
        return ""
    *first, last = rungs_of(study)
    words = [
        translate_count("{count} setting to epoch {epoch}", "{count} settings to epoch {epoch}", settings)
        for settings, _epoch in first
    ]
    steps = [
        one.format(count=Count(settings), epoch=epoch) for one, (settings, epoch) in zip(words, first, strict=True)
    ]
    end = translate_count("{count} to the end", "{count} to the end", last[0]).format(count=Count(last[0]))
    return ", ".join([*steps, end])


def definition_text(study: Study) -> str:
    """All of a definition, a line each."""
    network = study.network
    lines = [f"{variable_text(network, one.key)}: {values_text(network, one)}" for one in study.variables]
    lines.append(f"{_(METHODS[study.method][0])}: {trainings_text(study)}")
    lines.append(_("Chosen by the {measure}").format(measure=_(CHOICE_NAMES[study.measure])))
    if study.halving is not None:
        lines.append(_("Successive halving: {rungs}").format(rungs=rungs_text(study)))
    if not study.keeps_weights:
        lines.append(_("Keeps the curves alone, no weights"))
    return "\n".join(lines)


# --- what it takes --------------------------------------------------------------------------------------------------


def cost_text(project: Project, study: Study) -> str:
    """How long it takes here and how much the file grows, by the newest run there is; what is not known is left out."""
    run = next((one for one in reversed(project.runs) if one.samples_per_second > 0), None)
    if run is None:
        return ""
    said = []
    if project.facts is not None:
        seconds = most_epochs(study) * project.facts.train / run.samples_per_second
        said.append(
            _("At most about {time} on this machine, by the speed of the newest run.").format(
                time=duration_text(seconds)
            )
        )
    size = study.settings * study.seeds * trial_bytes(run, study.keeps_weights)
    said.append(_("The file grows by some {size}.").format(size=shown_bytes(size)))
    return " ".join(said)


def trial_bytes(run: Run, keeps_weights: bool) -> int:
    """About what a trial like a run takes in the file; of a trial the weights of earlier epochs are not kept."""
    curves = A_NUMBER * numbers_of(run.history)
    return curves + (len(run.weights) + len(run.checkpoint) if keeps_weights else 0)


def duration_text(seconds: float) -> str:
    """A time as it is said: no more exact than it is known."""
    if seconds >= 2 * HOUR:
        return _("{count} h").format(count=round(seconds / HOUR))
    if seconds >= 2 * MINUTE:
        return _("{count} min").format(count=round(seconds / MINUTE))
    return _("{count} s").format(count=max(1, math.ceil(seconds)))


def left_text(seconds: float) -> str:
    return _("about {time} left").format(time=duration_text(seconds))


# --- what came of it ------------------------------------------------------------------------------------------------


def done_text(outcomes: "Outcomes") -> str:
    """How many trials there are, and how many of them came to nothing."""
    study = outcomes.study
    words = _("{done} of {trials} trials").format(
        done=Count(len(outcomes.runs)), trials=Count(study.settings * study.seeds)
    )
    reasons: list[str] = [run.stop_reason for run in outcomes.runs]
    for reason, (singular, plural) in NOT_ENDED.items():
        if count := reasons.count(reason):
            words += ", " + translate_count(singular, plural, count).format(count=Count(count))
    return words


def failure_of(outcomes: "Outcomes") -> str:
    """Why the first trial that failed did, with its setting; "" where none has."""
    for run in outcomes.runs:
        if run.stop_reason == "failed" and run.trial is not None:
            return _("Failed with {setting}: {reason}").format(
                setting=setting_text(outcomes.study.network, run.trial.values), reason=run.message
            )
    return ""
