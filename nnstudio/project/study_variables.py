"""The settings that a study can vary: by which key each is known, over which values, and how a project takes one.

KEY is training.NAME, data.NAME, LAYER.PARAMETER with the id of a layer, network.dense_blocks or network.activation.
VALUES, as the command line takes them, are A,B,C, or a range LOW..HIGH, behind which :log and how many points a grid
takes of it may stand: 0.0001..0.1:log:4.
"""

import math
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from nnstudio.layers.catalogue import CATALOGUE, layer_type
from nnstudio.layers.spec import Parameter, Value, shown_number
from nnstudio.project import edits
from nnstudio.project.data_settings import DATA_SETTINGS
from nnstudio.project.dense_blocks import dense_block_count, with_dense_blocks
from nnstudio.project.model import Network, Project
from nnstudio.project.names import shown_name
from nnstudio.project.settings import CHOICE_NAMES, TRAINING_SETTINGS
from nnstudio.project.study import Variable
from nnstudio.project.variants import with_activation
from nnstudio.text import UserError, mark
from nnstudio.text import translate as _

ACTIVATIONS = tuple(one.type for one in CATALOGUE if one.role == "activation")
BLOCKS, ACTIVATION = "network.dense_blocks", "network.activation"
NETWORK_SETTINGS = {
    BLOCKS: Parameter("dense_blocks", mark("Dense blocks"), "integer", 1, 0, 50),
    ACTIVATION: Parameter("activation", mark("Activation everywhere"), "choice", "relu", choices=ACTIVATIONS),
}
NOT_TRAINING = "seed", "device", "precision"
"""What is no question of learning; seeds are varied by every study, which says how many."""
VARIED_DATA = (
    "validation",
    "standardize",
    "text",
    "text_unit",
    "ngrams",
    "vocabulary",
    "min_count",
    "lower_case",
    "length",
    "augment_shift",
    "augment_mirror",
    "augment_noise",
    "class_weights",
)
"""Of the others most decide which rows are the test part: it must be the same for all trials."""
MOST_VALUES = 1000


# --- which there are ------------------------------------------------------------------------------------------------


def setting_of(network: Network, key: str) -> Parameter:
    """The setting behind a key; UserError in words for what cannot be varied."""
    group, _dot, name = key.partition(".")
    if key in NETWORK_SETTINGS:
        return NETWORK_SETTINGS[key]
    if group == "training" and name == "seed":
        raise UserError(_("Seeds are not a setting of a study: say how many each setting is trained with (--seeds)."))
    if group == "data" and name in ("test", "seed", "test_source", "source", "split"):
        raise UserError(
            _(
                "“{key}” cannot be varied: it decides which rows are the test set, which must be one for all trials."
            ).format(key=key)
        )
    for settings, prefix in ((TRAINING_SETTINGS, "training"), (DATA_SETTINGS, "data")):
        for setting in settings:
            if group == prefix and setting.name == name and can_vary(prefix, name):
                return setting
    if network.has(group):
        return layer_type(network.layer(group).type).parameter(name)
    raise UserError(
        _("“{key}” cannot be varied. There are: {known}.").format(key=key[:60], known=", ".join(keys(network)))
    )


def can_vary(group: str, name: str) -> bool:
    return name not in NOT_TRAINING if group == "training" else name in VARIED_DATA


def keys(network: Network) -> list[str]:
    """Every key that can be varied in a project with this network."""
    found = [f"training.{one.name}" for one in TRAINING_SETTINGS if can_vary("training", one.name)]
    found += NETWORK_SETTINGS
    for layer in network.layers:
        found += [f"{layer.id}.{one.name}" for one in layer_type(layer.type).parameters]
    return found + [f"data.{name}" for name in VARIED_DATA]


def variable_text(network: Network, key: str) -> str:
    """What a variable is called, in words."""
    group, _dot, _name = key.partition(".")
    try:
        setting = setting_of(network, key)
    except UserError:
        return key  # of a file whose network is another
    label = _(setting.label)
    return f"{shown_name(network.layer(group))}: {label.lower()}" if network.has(group) else label


def value_text(network: Network, key: str, value: Value) -> str:
    """A value of a variable, in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if key == ACTIVATION:
        return _(layer_type(str(value)).label)
    if isinstance(value, str):
        return _(CHOICE_NAMES.get(value, value))
    return f"{value:.6g}" if isinstance(value, float) else shown_number(value)


# --- reading and checking -------------------------------------------------------------------------------------------


def parse_variable(network: Network, text: str) -> Variable:
    """The variable that KEY=VALUES means; UserError for what is not understood or not possible."""
    key, equals, values = text.partition("=")
    if not equals or not values.strip():
        raise UserError(_("--vary needs KEY=VALUES; found “{text}”.").format(text=text[:60]))
    key = key.strip()
    setting = setting_of(network, key)
    low, dots, rest = values.partition("..")
    if dots and setting.kind in ("number", "integer"):
        return check_variable(network, parse_range(setting, key, low, rest))
    found = tuple(setting.parse(one) for one in values.split(",") if one.strip())
    return check_variable(network, Variable(key, found, is_whole=setting.kind == "integer"))


def parse_range(setting: Parameter, key: str, low: str, rest: str) -> Variable:
    high, *words = rest.split(":")
    points = [word for word in words if word.strip().isdecimal()]
    if len(points) > 1 or any(word.strip() not in ("log", *points) for word in words):
        raise UserError(
            _("“{text}” is no range; write it like 0.001..0.1, 0.001..0.1:log or 0.001..0.1:log:5.").format(
                text=f"{low}..{rest}"[:60]
            )
        )
    ends = [setting.parse(one) for one in (low, high)]
    lowest, highest = (float(one) for one in ends)
    return Variable(
        key,
        low=lowest,
        high=highest,
        is_logarithmic="log" in words,
        is_whole=setting.kind == "integer",
        points=int(points[0]) if points else 0,
    )


def check_variable(network: Network, variable: Variable) -> Variable:
    """The variable itself when each of its values is one that the setting takes; UserError otherwise."""
    setting = setting_of(network, variable.key)
    if variable.key == BLOCKS:
        dense_block_count(network)
    name = variable_text(network, variable.key)
    if variable.values:
        if len(variable.values) > MOST_VALUES or len(set(map(repr, variable.values))) < len(variable.values):
            raise UserError(_("{name}: give each value once, at most {most}.").format(name=name, most=MOST_VALUES))
        for value in variable.values:
            setting.check(value)
        return variable
    if setting.kind not in ("number", "integer"):
        raise UserError(_("{name} has no range; name its values, as in A,B.").format(name=name))
    if not (math.isfinite(variable.low) and math.isfinite(variable.high)) or variable.low >= variable.high:
        raise UserError(
            _("{name}: the range must begin below where it ends; found {low} to {high}.").format(
                name=name, low=shown_number(variable.low), high=shown_number(variable.high)
            )
        )
    if variable.is_logarithmic and variable.low <= 0:
        raise UserError(_("{name}: a logarithmic range must begin above 0.").format(name=name))
    if not 0 <= variable.points <= MOST_VALUES or variable.points == 1:
        raise UserError(_("{name}: a grid takes 2 to {most} points of a range.").format(name=name, most=MOST_VALUES))
    for end in (variable.low, variable.high):
        setting.check(round(end) if variable.is_whole else end)
    return variable


def grid_values(network: Network, variable: Variable) -> tuple[Value, ...]:
    """The values that a grid takes: those that are named, or points of the range, evenly spaced in it or in its
    logarithm. UserError where nobody has said how many."""
    if variable.values:
        return variable.values
    if not variable.points:
        raise UserError(
            _(
                "{name}: a grid needs to know how many points of the range to take. Write them behind it: {example}."
            ).format(name=variable_text(network, variable.key), example=f"{variable.low:g}..{variable.high:g}:5")
        )
    found = [point_of(variable, place / (variable.points - 1)) for place in range(variable.points)]
    return tuple(dict.fromkeys(found))


def point_of(variable: Variable, share: float) -> Value:
    """The point of a range this far between its ends."""
    low, high = variable.low, variable.high
    if variable.is_logarithmic:
        point = math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
    else:
        point = low + share * (high - low)
    point = min(max(point, low), high)
    if variable.is_whole:
        return round(point)
    return min(max(float(f"{point:.6g}"), low), high)  # with few digits, so that who reads it can set it


# --- taking them ----------------------------------------------------------------------------------------------------


def with_values(project: Project, values: Mapping[str, Value]) -> Project:
    """The project with these values of its variables. UserError for one that it cannot take."""
    # First what a block is made of, then how many there are of it: copies are as their original.
    for key in sorted(values, key=lambda one: (one == ACTIVATION, one == BLOCKS)):
        project = with_value(project, key, values[key])
    return project


def with_value(project: Project, key: str, value: Value) -> Project:
    group, _dot, name = key.partition(".")
    value = setting_of(project.network, key).check(value)
    if key == BLOCKS:
        return with_dense_blocks(project, int(value))
    if key == ACTIVATION:
        return with_activation(project, str(value))
    if group == "training":
        return edits.set_training(project, **{name: value})
    if group == "data":
        facts = project.facts  # shapes are those of the data until it is read again
        return replace(edits.set_data(project, **{name: value}), facts=facts)
    return edits.set_parameter(project, group, name, value)


def setting_text(network: Network, values: Mapping[str, Value], shown: Sequence[str] = ()) -> str:
    """A setting of a study on one line, in words."""
    return ", ".join(
        f"{variable_text(network, key)} {value_text(network, key, values[key])}"
        for key in (shown or values)
        if key in values
    )
