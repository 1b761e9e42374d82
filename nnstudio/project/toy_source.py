"""The settings that stand in a toy problem's name: `toy:circle?samples=500&noise=0.1&seed=0`."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from nnstudio.layers.spec import Parameter, Value
from nnstudio.project.data_settings import LARGEST_SEED
from nnstudio.text import UserError, mark
from nnstudio.text import translate as _

PREFIX = "toy:"
TOY_SETTINGS = (
    Parameter(
        "samples", mark("Points"), "integer", 500, 10, 1_000_000, help=mark("How many points are drawn at random.")
    ),
    Parameter("noise", mark("Noise"), "number", 0.0, 0, 1, help=mark("How far the problem is blurred, 0 to 1.")),
    Parameter("seed", mark("Points seed"), "integer", 0, 0, LARGEST_SEED, help=mark("Decides which points are drawn.")),
)
# TensorFlow Playground draws 1,200 points for a target that is a value, and 500 for two classes.
OTHER_DEFAULTS: dict[str, dict[str, Value]] = {
    "plane": {"samples": 1200},
    "multi-gauss": {"samples": 1200},
    "pictures_of_noise": {"samples": 32},
}


def toy_settings(spec: str) -> tuple[str, dict[str, Value]]:
    """The name and every setting of `NAME?samples=500&noise=0.1&seed=0`; UserError for a setting that cannot be."""
    name, _question, query = spec.removeprefix(PREFIX).partition("?")
    values = defaults(name)
    for key, text in parse_qsl(query, keep_blank_values=True):
        setting = next((one for one in TOY_SETTINGS if one.name == key), None)
        if setting is None:
            raise UserError(
                _("A toy problem has no setting “{key}”; it has samples, noise and seed.").format(key=key[:40])
            )
        values[key] = setting.parse(text)
    return name, values


def toy_source(name: str, values: Mapping[str, Value]) -> str:
    """The source with those settings that are not the default ones."""
    usual = defaults(name)
    changed = {key: f"{value:g}" if key == "noise" else value for key, value in values.items() if value != usual[key]}
    return f"{PREFIX}{name}" + (f"?{urlencode(changed)}" if changed else "")


def defaults(name: str) -> dict[str, Value]:
    return {setting.name: setting.default for setting in TOY_SETTINGS} | OTHER_DEFAULTS.get(name, {})
