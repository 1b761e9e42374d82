"""Last layers that cannot give what the loss asks for: what is said of them, and that each repair mends it."""

import pytest

from nnstudio.project import edits
from nnstudio.project.endings import Mendable, mendable_problems, warnings
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataFacts, Project
from nnstudio.project.shapes import all_problems, infer

TWO = DataFacts(60, (5,), "class", ("a", "b"), 60, 0, 0)
THREE = DataFacts(60, (5,), "class", ("a", "b", "c"), 60, 0, 0)
VALUE = DataFacts(60, (5,), "value", (), 60, 0, 0)


def project_of(layers: str, facts: DataFacts, loss: str = "auto") -> Project:
    project = with_stack(edits.set_facts(Project(), Project().data, facts), layers, facts)
    return edits.set_training(project, loss=loss)


def found(project: Project) -> list[Mendable]:
    inference = infer(project)
    return [*mendable_problems(project, inference), *warnings(project, inference)]


def stack(project: Project) -> list[str]:
    return [project.network.layer(id).type for id in infer(project).order][1:-1]


@pytest.mark.parametrize(
    ("layers", "facts", "loss", "where", "mended"),
    [
        ("dense:1,softmax", TWO, "auto", "softmax_1", "dense"),
        ("dense:1,softmax", VALUE, "auto", "softmax_1", "dense"),
        ("dense:3,softmax,softmax", THREE, "auto", "softmax_1", "dense,softmax"),
        ("dense:3,softmax,softmax", THREE, "mse", "softmax_1", "dense,softmax"),
        ("dense:3,softmax,relu", THREE, "auto", "softmax_1", "dense,softmax"),
        ("dense:3,softmax,dropout:0.2", THREE, "auto", "softmax_1", "dense,softmax"),
        ("dense:3,sigmoid", THREE, "auto", "sigmoid_1", "dense,softmax"),
        ("dense:3,tanh", THREE, "auto", "tanh_1", "dense,softmax"),
        ("dense:1,relu", TWO, "auto", "relu_1", "dense,sigmoid"),
        ("dense:1,sigmoid,sigmoid", TWO, "auto", "sigmoid_1", "dense,sigmoid"),
        ("dense:1,relu,sigmoid", TWO, "auto", "relu_1", "dense,sigmoid"),
        ("dense:1,relu", TWO, "mse", "relu_1", "dense,tanh"),
        ("dense:1,relu", TWO, "half_mse", "relu_1", "dense,tanh"),
        ("dense:1,relu", VALUE, "auto", "relu_1", "dense"),
        ("dense:1,sigmoid", VALUE, "mae", "sigmoid_1", "dense"),
    ],
)
def test_last_layers_that_cannot_work_are_named_and_the_repair_mends_them(
    layers: str, facts: DataFacts, loss: str, where: str, mended: str
) -> None:
    project = project_of(layers, facts, loss)
    (one,) = found(project)
    assert one.problem.where == where and one.problem.message.startswith("“")
    assert stack(one.repair.project) == mended.split(",")
    assert found(one.repair.project) == [] and all_problems(one.repair.project) == ()


@pytest.mark.parametrize(
    ("layers", "facts", "loss"),
    [
        ("dense:8,relu,dense:out", THREE, "auto"),
        ("dense:8,sigmoid,dense:out,softmax", THREE, "auto"),
        ("dense:3,relu", THREE, "auto"),
        ("dense:3,softmax", THREE, "mse"),
        ("dense:3,sigmoid", THREE, "mse"),
        ("dense:1,sigmoid", TWO, "auto"),
        ("dense:1,sigmoid", TWO, "mse"),  # compared with 0 and 1
        ("dense:1,tanh", TWO, "mse"),  # with −1 and 1
        ("dense:1,tanh", TWO, "mse"),
        ("dense:8,softmax,dense:1", VALUE, "auto"),
        ("dense:1,tanh", VALUE, "auto"),
    ],
)
def test_last_layers_that_can_work_are_left_alone(layers: str, facts: DataFacts, loss: str) -> None:
    assert found(project_of(layers, facts, loss)) == []


def test_a_value_that_is_not_standardised_may_have_nothing_below_0() -> None:
    project = edits.set_facts(edits.set_data(Project(), standardize=False), Project().data, VALUE)
    project = edits.set_data(Project(), standardize=False)
    project = with_stack(edits.set_facts(project, project.data, VALUE), "dense:1,relu", VALUE)
    assert found(project) == []


def test_a_dropout_rate_too_near_1_is_said_and_mended() -> None:
    (one,) = found(project_of("dense:8,dropout:0.99999,dense:out", THREE))
    assert "too near 1" in one.problem.message and found(one.repair.project) == []
    assert found(project_of("dense:8,dropout:0.9999,dense:out", THREE)) == []


def test_only_what_cannot_learn_at_all_keeps_a_network_from_training() -> None:
    assert "always 1" in all_problems(project_of("dense:1,softmax", TWO))[0].message
    assert all_problems(project_of("dense:3,softmax,softmax", THREE)) == ()
