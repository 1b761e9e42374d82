"""The project that a link of TensorFlow Playground stands for: same points, same parts, same first weights and batches.

Its test points are the validation part; a test part, which is to stay unseen, it has not.
"""

from dataclasses import dataclass

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Value
from nnstudio.project import edits
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataFacts, Project
from nnstudio.project.playground_link import PlaygroundLink
from nnstudio.project.toy_source import PLAYGROUND, defaults, toy_source
from nnstudio.text import Count, mark
from nnstudio.text import translate as _

PROBLEM_OF = {"reg-plane": "plane", "reg-gauss": "multi-gauss"}
"""What its problems are called here, where that is not the same."""
COLUMNS = {"x": "x1", "y": "x2"}
DERIVED = {
    "xSquared": "square(x1)",
    "ySquared": "square(x2)",
    "xTimesY": "product(x1;x2)",
    "sinX": "sin(x1)",
    "sinY": "sin(x2)",
}
NAMES = {
    "circle": mark("Circle"),
    "xor": mark("Exclusive or"),
    "gauss": mark("Two clouds"),
    "spiral": mark("Spiral"),
    "reg-plane": mark("Plane (a value)"),
    "reg-gauss": mark("Six bumps (a value)"),
}
SHOWN_INPUTS = {
    "x": "x1",
    "y": "x2",
    "xSquared": "x1²",
    "ySquared": "x2²",
    "xTimesY": "x1 × x2",
    "sinX": "sin(x1)",
    "sinY": "sin(x2)",
}
"""As the data room has them."""
EPOCHS = 500
"""Its page trains until somebody stops it."""
NEVER_FULL = 1_000_000
"""A batch that no training part of its fills."""


@dataclass(frozen=True)
class OpenedLink:
    """A project made of a link, what is to be said of it, and the names of what the link hides from its page."""

    project: Project
    remarks: tuple[str, ...]
    hidden: tuple[str, ...]


def opened_link(link: PlaygroundLink) -> OpenedLink:
    """The project a link stands for, its data not read yet. UserError for a number that cannot be set here."""
    project = edits.set_data(Project(), **data_of(link))
    project = edits.set_training(project, **plan_of(link))
    classes = ("-1", "1") if link.problem == "classification" else ()
    facts = DataFacts(
        link.samples, (len(link.inputs),), "class" if classes else "value", classes, link.training_rows, 0, 0
    )
    return OpenedLink(with_stack(project, layers_of(link), facts), tuple(remarks_of(link)), link.hidden)


def data_of(link: PlaygroundLink) -> dict[str, Value]:
    name = PROBLEM_OF.get(link.dataset, link.dataset)
    settings = {**defaults(name, PLAYGROUND), "noise": link.noise / 100, "seed": link.seed}
    return {
        "source": toy_source(name, settings),
        "validation": (link.samples - link.training_rows) / link.samples,
        "test": 0.0,
        "split": "in_order",
        "task": "class" if link.problem == "classification" else "value",
        "stratify": False,
        "standardize": False,
        "ignore": ",".join(column for name, column in COLUMNS.items() if name not in link.inputs),
        "derived": ",".join(text for name, text in DERIVED.items() if name in link.inputs),
    }


def plan_of(link: PlaygroundLink) -> dict[str, Value]:
    rate = link.regularization_rate
    return {
        "loss": "half_mse",
        "optimizer": "sgd",
        "learning_rate": link.learning_rate,
        "weight_decay": rate if link.regularization == "L2" else 0.0,
        "l1": rate if link.regularization == "L1" else 0.0,
        "l1_rule": "pruned_at_zero",
        "batch_size": link.step_rows or NEVER_FULL,
        "epochs": EPOCHS,
        "shuffle": "never",
        "last_batch": "carried_over",
        "initialization": "zeros" if link.starts_at_zero else PLAYGROUND,
        "bias_initialization": 0.0 if link.starts_at_zero else 0.1,
        "patience": 0,
        "restore_best": False,
        "precision": "float64",  # as JavaScript computes; in float32, rounding grows to other curves
    }


def layers_of(link: PlaygroundLink) -> str:
    """The network as one line; the activation of its output is none of the link's."""
    activation = "" if link.activation == "linear" else f",{link.activation}"
    hidden = [f"dense:{units}{activation}" for units in link.shape]
    return ",".join([*hidden, "dense:1,tanh" if link.problem == "classification" else "dense:1"])


def summary(link: PlaygroundLink) -> str:
    """What a link says, in words."""
    validation = link.samples - link.training_rows
    lines = [
        _("{problem}: {train} points to train and {validation} to validate, noise {noise:g} %, seed {seed}").format(
            problem=_(NAMES[link.dataset]),
            train=Count(link.training_rows),
            validation=Count(validation),
            noise=link.noise,
            seed=link.seed[:40],
        ),
        _("Inputs: {inputs}").format(inputs=", ".join(SHOWN_INPUTS[name] for name in link.inputs)),
        _("Network: {layers}, {activation}").format(
            layers=" – ".join(str(units) for units in (len(link.inputs), *link.shape, 1)),
            activation=_("linear") if link.activation == "linear" else _(layer_type(link.activation).label),
        ),
        _("SGD with learning rate {rate:g} in batches of {size:g}").format(
            rate=link.learning_rate, size=link.batch_size
        ),
    ]
    if link.regularization != "none" and link.regularization_rate:
        lines[-1] += ", " + _("{kind} with {rate:g}").format(kind=link.regularization, rate=link.regularization_rate)
    return "\n".join(lines)


def remarks_of(link: PlaygroundLink) -> list[str]:
    """What somebody should know who opened the link."""
    found = []
    if link.is_seed_drawn:
        words = _("The link names no seed: its page draws other points each time. Here seed {seed} was drawn.")
        found.append(words.format(seed=link.seed))
    if link.step_rows == 0:
        found.append(
            _(
                "No batch of {size:g} is ever full with {rows} training points, so the network never learns, as on "
                "the page of TensorFlow Playground."
            ).format(size=link.batch_size, rows=Count(link.training_rows))
        )
    if link.hidden:
        found.append(_("The link hides from its page: {names}.").format(names=", ".join(link.hidden)[:200]))
    return found
