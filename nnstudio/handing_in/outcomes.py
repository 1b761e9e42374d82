"""What was predicted in lessons, and what then happened, in words."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from msgspec.structs import replace

from nnstudio.lessons.conditions import with_settings
from nnstudio.lessons.lesson_file import lesson_id, read_lesson, shipped
from nnstudio.lessons.measures import measured, said, shown
from nnstudio.lessons.model import Ask, Choice, Lesson, Number, Order, Sketch, Star
from nnstudio.lessons.progress import prediction_text
from nnstudio.project import variants
from nnstudio.project.model import Prediction, Project, Run
from nnstudio.text import UserError, translate_count
from nnstudio.text import translate as _

UNKNOWN = "–"


@dataclass(frozen=True)
class Outcome:
    """A prediction in words. `made` is when, as it is kept; `happened` is a dash where that is not known (yet)."""

    prediction: Prediction
    lesson: str
    question: str
    predicted: str
    happened: str


def shipped_lessons() -> dict[str, Lesson]:
    """The lessons that come with the program, by id."""
    return {lesson_id(path): read_lesson(path) for path in shipped()}


def outcomes(project: Project, lessons: Mapping[str, Lesson]) -> list[Outcome]:
    """Every prediction of a project, in order. Of a lesson that is not here, the answer stands as it is kept."""
    return [outcome(one, project, lessons.get(one.lesson)) for one in project.predictions]


def outcome(prediction: Prediction, project: Project, lesson: Lesson | None) -> Outcome:
    step = next((one for one in lesson.steps if one.id == prediction.step), None) if lesson else None
    title = said(lesson.title) if lesson else prediction.lesson
    question = said(step.title) if step else prediction.step
    if prediction.attempt > 1:
        question = _("{question} (asked again)").format(question=question)
    if step is None or step.ask is None:
        return Outcome(prediction, title, question, raw_text(prediction), UNKNOWN)
    predicted = predicted_text(step.ask, prediction) or raw_text(prediction)
    try:
        happened = what_happened(step.ask, prediction, project) or UNKNOWN
    except UserError:  # a stranger's lesson of the same name may ask for what there is not
        happened = UNKNOWN
    return Outcome(prediction, title, question, predicted, happened)


def predicted_text(ask: Ask, prediction: Prediction) -> str:
    """An answer in words. Curves by what they are: on a sheet nobody sees the letters that they had."""
    if isinstance(ask, Order):
        names = {one.id: said(one.text) for one in ask.curves}
        return " < ".join(names.get(id, id) for id in prediction.order)
    return prediction_text(ask, prediction)


def raw_text(prediction: Prediction) -> str:
    """An answer as it is kept."""
    if prediction.curve:
        words = translate_count("a curve of {count} point", "a curve of {count} points", len(prediction.curve))
        return words.format(count=len(prediction.curve))
    if prediction.number is not None:
        return shown(prediction.number)
    return prediction.choice or " < ".join(prediction.order) or UNKNOWN


def run_of(prediction: Prediction, project: Project) -> Run | None:
    """The run that a prediction was held against: that which it names, else the first that ended behind it."""
    if prediction.run:
        return next((run for run in project.runs if run.id == prediction.run), None)
    later = [run for run in project.runs if run.created >= prediction.made and not run.is_companion]
    return later[0] if later else None


def what_happened(ask: Ask, prediction: Prediction, project: Project) -> str:
    """What turned out, in words; "" where there is no run yet, or no answer."""
    run = run_of(prediction, project)
    match ask:
        case Choice():
            return next((said(one.text) for one in ask.options if one.id == ask.answer), "") if run else ""
        case Number(measure=""):
            return shown(ask.answer) if ask.answer is not None else ""
        case Number():
            return number_text(ask.measure, project, run)
        case Star():
            return number_text("best_epoch", project, run)
        case Order():
            return order_text(ask, project)
        case Sketch():
            return sketch_text(ask, prediction, run)
    return ""


def number_text(measure: str, project: Project, run: Run | None) -> str:
    if run is None:
        return ""
    value = measured(measure, variants.restored(project, run), run)
    return shown(value) if math.isfinite(value) else ""


def order_text(ask: Order, project: Project) -> str:
    """The curves in the order of their measure, as far as all were trained."""
    found = []
    for one in ask.curves:
        run = next((run for run in reversed(project.runs) if is_of(run, one.settings, project)), None)
        if run is None:
            return ""
        found.append((measured(ask.measure, variants.restored(project, run), run), said(one.text)))
    # What is no number any more ended higher than all others.
    found.sort(key=lambda pair: pair[0] if math.isfinite(pair[0]) else math.inf)
    return " < ".join(name for _value, name in found)


def is_of(run: Run, settings: Mapping[str, str], project: Project) -> bool:
    """Whether a run was trained with these settings."""
    trained = variants.restored(project, run)
    changed = with_settings(trained, settings)
    return replace(changed, facts=None) == replace(trained, facts=None)


def sketch_text(ask: Sketch, prediction: Prediction, run: Run | None) -> str:
    """How far the curve ran from the one that was drawn."""
    values = getattr(run.history, ask.measure, ()) if run else ()
    if len(prediction.curve) < 2 or not values:
        return ""
    epochs, losses = np.array(sorted(prediction.curve)).T
    told = [(epoch, value) for epoch, value in enumerate(values, 1) if epochs[0] <= epoch <= epochs[-1]]
    gaps = [abs(value - np.interp(epoch, epochs, losses)) for epoch, value in told if math.isfinite(value)]
    return _("on average {gap} away from it").format(gap=shown(float(np.mean(gaps)))) if gaps else ""


def local_time(text: str) -> str:
    """A moment that is kept in UTC, as the clock here shows it; what is no moment stands as it is."""
    try:
        return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return text
