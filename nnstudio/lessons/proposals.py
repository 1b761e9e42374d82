"""What was just done in the window, as goals to choose from: the most telling first, none twice."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Value
from nnstudio.lessons import names
from nnstudio.lessons.conditions import GROUPS, setting, with_setting
from nnstudio.lessons.measures import measured
from nnstudio.lessons.model import (
    CommandDone,
    Condition,
    LayerCount,
    LayerThere,
    MeasureBelow,
    RunFinished,
    RunsCompared,
    SettingAtLeast,
    SettingDiffers,
    SettingIs,
    TestOpenedAtMost,
    ViewOpen,
)
from nnstudio.project import openings
from nnstudio.project.archive import is_path
from nnstudio.project.model import Project, Run
from nnstudio.text import UserError

LONGEST_VALUE = 60
TELLING = (
    "actionPause",
    "actionStepBatch",
    "actionStepEpoch",
    "actionReset",
    "actionCarryOn",
    "actionSameStart",
    "actionTenSeeds",
    "actionNeurons",
    "actionFormula",
    "actionLogLoss",
    "actionIterations",
    "actionDataRoom",
)
"""The commands that are a goal by themselves; what the others do is seen in the project, or no goal at all."""
SWITCHES = {
    "plotDropout": "actionDropout",
    "plotBoundary": "actionPlane",
    "plotGradients": "actionGradients",
    "plotConfusion": "actionConfusion",
}
"""The command that shows a plot or puts it away."""
READ = (*names.SETTINGS_PANELS, "formulaBar")
"""The panels that one opens to read."""
ROOM = 1.1
"""How far above the measure of the recorded run the goal lies, so that another seed meets it too."""


@dataclass(frozen=True)
class Doing:
    """What was done: the project as it was and as it is, the commands given, and what came into sight meanwhile."""

    before: Project
    after: Project
    commands: frozenset[str] = frozenset()
    views: frozenset[str] = frozenset()

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs that were made, without those that were trained beside them to be compared."""
        known = {run.id for run in self.before.runs}
        return tuple(run for run in self.after.runs if run.id not in known and not run.is_companion)


@dataclass(frozen=True)
class Proposal:
    """A goal, and whether it is chosen until the teacher says otherwise."""

    condition: Condition
    is_ticked: bool = True


def proposed(doing: Doing) -> tuple[Proposal, ...]:
    """The goals that what was done could be."""
    found = [*settings_changed(doing), *layers_changed(doing), *trained(doing), *tested(doing), *opened(doing)]
    is_empty = not any(one.is_ticked for one in found)
    found += [Proposal(CommandDone(name), True) for name in names.COMMANDS if name in doing.commands & {*TELLING}]
    shown = [name for name in READ if name in doing.views]
    found += [Proposal(ViewOpen(name), is_empty and not doing.commands & {*TELLING}) for name in shown]
    return tuple(one for place, one in enumerate(found) if one.condition not in [o.condition for o in found[:place]])


def settings_changed(doing: Doing) -> Iterator[Proposal]:
    """A goal for each setting of training or data, or of a layer, that is another now. What another setting has brought
    with it is none of its own."""
    project = doing.before
    for key in keys_of(doing):
        if setting(project, key) != setting(doing.after, key):
            condition = is_now(key, doing.after)
            yield Proposal(condition)
            project = done(condition, project)


def keys_of(doing: Doing) -> Iterator[str]:
    """Every key that a setting may have changed under; where the data comes from first, which others follow."""
    yield "data.source"
    for group, declared in GROUPS.items():
        yield from (f"{group}.{one.name}" for one in declared)
    for layer in doing.after.network.layers:
        if doing.before.network.has(layer.id):
            yield from (f"{layer.id}.{one.name}" for one in layer_type(layer.type).parameters)


def is_now(key: str, project: Project) -> Condition:
    """The setting is what it is now; one that is too long to be read aloud is only another than before."""
    text = written(setting(project, key))
    is_file = key in ("data.source", "data.test_source") and is_path(text)
    if len(text) > LONGEST_VALUE or is_file:
        return SettingDiffers(key, text)
    return SettingIs(key, text)


def done(condition: Condition, project: Project) -> Project:
    try:
        match condition:
            case SettingIs(setting=key, value=text) | SettingDiffers(setting=key, example=text):
                return with_setting(project, key, text)
    except UserError:
        pass
    return project


def written(value: Value | None) -> str:
    """A value as the command line takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def layers_changed(doing: Doing) -> Iterator[Proposal]:
    """A goal for each kind of layer of which there are more or fewer now; and what was set in the new ones."""
    before = [layer.type for layer in doing.before.network.layers]
    after = [layer.type for layer in doing.after.network.layers]
    for type in dict.fromkeys([*after, *before]):
        have, had = after.count(type), before.count(type)
        if have != had and layer_type(type).role not in ("input", "output"):
            yield Proposal(LayerThere(type, have) if have > had else LayerCount(type, have))
    for layer in doing.after.network.layers:
        if not doing.before.network.has(layer.id):
            defaults = layer_type(layer.type).defaults()
            for name, value in layer.parameters.items():
                if value != defaults.get(name):
                    yield Proposal(SettingIs(f"{layer.id}.{name}", written(value)))


def trained(doing: Doing) -> Iterator[Proposal]:
    """That it is trained; and how good it is to become, which the teacher may choose."""
    if not doing.runs:
        return
    yield Proposal(RunFinished(1 if "actionTenSeeds" in doing.commands else len(doing.runs)))
    run = doing.runs[-1]
    measures = ("best_validation_loss", "best_error") if run.history.validation_loss else ("last_train_loss",)
    for measure in measures:
        value = measured(measure, doing.after, run)
        if math.isfinite(value):
            yield Proposal(MeasureBelow(measure, roomy(value)), False)
    if len(doing.after.runs) > 1:
        yield Proposal(RunsCompared(2), False)


def tested(doing: Doing) -> Iterator[Proposal]:
    """That the test set is opened no more often than it was."""
    known = set(openings.opened(doing.before))
    times = len(set(openings.opened(doing.after)) - known)
    if times:
        yield Proposal(CommandDone("actionOpenTestSet"), False)
        yield Proposal(TestOpenedAtMost(times), False)


def roomy(value: float) -> float:
    """A round number a little above a measure."""
    if value <= 0:
        return 1.0 if value == 0 else 0.0
    unit = 10.0 ** (math.floor(math.log10(value * ROOM)) - 1)
    return float(f"{math.ceil(value * ROOM / unit) * unit:.2g}")


def opened(doing: Doing) -> Iterator[Proposal]:
    """What came into sight: labs and plots."""
    for name in (*names.LABS, *names.PLOTS):
        comes_by_itself = name in names.PLOTS and bool(doing.runs) and SWITCHES.get(name) not in doing.commands
        if name in doing.views and not comes_by_itself:
            yield Proposal(ViewOpen(name))


def alternatives(condition: Condition, before: Project | None) -> tuple[Condition, ...]:
    """The same goal said otherwise: just so, at least so, or only other than before; so many layers or just so many."""
    match condition:
        case SettingIs(setting=key, value=text) | SettingDiffers(setting=key, example=text):
            return (SettingIs(key, text), *at_least(key, text), *differs(key, text, before))
        case SettingAtLeast(setting=key, value=value):
            text = f"{value:g}"
            return (SettingIs(key, text), condition, *differs(key, text, before))
        case LayerThere(layer=type, count=count) | LayerCount(layer=type, count=count):
            return (*((LayerThere(type, count),) if count else ()), LayerCount(type, count))
    return (condition,)


def at_least(key: str, text: str) -> Iterator[Condition]:
    try:
        yield SettingAtLeast(key, float(text))
    except ValueError:
        return


def differs(key: str, text: str, before: Project | None) -> Iterator[Condition]:
    group = key.partition(".")[0]
    if before is None or group in GROUPS or before.network.has(group):
        yield SettingDiffers(key, text)
