"""What the variables, settings and measures of a study are called and how their numbers are written."""

import math
from typing import TYPE_CHECKING

from nnstudio.project.settings import CHOICE_NAMES
from nnstudio.project.study_variables import setting_text
from nnstudio.text import Count, percent, translate_count
from nnstudio.text import translate as _

if TYPE_CHECKING:
    from nnstudio.studies.outcomes import Outcomes
    from nnstudio.studies.row_scores import StudyOptimism

LEAST_LOSS = 5e-5
"""Of a loss, what is less is nothing to speak of."""


def measure_text(measure: str) -> str:
    return _(CHOICE_NAMES[measure])


def score_text(measure: str, score: float) -> str:
    """A measure as it is written; what is no number has diverged."""
    if not math.isfinite(score):
        return _("diverged")
    return f"{score:.3g}" if measure == "validation_loss" else percent(score)


def range_text(measure: str, low: float, high: float) -> str:
    """Two of them, from one to the other."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"{score_text(measure, low)} – {score_text(measure, high)}"
    if measure == "validation_loss":
        return f"{low:.3g}–{high:.3g}"
    return f"{100 * low:.1f}–{percent(high)}"


def excess_text(measure: str, excess: float) -> str:
    """By how much something looks too good: points of a percentage, or so much of a loss."""
    excess = max(0.0, excess)
    if measure == "validation_loss":
        return f"{excess:.2g}" if excess >= LEAST_LOSS else "0"
    points = round(100 * excess, 1)
    return translate_count("{points} point", "{points} points", 1 if points == 1 else 2).format(points=f"{points:g}")


def spread_text(outcomes: "Outcomes", setting: int) -> str:
    """The median of a setting with its spread over the seeds."""
    measure, spread = outcomes.study.measure, outcomes.spread
    seeds = int(spread.count[setting])
    median = score_text(measure, float(spread.median[setting]))
    if seeds == 1:
        return _("{median} (1 seed: its spread is not known)").format(median=median)
    span = range_text(measure, float(spread.low[setting]), float(spread.high[setting]))
    return _("{median} ({seeds} seeds {span})").format(median=median, seeds=Count(seeds), span=span)


def optimism_text(outcomes: "Outcomes", optimism: "StudyOptimism | None") -> str:
    """By how much the best looks too good, or why that is not told; "" while it is computed."""
    if optimism is None:
        return ""
    if optimism.found is None:
        return optimism.reason
    # More settings may have come since it was computed.
    count = min(len(outcomes.numbers), optimism.settings)
    excess = optimism.after(count)
    words = _("the best of {count} looks about {excess} too good on {rows} rows")
    if excess_text(outcomes.study.measure, excess) == excess_text(outcomes.study.measure, 0.0):
        words = _("the best of {count} looks hardly too good on {rows} rows")
    told = excess_text(outcomes.study.measure, excess)
    return words.format(count=Count(count), excess=told, rows=Count(optimism.found.rows))


def best_text(outcomes: "Outcomes", optimism: "StudyOptimism | None") -> str:
    """The best setting, honestly: its values, its median with the spread over its seeds, and how much of that is
    luck."""
    study, best = outcomes.study, outcomes.best
    if best is None:
        return _("No trial of this study has a finite {measure} yet.").format(measure=measure_text(study.measure))
    said = _("Best: {setting} — {measure} {spread}").format(
        setting=setting_text(study.network, outcomes.values_of(best)),
        measure=measure_text(study.measure),
        spread=spread_text(outcomes, best),
    )
    told = optimism_text(outcomes, optimism)
    return f"{said}; {told}" if optimism is not None and optimism.found else f"{said}. {told}".strip()


def trial_text(outcomes: "Outcomes", place: int) -> str:
    """All of a trial: its values, which of the seeds it has, its measure, and that of its setting."""
    study, run = outcomes.study, outcomes.runs[place]
    setting = int(outcomes.setting_of[place])
    seeds = int(outcomes.spread.count[setting])
    epochs = translate_count("{count} epoch", "{count} epochs", run.epochs_run).format(count=Count(run.epochs_run))
    said = _("{setting} — seed {seed} of {seeds}: {measure} {score}, {epochs}").format(
        setting=setting_text(study.network, outcomes.values_of(setting)),
        seed=(run.trial.seed + 1) if run.trial is not None else 1,
        seeds=max(seeds, study.seeds),
        measure=measure_text(study.measure),
        score=score_text(study.measure, float(outcomes.scores[place])),
        epochs=epochs,
    )
    if outcomes.is_cut_short[place]:
        said += f" ({ending_text(run.stop_reason)})"
    if seeds > 1:
        said += "; " + _("the setting’s median is {spread}").format(spread=spread_text(outcomes, setting))
    return said


def ending_text(reason: str) -> str:
    """Why a trial ended before its plan did."""
    return {
        "pruned": _("given up early"),
        "diverged": _("diverged"),
        "failed": _("failed"),
        "interrupted": _("interrupted"),
        "user": _("stopped"),
    }.get(reason, reason)
