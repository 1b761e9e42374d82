"""A link of TensorFlow Playground, read as its page reads it: every key after the # of its address, and what it means.

Where its page would go on with no number, or with a network that cannot be, the link is refused with a sentence.
"""

import math
import random
import re
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import unquote

from nnstudio.project.toy_source import LONGEST_SEED
from nnstudio.text import Count, UserError
from nnstudio.text import translate as _

HOST = "playground.tensorflow.org"
ADDRESS = f"https://{HOST}/"
LONGEST_LINK = 20_000
MOST_LAYERS = 100
MOST_WEIGHTS = 1_000_000
SEED_DIGITS = 5
MOST_NOISE, MOST_NOISE_BY_LINK = 50, 80
HIDES = "_hide"
INPUTS = ("x", "y", "xSquared", "ySquared", "xTimesY", "sinX", "sinY")
"""In the order in which they enter the network."""
PROBLEMS = ("classification", "regression")
DATASETS = {"classification": ("circle", "xor", "gauss", "spiral"), "regression": ("reg-plane", "reg-gauss")}
KEY_OF_DATASET = {"classification": "dataset", "regression": "regDataset"}
SAMPLES = {"classification": 500, "regression": 1200}
ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")
REGULARIZATIONS = ("none", "L1", "L2")
SETTINGS = {
    *("activation", "regularization", "batchSize", "dataset", "regDataset", "learningRate", "regularizationRate"),
    *("noise", "networkShape", "seed", "showTestData", "discretize", "percTrainData", *INPUTS, "cosX", "cosY"),
    *("collectStats", "tutorial", "problem", "initZero", "hideText"),
}
"""All keys there are, beside those that hide something."""
JS_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
JS_WHOLE = re.compile(r"0([xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
ENCODED_BY_BROWSERS = re.compile(r"[^!#-;=?-_a-~]")
"""What an address bar writes as %… behind the #."""


@dataclass(frozen=True)
class PlaygroundLink:
    """What a link says. `noise` and `training_percent` are in percent, `shape` the units of each hidden layer.

    `is_seed_drawn` says that the link names no seed, and the page would draw another each time. `hidden` are the names
    of the controls that it hides, and of inputs that it takes away.
    """

    problem: str = "classification"
    dataset: str = "circle"
    seed: str = ""
    noise: float = 0.0
    training_percent: float = 50.0
    batch_size: float = 10.0
    shape: tuple[int, ...] = (4, 2)
    activation: str = "tanh"
    learning_rate: float = 0.03
    regularization: str = "none"
    regularization_rate: float = 0.0
    inputs: tuple[str, ...] = ("x", "y")
    starts_at_zero: bool = False
    shows_test_data: bool = False
    discretizes: bool = False
    hidden: tuple[str, ...] = ()
    is_seed_drawn: bool = False

    @property
    def samples(self) -> int:
        return SAMPLES[self.problem]

    @property
    def training_rows(self) -> int:
        """How many of the points it trains on, as JavaScript cuts a list: a number below 0 counts from its end."""
        wanted = self.samples * self.training_percent / 100
        if math.isinf(wanted):
            return self.samples if wanted > 0 else 0
        rows = math.floor(wanted)
        return min(rows, self.samples) if rows >= 0 else max(0, self.samples + rows)

    @property
    def step_rows(self) -> int:
        """After how many points a step comes: its page asks of each number whether the batch size divides it. 0 where
        it never does, so that the network never learns."""
        size = abs(self.batch_size)
        if size == 0 or math.isinf(size):
            return 0
        return next((rows for rows in range(1, self.training_rows + 1) if math.fmod(rows, size) == 0), 0)


def is_playground_link(text: str) -> bool:
    """Whether a text is the address of TensorFlow Playground, or what follows the # of one."""
    text = text.strip()
    if len(text) > LONGEST_LINK or len(text.split()) != 1:
        return False
    return HOST in text or any(key in SETTINGS and value for key, value in pairs_of(fragment_of(text)))


def read_link(text: str) -> PlaygroundLink:
    """What a link says. UserError for what is none, and for one that its page could not show."""
    if len(text) > LONGEST_LINK:
        raise UserError(
            _("This text has {count} characters, which is too long for a link: at most {limit} are read.").format(
                count=Count(len(text)), limit=Count(LONGEST_LINK)
            )
        )
    text = re.sub(r"[\t\r\n]", "", text).strip()
    if not text:
        raise UserError(_("Paste the address of TensorFlow Playground, or what follows the # in it."))
    given = dict(pairs_of(fragment_of(text)))
    if HOST not in text and not any(key in SETTINGS or key.endswith(HIDES) for key in given):
        raise UserError(
            _(
                "“{text}” is no link of TensorFlow Playground: it has none of its settings, as in "
                "https://playground.tensorflow.org/#dataset=circle&seed=0.5. Copy the whole address, or what follows "
                "its #."
            ).format(text=text[:60])
        )
    return Reading(given).link()


def fragment_of(text: str) -> str:
    """What follows the # of an address; the text itself where that is no address."""
    if "#" not in text and "=" not in text and "%23" in text:
        text = unquote(text)
    _address, has_fragment, fragment = text.partition("#")
    if not has_fragment:
        fragment = "" if "://" in text or text.startswith(HOST) else text
    if "=" not in fragment and "%3d" in fragment.lower():
        fragment = unquote(fragment)
    return fragment.replace("&amp;", "&")


def pairs_of(fragment: str) -> list[tuple[str, str]]:
    """The keys and values of an address; a key without = has none, and counts for nothing."""
    found = []
    for pair in fragment.split("&"):
        key, *values = pair.split("=")
        if values:
            # The seed is a text, and is what stands in the address; all else is decoded where somebody encoded it.
            found.append((unquote(key), as_in_address(values[0]) if key == "seed" else unquote(values[0])))
    return found


def as_in_address(text: str) -> str:
    """A text as browsers write it behind the # of an address, which is what the page gets to see."""

    def encoded(found: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))

    return ENCODED_BY_BROWSERS.sub(encoded, text)


class Reading:
    """The pairs of one link, read as its page reads each kind."""

    def __init__(self, given: dict[str, str]) -> None:
        self.given = given

    def link(self) -> PlaygroundLink:
        usual = PlaygroundLink()
        problem = self.choice("problem", PROBLEMS)
        hidden = tuple(dict.fromkeys(key.removesuffix(HIDES) for key, value in self.given.items() if hides(key, value)))
        taken = [name for name in INPUTS if self.boolean(name, name in usual.inputs) and name not in hidden]
        link = PlaygroundLink(
            problem,
            self.choice(KEY_OF_DATASET[problem], DATASETS[problem]),
            self.text("seed") or f"{random.random():.{SEED_DIGITS}f}",
            noise_of(self.number("noise", usual.noise)),
            self.number("percTrainData", usual.training_percent),
            self.number("batchSize", usual.batch_size),
            self.shape(usual.shape),
            self.choice("activation", ACTIVATIONS),
            self.number("learningRate", usual.learning_rate),
            self.choice("regularization", REGULARIZATIONS),
            self.number("regularizationRate", usual.regularization_rate),
            tuple(taken),
            self.boolean("initZero", usual.starts_at_zero),
            self.boolean("showTestData", usual.shows_test_data),
            self.boolean("discretize", usual.discretizes),
            hidden,
            is_seed_drawn=not self.text("seed"),
        )
        check_link(link)
        return link

    def text(self, key: str) -> str:
        """The value of a key; "" where there is none, or only blanks."""
        value = self.given.get(key, "")
        return value if value.strip() else ""

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """One of the choices; the first where the link names none of them."""
        value = self.text(key)
        return value if value in choices else choices[0]

    def boolean(self, key: str, usual: bool) -> bool:
        """Anything but "false" is true."""
        return self.text(key) != "false" if self.text(key) else usual

    def number(self, key: str, usual: float) -> float:
        return self.number_in(key, self.text(key)) if self.text(key) else usual

    def number_in(self, key: str, text: str) -> float:
        """A text as JavaScript takes it for a number. UserError where it is none."""
        text = text.strip()
        if JS_WHOLE.fullmatch(text):
            return float(int(text, 0))
        if JS_NUMBER.fullmatch(text):
            return float(text)
        if text.removeprefix("+") == "Infinity" or text == "-Infinity":
            return float(text)
        raise UserError(
            _("The link says {key}={value}, and “{value}” is no number. Mend it in the link, or leave it out.").format(
                key=key, value=text[:40]
            )
        )

    def shape(self, usual: tuple[int, ...]) -> tuple[int, ...]:
        """The units of each hidden layer; none where the key is there and empty. UserError for a layer of none."""
        if "networkShape" not in self.given:
            return usual
        text = self.given["networkShape"].strip()
        parts = text.split(",") if text else []
        if len(parts) > MOST_LAYERS:
            raise UserError(
                _("The link asks for {count} hidden layers; at most {limit} are built.").format(
                    count=Count(len(parts)), limit=MOST_LAYERS
                )
            )
        return tuple(self.units(part) for part in parts)

    def units(self, text: str) -> int:
        number = self.number_in("networkShape", text) if text.strip() else 0.0
        if 0 < number <= MOST_WEIGHTS:
            return math.ceil(number)
        raise UserError(
            _(
                "The link asks for a hidden layer of “{units}” units in networkShape={value}. Each needs a whole "
                "number from 1 on, as in networkShape=4,2."
            ).format(units=text.strip()[:40], value=self.given["networkShape"][:60])
        )


def hides(key: str, value: str) -> bool:
    return key.endswith(HIDES) and len(key) > len(HIDES) and value == "true"


def noise_of(percent: float) -> float:
    """The noise that the page takes: none below 0, at most 80, and what is more than that counts as 50."""
    if percent <= MOST_NOISE:
        return max(0.0, percent)
    return percent if percent <= MOST_NOISE_BY_LINK else float(MOST_NOISE)


def check_link(link: PlaygroundLink) -> None:
    """UserError for a link that leaves nothing to learn, or nothing to learn from."""
    if len(link.seed) > LONGEST_SEED:
        raise UserError(
            _("The seed in the link has {count} characters; at most {limit} are taken.").format(
                count=Count(len(link.seed)), limit=Count(LONGEST_SEED)
            )
        )
    if not link.inputs:
        raise UserError(
            _("The link takes all inputs away, so that there is nothing to learn from. Leave x or y, or another, on.")
        )
    if link.training_rows == 0:
        raise UserError(
            _("The link says percTrainData={percent:g}, which leaves none of {count} points to train on.").format(
                percent=link.training_percent, count=Count(link.samples)
            )
        )
    widths = [len(link.inputs), *link.shape, 1]
    weights = sum(before * after for before, after in pairwise(widths))
    if weights > MOST_WEIGHTS:
        raise UserError(
            _("The link asks for a network of {count} weights; at most {limit} are drawn.").format(
                count=Count(weights), limit=Count(MOST_WEIGHTS)
            )
        )
