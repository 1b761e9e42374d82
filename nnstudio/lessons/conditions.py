"""Whether the conditions of a step hold, and what each asks for in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Value, shown_shape
from nnstudio.lessons.measures import at, measured, shown
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
    ShapeIs,
    TestOpenedAtMost,
    ViewOpen,
)
from nnstudio.project import edits, openings
from nnstudio.project.data_settings import DATA_SETTINGS
from nnstudio.project.model import Project, Run
from nnstudio.project.names import shown_name
from nnstudio.project.settings import CHOICE_NAMES, TRAINING_SETTINGS, set_by_key
from nnstudio.project.shapes import infer
from nnstudio.text import UserError, mark, translate_count
from nnstudio.text import translate as _

GROUPS = {"data": DATA_SETTINGS, "training": TRAINING_SETTINGS}


MEASURE_NAMES = {
    "best_validation_loss": mark("Lowest validation loss"),
    "best_epoch": mark("Best epoch"),
    "epochs_run": mark("Epochs run"),
    "last_validation_loss": mark("Validation loss at the end"),
    "last_train_loss": mark("Training loss at the end"),
    "first_train_loss": mark("Training loss in the first epoch"),
    "train_loss_at_best": mark("Training loss in the best epoch"),
    "gap_at_end": mark("Gap between validation and training loss at the end"),
    "best_accuracy": mark("Validation accuracy in % in the best epoch"),
    "last_accuracy": mark("Validation accuracy in % at the end"),
    "last_train_accuracy": mark("Training accuracy in % at the end"),
    "best_error": mark("Validation error in %"),
    "seconds": mark("Seconds of training"),
    "parameters": mark("Parameters"),
    "highest_of_starts": mark("Highest training loss of all starts at the end"),
    "learning_rate": mark("Learning rate"),
    "batch_size": mark("Batch size"),
    "epochs": mark("Epochs"),
    "iterations": mark("Iterations of an epoch"),
    "rows_train": mark("Training rows"),
    "rows_validation": mark("Validation rows"),
    "rows_test": mark("Test rows"),
    "test_openings": mark("Openings of the test set"),
}
"""What measures are called on screen."""


@dataclass(frozen=True)
class Situation:
    """What a condition is asked about: the project when the step began and now, what was done since, what is in
    sight. `runs` are those that ended since, `compared` how many lie over each other."""

    before: Project
    project: Project
    commands: frozenset[str] = frozenset()
    views: frozenset[str] = frozenset()
    runs: tuple[Run, ...] = ()
    compared: int = 0


def holds(condition: Condition, found: Situation) -> bool:
    """Whether a condition holds. UserError for one that names what there is not."""
    network = found.project.network
    match condition:
        case CommandDone():
            return condition.command in found.commands
        case ViewOpen():
            return condition.view in found.views
        case SettingIs():
            key = condition.setting
            return has_setting(found.project, key) and setting(
                with_setting(found.project, key, condition.value), key
            ) == setting(found.project, key)
        case SettingAtLeast():
            value = setting(found.project, condition.setting)
            return isinstance(value, int | float) and value >= condition.value
        case SettingDiffers():
            return setting(found.before, condition.setting) != setting(found.project, condition.setting)
        case LayerThere():
            return sum(layer.type == condition.layer for layer in network.layers) >= condition.count
        case LayerCount():
            return sum(layer.type == condition.layer for layer in network.layers) == condition.count
        case ShapeIs():
            return infer(found.project).shapes.get(condition.layer) == condition.shape
        case RunFinished():
            return len(found.runs) >= condition.count
        case MeasureBelow():
            return any(measured(condition.measure, at(found.project, run), run) < condition.value for run in found.runs)
        case RunsCompared():
            return found.compared >= condition.count
        case TestOpenedAtMost():
            known = set(openings.opened(found.before))
            return len(set(openings.opened(found.project)) - known) <= condition.count


def has_setting(project: Project, key: str) -> bool:
    """Whether the project has what a key names: a layer may be gone."""
    group = key.partition(".")[0]
    return group in GROUPS or project.network.has(group)


def setting(project: Project, key: str) -> Value | None:
    """The value of a setting of data or training, or of LAYER.PARAMETER; None where the layer is gone."""
    group, _dot, name = key.partition(".")
    if group in GROUPS:
        value: Value = getattr(getattr(project, group), name)
        return value
    if not project.network.has(group):
        return None
    return project.network.layer(group).parameters.get(name)


def with_setting(project: Project, key: str, text: str) -> Project:
    """The project with a setting or a layer's parameter changed. UserError for what cannot be."""
    group, _dot, name = key.partition(".")
    if group in GROUPS:
        changed = set_by_key(project, key, text)
        return (
            changed if changed.data == project.data else edits.set_data(project, **{name: getattr(changed.data, name)})
        )
    if not project.network.has(group):
        raise UserError(_("There is no layer “{layer}” here.").format(layer=group[:60]))
    parameter = layer_type(project.network.layer(group).type).parameter(name)
    return edits.set_parameter(project, group, name, parameter.parse(text))


def with_settings(project: Project, settings: Mapping[str, str]) -> Project:
    for key, text in settings.items():
        project = with_setting(project, key, text)
    return project


# --- in words -------------------------------------------------------------------------------------------------------


def setting_name(project: Project, key: str) -> str:
    """What a setting is called on screen."""
    group, _dot, name = key.partition(".")
    if group in GROUPS:
        return _(next(one.label for one in GROUPS[group] if one.name == name))
    try:
        declared = layer_type(group.rpartition("_")[0])  # of a layer that is not there yet, its id says what it is
        layer = shown_name(project.network.layer(group)) if project.network.has(group) else _(declared.label)
        return f"{layer}: {_(declared.parameter(name).label)}"
    except UserError:
        return key


def goal_text(condition: Condition, project: Project, called: Callable[[str], str]) -> str:
    """What a condition asks for, in words; `called` says what a command or a view is called."""
    match condition:
        case CommandDone():
            return called(condition.command)
        case ViewOpen():
            return _("Open: {view}").format(view=called(condition.view))
        case SettingIs():
            value = _(CHOICE_NAMES.get(condition.value, condition.value))
            return f"{setting_name(project, condition.setting)} = {value}"
        case SettingAtLeast():
            return f"{setting_name(project, condition.setting)} ≥ {shown(condition.value)}"
        case SettingDiffers():
            return _("Change: {setting}").format(setting=setting_name(project, condition.setting))
        case LayerThere():
            words = translate_count(
                "{count} layer “{layer}” or more", "{count} layers “{layer}” or more", condition.count
            )
            return words.format(count=condition.count, layer=_(layer_type(condition.layer).label))
        case LayerCount():
            words = translate_count("{count} layer “{layer}”", "{count} layers “{layer}”", condition.count)
            return words.format(count=condition.count, layer=_(layer_type(condition.layer).label))
        case ShapeIs():
            return _("“{layer}” gives {shape}").format(layer=condition.layer, shape=shown_shape(condition.shape))
        case RunFinished():
            words = translate_count("Train to the end", "Train to the end: {count} runs", condition.count)
            return words.format(count=condition.count)
        case MeasureBelow():
            return _("{measure} below {value}").format(
                measure=_(MEASURE_NAMES.get(condition.measure, condition.measure)), value=shown(condition.value)
            )
        case TestOpenedAtMost(count=0):
            return _("Leave the test set sealed")
        case TestOpenedAtMost():
            return translate_count(
                "Test set opened at most {count} time", "Test set opened at most {count} times", condition.count
            ).format(count=condition.count)
        case RunsCompared():
            return translate_count(
                "{count} run in the plot of the loss", "{count} runs in the plot of the loss", condition.count
            ).format(count=condition.count)
