"""What a step names in the project that it is played in, and the commands that it needs: what of it is not there."""

from collections.abc import Iterator

from nnstudio.layers.catalogue import layer_type
from nnstudio.lessons import names
from nnstudio.lessons.conditions import GROUPS
from nnstudio.lessons.measures import needs_run
from nnstudio.lessons.model import (
    CommandDone,
    Condition,
    MeasureBelow,
    Number,
    Order,
    RunFinished,
    RunsCompared,
    SettingAtLeast,
    SettingDiffers,
    SettingIs,
    ShapeIs,
    Sketch,
    Star,
    Step,
    ViewOpen,
)
from nnstudio.project.model import Project
from nnstudio.text import UserError
from nnstudio.text import translate as _


def dead_names(step: Step, before: Project, after: Project) -> Iterator[str]:
    """What a step names and what is neither in the project that it begins with nor in the one that it ends with."""
    if step.start and step.start.run:
        yield from run_problems(step.start.run, step.start.epoch, before)
    if step.point.startswith(names.LAYER) and not before.network.has(step.point.removeprefix(names.LAYER)):
        yield _("“{name}” is nothing that can be pointed at.").format(name=step.point[:60])
    for condition in conditions_of(step):
        yield from condition_problems(condition, before, after)


def conditions_of(step: Step) -> list[Condition]:
    """Every condition of a step, those that it warns by too."""
    return [*step.goal, *(condition for warn in step.warn for condition in warn.when)]


def run_problems(id: str, epoch: int, project: Project) -> Iterator[str]:
    """A run that a step begins with must be there, and have come so far."""
    run = next((one for one in project.runs if one.id == id), None)
    if run is None:
        yield _("there is no {run} when the step begins.").format(run=id[:60])
    elif epoch > run.epochs_run:
        yield _("{run} has {count} epochs; the step begins at {epoch}.").format(
            run=id, count=run.epochs_run, epoch=epoch
        )


def condition_problems(condition: Condition, before: Project, after: Project) -> Iterator[str]:
    match condition:
        case SettingIs(setting=key) | SettingAtLeast(setting=key) | SettingDiffers(setting=key):
            layer, _dot, parameter = key.partition(".")
        case ShapeIs(layer=layer):
            parameter = ""
        case _other:
            return
    if layer in GROUPS:
        return
    project = before if before.network.has(layer) else after
    if not project.network.has(layer):
        yield _("There is no layer “{layer}” here.").format(layer=layer[:60])
    elif parameter:
        try:
            layer_type(project.network.layer(layer).type).parameter(parameter)
        except UserError as mistake:
            yield str(mistake)


# --- runs and commands ----------------------------------------------------------------------------------------------


def runs_needed(step: Step, there: int = 0) -> int:
    """How many runs a step needs, with so many there already."""
    counts = [one.count for one in step.goal if isinstance(one, RunFinished)]
    counts += [one.count - there for one in step.goal if isinstance(one, RunsCompared)]
    counts += [1 for one in step.goal if isinstance(one, MeasureBelow)]
    match step.ask:
        case Order(curves=curves):
            counts.append(len(curves))
        case Star() | Sketch():
            counts.append(1)
        case Number(measure=measure) if measure and needs_run(measure):
            counts.append(1)
    return max([0, *counts])


def barred(step: Step) -> Iterator[str]:
    """What a step asks for and does not allow: whoever plays it could not go on."""
    if not step.allow:
        return
    needed = [one.command for one in step.goal if isinstance(one, CommandDone)]
    needed += [names.LABS[one.view] for one in step.goal if isinstance(one, ViewOpen) and one.view in names.LABS]
    for name in needed:
        if name not in step.allow:
            yield _("it asks for “{name}” and does not allow it.").format(name=name)
    if runs_needed(step) and not set(step.allow) & set(names.TRAINING_COMMANDS):
        yield _("it asks for a run and does not allow to train.")
