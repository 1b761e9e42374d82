"""Shapes and problems through half-built networks, with branches, loops and loose ends."""

import re

import pytest

from nnstudio.project import edits
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataFacts, Link, Network, Project
from nnstudio.project.shapes import all_problems, infer, infer_network
from nnstudio.text import UserError

DIGITS = DataFacts(10, (64,), "class", tuple("0123456789"), 6, 2, 2)
VALUE = DataFacts(10, (4,), "value", (), 6, 2, 2)
TWO = DataFacts(10, (2,), "class", ("no", "yes"), 6, 2, 2)
LABELS = DataFacts(10, (2,), "labels", ("a", "b", "c", "d"), 6, 2, 2)


def project_of(spec: str, facts: DataFacts = DIGITS) -> Project:
    return edits.set_facts(with_stack(Project(), spec, facts), Project().data, facts)


def messages(project: Project) -> str:
    return "\n".join(problem.message for problem in all_problems(project))


def test_shapes_and_counts_follow_a_chain() -> None:
    inference = infer(project_of("dense:128,relu,dropout:0.2,dense:64,relu,dense:out"))
    assert inference.problems == ()
    assert inference.shapes["dense_2"] == (64,)
    assert inference.total_parameters == 64 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10


def test_shapes_follow_branches_and_merges() -> None:
    project = project_of("dense:8,relu,concat,dense:out")
    assert "at least 2 links" in messages(project)
    project = edits.add_link(project, "dense_1", "concat_1")
    inference = infer(project)
    assert inference.problems == ()
    assert inference.shapes["concat_1"] == (16,)


def test_a_half_built_network_shows_what_is_known() -> None:
    project = edits.remove(project_of("dense:8,relu,dense:out"), links=[Link("dense_1", "relu_1")])
    inference = infer(project)
    assert inference.shapes["dense_1"] == (8,)
    assert "relu_1" not in inference.shapes and "dense_2" not in inference.shapes
    assert "“Dense 1” leads nowhere" in messages(project)
    assert "“ReLU 1” is not connected to an input" in messages(project)


def test_a_loose_layer_is_named() -> None:
    project, _id = edits.add_layer(project_of("dense:out"), "dense")
    assert messages(project) == "“Dense 2” is loose: link it into the network or delete it."


def test_a_loop_is_named_layer_by_layer() -> None:
    network = project_of("dense:8,relu,dense:out").network
    looped = Network(network.layers, (*network.links, Link("dense_2", "dense_1")))
    text = "\n".join(problem.message for problem in infer_network(looped, (64,)).problems)
    assert "loop: " in text and "Dense 1 → ReLU 1 → Dense 2 → Dense 1" in text


def test_missing_and_extra_ends_are_said() -> None:
    assert "no input layer" in messages(Project()) and "no output layer" in messages(Project())
    project, _id = edits.add_layer(project_of("dense:out"), "output")
    assert "one too many" in messages(project)


@pytest.mark.parametrize(
    ("spec", "facts", "settings", "words"),
    [
        ("dense:7", DIGITS, {}, "7 values.*10 classes"),
        ("dense:3", VALUE, {}, "3 values.*one value"),
        ("dense:1", VALUE, {"loss": "cross_entropy"}, "needs classes"),
        ("dense:1", TWO, {"loss": "cross_entropy"}, "binary_cross_entropy"),
        ("dense:2", TWO, {"loss": "binary_cross_entropy"}, "one output"),
        ("dense:1000000,dense:1000000,dense:out", DIGITS, {}, "parameters, most of them in “Dense 2”"),
        ("batch_norm,dense:out", DIGITS, {"batch_size": 5}, "at least 2 samples"),
        ("dense:8,relu,dense:1", VALUE, {"monitor": "validation_accuracy"}, "cannot follow the accuracy"),
        ("dense:8,relu,dense:1", VALUE, {"monitor": "validation_balanced_accuracy"}, "cannot follow the accuracy"),
        ("dense:4", LABELS, {"monitor": "validation_balanced_accuracy"}, "balanced accuracy of several targets"),
    ],
)
def test_what_cannot_be_trained_is_said(spec: str, facts: DataFacts, settings: dict[str, object], words: str) -> None:
    project = edits.set_training(project_of(spec, facts), **settings)
    assert re.search(words, messages(project))


@pytest.mark.parametrize("spec", ["dense:1", "dense:2", "dense:1,sigmoid", "dense:2,softmax"])
def test_two_classes_may_have_one_output_or_two(spec: str) -> None:
    assert messages(project_of(spec, TWO)) == ""


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("dense:0", "“dense:0”: Units must be a whole number from 1 to 1\u00a0000\u00a0000"),
        ("lambda:3", "Unknown layer type “lambda”"),
        ("dense:4,,relu", "empty place"),
        ("dropout:1.5", "Dropout rate p must be"),
        ("dense:units=4:colour=red", "has no setting “colour”"),
        ("relu:4", "not understood"),
        ("dense:4:5", "not understood"),
    ],
)
def test_a_wrong_stack_is_refused_in_text(spec: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        with_stack(Project(), spec, DIGITS)


def test_a_chain_of_two_thousand_layers_is_no_trouble() -> None:
    spec = ",".join(["relu"] * 2000 + ["dense:out"])
    assert infer(project_of(spec)).problems == ()
