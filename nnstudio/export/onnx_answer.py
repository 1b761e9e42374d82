"""The last nodes of an ONNX file: what a run answers in the words of its target, and how sure it is of it."""

from collections.abc import Mapping, Sequence

import numpy as np

from nnstudio.export.onnx_nodes import Nodes
from nnstudio.export.onnx_rows import BATCH
from nnstudio.layers.catalogue import layer_type
from nnstudio.project.endings import CONTAINED, chosen_loss, lowest_target
from nnstudio.project.model import Run
from nnstudio.project.preparation import Preparation

ANSWER = "answer"
"""What these nodes are called."""
SMALLEST_TOTAL = 1e-12
Output = tuple[str, str, tuple[int | str, ...]]
"""Its name, type and shape."""


def answered(
    run: Run, last: str, sources: Mapping[str, Sequence[str]], count: int, exact: Mapping[str, str]
) -> tuple[list[Nodes], list[Output]]:
    """The nodes behind the last layer: what `predict` answers to these outputs, and how sure it is. `exact` has the
    values that are there in double too, by layer."""
    preparation = run.preparation
    loss = chosen_loss(run.training.loss, preparation.task, count)
    is_contained = layer_type(run.network.layer(last).type).contained_in == loss
    compared = sources[last][0] if is_contained else last
    if preparation.task == "value":
        return [value_nodes(preparation, compared)], [("prediction", "double", (BATCH,))]
    lowest = lowest_target(run.network, count)
    middle = 0.0 if loss in CONTAINED else (lowest + 1) / 2
    are_labels = preparation.task == "labels"
    shares = Nodes("probabilities", f"{ANSWER}: probabilities")
    if loss == "cross_entropy" and compared in exact:
        compared = exact[compared]
        shares.add("Cast", shares.add("Softmax", compared, axis=1), to="float")
    elif loss == "cross_entropy" and is_contained:
        shares.add("Identity", last)
    elif loss == "cross_entropy":
        shares.add("Softmax", compared, axis=1)
    elif count == 1 or are_labels:
        single_shares(shares, loss, last if is_contained else "", compared, lowest, are_labels)
    else:
        shares_of_sum(shares, compared, lowest, count)
    prediction = Nodes("prediction", f"{ANSWER}: prediction")
    if count == 1 or are_labels:
        is_yes = prediction.add("Greater", compared, prediction.constant("middle", middle))
        number = prediction.add("Cast", is_yes, to="int64")
        if not are_labels:
            prediction.add("Squeeze", number, prediction.places("axis", [1]))
    else:
        prediction.add("ArgMax", compared, axis=1, keepdims=0)
    classes = len(preparation.classes)
    shape = (BATCH, classes) if are_labels else (BATCH,)
    return [shares, prediction], [("prediction", "int64", shape), ("probabilities", "float", (BATCH, classes))]


def value_nodes(preparation: Preparation, compared: str) -> Nodes:
    """The value in the units of the target."""
    nodes = Nodes("prediction", ANSWER)
    scale, mean = (
        nodes.constant(name, getattr(preparation, f"target_{name}"), np.float64) for name in ("scale", "mean")
    )
    bounds = nodes.places("first", [0]), nodes.places("last", [1]), nodes.places("axis", [1])
    first = nodes.add("Squeeze", nodes.add("Slice", compared, *bounds), bounds[2])
    nodes.add("Add", nodes.add("Mul", nodes.add("Cast", first, to="double"), scale), mean)
    return nodes


def single_shares(nodes: Nodes, loss: str, given: str, compared: str, lowest: float, are_labels: bool) -> None:
    """How sure each yes is, and for one output of two classes each no. `given` is the layer that makes probabilities
    of what is compared, "" where there is none."""
    if loss == "binary_cross_entropy":
        found = given or nodes.add("Sigmoid", compared)
    else:
        found = nodes.add("Clip", share_of_way(nodes, compared, lowest), *bounds_of(nodes))
    if not are_labels:
        nodes.add("Concat", nodes.add("Sub", nodes.constant("one", 1.0), found), found, axis=1)
    elif not nodes.made or found == given:
        nodes.add("Identity", found)


def bounds_of(nodes: Nodes) -> tuple[str, str]:
    return nodes.constant("zero", 0.0), nodes.constant("one", 1.0)


def share_of_way(nodes: Nodes, compared: str, lowest: float) -> str:
    """How far values are on their way from `lowest` to 1."""
    way = nodes.add("Sub", compared, nodes.constant("lowest", lowest))
    return nodes.add("Div", way, nodes.constant("way", 1 - lowest))


def shares_of_sum(nodes: Nodes, compared: str, lowest: float, count: int) -> None:
    """What each of `count` outputs has of the sum of all, all alike where there is nothing to share."""
    zero = nodes.constant("zero", 0.0)
    found = nodes.add("Max", share_of_way(nodes, compared, lowest), zero)
    axis = nodes.places("axis", [1])
    total = nodes.add("ReduceSum", found, axis, keepdims=1)
    divided = nodes.add("Div", found, nodes.add("Max", total, nodes.constant("least", SMALLEST_TOTAL)))
    nodes.add("Where", nodes.add("Greater", total, zero), divided, nodes.constant("alike", 1 / count))
