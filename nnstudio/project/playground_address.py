"""A project written as a link of TensorFlow Playground, and in words what the link cannot say.

What it cannot say is found by opening the link again: whatever then differs, and changes what is learnt.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from nnstudio.layers.spec import Parameter
from nnstudio.project.column_lists import listed
from nnstudio.project.data_settings import DATA_SETTINGS
from nnstudio.project.model import Layer, Network, Project, TrainingPlan
from nnstudio.project.playground_link import (
    ACTIVATIONS,
    ADDRESS,
    KEY_OF_DATASET,
    SAMPLES,
    PlaygroundLink,
    as_in_address,
    read_link,
)
from nnstudio.project.playground_project import COLUMNS, DERIVED, PROBLEM_OF, opened_link
from nnstudio.project.settings import TRAINING_SETTINGS
from nnstudio.project.shapes import computation_order
from nnstudio.project.toy_source import PLAYGROUND_TOYS, PREFIX, toy_settings
from nnstudio.project.variants import network_differences, setting_differences
from nnstudio.text import UserError
from nnstudio.text import translate as _

PROBLEM_NAMES = {here: there for there, here in PROBLEM_OF.items()}
USUAL = PlaygroundLink()
WITHOUT_EFFECT = ("epochs", "device", "precision", "monitor", "min_delta", "restore_best")
"""Settings that do not change what is learnt until a given epoch, or only its last digits."""
DATA_WITH_EFFECT = ("validation", "test", "split", "standardize", "class_weights", "augment_noise")


@dataclass(frozen=True)
class WrittenLink:
    """The address, and what it cannot say, as differences in words: as it is here → as the link has it."""

    address: str
    left_out: tuple[str, ...]


def written_link(project: Project) -> WrittenLink:
    """The project as a link. UserError where there is nothing that a link could say."""
    dense, activations = rows_of(project.network)
    pairs = {**data_pairs(project), **plan_pairs(project.training), **network_pairs(dense, activations)}
    fragment = "&".join(f"{key}={value}" for key, value in pairs.items())
    return WrittenLink(f"{ADDRESS}#{fragment}", tuple(differences(project, fragment)))


def rows_of(network: Network) -> tuple[list[Layer], list[str]]:
    """The dense layers from the first to the last, and the activation that follows each, "linear" for none. UserError
    for a network that is no row of such layers."""
    layers = in_row(network)
    dense = [layer for layer in layers if layer.role == "weighted"]
    if not dense:
        raise UserError(
            _(
                "TensorFlow Playground has dense layers in one row, and this network is none, so it cannot be said in "
                "a link."
            )
        )
    return dense, [activation_after(layers, layers.index(layer)) for layer in dense]


def activation_after(layers: list[Layer], place: int) -> str:
    """The activation between a layer in a row and the next dense one; "linear" for none, or for one that its page has
    not."""
    following = next((one for one in layers[place + 1 :] if one.role in ("activation", "weighted")), None)
    kind = following.type if following else ""
    return kind if kind in ACTIVATIONS else "linear"


def in_row(network: Network) -> list[Layer]:
    """The layers one after another; none where they are not in one row."""
    order, loop = computation_order(network)
    sources, targets = [one.source for one in network.links], [one.target for one in network.links]
    is_row = not loop and len(set(sources)) == len(sources) and len(set(targets)) == len(targets)
    return [network.layer(id) for id in order] if is_row and len(network.links) == len(network.layers) - 1 else []


def network_pairs(dense: list[Layer], activations: list[str]) -> dict[str, str]:
    shape = ",".join(str(layer.parameters["units"]) for layer in dense[:-1])
    found = {} if shape == ",".join(map(str, USUAL.shape)) else {"networkShape": shape}
    if len(dense) > 1 and activations[0] != USUAL.activation:
        found["activation"] = activations[0]
    return found


def data_pairs(project: Project) -> dict[str, str]:
    """Problem, points, split and inputs. UserError for data that is none of its problems."""
    data = project.data
    name, values = toy_settings(data.source) if data.source.startswith(PREFIX) else ("", {})
    if name not in PLAYGROUND_TOYS:
        raise UserError(
            _(
                "TensorFlow Playground has six problems of its own and takes no other data, so this project cannot be "
                "said in a link. Choose one of them under Data: circle, xor, two clouds, spiral, plane, six bumps."
            )
        )
    problem = "regression" if name in PROBLEM_NAMES else "classification"
    found = {} if problem == USUAL.problem else {"problem": problem}
    found[KEY_OF_DATASET[problem]] = PROBLEM_NAMES.get(name, name)
    found["seed"] = as_in_address(str(values["seed"]))
    if values["noise"]:
        found["noise"] = percent_text(float(values["noise"]))
    samples = SAMPLES[problem]
    rows = samples - round(samples * data.validation) - round(samples * data.test)
    if 2 * rows != samples:
        found["percTrainData"] = training_percent(rows, samples)
    return found | dict(input_pairs(data.ignore, data.derived))


def percent_text(share: float) -> str:
    """A share in percent, in as few digits as give it again."""
    percent = next((one for one in (round(100 * share, 6), 100 * share) if one / 100 == share), 100 * share)
    return f"{percent:g}" if float(f"{percent:g}") == percent else repr(percent)


def training_percent(rows: int, samples: int) -> str:
    """The percent of which its page makes so many rows, in as few digits as do."""
    for digits in range(8):
        percent = math.ceil(100 * rows / samples * 10**digits) / 10**digits
        if math.floor(samples * percent / 100) == rows:
            return f"{percent:g}"
    return repr(100 * rows / samples)


def input_pairs(ignored: str, derived: str) -> Iterator[tuple[str, str]]:
    """The inputs that are on or off otherwise than usual."""
    for key, column in COLUMNS.items():
        if column in listed(ignored):
            yield key, "false"
    made = [text.replace(" ", "") for text in listed(derived)]
    for key, text in DERIVED.items():
        if text in made:
            yield key, "true"


def plan_pairs(plan: TrainingPlan) -> dict[str, str]:
    found: dict[str, str] = {}
    kind, rate = ("L1", plan.l1) if plan.l1 else ("L2", plan.weight_decay)
    if rate:
        found |= {"regularization": kind, "regularizationRate": repr(rate)}
    if plan.learning_rate != USUAL.learning_rate:
        found["learningRate"] = repr(plan.learning_rate)
    if plan.batch_size != USUAL.batch_size:
        found["batchSize"] = str(plan.batch_size)
    if plan.initialization == "zeros":
        found["initZero"] = "true"
    return found


# --- what it cannot say ---------------------------------------------------------------------------------------------


def differences(project: Project, fragment: str) -> Iterator[str]:
    """What is learnt otherwise by whoever opens the link, in words."""
    again = opened_link(read_link(fragment)).project
    if again.data.source != project.data.source:
        yield _("other points: its page draws its own")
    plan = project.training
    without = [*WITHOUT_EFFECT, *unused(plan, project)]
    settings = tuple(one for one in TRAINING_SETTINGS if one.name not in without)
    yield from setting_differences(settings, plan, again.training)
    yield from setting_differences(named(DATA_SETTINGS, DATA_WITH_EFFECT), project.data, again.data)
    if sorted(listed(project.data.derived)) != sorted(listed(again.data.derived)) or (
        sorted(listed(project.data.ignore)) != sorted(listed(again.data.ignore))
    ):
        yield _("other inputs")
    yield from network_differences(renumbered(project.network), renumbered(again.network))


def named(settings: tuple[Parameter, ...], names: tuple[str, ...]) -> tuple[Parameter, ...]:
    return tuple(one for one in settings if one.name in names)


def unused(plan: TrainingPlan, project: Project) -> Iterator[str]:
    """Settings that the plan has no use for."""
    if plan.optimizer not in ("momentum", "nesterov"):
        yield "momentum"
    if plan.initialization not in ("normal", "uniform"):
        yield "initialization_scale"
    if plan.initialization == "default":
        yield "bias_initialization"
    if plan.initialization == "zeros" and plan.shuffle == "never":
        yield "seed"
    if plan.schedule == "constant":
        yield from ("schedule_factor", "schedule_epochs")
    if not plan.l1:
        yield "l1_rule"
    if project.facts is not None and project.facts.train % plan.batch_size == 0:
        yield "last_batch"


def renumbered(network: Network) -> Network:
    """The network with ids that only say which layer of its type each is in its row, whatever is called how."""
    counts: dict[str, int] = {}
    ids: dict[str, str] = {}
    for layer in in_row(network):
        kind = layer.type
        counts[kind] = counts.get(kind, 0) + 1
        ids[layer.id] = f"{kind}_{counts[kind]}"
    layers = [replace(layer, id=ids[layer.id], name="") for layer in in_row(network)]
    return Network(
        tuple(layers), tuple(replace(one, source=ids[one.source], target=ids[one.target]) for one in network.links)
    )
