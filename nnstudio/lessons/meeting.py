"""What a step's goal asks of the project, done without a hand: by the checker, and to know where a step will end."""

from nnstudio.lessons.conditions import with_setting, with_settings
from nnstudio.lessons.model import (
    Condition,
    LayerCount,
    LayerThere,
    SettingAtLeast,
    SettingDiffers,
    SettingIs,
    Step,
)
from nnstudio.project import edits
from nnstudio.project.model import Project


def met_project(step: Step, before: Project) -> Project:
    """The project with what the step asks for, where that can be told from its conditions. UserError for what cannot
    be done."""
    project = with_settings(before, step.do)
    for condition in step.goal:
        project = toward(condition, project)
    return project


def toward(condition: Condition, project: Project) -> Project:
    """The project changed so that a condition holds, where that can be told from the condition."""
    match condition:
        case SettingIs(setting=key, value=text) | SettingDiffers(setting=key, example=text):
            return with_setting(project, key, text)
        case SettingAtLeast(setting=key, value=value):
            return with_setting(project, key, f"{value:g}")
        case LayerThere() | LayerCount():
            have = [layer.id for layer in project.network.layers if layer.type == condition.layer]
            for _time in range(condition.count - len(have)):
                project = inserted(project, condition.layer)
            if isinstance(condition, LayerCount):
                for id in have[condition.count :]:
                    project = taken_out(project, id)
    return project


def inserted(project: Project, type: str) -> Project:
    """With a layer of this kind on the last link, where it keeps its place before the answer."""
    project, id = edits.add_layer(project, type)
    outputs = [layer.id for layer in project.network.layers if layer.role == "output"]
    last = next(link for link in project.network.links if link.target in outputs)
    before = next((link for link in project.network.links if link.target == last.source), last)
    return edits.insert_on_link(project, id, before)


def taken_out(project: Project, id: str) -> Project:
    """Without a layer; where it stood in a row, its neighbours are linked."""
    sources = [link.source for link in project.network.links if link.target == id]
    targets = [link.target for link in project.network.links if link.source == id]
    project = edits.remove(project, [id])
    return edits.add_link(project, sources[0], targets[0]) if len(sources) == len(targets) == 1 else project
