"""What a step asks for, done: by the checker, and in front of a class by one key."""

from nnstudio.lessons.conditions import with_setting, with_settings
from nnstudio.lessons.model import Condition, LayerCount, LayerThere, SettingAtLeast, SettingDiffers, SettingIs, Step
from nnstudio.project import edits
from nnstudio.project.model import Project


def done(step: Step, project: Project) -> Project:
    """The project with all settings and layers that the step asks for. UserError for what cannot be."""
    project = with_settings(project, step.do)
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
            have = sum(layer.type == condition.layer for layer in project.network.layers)
            for _time in range(condition.count - have):
                project = inserted(project, condition.layer)
    return project


def inserted(project: Project, type: str) -> Project:
    """With a layer of this kind on the last link, where it keeps its place before the answer."""
    project, id = edits.add_layer(project, type)
    outputs = [layer.id for layer in project.network.layers if layer.role == "output"]
    last = next(link for link in project.network.links if link.target in outputs)
    before = next((link for link in project.network.links if link.target == last.source), last)
    return edits.insert_on_link(project, id, before)
