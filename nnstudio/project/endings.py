"""Whether the last layers can give what the loss asks for, and dropout what its rate says: what to say of those that
cannot, and what mends them.

Such a network can be trained, and learns little: these are warnings, no problems.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnstudio.layers.catalogue import CATALOGUE, layer_type
from nnstudio.project import edits
from nnstudio.project.model import DataFacts, Layer, Link, Network, Project
from nnstudio.project.names import shown_name
from nnstudio.project.preparation import Task
from nnstudio.project.repairs import Repair
from nnstudio.project.shapes import Inference, Problem, constant_softmaxes, incoming
from nnstudio.text import Count
from nnstudio.text import translate as _

CONTAINED = {one.contained_in: one.type for one in CATALOGUE if one.contained_in}
"""The layers before the output that a loss contains, by loss."""
LEVELS = 2**16
"""Dropout is drawn with so many."""
HIGHEST_RATE = 1 - 1 / LEVELS
ROUND_RATE = 0.9999
BOUNDED = ("softmax", "sigmoid", "tanh")
NEVER_NEGATIVE = ("softmax", "sigmoid", "relu", "softplus")


@dataclass(frozen=True)
class Mendable:
    """What is wrong at a layer, and what mends it."""

    problem: Problem
    repair: Repair


def chosen_loss(loss: str, task: Task, outputs: int) -> str:
    """The loss a plan means for this kind of target and number of outputs."""
    if loss != "auto":
        return loss
    if task == "value":
        return "mse"
    if task == "labels":
        return "binary_cross_entropy"
    return "binary_cross_entropy" if outputs == 1 else "cross_entropy"


def lowest_target(network: Network, outputs: int) -> float:
    """What stands for "no" where outputs are compared with "yes", which is 1: as the last activation gives it, 0 before
    a sigmoid and −1 before a tanh; without one −1 for a single output, and 0 for each of several."""
    last = last_layers(network)
    activations = [layer_type(layer.type).lowest for layer in last if layer.role == "activation"]
    if activations and activations[0] is not None:
        return activations[0]
    return -1.0 if outputs == 1 else 0.0


def mendable_problems(project: Project, inference: Inference) -> Iterator[Mendable]:
    """Problems of the network that a change of its last layers mends."""
    last = last_layers(project.network)
    for problem in constant_softmaxes(project, inference):
        layer = project.network.layer(problem.where)
        if layer in last:
            yield Mendable(problem, removal(project, [layer]))


def warnings(project: Project, inference: Inference) -> Iterator[Mendable]:
    """What the layers cannot give; nothing while there are problems."""
    if project.facts is not None and not inference.problems:
        yield from unmet_dropout_rates(project)
        yield from unfit_endings(project, inference, project.facts)
        yield from never_full_batches(project, project.facts)


def unmet_dropout_rates(project: Project) -> Iterator[Mendable]:
    """Dropout rates nearer to 1 than can be drawn."""
    for layer in project.network.layers:
        if layer.role == "dropout" and float(layer.parameters["rate"]) > HIGHEST_RATE:
            words = _("“{layer}” has a rate too near 1 to be met: it keeps one value in {levels}.")
            message = words.format(layer=shown_name(layer), levels=Count(LEVELS))
            mended = edits.set_parameter(project, layer.id, "rate", ROUND_RATE)
            yield Mendable(Problem(layer.id, message), Repair(_("Set p = {rate}").format(rate=ROUND_RATE), mended))


def never_full_batches(project: Project, facts: DataFacts) -> Iterator[Mendable]:
    """A batch that is carried over from epoch to epoch and never is full: no step is ever taken."""
    size = project.training.batch_size
    if project.training.last_batch == "carried_over" and 0 < facts.train < size:
        words = _(
            "A batch of {size} is never full with {rows} training samples, and what is left over is carried over: no "
            "step is ever taken, and nothing is learnt."
        )
        message = words.format(size=Count(size), rows=Count(facts.train))
        mended = edits.set_training(project, batch_size=facts.train)
        label = _("Set the batch size to {rows}").format(rows=Count(facts.train))
        yield Mendable(Problem("training", message), Repair(label, mended))


def unfit_endings(project: Project, inference: Inference, facts: DataFacts) -> Iterator[Mendable]:
    """What keeps the last layers from giving what the loss compares them with."""
    last = last_layers(project.network)
    if not last:
        return
    outputs = inference.shapes[last[0].id][0]
    loss = chosen_loss(project.training.loss, facts.task, outputs)
    if loss in CONTAINED:
        yield from before_probabilities(project, last, loss)
    elif facts.task == "value" or outputs == 1:
        yield from before_signed_targets(project, last, facts)
    elif [layer.type for layer in last].count("softmax") > 1:
        first = [layer for layer in last if layer.type == "softmax"][-1]
        words = _("“{layer}” is followed by another softmax, which brings all probabilities near each other.")
        yield Mendable(Problem(first.id, words.format(layer=shown_name(first))), removal(project, [first]))


def last_layers(network: Network) -> list[Layer]:
    """The activations and dropouts before the output, the nearest first, as far as all that is computed goes through
    each of them alone."""
    sources, found = incoming(network), list[Layer]()
    outputs = [layer.id for layer in network.layers if layer.role == "output"]
    after = outputs[0] if len(outputs) == 1 else ""
    while after and len(sources[after]) == 1:
        layer = network.layer(sources[after][0])
        leaving = [link for link in network.links if link.source == layer.id]
        is_last = layer.role in ("dropout", "activation")
        if layer in found or len(leaving) > 1 or not is_last:
            break
        found.append(layer)
        after = layer.id
    return found


def before_probabilities(project: Project, last: list[Layer], loss: str) -> Iterator[Mendable]:
    """Layers that bound what a loss makes probabilities of, or keep it from being negative."""
    contained = CONTAINED[loss]
    is_contained = last[0].type == contained
    unfit = (*BOUNDED, "relu", "softplus") if loss == "binary_cross_entropy" else BOUNDED
    for place, layer in enumerate(last):
        if layer.type not in unfit or (place == 0 and is_contained):
            continue
        if layer.type in BOUNDED:
            words = _(
                "“{layer}” gives values between {low} and 1 to {loss}, which makes probabilities of them: none can "
                "come near 0 or 1."
            )
        else:
            words = _("“{layer}” gives nothing below 0, and {loss} needs negative values for the first class.")
        message = words.format(layer=shown_name(layer), loss=loss, low=-1 if layer.type == "tanh" else 0)
        if is_contained:
            repair = removal(project, [layer])
        elif layer.type == contained:
            repair = removal(project, last[:place])
        else:
            repair = replacement(project, layer, contained, last[:place])
        yield Mendable(Problem(layer.id, message), repair)
        return


def before_signed_targets(project: Project, last: list[Layer], facts: DataFacts) -> Iterator[Mendable]:
    """Layers that give nothing below 0, where targets are: standardised values, and −1 for the first of two classes."""
    unfit = next((layer for layer in last if layer.type in NEVER_NEGATIVE), None)
    if facts.task != "value" and unfit and lowest_target(project.network, 1) == 0:
        return
    if unfit is None or (facts.task == "value" and not project.data.standardize):
        return
    if facts.task == "value":
        words = _("“{layer}” gives nothing below 0, and the standardised target is often below 0.")
        repair = removal(project, [unfit])
    else:
        words = _("“{layer}” gives nothing below 0, and the loss {loss} compares it with −1 for the first class.")
        repair = replacement(project, unfit, "tanh")
    message = words.format(layer=shown_name(unfit), loss=project.training.loss)
    yield Mendable(Problem(unfit.id, message), repair)


# --- what mends them ------------------------------------------------------------------------------------------------


def removal(project: Project, layers: Sequence[Layer]) -> Repair:
    """The network without these layers, what was around each of them linked."""
    names = ", ".join(shown_name(layer) for layer in layers)
    for layer in layers:
        project, _link = without(project, layer)
    return Repair(_("Remove {layer}").format(layer=names), project)


def replacement(project: Project, layer: Layer, type: str, removed: Sequence[Layer] = ()) -> Repair:
    """The network with another activation in the place of a layer, and without these others."""
    for one in removed:
        project, _link = without(project, one)
    project, link = without(project, layer)
    project, id = edits.add_layer(project, type, layer.position)
    label = _("Take {activation} instead").format(activation=_(layer_type(type).label))
    return Repair(label, edits.insert_on_link(project, id, link))


def without(project: Project, layer: Layer) -> tuple[Project, Link]:
    """The project without a layer that one link enters and one leaves, and the link in its place."""
    (source,) = incoming(project.network)[layer.id]
    (target,) = (link.target for link in project.network.links if link.source == layer.id)
    return edits.add_link(edits.remove(project, ids=[layer.id]), source, target), Link(source, target)
