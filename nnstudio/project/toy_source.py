"""The settings that stand in a toy problem's name: `toy:circle?samples=500&noise=0.1&seed=0`.

`toy:circle?generator=playground&seed=0.59704` draws it as TensorFlow Playground does, whose seed is a text.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from nnstudio.layers.spec import Parameter, Value
from nnstudio.project.data_settings import LARGEST_SEED
from nnstudio.text import UserError, mark
from nnstudio.text import translate as _

PREFIX = "toy:"
PLAYGROUND = "playground"
PLAYGROUND_TOYS = ("circle", "xor", "gauss", "spiral", "plane", "multi-gauss")
"""The problems that TensorFlow Playground has too."""
LONGEST_SEED = 1000
SAMPLES = Parameter(
    "samples", mark("Points"), "integer", 500, 10, 1_000_000, help=mark("How many points are drawn at random.")
)
NOISE = Parameter("noise", mark("Noise"), "number", 0.0, 0, 1, help=mark("How far the problem is blurred, 0 to 1."))
GENERATOR = Parameter(
    "generator",
    mark("Generator"),
    "choice",
    "numpy",
    choices=("numpy", PLAYGROUND),
    help=mark(
        "Where the random numbers come from. TensorFlow Playground's own gives the points of its page, in its order."
    ),
)
TOY_SETTINGS = (
    SAMPLES,
    NOISE,
    Parameter("seed", mark("Points seed"), "integer", 0, 0, LARGEST_SEED, help=mark("Decides which points are drawn.")),
    GENERATOR,
)
PLAYGROUND_SETTINGS = (
    SAMPLES,
    NOISE,
    Parameter(
        "seed",
        mark("Points seed"),
        "text",
        "0",
        0,
        LONGEST_SEED,
        help=mark("Decides which points are drawn: any text, as it stands in the address of TensorFlow Playground."),
    ),
    GENERATOR,
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
    given = parse_qsl(query, keep_blank_values=True)
    generator = GENERATOR.parse(dict(given).get("generator", "numpy"))
    values = defaults(name, generator)
    for key, text in given:
        setting = next((one for one in settings_of(generator) if one.name == key), None)
        if setting is None:
            raise UserError(
                _("A toy problem has no setting “{key}”; it has samples, noise, seed and generator.").format(
                    key=key[:40]
                )
            )
        # A text is the seed as it stands, blanks and all.
        values[key] = setting.check(text) if setting.kind == "text" else setting.parse(text)
    return name, values


def settings_of(generator: Value) -> tuple[Parameter, ...]:
    """What can be set of a problem that a generator draws."""
    return PLAYGROUND_SETTINGS if generator == PLAYGROUND else TOY_SETTINGS


def toy_source(name: str, values: Mapping[str, Value]) -> str:
    """The source with those settings that are not the default ones."""
    usual = defaults(name, values["generator"])
    usual["generator"] = GENERATOR.default
    changed = {
        key: shortest(value) if key == "noise" else value for key, value in values.items() if value != usual[key]
    }
    return f"{PREFIX}{name}" + (f"?{urlencode(changed)}" if changed else "")


def shortest(value: Value) -> str:
    """A number in as few digits as give it again."""
    text = f"{value:g}"
    return text if float(text) == value else repr(value)


def with_generator(values: Mapping[str, Value], generator: Value) -> dict[str, Value]:
    """The settings for another generator, the seed as it can be there."""
    seed = str(values["seed"])
    is_number = seed.isdecimal() and seed.isascii() and int(seed) <= LARGEST_SEED
    return {
        **values,
        "generator": generator,
        "seed": seed if generator == PLAYGROUND else int(seed) if is_number else 0,
    }


def is_from_playground(source: str) -> bool:
    """Whether a source is a problem that TensorFlow Playground's generator draws."""
    return source.startswith(PREFIX) and toy_settings(source)[1]["generator"] == PLAYGROUND


def defaults(name: str, generator: Value = "numpy") -> dict[str, Value]:
    found = {setting.name: setting.default for setting in settings_of(generator)}
    return found | {"generator": generator} | OTHER_DEFAULTS.get(name, {})
